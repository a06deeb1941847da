package handlers_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// logoOf is a logo in one colour on nothing.
func logoOf(t *testing.T, ink color.Color) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 300, 90))
	for x := 20; x < 280; x++ {
		for y := 30; y < 60; y++ {
			picture.Set(x, y, ink)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var themeLink = regexp.MustCompile(`/theme\.css\?v=[0-9a-f]+`)

// TestLooks chooses a colour that cannot be read, and sees what the shop makes
// of it.
func TestLooks(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		manager, shopper := app.Staff(models.RoleManager), app.Browser()
		if page := shopper.Get("/").Body; themeLink.MatchString(page) || !strings.Contains(page, "/static/style.") {
			t.Error("a new shop does not have the theme's file")
		}
		if got := manager.Post("/admin/settings/look", "accent", "red;}", "paper", "warm", "fonts", "warm"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "accent-fault") {
			t.Errorf("no colour: %d", got.Status)
		}
		preview := manager.Get("/admin/settings/look/preview?accent=%23ffd400&paper=white&fonts=classic")
		if !strings.Contains(preview.Body, "too pale to read") || !strings.Contains(preview.Body, "accent=%23ffd400") {
			t.Errorf("the preview is %d", preview.Status)
		}
		if got := manager.Post("/admin/settings/look", "accent", "#FFD400", "paper", "white", "fonts", "clear"); got.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d", got.Status)
		}
		if page := manager.Get("/admin/settings/look"); !strings.Contains(page.Body, "darkened to #") {
			t.Error("the page does not say that the colour was darkened")
		}
		var page string
		app.Eventually("the new looks", func() bool {
			page = shopper.Get("/").Body
			return themeLink.MatchString(page) && themeLink.MatchString(manager.Get("/admin").Body)
		})
		if strings.Contains(page, "style=") {
			t.Error("the page has styles within")
		}
		address := themeLink.FindString(page)
		sheet := shopper.Get(address)
		light, _, _ := strings.Cut(sheet.Body, "}")
		if !strings.Contains(sheet.Header.Get("Cache-Control"), "immutable") || !strings.Contains(light, "--brand:#ffd400") || !strings.Contains(sheet.Body, "bricolage-grotesque") || strings.Contains(sheet.Body, "young-serif") || strings.Contains(light, "--accent:#ffd400") {
			t.Errorf("%s: %v\n%s", address, sheet.Header, sheet.Body)
		}
		if old := shopper.Get("/theme.css?v=0123"); old.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("another version is kept: %q", old.Header.Get("Cache-Control"))
		}
		if manager.Post("/admin/settings/look", "version", "1", "accent", "#b8321a", "paper", "warm", "fonts", "warm"); !strings.Contains(app.Staff(models.RoleOwner).Get("/admin/audit?action=look_saved").Body, "#ffd400, white, clear") {
			t.Error("the audit log does not say what the looks were")
		}
		app.Eventually("the first looks", func() bool { return !themeLink.MatchString(shopper.Get("/").Body) })
	})
}

