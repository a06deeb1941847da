package handlers_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tuckshop/internal/apptest"
	"tuckshop/models/modelstest"
)

// vocabulary is the part of https://schema.org that the shop uses, with the
// domains and ranges that are declared there. Of each range it has what the
// shop gives.
type vocabulary struct {
	Types        map[string][]string // and what each is a kind of
	Enumerations map[string][]string
	Properties   map[string]struct{ Of, Is []string }
}

func readVocabulary(t *testing.T) vocabulary {
	t.Helper()
	content, err := os.ReadFile("testdata/schema-org.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vocabulary
	if err := json.Unmarshal(content, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// kind reports whether a type is one of others, or a kind of one.
func (v vocabulary) kind(name string, others []string) bool {
	return slices.Contains(others, name) || slices.ContainsFunc(v.Types[name], func(parent string) bool { return v.kind(parent, others) })
}

// faults lists what is wrong with a thing at a place in the document.
func (v vocabulary) faults(at string, thing map[string]any) []string {
	name, ok := thing["@type"].(string)
	if _, known := v.Types[name]; !ok || !known {
		if _, reference := thing["@id"]; reference && len(thing) == 1 {
			return nil
		}
		return []string{fmt.Sprintf("%s is a %v, which schema.org does not know", at, thing["@type"])}
	}
	var faults []string
	for property, value := range thing {
		if strings.HasPrefix(property, "@") || strings.HasSuffix(property, "-input") && v.kind(name, []string{"Action"}) {
			continue
		}
		place := at + "." + property
		declared, known := v.Properties[property]
		if !known || !v.kind(name, declared.Of) {
			faults = append(faults, fmt.Sprintf("%s: a %s has no such property", place, name))
			continue
		}
		values, list := value.([]any)
		if !list {
			values = []any{value}
		}
		if len(values) == 0 {
			faults = append(faults, place+" is empty")
		}
		for i, value := range values {
			if object, ok := value.(map[string]any); ok {
				if _, reference := object["@id"]; !reference && !v.kind(fmt.Sprint(object["@type"]), declared.Is) {
					faults = append(faults, fmt.Sprintf("%s cannot be a %v", place, object["@type"]))
				}
				faults = append(faults, v.faults(fmt.Sprintf("%s[%d]", place, i), object)...)
			} else if !slices.ContainsFunc(declared.Is, func(kind string) bool { return v.fits(kind, value) }) {
				faults = append(faults, fmt.Sprintf("%s cannot be %v", place, value))
			}
		}
	}
	return faults
}

// fits reports whether a plain value is of a data type or an enumeration.
func (v vocabulary) fits(kind string, value any) bool {
	text, isText := value.(string)
	if members, ok := v.Enumerations[kind]; ok {
		member, found := strings.CutPrefix(text, "https://schema.org/")
		return found && slices.Contains(members, member)
	}
	switch kind {
	case "Text":
		return isText && text != ""
	case "URL":
		address, err := url.Parse(text)
		return isText && err == nil && address.IsAbs() && address.Host != ""
	case "Integer":
		number, ok := value.(float64)
		return ok && number == float64(int64(number))
	case "Price":
		return isText && regexp.MustCompile(`^\d+(\.\d+)?$`).MatchString(text)
	case "Country": // ISO 3166-1 alpha-2
		return isText && regexp.MustCompile(`^[A-Z]{2}$`).MatchString(text)
	case "Currency":
		return isText && regexp.MustCompile(`^[A-Z]{3}$`).MatchString(text)
	}
	return false
}

// required are the properties that Google asks of a thing for a rich result.
var required = map[string][]string{
	"Product":        {"name", "image", "offers"},
	"ProductGroup":   {"name", "hasVariant", "productGroupID", "variesBy"},
	"Offer":          {"price", "priceCurrency", "availability", "url"},
	"BreadcrumbList": {"itemListElement"},
	"ListItem":       {"position", "name", "item"},
	"WebSite":        {"name", "url", "potentialAction"},
	"Organization":   {"name"},

	"OfferShippingDetails": {"shippingDestination", "shippingRate"},
	"MerchantReturnPolicy": {"applicableCountry", "returnPolicyCategory", "merchantReturnDays"},
}

// jsonLDOf reads what a page tells search engines, and how the page is read by
// a parser of HTML.
func jsonLDOf(t *testing.T, page string) []map[string]any {
	t.Helper()
	document, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var things []map[string]any
	for n := range document.Descendants() {
		if n.Data != "script" || !slices.Contains(n.Attr, html.Attribute{Key: "type", Val: "application/ld+json"}) {
			continue
		}
		var graph struct {
			Context string           `json:"@context"`
			Graph   []map[string]any `json:"@graph"`
		}
		if err := json.Unmarshal([]byte(n.FirstChild.Data), &graph); err != nil || graph.Context != "https://schema.org" {
			t.Fatalf("context %q, %v", graph.Context, err)
		}
		things = append(things, graph.Graph...)
	}
	return things
}

func missing(thing map[string]any, images bool) []string {
	var lacking []string
	for _, name := range required[fmt.Sprint(thing["@type"])] {
		if _, ok := thing[name]; !ok && (images || name != "image") {
			lacking = append(lacking, fmt.Sprintf("a %v lacks its %s", thing["@type"], name))
		}
	}
	for _, value := range thing {
		values, list := value.([]any)
		if !list {
			values = []any{value}
		}
		for _, value := range values {
			if object, ok := value.(map[string]any); ok {
				lacking = append(lacking, missing(object, images)...)
			}
		}
	}
	return lacking
}

// lostReferences are the ids that offers refer to and that nothing in the
// document has.
func lostReferences(things []map[string]any) []string {
	ids := map[any]bool{}
	for _, thing := range things {
		ids[thing["@id"]] = true
	}
	var lost []string
	var look func(value any)
	look = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, one := range value {
				look(one)
			}
		case map[string]any:
			if id, named := value["@id"]; named && len(value) == 1 && !ids[id] {
				lost = append(lost, fmt.Sprint(id))
			}
			for _, one := range value {
				look(one)
			}
		}
	}
	for _, thing := range things {
		look(thing)
	}
	return lost
}

// TestJSONLD judges every page of the demo's products, and the front page, by
// schema.org's vocabulary and by what Google requires.
func TestJSONLD(t *testing.T) {
	t.Parallel()
	v := readVocabulary(t)
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{Demo: true})
	paths := []string{"/"}
	products, err := app.Store.ProductsAfter(t.Context(), 0, 100)
	if err != nil || len(products) < 20 {
		t.Fatalf("%d products, %v", len(products), err)
	}
	for _, product := range products {
		paths = append(paths, "/products/"+product.Slug)
	}
	seen := map[any]int{}
	for _, path := range paths {
		things := jsonLDOf(t, app.Browser().Get(path).Body)
		for _, lost := range lostReferences(things) {
			t.Errorf("%s: nothing in the document is %s", path, lost)
		}
		for _, thing := range things {
			seen[thing["@type"]]++
			faults := append(v.faults(fmt.Sprint(thing["@type"]), thing), missing(thing, true)...)
			if thing["@type"] == "ProductGroup" && len(faults) == 1 && strings.HasSuffix(faults[0], "lacks its variesBy") {
				faults = nil // it varies by what schema.org has no word for
			}
			for _, fault := range faults {
				t.Errorf("%s: %s", path, fault)
			}
		}
	}
	for kind, want := range map[string]int{"Organization": 1, "WebSite": 1, "BreadcrumbList": len(products), "MerchantReturnPolicy": len(products)} {
		if seen[kind] != want {
			t.Errorf("%d of %s, want %d", seen[kind], kind, want)
		}
	}
	if seen["OfferShippingDetails"] < len(products) {
		t.Errorf("%d rates of delivery", seen["OfferShippingDetails"])
	}
	if seen["Product"]+seen["ProductGroup"] != len(products) || seen["Product"] == 0 || seen["ProductGroup"] == 0 {
		t.Errorf("%d products and %d groups of %d", seen["Product"], seen["ProductGroup"], len(products))
	}
}

