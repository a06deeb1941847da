package models_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

const fileOfPictures = `Handle,Title,Option1 Name,Option1 Value,SKU,Price,Image Src,Image Position,Image Alt Text,Variant Image
cap,Cap,Colour,Red,CAP-R,5,https://cdn.example.com/two.jpg,2,The back,https://cdn.example.com/blue.jpg
cap,,,Blue,CAP-B,5,https://cdn.example.com/one.jpg,1,,
cap,,,,,,https://cdn.example.com/three.jpg,3,,
`

// TestPicturesWaitForTheirJobs counts pictures with a job, and none that has
// none any more.
func TestPicturesWaitForTheirJobs(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		productID := modelstest.Product(t, store, "pen", 500, 1)
		for want := range int64(3) {
			if waiting, err := store.PicturesWaiting(t.Context()); err != nil || waiting != want {
				t.Errorf("%d wait, not %d: %v", waiting, want, err)
			}
			if err := store.AddPicture(t.Context(), productID, models.Picture{Key: fmt.Sprint("p-", want), Alt: "A pen", Width: 400, Height: 500}); err != nil {
				t.Fatal(err)
			}
		}
		modelstest.Exec(t, databaseURL, "UPDATE river_job SET state = 'discarded', finalized_at = created_at WHERE kind = 'picture'")
		if waiting, err := store.PicturesWaiting(t.Context()); err != nil || waiting != 0 {
			t.Errorf("%d of jobs that were given up wait, %v", waiting, err)
		}
	})
}

func TestImportNamesPictures(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		i := bring(t, store, fileOfPictures)
		if i.Created != 1 {
			t.Fatalf("imported: %+v", i)
		}
		next := func() models.PictureSource {
			t.Helper()
			source, err := store.NextPictureSource(t.Context(), i.ID)
			if err != nil {
				t.Fatal(err)
			}
			return source
		}
		fetched := func(source models.PictureSource) bool {
			t.Helper()
			taken, err := store.PictureFetched(t.Context(), source, models.Picture{Key: "p-" + fmt.Sprint(source.ID), Width: 1280, Height: 1600})
			if err != nil {
				t.Fatal(err)
			}
			return taken
		}
		first := next()
		if first.URL != "https://cdn.example.com/one.jpg" || first.Alt != "Cap" || !fetched(first) || fetched(first) {
			t.Errorf("first: %+v", first)
		}
		second := next()
		if second.URL != "https://cdn.example.com/two.jpg" || second.Alt != "The back" {
			t.Errorf("second: %+v", second)
		}
		// One that fails comes last, and is given up the third time.
		if err := store.PictureNotFetched(t.Context(), second, "It rains.", false); err != nil {
			t.Fatal(err)
		}
		third := next()
		if err := store.PictureNotFetched(t.Context(), third, "There is none.", true); err != nil {
			t.Fatal(err)
		}
		blue := next()
		if blue.URL != "https://cdn.example.com/blue.jpg" || !fetched(blue) {
			t.Errorf("of the variant: %+v", blue)
		}
		for range 2 {
			if err := store.PictureNotFetched(t.Context(), next(), "It rains.", false); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := store.NextPictureSource(t.Context(), i.ID); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("more to fetch: %v", err)
		}
		tally, err := store.FetchTally(t.Context(), i.ID, 5)
		if err != nil || tally.Done != 2 || tally.Faults != 2 || tally.Waiting != 0 || len(tally.Failed) != 2 || tally.Failed[0].Fault != "It rains." || tally.Failed[0].Name != "Cap" {
			t.Errorf("tally: %+v, %v", tally, err)
		}
		cap, err := store.ProductByID(t.Context(), 1)
		if err != nil || len(cap.Pictures) != 2 || cap.Variants[0].PictureID == nil || *cap.Variants[0].PictureID != cap.Pictures[1].ID || cap.Variants[1].PictureID != nil {
			t.Errorf("product: %+v, %v", cap, err)
		}

		// The same file asks for those alone that did not come.
		again := bring(t, store, fileOfPictures)
		tally, err = store.FetchTally(t.Context(), again.ID, 5)
		if err != nil || again.Updated != 1 || tally.Waiting != 2 {
			t.Errorf("again: %+v, %+v, %v", again, tally, err)
		}
		if third := receiveFile(t, store, fileOfPictures, false); third.SameProducts != 1 {
			t.Errorf("while they are on their way: %+v", third)
		}
		words := bring(t, store, strings.Replace(fileOfPictures, ",1,,", ",1,The front,", 1))
		if cap, err = store.ProductByID(t.Context(), 1); err != nil || words.Updated != 1 || cap.Pictures[0].Alt != "The front" {
			t.Errorf("other words: %+v, %v", cap.Pictures, err)
		}
	})
}
