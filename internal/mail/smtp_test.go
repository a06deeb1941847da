package mail_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tuckshop/internal/mail"
)

// What a scripted server does in place of an answer.
const (
	hang = "hang" // it says nothing more
	drop = "drop" // it hangs up
)

// scripted is a mail server that answers each command as its script says, and
// keeps what it was told.
type scripted struct {
	script     map[string]string // by command; "" is the greeting, "." the end of a mail
	challenges int               // asked before AUTH is answered
	cert       tls.Certificate
	direct     bool // TLS from the start
	mu         sync.Mutex
	heard      []string
}

func (s *scripted) transcript() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.heard, "\n")
}

func (s *scripted) start(t *testing.T) string {
	t.Helper()
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	s.cert = certified.TLS.Certificates[0]
	certified.Close()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	var talks sync.WaitGroup
	t.Cleanup(func() { close(ended); listener.Close(); talks.Wait() })
	talks.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			talks.Go(func() {
				s.talk(conn, ended)
				conn.Close()
			})
		}
	})
	return listener.Addr().String()
}

var polite = map[string]string{
	"": "220 mail.example", "EHLO": "250 mail.example", "STARTTLS": "220 go on", "AUTH": "235 welcome", "MAIL": "250 ok", "RCPT": "250 ok",
	"DATA": "354 go on", ".": "250 taken", "QUIT": "221 bye",
}

// talk holds one conversation.
func (s *scripted) talk(conn net.Conn, ended chan struct{}) {
	if s.direct {
		conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
	}
	read := bufio.NewReader(conn)
	answer := func(command string) bool {
		reply, odd := s.script[command]
		if !odd {
			reply = polite[command]
		}
		switch reply {
		case hang:
			<-ended
			return false
		case drop:
			return false
		}
		fmt.Fprintf(conn, "%s\r\n", strings.ReplaceAll(reply, "\n", "\r\n"))
		return true
	}
	if !answer("") {
		return
	}
	for inMail := false; ; {
		line, err := read.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		s.mu.Lock()
		s.heard = append(s.heard, line)
		s.mu.Unlock()
		command, _, _ := strings.Cut(line, " ")
		switch {
		case inMail && line != ".":
			continue
		case !inMail && polite[command] == "": // the answer to a challenge
			command = "AUTH"
		}
		if command == "AUTH" && s.challenges > 0 {
			s.challenges--
			fmt.Fprintf(conn, "334 %s\r\n", "Y2hhbGxlbmdl")
			continue
		}
		inMail = command == "DATA"
		if !answer(command) || command == "QUIT" {
			return
		}
		if command == "STARTTLS" && s.script["STARTTLS"] == "" {
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
			read = bufio.NewReader(conn)
		}
	}
}

// sender talks to a scripted server, under the name in address where that is
// not the machine itself.
func sender(t *testing.T, s *scripted, address string) *mail.SMTP {
	t.Helper()
	at := s.start(t)
	server, err := url.Parse(strings.Replace(address, "HERE", at, 1))
	if err != nil {
		t.Fatal(err)
	}
	smtp := mail.NewSMTP(server)
	smtp.Dialling(at)
	return smtp
}

func TestSentIsWhatTheServerTook(t *testing.T) {
	for _, farewell := range []string{"221 bye", "500 what?", drop, hang} {
		s := &scripted{script: map[string]string{"QUIT": farewell}}
		if err := sender(t, s, "smtp://HERE").Send(t.Context(), message); err != nil {
			t.Errorf("after QUIT %q: %v", farewell, err)
		}
		if strings.Count(s.transcript(), "\n.\n") != 1 {
			t.Errorf("after QUIT %q the server heard:\n%s", farewell, s.transcript())
		}
	}
}

// TestFaults says of each fault whether trying again can help. What concerns
// the configuration or the server can be mended; a refused recipient or mail
// cannot.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		command, reply string
		permanent      bool
	}{
		{"", "554 no service", false},
		{"", drop, false},
		{"EHLO", drop, false},
		{"AUTH", "535 5.7.8 wrong password", false},
		{"AUTH", "534 5.7.9 mechanism too weak", false},
		{"AUTH", "454 4.7.0 later", false},
		{"AUTH", drop, false},
		{"MAIL", "550 5.7.1 not your address", false},
		{"MAIL", "451 later", false},
		{"RCPT", "450 4.2.1 mailbox busy", false},
		{"RCPT", "530 5.7.0 log in first", false},
		{"RCPT", "550 5.1.1 no such user", true},
		{"RCPT", drop, false},
		{"DATA", "451 later", false},
		{"DATA", "554 no", true},
		{".", "452 4.3.1 full", false},
		{".", "552 5.3.4 too large", true},
		{".", drop, false},
	} {
		s := &scripted{script: map[string]string{"EHLO": "250-mail.example\n250 AUTH PLAIN"}}
		s.script[c.command] = c.reply
		err := sender(t, s, "smtp://shop:verysecret@HERE").Send(t.Context(), message)
		var permanent *mail.PermanentError
		if err == nil || errors.As(err, &permanent) != c.permanent {
			t.Errorf("%s %s: error %v, want permanent %t", c.command, c.reply, err, c.permanent)
			continue
		}
		if _, reason, ok := strings.Cut(c.reply, " "); ok && !strings.Contains(err.Error(), reason) {
			t.Errorf("%s %s: the error does not say why: %v", c.command, c.reply, err)
		}
		if strings.Contains(err.Error(), "verysecret") {
			t.Errorf("%s %s: the password is in the error: %v", c.command, c.reply, err)
		}
	}
}

