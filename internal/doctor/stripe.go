package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"tuckshop/internal/payments"
	"tuckshop/models"
)

func stripeKey(_ context.Context, v *visit) Finding {
	if v.Config.Simulator() {
		return warning("None: payments are simulated, and no money moves.", "Set STRIPE_SECRET_KEY to take payments; sk_test_… first, to try everything without money.")
	}
	account, err := v.account()
	switch {
	case err != nil:
		return fail(payments.Explain(err), "")
	case account.Livemode != v.Config.Livemode():
		return fail(fmt.Sprintf("The key looks like one for %s, but Stripe says it is for %s.", mode(v.Config.Livemode()), mode(account.Livemode)),
			"Check STRIPE_SECRET_KEY and STRIPE_API_BASE.")
	case account.Livemode:
		return ok("Valid, for live payments: real money moves.")
	}
	return ok("Valid, for test payments: no money moves.")
}

func mode(live bool) string {
	if live {
		return "live payments"
	}
	return "test payments"
}

func stripeClock(_ context.Context, v *visit) Finding {
	if v.Config.Simulator() {
		return Finding{}
	}
	account, err := v.account()
	if err != nil {
		return Finding{} // the key's check says so
	}
	return clockFinding(account.Ahead, "Stripe's")
}

// How far clocks may differ. Stripe's whole seconds and the way there make
// some of it; past the second bound signed webhooks are refused.
const (
	clockOff   = 30 * time.Second
	clockWrong = 240 * time.Second
)

func clockFinding(ahead time.Duration, whose string) Finding {
	text := fmt.Sprintf("This machine's clock is %s ahead of %s.", span(ahead), whose)
	if ahead < 0 {
		text = fmt.Sprintf("This machine's clock is %s behind %s.", span(-ahead), whose)
	}
	const advice = "Let the clock be set from the network: `timedatectl set-ntp true`."
	switch {
	case ahead.Abs() > clockWrong:
		return fail(text, "Webhooks are refused when it is 5 minutes off. "+advice)
	case ahead.Abs() > clockOff:
		return warning(text, advice)
	}
	return ok("In step with %s.", whose)
}

// listenAdvice is how a shop that Stripe cannot reach gets its events.
func (v *visit) listenAdvice() string {
	return fmt.Sprintf("On your own machine run `stripe listen --forward-to %s` beside the shop, and set STRIPE_WEBHOOK_SECRET to the whsec_… it prints.", v.WebhookURL)
}

// public reports whether Stripe may take the shop's address: it calls https
// alone.
func (s Shop) public() bool { return strings.HasPrefix(s.Config.BaseURL, "https://") }

func webhookEndpoint(_ context.Context, v *visit) Finding {
	if v.Config.Simulator() {
		return Finding{}
	}
	if !v.public() {
		if v.Config.Livemode() {
			return fail("Stripe calls https:// addresses alone; BASE_URL is "+v.Config.BaseURL+".", "Set BASE_URL to the shop's public https:// address, then run `tuckshop stripe setup`.")
		}
		return warning("Stripe cannot call "+v.Config.BaseURL+".", v.listenAdvice())
	}
	if _, err := v.account(); err != nil {
		return Finding{} // the key's check says so
	}
	endpoints, err := v.endpoints()
	const advice = "Run `tuckshop stripe setup`."
	switch {
	case err != nil:
		return fail(payments.Explain(err), "")
	case len(endpoints) == 0:
		return fail("Stripe has none at "+v.WebhookURL+".", advice)
	case len(endpoints) > 1:
		return warning(fmt.Sprintf("Stripe has %d at %s: every event comes %d times.", len(endpoints), v.WebhookURL, len(endpoints)), advice)
	}
	endpoint := endpoints[0]
	switch {
	case !endpoint.Enabled:
		return fail("It is disabled at Stripe.", advice)
	case endpoint.APIVersion == "":
		return fail("It has no fixed API version; the shop needs "+payments.APIVersion+".", advice)
	case endpoint.APIVersion != payments.APIVersion:
		return fail("It has API version "+endpoint.APIVersion+"; the shop needs "+payments.APIVersion+".", advice)
	case len(endpoint.Missing()) > 0:
		return fail("It does not send "+strings.Join(endpoint.Missing(), ", ")+".", advice)
	}
	return ok("%s, enabled, API version %s, all %d events.", endpoint.URL, endpoint.APIVersion, len(models.HandledEvents))
}

