package models_test

import (
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestCollectionsShowTheirOwn sees that collections that share a product are
// told apart by their pictures, and that no draft is shown.
func TestCollectionsShowTheirOwn(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		product := func(slug, status string, featured bool, collections ...string) models.Product {
			p := models.Product{Slug: slug, Name: slug, Status: status, Featured: featured,
				Pictures: []models.Picture{{Key: slug, Alt: "A " + slug}, {Key: slug + "-open", Position: 1}}}
			for _, slug := range collections {
				p.Collections = append(p.Collections, models.Collection{Slug: slug})
			}
			return p
		}
		_, err := store.AddCatalogue(t.Context(), []models.Collection{
			{Slug: "paper", Name: "Paper"}, {Slug: "bags", Name: "Bags", Position: 1}, {Slug: "none", Name: "None", Position: 2},
		}, []models.Product{
			product("notebook", models.ProductActive, true, "paper", "bags"),
			product("prototype", models.ProductDraft, true, "bags", "none"),
			product("pouch", models.ProductActive, false, "bags"),
			product("tote", models.ProductActive, true, "bags"),
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		collections, err := store.Collections(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []models.CollectionSummary{
			{Products: 1, PictureKey: "notebook", PictureAlt: "A notebook"},
			{Products: 3, PictureKey: "tote", PictureAlt: "A tote"},
			{},
		}
		for i, c := range collections {
			c.Collection = models.Collection{}
			if c != want[i] {
				t.Errorf("collection %d shows %+v, want %+v", i, c, want[i])
			}
		}
	})
}
