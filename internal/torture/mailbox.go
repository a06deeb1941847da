package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/mail"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// mailMode is how the mail server behaves.
type mailMode int

// How the mail server behaves.
const (
	mailWell    mailMode = iota
	mailRefuses          // for now, as an overloaded server does
	mailHangs            // takes nothing and says nothing
	mailForgets          // takes a mail and never says so
)

var mailModes = map[mailMode]string{mailRefuses: "refuses", mailHangs: "hangs", mailForgets: "forgets"}

// mailbox is a mail server that counts the Message-IDs of what it takes.
type mailbox struct {
	url    string
	server *smtp.Server

	mu     sync.Mutex
	ids    map[string]int
	mode   mailMode
	change chan struct{} // closed when the mode changes
}

func newMailbox(ctx context.Context) (*mailbox, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	m := &mailbox{url: "smtp://" + listener.Addr().String(), ids: map[string]int{}, change: make(chan struct{})}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return mailSession{m}, nil }))
	m.server.Domain, m.server.ErrorLog = "localhost", log.New(io.Discard, "", 0) // a killed sender is no news
	go m.server.Serve(listener)                                                  //nolint:errcheck // ends when it is closed
	return m, nil
}

// set changes how the server behaves and lets go of who hangs.
func (m *mailbox) set(mode mailMode) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mode = mode
	close(m.change)
	m.change = make(chan struct{})
}

// arrived is how often each Message-ID came.
func (m *mailbox) arrived() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.ids)
}

// longestHang ends a connection that its other side has left.
const longestHang = 30 * time.Second

var errLater = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}

// behave does what the mode asks for and hangs where that is hanging.
func (m *mailbox) behave(hanging mailMode) error {
	m.mu.Lock()
	mode, change := m.mode, m.change
	m.mu.Unlock()
	if mode == mailRefuses {
		return errLater
	}
	if mode != hanging {
		return nil
	}
	timer := time.NewTimer(longestHang)
	defer timer.Stop()
	select {
	case <-change:
	case <-timer.C:
	}
	return errLater
}

type mailSession struct{ mailbox *mailbox }

func (mailSession) Reset()                                 {}
func (mailSession) Logout() error                          { return nil }
func (s mailSession) Mail(string, *smtp.MailOptions) error { return s.mailbox.behave(mailHangs) }
func (mailSession) Rcpt(string, *smtp.RcptOptions) error   { return nil }

func (s mailSession) Data(r io.Reader) error {
	message, err := mail.ReadMessage(r)
	if err == nil {
		_, err = io.Copy(io.Discard, message.Body)
	}
	if err != nil {
		return err // the sender died on the way: no mail
	}
	id := strings.Trim(message.Header.Get("Message-Id"), "<>")
	if id == "" {
		return errors.New("a mail without a Message-ID")
	}
	s.mailbox.mu.Lock()
	s.mailbox.ids[id]++
	s.mailbox.mu.Unlock()
	return s.mailbox.behave(mailForgets)
}
