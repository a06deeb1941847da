package models_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// held is what the cart of token has, by variant, and what it lost.
func held(t *testing.T, store *models.Store, token string) (map[int64]models.CartLine, models.Cart) {
	t.Helper()
	cart, lines, err := store.CartByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	byVariant := map[int64]models.CartLine{}
	for _, line := range lines {
		byVariant[line.VariantID] = line
	}
	return byVariant, cart
}

// shelf stores products of one variant each and returns the variants' ids.
func shelf(t *testing.T, store *models.Store, products ...models.Variant) []int64 {
	t.Helper()
	var shelf []models.Product
	for _, variant := range products {
		slug := variant.SKU
		shelf = append(shelf, models.Product{Slug: slug, Name: strings.ToUpper(slug[:1]) + slug[1:], Status: models.ProductActive, Variants: []models.Variant{variant}})
	}
	if added, err := store.AddCatalogue(t.Context(), nil, shelf, nil); err != nil || !added {
		t.Fatalf("add the products: %t, %v", added, err)
	}
	var ids []int64
	for _, product := range shelf {
		found, err := store.ProductBySlug(t.Context(), product.Slug)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, found.Variants[0].ID)
	}
	return ids
}

// variantEdited saves the only variant of a product as change makes it.
func variantEdited(t *testing.T, store *models.Store, slug string, change func(*models.VariantEdit)) {
	t.Helper()
	product, err := store.ProductBySlug(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	edit := editOf(again(t, store, product.ID))
	change(&edit.Variants[0])
	if _, err := store.SaveProduct(t.Context(), product.ID, edit, manager); err != nil {
		t.Fatal(err)
	}
}

func TestARemovedVariantIsMissedByItsCarts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		product := made(t, store, shirt())
		token := cartOf(t, store, 2, product.Variants[0].ID, product.Variants[3].ID)
		other := cartOf(t, store, 1, product.Variants[0].ID)
		edit := editOf(product)
		edit.Variants[3].Remove = true
		if _, err := store.SaveProduct(t.Context(), product.ID, edit, manager); err != nil {
			t.Fatal(err)
		}

		lines, cart := held(t, store, token)
		if len(lines) != 1 || len(cart.Losses) != 1 {
			t.Fatalf("%d lines, losses %+v", len(lines), cart.Losses)
		}
		if loss := cart.Losses[0]; loss.Reason != models.LossRemoved || loss.Name != "Ärmel-Hemd, Blue / M" || loss.Wanted != 2 || loss.Got != 0 {
			t.Errorf("the loss is %+v", loss)
		}
		if _, cart := held(t, store, other); len(cart.Losses) != 0 {
			t.Errorf("another cart lost %+v", cart.Losses)
		}
		var unsellable *models.UnsellableError
		if _, err := store.BeginCheckout(t.Context(), token); !errors.As(err, &unsellable) || len(unsellable.Losses) != 1 {
			t.Errorf("a cart that lost something unseen: %v", err)
		}
		if err := store.NoteShown(t.Context(), token, []int64{cart.Losses[0].ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := store.BeginCheckout(t.Context(), token); err != nil {
			t.Errorf("once it was shown: %v", err)
		}
	})
}

