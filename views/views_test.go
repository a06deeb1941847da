package views_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tuckshop/models"
	"tuckshop/views"
)

func frame(title string) views.Frame {
	return views.Frame{
		ShopName: "Tuckshop", Title: title, BaseURL: "https://shop.example", Canonical: "https://shop.example/products",
		Description: "A page", Simulated: true, CartCount: 2, Section: "/collections/notebooks", Query: `ink "blue"`, Delivery: "Free delivery, included in the price",
		Collections: []views.Link{
			{Label: "Notebooks", URL: "/collections/notebooks", Current: true},
			{Label: "Desk", URL: "/collections/desk"},
		},
		Notice: &views.Notice{Kind: views.NoticeInfo, Text: "Removed.", Undo: &views.Undo{Action: "/cart/items/7", Label: "Undo", Quantity: 2}},
		JSONLD: `{"name":"\u003c/script\u003e"}`,
	}
}

func sampleCards(n int) []views.ProductCard {
	cards := make([]views.ProductCard, n)
	for i := range cards {
		cards[i] = views.ProductCard{
			Slug: "notebook", Name: "Notebook", Price: yen(1250), From: true,
			Picture:  views.Picture{Key: "notebook", Alt: "A notebook"},
			Swatches: []views.Swatch{{Name: "Red", Colour: "#ff0000"}, {Name: "Blue", Colour: "#0000ff"}},
		}
	}
	return cards
}

func yen(amount int64) models.Money    { return models.Money{Amount: amount, Currency: "JPY"} }
func dinars(amount int64) models.Money { return models.Money{Amount: amount, Currency: "KWD"} }

func productPage() views.ProductPage {
	return views.ProductPage{
		Frame: frame("Notebook"), Slug: "notebook", Name: "Notebook", Summary: "To write in.",
		Description: "<p>Long <em>text</em>.</p>", Price: dinars(4500), Quantity: "1",
		Options: []string{"Colour", "Ruling"},
		Pictures: []views.ProductPicture{
			{ID: "picture-1", Picture: views.Picture{Key: "red", Alt: "Red"}},
			{ID: "picture-2", Picture: views.Picture{Key: "blue", Alt: "Blue"}},
		},
		Variants: []views.VariantChoice{
			{ID: 7, Title: "Red / Lined", Swatch: "#ff0000", Price: dinars(4500), Available: 3, LowStock: true, Checked: true, PictureID: "picture-1"},
			{ID: 8, Title: "Red / Plain", Swatch: "#ff0000", Price: dinars(4500), PictureID: "picture-1"},
			{ID: 9, Title: "Blue / Lined", Swatch: "#0000ff", Price: dinars(4500), Available: 30, PictureID: "picture-2"},
		},
		Breadcrumbs: []views.Link{{Label: "Home", URL: "/"}, {Label: "Notebook", URL: "/products/notebook", Current: true}},
		Related:     sampleCards(2),
	}
}

func cartPage() views.CartPage {
	return views.CartPage{
		Frame: frame("Your cart"), Count: 3, Total: yen(3750),
		Lines: []views.CartLine{{
			VariantID: 7, ProductSlug: "notebook", Name: "Notebook", VariantTitle: "Red", Quantity: "3",
			Picture: views.Picture{Key: "red"}, UnitPrice: yen(1250), SeenPrice: yen(1250), Total: yen(3750), Available: 9,
		}},
	}
}

func orderPage() views.OrderPage {
	at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	return views.OrderPage{
		Frame: frame("Order 1001"), CheckURL: "/checkout/success?session_id=cs_1", Waiting: true,
		Order: models.Order{
			Number: "1001", Status: models.OrderPending, Currency: "KWD", Subtotal: 9000, Total: 9000, Email: "ada@example.com",
			ShippingName: "Ada", ShippingAddress: models.Address{Line1: "1 Main Street", City: "London", Country: "GB"},
			Items: []models.OrderItem{{Name: "Notebook", VariantTitle: "Red", Quantity: 2, UnitPrice: 4500, Total: 9000, PictureKey: "red"}},
		},
		Timeline: []views.TimelineEntry{{At: at, Kind: "placed", Title: "Order placed"}},
	}
}

