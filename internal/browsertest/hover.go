package browsertest

import (
	"context"
	"strconv"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Hover moves the mouse onto the first element that a CSS selector finds.
func (b *Browser) Hover(selector string) {
	b.t.Helper()
	element := "document.querySelector(" + strconv.Quote(selector) + ")"
	b.do("find "+selector, chromedp.ScrollIntoView(chromedp.CSS(selector)))
	at := func(axis, size string) float64 {
		value, err := strconv.ParseFloat(b.Evaluate("(box => String(box."+axis+" + box."+size+" / 2))("+element+".getBoundingClientRect())"), 64)
		if err != nil {
			b.t.Fatalf("find %s: %v", selector, err)
		}
		return value
	}
	x, y := at("x", "width"), at("y", "height")
	b.do("move to "+selector, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x, Y: y})
		return err
	}))
}
