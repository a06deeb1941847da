package handlers_test

import (
	"cmp"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"tuckshop/handlers"
	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// nasty is a text that breaks out wherever somebody forgot to escape it.
const nasty = "</script><script>alert(1)</script> ]]> & \"'\x01"

// machineShop has a product in several forms, one in one form, one whose texts
// are nasty and one that is a draft, in a currency.
func machineShop(t *testing.T, databaseURL, currency string) *apptest.App {
	t.Helper()
	app := apptest.New(t, databaseURL, apptest.Options{})
	modelstest.Exec(t, databaseURL, "UPDATE shop SET currency = '"+currency+"', catalogue_version = catalogue_version + 1")
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	product := func(slug, name string, variants ...models.Variant) models.Product {
		day = day.Add(24 * time.Hour)
		return models.Product{Slug: slug, Name: name, Summary: "A " + name, Status: models.ProductActive, Variants: variants,
			CreatedAt: day, UpdatedAt: day.Add(time.Hour), Collections: []models.Collection{{Slug: "shelf"}}}
	}
	shirt := product("shirt", "Shirt",
		models.Variant{SKU: "SHIRT-RED-S", Option1: "Red", Option2: "S", Price: 1250, CompareAt: 2000, Stock: 3},
		models.Variant{SKU: "SHIRT-RED-M", Option1: "Red", Option2: "M", Price: 1500, Position: 1})
	shirt.Description = "Soft.\n\n- Washes *well*\n- Lasts"
	shirt.Options = []models.Option{{Name: "Colour", Values: []models.OptionValue{{Name: "Red", Swatch: "#cc0000"}}},
		{Name: "Size", Position: 1, Values: []models.OptionValue{{Name: "S"}, {Name: "M", Position: 1}}}}
	shirt.Pictures = []models.Picture{{Key: "field-notebook-tomato", Alt: "A shirt", Width: 640, Height: 800}, {Key: "field-notebook-open", Position: 1}}
	bad := product("bad", strings.ReplaceAll(nasty, "\x01", ""), models.Variant{SKU: "=1+1", Price: 100, Stock: 1})
	bad.Summary = bad.Name
	draft := product("draft", "Draft", models.Variant{SKU: "DRAFT", Price: 100, Stock: 1})
	draft.Status = models.ProductDraft
	_, err := app.Store.AddCatalogue(t.Context(), []models.Collection{{Slug: "shelf", Name: "Shelf <1>", Description: "What there is."}},
		[]models.Product{shirt, product("mug", "Mug", models.Variant{SKU: "MUG", Price: 4500, Stock: 9}), bad, draft}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// TestSitemap reads the sitemap of a small shop and of one whose products need
// several.
func TestSitemap(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := machineShop(t, databaseURL, "USD")
		b := app.Browser()
		var small sitemapOf
		small.read(t, b.Get("/sitemap.xml"))
		var paths []string
		for _, u := range small.URLs {
			paths = append(paths, strings.TrimPrefix(u.Loc, app.URL))
		}
		if got, want := strings.Join(paths, " "), "/ /products /orders/lookup /collections/shelf /products/shirt /products/mug /products/bad"; got != want {
			t.Errorf("the sitemap has %s, want %s", got, want)
		}
		if got := small.URLs[4].LastMod; got != "2026-03-02T13:00:00Z" {
			t.Errorf("the shirt changed %q", got)
		}
		for _, u := range small.URLs {
			if got := b.Get(strings.TrimPrefix(u.Loc, app.URL)); got.Status != 200 || !strings.Contains(got.Body, `rel="canonical" href="`+u.Loc+`"`) {
				t.Errorf("%s: %d, or another canonical", u.Loc, got.Status)
			}
		}

		// One product with an id of the third run of 10,000.
		modelstest.Exec(t, databaseURL, `INSERT INTO products (id, slug, name, status, created_at, updated_at)
			VALUES (20001, 'far', 'Far', 'active', '2026-03-01 12:00:00', '2026-03-01 12:00:00')`)
		modelstest.Exec(t, databaseURL, "UPDATE shop SET catalogue_version = catalogue_version + 1")
		app.Eventually("the index", func() bool { return strings.Contains(b.Get("/sitemap.xml").Body, "<sitemapindex") })
		var index sitemapOf
		index.read(t, b.Get("/sitemap.xml"))
		var found []string
		for _, part := range index.Sitemaps {
			var one sitemapOf
			one.read(t, b.Get(strings.TrimPrefix(part.Loc, app.URL)))
			for _, u := range one.URLs {
				found = append(found, strings.TrimPrefix(u.Loc, app.URL))
			}
		}
		if got, want := strings.Join(found, " "), strings.Join(append(paths, "/products/far"), " "); got != want {
			t.Errorf("the sitemaps have %s, want %s", got, want)
		}
		if last := index.Sitemaps[len(index.Sitemaps)-1].Loc; last != app.URL+"/sitemaps/products-3.xml" {
			t.Errorf("the last sitemap is %s", last)
		}
		for _, path := range []string{"/sitemaps/products-2.xml", "/sitemaps/nothing.xml", "/sitemaps/products-1"} {
			if got := b.Get(path); got.Status != 404 {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
	})
}

type sitemapOf struct {
	URLs []struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod"`
	} `xml:"url"`
	Sitemaps []struct {
		Loc string `xml:"loc"`
	} `xml:"sitemap"`
}

func (s *sitemapOf) read(t *testing.T, answer apptest.Answer) {
	t.Helper()
	if kind := answer.Header.Get("Content-Type"); answer.Status != 200 || kind != "application/xml; charset=utf-8" {
		t.Fatalf("%d, %s", answer.Status, kind)
	}
	if err := xml.Unmarshal([]byte(answer.Body), s); err != nil {
		t.Fatal(err)
	}
}

type rss struct {
	Channel struct {
		Title string     `xml:"title"`
		Link  string     `xml:"link"`
		Items []feedItem `xml:"item"`
	} `xml:"channel"`
}

// feedItem is an item with its elements by their names; those of Google's
// namespace begin with "g:".
type feedItem map[string][]string

func (f *feedItem) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error {
	*f = feedItem{}
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			name := token.Name.Local
			if token.Name.Space == "http://base.google.com/ns/1.0" {
				name = "g:" + name
			}
			var text string
			if err := d.DecodeElement(&text, &token); err != nil {
				return err
			}
			(*f)[name] = append((*f)[name], text)
		}
	}
}