func listPage() views.ListPage {
	return views.ListPage{
		Frame: frame("All products"), Heading: "All products", Path: "/products", Products: sampleCards(6), Total: 60, InStock: true,
		Sorts: []views.Choice{{Value: "name", Label: "Name", Selected: true}}, Collections: []views.Choice{{Value: "desk", Label: "Desk"}},
		Active: []views.Link{{Label: "In stock", URL: "/products"}},
		Pagination: views.Pagination{Page: 2, Pages: 3, Previous: "/products", Next: "/products?page=3", Links: []views.PageLink{
			{Number: 1, URL: "/products"}, {Number: 2, URL: "/products?page=2", Current: true}, {Gap: true}, {Number: 3, URL: "/products?page=3"},
		}},
	}
}

func lookupPage() views.LookupPage {
	return views.LookupPage{Frame: frame("Find your order"), Number: "x", Errors: []views.FieldError{
		{Field: "number", Message: "No such order."}, {Field: "email", Message: "Enter a mail address."},
	}}
}

func everyPage() map[string]templ.Component {
	single := productPage()
	single.Variants, single.Options = single.Variants[:1], nil
	faulty := cartPage()
	faulty.Errors = []views.FieldError{{Field: "quantity-7", Message: "Only 1 left."}}
	nothing := views.ListPage{Frame: frame("Search"), Heading: "Search", Path: "/search", Search: true, Suggestions: sampleCards(2)}
	return map[string]templ.Component{
		"home": views.Home(views.HomePage{Frame: frame(""), Sections: []views.HomeSection{
			{Kind: models.SectionHero, Heading: "Welcome", Text: "Come in.", Button: views.Link{Label: "See", URL: "/products"}, Products: sampleCards(4)},
			{Kind: models.SectionPromises},
			{Kind: models.SectionFeatured, Heading: "Favourites", Products: sampleCards(4)},
			{Kind: models.SectionCollections, Heading: "Shelves", Collections: []views.CollectionCard{{Slug: "notebooks", Name: "Notebooks", Count: 4}}},
			{Kind: models.SectionText, Heading: "Us", HTML: "<p>Ink.</p>", Picture: views.Picture{Key: "desk", Alt: "A desk"}},
			{Kind: models.SectionNewest, Heading: "Just in", Products: sampleCards(4)},
		}}),
		"empty home":     views.Home(views.HomePage{Frame: views.Frame{ShopName: "Tuckshop"}}),
		"list":           views.List(listPage()),
		"nothing found":  views.List(nothing),
		"product":        views.Product(productPage()),
		"single variant": views.Product(single),
		"cart":           views.Cart(cartPage()),
		"faulty cart":    views.Cart(faulty),
		"empty cart":     views.Cart(views.CartPage{Frame: frame("Your cart"), Suggestions: sampleCards(4)}),
		"order":          views.Order(orderPage()),
		"success":        views.Success(views.SuccessPage{Frame: frame("Thank you")}),
		"lookup":         views.Lookup(lookupPage()),
		"error":          views.Error(views.ErrorPage{Frame: frame("Gone"), Status: 404, Heading: "Not here", Text: "Sorry.", Search: true}),
	}
}

// page is a drawn page.
type page struct {
	t    *testing.T
	root *html.Node
	text string
}

func draw(t *testing.T, c templ.Component) page {
	t.Helper()
	var out strings.Builder
	if err := c.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	return page{t, root, out.String()}
}

func (p page) all(match func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			found = append(found, n)
		}
	}
	return found
}

func (p page) elements(a atom.Atom) []*html.Node {
	return p.all(func(n *html.Node) bool { return n.DataAtom == a })
}

func (p page) byID(id string) *html.Node {
	p.t.Helper()
	found := p.all(func(n *html.Node) bool { return attribute(n, "id") == id })
	if len(found) != 1 {
		p.t.Fatalf("%d elements have the id %q, want 1", len(found), id)
	}
	return found[0]
}

func attribute(n *html.Node, name string) string {
	value, _ := lookUp(n, name)
	return value
}

func lookUp(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func textOf(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}
