package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

func TestImportAsksForTheEncoding(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{})
	staff := app.Staff(models.RoleManager)
	file := "Handle,Title,SKU,Price\ncafe,Caf\xe9 <b>,C,3\n"
	send := func(fields ...string) apptest.Answer {
		return staff.Upload("/admin/import", []apptest.File{{Field: "file", Name: "f.csv", Content: []byte(file)}}, fields...)
	}
	got := send("existing", "keep", "encoding", "utf-8")
	if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "Line 2, column Title, is not UTF-8. Should it say “Café &lt;b&gt;”?") ||
		!strings.Contains(got.Body, `value="keep" checked`) || !strings.Contains(got.Body, `value="utf-8" checked`) {
		t.Errorf("not UTF-8: %d", got.Status)
	}
	if got = send("encoding", "windows-1252"); got.Status != http.StatusSeeOther {
		t.Fatalf("Windows-1252: %d", got.Status)
	}
	var id int64
	if _, err := fmt.Sscanf(got.Location, "/admin/import/%d", &id); err != nil {
		t.Fatal(err)
	}
	waitForImport(t, app, id)
	if page := staff.Get(got.Location).Body; !strings.Contains(page, "<li>“Café &lt;b&gt;”</li>") || !strings.Contains(page, "<dd>Windows-1252</dd>") {
		t.Error("the page does not show how the title reads")
	}
	i := sendFile(t, app, staff, "Handle,Title,SKU,Price,Variant Inventory Qty,Variant Inventory Policy\na,A,A,1,-1,continue\nb,B,B,1,-2,continue\n")
	if page := staff.Get(fmt.Sprintf("/admin/import/%d", i.ID)).Body; !strings.Contains(page, "<dd>2 rows, the first in line 2: read as 0 on hand.") {
		t.Error("the page does not say what becomes of stock below zero")
	}
	if i := sendFile(t, app, staff, "Handle,Title,SKU,Price\n"); !strings.Contains(staff.Get(fmt.Sprintf("/admin/import/%d", i.ID)).Body, "it holds no rows") {
		t.Error("a file of a header alone is called something else")
	}
}