func (f feedItem) first(name string) string { return strings.Join(f[name], "|") }

// TestGoogleFeed judges each variant by what Google asks of an item.
func TestGoogleFeed(t *testing.T) {
	t.Parallel()
	prices := map[string]string{
		"USD": "20.00 USD 12.50 USD, 15.00 USD , 45.00 USD , 1.00 USD ",
		"JPY": "2000 JPY 1250 JPY, 1500 JPY , 4500 JPY , 100 JPY ",
		"KWD": "2.000 KWD 1.250 KWD, 1.500 KWD , 4.500 KWD , 0.100 KWD ",
	}
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := machineShop(t, databaseURL, "USD")
		for currency, want := range prices {
			modelstest.Exec(t, databaseURL, "UPDATE shop SET currency = '"+currency+"', catalogue_version = catalogue_version + 1")
			var items []feedItem
			app.Eventually("prices in "+currency, func() bool {
				answer := app.Browser().Get("/feeds/google.xml")
				var feed rss
				if err := xml.Unmarshal([]byte(answer.Body), &feed); answer.Status != 200 || err != nil {
					t.Fatalf("%d, %v", answer.Status, err)
				}
				items = feed.Channel.Items
				return strings.Contains(answer.Body, currency+"</g:price>")
			})
			var got []string
			for _, item := range items {
				got = append(got, item.first("g:price")+" "+item.first("g:sale_price"))
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("%s: prices %q, want %q", currency, got, want)
			}
			judgeGoogle(t, app, items)
		}
		feed := app.Browser().Get("/feeds/google.xml")
		if strings.Contains(feed.Body, "<script") || strings.Contains(feed.Body, "DRAFT") {
			t.Error("the feed has a script or a draft")
		}
	})
}

