package jobs_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"tuckshop/internal/mail"
	"tuckshop/internal/proctest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// impatient gives the mail server less time than the shop does.
type impatient struct{ *mail.SMTP }

func (s impatient) Send(ctx context.Context, m mail.Message) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return s.SMTP.Send(ctx, m)
}

// TestFaultsOfTheMailServer has a mail server that will not take a receipt,
// and then does: the mail tells why it waits, and goes out under one
// Message-ID.
func TestFaultsOfTheMailServer(t *testing.T) {
	t.Parallel()
	refuse := func(command string, code int) func(*proctest.Mailbox) (mend func()) {
		return func(box *proctest.Mailbox) func() {
			box.Before(command, func() error { return &smtp.SMTPError{Code: code, Message: "come again"} })
			return func() { box.Before(command, nil) }
		}
	}
	for _, c := range []struct {
		name  string
		fault func(*proctest.Mailbox) (mend func())
		told  string
		twice bool // whether the server may take the mail before the shop knows
	}{
		{"SMTP refuses the sender with 421", refuse("MAIL", 421), "421", false},
		{"SMTP refuses the recipient with 450", refuse("RCPT", 450), "450", false},
		{"SMTP refuses the mail with 452", refuse("DATA", 452), "452", false},
		{"SMTP hangs before DATA", func(box *proctest.Mailbox) func() {
			mended := make(chan struct{})
			box.Before("MAIL", func() error { <-mended; return nil })
			return func() { box.Before("MAIL", nil); close(mended) }
		}, "did not answer in time", false},
		{"SMTP hangs after DATA", func(box *proctest.Mailbox) func() {
			mended := make(chan struct{})
			box.OnAccepted(func(int) { <-mended })
			return func() { box.OnAccepted(nil); close(mended) }
		}, "did not answer in time", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				t.Parallel()
				store := modelstest.New(t, databaseURL, models.Options{MailFrom: "shop@shop.example"})
				modelstest.PaidOrder(t, store, modelstest.Product(t, store, "pen", 500, 10))
				box := proctest.NewMailbox(t)
				address, err := url.Parse(box.URL)
				if err != nil {
					t.Fatal(err)
				}
				mend := c.fault(box)
				work(t, store, impatient{mail.NewSMTP(address)})
				eventually(t, "the mail tells why it waits", func() bool { return strings.Contains(theMail(t, store).LastError, c.told) })
				if email := theMail(t, store); email.Status != models.EmailQueued || email.Attempts == 0 || email.SentAt != nil {
					t.Errorf("meanwhile the mail says %+v", email)
				}
				if job, there := theJob(t, store, ""); !there || job.State == models.JobGivenUp || job.State == models.JobDone {
					t.Errorf("meanwhile the job is %+v", job)
				}
				mend()
				eventually(t, "the mail is sent", func() bool { return theMail(t, store).Status == models.EmailSent })
				eventually(t, "the job is done", func() bool { _, done := theJob(t, store, models.JobDone); return done })
				email := theMail(t, store)
				if email.LastError != "" || email.SentAt == nil {
					t.Errorf("in the end the mail says %+v", email)
				}
				if ids := box.Distinct(); !slices.Equal(ids, []string{email.MessageID}) {
					t.Errorf("sent under the Message-IDs %q, want %s", ids, email.MessageID)
				}
				if sent := len(box.MessageIDs()); sent != 1 && !c.twice {
					t.Errorf("the server took it %d times", sent)
				}
			})
		})
	}
}