// TestALossIsForgottenOnceItWasShown has a cart lose a second thing after its
// page was read, and another cart lose something, too.
func TestALossIsForgottenOnceItWasShown(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		for name, forget := range map[string]func(ctx context.Context, token string, losses []int64) error{
			"shown": store.NoteShown, "accepted": store.AcceptCartChanges,
		} {
			draft := shirt()
			draft.Slug = name
			for i := range draft.Variants {
				draft.Variants[i].SKU = fmt.Sprint(name, i)
			}
			product := made(t, store, draft)
			lose := func(i int) {
				t.Helper()
				saved(t, store, product.ID, func(e *models.ProductEdit) { e.Variants[i].Remove = true })
			}
			token, other := cartOf(t, store, 1, product.Variants[1].ID, product.Variants[2].ID, product.Variants[3].ID), cartOf(t, store, 1, product.Variants[0].ID, product.Variants[3].ID)
			lose(3)
			_, read := held(t, store, token)
			_, others := held(t, store, other)
			lose(2)
			if len(read.Losses) != 1 || len(others.Losses) != 1 {
				t.Fatalf("%s: lost %+v and %+v", name, read.Losses, others.Losses)
			}
			if err := forget(t.Context(), token, []int64{read.Losses[0].ID, others.Losses[0].ID}); err != nil {
				t.Fatal(err)
			}
			if _, cart := held(t, store, token); len(cart.Losses) != 1 || cart.Losses[0].ID == read.Losses[0].ID {
				t.Errorf("%s: what nobody has seen yet is %+v", name, cart.Losses)
			}
			if _, cart := held(t, store, other); len(cart.Losses) != 1 {
				t.Errorf("%s: another cart has lost %+v", name, cart.Losses)
			}
		}
	})
}

// TestAcceptingTheChanges has a cart meet everything that can happen to it.
func TestAcceptingTheChanges(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		slugs := []string{"dearer", "cheaper", "scarce", "gone", "archived", "same"}
		var stock []models.Variant
		for _, slug := range slugs {
			stock = append(stock, models.Variant{SKU: slug, Price: 500, Stock: 9})
		}
		ids, v := shelf(t, store, stock...), map[string]int64{}
		for i, slug := range slugs {
			v[slug] = ids[i]
		}
		token := cartOf(t, store, 5, ids...)
		variantEdited(t, store, "dearer", func(v *models.VariantEdit) { v.Price = 600 })
		variantEdited(t, store, "cheaper", func(v *models.VariantEdit) { v.Price = 400 })
		variantEdited(t, store, "scarce", func(v *models.VariantEdit) { v.Stock, v.Price = 2, 450 })
		variantEdited(t, store, "gone", func(v *models.VariantEdit) { v.Stock = 0 })
		product, err := store.ProductBySlug(t.Context(), "archived")
		if err != nil {
			t.Fatal(err)
		}
		if err := store.ArchiveProduct(t.Context(), product.ID, manager); err != nil {
			t.Fatal(err)
		}
		var unsellable *models.UnsellableError
		if _, err := store.BeginCheckout(t.Context(), token); !errors.As(err, &unsellable) || len(unsellable.Lines) != 5 {
			t.Fatalf("before: %v", err)
		}
		for range 2 { // the second has nothing to do
			if err := store.AcceptCartChanges(t.Context(), token, nil); err != nil {
				t.Fatal(err)
			}
		}
		lines, _ := held(t, store, token)
		for slug, want := range map[string][2]int64{"dearer": {5, 600}, "cheaper": {5, 400}, "scarce": {2, 450}, "same": {5, 500}} {
			if line := lines[v[slug]]; line.Quantity != want[0] || line.SeenPrice != want[1] {
				t.Errorf("%s: %d at %d, want %v", slug, line.Quantity, line.SeenPrice, want)
			}
		}
		if len(lines) != 4 {
			t.Errorf("%d lines are left", len(lines))
		}
		begun, err := store.BeginCheckout(t.Context(), token)
		if err != nil || begun.Order.Total != 5*600+5*400+2*450+5*500 {
			t.Errorf("after: %+v, %v", begun.Order, err)
		}
		if err := store.AcceptCartChanges(t.Context(), "nobody's", nil); err != nil {
			t.Errorf("no cart: %v", err)
		}
	})
}

// TestACartKnowsWhatItsOwnCheckoutHolds comes back from the payment page of the
// last pieces.
func TestACartKnowsWhatItsOwnCheckoutHolds(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 2)
		token := cartOf(t, store, 2, variant)
		late := cartOf(t, store, 1, variant)
		order, session := begin(t, store, token, "")
		lines, _ := held(t, store, token)
		if line, bad := lines[variant].Unsellable(); bad || line.Available != 2 {
			t.Errorf("the cart that holds them has %+v", line)
		}
		lines, _ = held(t, store, late)
		if line, bad := lines[variant].Unsellable(); !bad || line.Available != 0 {
			t.Errorf("another cart has %+v", line)
		}
		if err := store.AcceptCartChanges(t.Context(), token, nil); err != nil {
			t.Fatal(err)
		}
		if again, err := store.BeginCheckout(t.Context(), token); err != nil || again.Order.ID != order.ID || again.Supersede {
			t.Errorf("again: %+v, %v", again, err)
		}
		if _, err := store.ApplySession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		if lines, _ := held(t, store, token); len(lines) != 0 {
			t.Errorf("%d lines are left of what was paid", len(lines))
		}
	})
}

