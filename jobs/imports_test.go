package jobs_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"tuckshop/jobs"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// nearby has whatever is asked for.
type nearby struct{}

func (nearby) Fetch(_ context.Context, address string, take func(io.Reader) error) error {
	return take(strings.NewReader(address))
}

// anything takes what comes for a picture.
type anything struct{ jobs.Pictures }

func (anything) Take(_ context.Context, upload io.Reader) (key string, width, height int, err error) {
	address, err := io.ReadAll(upload)
	return "p-" + fmt.Sprint(len(address)), 400, 500, err
}

func (anything) Make(context.Context, string) error { return nil }

// TestStuckPicturesStopNoImport has pictures that no job makes any more.
func TestStuckPicturesStopNoImport(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		productID := modelstest.Product(t, store, "pen", 500, 1)
		for n := range 5 {
			if err := store.AddPicture(t.Context(), productID, models.Picture{Key: fmt.Sprint("p-stuck-", n), Alt: "A pen", Width: 400, Height: 500}); err != nil {
				t.Fatal(err)
			}
		}
		modelstest.Exec(t, url, "UPDATE river_job SET state = 'discarded', finalized_at = created_at WHERE kind = 'picture'")
		runPictures(t, store, anything{})
		file := "Handle,Title,SKU,Price,Image Src,Image Alt Text\ncap,Cap,CAP,5,https://cdn.example.com/cap.jpg,A cap\n"
		i, err := store.ReceiveImport(t.Context(), models.ImportFile{Name: "products.csv", Content: strings.NewReader(file)}, models.Actor{})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the file is checked", func() bool {
			i, err = store.ImportByID(t.Context(), i.ID)
			return err == nil && i.Status == models.ImportChecked
		})
		if err := store.StartImport(t.Context(), i.ID, false, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		eventually(t, "its picture is fetched", func() bool {
			tally, err := store.FetchTally(t.Context(), i.ID, 1)
			return err == nil && tally.Done == 1
		})
	})
}
