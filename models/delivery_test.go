package models_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// zone stores a zone with its ways of delivery and returns their ids.
func zone(t *testing.T, store *models.Store, z models.DeliveryZone, ways ...models.DeliveryMethod) []int64 {
	t.Helper()
	stored, err := store.SaveDeliveryZone(t.Context(), z, models.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range ways {
		way.ZoneID = &stored.ID
		if err := store.SaveDeliveryMethod(t.Context(), way, models.Actor{}); err != nil {
			t.Fatal(err)
		}
	}
	zones, _, err := store.DeliveryZones(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, z := range zones {
		for _, way := range z.Methods {
			if z.ID == stored.ID {
				ids = append(ids, way.ID)
			}
		}
	}
	return ids
}

// weighedCart puts pieces of a new product of a price into a new cart.
func weighedCart(t *testing.T, store *models.Store, databaseURL, slug string, price, pieces, grams int64) string {
	t.Helper()
	variant := modelstest.Product(t, store, slug, price, 1000)
	if store.Postgres() {
		modelstest.Exec(t, databaseURL, "UPDATE variants SET weight_grams = $1 WHERE id = $2", grams, variant)
	} else {
		modelstest.Exec(t, databaseURL, "UPDATE variants SET weight_grams = ? WHERE id = ?", grams, variant)
	}
	token := models.NewToken()
	if err := store.AddToCart(t.Context(), token, variant, pieces); err != nil {
		t.Fatal(err)
	}
	return token
}

func sumOf(t *testing.T, store *models.Store, token string) models.Sum {
	t.Helper()
	cart, lines, err := store.CartByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := store.CartSum(t.Context(), cart, lines)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestDeliveryOfACart(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		token := weighedCart(t, store, databaseURL, "mug", 2000, 2, 400)
		if sum := sumOf(t, store, token); sum.Total != 4000 || sum.Shipping != 0 || sum.Delivery.Country != "" || sum.Delivery.Fault != nil {
			t.Errorf("a shop without zones delivers free of charge: %+v", sum)
		}
		home := zone(t, store, models.DeliveryZone{Name: "Home", Countries: []string{"US"}},
			models.DeliveryMethod{Name: "Express", Kind: models.DeliveryFlat, Price: 1290},
			models.DeliveryMethod{Name: "Standard", Kind: models.DeliveryFlat, Price: 490, FreeFrom: 5000, MinDays: 3, MaxDays: 5})
		europe := zone(t, store, models.DeliveryZone{Name: "Europe", Countries: []string{"DE", "AT"}},
			models.DeliveryMethod{Name: "Parcel", Kind: models.DeliveryByWeight, Bands: []models.DeliveryBand{{Ends: 800, Price: 900}, {Starts: 800, Ends: 2000, Price: 1500}}})
		pickup := models.DeliveryMethod{Name: "Pickup", Kind: models.DeliveryPickup, Address: "1 Main Street"}
		if err := store.SaveDeliveryMethod(ctx, pickup, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		_, pickups, err := store.DeliveryZones(ctx)
		if err != nil {
			t.Fatal(err)
		}
		is := func(when string, shipping int64, name string) {
			t.Helper()
			if sum := sumOf(t, store, token); sum.Shipping != shipping || sum.Delivery.Method.Name != name || sum.Total != sum.Subtotal+shipping || sum.Delivery.Fault != nil {
				t.Errorf("%s: %d by %q, %+v", when, sum.Shipping, sum.Delivery.Method.Name, sum.Delivery.Fault)
			}
		}
		choose := func(country string, way int64, refused string) {
			t.Helper()
			err := store.SetCartDelivery(ctx, token, country, way)
			var fault *models.InvalidError
			if (refused == "" && err != nil) || (refused != "" && (!errors.As(err, &fault) || !strings.Contains(fault.Message, refused))) {
				t.Errorf("to %s by %d: %v", country, way, err)
			}
		}
		is("without a word", 490, "Standard")
		choose("US", home[0], "")
		is("as chosen", 1290, "Express")
		choose("JP", 0, "Sorry, we do not deliver to Japan")
		choose("XX", 0, "Choose the country")
		choose("US", europe[0], "Choose one of the ways")
		is("refused, and as before", 1290, "Express")
		choose("DE", home[0], "") // the way of the country before
		is("by weight, at the edge of a band", 1500, "Parcel")
		choose("JP", pickups[0].ID, "")
		is("picked up, from anywhere", 0, "Pickup")
		choose("DE", 0, "")

		begun, err := store.BeginCheckout(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		if o := begun.Order; o.Shipping != 1500 || o.Total != 5500 || o.DeliveryCountry != "DE" || o.DeliveryName != "Parcel" {
			t.Errorf("order %+v", o)
		}
		if err := store.SessionOpened(ctx, begun.Attempt, models.CheckoutSession{ID: "cs_1", URL: "https://pay"}); err != nil {
			t.Fatal(err)
		}
		if again, err := store.BeginCheckout(ctx, token); err != nil || again.Supersede || again.Attempt.ID != begun.Attempt.ID {
			t.Errorf("unchanged, it goes on: %+v, %v", again, err)
		}
		choose("US", 0, "")
		if again, err := store.BeginCheckout(ctx, token); err != nil || !again.Supersede {
			t.Errorf("another delivery ends the payment page: %+v, %v", again, err)
		}

		heavy := sixMore(t, store, token)
		if err := store.SetCartDelivery(ctx, heavy, "AT", 0); !says(err, "None of our ways of delivery to Austria takes these articles together") {
			t.Errorf("too heavy: %v", err)
		}
		if err := store.SetHomeCountry(ctx, "JP", 0, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		if sum := sumOf(t, store, heavy); sum.Delivery.Method.Name != "Pickup" {
			t.Errorf("from where nothing is delivered: %+v", sum.Delivery)
		}
		if err := store.DeleteDeliveryMethod(ctx, pickups[0].ID, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		if _, err := store.BeginCheckout(ctx, heavy); !says(err, "we do not deliver to Japan") {
			t.Errorf("checkout to where nothing is delivered: %v", err)
		}
		zones, _, err := store.DeliveryZones(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range zones {
			if err := store.DeleteDeliveryZone(ctx, z.ID, models.Actor{}); err != nil {
				t.Fatal(err)
			}
		}
		if sum := sumOf(t, store, heavy); sum.Shipping != 0 || sum.Delivery.Fault != nil {
			t.Errorf("without zones again: %+v", sum)
		}
	})
}

// sixMore fills a new cart with six of what another one has.
func sixMore(t *testing.T, store *models.Store, token string) string {
	t.Helper()
	_, lines, err := store.CartByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	other := models.NewToken()
	if err := store.AddToCart(t.Context(), other, lines[0].VariantID, 6); err != nil {
		t.Fatal(err)
	}
	return other
}

func TestDeliverySettingsAreChecked(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		actor := models.Actor{Email: "owner@example.com"}
		zone(t, store, models.DeliveryZone{Name: "Europe", Countries: []string{"DE", "FR"}})
		zone(t, store, models.DeliveryZone{Name: "Else", Everywhere: true})
		field := func(err error) string {
			var faults models.InvalidErrors
			if errors.As(err, &faults) {
				return faults[0].Field
			}
			return ""
		}
		for name, z := range map[string]struct {
			models.DeliveryZone
			field string
		}{
			"a country in two zones":   {models.DeliveryZone{Name: "Alps", Countries: []string{"CH", "FR"}}, "countries"},
			"the rest twice":           {models.DeliveryZone{Name: "Rest", Everywhere: true}, "everywhere"},
			"no country":               {models.DeliveryZone{Name: "Nowhere"}, "countries"},
			"an unknown country":       {models.DeliveryZone{Name: "Moon", Countries: []string{"XX"}}, "countries"},
			"a country Stripe has not": {models.DeliveryZone{Name: "Far", Countries: []string{"KP"}}, "countries"},
			"no name":                  {models.DeliveryZone{Countries: []string{"CH"}}, "name"},
		} {
			if _, err := store.SaveDeliveryZone(ctx, z.DeliveryZone, actor); field(err) != z.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		bands := func(b ...models.DeliveryBand) models.DeliveryMethod {
			return models.DeliveryMethod{Name: "Parcel", Kind: models.DeliveryByWeight, Bands: b}
		}
		for name, m := range map[string]struct {
			models.DeliveryMethod
			field string
		}{
			"a negative price":         {models.DeliveryMethod{Name: "A", Kind: models.DeliveryFlat, Price: -1}, "price"},
			"a negative weight":        {bands(models.DeliveryBand{Starts: -5, Ends: 3}), "band-0-starts"},
			"a negative band's price":  {bands(models.DeliveryBand{Ends: 3, Price: -1}), "band-0-price"},
			"a band that ends first":   {bands(models.DeliveryBand{Starts: 9, Ends: 9}), "band-0-ends"},
			"bands that overlap":       {bands(models.DeliveryBand{Ends: 500}, models.DeliveryBand{Starts: 499, Ends: 900}), "band-1-starts"},
			"two bands without an end": {bands(models.DeliveryBand{Starts: 10}, models.DeliveryBand{Starts: 900}), "band-1-starts"},
			"no band":                  {bands(), "band-0-price"},
			"days the wrong way round": {models.DeliveryMethod{Name: "A", Kind: models.DeliveryFlat, MinDays: 5, MaxDays: 3}, "max-days"},
			"a pickup without address": {models.DeliveryMethod{Name: "A", Kind: models.DeliveryPickup}, "address"},
			"no name":                  {models.DeliveryMethod{Kind: models.DeliveryFlat}, "name"},
			"no kind":                  {models.DeliveryMethod{Name: "A"}, "kind-flat"},
		} {
			if err := store.SaveDeliveryMethod(ctx, m.DeliveryMethod, actor); field(err) != m.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := store.SetHomeCountry(ctx, "XX", 0, actor); field(err) != "home" {
			t.Errorf("an unknown home: %v", err)
		}
		if err := store.SaveDeliveryMethod(ctx, models.DeliveryMethod{Name: "A", ZoneID: new(int64), Kind: models.DeliveryFlat}, actor); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a way to nowhere: %v", err)
		}
		// A zone may keep what it has, and bands may touch.
		zones, _, err := store.DeliveryZones(ctx)
		if err != nil {
			t.Fatal(err)
		}
		zones[0].Countries = []string{"FR", "DE", "AT"}
		if _, err := store.SaveDeliveryZone(ctx, zones[0], actor); err != nil {
			t.Error(err)
		}
		good := bands(models.DeliveryBand{Ends: 500, Price: 1}, models.DeliveryBand{Starts: 500, Price: 2})
		good.ZoneID = &zones[0].ID
		if err := store.SaveDeliveryMethod(ctx, good, actor); err != nil {
			t.Error(err)
		}
		delivered, err := store.DeliveredCountries(ctx)
		if err != nil || !delivered["AT"] || !delivered["JP"] {
			t.Errorf("delivered to %v, %v", delivered, err)
		}
		entries, err := store.Audit(ctx, models.AuditFilter{Action: models.AuditDeliveryChanged, Limit: 10})
		if err != nil || len(entries) != 4 || entries[0].After != "Parcel, weight, 0–500 $0.01, 500–0 $0.02" || entries[1].Before != "Europe: DE FR" || entries[1].After != "Europe: AT DE FR" {
			t.Errorf("audited %+v, %v", entries, err)
		}
		if !slices.Equal(zones[0].Countries, []string{"FR", "DE", "AT"}) && len(zones) != 2 {
			t.Errorf("zones %+v", zones)
		}
	})
}

func TestFreeDeliveryByDiscount(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		token := weighedCart(t, store, databaseURL, "mug", 2000, 1, 400)
		d, err := store.CreateDiscount(ctx, models.Discount{Name: "Free delivery", Code: "SHIP", Kind: models.DiscountDelivery, MaxUses: 1, Enabled: true}, models.Actor{})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.SetCartDiscount(ctx, token, "ship"); !says(err, "costs nothing already") {
			t.Errorf("where delivery is free: %v", err)
		}
		zone(t, store, models.DeliveryZone{Name: "All", Everywhere: true}, models.DeliveryMethod{Name: "Post", Kind: models.DeliveryFlat, Price: 700})
		if err := store.SetCartDiscount(ctx, token, "ship"); err != nil {
			t.Fatal(err)
		}
		sum := sumOf(t, store, token)
		if sum.Shipping != 0 || sum.Offer.OffDelivery != 700 || sum.Offer.Saving != 0 || sum.Total != 2000 {
			t.Errorf("sum %+v", sum)
		}
		if o := sum.Offer; !o.FreesDelivery(700, true) || !o.FreesDelivery(1, false) || o.FreesDelivery(0, false) {
			t.Errorf("the ways it frees: %+v", o)
		}
		begun, err := store.BeginCheckout(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		if o := begun.Order; o.Shipping != 0 || o.DeliverySaved != 700 || o.Discount != 0 || o.Total != 2000 || o.DiscountLabel() != "SHIP" {
			t.Errorf("order %+v", o)
		}
		other := sixMore(t, store, token)
		if err := store.SetCartDiscount(ctx, other, "ship"); !says(err, "used up") {
			t.Errorf("its one use is held: %v", err)
		}
		if held, err := store.DiscountByID(ctx, d.ID); err != nil || held.Reserved != 1 {
			t.Errorf("held %+v, %v", held, err)
		}
		// A cheaper way would cost what it costs where another discount saves more.
		if _, err := store.CreateDiscount(ctx, models.Discount{Name: "March", Kind: models.DiscountAmount, Amount: 500, Enabled: true}, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		if o := sumOf(t, store, token).Offer; o.OffDelivery != 700 || o.FreesDelivery(500, false) || !o.FreesDelivery(501, false) {
			t.Errorf("the ways it frees beside another discount: %+v", o)
		}
		// What saves more counts, whichever kind it is of.
		if _, err := store.CreateDiscount(ctx, models.Discount{Name: "Spring", Kind: models.DiscountAmount, Amount: 701, Enabled: true}, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		if sum := sumOf(t, store, token); !sum.Offer.Beaten || sum.Offer.FreesDelivery(700, true) || sum.Offer.Saving != 701 || sum.Shipping != 700 || sum.Total != 1999 {
			t.Errorf("sum %+v", sum)
		}
	})
}
