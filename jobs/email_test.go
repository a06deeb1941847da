package jobs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"tuckshop/internal/mail"
	"tuckshop/jobs"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// work runs the store's jobs until the test ends.
func work(t *testing.T, store *models.Store, sender jobs.Sender) {
	t.Helper()
	runner, err := jobs.New(jobs.Config{
		Store: store, Sender: sender, Logger: slog.New(slog.DiscardHandler), BaseURL: "https://shop.example", MailFrom: "Shop <shop@shop.example>",
		ReconcileInterval: time.Hour, ReconcileAfter: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		patience, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		if err := runner.Stop(patience); err != nil {
			t.Error(err)
		}
	})
}

// eventually asks until done says yes.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline.C:
			t.Fatalf("still waiting: %s", what)
		case <-tick.C:
		}
	}
}

// sender does what it is told with every mail, and notes each.
type sender struct {
	mu   sync.Mutex
	do   func() error
	sent []mail.Message
}

func (s *sender) Name() string { return "test" }

func (s *sender) Send(_ context.Context, m mail.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, m)
	if s.do == nil {
		return nil
	}
	return s.do()
}

func (s *sender) now(do func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.do = do
}

// messageIDs are the distinct ids of what was sent.
func (s *sender) messageIDs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, m := range s.sent {
		if !slices.Contains(ids, m.MessageID) {
			ids = append(ids, m.MessageID)
		}
	}
	return ids
}

// theMail is the one mail there is.
func theMail(t *testing.T, store *models.Store) models.Email {
	t.Helper()
	emails, err := store.Emails(t.Context(), 0, 10)
	if err != nil || len(emails) != 1 {
		t.Fatalf("%d mails, %v", len(emails), err)
	}
	return emails[0]
}

// theJob is the one job that sends mail.
func theJob(t *testing.T, store *models.Store, state models.JobState) (models.Job, bool) {
	t.Helper()
	found, err := store.Jobs(t.Context(), models.JobFilter{State: state, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	found = slices.DeleteFunc(found, func(j models.Job) bool { return j.Kind != models.SendEmailArgs{}.Kind() })
	if len(found) > 1 {
		t.Fatalf("%d jobs for one mail", len(found))
	}
	if len(found) == 0 {
		return models.Job{}, false
	}
	return found[0], true
}

func sentOnce(t *testing.T, store *models.Store, s *sender) {
	t.Helper()
	eventually(t, "the mail is sent", func() bool { return theMail(t, store).Status == models.EmailSent })
	if email := theMail(t, store); email.LastError != "" || email.SentAt == nil || email.Transport != "test" {
		t.Errorf("the mail says %+v", email)
	}
	if ids := s.messageIDs(); len(ids) != 1 || ids[0] != theMail(t, store).MessageID {
		t.Errorf("sent under the Message-IDs %q", ids)
	}
	eventually(t, "the job is done", func() bool { _, done := theJob(t, store, models.JobDone); return done })
}

func TestPanicIsVisibleAndTriedAgain(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{MailFrom: "shop@shop.example"})
		modelstest.PaidOrder(t, store, modelstest.Product(t, store, "pen", 500, 10))
		s := &sender{do: func() error { panic("out of ink") }}
		work(t, store, s)
		eventually(t, "the job shows its panic", func() bool {
			job, there := theJob(t, store, "")
			return there && strings.Contains(job.LastError, "out of ink") && job.State != models.JobGivenUp && job.Attempt < job.MaxAttempts
		})
		if email := theMail(t, store); email.Status != models.EmailQueued || email.Attempts == 0 || !strings.Contains(email.LastError, "out of ink") {
			t.Errorf("the mail says %+v", email)
		}
		s.now(nil)
		sentOnce(t, store, s)
	})
}

// TestGivenUpStaysVisibleAndRunsAgain gives a mail up in both ways: refused
// for good, and refused until the attempts are used up.
func TestGivenUpStaysVisibleAndRunsAgain(t *testing.T) {
	refusal := errors.New("550 no such user")
	for name, fault := range map[string]error{"refused for good": &mail.PermanentError{Err: refusal}, "attempts used up": refusal} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				store := modelstest.New(t, databaseURL, models.Options{MailFrom: "shop@shop.example"})
				modelstest.PaidOrder(t, store, modelstest.Product(t, store, "pen", 500, 10))
				if name == "attempts used up" {
					modelstest.Exec(t, databaseURL, "UPDATE river_job SET max_attempts = 1")
				}
				s := &sender{do: func() error { return fault }}
				work(t, store, s)
				var job models.Job
				eventually(t, "the job is given up", func() (there bool) { job, there = theJob(t, store, models.JobGivenUp); return there })
				email := theMail(t, store)
				if !strings.Contains(job.LastError, "550 no such user") || job.EmailID != email.ID || job.FinishedAt == nil {
					t.Errorf("the job says %+v", job)
				}
				if email.Status != models.EmailFailed || email.Attempts != 1 || !strings.Contains(email.LastError, "550 no such user") {
					t.Errorf("the mail says %+v", email)
				}
				s.now(nil)
				if again, err := store.RetryJob(t.Context(), job.ID, models.Actor{Email: "me@example.com"}); err != nil || again.State != models.JobWaiting {
					t.Fatalf("retried: %+v, %v", again, err)
				}
				sentOnce(t, store, s)
				if _, err := store.RetryJob(t.Context(), job.ID, models.Actor{Email: "me@example.com"}); !errors.Is(err, models.ErrJobBusy) {
					t.Errorf("retrying a job that is done: %v", err)
				}
				if _, err := store.RetryJob(t.Context(), 999999, models.Actor{}); !errors.Is(err, models.ErrNotFound) {
					t.Errorf("retrying no job: %v", err)
				}
				if got := len(s.sent); got != 2 {
					t.Errorf("handed over %d times", got)
				}
			})
		})
	}
}

