package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/fetch"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestImportFetchesPictures has a server of pictures that the fetcher may reach,
// and one that it may not.
func TestImportFetchesPictures(t *testing.T) {
	t.Parallel()
	good := pngOf(t, 400, 500)
	pictures := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good.png":
			w.Write(good)
		case "/text.png":
			fmt.Fprint(w, "<html>no picture</html>")
		default:
			http.NotFound(w, r)
		}
	}))
	defer pictures.Close()
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the shop's own network was asked") }))
	defer inside.Close()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{
			Fetcher: fetch.Client{Inside: []netip.AddrPort{netip.MustParseAddrPort(strings.TrimPrefix(pictures.URL, "http://"))}},
		})
		staff := app.Staff(models.RoleManager)
		file := "Handle,Title,SKU,Price,Image Src,Image Position,Image Alt Text\n" +
			"cap,Cap,CAP,5," + pictures.URL + "/good.png,1,A cap\ncap,,,," + pictures.URL + "/gone.png,2,\n" +
			"cap,,,," + pictures.URL + "/text.png,3,\ncap,,,," + inside.URL + "/secret,4,\n"
		i := sendFile(t, app, staff, file)
		page := fmt.Sprintf("/admin/import/%d", i.ID)
		if got := staff.Post(page + "/start"); got.Status != http.StatusSeeOther {
			t.Fatalf("start: %d", got.Status)
		}
		var cap models.Product
		app.EventuallyLong("the picture is ready", func() bool {
			tally, err := app.Store.FetchTally(t.Context(), i.ID, 9)
			if err != nil || tally.Waiting > 0 || tally.Done == 0 {
				return false
			}
			cap, err = app.Store.ProductByID(t.Context(), 1)
			return err == nil && len(cap.Pictures) == 1 && cap.Pictures[0].Status == models.PictureReady
		})
		if cap.Pictures[0].Alt != "A cap" || cap.Pictures[0].Width != 400 {
			t.Errorf("the picture: %+v", cap.Pictures[0])
		}
		if got := app.Browser().Get("/media/" + cap.Pictures[0].Key + "-640.jpg"); got.Status != http.StatusOK {
			t.Errorf("its file: %d", got.Status)
		}
		said := staff.Get(page).Body
		for _, want := range []string{"There is no picture: its server answers 404.", "Choose a JPEG, PNG or WebP file.", "The address leads into a private network.", "3 pictures could not be fetched", "1 product made"} {
			if !strings.Contains(said, want) {
				t.Errorf("the page does not say %q\n%s", want, said)
			}
		}
		// What the shop exports is the same picture again.
		if i := sendFile(t, app, staff, staff.Get("/admin/products.csv").Body); i.SameProducts != 1 {
			t.Errorf("the export again: %+v", i)
		}
	})
}
