package mail_test

import (
	"context"
	"errors"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"tuckshop/internal/mail"
)

// server is a real SMTP server that keeps what it gets, or refuses.
type server struct {
	mu     sync.Mutex
	got    []string
	refuse *smtp.SMTPError
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }
func (s *server) Reset()                                      {}
func (s *server) Logout() error                               { return nil }
func (s *server) Mail(string, *smtp.MailOptions) error        { return nil }
func (s *server) Rcpt(string, *smtp.RcptOptions) error {
	if s.refuse != nil {
		return s.refuse
	}
	return nil
}

func (s *server) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, string(content))
	return err
}

func start(t *testing.T, s *server) *mail.SMTP {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	running := smtp.NewServer(s)
	running.Domain = "localhost"
	go running.Serve(listener) //nolint:errcheck // ends with Close
	t.Cleanup(func() { running.Close() })
	sender, err := mail.NewSMTP("smtp://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return sender
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

func TestSendTellsPermanentFromTemporary(t *testing.T) {
	for _, c := range []struct {
		code      int
		permanent bool
	}{{450, false}, {550, true}} {
		sender := start(t, &server{refuse: &smtp.SMTPError{Code: c.code, EnhancedCode: smtp.EnhancedCode{c.code / 100, 1, 1}, Message: "no"}})
		err := sender.Send(context.Background(), message)
		var permanent *mail.PermanentError
		if err == nil || errors.As(err, &permanent) != c.permanent {
			t.Errorf("%d: error %v, want permanent %t", c.code, err, c.permanent)
		}
	}
}
