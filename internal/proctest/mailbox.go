package proctest

import (
	"errors"
	"io"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// Mailbox is a mail server that keeps the Message-ID of every mail it takes.
type Mailbox struct {
	URL string // for SMTP_URL

	t        *testing.T
	mu       sync.Mutex
	ids      []string // as they came
	before   map[string]func() error
	accepted func(n int)
}

// NewMailbox starts a mail server and stops it when the test ends.
func NewMailbox(t *testing.T) *Mailbox {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &Mailbox{URL: "smtp://" + listener.Addr().String(), t: t}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return mailSession{m}, nil }))
	server.Domain = "localhost"
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	return m
}

// Before calls f before the server answers each MAIL, RCPT or DATA, for the
// last of which it has read the mail and not kept it. It refuses with the error
// that f returns, and says nothing for as long as f does not.
func (m *Mailbox) Before(command string, f func() error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.before == nil {
		m.before = map[string]func() error{}
	}
	m.before[command] = f
}

func (m *Mailbox) ask(command string) error {
	m.mu.Lock()
	f := m.before[command]
	m.mu.Unlock()
	if f == nil {
		return nil
	}
	return f()
}

// OnAccepted calls f for the n-th mail, counted from 1, when the server has
// kept it and the sender has not heard so yet.
func (m *Mailbox) OnAccepted(f func(n int)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.accepted = f
}

// MessageIDs are the Message-IDs of all mails, one for each mail.
func (m *Mailbox) MessageIDs() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.ids)
}

// Distinct are the Message-IDs, each once, sorted.
func (m *Mailbox) Distinct() []string {
	return slices.Compact(slices.Sorted(slices.Values(m.MessageIDs())))
}

type mailSession struct{ mailbox *Mailbox }

func (mailSession) Reset()                                 {}
func (mailSession) Logout() error                          { return nil }
func (s mailSession) Mail(string, *smtp.MailOptions) error { return s.mailbox.ask("MAIL") }
func (s mailSession) Rcpt(string, *smtp.RcptOptions) error { return s.mailbox.ask("RCPT") }

func (s mailSession) Data(r io.Reader) error {
	message, err := mail.ReadMessage(r)
	if err == nil {
		_, err = io.Copy(io.Discard, message.Body)
	}
	if err != nil {
		return err // the sender died on the way: no mail
	}
	if err := s.mailbox.ask("DATA"); err != nil {
		return err
	}
	m := s.mailbox
	m.mu.Lock()
	m.ids = append(m.ids, strings.Trim(message.Header.Get("Message-Id"), "<>"))
	n, accepted := len(m.ids), m.accepted
	m.mu.Unlock()
	if accepted != nil {
		accepted(n)
	}
	return nil
}