func judgeGoogle(t *testing.T, app *apptest.App, items []feedItem) {
	t.Helper()
	if len(items) != 4 {
		t.Fatalf("%d items, want 4", len(items))
	}
	price := regexp.MustCompile(`^\d+(\.\d+)? [A-Z]{3}$`)
	ids := map[string]bool{}
	for _, item := range items {
		for _, name := range []string{"g:id", "g:title", "g:description", "g:link", "g:availability", "g:price", "g:condition", "g:brand", "g:identifier_exists"} {
			if len(item[name]) != 1 || item[name][0] == "" {
				t.Errorf("%s has %q as its %s", item.first("g:id"), item[name], name)
			}
		}
		id := item.first("g:id")
		if ids[id] || len(id) > 50 {
			t.Errorf("the id %q is there before, or too long", id)
		}
		ids[id] = true
		for _, name := range []string{"g:price", "g:sale_price"} {
			if text := item.first(name); text != "" && !price.MatchString(text) {
				t.Errorf("%s of %s is %q", name, id, text)
			}
		}
		link := strings.TrimPrefix(item.first("g:link"), app.URL)
		page := app.Browser().Get(link)
		offer, _, _ := strings.Cut(cmp.Or(item.first("g:sale_price"), item.first("g:price")), " ")
		if page.Status != 200 || !strings.Contains(page.Body, `"price":"`+offer+`"`) {
			t.Errorf("%s leads to %d, or to another price than %s", link, page.Status, offer)
		}
	}
	shirt := items[0]
	for name, want := range map[string]string{
		"g:id": "SHIRT-RED-S", "g:item_group_id": "p1", "g:title": "Shirt – Red / S", "g:color": "Red", "g:size": "S",
		"g:availability": "in_stock", "g:description": "Soft. Washes well Lasts", "g:product_type": "Shelf <1>",
		"g:image_link": app.URL + "/media/field-notebook-tomato-640.jpg", "g:additional_image_link": app.URL + "/media/field-notebook-open-640.jpg",
	} {
		if got := shirt.first(name); got != want {
			t.Errorf("the shirt's %s is %q, want %q", name, got, want)
		}
	}
	if items[1].first("g:availability") != "out_of_stock" || items[2].first("g:item_group_id") != "" {
		t.Errorf("the second shirt is %v, the mug %v", items[1], items[2])
	}
}

// TestMetaFeed reads the CSV: every row has every column, and no cell is a
// formula.
func TestMetaFeed(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := machineShop(t, databaseURL, "KWD")
		answer := app.Browser().Get("/feeds/meta.csv")
		rows, err := csv.NewReader(strings.NewReader(answer.Body)).ReadAll()
		if err != nil || answer.Header.Get("Content-Type") != "text/csv; charset=utf-8" || len(rows) != 5 {
			t.Fatalf("%d rows, %v, %s", len(rows), err, answer.Header.Get("Content-Type"))
		}
		columns := map[string]int{}
		for i, name := range rows[0] {
			columns[name] = i
		}
		for _, row := range rows[1:] {
			for _, name := range []string{"id", "title", "description", "availability", "condition", "price", "link", "brand"} {
				if row[columns[name]] == "" {
					t.Errorf("a row has no %s: %q", name, row)
				}
			}
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					t.Errorf("%q is a formula", cell)
				}
			}
		}
		shirt, bad := rows[1], rows[4]
		if shirt[columns["price"]] != "2.000 KWD" || shirt[columns["sale_price"]] != "1.250 KWD" || shirt[columns["availability"]] != "in stock" || !strings.HasPrefix(bad[columns["title"]], "</script>") {
			t.Errorf("rows %q, %q", shirt, bad)
		}

		// What is matched by its id has one: in both feeds and on the page.
		var google rss
		if err := xml.Unmarshal([]byte(app.Browser().Get("/feeds/google.xml").Body), &google); err != nil {
			t.Fatal(err)
		}
		pages := map[string]string{}
		for _, path := range []string{"/products/shirt", "/products/mug", "/products/bad"} {
			pages[app.URL+path] = app.Browser().Get(path).Body
		}
		for i, row := range rows[1:] {
			id := row[columns["id"]]
			page, _, _ := strings.Cut(row[columns["link"]], "?")
			if other := google.Channel.Items[i].first("g:id"); id != other || !strings.Contains(pages[page], `"sku":"`+id+`"`) {
				t.Errorf("%q is %q for Google, and may have another SKU on %s", id, other, page)
			}
		}
		if id := bad[columns["id"]]; !regexp.MustCompile(`^v\d+$`).MatchString(id) {
			t.Errorf("a SKU that is guarded in a file is the id %q", id)
		}
	})
}

