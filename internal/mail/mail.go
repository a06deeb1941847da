// Package mail sends the shop's mail: by SMTP, or nowhere at all where no mail
// server is configured and the shop keeps its mail.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is one mail.
type Message struct {
	MessageID string // without angle brackets
	From      string
	To        string
	Subject   string
	HTML      string
	Text      string
}

// PermanentError says that sending again cannot help: the server refused for
// good, or an address is no address.
type PermanentError struct{ Err error }

// Error says what happened.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *PermanentError) Unwrap() error { return e.Err }

// Outbox sends nothing: the shop's database keeps what it drew, and the admin
// shows it.
type Outbox struct{}

// Send does nothing.
func (Outbox) Send(context.Context, Message) error { return nil }

// Name is "outbox".
func (Outbox) Name() string { return "outbox" }

// timeout bounds one mail from dial to acceptance.
const timeout = 15 * time.Second

// SMTP sends through a mail server.
type SMTP struct {
	host    string
	options []gomail.Option
}

// NewSMTP reads smtp://user:pass@host:port (STARTTLS where the server offers
// it) or smtps://… (TLS from the start). The default ports are 587 and 465.
func NewSMTP(address string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("read SMTP_URL: it must look like smtp://user:password@host:port")
	}
	port := 587
	options := []gomail.Option{gomail.WithTimeout(timeout)}
	if u.Scheme == "smtps" {
		port = 465
		options = append(options, gomail.WithSSL())
	} else {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("read SMTP_URL: port %q is no number", u.Port())
		}
	}
	options = append(options, gomail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return &SMTP{host: u.Hostname(), options: options}, nil
}

// Name is "smtp".
func (*SMTP) Name() string { return "smtp" }

// Send hands a mail to the server. A *PermanentError means that trying again
// cannot help.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	message := gomail.NewMsg()
	if err := message.From(m.From); err != nil {
		return &PermanentError{fmt.Errorf("sender: %w", err)}
	}
	if err := message.To(m.To); err != nil {
		return &PermanentError{fmt.Errorf("recipient: %w", err)}
	}
	message.SetMessageIDWithValue(m.MessageID)
	message.SetDate()
	message.Subject(m.Subject)
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	message.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("prepare the mail server's client: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		var refused *gomail.SendError
		if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
			return &PermanentError{fmt.Errorf("mail server: %w", err)}
		}
		return fmt.Errorf("mail server: %w", err)
	}
	return nil
}
