package email_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tuckshop/models"
	"tuckshop/static"
	"tuckshop/views/email"
)

var update = flag.Bool("update", false, "write the golden files anew")

// order is an order with every kind of figure. Its amounts are given in minor
// units, whatever the currency.
func order(currency string) models.Order {
	return models.Order{
		Number: "1001", Token: "TOKEN", Status: models.OrderPaid, Currency: currency, Email: "ada@example.com",
		Subtotal: 13750, Discount: 1250, Shipping: 500, Tax: 2600, Total: 15600,
		ShippingName: "Ada Lovelace", ShippingAddress: models.Address{Line1: "12 St James's Square", City: "London", PostalCode: "SW1Y 4JH", Country: "GB"},
		Items: []models.OrderItem{
			{Name: "Sketchbook", VariantTitle: "Ink blue / Dotted", SKU: "SK-1", Quantity: 3, UnitPrice: 4250, Total: 12750},
			{Name: "Pencil <sharpener> & “case”", SKU: "PS-1", Quantity: 1, UnitPrice: 1000, Total: 1000},
		},
	}
}

func receipt(o models.Order) email.Receipt {
	return email.Receipt{ShopName: "Tuckshop", BaseURL: "https://shop.example", OrderURL: "https://shop.example/orders/" + o.Token, Order: o}
}

// TestReceipt compares the receipt with the golden files, which
// `go test ./views/email -update` writes anew.
func TestReceipt(t *testing.T) {
	for _, currency := range []string{"USD", "JPY", "KWD"} {
		subject, page, text, err := email.Render(t.Context(), receipt(order(currency)))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(subject, "1001") {
			t.Errorf("the number is not in the subject %q", subject)
		}
		golden(t, "receipt-"+strings.ToLower(currency)+".html", page)
		golden(t, "receipt-"+strings.ToLower(currency)+".txt", text)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; look at it, then run go test ./views/email -update. It is now:\n%s", name, got)
	}
}

// minorUnits reads an amount as printed: its digits, for each currency is
// printed with all decimals of its minor unit.
func minorUnits(t *testing.T, printed string) int64 {
	t.Helper()
	var amount, digits int64
	for _, r := range printed {
		if unicode.IsDigit(r) {
			amount, digits = 10*amount+int64(r-'0'), digits+1
		}
	}
	if digits == 0 {
		t.Errorf("%q holds no amount", printed)
	}
	return amount
}

// TestReceiptFiguresAreTheOrders reads every figure back from both forms.
func TestReceiptFiguresAreTheOrders(t *testing.T) {
	for _, currency := range []string{"USD", "EUR", "JPY", "KWD"} {
		o := order(currency)
		if o.Subtotal-o.Discount+o.Shipping+o.Tax != o.Total {
			t.Fatal("the sample does not add up")
		}
		want := map[string]int64{"Subtotal": o.Subtotal, "Discount": o.Discount, "Delivery": o.Shipping, "Tax": o.Tax, "Total": o.Total}
		_, page, text, err := email.Render(t.Context(), receipt(o))
		if err != nil {
			t.Fatal(err)
		}
		inText := map[string]int64{}
		for line := range strings.Lines(text) {
			if label, amount, _ := strings.Cut(strings.TrimSpace(line), " "); want[label] != 0 {
				inText[label] = minorUnits(t, amount)
			}
		}
		inPage := map[string]int64{}
		for _, row := range rows(t, page) {
			if want[row[0]] != 0 {
				inPage[row[0]] = minorUnits(t, row[1])
			}
		}
		if fmt.Sprint(inText) != fmt.Sprint(want) || fmt.Sprint(inPage) != fmt.Sprint(want) {
			t.Errorf("%s: the order has %v, its text %v, its page %v", currency, want, inText, inPage)
		}
	}
}

// rows are the cells of the page's table rows, as text.
func rows(t *testing.T, page string) [][]string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var found [][]string
	for n := range root.Descendants() {
		if n.DataAtom != atom.Tr {
			continue
		}
		var cells []string
		for cell := range n.ChildNodes() {
			var text strings.Builder
			for d := range cell.Descendants() {
				if d.Type == html.TextNode {
					text.WriteString(d.Data)
				}
			}
			if cell.Type == html.ElementNode {
				cells = append(cells, strings.TrimSpace(text.String()))
			}
		}
		if len(cells) > 1 {
			found = append(found, cells)
		}
	}
	return found
}

