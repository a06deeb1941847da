package handlers_test

import (
	"fmt"
	"net/http"
	"strings"

	"tuckshop/models"
)

// imports looks at the pages on which a merchant brings products in.
func (w walk) imports() {
	w.logIn()
	w.visit("admin import", "/admin/import", 200)
	w.check("status", w.Click(".upload button"), http.StatusUnprocessableEntity)
	w.look("admin import without a file")

	file := "Handle,Title,Vendor,Variant SKU,Variant Price,Variant Grams,Image Src\n" +
		"garden-apron,Garden apron,Acme,GA-1,38.00,420,http://127.0.0.1/apron.jpg\nseed-tin,Seed tin,Acme,ST-1,0,,\nbroken,\"Broken,Acme,BR-1,4,,\ngarden-gloves,Garden gloves,Acme,GG-1,14.00,-5,\n"
	actor := models.Actor{Email: "owner@example.com"}
	received, err := w.app.Store.ReceiveImport(w.t.Context(), models.ImportFile{Name: "garden-2026.csv", Content: strings.NewReader(file)}, actor)
	if err != nil {
		w.t.Fatal(err)
	}
	path := fmt.Sprintf("/admin/import/%d", received.ID)
	waitForImport(w.t, w.app, received.ID)
	w.visit("admin import checked", path, 200)
	w.check("status", w.Click("#without"), 200)
	waitForImport(w.t, w.app, received.ID)
	w.app.EventuallyLong("the pictures are asked for", func() bool {
		tally, err := w.app.Store.FetchTally(w.t.Context(), received.ID, 1)
		return err == nil && tally.Faults == 1
	})
	w.visit("admin import done", path, 200)
	w.visit("admin import list", "/admin/import", 200)

	// Of another file the pictures are not fetched before these, whose files no
	// job can make, for as long as the walk takes.
	apron, err := w.app.Store.ProductBySlug(w.t.Context(), "garden-apron")
	if err != nil {
		w.t.Fatal(err)
	}
	for range 3 {
		if err := w.app.Store.AddPicture(w.t.Context(), apron.ID, models.Picture{Key: "p-none", Alt: "An apron"}); err != nil {
			w.t.Fatal(err)
		}
	}
	stuck, err := w.app.Store.ReceiveImport(w.t.Context(), models.ImportFile{Name: "trowel.csv",
		Content: strings.NewReader("Handle,Title,SKU,Price,Image Src\ntrowel,Trowel,TR-1,9,http://127.0.0.1/trowel.jpg\n")}, actor)
	if err != nil {
		w.t.Fatal(err)
	}
	waitForImport(w.t, w.app, stuck.ID)
	w.Open(w.app.URL + fmt.Sprintf("/admin/import/%d", stuck.ID))
	w.check("status", w.Click("form[action$=start] button"), 200)
	waitForImport(w.t, w.app, stuck.ID)
	w.visit("admin import going on", fmt.Sprintf("/admin/import/%d", stuck.ID), 200)

	var large strings.Builder
	large.WriteString("Handle,Title,SKU,Price\n")
	for n := range 90 {
		fmt.Fprintf(&large, "peg-%d,Peg %d,PEG-%d,1\n", n, n, n)
	}
	waiting, err := w.app.Store.ReceiveImport(w.t.Context(), models.ImportFile{Name: "pegs.csv", Content: strings.NewReader(large.String())}, actor)
	if err != nil {
		w.t.Fatal(err)
	}
	waitForImport(w.t, w.app, waiting.ID)
	w.visit("admin import all good", fmt.Sprintf("/admin/import/%d", waiting.ID), 200)
	w.Click("form[action$=cancel] button")
	w.look("admin import cancelled")
}
