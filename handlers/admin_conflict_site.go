package handlers

import (
	"strconv"
	"strings"

	"tuckshop/models"
	"tuckshop/views/admin"
)

func identitySays(p admin.IdentityPage) []saying {
	return []saying{
		{"Name", p.Name}, {"Line", p.Tagline}, {"Mail address", p.Email}, {"Postal address", p.Address}, {"Elsewhere", p.Social},
		{"Days to send back", p.ReturnDays}, {"A sweet beside the name", yesNo(p.Mark)},
	}
}

// linkSays is where a link leads, in the words of its form. An address counts
// only where one is to be led to.
func linkSays(link admin.LinkForm) string {
	for _, kind := range link.Kinds {
		if kind.Selected && kind.Value == string(models.LinkURL) {
			return kind.Label + " " + link.URL
		}
	}
	return chosenIn(link.Kinds)
}

// menuSays are the lines of a menu in words.
func menuSays(page admin.MenuPage) []saying {
	var says []saying
	for i, entry := range page.Entries {
		says = append(says, saying{"Entry " + strconv.Itoa(i+1), strings.TrimSpace(entry.Label + " → " + linkSays(entry.Link))})
	}
	return says
}

// sectionSays are the parts of a section that its kind has. A new picture is
// not kept at a conflict.
func sectionSays(p admin.SectionPage, sent bool) []saying {
	says := []saying{{"Heading", p.Section.Heading}, {"Text", p.Section.Text}}
	if p.Section.Kind == models.SectionCollection {
		says = append(says, saying{"Collection", chosenIn(p.Collections)})
	}
	if p.Section.Products() {
		says = append(says, saying{"Products to show", chosenIn(p.Counts)})
	}
	if !p.HasButton() {
		return says
	}
	picture := "none"
	switch {
	case sent:
		picture = "a new one: choose its file again"
	case p.Keep && p.Picture != nil:
		picture = "“" + p.Picture.Alt + "”"
	}
	return append(says,
		saying{"Words on the button", p.Section.Button}, saying{"Leads to", linkSays(p.Link)},
		saying{"Picture", picture}, saying{"What the new picture shows", p.Alt})
}