// TestNewProducts reads the feed of what came last.
func TestNewProducts(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := machineShop(t, databaseURL, "USD")
		var feed rss
		answer := app.Browser().Get("/feeds/new.xml")
		if err := xml.Unmarshal([]byte(answer.Body), &feed); err != nil {
			t.Fatal(err)
		}
		items := feed.Channel.Items
		if len(items) != 3 || items[0].first("guid") != "p2" || items[2].first("title") != "Shirt" || items[2].first("link") != app.URL+"/products/shirt" ||
			items[2].first("pubDate") != "Mon, 02 Mar 2026 12:00:00 +0000" || !strings.HasSuffix(items[2].first("description"), "from $12.50") {
			t.Errorf("items %v", items)
		}
		if page := app.Browser().Get("/"); !strings.Contains(page.Body, `type="application/rss+xml"`) {
			t.Error("the front page does not name the feed")
		}
	})
}

// TestStreams sees that a feed is not sent again while nothing has changed, and
// that it comes compressed.
func TestStreams(t *testing.T) {
	t.Parallel()
	app := machineShop(t, "sqlite:"+t.TempDir()+"/shop.db", "USD")
	for _, path := range []string{"/sitemap.xml", "/feeds/google.xml", "/feeds/meta.csv", "/feeds/new.xml"} {
		first := app.Browser().Get(path)
		request := func(method string, headers ...string) (int, string, string) {
			r, err := http.NewRequestWithContext(t.Context(), method, app.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			answer, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			return answer.StatusCode, answer.Header.Get("Content-Encoding"), string(body)
		}
		if status, _, body := request("GET", "If-None-Match", first.Header.Get("Etag")); status != 304 || body != "" {
			t.Errorf("%s again: %d", path, status)
		}
		if status, encoding, body := request("GET", "Accept-Encoding", "br"); status != 200 || encoding != "br" || len(body) >= len(first.Body) {
			t.Errorf("%s: %d, %q, %d of %d bytes", path, status, encoding, len(body), len(first.Body))
		}
		if status, _, body := request("HEAD"); status != 200 || body != "" {
			t.Errorf("HEAD %s: %d, %q", path, status, body)
		}
	}
}

// TestDocumentsOfAnotherProgram asks, with what one program at one address
// answered, another program and another address: what they say may differ.
func TestDocumentsOfAnotherProgram(t *testing.T) {
	t.Parallel()
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	ask := func(version, address, etag string) *http.Response {
		app, _, err := handlers.New(handlers.Config{
			Store: store, Logger: slog.New(slog.DiscardHandler), SecretKeys: []string{"the cookie key of a test's own app"}, Version: version, BaseURL: address,
		})
		if err != nil {
			t.Fatal(err)
		}
		r, w := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/feeds/google.xml", nil), httptest.NewRecorder()
		r.Header.Set("If-None-Match", etag)
		app.ServeHTTP(w, r)
		return w.Result()
	}
	etag := ask("1", "https://a.example", "").Header.Get("Etag")
	for _, asked := range []struct {
		version, address string
		want             int
	}{{"1", "https://a.example", 304}, {"2", "https://a.example", 200}, {"1", "https://b.example", 200}} {
		if got := ask(asked.version, asked.address, etag).StatusCode; got != asked.want {
			t.Errorf("version %s at %s: %d, want %d", asked.version, asked.address, got, asked.want)
		}
	}
}

// TestBrokenStream stops the database: a feed is an error page, not half a
// feed.
func TestBrokenStream(t *testing.T) {
	t.Parallel()
	app := machineShop(t, "sqlite:"+t.TempDir()+"/shop.db", "USD")
	if err := app.Store.Close(); err != nil {
		t.Fatal(err)
	}
	answer := app.Browser().Get("/feeds/google.xml")
	if answer.Status != 500 || answer.Header.Get("Etag") != "" || answer.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%d, %v", answer.Status, answer.Header)
	}
}