// TestNamesStayInTheirLine puts line breaks of every kind into every name.
func TestNamesStayInTheirLine(t *testing.T) {
	for _, lineBreak := range []string{"\n", "\r\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029"} {
		evil := lineBreak + "Total      $0.01" + lineBreak
		o := order("USD")
		o.Items[0].Name += evil
		o.Items[0].VariantTitle += evil
		o.ShippingName += evil
		o.ShippingAddress.Line1 += evil
		o.ShippingAddress.City += evil
		r := receipt(o)
		r.ShopName += evil
		subject, _, text, err := email.Render(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		failed, _, failedText, err := email.RenderPaymentFailed(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(subject+failed, "\r\n\v\f\u0085\u2028\u2029") {
			t.Errorf("%q: the subjects are %q and %q", lineBreak, subject, failed)
		}
		totals := 0
		for _, line := range strings.FieldsFunc(text+failedText, func(r rune) bool { return strings.ContainsRune("\r\n\v\f\u0085\u2028\u2029", r) }) {
			if strings.HasPrefix(strings.TrimSpace(line), "Total") {
				totals++
			}
		}
		if totals != 1 {
			t.Errorf("%q: %d lines look like a total in\n%s\n%s", lineBreak, totals, text, failedText)
		}
	}
}

func TestFreeDeliverySaysSo(t *testing.T) {
	o := order("USD")
	o.Shipping, o.Discount, o.Tax, o.Total = 0, 0, 0, o.Subtotal
	_, page, text, err := email.Render(t.Context(), receipt(o))
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{page, text} {
		if !strings.Contains(form, "Free") || strings.Contains(form, "Discount") || strings.Contains(form, "Tax") {
			t.Errorf("figures that are not there, in\n%s", form)
		}
	}
}

// A delivery that a code made free says which, and what it saved.
func TestReceiptSaysWhatFreedTheDelivery(t *testing.T) {
	o := order("USD")
	o.DeliveryName, o.DiscountCode, o.DeliverySaved = "Standard", "SHIP", o.Shipping
	o.Shipping, o.Discount, o.Tax, o.Total = 0, 0, 0, o.Subtotal
	_, page, text, err := email.Render(t.Context(), receipt(o))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page, "Delivery Standard SHIP<") || !strings.Contains(page, "Free, instead of $5.00<") || !strings.Contains(text, "Delivery Standard SHIP Free, instead of $5.00\n") {
		t.Errorf("what the code saved is not there:\n%s\n%s", page, text)
	}
}

// TestReceiptNamesTheDiscount wants the code or, where there is none, the name,
// which stays within its line whatever is in it.
func TestReceiptNamesTheDiscount(t *testing.T) {
	o := order("USD")
	o.DiscountName = "Spring <b>sale</b>\nTotal      $0.00"
	_, page, text, err := email.Render(t.Context(), receipt(o))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page, "Discount Spring &lt;b&gt;sale") || !strings.Contains(text, "Discount Spring <b>sale</b> Total $0.00 -$12.50\n") {
		t.Errorf("the name is not there:\n%s\n%s", page, text)
	}
	o.DiscountCode = "SPRING"
	if _, page, text, err = email.Render(t.Context(), receipt(o)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page, ">Discount SPRING<") || !strings.Contains(text, "\nDiscount SPRING -$12.50\nDelivery        $5.00\n") {
		t.Errorf("the code is not there, or does not stand in line:\n%s\n%s", page, text)
	}
}

// TestLargestReceiptIsSmallEnough draws the fullest cart there can be. Mail
// programs cut off what is longer than 100 kB.
func TestLargestReceiptIsSmallEnough(t *testing.T) {
	o := order("KWD")
	for len(o.Items) < models.MaxCartLines {
		o.Items = append(o.Items, models.OrderItem{Name: strings.Repeat("Long name ", 12), VariantTitle: strings.Repeat("Variant ", 8), Quantity: models.MaxQuantity, Total: 123456789})
	}
	_, page, text, err := email.Render(t.Context(), receipt(o))
	if err != nil {
		t.Fatal(err)
	}
	if size := len(page) + len(text); size > 100_000 {
		t.Errorf("the receipt has %d bytes", size)
	}
}

// TestMailHasTheMerchantsColours draws the mails of a shop with a colour that
// is hard to read on its paper.
func TestMailHasTheMerchantsColours(t *testing.T) {
	r := receipt(order("USD"))
	r.Accent, r.Paper = "#ffd400", "cool"
	light, _ := static.Look{Accent: r.Accent, Paper: r.Paper}.Palettes()
	pages := map[string]string{}
	var err error
	if _, pages["receipt"], _, err = email.Render(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, pages["failed payment"], _, err = email.RenderPaymentFailed(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, pages["refund"], _, err = email.RenderRefund(t.Context(), email.Refund{Receipt: r, Amount: models.Money{Amount: 100, Currency: "USD"}}); err != nil {
		t.Fatal(err)
	}
	for name, page := range pages {
		for _, part := range []string{"background:" + light.Paper.String() + ";color:" + light.Ink.String(), "background:" + light.Card.String(), `style="color:` + light.Accent.String()} {
			if !strings.Contains(page, part) {
				t.Errorf("%s lacks %q:\n%s", name, part, page)
			}
		}
		if strings.Contains(page, "#b8321a") || strings.Contains(page, "#fbf7f0") {
			t.Errorf("%s has the theme's own colours:\n%s", name, page)
		}
	}
	if ratio := static.Contrast(light.Accent, light.Card); ratio < 4.5 {
		t.Errorf("the link has a contrast of %.1f:1", ratio)
	}
}
