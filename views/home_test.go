package views_test

import (
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/views"
)

// TestOneFirstPicture sees that the browser is told of one picture that matters
// most, whatever the front page begins with.
func TestOneFirstPicture(t *testing.T) {
	picture := views.Picture{Key: "desk", Alt: "A desk"}
	sections := map[string]views.HomeSection{
		"favourites":     {Kind: models.SectionHero, Heading: "Welcome", Products: sampleCards(4)},
		"one picture":    {Kind: models.SectionHero, Heading: "Welcome", Picture: picture},
		"a text":         {Kind: models.SectionText, Heading: "Us", Picture: picture},
		"products":       {Kind: models.SectionNewest, Heading: "Just in", Products: sampleCards(8)},
		"collections":    {Kind: models.SectionCollections, Heading: "Shelves", Collections: []views.CollectionCard{{Slug: "a", Picture: picture}, {Slug: "b", Picture: picture}}},
		"no picture":     {Kind: models.SectionText, Heading: "Us", HTML: "<p>Ink.</p>"},
		"only a promise": {Kind: models.SectionPromises},
	}
	for name, section := range sections {
		for _, after := range sections {
			var out strings.Builder
			page := views.HomePage{Frame: frame(""), Sections: []views.HomeSection{section, after, sections["products"], sections["a text"]}}
			if err := views.Home(page).Render(t.Context(), &out); err != nil {
				t.Fatal(err)
			}
			want := 1
			if !section.Pictures() && !after.Pictures() {
				want = 0 // the pictures are below the first screen
			}
			if got := strings.Count(out.String(), "fetchpriority"); got != want {
				t.Errorf("%s, then %s: %d pictures come first, want %d", name, after.Kind, got, want)
			}
			if got := strings.Count(out.String(), "<h1"); got != 1 {
				t.Errorf("%s, then %s: %d headings of the first level", name, after.Kind, got)
			}
		}
	}
}