// TestCutOffByACrashRunsAgain starts beside what a killed process leaves: a
// job that runs, says its row, and nobody who runs it.
func TestCutOffByACrashRunsAgain(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{MailFrom: "shop@shop.example"})
		modelstest.PaidOrder(t, store, modelstest.Product(t, store, "pen", 500, 10))
		since := "now() - interval '31 seconds'"
		if !store.Postgres() {
			since = "strftime('%Y-%m-%d %H:%M:%f', 'now', '-31 seconds')"
		}
		modelstest.Exec(t, databaseURL, "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = "+since)
		if job, running := theJob(t, store, models.JobRunning); !running {
			t.Fatalf("the job is %+v", job)
		} else if _, err := store.RetryJob(t.Context(), job.ID, models.Actor{Email: "me@example.com"}); !errors.Is(err, models.ErrJobBusy) {
			t.Fatalf("a running job can be run again: %v", err)
		}
		s := &sender{}
		work(t, store, s)
		sentOnce(t, store, s)
		if len(s.sent) != 1 {
			t.Errorf("sent %d times", len(s.sent))
		}
	})
}

func TestJobsAreListedByPages(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{MailFrom: "shop@shop.example"})
		variant := modelstest.Product(t, store, "pen", 500, 10)
		for range 5 {
			modelstest.PaidOrder(t, store, variant)
		}
		var seen []int64
		for before := int64(0); ; {
			page, err := store.Jobs(t.Context(), models.JobFilter{State: models.JobWaiting, Before: before, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, job := range page {
				seen = append(seen, job.ID)
			}
			before = page[len(page)-1].ID
		}
		sorted := slices.Clone(seen)
		slices.Sort(sorted)
		slices.Reverse(sorted)
		if len(slices.Compact(sorted)) != 5 || !slices.Equal(seen, sorted) {
			t.Errorf("the pages hold %v", seen)
		}
	})
}

// inbox is a real mail server that keeps what it gets.
type inbox struct {
	mu  sync.Mutex
	got []string
}

func (i *inbox) NewSession(*smtp.Conn) (smtp.Session, error) { return i, nil }
func (*inbox) Reset()                                        {}
func (*inbox) Logout() error                                 { return nil }
func (*inbox) Mail(string, *smtp.MailOptions) error          { return nil }
func (*inbox) Rcpt(string, *smtp.RcptOptions) error          { return nil }
func (i *inbox) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.got = append(i.got, string(content))
	return err
}

// TestReceiptArrives sends a receipt through a real mail server, from a shop
// whose names try to add headers and figures.
func TestReceiptArrives(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		box := &inbox{}
		server := smtp.NewServer(box)
		go server.Serve(listener) //nolint:errcheck // ends with Close
		t.Cleanup(func() { server.Close() })

		store, err := models.Open(t.Context(), databaseURL, models.Options{MailFrom: `"Shop @ home" <shop@shop.example>`})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		if _, err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := store.EnsureShop(t.Context(), "Evil\r\nBcc: victim@example.com\r\n\r\nshop", "USD"); err != nil {
			t.Fatal(err)
		}
		if _, err := store.AddCatalogue(t.Context(), nil, []models.Product{{
			Slug: "pen", Name: "Pen\r\nTotal      $0.01\r\nBcc: victim@example.com", Status: models.ProductActive,
			Variants: []models.Variant{{SKU: "PEN", Price: 500, Stock: 10}},
		}}, nil); err != nil {
			t.Fatal(err)
		}
		product, err := store.ProductBySlug(t.Context(), "pen")
		if err != nil {
			t.Fatal(err)
		}
		order := modelstest.PaidOrder(t, store, product.Variants[0].ID)
		work(t, store, mail.NewSMTP(&url.URL{Scheme: "smtp", Host: listener.Addr().String()}))
		eventually(t, "the mail is sent", func() bool { return theMail(t, store).Status == models.EmailSent })

		if len(box.got) != 1 || len(box.got[0]) > 100_000 {
			t.Fatalf("%d mails arrived", len(box.got))
		}
		arrived, err := netmail.ReadMessage(strings.NewReader(box.got[0]))
		if err != nil {
			t.Fatal(err)
		}
		var headers []string
		for name := range arrived.Header {
			headers = append(headers, name)
		}
		slices.Sort(headers)
		if got := strings.Join(headers, " "); got != "Content-Type Date From Message-Id Mime-Version Subject To" {
			t.Errorf("the headers are %s", got)
		}
		if !strings.Contains(arrived.Header.Get("Subject"), order.Number) {
			t.Errorf("the subject is %q", arrived.Header.Get("Subject"))
		}
		if id := arrived.Header.Get("Message-Id"); !strings.HasSuffix(id, "@shop.example>") || id != "<"+theMail(t, store).MessageID+">" {
			t.Errorf("the Message-ID is %s", id)
		}
		text, _, _ := strings.Cut(box.got[0], "Content-Type: text/html") // there a line break is no line
		if lines := strings.Count(text, "\nTotal "); lines != 1 {
			t.Errorf("%d lines look like a total in\n%s", lines, text)
		}
	})
}