func TestANoteGoesWithTheOrder(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		token := cartOf(t, store, 1, modelstest.Product(t, store, "pen", 500, 9))
		note := func(typed string) {
			t.Helper()
			if err := store.SetCartNote(t.Context(), token, typed); err != nil {
				t.Fatal(err)
			}
		}
		long := strings.Repeat("ü", models.MaxNote)
		note(" " + long + "\r\n")
		if err := store.SetCartNote(t.Context(), token, long+"!"); !says(err, "keep your note to 500 characters; it has 501") {
			t.Errorf("too long: %v", err)
		}
		if _, cart := held(t, store, token); cart.Note != long {
			t.Errorf("the cart has %q", cart.Note)
		}
		if err := store.SetCartNote(t.Context(), "nobody's", "hello"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("no cart: %v", err)
		}
		order, session := begin(t, store, token, "")
		note("one\r\ntwo")
		if now, err := store.OrderByID(t.Context(), order.ID); err != nil || order.Note != long || now.Note != "one\ntwo" {
			t.Errorf("the order had %q and has %q, %v", order.Note, now.Note, err)
		}
		if _, err := store.ApplySession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		note("for next time")
		paid, err := store.OrderByID(t.Context(), order.ID)
		if err != nil || paid.Status != models.OrderPaid || paid.Note != "one\ntwo" {
			t.Errorf("the paid order is %s and has %q, %v", paid.Status, paid.Note, err)
		}
		if _, cart := held(t, store, token); cart.Note != "for next time" {
			t.Errorf("the cart has %q", cart.Note)
		}
		note("")
		if _, cart := held(t, store, token); cart.Note != "" {
			t.Errorf("the cart still has %q", cart.Note)
		}
	})
}

func TestFillingACartFromAnother(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		ids := shelf(t, store, models.Variant{SKU: "pen", Price: 500, Stock: 9}, models.Variant{SKU: "pad", Price: 700, Stock: 3}, models.Variant{SKU: "mug", Price: 900, Stock: 9})
		pen, pad, mug := ids[0], ids[1], ids[2]
		product, err := store.ProductBySlug(t.Context(), "mug")
		if err != nil {
			t.Fatal(err)
		}
		if err := store.ArchiveProduct(t.Context(), product.ID, manager); err != nil {
			t.Fatal(err)
		}
		token := cartOf(t, store, 2, pad)
		shared := []models.CartItem{{VariantID: pen, Quantity: 4}, {VariantID: pad, Quantity: 2}, {VariantID: mug, Quantity: 1}, {VariantID: 4711, Quantity: 1}}
		if pieces, err := store.AddAllToCart(t.Context(), token, shared); err != nil || pieces != 5 {
			t.Fatalf("%d pieces, %v", pieces, err)
		}
		lines, cart := held(t, store, token)
		if lines[pen].Quantity != 4 || lines[pad].Quantity != 3 || len(lines) != 2 || len(cart.Losses) != 3 {
			t.Errorf("%+v, losses %+v", lines, cart.Losses)
		}
		for i, want := range []models.CartLoss{
			{Reason: models.LossShort, Name: "Pad", Wanted: 2, Got: 1}, {Reason: models.LossRemoved, Name: "Mug", Wanted: 1},
			{Reason: models.LossRemoved, Name: "One of the articles", Wanted: 1},
		} {
			got := cart.Losses[i]
			got.ID, got.CartID, got.CreatedAt = 0, 0, time.Time{}
			if got != want {
				t.Errorf("loss %d is %+v, want %+v", i, got, want)
			}
		}
		found, err := store.LinesOf(t.Context(), shared)
		if err != nil || len(found) != 4 || found[1].Product.Name != "Pad" || found[3].Product.ID != 0 {
			t.Errorf("%+v, %v", found, err)
		}
	})
}

