package views

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tuckshop/models"
)

func title(f Frame, faults []FieldError) string {
	t := f.ShopName
	if f.Title != "" {
		t = f.Title + " – " + f.ShopName
	}
	if len(faults) > 0 {
		t = "Error: " + t
	}
	return t
}

// faultOf is the message for one field, or empty.
func faultOf(faults []FieldError, field string) string {
	for _, fault := range faults {
		if fault.Field == field {
			return fault.Message
		}
	}
	return ""
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// quantityField is the id of the quantity of a cart's line.
func quantityField(variantID int64) string { return "quantity-" + id(variantID) }

func productURL(slug string) string { return "/products/" + slug }

// cardURL leads to a card's product, in the form that was looked for.
func cardURL(p ProductCard) string {
	if p.Chosen == 0 {
		return productURL(p.Slug)
	}
	return productURL(p.Slug) + "?variant=" + id(p.Chosen)
}

func cartItemURL(variantID int64) string { return "/cart/items/" + id(variantID) }

// utc prints a moment for people, in the zone it names.
func utc(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// count prints a number with its noun.
func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// reduced reports whether an article was dearer before.
func reduced(price, before models.Money) bool { return before.Amount > price.Amount }

// priorText says what an article cost at least before it was reduced.
func priorText(lowest models.Money) string { return "Lowest in the 30 days before: " + lowest.String() }

// swatchNames lists colours for those who do not see them.
func swatchNames(swatches []Swatch) string {
	names := make([]string, len(swatches))
	for i, swatch := range swatches {
		names[i] = swatch.Name
	}
	return "Comes in " + strings.Join(names, ", ")
}

// currentValue is what aria-current says of a navigation entry: page on the
// entry's own page, true on the pages below it.
func currentValue(f Frame, link Link) string {
	if f.Canonical == f.BaseURL+link.URL {
		return "page"
	}
	return "true"
}

// asks reports whether the page has a search field of its own, beside the one
// of its head: where nothing was asked for, or nothing found.
func (p ListPage) asks() bool { return p.Search && p.Total == 0 }

// narrows reports whether there is anything to sort or filter.
func (p ListPage) narrows() bool { return p.Total > 0 || len(p.Active) > 0 || len(p.Errors) > 0 }

// variantGroup is a part of a product's variants under one heading.
type variantGroup struct {
	Heading  string // empty where the variants stand alone
	Swatch   string
	Variants []variantLabel
}

// variantLabel is a variant as it is labelled within its group.
type variantLabel struct {
	VariantChoice
	Label string
}

// groupVariants puts the variants of a product with several options under the
// values of the first: a row for each colour, a button for each ruling.
func groupVariants(p ProductPage) []variantGroup {
	var groups []variantGroup
	for _, variant := range p.Variants {
		heading, label, split := strings.Cut(variant.Title, " / ")
		if !split || len(p.Options) < 2 {
			heading, label = "", variant.Title
		}
		if len(groups) == 0 || groups[len(groups)-1].Heading != heading {
			group := variantGroup{Heading: heading}
			if heading != "" {
				group.Swatch = variant.Swatch
			}
			groups = append(groups, group)
		}
		last := &groups[len(groups)-1]
		last.Variants = append(last.Variants, variantLabel{variant, label})
	}
	return groups
}

// StatusText says what an order's status means.
func StatusText(status models.OrderStatus) string {
	switch status {
	case models.OrderPending:
		return "Waiting for payment"
	case models.OrderAwaitingPayment:
		return "Payment is being processed"
	case models.OrderPaid:
		return "Paid"
	case models.OrderPartiallyRefunded:
		return "Partly refunded"
	case models.OrderRefunded:
		return "Refunded"
	case models.OrderExpired:
		return "Not paid"
	case models.OrderPaymentFailed:
		return "Payment failed"
	}
	return "Being checked"
}

// heroPictures are the two favourites that the front page opens with, the large
// one first. It is the second favourite: the first leads the row below.
func heroPictures(favourites []ProductCard) []ProductCard {
	var shown []ProductCard
	for _, card := range favourites {
		if card.Picture.Key != "" && len(shown) < 2 {
			shown = append([]ProductCard{card}, shown...)
		}
	}
	return shown
}

// WaitingText says what of an order's line was not on hand when it was ordered.
// It is empty where nobody waits for the order any more.
func WaitingText(order models.Order, item models.OrderItem) string {
	switch {
	case order.Status == models.OrderRefunded || order.StockStatus == models.StockReleased:
		return ""
	case item.Owed == 0 && order.AmountRefunded > 0: // it came, or its money went back
		return "Ordered ahead: nothing is still to come."
	case item.Owed == 0:
		return "Ordered ahead, and here now."
	case item.Owed < item.Quantity:
		return fmt.Sprintf("%d of them ordered ahead: we send them as soon as they are here.", item.Owed)
	}
	return "Ordered ahead: we send it as soon as it is here."
}