// TestMachineTexts reads robots.txt and llms.txt.
func TestMachineTexts(t *testing.T) {
	t.Parallel()
	app := machineShop(t, "sqlite:"+t.TempDir()+"/shop.db", "USD")
	robots := app.Browser().Get("/robots.txt").Body
	for _, line := range []string{"Sitemap: " + app.URL + "/sitemap.xml", "Disallow: /admin", "Disallow: /cart", "Disallow: /checkout", "Disallow: /search"} {
		if !strings.Contains(robots, line+"\n") {
			t.Errorf("robots.txt lacks %q", line)
		}
	}
	llms := app.Browser().Get("/llms.txt").Body
	for _, part := range []string{"# Tuckshop\n", "[Shelf <1>](" + app.URL + "/collections/shelf): What there is.", app.URL + "/feeds/google.xml"} {
		if !strings.Contains(llms, part) {
			t.Errorf("llms.txt lacks %q", part)
		}
	}
	for _, link := range regexp.MustCompile(`\]\((.*?)\)`).FindAllStringSubmatch(llms, -1) {
		if got := app.Browser().Get(strings.TrimPrefix(link[1], app.URL)); got.Status != 200 {
			t.Errorf("%s: %d", link[1], got.Status)
		}
	}
}

// TestWhatMayBeIndexed looks at the head of pages: each page has its own
// address or asks not to be kept.
func TestWhatMayBeIndexed(t *testing.T) {
	t.Parallel()
	databaseURL := "sqlite:" + t.TempDir() + "/shop.db"
	app := apptest.New(t, databaseURL, apptest.Options{Demo: true})
	modelstest.Exec(t, databaseURL, "INSERT INTO products (slug, name, status, created_at, updated_at) VALUES ('more', 'More', 'active', '2026-03-01 12:00:00', '2026-03-01 12:00:00')")
	modelstest.Exec(t, databaseURL, "INSERT INTO variants (product_id, sku, price, position) SELECT id, 'MORE', 100, 0 FROM products WHERE slug = 'more'")
	for path, canonical := range map[string]string{
		"/": "/", "/products": "/products", "/products?page=2": "/products?page=2", "/collections/desk": "/collections/desk",
		"/products/desk-mug": "/products/desk-mug", "/products/desk-mug?variant=1": "/products/desk-mug",
		"/products?sort=name": "", "/products?min=5": "", "/products?collection=desk&page=2": "", "/products?page=9": "", "/collections/desk?in_stock=1": "",
		"/search?q=pen": "", "/search": "", "/cart": "", "/nothing": "", "/orders/lookup": "/orders/lookup",
	} {
		body := app.Browser().Get(path).Body
		kept := strings.Contains(body, `<link rel="canonical" href="`+app.URL+canonical+`">`)
		if canonical == "" && (!strings.Contains(body, `content="noindex"`) || strings.Contains(body, `rel="canonical"`)) || canonical != "" && !kept {
			t.Errorf("%s: want the canonical %q", path, canonical)
		}
	}
}

