package models_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestSavesOfOneVersion lets eight people save at once what all of them opened
// at the same version: one of them is stored, and the others hear of it.
func TestSavesOfOneVersion(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		ctx, actor := t.Context(), models.Actor{Email: "manager@example.com"}
		collection, err := store.SaveCollection(ctx, 0, models.CollectionEdit{Name: "Ink"}, actor)
		if err != nil {
			t.Fatal(err)
		}
		discount, err := store.CreateDiscount(ctx, models.Discount{Name: "Spring", Kind: models.DiscountPercent, Percent: 10}, actor)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := store.SaveDeliveryZone(ctx, models.DeliveryZone{Name: "Europe", Countries: []string{"DE"}}, actor)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.SaveDeliveryMethod(ctx, models.DeliveryMethod{ZoneID: &zone.ID, Name: "Parcel", Kind: models.DeliveryFlat, Price: 500}, actor); err != nil {
			t.Fatal(err)
		}
		method, err := store.DeliveryMethodByID(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		tax, err := store.TaxSettings(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for name, save := range map[string]func(ctx context.Context, i int) error{
			"collection": func(ctx context.Context, i int) error {
				_, err := store.SaveCollection(ctx, collection.ID, models.CollectionEdit{Version: collection.Version, Name: fmt.Sprint(i), Slug: "ink"}, actor)
				return err
			},
			"discount": func(ctx context.Context, i int) error {
				d := discount
				d.Percent = int64(i + 1)
				return store.UpdateDiscount(ctx, d, actor)
			},
			"zone": func(ctx context.Context, i int) error {
				z := zone
				z.Name, z.Countries = fmt.Sprint(i), []string{"DE", "FR"}
				_, err := store.SaveDeliveryZone(ctx, z, actor)
				return err
			},
			"method": func(ctx context.Context, i int) error {
				m := method
				m.Kind, m.Bands = models.DeliveryByWeight, []models.DeliveryBand{{Price: int64(i)}}
				return store.SaveDeliveryMethod(ctx, m, actor)
			},
			"tax": func(ctx context.Context, i int) error {
				t := tax
				t.Mode, t.Rates = models.TaxOwn, []models.TaxRate{{Country: "DE", ClassID: models.StandardTaxClass, Name: "VAT", Rate: int64(i)}}
				return store.SaveTaxSettings(ctx, t, actor)
			},
			"home": func(ctx context.Context, i int) error {
				return store.SetHomeCountry(ctx, [...]string{"DE", "FR", "AT", "CH", "US", "GB", "IT", "ES"}[i], 0, actor)
			},
			"look": func(ctx context.Context, i int) error {
				return store.SaveLook(ctx, models.LookEdit{Accent: fmt.Sprintf("#12345%d", i), Paper: "white", Fonts: "clear"}, actor)
			},
		} {
			const people = 8
			done := make(chan error, people)
			for i := range people {
				go func() { done <- save(ctx, i) }()
			}
			saved := 0
			for range people {
				if err := <-done; err == nil {
					saved++
				} else if !errors.Is(err, models.ErrConflict) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if saved != 1 {
				t.Errorf("%s: %d of %d were stored", name, saved, people)
			}
		}
	})
}