// TestNameAndLogo changes what every page says of the shop.
func TestNameAndLogo(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		manager, shopper := app.Staff(models.RoleManager), app.Browser()
		const path = "/admin/settings/identity"
		bad := manager.Post(path, "version", "1", "name", "", "email", "nobody", "social", "http://example.com")
		for _, want := range []string{"name-fault", "email-fault", "social-fault", "http://example.com"} {
			if bad.Status != http.StatusUnprocessableEntity || !strings.Contains(bad.Body, want) {
				t.Errorf("%d lacks %s", bad.Status, want)
			}
		}
		const name = `<script>alert(1)</script>`
		if got := manager.Post(path, "version", "1", "name", name, "tagline", `"><img src=x onerror=alert(1)>`, "email", "ink@example.com",
			"address", "1 Street\r\n<b>Town</b>", "social", "https://www.instagram.com/ink\nhttps://example.com/<svg/onload=alert(1)>", "mark", "0"); got.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d", got.Status)
		}
		conflict := manager.Post(path, "version", "1", "name", "Mine", "tagline", "My line")
		if conflict.Status != http.StatusConflict || !strings.Contains(conflict.Body, "My line") || !strings.Contains(conflict.Body, "ink@example.com") {
			t.Errorf("a colleague's: %d", conflict.Status)
		}
		if again := manager.Post(path, "version", "2", "do", "edit", "name", "Mine"); again.Status != 200 || !strings.Contains(again.Body, `value="Mine"`) {
			t.Errorf("go on with mine: %d", again.Status)
		}
		app.Eventually("the new name", func() bool { return strings.Contains(shopper.Get("/").Body, "&lt;script&gt;alert(1)") })
		for _, page := range []string{shopper.Get("/").Body, shopper.Get("/products").Body, shopper.Get("/nothing").Body, manager.Get(path).Body, manager.Get("/admin/settings/look").Body} {
			for _, payload := range []string{"<script>alert", "<img src=x", "<svg/onload", "<b>Town"} {
				if strings.Contains(page, payload) {
					t.Errorf("a page holds %s", payload)
				}
			}
		}
		if page := shopper.Get("/").Body; strings.Contains(page, `class="mark"`) {
			t.Error("the sweet is still beside the name")
		}
		if page := shopper.Get("/").Body; !strings.Contains(page, ">Instagram<") || !strings.Contains(page, "mailto:ink@example.com") {
			t.Error("the foot of the page lacks the ways to the shop")
		}

		for file, content := range map[string][]byte{"logo.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "logo.png": append(logoOf(t, color.Black), "<script>"...), "../logo.png": logoOf(t, color.Black)} {
			if got := manager.Upload("/admin/settings/logo", []apptest.File{{Field: "logo", Name: file, Content: content}}); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "logo-fault") {
				t.Errorf("%s: %d", file, got.Status)
			}
		}
		if got := manager.Upload("/admin/settings/logo", nil, "x", "y"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("no file: %d", got.Status)
		}
		if got := manager.Upload("/admin/settings/logo", []apptest.File{{Field: "logo", Name: "logo.png", Content: logoOf(t, color.Black)}}); got.Status != http.StatusSeeOther {
			t.Fatalf("logo: %d", got.Status)
		}
		files := regexp.MustCompile(`/media/p-[A-Za-z0-9_-]+-(logo|icon)\.png`)
		var shown []string
		app.Eventually("the logo", func() bool {
			shown = files.FindAllString(shopper.Get("/").Body, -1)
			return len(shown) > 0
		})
		if page := shopper.Get("/").Body; !strings.Contains(page, `class="logo dark"`) || !strings.Contains(page, `rel="icon" href="/media/`) {
			t.Error("the logo's tone or icon is missing")
		} else if !regexp.MustCompile(`"logo":"` + app.URL + `/media/p-[A-Za-z0-9_-]+-logo\.png"`).MatchString(page) {
			t.Error("search engines are told of another logo")
		}
		for _, file := range shown {
			if got := shopper.Get(file); got.Status != 200 || got.Header.Get("Content-Type") != "image/png" {
				t.Errorf("%s: %d %s", file, got.Status, got.Header.Get("Content-Type"))
			}
		}
		if got := shopper.Get("/favicon.ico"); got.Status != http.StatusFound || !strings.HasSuffix(got.Location, "-icon.png") {
			t.Errorf("the icon: %d %s", got.Status, got.Location)
		}
		manager.Upload("/admin/settings/logo", nil, "do", "remove")
		app.Eventually("the end of the logo", func() bool {
			return !files.MatchString(shopper.Get("/").Body) && shopper.Get(shown[0]).Status == http.StatusNotFound
		})
	})
}