// TestPreviews asks for the picture of each kind of page, before and after a
// change.
func TestPreviews(t *testing.T) {
	t.Parallel()
	app := machineShop(t, "sqlite:"+t.TempDir()+"/shop.db", "USD")
	b := app.Browser()
	picture := regexp.MustCompile(`property="og:image" content="([^"]*)"`)
	alt := regexp.MustCompile(`property="og:image:alt" content="([^"]*)"`)
	addresses := map[string]bool{}
	for path, want := range map[string]string{
		"/": "Tuckshop", "/products": "Tuckshop", "/collections/shelf": "Shelf &lt;1&gt;, at Tuckshop",
		"/products/shirt": "Shirt, at Tuckshop, from $12.50", "/products/mug": "Mug, at Tuckshop, $45.00", "/products/bad": "",
	} {
		body := b.Get(path).Body
		found := picture.FindStringSubmatch(body)
		if found == nil || !strings.Contains(body, `content="1200"`) || !strings.Contains(body, `content="630"`) {
			t.Errorf("%s has no preview of 1200 by 630", path)
			continue
		}
		if said := alt.FindStringSubmatch(body); said == nil || want != "" && said[1] != want {
			t.Errorf("%s: the preview says %q, want %q", path, said, want)
		}
		addresses[found[1]] = true
		answer := b.Get(strings.TrimPrefix(found[1], app.URL))
		drawn, err := jpeg.Decode(strings.NewReader(answer.Body))
		if err != nil || answer.Status != 200 || answer.Header.Get("Content-Type") != "image/jpeg" || drawn.Bounds().Dx() != 1200 || drawn.Bounds().Dy() != 630 {
			t.Errorf("the preview of %s: %d, %v", path, answer.Status, err)
		}
		if again := b.Get(strings.TrimPrefix(found[1], app.URL)); again.Body != answer.Body {
			t.Errorf("the preview of %s is another one the second time", path)
		}
	}
	if len(addresses) != 5 {
		t.Errorf("%d previews, want 5", len(addresses))
	}
	if old := b.Get("/previews/products/shirt/0123456789abcdef.jpg"); old.Status != 302 || b.Get(old.Location).Status != 200 {
		t.Errorf("an old address: %d to %q", old.Status, old.Location)
	}
	for _, path := range []string{"/previews/products/draft/0123456789abcdef.jpg", "/previews/products/nothing/x.jpg", "/previews/collections/nothing/x.jpg"} {
		if got := b.Get(path); got.Status != 404 {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
}

// TestChosenVariant opens a product where a feed links to it.
func TestChosenVariant(t *testing.T) {
	t.Parallel()
	databaseURL := "sqlite:" + t.TempDir() + "/shop.db"
	app := machineShop(t, databaseURL, "USD")
	modelstest.Exec(t, databaseURL, "UPDATE variants SET stock = 5 WHERE sku = 'SHIRT-RED-M'")
	product, err := app.Store.ProductBySlug(t.Context(), "shirt")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ query, price, checked string }{
		{"", "from </span>", fmt.Sprint(product.Variants[0].ID)},
		{"?variant=" + fmt.Sprint(product.Variants[1].ID), `<span class="now">$15.00</span>`, fmt.Sprint(product.Variants[1].ID)},
		{"?variant=" + url.QueryEscape("1 OR 1=1"), "from </span>", fmt.Sprint(product.Variants[0].ID)},
	} {
		body := app.Browser().Get("/products/shirt" + row.query).Body
		_, price, _ := strings.Cut(body, `id="price">`)
		price, _, _ = strings.Cut(price, "</p>")
		if !strings.Contains(price, row.price) || !strings.Contains(body, `value="`+row.checked+`" checked`) {
			t.Errorf("%q: the price is %q", row.query, price)
		}
	}
}