func webhookSecret(_ context.Context, v *visit) Finding {
	if v.Config.Simulator() {
		return Finding{}
	}
	kept, err := payments.KeptWebhookSecrets(v.SecretFile)
	if err != nil {
		return fail(err.Error(), "Let the shop's user read "+v.SecretFile+".")
	}
	configured := len(v.Config.StripeWebhookSecrets)
	if configured+len(kept) == 0 {
		return fail("None: the shop cannot tell Stripe's events from forged ones, and refuses them all.", "Run `tuckshop stripe setup`, or set STRIPE_WEBHOOK_SECRET.")
	}
	var where []string
	if configured > 0 {
		where = append(where, fmt.Sprintf("%d from STRIPE_WEBHOOK_SECRET", configured))
	}
	if len(kept) > 0 {
		where = append(where, fmt.Sprintf("%d in %s", len(kept), v.SecretFile))
		if info, err := os.Stat(v.SecretFile); err == nil && info.Mode().Perm()&0o077 != 0 {
			return warning("Others on this machine can read "+v.SecretFile+".", "Run `chmod 600 "+v.SecretFile+"`.")
		}
	}
	return ok("%s.", strings.Join(where, ", "))
}

func testEvent(ctx context.Context, v *visit) Finding {
	if v.Config.Simulator() || v.wait == 0 || !v.usable(ctx) {
		return Finding{}
	}
	if _, err := v.account(); err != nil {
		return Finding{} // the key's check says so
	}
	if endpoints, err := v.endpoints(); v.public() && (err != nil || len(endpoints) == 0) {
		return Finding{} // the endpoint's check says so
	}
	if err := v.reach(); err != nil {
		return warning("Not tried: the shop does not answer.", "Start the shop, then run this again.")
	}
	took, err := roundTrip(ctx, v.Shop, v.wait)
	if err != nil {
		var lost *lostError
		if errors.As(err, &lost) {
			return fail(lost.Text, lost.Advice)
		}
		return fail(err.Error(), "")
	}
	return ok("A test event came back from Stripe within %s.", took.Round(10*time.Millisecond))
}

// lostError says that the test event did not come, and what to do.
type lostError struct{ Text, Advice string }

// Error says both.
func (e *lostError) Error() string { return e.Text + "\n" + e.Advice }

// askAgain is how often the database and Stripe are asked for the test event.
const askAgain = 200 * time.Millisecond

// roundTrip makes Stripe send a test event and waits until the running shop has
// stored it, in the database that both share. It returns how long that took,
// or a *lostError.
func roundTrip(ctx context.Context, shop Shop, wait time.Duration) (time.Duration, error) {
	row, err := shop.Store.Shop(ctx)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	session, err := shop.Payments.ExpireProbe(ctx, row.Currency)
	if err != nil {
		return 0, errors.New(payments.Explain(err))
	}
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	tick := time.NewTicker(askAgain)
	defer tick.Stop()
	var event payments.ProbeEvent
	for {
		if event.ID == "" {
			if event, err = shop.Payments.ProbeEvent(ctx, session); err != nil {
				return 0, errors.New(payments.Explain(err))
			}
		}
		if event.ID != "" {
			if _, err := shop.Store.EventReceivedAt(ctx, event.ID); err == nil {
				return time.Since(began), nil
			} else if !errors.Is(err, models.ErrNotFound) {
				return 0, err
			}
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-deadline.C:
			return 0, shop.lost(ctx, session, wait)
		case <-tick.C:
		}
	}
}

// lost finds out how far the test event came.
func (s Shop) lost(ctx context.Context, session string, wait time.Duration) error {
	event, err := s.Payments.ProbeEvent(ctx, session)
	switch {
	case err != nil:
		return errors.New(payments.Explain(err))
	case event.ID == "":
		return &lostError{fmt.Sprintf("Stripe has made no event of the test within %s.", wait), "Look at https://status.stripe.com, and try again."}
	case event.Pending == 0:
		return &lostError{
			fmt.Sprintf("Stripe has delivered the test event, but not into this database, within %s.", wait),
			"Does the shop at " + s.Config.BaseURL + " use the same DATABASE_URL as this command?",
		}
	}
	return &lostError{
		fmt.Sprintf("Stripe could not deliver the test event within %s.", wait),
		"Either the shop refuses it, because its webhook secret is not this endpoint's: `tuckshop stripe setup --rotate` makes a new one.\n" +
			"Or Stripe cannot reach " + s.WebhookURL + " from outside: look for a firewall, a password or a redirect before it.\n" +
			"The shop's log says \"webhook refused\" in the first case, and nothing in the second.",
	}
}
