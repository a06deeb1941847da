package views_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tuckshop/models"
	"tuckshop/views"
)

func TestEveryPageIsSound(t *testing.T) {
	for name, component := range everyPage() {
		t.Run(name, func(t *testing.T) {
			p := draw(t, component)
			for _, one := range []atom.Atom{atom.H1, atom.Main, atom.Title, atom.Header, atom.Footer} {
				if n := len(p.elements(one)); n != 1 {
					t.Errorf("%d <%s>, want 1", n, one)
				}
			}
			checkLabels(t, p)
			checkIDs(t, p)
			for _, n := range p.all(func(*html.Node) bool { return true }) {
				for _, a := range n.Attr {
					if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
						t.Errorf("<%s %s=…>: the content security policy drops it", n.Data, a.Key)
					}
				}
			}
			for _, script := range p.elements(atom.Script) {
				if attribute(script, "src") == "" && attribute(script, "type") != "application/ld+json" {
					t.Error("an inline script: the content security policy stops it")
				}
			}
			checkPictures(t, p)
		})
	}
}

func checkLabels(t *testing.T, p page) {
	t.Helper()
	labelled := map[string]bool{}
	for _, label := range p.elements(atom.Label) {
		labelled[attribute(label, "for")] = textOf(label) != ""
	}
	inLabel := func(n *html.Node) bool {
		for a := range n.Ancestors() {
			if a.DataAtom == atom.Label && textOf(a) != "" {
				return true
			}
		}
		return false
	}
	for _, in := range append(p.elements(atom.Input), p.elements(atom.Select)...) {
		if attribute(in, "type") != "hidden" && !labelled[attribute(in, "id")] && !inLabel(in) {
			t.Errorf("input %q %q has no label", attribute(in, "name"), attribute(in, "id"))
		}
	}
	for _, button := range p.elements(atom.Button) {
		if textOf(button) == "" {
			t.Error("a button has no name")
		}
	}
}

// checkIDs sees that ids are unique and that what is pointed at is there.
func checkIDs(t *testing.T, p page) {
	t.Helper()
	ids := map[string]bool{}
	for _, n := range p.all(func(*html.Node) bool { return true }) {
		if id, ok := lookUp(n, "id"); ok {
			if ids[id] || id == "" {
				t.Errorf("the id %q is there twice or empty", id)
			}
			ids[id] = true
		}
	}
	for _, n := range p.all(func(*html.Node) bool { return true }) {
		for _, name := range []string{"for", "aria-describedby", "aria-labelledby"} {
			if to, ok := lookUp(n, name); ok && !ids[to] {
				t.Errorf("<%s %s=%q> points at nothing", n.Data, name, to)
			}
		}
		if to, ok := strings.CutPrefix(attribute(n, "href"), "#"); ok && !ids[to] {
			t.Errorf("the link to #%s leads nowhere", to)
		}
	}
}

func checkPictures(t *testing.T, p page) {
	t.Helper()
	urgent := 0
	for _, img := range p.elements(atom.Img) {
		if _, ok := lookUp(img, "alt"); !ok || attribute(img, "width") == "" || attribute(img, "height") == "" {
			t.Errorf("img %s lacks alt, width or height", attribute(img, "src"))
		}
		if attribute(img, "fetchpriority") == "high" {
			urgent++
			if attribute(img, "loading") == "lazy" {
				t.Errorf("img %s is both urgent and lazy", attribute(img, "src"))
			}
		}
	}
	if urgent > 1 {
		t.Errorf("%d pictures are the most urgent, want at most 1", urgent)
	}
}

