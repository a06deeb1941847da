package handlers_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestLongTextsOfManyPictures saves as many pictures as a product can have, each
// with a text as long as it may be in letters that take much room in a form.
func TestLongTextsOfManyPictures(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	modelstest.Product(t, app.Store, "pen", 500, 7)
	for i := range models.MaxPictures {
		if err := app.Store.AddPicture(t.Context(), 1, models.Picture{Key: fmt.Sprint("picture-", i), Alt: "A pen", Width: 400, Height: 500}); err != nil {
			t.Fatal(err)
		}
	}
	manager := app.Staff(models.RoleManager)
	const path, action = "/admin/products/1/pictures", "/admin/products/1/pictures/save"
	long := strings.Repeat("笔", 250)
	typed := fields{}
	for id := range models.MaxPictures {
		typed[models.PictureField(int64(id+1), "alt")] = long
	}
	if got := sheetOf(t, manager.Get(path).Body, action).send(manager, typed); got.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d", got.Status)
	}
	product, err := app.Store.ProductByID(t.Context(), 1)
	if err != nil || len(product.Pictures) != models.MaxPictures || product.Pictures[models.MaxPictures-1].Alt != long {
		t.Errorf("stored %d pictures, %v", len(product.Pictures), err)
	}
}
