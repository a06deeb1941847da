package models_test

import (
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestEveryLetterHasItsCapital asks for names beyond English in capitals and in
// small letters: both are the same name, on both databases.
func TestEveryLetterHasItsCapital(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		_, err := store.AddCatalogue(t.Context(), nil, []models.Product{{
			Slug: "cahier", Name: "Cahier d'Été", Status: models.ProductActive,
			Options:  []models.Option{{Name: "Colour", Values: []models.OptionValue{{Name: "Écru"}}}},
			Variants: []models.Variant{{SKU: "CAHIER", Option1: "Écru", Price: 800, Stock: 9}},
		}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		product, err := store.ProductBySlug(t.Context(), "cahier")
		if err != nil {
			t.Fatal(err)
		}
		order, session := checkout(t, store, product.Variants[0].ID, 1)
		session.Email, session.ShippingName = "ÉVA@example.com", "Éva ÖLÜM"
		receive(t, store, event("checkout.session.completed", session))
		for _, typed := range []string{"Éva", "éva", "ÉVA ö", "ölüm", "Ölüm", "éva@", "ÉVA@EXAMPLE.COM"} {
			found, err := store.Orders(t.Context(), models.OrderFilter{Search: typed, Limit: 5})
			if err != nil || len(found) != 1 || found[0].ID != order.ID {
				t.Errorf("%q finds %d orders, %v; want the one of %s", typed, len(found), err, session.ShippingName)
			}
		}
		if found, err := store.OrderByNumberAndEmail(t.Context(), order.Number, "éva@EXAMPLE.com"); err != nil || found.ID != order.ID {
			t.Errorf("by its number and address: order %d, %v; want %d", found.ID, err, order.ID)
		}

		discount(t, store, models.Discount{Code: "SUMMER", Name: "Été", Kind: models.DiscountPercent, Percent: 10})
		for _, condition := range []models.Condition{{Kind: models.NameContains, Text: "été"}, {Kind: models.NameContains, Text: "ÉTÉ"}, {Kind: models.OptionIs, Text: "écru"}} {
			if all, _, err := store.CountChosen(t.Context(), models.Rule{Conditions: []models.Condition{condition}}); all != 1 || err != nil {
				t.Errorf("%s %q chooses %d products, %v; want 1", condition.Kind, condition.Text, all, err)
			}
		}
		for _, typed := range []string{"Été", "été", "ÉT"} {
			if found, err := store.Discounts(t.Context(), models.DiscountFilter{Search: typed, Limit: 5}); len(found) != 1 || err != nil {
				t.Errorf("%q finds %d discounts, %v; want 1", typed, len(found), err)
			}
		}
	})
}

// TestOrdersOfBeforeAreFoundByEveryLetter migrates a file whose indexes were
// made by SQLite's own LOWER.
func TestOrdersOfBeforeAreFoundByEveryLetter(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		if !strings.HasPrefix(databaseURL, "sqlite:") {
			return // PostgreSQL always knew them
		}
		store := modelstest.New(t, databaseURL, models.Options{})
		variant := modelstest.Product(t, store, "cup", 800, 9)
		order := modelstest.PaidOrder(t, store, variant)
		modelstest.Exec(t, databaseURL, "UPDATE orders SET shipping_name = 'Éva Ölüm' WHERE id = ?", order.ID)
		modelstest.Exec(t, databaseURL, "DELETE FROM goose_db_version WHERE version_id >= 26")
		modelstest.Exec(t, databaseURL, "DROP TABLE collection_slugs") // of 27
		if _, err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, typed := range []string{"éva", "Ölüm"} {
			found, err := store.Orders(t.Context(), models.OrderFilter{Search: typed, Limit: 5})
			if err != nil || !slices.ContainsFunc(found, func(o models.Order) bool { return o.ID == order.ID }) {
				t.Errorf("%q finds %d orders, %v; want %d", typed, len(found), err, order.ID)
			}
		}
	})
}
