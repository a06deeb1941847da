package admin

import (
	"strconv"
	"time"

	"tuckshop/models"
	"tuckshop/views"
)

// DiscountsPage lists discounts.
type DiscountsPage struct {
	Frame     Frame
	Search    string
	Status    models.DiscountStatus // empty: any
	Currency  string
	Now       time.Time
	Discounts []models.Discount
	NextPage  string
}

// DiscountPage is the form of a discount, its values as they were typed.
// Discount is as it is stored; its ID is 0 for a new one.
type DiscountPage struct {
	Frame    Frame
	Discount models.Discount
	Version  string
	Currency string
	Now      time.Time

	Name, Code                               string
	Kind                                     models.DiscountKind
	Percent, Amount, Buy, Get, BundlePercent string
	Minimum, Starts, Ends, Uses, Customer    string
	Collections, Products                    Picker
	Nothing                                  bool // that it names is for sale, which was said
	Errors                                   []views.FieldError
}

// statusTexts are the statuses of a discount in plain words.
var statusTexts = map[models.DiscountStatus]string{
	models.DiscountActive: "Active", models.DiscountScheduled: "Scheduled", models.DiscountOver: "Over", models.DiscountOff: "Switched off",
}

// discountKinds are the kinds of a discount in plain words.
var discountKinds = map[models.DiscountKind]string{
	models.DiscountPercent: "A percentage off", models.DiscountAmount: "An amount off",
	models.DiscountBundle: "Some of several pieces cheaper", models.DiscountDelivery: "Free delivery",
}

// DiscountKindText says what a kind of discount gives.
func DiscountKindText(kind models.DiscountKind) string { return discountKinds[kind] }

// usesText says how often a discount was used, and how often it may be.
func usesText(d models.Discount) string {
	text := strconv.FormatInt(d.Used, 10)
	if d.MaxUses > 0 {
		text += " of " + strconv.FormatInt(d.MaxUses, 10)
	}
	if d.Reserved > 0 {
		text += ", " + strconv.FormatInt(d.Reserved, 10) + " being paid"
	}
	return text
}

// heldText says how many uses open checkouts hold.
func heldText(reserved int64) string {
	if reserved == 1 {
		return "Held by 1 open checkout"
	}
	return "Held by " + strconv.FormatInt(reserved, 10) + " open checkouts"
}

// validText says when a discount counts.
func validText(d models.Discount) string {
	switch {
	case d.StartsAt != nil && d.EndsAt != nil:
		return utc(*d.StartsAt) + " to " + utc(*d.EndsAt)
	case d.StartsAt != nil:
		return "from " + utc(*d.StartsAt)
	case d.EndsAt != nil:
		return "until " + utc(*d.EndsAt)
	}
	return "always"
}
