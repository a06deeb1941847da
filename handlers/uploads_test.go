package handlers_test

import (
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// bigForm is a form whose first file has so many MB, with text before it and
// behind it.
func bigForm(megabytes int) (kind string, body io.Reader) {
	reader, into := io.Pipe()
	form := multipart.NewWriter(into)
	go func() {
		write := func() error {
			if err := form.WriteField("new-alt-0", "A pen in the rain"); err != nil {
				return err
			}
			file, err := form.CreateFormFile("file-0", "pen.jpg")
			if err != nil {
				return err
			}
			chunk := make([]byte, 64<<10)
			copy(chunk, "\xff\xd8\xff")
			for range megabytes * 16 {
				if _, err := file.Write(chunk); err != nil {
					return err
				}
			}
			if err := form.WriteField("new-alt-1", "Its ink"); err != nil {
				return err
			}
			if err := form.WriteField("new-alt-2", "Its box"); err != nil {
				return err
			}
			return form.Close()
		}
		into.CloseWithError(write())
	}()
	return form.FormDataContentType(), reader
}

// TestHugeUpload sends 200 MB as a picture: the form comes back with what was
// typed, and little memory is taken.
func TestHugeUpload(t *testing.T) {
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	modelstest.Product(t, app.Store, "pen", 500, 7)
	manager := app.Staff(models.RoleManager)
	const path = "/admin/products/1/pictures"
	manager.Get(path)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	kind, body := bigForm(200)
	page := manager.Stream(path, kind, body)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
		t.Errorf("%d MB were allocated", grown>>20)
	}
	if page.Status != http.StatusUnprocessableEntity {
		t.Fatalf("200 MB are answered %d", page.Status)
	}
	for _, want := range []string{
		`href="#file-0">That file is larger than 20 MB`, `id="file-0-fault"`, `value="A pen in the rain"`, `value="Its ink"`, `value="Its box"`, `href="#file-1">Choose the file`,
	} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	exact := manager.Upload(path, []apptest.File{{Field: "file-0", Name: "pen.png", Content: make([]byte, 20<<20+1)}}, "new-alt-0", "A pen")
	if exact.Status != http.StatusUnprocessableEntity || !strings.Contains(exact.Body, "larger than 20 MB") {
		t.Errorf("a byte more: %d", exact.Status)
	}
	product, err := app.Store.ProductByID(t.Context(), 1)
	if err != nil || len(product.Pictures) != 0 {
		t.Errorf("kept %+v, %v", product.Pictures, err)
	}
	// What is more than the shop reads at all has its page, too.
	kind, body = bigForm(300)
	if page = manager.Stream(path, kind, body); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, `value="A pen in the rain"`) {
		t.Errorf("300 MB are answered %d", page.Status)
	}
}