func TestProductForm(t *testing.T) {
	p := draw(t, views.Product(productPage()))
	radios := p.all(func(n *html.Node) bool { return attribute(n, "type") == "radio" })
	if len(radios) != 3 {
		t.Fatalf("%d radio buttons, want 3", len(radios))
	}
	for i, want := range []string{"7", "8", "9"} {
		if attribute(radios[i], "name") != "variant_id" || attribute(radios[i], "value") != want {
			t.Errorf("radio button %d is %s=%s", i, attribute(radios[i], "name"), attribute(radios[i], "value"))
		}
	}
	if _, disabled := lookUp(radios[1], "disabled"); !disabled {
		t.Error("a sold-out variant can be chosen")
	}
	for i, want := range []string{"Red / Lined 3 left", "Red / Plain Sold out", "Blue / Lined"} {
		if got := textOf(radios[i].Parent); got != want {
			t.Errorf("variant %d is labelled %q, want %q", i, got, want)
		}
	}
	if attribute(p.byID("quantity"), "value") != "1" || textOf(p.byID("add-to-cart")) != "Add to cart" {
		t.Error("the form lacks its quantity or its button")
	}
	for _, want := range []string{"KWD 4.500", "Free delivery, included in the price", "Paid securely through Stripe", "<p>Long <em>text</em>.</p>"} {
		if !strings.Contains(strings.ReplaceAll(p.text, "\u00a0", " "), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(p.text, "send it back") {
		t.Error("the page promises what no merchant wrote")
	}
	promised := productPage()
	promised.Frame.Site.ReturnDays = 14
	if got := draw(t, views.Product(promised)).text; !strings.Contains(got, "<li>14 days to send it back</li>") {
		t.Error("the page does not say how long its things may be sent back")
	}
	soldOut := productPage()
	soldOut.SoldOut = true
	if _, disabled := lookUp(draw(t, views.Product(soldOut)).byID("add-to-cart"), "disabled"); !disabled {
		t.Error("what is sold out can be put into the cart")
	}
}

func TestVariantsOfOneOptionStandAlone(t *testing.T) {
	page := productPage()
	page.Options = []string{"Size"}
	page.Variants = []views.VariantChoice{{ID: 1, Title: "A5 / small", Available: 1}, {ID: 2, Title: "A4", Available: 1}}
	p := draw(t, views.Product(page))
	for i, radio := range p.all(func(n *html.Node) bool { return attribute(n, "type") == "radio" }) {
		if got, want := textOf(radio.Parent), page.Variants[i].Title; got != want {
			t.Errorf("variant %d is labelled %q, want %q", i, got, want)
		}
	}
}

func TestCartHooks(t *testing.T) {
	p := draw(t, views.Cart(cartPage()))
	main := p.elements(atom.Main)[0]
	if attribute(main, "data-cart-count") != "3" || attribute(main, "data-cart-total") != "3750" {
		t.Errorf("main says %v", main.Attr)
	}
	if attribute(p.byID("quantity-7"), "value") != "3" {
		t.Error("the line lacks its quantity")
	}
	if !strings.Contains(p.text, "¥3,750") || strings.Contains(p.text, "3,750.00") {
		t.Error("yen are not written as yen")
	}
	actions := map[string]int{}
	for _, form := range p.elements(atom.Form) {
		actions[attribute(form, "method")+" "+attribute(form, "action")]++
	}
	// Update, remove and the notice's undo go to the line.
	if actions["post /cart/items/7"] != 3 || actions["post /checkout"] != 1 || actions["get /search"] != 1 {
		t.Errorf("forms: %v", actions)
	}
	p.byID("checkout")
}

func TestOrderHooks(t *testing.T) {
	p := draw(t, views.Order(orderPage()))
	main := p.elements(atom.Main)[0]
	if attribute(main, "data-order-status") != "pending" || attribute(main, "data-order-number") != "1001" {
		t.Errorf("main says %v", main.Attr)
	}
	for _, want := range []string{"We are waiting for the payment to be confirmed", "Check again", "Ada", "2 × KWD 4.500", "KWD 9.000"} {
		if !strings.Contains(textOf(main), want) && !strings.Contains(strings.ReplaceAll(textOf(main), "\u00a0", " "), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(p.text, "Thank you") {
		t.Error("the page thanks for what is not paid")
	}
	paid := orderPage()
	paid.Order.Status, paid.Thanks, paid.Waiting = models.OrderPaid, true, false
	if p = draw(t, views.Order(paid)); !strings.Contains(p.text, "Thank you") || strings.Contains(p.text, "data-check") {
		t.Error("a paid order is not shown as paid")
	}
}

func TestSuccessSaysNothingOfTheOrder(t *testing.T) {
	text := textOf(draw(t, views.Success(views.SuccessPage{Frame: frame("Thank you")})).elements(atom.Main)[0])
	if !strings.Contains(text, "being confirmed") || strings.Contains(text, "@") {
		t.Errorf("the page says %q", text)
	}
}

func TestFaultsAreListedAndTiedToTheirFields(t *testing.T) {
	p := draw(t, views.Lookup(lookupPage()))
	if title := textOf(p.elements(atom.Title)[0]); !strings.HasPrefix(title, "Error: ") {
		t.Errorf("the title is %q", title)
	}
	if summary := textOf(p.byID("faults")); !strings.Contains(summary, "No such order.") || !strings.Contains(summary, "Enter a mail address.") {
		t.Errorf("the summary says %q", summary)
	}
	number := p.byID("number")
	if attribute(number, "aria-invalid") != "true" || attribute(number, "value") != "x" {
		t.Errorf("the field is %v", number.Attr)
	}
	if got := textOf(p.byID(attribute(number, "aria-describedby"))); got != "No such order." {
		t.Errorf("the field's fault is %q", got)
	}
}

func TestListPictures(t *testing.T) {
	p := draw(t, views.List(listPage()))
	links := p.all(func(n *html.Node) bool { return n.DataAtom == atom.A && attribute(n, "data-product") == "notebook" })
	if len(links) != 6 {
		t.Fatalf("%d products, want 6", len(links))
	}
	for i, img := range p.elements(atom.Img) {
		lazy, high := attribute(img, "loading") == "lazy", attribute(img, "fetchpriority") == "high"
		if lazy != (i >= 4) || high != (i == 0) {
			t.Errorf("picture %d: lazy %v, urgent %v", i, lazy, high)
		}
	}
	if current := p.all(func(n *html.Node) bool { return attribute(n, "aria-current") == "page" }); len(current) != 1 {
		t.Errorf("%d links are current, want 1", len(current))
	}
}

// What merchants and shoppers type is text and stays text.
func TestTextIsEscaped(t *testing.T) {
	const payload = `"><img src=x onerror=alert(1)>`
	page := productPage()
	page.Name, page.Summary, page.Frame.Query, page.Frame.Title = payload, payload, payload, payload
	page.Variants[0].Title, page.Variants[0].Swatch = payload, payload
	page.Breadcrumbs = []views.Link{{Label: payload, URL: "javascript:alert(1)"}}
	p := draw(t, views.Product(page))
	for _, n := range p.all(func(n *html.Node) bool { _, ok := lookUp(n, "onerror"); return ok }) {
		t.Errorf("<%s> came out of a text", n.Data)
	}
	if strings.Contains(p.text, `href="javascript:`) {
		t.Error("a link runs a script")
	}
}

func TestPictureURL(t *testing.T) {
	if got := views.PictureURL("field-notebook-red", 480, "avif"); got != "/media/field-notebook-red-480.avif" {
		t.Error(got)
	}
}

func TestListFoldsItsFilters(t *testing.T) {
	list := draw(t, views.List(listPage())).text
	if !strings.Contains(list, `<details class="fold">`) || !strings.Contains(list, "1 filter in use") || !strings.Contains(list, `class="chip" href="/products"`) {
		t.Error("a narrowed list does not fold its filters and say how many there are")
	}
	faulty := listPage()
	faulty.Errors = []views.FieldError{{Field: "min", Message: "Enter a price."}}
	if !strings.Contains(draw(t, views.List(faulty)).text, `<details class="fold" open>`) {
		t.Error("a fault is folded away")
	}
	nothing := views.ListPage{Frame: frame("Search"), Heading: "Search", Path: "/search", Search: true}
	if got := draw(t, views.List(nothing)).text; strings.Contains(got, "<details") || !strings.Contains(got, `id="search-words"`) {
		t.Error("a search that found nothing has filters, or no field to ask again")
	}
}

func TestCardLeadsToWhatWasLookedFor(t *testing.T) {
	list := listPage()
	list.Products[0].Chosen = 7
	if got := draw(t, views.List(list)).text; !strings.Contains(got, `href="/products/notebook?variant=7"`) || !strings.Contains(got, `href="/products/notebook"`) {
		t.Error("a card does not lead to the variant it shows")
	}
}

func TestInitialStandsForAMissingPicture(t *testing.T) {
	list, cart, order, product := listPage(), cartPage(), orderPage(), productPage()
	list.Products[0].Name, list.Products[0].Picture = "“écru” tin", views.Picture{}
	cart.Lines[0].Picture = views.Picture{}
	order.Order.Items[0].PictureKey = ""
	product.Pictures = nil
	for name, page := range map[string]struct {
		drawn   templ.Component
		initial string
	}{
		"list": {views.List(list), "É"}, "cart": {views.Cart(cart), "N"}, "order": {views.Order(order), "N"}, "product": {views.Product(product), "N"},
	} {
		if got := draw(t, page.drawn).text; strings.Count(got, `class="blank" data-initial="`+page.initial+`"`) != 1 {
			t.Errorf("%s: no initial where there is no picture", name)
		}
	}
}
