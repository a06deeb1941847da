package stripesim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
	"github.com/stripe/stripe-go/v76"
)

// browser is one tab of Chromium.
type browser struct {
	t   *testing.T
	ctx context.Context
	axe string // source of axe-core

	mu     sync.Mutex
	report []string // what the browser complained of
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	axe, err := os.ReadFile(filepath.Join(modules(t), "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, axe: string(axe)}
	err = chromedp.Listen(ctx, func(event any) {
		// A page that answers with an error is logged too; those are asked for here.
		entry, ok := event.(*cdplog.EventEntryAdded)
		if !ok || entry.Entry.Source == cdplog.EntrySourceNetwork {
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.report = append(b.report, entry.Entry.Text)
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func run[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	result, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// click presses something that leads to another page and waits for that.
func (b *browser) click(selector chromedp.CSS) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(selector)); err != nil {
		b.t.Fatal(err)
	}
}

// size sets the width of the window and the colour scheme.
func (b *browser) size(width int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 800), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}))
}

// look checks the page that is open: axe finds nothing, nothing scrolls sideways, targets are 44 px high, and the
// browser had nothing to complain of, such as a breach of the page's policy.
func (b *browser) look(name string) {
	b.t.Helper()
	const ask = `axe.run().then(r => JSON.stringify({
		axe: r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")),
		sideways: document.documentElement.scrollWidth - innerWidth,
		small: [...document.querySelectorAll("a, button, input:not([type=radio]), select, label.choice")]
			.filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML),
		headings: document.querySelectorAll("h1").length,
	}))`
	run(b, chromedp.Evaluate[bool](b.axe+"; true"))
	answer := run(b, chromedp.Evaluate[string](ask, chromedp.EvalAwaitPromise))
	var seen struct {
		Axe, Small         []string
		Sideways, Headings int
	}
	if err := json.Unmarshal([]byte(answer), &seen); err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(seen.Axe) > 0 || len(seen.Small) > 0 || seen.Sideways > 0 || seen.Headings != 1 || len(b.report) > 0 {
		b.t.Errorf("%s: axe %q, low targets %q, sideways %d px, h1 %d, complaints %q",
			name, seen.Axe, seen.Small, seen.Sideways, seen.Headings, b.report)
	}
	b.report = nil
}

// TestPagesInABrowser walks over all pages at 360 px in both schemes, and pays: the policy of the page lets the form
// lead to the shop's origin.
func TestPagesInABrowser(t *testing.T) {
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Shop</title>`)
	}))
	t.Cleanup(front.Close)
	hook := newShop(t)
	sim := start(t, hook.url)
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			p := order()
			p.SuccessURL = stripe.String(front.URL + "/done?session_id={CHECKOUT_SESSION_ID}")
			p.CancelURL = stripe.String(front.URL + "/cart")
			p.ShippingOptions = append(p.ShippingOptions, p.ShippingOptions[0])
			p.LineItems[0].PriceData.ProductData.Name = stripe.String("Notebook" + strings.Repeat(" with a very long name", 5))
			session, err := sim.api.CheckoutSessions.New(p)
			if err != nil {
				t.Fatal(err)
			}
			b := newBrowser(t)
			b.size(360, scheme)
			b.do(chromedp.Navigate(session.URL))
			b.look("payment page")
			run(b, chromedp.Evaluate[string](`document.querySelector("#city").value = document.querySelector("#card").value = ""`))
			b.click("button[value=pay]")
			b.look("faulty form")
			b.do(chromedp.Navigate(session.URL))
			b.click("button[value=decline]")
			b.look("declined")
			b.click("#cancel")
			check(t, "cancelled", run(b, chromedp.Location()), front.URL+"/cart")

			b.do(chromedp.Navigate(session.URL))
			b.click("button[value=pay]")
			check(t, "paid", run(b, chromedp.Location()), front.URL+"/done?session_id="+session.ID)
			check(t, "status", sim.get(session.ID).PaymentStatus, stripe.CheckoutSessionPaymentStatusPaid)
			b.do(chromedp.Navigate(sim.url + "/c/pay/" + session.ID))
			b.look("closed page")

			b.do(chromedp.Navigate(sim.url + "/"))
			b.look("developers' page")
			b.click("form[action$='/resend'] button")
			check(t, "after resending", run(b, chromedp.Location()), sim.url+"/")
		})
	}
}

// TestFormOfAnotherSiteIsRefused sends a form as a browser does that another site told to.
func TestFormOfAnotherSiteIsRefused(t *testing.T) {
	sim := start(t, "")
	session := sim.open()
	for path, body := range map[string]string{"/c/pay/" + session.ID: "outcome=pay", "/_sim/faults": "kind=500"} {
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://elsewhere.test"} {
			res, _, err := sim.post(t.Context(), path, body, "Content-Type", "application/x-www-form-urlencoded", header, value)
			if err != nil {
				t.Fatal(err)
			}
			check(t, path+" with "+header, res.StatusCode, http.StatusForbidden)
		}
	}
	check(t, "session", sim.get(session.ID).Status, stripe.CheckoutSessionStatusOpen)
}
