package models_test

import (
	"maps"
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
			{PictureKey: "notebook", PictureAlt: "A notebook"},
			{PictureKey: "tote", PictureAlt: "A tote"},
			{},
		}
		var ids []int64
		for _, c := range collections {
			ids = append(ids, c.ID)
		}
		sizes, err := store.CollectionSizes(t.Context(), ids[:2])
		if err != nil {
			t.Fatal(err)
		}
		if wanted := map[int64]models.CollectionSize{ids[0]: {1, 1}, ids[1]: {4, 3}}; !maps.Equal(sizes, wanted) {
			t.Errorf("the sizes are %v, want %v", sizes, wanted)
		}
		for i, c := range collections {
			c.Collection = models.Collection{}
			if c != want[i] {
				t.Errorf("collection %d shows %+v, want %+v", i, c, want[i])
			}
		}
	})
}
