package handlers_test

import (
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// googleShipping reads what the feed for Google says of each item's delivery.
func googleShipping(t *testing.T, body string) map[string][]string {
	t.Helper()
	var feed struct {
		Items []struct {
			ID       string `xml:"http://base.google.com/ns/1.0 id"`
			Shipping []struct {
				Country string `xml:"http://base.google.com/ns/1.0 country"`
				Service string `xml:"http://base.google.com/ns/1.0 service"`
				Price   string `xml:"http://base.google.com/ns/1.0 price"`
			} `xml:"http://base.google.com/ns/1.0 shipping"`
		} `xml:"channel>item"`
	}
	if err := xml.Unmarshal([]byte(body), &feed); err != nil {
		t.Fatal(err)
	}
	shipping := map[string][]string{}
	for _, item := range feed.Items {
		for _, s := range item.Shipping {
			shipping[item.ID] = append(shipping[item.ID], s.Country+" "+s.Service+" "+s.Price)
		}
	}
	return shipping
}

// What the delivery of one piece costs is the same in both feeds and in what the
// page tells search engines.
func TestFeedsSayWhatDeliveryCosts(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := machineShop(t, databaseURL, "USD")
		visitor := app.Browser()
		if got := googleShipping(t, visitor.Get("/feeds/google.xml").Body)["MUG"]; len(got) != len(models.UsualCountries()) || got[0] != "US Delivery 0.00 USD" {
			t.Errorf("without zones: %q", got)
		}
		manager := app.Staff(models.RoleManager)
		deliverTo(t, manager, 1, "Germany, France", "name", "Air: mail", "kind", "weight", "rows", "1", "band-0-ends", "1000", "band-0-price", "12.50", "min-days", "5", "max-days", "10")
		deliverTo(t, manager, 2, "United States", "name", "Standard", "kind", "flat", "price", "4.90", "free-from", "40")
		for _, way := range [][]string{
			{"/admin/delivery/zones/2/methods/new", "name", "Express", "kind", "flat", "price", "15"},
			{"/admin/delivery/pickups/new", "name", "Pickup", "address", "1 Main Street", "price", "0"},
		} {
			if got := manager.Post(way[0], way[1:]...); got.Status != 303 {
				t.Fatalf("%q: %d", way, got.Status)
			}
		}
		for _, change := range []string{"UPDATE variants SET weight_grams = 400 WHERE sku <> 'MUG'", "UPDATE variants SET weight_grams = 5000 WHERE sku = 'MUG'",
			"UPDATE identity SET return_days = 30", "UPDATE shop SET catalogue_version = catalogue_version + 1"} {
			modelstest.Exec(t, databaseURL, change)
		}
		want := map[string]string{
			"SHIRT-RED-S": "US Standard 4.90 USD|DE Air: mail 12.50 USD|FR Air: mail 12.50 USD",
			"MUG":         "US Standard 0.00 USD", // dear enough to come free, too heavy for the mail
		}
		var shipping map[string][]string
		app.Eventually("the feed's delivery", func() bool {
			shipping = googleShipping(t, visitor.Get("/feeds/google.xml").Body)
			return strings.Join(shipping["MUG"], "|") == want["MUG"]
		})
		for id, all := range want {
			if got := strings.Join(shipping[id], "|"); got != all {
				t.Errorf("%s: %q, want %q", id, got, all)
			}
		}
		rows, err := csv.NewReader(strings.NewReader(visitor.Get("/feeds/meta.csv").Body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		column := slices.Index(rows[0], "shipping")
		if got := rows[1][column]; got != "US::Standard:4.90 USD,DE::Air  mail:12.50 USD,FR::Air  mail:12.50 USD" {
			t.Errorf("the shirt for Meta: %q", got)
		}
		if got := rows[3][column]; got != "US::Standard:0.0 USD" {
			t.Errorf("the mug for Meta: %q", got)
		}
		for path, want := range map[string]string{
			"/products/shirt": "US=4.90 DE,FR=12.50/5-10 returned in 30 US",
			"/products/mug":   "US=0.00 returned in 30 US",
		} {
			app.Eventually(path+" tells "+want, func() bool { return jsonTerms(t, visitor.Get(path).Body) == want })
		}
		modelstest.Exec(t, databaseURL, "UPDATE identity SET return_days = 0")
		modelstest.Exec(t, databaseURL, "UPDATE shop SET catalogue_version = catalogue_version + 1")
		app.Eventually("no word on returns", func() bool { return jsonTerms(t, visitor.Get("/products/mug").Body) == "US=0.00" })

		// Google takes a hundred.
		var many []string
		for _, country := range models.Countries() {
			if !slices.Contains([]string{"US", "DE", "FR"}, country.Code) {
				many = append(many, country.Code)
			}
		}
		for _, form := range [][]string{
			{"/admin/delivery/zones/new", "name", "The others", "countries", strings.Join(many, ", ")},
			{"/admin/delivery/zones/3/methods/new", "name", "Freight", "kind", "flat", "price", "30"},
		} {
			if got := manager.Post(form[0], form[1:]...); got.Status != 303 {
				t.Fatalf("%s: %d", form[0], got.Status)
			}
		}
		app.Eventually("a hundred countries", func() bool { return len(googleShipping(t, visitor.Get("/feeds/google.xml").Body)["MUG"]) == 100 })
		app.Eventually("fewer on the page", func() bool { // US, and of the mug's others 29
			return strings.Count(jsonTerms(t, visitor.Get("/products/mug").Body), ",") == 28
		})
	})
}

// jsonTerms writes down the terms that a page tells search engines of, of which
// every offer of the page must have all.
func jsonTerms(t *testing.T, page string) string {
	t.Helper()
	things := jsonLDOf(t, page)
	for _, lost := range lostReferences(things) {
		t.Errorf("nothing is %s", lost)
	}
	var terms []string
	for _, thing := range things {
		switch thing["@type"] {
		case "OfferShippingDetails":
			var countries []string
			for _, region := range thing["shippingDestination"].([]any) {
				countries = append(countries, fmt.Sprint(region.(map[string]any)["addressCountry"]))
			}
			term := fmt.Sprintf("%s=%s", strings.Join(countries, ","), thing["shippingRate"].(map[string]any)["value"])
			if time, ok := thing["deliveryTime"].(map[string]any); ok {
				days := time["transitTime"].(map[string]any)
				term += fmt.Sprintf("/%v-%v", days["minValue"], days["maxValue"])
			}
			terms = append(terms, term)
		case "MerchantReturnPolicy":
			terms = append(terms, fmt.Sprintf("returned in %v %v", thing["merchantReturnDays"], thing["applicableCountry"]))
		}
	}
	offers := []any{things[0]["offers"]}
	if variants, several := things[0]["hasVariant"].([]any); several {
		offers = nil
		for _, variant := range variants {
			offers = append(offers, variant.(map[string]any)["offers"])
		}
	}
	for _, offer := range offers {
		offer := offer.(map[string]any)
		details, _ := offer["shippingDetails"].([]any)
		_, returns := offer["hasMerchantReturnPolicy"]
		if said := len(details) + map[bool]int{true: 1}[returns]; said != len(terms) {
			t.Errorf("an offer has %d of %d terms: %v", said, len(terms), offer)
		}
	}
	return strings.Join(terms, " ")
}