// TestTextsOfTheShop writes a page, moves it, and lets two people write it.
func TestTextsOfTheShop(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		variant := modelstest.Product(t, app.Store, "pen", 500, 7)
		manager, shopper := app.Staff(models.RoleManager), app.Browser()
		if got := manager.Post("/admin/pages", "title", "", "slug", "No Good", "status", "draft"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "title-fault") || !strings.Contains(got.Body, "slug-fault") {
			t.Errorf("faults: %d", got.Status)
		}
		const body = "# Thirty days\n\n### How\n\n*Send* it back. <script>alert(1)</script> [here](javascript:alert(1)) ![ruler](https://example.com/x.png)\n\n<img src=x onerror=alert(1)>"
		made := manager.Post("/admin/pages", "title", "Returns & <b>more</b>", "policy", models.PolicyReturns, "status", "draft", "body", body, "description", `"><script>alert(1)</script>`)
		if made.Status != http.StatusSeeOther || made.Location != "/admin/pages/1?notice=draftpage" {
			t.Fatalf("made: %d %s", made.Status, made.Location)
		}
		if got := shopper.Get("/pages/returns-b-more-b"); got.Status != http.StatusNotFound {
			t.Errorf("a draft is shown: %d", got.Status)
		}
		if got := manager.Get("/admin/pages/1/preview"); got.Status != 200 || !strings.Contains(got.Body, "<em>Send</em>") || !strings.Contains(got.Body, `content="noindex"`) {
			t.Errorf("the preview: %d", got.Status)
		}
		if got := manager.Post("/admin/pages/1", "version", "1", "title", "Unsaved", "do", "preview"); got.Status != 200 || !strings.Contains(got.Body, "Unsaved") {
			t.Errorf("the preview of what is not saved: %d", got.Status)
		}
		published := []string{"version", "1", "title", "Returns & <b>more</b>", "slug", "returns", "policy", models.PolicyReturns, "status", "published", "body", body}
		if got := manager.Post("/admin/pages/1", published...); got.Status != http.StatusSeeOther {
			t.Fatalf("published: %d", got.Status)
		}
		app.Eventually("the page", func() bool { return shopper.Get("/pages/returns").Status == 200 })
		shown := shopper.Get("/pages/returns").Body
		for _, payload := range []string{"<script>alert", "javascript:", "<img", "<b>more"} {
			if strings.Contains(shown, payload) {
				t.Errorf("the page holds %s", payload)
			}
		}
		if !strings.Contains(shown, "<h2>Thirty days</h2>\n<h3>How</h3>") || strings.Count(shown, "<h1") != 1 {
			t.Error("the text's headings are not below the title's")
		}
		if moved := shopper.Get("/pages/returns-b-more-b"); moved.Status != http.StatusMovedPermanently || moved.Location != "/pages/returns" {
			t.Errorf("the old address: %d %s", moved.Status, moved.Location)
		}
		if !strings.Contains(shopper.Get("/sitemap.xml").Body, "/pages/returns</loc>") {
			t.Error("the sitemap lacks the page")
		}
		if !strings.Contains(shopper.Get("/llms.txt").Body, "("+app.URL+"/pages/returns)\n") {
			t.Error("llms.txt lacks the page")
		}
		shopper.Post("/cart/items", "variant_id", "1", "quantity", "1")
		if cart := shopper.Get("/cart").Body; variant != 1 || !strings.Contains(cart, "Before you pay") || strings.Count(cart, `href="/pages/returns"`) != 2 {
			t.Error("the cart does not link what to read before paying")
		}
		conflict := manager.Post("/admin/pages/1", "version", "1", "title", "Mine", "status", "draft", "body", "My own words")
		if conflict.Status != http.StatusConflict || !strings.Contains(conflict.Body, "My own words") || !strings.Contains(conflict.Body, "Thirty days") || !strings.Contains(conflict.Body, `name="version" value="2"`) {
			t.Errorf("a colleague's: %d", conflict.Status)
		}
		if again := manager.Post("/admin/pages/1", "version", "2", "do", "edit", "title", "Mine", "body", "My own words"); !strings.Contains(again.Body, "My own words") || !strings.Contains(again.Body, "Not saved yet") {
			t.Errorf("go on with mine: %d", again.Status)
		}
		if got := manager.Post("/admin/pages/1/delete"); got.Status != http.StatusSeeOther {
			t.Errorf("deleted: %d", got.Status)
		}
		app.Eventually("the end of the page", func() bool { return shopper.Get("/pages/returns").Status == http.StatusNotFound })
		if log := app.Staff(models.RoleOwner).Get("/admin/audit?action=page_deleted").Body; !strings.Contains(log, "/pages/returns") {
			t.Error("the audit log does not say what was deleted")
		}
	})
}

