package main

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tuckshop/internal/stripesim"
)

// visitor is a browser without a face: it keeps cookies, follows no redirects
// and does not mind when nobody answers.
type visitor struct {
	url    string
	client *http.Client
	random *rand.Rand
	count  *counts
}

// counts is what the shop answered to browsers.
type counts struct {
	visits, faults, silent atomic.Int64 // faults: 5xx; silent: no answer at all
}

func newVisitor(shopURL string, random *rand.Rand, count *counts) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // never: it has no options
	}
	return &visitor{url: shopURL, random: random, count: count, client: &http.Client{
		Jar: jar, Timeout: 40 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is an answer; status 0 is none.
type reply struct {
	status   int
	location string
	body     string
}

func (v *visitor) get(ctx context.Context, path string) reply {
	return v.send(ctx, http.MethodGet, path, nil)
}

func (v *visitor) post(ctx context.Context, path string, fields ...string) reply {
	return v.send(ctx, http.MethodPost, path, form(fields))
}

func (v *visitor) send(ctx context.Context, method, path string, values url.Values) reply {
	address := path
	if strings.HasPrefix(path, "/") {
		address = v.url + path
	}
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(values.Encode()))
	if err != nil {
		return reply{}
	}
	if values != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := v.client.Do(request) //nolint:gosec // our own shop
	if err != nil {
		v.count.silent.Add(1)
		return reply{}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.count.silent.Add(1)
		return reply{}
	}
	if response.StatusCode >= 500 && strings.HasPrefix(path, "/") {
		v.count.faults.Add(1)
	}
	return reply{response.StatusCode, response.Header.Get("Location"), string(body)}
}

// shop visits until ctx ends. variants is what can be bought.
func (v *visitor) shop(ctx context.Context, variants []int64) {
	for ctx.Err() == nil {
		if v.random.IntN(3) > 0 { // else the one of before comes back
			v.client.Jar, _ = cookiejar.New(nil) //nolint:errcheck // never: it has no options
		}
		v.count.visits.Add(1)
		v.visit(ctx, variants)
		rest(ctx, between(v.random, 0, 300*time.Millisecond))
	}
}

// visit fills a cart, goes to the payment page, perhaps by detours, and does
// there what buyers do.
func (v *visitor) visit(ctx context.Context, variants []int64) {
	v.fill(ctx, variants)
	page := v.checkout(ctx)
	switch v.random.IntN(6) {
	case 0: // back, another cart, and the checkout again
		v.fill(ctx, variants)
		old := page
		page = v.checkout(ctx)
		if v.random.IntN(2) == 0 {
			page, old = old, page // the old page is still open in a tab
		}
		if v.random.IntN(2) == 0 && old != "" {
			v.pay(ctx, old, stripesim.PayNow)
		}
	case 1: // thinks again and comes back to the same
		v.get(ctx, "/checkout/cancel")
		page = v.checkout(ctx)
	}
	if page == "" {
		return
	}
	switch v.random.IntN(12) {
	case 0, 1:
		v.pay(ctx, page, stripesim.DelayedSuccess)
	case 2:
		v.pay(ctx, page, stripesim.DelayedFailure)
	case 3:
		v.pay(ctx, page, stripesim.Delayed)
	case 4:
		v.pay(ctx, page, stripesim.Decline)
		v.pay(ctx, page, stripesim.PayNow)
	case 5: // a double click
		var clicks sync.WaitGroup
		for range 2 {
			clicks.Go(func() { v.post(ctx, page, "outcome", string(stripesim.PayNow)) })
		}
		clicks.Wait()
	case 6:
		v.get(ctx, "/checkout/cancel")
	case 7: // leaves the page open for ever
	default:
		v.pay(ctx, page, stripesim.PayNow)
	}
}

func (v *visitor) fill(ctx context.Context, variants []int64) {
	for range 1 + v.random.IntN(3) {
		id := strconv.FormatInt(variants[v.random.IntN(len(variants))], 10)
		v.post(ctx, "/cart/items", "variant_id", id, "quantity", strconv.Itoa(1+v.random.IntN(3)))
		if v.random.IntN(4) == 0 {
			v.post(ctx, "/cart/items/"+id, "quantity", strconv.Itoa(v.random.IntN(3)))
		}
	}
}

// checkout clicks on the button, sometimes twice, and returns the payment
// page's address, or nothing.
func (v *visitor) checkout(ctx context.Context) string {
	if v.random.IntN(4) == 0 {
		var click sync.WaitGroup
		defer click.Wait()
		click.Go(func() { v.post(ctx, "/checkout") })
	}
	for range 3 {
		answer := v.post(ctx, "/checkout")
		if strings.Contains(answer.location, "/c/pay/") {
			return answer.location
		}
		if v.random.IntN(3) == 0 { // gives up
			break
		}
		rest(ctx, between(v.random, 50*time.Millisecond, time.Second))
	}
	return ""
}

const goodCard = "4242 4242 4242 4242"

// cards are what buyers pay with: as a rule one that pays; the others are
// disputed at once, refunded late, or their refunds fail.
var cards = []string{
	goodCard, goodCard, goodCard, goodCard, goodCard, goodCard, goodCard, goodCard, goodCard,
	"4000 0000 0000 0259", "4000 0000 0000 1976", "4000 0000 0000 7726", "4000 0000 0000 5126",
}

// pay does something at a payment page and goes where it leads.
func (v *visitor) pay(ctx context.Context, page string, outcome stripesim.Outcome) {
	card := cards[v.random.IntN(len(cards))]
	answer := v.post(ctx, page, "outcome", string(outcome), "card", card)
	if strings.HasPrefix(answer.location, v.url) && v.random.IntN(5) > 0 { // else closes the window too early
		v.get(ctx, answer.location)
	}
}
