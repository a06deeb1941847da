package handlers_test

import (
	"bytes"
	"fmt"
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

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		picture.SetRGBA(i%width, i/width, color.RGBA{uint8(i), uint8(i >> 8), 90, 255})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestPictures uploads pictures, good ones and bad, shows one in the shop as
// soon as its files are made, moves it to a variant and removes it again.
func TestPictures(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		variant := modelstest.Product(t, app.Store, "pen", 500, 7)
		manager, shopper := app.Staff(models.RoleManager), app.Browser()
		const path = "/admin/products/1/pictures"
		good := pngOf(t, 400, 500)
		product := func() models.Product {
			t.Helper()
			product, err := app.Store.ProductByID(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			return product
		}

		refused := manager.Upload(path, []apptest.File{
			{Field: "file-0", Name: "pen.png", Content: append(bytes.Clone(good), "<script>alert(1)</script>"...)},
			{Field: "file-1", Name: "../../x.png", Content: good},
			{Field: "file-2", Name: "pen.svg", Content: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
			{Field: "file-3", Name: "pen.png", Content: good},
		}, "new-alt-0", "A pen", "new-alt-1", "A pen", "new-alt-2", "A pen")
		if refused.Status != http.StatusUnprocessableEntity {
			t.Fatalf("bad uploads are answered %d", refused.Status)
		}
		for _, want := range []string{"something else at once", "name is a path", "JPEG, PNG or WebP file", `id="new-alt-3-fault"`, `value="A pen"`} {
			if !strings.Contains(refused.Body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if n := len(product().Pictures); n != 0 {
			t.Fatalf("%d bad pictures are kept", n)
		}
		if got := manager.Upload(path, nil, "new-alt-0", ""); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("no file: %d", got.Status)
		}
		taken := manager.Upload(path, []apptest.File{{Field: "file-0", Name: "pen.png", Content: good}, {Field: "file-2", Name: "ink.png", Content: pngOf(t, 700, 500)}},
			"new-alt-0", "A pen", "new-alt-2", "Its ink")
		if taken.Status != http.StatusSeeOther {
			t.Fatalf("good uploads are answered %d\n%s", taken.Status, taken.Body)
		}
		pictures := product().Pictures
		if len(pictures) != 2 || pictures[1].Alt != "Its ink" || pictures[1].Width != 700 || strings.Contains(pictures[0].Key, "pen") {
			t.Fatalf("kept %+v", pictures)
		}
		app.EventuallyLong("the files", func() bool {
			pictures = product().Pictures
			return pictures[0].Status == models.PictureReady && pictures[1].Status == models.PictureReady
		})
		var shown string
		app.Eventually("the picture in the shop", func() bool {
			shown = shopper.Get("/products/pen").Body
			return strings.Contains(shown, pictures[1].Key)
		})
		for _, file := range regexp.MustCompile(`/media/[^" ]+`).FindAllString(shown, -1) {
			if got := shopper.Get(file); got.Status != http.StatusOK || got.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %d", file, got.Status)
			}
		}
		if got := shopper.Get("/media/originals%2F" + pictures[0].Key + ".png"); got.Status != http.StatusNotFound {
			t.Errorf("the original is served: %d", got.Status)
		}

		// The variant shows the second; then the two change places.
		form := editorOf(manager.Get("/admin/products/1").Body)
		if got := manager.Post("/admin/products/1", form.with(fields{"variant-0-picture": fmt.Sprint(pictures[1].ID)})...); got.Status != http.StatusSeeOther {
			t.Errorf("the variant's picture: %d", got.Status)
		}
		if p := product().Variants[0].PictureID; p == nil || *p != pictures[1].ID {
			t.Errorf("the variant shows %v", p)
		}
		places := fields{}
		for i, picture := range pictures {
			places[models.PictureField(picture.ID, "alt")] = picture.Alt
			places[models.PictureField(picture.ID, "position")] = fmt.Sprint(2 - i)
		}
		if got := manager.Post(path+"/save", places.with(fields{models.PictureField(pictures[0].ID, "alt"): " ", models.PictureField(pictures[1].ID, "position"): "first"})...); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("faults: %d", got.Status)
		}
		if got := manager.Post(path+"/save", places.with(nil)...); got.Status != http.StatusSeeOther || product().Pictures[0].ID != pictures[1].ID {
			t.Errorf("moved: %d %+v", got.Status, product().Pictures)
		}
		// What an order shows stays, what nothing shows goes.
		app.Checkout(shopper, variant, 1)
		everything := places.with(fields{models.PictureField(pictures[0].ID, "remove"): "1", models.PictureField(pictures[1].ID, "remove"): "1"})
		// A colleague's older form hears of that, and loses no word.
		older := manager.Post(path+"/save", places.with(fields{models.PictureField(pictures[0].ID, "alt"): "A <red> pen", "version": "0"})...)
		if older.Status != http.StatusConflict || product().Pictures[1].Alt != "A pen" {
			t.Fatalf("an older form: %d, %+v", older.Status, product().Pictures)
		}
		holds(t, "the conflict", older.Body, "What it shows: A pen", "A &lt;red&gt; pen", `href="`+path+`">Take theirs`)
		goingOn := sheetOf(t, older.Body, path+"/save").send(manager, fields{"do": "edit"})
		holds(t, "going on", goingOn.Body, `value="A &lt;red&gt; pen"`, "Not saved yet")
		if got := sheetOf(t, goingOn.Body, path+"/save").send(manager, nil); got.Status != http.StatusSeeOther || product().Pictures[1].Alt != "A <red> pen" && product().Pictures[0].Alt != "A <red> pen" {
			t.Errorf("saved after going on: %d, %+v", got.Status, product().Pictures)
		}
		everything = append(everything, "version", "2")
		if got := manager.Post(path+"/save", everything...); got.Status != http.StatusSeeOther || len(product().Pictures) != 0 || product().Variants[0].PictureID != nil {
			t.Errorf("removed: %d %+v", got.Status, product())
		}
		app.Eventually("the end of the files", func() bool {
			return shopper.Get("/media/"+pictures[0].Key+"-640.jpg").Status == http.StatusNotFound
		})
		if got := shopper.Get("/media/" + pictures[1].Key + "-640.jpg"); got.Status != http.StatusOK {
			t.Errorf("the picture of the order is gone: %d", got.Status)
		}
		viewer := app.Staff(models.RoleViewer)
		if got := viewer.Upload(path, nil); got.Status != http.StatusForbidden {
			t.Errorf("a viewer uploads: %d", got.Status)
		}
	})
}
