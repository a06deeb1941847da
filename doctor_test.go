package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tuckshop/internal/payments"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestDoctorFindsFaults(t *testing.T) {
	for name, c := range map[string]struct {
		play func(t *testing.T, r *rig) // before the shop starts
		want func(t *testing.T, out string, r *rig)
	}{
		"wrong key": {
			func(_ *testing.T, r *rig) { r.misbehave(unauthorized) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Stripe key", "Stripe does not know the key")
			},
		},
		"Stripe out of reach": {
			func(_ *testing.T, r *rig) {
				r.misbehave(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Stripe key", "Stripe does not answer")
			},
		},
		"key of the other mode": {
			func(_ *testing.T, r *rig) {
				r.misbehave(func(w http.ResponseWriter, request *http.Request) bool {
					if request.URL.Path != "/v1/balance" {
						return false
					}
					io.WriteString(w, `{"object":"balance","livemode":true}`)
					return true
				})
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Stripe key", "Stripe says it is for live payments")
			},
		},
		"endpoint missing": {
			func(_ *testing.T, r *rig) { r.env["STRIPE_WEBHOOK_SECRET"] = "whsec_x" },
			func(t *testing.T, out string, r *rig) {
				finds(t, out, "FAIL", "Webhook endpoint", "Stripe has none at "+r.hook(), "stripe setup")
			},
		},
		"no secret": {
			func(_ *testing.T, r *rig) { r.register(right()) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Webhook secret", "None", "stripe setup")
			},
		},
		"another version": {
			func(_ *testing.T, r *rig) {
				r.env["STRIPE_WEBHOOK_SECRET"] = r.register(url.Values{"api_version": {"2020-08-27"}, "enabled_events[]": {"*"}})
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Webhook endpoint", "API version 2020-08-27", payments.APIVersion)
			},
		},
		"events lacking": {
			func(_ *testing.T, r *rig) {
				few := right()
				few["enabled_events[]"] = models.HandledEvents[1:]
				r.env["STRIPE_WEBHOOK_SECRET"] = r.register(few)
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Webhook endpoint", "does not send "+models.EventSessionCompleted+".")
			},
		},
		"two endpoints": {
			func(_ *testing.T, r *rig) {
				r.env["STRIPE_WEBHOOK_SECRET"] = r.register(right()) + "," + r.register(right())
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "warning", "Webhook endpoint", "every event comes 2 times")
			},
		},
		"wrong secret": {
			func(_ *testing.T, r *rig) {
				r.register(right())
				r.env["STRIPE_WEBHOOK_SECRET"] = "whsec_yesterday"
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "ok", "Webhook secret")
				finds(t, out, "FAIL", "Webhook round trip", "could not deliver", "stripe setup --rotate")
			},
		},
		"mail server refuses": {
			func(t *testing.T, r *rig) { r.env["SMTP_URL"] = "smtp://user:sesame-1@" + refusing(t) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Mail", "554", "SMTP_URL")
			},
		},
		"clock ten minutes behind": {
			func(_ *testing.T, r *rig) { r.misbehave(dated(10 * time.Minute)) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Clock", "behind Stripe's", "Webhooks are refused")
			},
		},
		"clock a minute ahead": {
			func(_ *testing.T, r *rig) { r.misbehave(dated(-time.Minute)) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "warning", "Clock", "ahead of Stripe's")
			},
		},
		"settings": {
			func(_ *testing.T, r *rig) {
				r.env["RATE_LIMITS"], r.env["TRUSTED_PROXIES"] = "off", "0.0.0.0/0"
				r.env["SECRET_KEY"] = strings.Repeat("sesame", 10)
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "warning", "Rate limits")
				finds(t, out, "warning", "Proxies", "names everyone")
				finds(t, out, "ok", "Cookie keys", "1 key")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
				r := newRig(t, databaseURL)
				c.play(t, r)
				r.serve()
				out, code := r.run("doctor", "--wait", "2s")
				if failed := strings.Contains("\n"+out, "\nFAIL "); failed != (code == exitFailed) {
					t.Errorf("exit %d", code)
				}
				c.want(t, out, r)
			})
		})
	}
}

