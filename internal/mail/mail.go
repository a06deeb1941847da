// Package mail sends the shop's mail: by SMTP, or nowhere at all where no mail
// server is configured and the shop keeps its mail.
package mail

import (
	"context"
	"fmt"

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

// PermanentError says that sending again cannot help: the server refused this
// mail for good, or the recipient's address is none.
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

// compose writes a mail down. A line break in a name or a subject is encoded or
// refused: none starts a header of its own.
func compose(m Message) (*gomail.Msg, error) {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := message.From(m.From); err != nil {
		return nil, fmt.Errorf("MAIL_FROM is no mail address: %w", err)
	}
	if err := message.To(m.To); err != nil {
		return nil, &PermanentError{fmt.Errorf("the recipient is no mail address: %w", err)}
	}
	message.SetMessageIDWithValue(m.MessageID)
	message.SetDate()
	message.Subject(m.Subject)
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	message.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return message, nil
}