func TestBuyingOneArticleAlone(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		clock := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		store := modelstest.New(t, url, models.Options{Now: func() time.Time { return clock }})
		ids := shelf(t, store, models.Variant{SKU: "pen", Price: 500, Stock: 2}, models.Variant{SKU: "pad", Price: 700, Stock: 9})
		pen, pad := ids[0], ids[1]
		token, alone := cartOf(t, store, 1, pad), models.NewToken()
		for _, quantity := range []int64{0, -1, 100, 1e9} {
			if err := store.FillCart(t.Context(), alone, "", pen, quantity); !says(err, "from 1 to 99") {
				t.Errorf("%d: %v", quantity, err)
			}
		}
		if err := store.FillCart(t.Context(), alone, "", pen, 3); !says(err, "Only 2 left") {
			t.Errorf("3 of 2: %v", err)
		}
		fill := func(variant, quantity int64) {
			t.Helper()
			if err := store.FillCart(t.Context(), alone, "", variant, quantity); err != nil {
				t.Fatal(err)
			}
		}
		fill(pad, 2)
		fill(pen, 2)
		order, session := begin(t, store, alone, "")
		if len(order.Items) != 1 || order.Total != 1000 {
			t.Errorf("the order is %+v", order)
		}
		fill(pen, 2) // the last ones, which its own order holds
		if again, err := store.BeginCheckout(t.Context(), alone); err != nil || again.Order.ID != order.ID {
			t.Errorf("a second click makes %+v, %v", again.Order, err)
		}
		if slug, err := store.BoughtAlone(t.Context(), alone, token); err != nil || slug != "pen" {
			t.Errorf("coming back leads to %q, %v", slug, err)
		}
		clock = clock.Add(time.Minute)
		if err := store.AddToCart(t.Context(), token, pad, 1); err != nil {
			t.Fatal(err)
		}
		if slug, err := store.BoughtAlone(t.Context(), alone, token); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("after the shopper's own cart it leads to %q, %v", slug, err)
		}
		if _, err := store.ApplySession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		if _, err := store.BoughtAlone(t.Context(), alone, "none"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("once it is paid: %v", err)
		}
		if lines, _ := held(t, store, alone); len(lines) != 0 {
			t.Errorf("paid and still there: %+v", lines)
		}
		if lines, _ := held(t, store, token); len(lines) != 1 || lines[pad].Quantity != 2 {
			t.Errorf("the shopper's own cart has %+v", lines)
		}
	})
}

// TestCartsAreKept closes the database in between, as a restart does.
func TestCartsAreKept(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "shop.db")
	clock := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	options := models.Options{Now: func() time.Time { return clock }}
	store := modelstest.New(t, url, options)
	pen := modelstest.Product(t, store, "pen", 500, 9)
	untouched, touched := cartOf(t, store, 2, pen), cartOf(t, store, 2, pen)
	clock = clock.Add(30 * 24 * time.Hour)
	store, err := models.Open(t.Context(), url, options)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if lines, _ := held(t, store, untouched); lines[pen].Quantity != 2 {
		t.Errorf("after 30 days it has %+v", lines)
	}
	if err := store.SetCartNote(t.Context(), touched, "still here"); err != nil {
		t.Fatal(err)
	}
	if gone, err := store.DeleteStaleCarts(t.Context(), clock.Add(-time.Hour)); err != nil || gone != 1 {
		t.Errorf("%d carts went, %v", gone, err)
	}
	if _, _, err := store.CartByToken(t.Context(), untouched); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("the untouched cart: %v", err)
	}
	if lines, _ := held(t, store, touched); lines[pen].Quantity != 2 {
		t.Errorf("the touched cart has %+v", lines)
	}
}
