package mail_test

import (
	"context"
	"errors"
	"io"
	"net"
	netmail "net/mail"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"tuckshop/internal/mail"
)

// server is a real SMTP server that keeps what it gets.
type server struct {
	mu  sync.Mutex
	got []string
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }
func (s *server) Reset()                                      {}
func (s *server) Logout() error                               { return nil }
func (s *server) Mail(string, *smtp.MailOptions) error        { return nil }
func (s *server) Rcpt(string, *smtp.RcptOptions) error        { return nil }

func (s *server) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, string(content))
	return err
}

func start(t *testing.T, s *server) *mail.SMTP {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	running := smtp.NewServer(s)
	running.Domain = "localhost"
	go running.Serve(listener) //nolint:errcheck // ends with Close
	t.Cleanup(func() { running.Close() })
	return mail.NewSMTP(&url.URL{Scheme: "smtp", Host: listener.Addr().String()})
}

var message = mail.Message{
	MessageID: "receipt.1001.abc@shop.example", From: "Shop <shop@shop.example>", To: "ada@example.com",
	Subject: "Your order 1001", HTML: "<p>Thank you</p>", Text: "Thank you",
}

func TestSendDeliversOneMessage(t *testing.T) {
	s := &server{}
	if err := start(t, s).Send(context.Background(), message); err != nil {
		t.Fatal(err)
	}
	if len(s.got) != 1 {
		t.Fatalf("%d messages arrived", len(s.got))
	}
	got, err := netmail.ReadMessage(strings.NewReader(s.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	if id := got.Header.Get("Message-Id"); id != "<receipt.1001.abc@shop.example>" {
		t.Errorf("Message-ID is %q", id)
	}
	if !strings.Contains(s.got[0], "text/plain") || !strings.Contains(s.got[0], "text/html") {
		t.Error("the message has not both forms")
	}
}

func TestSendHeadersCannotBeInjected(t *testing.T) {
	s := &server{}
	evil := message
	evil.Subject = "Hello\r\nBcc: victim@example.com"
	if err := start(t, s).Send(context.Background(), evil); err == nil {
		got, err := netmail.ReadMessage(strings.NewReader(s.got[0]))
		if err != nil {
			t.Fatal(err)
		}
		if got.Header.Get("Bcc") != "" {
			t.Error("a header was injected through the subject")
		}
	}
	evil = message
	evil.To = "ada@example.com\r\nBcc: victim@example.com"
	var permanent *mail.PermanentError
	if err := start(t, s).Send(context.Background(), evil); !errors.As(err, &permanent) {
		t.Errorf("a recipient with a line break: %v", err)
	}
}
