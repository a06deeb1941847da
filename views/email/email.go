// Package email draws the shop's mail.
package email

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"tuckshop/models"
	"tuckshop/static"
)

// Receipt is what a mail about an order holds.
type Receipt struct {
	ShopName string
	Accent   string // the merchant's colour, #rrggbb; empty: the theme's own
	Paper    string // the tone behind everything; empty: the first
	BaseURL  string
	OrderURL string
	Order    models.Order
}

// colours are the shop's on a light screen, which can be read whatever the
// merchant chose.
func (r Receipt) colours() static.Palette {
	light, _ := static.Look{Accent: r.Accent, Paper: r.Paper}.Palettes()
	return light
}

// Render draws the receipt of a paid order.
func Render(ctx context.Context, r Receipt) (subject, html, text string, err error) {
	subject = fmt.Sprintf("Your %s order %s is paid", oneLine(r.ShopName), r.Order.Number)
	html, err = draw(ctx, receipt(r, subject))
	return subject, html, receiptText(r), err
}

// RenderPaymentFailed draws the mail that says that a delayed payment did not
// arrive.
func RenderPaymentFailed(ctx context.Context, r Receipt) (subject, html, text string, err error) {
	subject = fmt.Sprintf("The payment for your %s order %s did not arrive", oneLine(r.ShopName), r.Order.Number)
	html, err = draw(ctx, paymentFailed(r, subject))
	return subject, html, strings.Join([]string{
		"Hello,", "",
		"your bank did not complete the payment for order " + r.Order.Number + ", so nothing was charged and the order is closed.", "",
		"If you would still like to have it, you can order again at any time:", r.BaseURL, "", oneLine(r.ShopName), "",
	}, "\n"), err
}

// oneLine keeps a name within its line of a text: a line break in it must not
// make a line of its own, which could look like a figure.
func oneLine(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

func draw(ctx context.Context, mail templ.Component) (string, error) {
	var out bytes.Buffer
	if err := mail.Render(ctx, &out); err != nil {
		return "", fmt.Errorf("draw mail: %w", err)
	}
	return out.String(), nil
}

type amount struct {
	label string
	value string
}

// amounts are an order's figures in the order they are added up.
func amounts(o models.Order) []amount {
	rows := []amount{{"Subtotal", o.Price(o.Subtotal).String()}}
	if o.Discount > 0 {
		label := "Discount"
		if name := oneLine(o.DiscountLabel()); name != "" {
			label += " " + name
		}
		rows = append(rows, amount{label, "-" + o.Price(o.Discount).String()})
	}
	delivery := "Free"
	if o.Shipping > 0 {
		delivery = o.Price(o.Shipping).String()
	}
	label := "Delivery"
	if o.DeliveryName != "" {
		label += " " + oneLine(o.DeliveryName)
	}
	if o.DeliverySaved > 0 {
		label += " " + oneLine(o.DiscountLabel())
		delivery += ", instead of " + o.Price(o.Shipping+o.DeliverySaved).String()
	}
	rows = append(rows, amount{label, delivery})
	if o.TaxOnTop() > 0 {
		rows = append(rows, amount{oneLine(o.TaxLabel()), o.Price(o.Tax).String()})
	}
	rows = append(rows, amount{"Total", o.Price(o.Total).String()})
	if o.TaxIncluded && o.Tax > 0 {
		rows = append(rows, amount{"Includes " + oneLine(o.TaxLabel()), o.Price(o.Tax).String()})
	}
	if o.PaidWith() != o.Price(o.Total) {
		rows = append(rows, amount{"Paid", o.PaidWith().String()})
	}
	return rows
}

func addressLines(o models.Order) []string {
	if o.PickupAddress != "" {
		return []string{oneLine(o.PickupAddress)}
	}
	a := o.ShippingAddress
	if a.Line1 == "" {
		return nil
	}
	var lines []string
	for _, line := range append([]string{o.ShippingName}, a.Lines()...) {
		if line = oneLine(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// whereLabel says what the address lines of an order are.
func whereLabel(o models.Order) string {
	if o.PickupAddress != "" {
		return "Pick it up at"
	}
	return "It goes to"
}

func receiptText(r Receipt) string {
	var out strings.Builder
	fmt.Fprintf(&out, "Thank you! Your order %s is paid.\n\n", r.Order.Number)
	for _, item := range r.Order.Items {
		name := item.Name
		if item.VariantTitle != "" {
			name += " (" + item.VariantTitle + ")"
		}
		fmt.Fprintf(&out, "%d x %s\n    %s\n", item.Quantity, oneLine(name), r.Order.Price(item.Total))
	}
	out.WriteString("\n")
	rows, width := amounts(r.Order), 10
	for _, row := range rows {
		width = max(width, utf8.RuneCountInString(row.label))
	}
	for _, row := range rows {
		fmt.Fprintf(&out, "%-*s %s\n", width, row.label, row.value)
	}
	if lines := addressLines(r.Order); len(lines) > 0 {
		fmt.Fprintf(&out, "\n%s:\n%s\n", whereLabel(r.Order), strings.Join(lines, "\n"))
	}
	fmt.Fprintf(&out, "\nYour order, any time: %s\n\n%s\n", r.OrderURL, oneLine(r.ShopName))
	return out.String()
}
