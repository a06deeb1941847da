package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// sendFile sends a file of products and waits until it is checked.
func sendFile(t *testing.T, app *apptest.App, staff *apptest.Browser, content string, fields ...string) models.Import {
	t.Helper()
	got := staff.Upload("/admin/import", []apptest.File{{Field: "file", Name: "spring.csv", Content: []byte(content)}}, fields...)
	if got.Status != http.StatusSeeOther || !strings.HasPrefix(got.Location, "/admin/import/") {
		t.Fatalf("send a file: %d %s\n%s", got.Status, got.Location, got.Body)
	}
	var id int64
	if _, err := fmt.Sscanf(got.Location, "/admin/import/%d", &id); err != nil {
		t.Fatal(err)
	}
	return waitForImport(t, app, id)
}

func waitForImport(t *testing.T, app *apptest.App, id int64) (i models.Import) {
	t.Helper()
	app.EventuallyLong("the import", func() bool {
		var err error
		i, err = app.Store.ImportByID(t.Context(), id)
		return err == nil && !i.Working()
	})
	return i
}

func TestImportInTheAdmin(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		staff := app.Staff(models.RoleManager)
		for name, file := range map[string]struct{ content, says string }{
			"nothing":  {"", "That file is empty."},
			"header":   {"Product,Price\nCap,3\n", "one of them must be Handle. It says: Product, Price"},
			"a folder": {"PK\x03\x04", "Save it as “CSV UTF-8”"},
		} {
			got := staff.Upload("/admin/import", []apptest.File{{Field: "file", Name: "f.csv", Content: []byte(file.content)}}, "existing", "keep")
			if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, file.says) || !strings.Contains(got.Body, "<title>Error: ") ||
				!strings.Contains(got.Body, `value="keep" checked`) {
				t.Errorf("%s: %d\n%s", name, got.Status, got.Body)
			}
		}
		if got := staff.Upload("/admin/import", nil); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "Choose a CSV file.") {
			t.Errorf("no file: %d", got.Status)
		}
		if got := staff.Post("/admin/import", "file", "x"); got.Status != http.StatusBadRequest {
			t.Errorf("no form with files: %d", got.Status)
		}

		i := sendFile(t, app, staff, "Handle,Title,SKU,Price,Tags\nmug,<b>Mug</b>,MUG,12,x\ncap,Cap,CAP,0,y\n=cup,=1+1,CUP,1,z\n")
		path := fmt.Sprintf("/admin/import/%d", i.ID)
		page := staff.Get(path).Body
		for _, says := range []string{"waiting for you", "Enter a price above zero. It says “0”.", "Tags", "Import the good ones", "<dd>2 products</dd>", "1 bad row"} {
			if !strings.Contains(page, says) {
				t.Errorf("the page does not say %q\n%s", says, page)
			}
		}
		if got := staff.Post(path + "/start"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "Say that the others are to be imported without them.") {
			t.Errorf("bad rows left out unasked: %d", got.Status)
		}
		if got := staff.Post(path+"/start", "without", "1"); got.Status != http.StatusSeeOther || got.Location != path+"?notice=started" {
			t.Errorf("start: %d %s", got.Status, got.Location)
		}
		if i = waitForImport(t, app, i.ID); i.Status != models.ImportDone || i.Created != 2 {
			t.Fatalf("imported: %+v", i)
		}
		for _, do := range []string{"/start", "/cancel"} {
			if got := staff.Post(path+do, "without", "1"); got.Location != path+"?notice=busy" {
				t.Errorf("%s after the end: %d %s", do, got.Status, got.Location)
			}
		}
		if page := staff.Get(path).Body; !strings.Contains(page, "2 products made, 0 products changed") || strings.Contains(page, "data-live") {
			t.Errorf("the page at the end\n%s", page)
		}
		if page := staff.Get("/admin/import").Body; !strings.Contains(page, "spring.csv") {
			t.Errorf("the list\n%s", page)
		}
		if got := app.Browser().Get("/products/mug"); !strings.Contains(got.Body, "&lt;b&gt;Mug&lt;/b&gt;") {
			t.Errorf("the shop: %d", got.Status)
		}
		bad := staff.Get(path + "/failed.csv")
		if want := "Handle,Title,SKU,Price,Tags,Reason\ncap,Cap,CAP,0,y,Variant Price: Enter a price above zero. It says “0”.\n"; bad.Body != want ||
			bad.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(bad.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("bad rows: %v\n%s", bad.Header, bad.Body)
		}

		out := staff.Get("/admin/products.csv")
		if !strings.Contains(out.Body, "\ncup,'=1+1,") {
			t.Errorf("a cell begins as a formula\n%s", out.Body)
		}
		if i := sendFile(t, app, staff, out.Body); i.SameProducts != 2 || i.RowsRead != 2 {
			t.Errorf("the export again: %+v", i)
		}
		if got := staff.Do("HEAD", "/admin/products.csv"); got.Status != http.StatusOK {
			t.Errorf("HEAD: %d", got.Status)
		}
		entries, err := app.Store.Audit(t.Context(), models.AuditFilter{Action: models.AuditExported, Limit: 9})
		if err != nil || len(entries) != 1 || entries[0].Subject != "products" {
			t.Errorf("exports in the audit log: %+v, %v", entries, err)
		}
		entries, err = app.Store.Audit(t.Context(), models.AuditFilter{Action: models.AuditImported, Limit: 9})
		if err != nil || len(entries) != 1 || entries[0].After != "2 new, 0 changed, 1 left out" {
			t.Errorf("imports in the audit log: %+v, %v", entries, err)
		}
	})
}