// TestMenusOfTheShop makes menus of one's own and goes back to the shop's.
func TestMenusOfTheShop(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		modelstest.Product(t, app.Store, "pen", 500, 7)
		manager, shopper := app.Staff(models.RoleManager), app.Browser()
		const path = "/admin/settings/menus/footer"
		if got := manager.Get("/admin/settings/menus/side"); got.Status != http.StatusNotFound {
			t.Errorf("a menu that is none: %d", got.Status)
		}
		if own := manager.Post(path, "version", "0", "rows", "0", "do", "own"); own.Status != 200 || !strings.Contains(own.Body, `value="Help"`) {
			t.Errorf("what is there now: %d", own.Status)
		}
		rows := []string{
			"version", "0", "rows", "3", "entry-0-label", "<script>alert(1)</script>", "entry-0-kind", "heading",
			"entry-1-label", "", "entry-1-kind", "url", "entry-1-url", "/products/pen", "entry-2-label", "Friends", "entry-2-kind", "url",
		}
		for _, address := range []string{"javascript:alert(1)", "data:text/html,x", "//example.com", "http://example.com", "/\\example.com", " https://example.com/a b"} {
			if got := manager.Post(path, append(rows, "entry-2-url", address)...); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "entry-2-url-fault") {
				t.Errorf("%s: %d", address, got.Status)
			}
		}
		moved := manager.Post(path, append(rows, "entry-2-url", "https://example.com/", "do", "up-2")...).Body
		if strings.Index(moved, `value="Friends"`) > strings.Index(moved, `value="/products/pen"`) {
			t.Error("the entry did not move up")
		}
		if got := manager.Post(path, append(rows, "entry-2-url", "https://example.com/")...); got.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d", got.Status)
		}
		app.Eventually("the menu", func() bool {
			return strings.Contains(shopper.Get("/").Body, `<a href="https://example.com/">Friends</a>`)
		})
		page := shopper.Get("/").Body
		if strings.Contains(page, "<script>alert") || !strings.Contains(page, `<a href="/products/pen">Pen</a>`) || strings.Contains(page, "Find your order") {
			t.Error("the menu is not what was made")
		}
		if got := manager.Post(path, append(rows, "entry-2-url", "https://example.com/mine")...); got.Status != http.StatusConflict || !strings.Contains(got.Body, "https://example.com/mine") {
			t.Errorf("a colleague's: %d", got.Status)
		}
		// What shoppers cannot see is left out, not broken.
		if err := app.Store.ArchiveProduct(t.Context(), 1, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		app.Eventually("the end of the link", func() bool { return !strings.Contains(shopper.Get("/").Body, "/products/pen") })
		if got := manager.Post(path, "version", "1", "rows", "0", "do", "save"); got.Status != http.StatusSeeOther {
			t.Fatalf("emptied: %d", got.Status)
		}
		app.Eventually("the shop's own menu", func() bool { return strings.Contains(shopper.Get("/").Body, "Find your order") })
	})
}

