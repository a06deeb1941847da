package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"tuckshop/internal/mail"
	"tuckshop/jobs"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// slowly makes the files of a picture in two steps and does something between
// them.
type slowly struct {
	jobs.Pictures
	between func(key string) error // its error is that of making

	mu      sync.Mutex
	files   map[string]int
	removed map[string]int // how often
}

func (s *slowly) Make(_ context.Context, key string) error {
	s.keep(key)
	err := s.between(key)
	s.keep(key)
	return err
}

func (s *slowly) keep(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[key]++
}

func (s *slowly) Remove(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removed[key]++
	delete(s.files, key)
	return nil
}

// kept says how many files a picture has, and how often they were removed.
func (s *slowly) kept(key string) (files, removed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[key], s.removed[key]
}

// TestPictureRemovedWhileMade has the files of a picture removed before the last
// of them is made, or cannot be made: none is left.
func TestPictureRemovedWhileMade(t *testing.T) {
	for name, fault := range map[string]error{"made": nil, "not made": errors.New("its original is gone")} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, url string) {
				store := modelstest.New(t, url, models.Options{})
				made := &slowly{files: map[string]int{}, removed: map[string]int{}}
				taken := make(chan struct{}) // both pictures are with their job
				removed := map[string]chan struct{}{"p-product": make(chan struct{}), "p-site": make(chan struct{})}
				made.between = func(key string) error {
					taken <- struct{}{}
					<-removed[key]
					return fault
				}
				productID := modelstest.Product(t, store, "pen", 500, 10)
				if err := store.AddPicture(t.Context(), productID, models.Picture{Key: "p-product", Alt: "A pen", Width: 400, Height: 500}); err != nil {
					t.Fatal(err)
				}
				section := addSection(t, store)
				if err := store.SaveSection(t.Context(), section, &models.SitePicture{Key: "p-site", Alt: "A desk", Width: 400, Height: 500}, models.Actor{}); err != nil {
					t.Fatal(err)
				}
				runPictures(t, store, made)
				<-taken
				<-taken
				product, err := store.ProductByID(t.Context(), productID)
				if err != nil {
					t.Fatal(err)
				}
				edits := []models.PictureEdit{{ID: product.Pictures[0].ID, Remove: true}}
				if err := store.SavePictures(t.Context(), productID, product.PicturesVersion, edits, models.Actor{}); err != nil {
					t.Fatal(err)
				}
				if err := store.MoveSection(t.Context(), section.ID, models.MoveRemove, models.Actor{}); err != nil {
					t.Fatal(err)
				}
				for key, told := range removed {
					eventually(t, "its files are removed", func() bool { _, times := made.kept(key); return times == 1 })
					close(told)
				}
				for key := range removed {
					eventually(t, "what was made after that is removed", func() bool { files, times := made.kept(key); return files == 0 && times == 2 })
				}
			})
		})
	}
}

// addSection puts a section that shows a picture on the draft of the front page.
func addSection(t *testing.T, store *models.Store) models.Section {
	t.Helper()
	if _, err := store.AddSection(t.Context(), models.SectionText, models.Actor{}); err != nil {
		t.Fatal(err)
	}
	home, err := store.Home(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	section := home.Draft[len(home.Draft)-1]
	section.Heading, section.Text = "Made here", "By hand."
	return section
}

// runPictures runs the store's jobs with those files until the test ends.
func runPictures(t *testing.T, store *models.Store, files jobs.Pictures) {
	t.Helper()
	runner, err := jobs.New(jobs.Config{
		Store: store, Sender: mail.Outbox{}, Payments: &paying{}, Pictures: files, Fetcher: nearby{}, Logger: slog.New(slog.DiscardHandler),
		BaseURL: "https://shop.example", MailFrom: "shop@shop.example", ReconcileInterval: time.Hour, ReconcileAfter: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		patience, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		if err := runner.Stop(patience); err != nil {
			t.Error(err)
		}
	})
}
