package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tuckshop/internal/payments"
	"tuckshop/models"
)

// Setup registers the shop's webhook at Stripe, keeps its secret and proves by
// a test event that both fit. An endpoint that serves already stays, unless
// rotate asks for a new one. What it does, it writes to out.
//
// A new endpoint is made, and its secret kept, before any old one is deleted:
// at no moment is an event lost.
func Setup(ctx context.Context, shop Shop, rotate bool, wait time.Duration, out io.Writer) error {
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	if shop.Config.Simulator() {
		say("Nothing is to be set up: STRIPE_SECRET_KEY is not set, so payments are simulated, and the simulator knows the shop.")
		return nil
	}
	if !shop.public() {
		return fmt.Errorf("stripe calls public https:// addresses alone, and BASE_URL is %s\n%s\nFor a shop on the internet set BASE_URL to its https:// address",
			shop.Config.BaseURL, (&visit{Shop: shop}).listenAdvice())
	}
	account, err := shop.Payments.Account(ctx)
	if err != nil {
		return errors.New(payments.Explain(err))
	}
	say("Stripe knows the key; it is for %s.", mode(account.Livemode))
	if err := shop.register(ctx, rotate, say); err != nil {
		return err
	}
	if err := reach(ctx, shop.Config.BaseURL); err != nil {
		say("Not proven yet: the shop does not answer at %s (%v).\nStart it, then run `tuckshop doctor`, which sends a test event through Stripe.", shop.Config.BaseURL, err)
		return nil
	}
	say("Waiting up to %s for a test event to come back from Stripe …", wait)
	took, err := roundTrip(ctx, shop, wait)
	if err != nil {
		return err
	}
	say("It came back within %s: the shop hears Stripe.", took.Round(10*time.Millisecond))
	return nil
}

// register finds the endpoint or makes it.
func (s Shop) register(ctx context.Context, rotate bool, say func(string, ...any)) error {
	kept, err := payments.KeptWebhookSecrets(s.SecretFile)
	if err != nil {
		return err
	}
	old, err := s.Payments.Endpoints(ctx, s.WebhookURL)
	if err != nil {
		return errors.New(payments.Explain(err))
	}
	// Stripe tells a secret once. An endpoint whose secret nobody has is of no
	// use, nor are two, of which each event comes twice.
	known := len(s.Config.StripeWebhookSecrets)+len(kept) > 0
	if len(old) == 1 && old[0].Fits() && known && !rotate {
		if !old[0].Enabled {
			if err := s.Payments.EnableEndpoint(ctx, old[0].ID); err != nil {
				return errors.New(payments.Explain(err))
			}
			say("The endpoint %s was disabled; it is enabled again.", s.WebhookURL)
			return nil
		}
		say("The endpoint %s is there and right.", s.WebhookURL)
		return nil
	}
	made, secret, err := s.Payments.CreateEndpoint(ctx, s.WebhookURL)
	if err != nil {
		return errors.New(payments.Explain(err))
	}
	if err := payments.KeepWebhookSecret(s.SecretFile, secret); err != nil {
		if gone := s.Payments.DeleteEndpoint(context.WithoutCancel(ctx), made.ID); gone != nil {
			return errors.Join(err, errors.New(payments.Explain(gone)))
		}
		return err
	}
	say("Made the endpoint %s, API version %s, %d events.", made.URL, made.APIVersion, len(models.HandledEvents))
	say("Its secret is in %s, readable for the shop's user alone. A running shop takes it up by itself.\n"+
		"Copies of the shop on other machines need it in STRIPE_WEBHOOK_SECRET.", s.SecretFile)
	for _, endpoint := range old {
		if err := s.Payments.DeleteEndpoint(ctx, endpoint.ID); err != nil {
			return errors.New(payments.Explain(err))
		}
		say("Deleted the former endpoint %s.", endpoint.ID)
	}
	return nil
}