// TestFrontPage writes a section with a picture, which shoppers see once it is
// published.
func TestFrontPage(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		modelstest.Product(t, app.Store, "pen", 500, 7)
		manager, shopper := app.Staff(models.RoleManager), app.Browser()
		if got := manager.Post("/admin/settings/home", "kind", "video"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "kind-fault") {
			t.Errorf("an unknown section: %d", got.Status)
		}
		added := manager.Post("/admin/settings/home", "kind", models.SectionText)
		if added.Status != http.StatusSeeOther || !strings.HasPrefix(added.Location, "/admin/settings/sections/") {
			t.Fatalf("added: %d %s", added.Status, added.Location)
		}
		section := added.Location
		bad := manager.Upload(section, []apptest.File{{Field: "file", Name: "x.svg", Content: []byte("<svg/>")}}, "version", "1", "heading", "Us", "text", "Kept text", "alt", "A desk")
		if bad.Status != http.StatusUnprocessableEntity || !strings.Contains(bad.Body, "file-fault") || !strings.Contains(bad.Body, "Kept text") {
			t.Errorf("an SVG: %d", bad.Status)
		}
		for fault, fields := range map[string][]string{
			"heading-fault": {"version", "1"}, "link-fault": {"version", "1", "heading", "x", "button", "Go"},
			"url-fault": {"version", "1", "heading", "x", "button", "Go", "link", "url", "url", "javascript:alert(1)"},
		} {
			if got := manager.Post(section, fields...); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, fault) {
				t.Errorf("%s: %d", fault, got.Status)
			}
		}
		const heading = `<script>alert(1)</script>`
		saved := manager.Upload(section, []apptest.File{{Field: "file", Name: "desk.png", Content: pngOf(t, 320, 400)}},
			"version", "1", "heading", heading, "text", "By *hand*. <img src=x onerror=alert(1)>", "button", "See", "link", "all", "alt", `"><b>desk`)
		if saved.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d", saved.Status)
		}
		if got := manager.Post(section, "version", "1", "heading", "Mine", "text", "My words"); got.Status != http.StatusConflict || !strings.Contains(got.Body, "My words") || !strings.Contains(got.Body, "By *hand*.") {
			t.Errorf("a colleague's: %d", got.Status)
		}
		if page := shopper.Get("/").Body; strings.Contains(page, "&lt;script&gt;") {
			t.Error("shoppers see the draft")
		}
		if page := manager.Get("/admin/settings/home/preview").Body; !strings.Contains(page, "<em>hand</em>") || !strings.Contains(page, "A preview") {
			t.Error("the preview does not show the draft")
		}
		manager.Post(section+"/move", "move", models.MoveUp)
		manager.Post("/admin/settings/sections/1/move", "move", models.MoveHide)
		if got := manager.Post(section+"/move", "move", "sideways"); got.Status != http.StatusNotFound {
			t.Errorf("no move: %d", got.Status)
		}
		if got := draftSheet(t, manager, "publish").send(manager, nil); got.Status != http.StatusSeeOther {
			t.Fatalf("published: %d", got.Status)
		}
		app.EventuallyLong("the section with its picture", func() bool {
			page := shopper.Get("/").Body
			return strings.Contains(page, "&lt;script&gt;alert(1)") && regexp.MustCompile(`/media/p-[^"]+-640\.jpg`).MatchString(page)
		})
		page := shopper.Get("/").Body
		for _, payload := range []string{"<script>alert", "<img src=x", `"><b>desk`} {
			if strings.Contains(page, payload) {
				t.Errorf("the page holds %s", payload)
			}
		}
		if strings.Contains(page, "Welcome to") || strings.Count(page, "<h1") != 1 {
			t.Error("the hidden opening is shown, or the page has no heading")
		}
		manager.Post("/admin/settings/sections/1/move", "move", models.MoveShow)
		old := draftSheet(t, manager, "discard")
		manager.Post(section+"/move", "move", models.MoveRemove)
		if got := old.send(manager, nil); got.Status != http.StatusConflict || !strings.Contains(got.Body, "A colleague has changed the front page") {
			t.Errorf("a draft that a colleague changed since: %d", got.Status)
		}
		draftSheet(t, manager, "discard").send(manager, nil)
		if got := manager.Get(section); got.Status != 200 {
			t.Errorf("the section was not brought back: %d", got.Status)
		}
	})
}