// TestVocabularyFindsFaults gives the judge what is wrong.
func TestVocabularyFindsFaults(t *testing.T) {
	t.Parallel()
	v := readVocabulary(t)
	for text, want := range map[string]string{
		`{"@type":"Product","name":"A"}`:                                                     "",
		`{"@type":"Produkt"}`:                                                                "does not know",
		`{"@type":"Product","price":"1.00"}`:                                                 "no such property",
		`{"@type":"Offer","price":"$1"}`:                                                     "cannot be $1",
		`{"@type":"Offer","availability":"https://schema.org/Gone"}`:                         "cannot be https",
		`{"@type":"Product","offers":{"@type":"Brand","name":"A"}}`:                          "cannot be a Brand",
		`{"@type":"Product","image":[]}`:                                                     "is empty",
		`{"@type":"Product","url":"/here"}`:                                                  "cannot be /here",
		`{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1.5}]}`: "cannot be 1.5",
	} {
		var thing map[string]any
		if err := json.Unmarshal([]byte(text), &thing); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(v.faults("it", thing), "; ")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestJSONLDSaysWhatThePageSays reads prices, stock and texts, among them one
// that would end the script.
func TestJSONLDSaysWhatThePageSays(t *testing.T) {
	t.Parallel()
	v := readVocabulary(t)
	for currency, want := range map[string][2]string{"JPY": {"1250", "4500"}, "KWD": {"1.250", "4.500"}, "USD": {"12.50", "45.00"}} {
		databaseURL := "sqlite:" + t.TempDir() + "/shop.db"
		app := machineShop(t, databaseURL, currency)
		var group, mug map[string]any
		app.Eventually("prices in "+currency, func() bool {
			group = jsonLDOf(t, app.Browser().Get("/products/shirt").Body)[0]
			mug = jsonLDOf(t, app.Browser().Get("/products/mug").Body)[0]
			return mug["offers"].(map[string]any)["priceCurrency"] == currency
		})
		if fmt.Sprint(group["variesBy"]) != "[https://schema.org/color https://schema.org/size]" {
			t.Errorf("the shirt varies by %v", group["variesBy"])
		}
		variants := group["hasVariant"].([]any)
		first, second := variants[0].(map[string]any), variants[1].(map[string]any)
		offer, gone := first["offers"].(map[string]any), second["offers"].(map[string]any)
		if offer["price"] != want[0] || offer["availability"] != "https://schema.org/InStock" || gone["availability"] != "https://schema.org/OutOfStock" ||
			first["size"] != "S" || first["sku"] != "SHIRT-RED-S" || offer["priceSpecification"] == nil {
			t.Errorf("%s: %v, %v", currency, first, gone)
		}
		if mug["@type"] != "Product" || mug["offers"].(map[string]any)["price"] != want[1] {
			t.Errorf("%s: %v", currency, mug)
		}
		body := app.Browser().Get("/products/bad").Body
		things := jsonLDOf(t, body)
		if len(things) != 3 || things[0]["name"] != strings.ReplaceAll(nasty, "\x01", "") || strings.Contains(body, "<script>alert") {
			t.Errorf("a nasty name is %v", things)
		}
		for _, thing := range things {
			for _, fault := range append(v.faults("bad", thing), missing(thing, false)...) {
				t.Error(fault)
			}
		}
	}
}

// TestWeights weighs what a visitor of each page of the shop loads, compressed
// by gzip.
func TestWeights(t *testing.T) {
	t.Parallel()
	databaseURL := "sqlite:" + t.TempDir() + "/shop.db"
	app := apptest.New(t, databaseURL, apptest.Options{Demo: true})
	b := app.Browser()
	product, err := app.Store.ProductBySlug(t.Context(), "field-notebook")
	if err != nil {
		t.Fatal(err)
	}
	b.Post("/cart/items", "variant_id", fmt.Sprint(product.Variants[0].ID), "quantity", "1")
	modelstest.Exec(t, databaseURL, "UPDATE shop SET catalogue_version = catalogue_version + 1")
	const kB = 1000
	limits := map[string]int{"html": 20 * kB, "css": 12 * kB, "js": 10 * kB}
	files := regexp.MustCompile(`(?:href|src)="(/static/[^"]+\.(css|js))"`)
	for _, path := range []string{"/", "/products", "/collections/notebooks", "/search?q=pen", "/products/field-notebook", "/cart", "/orders/lookup", "/nothing"} {
		weights := map[string]int{"html": gzipped(t, b.Get(path).Body)}
		for _, file := range files.FindAllStringSubmatch(b.Get(path).Body, -1) {
			weights[file[2]] += gzipped(t, b.Get(file[1]).Body)
		}
		t.Logf("%s: HTML %d, CSS %d, JS %d bytes", path, weights["html"], weights["css"], weights["js"])
		for kind, limit := range limits {
			if weights[kind] == 0 || weights[kind] > limit {
				t.Errorf("%s: %d bytes of %s, at most %d", path, weights[kind], kind, limit)
			}
		}
	}
}

func gzipped(t *testing.T, body string) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