func TestSilentServerIsGivenUp(t *testing.T) {
	for _, command := range []string{"", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "."} {
		s := &scripted{script: map[string]string{"EHLO": "250-mail.example\n250-STARTTLS\n250 AUTH PLAIN"}}
		s.script[command] = hang
		smtp := sender(t, s, "smtp://shop:verysecret@HERE")
		smtp.Impatient(200 * time.Millisecond)
		err := smtp.Send(t.Context(), message)
		var permanent *mail.PermanentError
		if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &permanent) {
			t.Errorf("silent at %q: %v", command, err)
		}
	}
}

// TestNoOneOnTheWayReadsThePassword talks to a server elsewhere.
func TestNoOneOnTheWayReadsThePassword(t *testing.T) {
	for name, ehlo := range map[string]string{
		"no encryption offered":     "250-mail.example\n250 AUTH PLAIN LOGIN CRAM-MD5",
		"a certificate not its own": "250-mail.example\n250-STARTTLS\n250 AUTH PLAIN",
	} {
		s := &scripted{script: map[string]string{"EHLO": ehlo}}
		err := sender(t, s, "smtp://shop:verysecret@mail.elsewhere.test:587").Send(t.Context(), message)
		var permanent *mail.PermanentError
		if err == nil || errors.As(err, &permanent) {
			t.Errorf("%s: error %v", name, err)
		}
		if heard := s.transcript(); strings.Contains(heard, "AUTH") || strings.Contains(heard, "MAIL") {
			t.Errorf("%s: the server heard:\n%s", name, heard)
		}
	}
	refused := &scripted{script: map[string]string{"EHLO": "250-mail.example\n250-STARTTLS\n250 AUTH PLAIN", "STARTTLS": "454 not now"}}
	if err := sender(t, refused, "smtp://shop:verysecret@mail.elsewhere.test:587").Send(t.Context(), message); err == nil || strings.Contains(refused.transcript(), "AUTH") {
		t.Errorf("encryption refused: error %v, the server heard:\n%s", err, refused.transcript())
	}
	direct := &scripted{direct: true}
	if err := sender(t, direct, "smtps://shop:verysecret@mail.elsewhere.test:465").Send(t.Context(), message); err == nil || direct.transcript() != "" {
		t.Errorf("a certificate not its own, by smtps: error %v, the server heard:\n%s", err, direct.transcript())
	}
}

func TestLogsIn(t *testing.T) {
	encoded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	plain := encoded("\x00shop\x00verysecret")
	for name, c := range map[string]struct {
		s       *scripted
		address string
		heard   string
	}{
		"PLAIN within the machine": {&scripted{script: map[string]string{"EHLO": "250-mail.example\n250 AUTH LOGIN PLAIN"}}, "smtp://shop:verysecret@HERE", "AUTH PLAIN " + plain},
		"PLAIN after STARTTLS":     {&scripted{script: map[string]string{"EHLO": "250-mail.example\n250-STARTTLS\n250 AUTH PLAIN"}}, "smtp://shop:verysecret@HERE", "STARTTLS\nEHLO"},
		"PLAIN by smtps":           {&scripted{direct: true, script: map[string]string{"EHLO": "250-mail.example\n250 AUTH PLAIN"}}, "smtps://shop:verysecret@HERE", "AUTH PLAIN " + plain},
		"LOGIN":                    {&scripted{challenges: 2, script: map[string]string{"EHLO": "250-mail.example\n250 AUTH LOGIN"}}, "smtp://shop:verysecret@HERE", encoded("shop") + "\n" + encoded("verysecret")},
		"CRAM-MD5":                 {&scripted{challenges: 1, script: map[string]string{"EHLO": "250-mail.example\n250 AUTH CRAM-MD5"}}, "smtp://shop:verysecret@HERE", "AUTH CRAM-MD5\n" + encoded("shop ")[:4]},
	} {
		err := sender(t, c.s, c.address).Send(t.Context(), message)
		if heard := c.s.transcript(); err != nil || !strings.Contains(heard, c.heard) || !strings.Contains(heard, "\n.\n") {
			t.Errorf("%s: error %v, the server heard:\n%s", name, err, heard)
		}
	}
	unknown := &scripted{script: map[string]string{"EHLO": "250-mail.example\n250 AUTH XOAUTH2"}}
	if err := sender(t, unknown, "smtp://shop:verysecret@HERE").Send(t.Context(), message); err == nil || !strings.Contains(err.Error(), "XOAUTH2") {
		t.Errorf("no way to log in: %v", err)
	}
}
