package views

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tuckshop/models"
)

// pictureWidths are the widths, in pixels, in which every picture exists.
var pictureWidths = [...]int{320, 480, 640, 960, 1280}

// PictureURL is the address of a picture's file in one width and format: avif
// and webp in every width, jpg at 640.
func PictureURL(key string, width int, ext string) string {
	return "/media/" + key + "-" + strconv.Itoa(width) + "." + ext
}

func srcset(key, ext string) string {
	parts := make([]string, len(pictureWidths))
	for i, width := range pictureWidths {
		parts[i] = fmt.Sprintf("%s %dw", PictureURL(key, width, ext), width)
	}
	return strings.Join(parts, ", ")
}

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

func faultOf(faults []FieldError, field string) string {
	for _, fault := range faults {
		if fault.Field == field {
			return fault.Message
		}
	}
	return ""
}

func quantityField(variantID int64) string { return fmt.Sprintf("quantity-%d", variantID) }

func utc(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// statusText says what an order's status means for its shopper.
func statusText(status models.OrderStatus) string {
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