// dated makes Stripe's clock differ from ours.
func dated(ahead time.Duration) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		return false
	}
}

// refusing is a mail server that wants nothing.
func refusing(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, "554 no service, not even for sesame-1\r\n")
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// TestDoctorHearsASilence pays an order an hour ago of which no webhook told.
func TestDoctorHearsASilence(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		store := modelstest.New(t, databaseURL, models.Options{Now: func() time.Time { return time.Now().Add(-time.Hour) }})
		cart := models.NewToken()
		if err := store.AddToCart(t.Context(), cart, modelstest.Product(t, store, "pen", 500, 10), 1); err != nil {
			t.Fatal(err)
		}
		begun, err := store.BeginCheckout(t.Context(), cart)
		if err != nil {
			t.Fatal(err)
		}
		order := begun.Order
		session := models.CheckoutSession{
			ID: "cs_lost", Mode: "payment", Status: "complete", PaymentStatus: "paid", Currency: strings.ToLower(order.Currency),
			AmountSubtotal: &order.Subtotal, AmountTotal: &order.Total, Metadata: map[string]string{"order_id": fmt.Sprint(order.ID)},
		}
		if applied, err := store.ApplySession(t.Context(), session); err != nil || applied.Outcome != models.OutcomePaid {
			t.Fatalf("apply: %+v, %v", applied, err)
		}
		r.env["STRIPE_WEBHOOK_SECRET"] = r.register(right())
		r.serve()
		out, code := r.run("doctor", "--wait", "0")
		if code != exitFailed {
			t.Errorf("exit %d", code)
		}
		finds(t, out, "FAIL", "Webhooks", "None has come yet", "Order "+order.Number, "stripe setup")
		out, _ = r.run("doctor") // whose test event ends the silence
		finds(t, out, "ok", "Webhook round trip")
		finds(t, out, "ok", "Webhooks", "The last one came")
	})
}

func TestDoctorBeforeTheShopEverRan(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		out, code := r.run("doctor")
		if code != exitFailed {
			t.Errorf("exit %d", code)
		}
		finds(t, out, "FAIL", "Address", "does not answer", "Start the shop")
		if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
			finds(t, out, "FAIL", "Database", "there is no database yet")
			if _, err := os.Stat(path); !os.IsNotExist(err) {
				t.Errorf("looking made a database: %v", err)
			}
		} else {
			finds(t, out, "FAIL", "Schema", "empty", "migrate")
		}
	})
}

func TestDoctorWithTheSimulator(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		r.env["STRIPE_SECRET_KEY"], r.env["STRIPE_API_BASE"], r.env["SIM_ADDR"] = "", "", "127.0.0.1:0"
		r.env["BASE_URL"], r.env["TRUSTED_PROXIES"] = "http://"+r.env["ADDR"], ""
		r.serve()
		out, code := r.run("doctor")
		if code != exitDone {
			t.Errorf("exit %d\n%s", code, out)
		}
		finds(t, out, "warning", "Stripe key", "simulated", "STRIPE_SECRET_KEY")
		if strings.Contains(out, "Webhook endpoint") {
			t.Errorf("the simulator needs no endpoint:\n%s", out)
		}
	})
}

func TestLiveShopNeedsAWebhookSecret(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		r.env["STRIPE_SECRET_KEY"] = "sk_live_verysecretkey"
		out, code := r.run("serve")
		if code != exitFailed {
			t.Errorf("exit %d", code)
		}
		says(t, out, "STRIPE_WEBHOOK_SECRET", "stripe setup")

		// With a kept secret it goes on, up to the address somebody else has.
		if err := payments.KeepWebhookSecret(filepath.Join(r.env["DATA_DIR"], payments.WebhookSecretFile), "whsec_kept"); err != nil {
			t.Fatal(err)
		}
		taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", r.env["ADDR"])
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		out, _ = r.run("serve")
		says(t, out, "is in use")
	})
}