// TestExportChangesNothing brings the demo's catalogue out, back in, and into
// another shop.
func TestExportChangesNothing(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{Demo: true})
		staff := app.Staff(models.RoleManager)
		out := staff.Get("/admin/products.csv").Body
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(rows) < 40 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		products, total, err := app.Store.Products(t.Context(), models.ProductFilter{Drafts: true, PerPage: 100})
		if err != nil {
			t.Fatal(err)
		}
		i := sendFile(t, app, staff, out)
		if i.SameProducts != total || i.BadProducts+i.NewProducts+i.ChangedProducts != 0 || len(i.Ignored()) != 0 {
			t.Errorf("the export again: %+v, %q", i, i.Ignored())
		}
		// One cell that is another is one product that changes.
		first := products[0]
		changed := sendFile(t, app, staff, strings.Replace(out, ","+first.Name+",", ","+first.Name+" II,", 1))
		if changed.ChangedProducts != 1 || changed.SameProducts != total-1 {
			t.Errorf("one change: %+v", changed)
		}
	})
}

func TestOrdersAsCSV(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		variant := modelstest.Product(t, app.Store, "mug", 1250, 10)
		paid := modelstest.PaidOrder(t, app.Store, variant)
		modelstest.PaidOrder(t, app.Store, variant)
		modelstest.Exec(t, databaseURL, "UPDATE orders SET shipping_name = '=cmd()' WHERE id = "+fmt.Sprint(paid.ID))
		if _, err := app.Store.BeginCheckout(t.Context(), fill(t, app, variant)); err != nil {
			t.Fatal(err)
		}
		staff := app.Staff(models.RoleManager)
		read := func(path string) [][]string {
			t.Helper()
			rows, err := csv.NewReader(strings.NewReader(staff.Get(path).Body)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		if rows := read("/admin/orders.csv"); len(rows) != 4 || rows[0][0] != "Name" || rows[3][0] != paid.Number || rows[3][9] != "12.50" || rows[3][14] != "'=cmd()" {
			t.Errorf("all orders: %q", rows)
		}
		if rows := read("/admin/orders.csv?status=paid&q=ada"); len(rows) != 3 {
			t.Errorf("paid orders of Ada: %q", rows)
		}
		if page := staff.Get("/admin/orders?status=paid").Body; !strings.Contains(page, `href="/admin/orders.csv?q=&amp;status=paid"`) {
			t.Errorf("the list does not lead to its file\n%s", page)
		}
	})
}

// fill puts a piece of a variant into a new cart and returns its token.
func fill(t *testing.T, app *apptest.App, variant int64) string {
	t.Helper()
	token := models.NewToken()
	if err := app.Store.AddToCart(t.Context(), token, variant, 1); err != nil {
		t.Fatal(err)
	}
	return token
}
