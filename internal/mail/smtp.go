package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

const (
	// patience bounds one mail from dial to acceptance, whatever the server does.
	patience = 15 * time.Second
	// farewell is how long the server may take to answer QUIT. The mail is sent
	// by then.
	farewell = time.Second
)

// SMTP sends through a mail server.
type SMTP struct {
	host, port     string
	user, password string
	encrypted      bool // TLS from the start
	patience       time.Duration
	dial           func(ctx context.Context, network, address string) (net.Conn, error)
}

// NewSMTP sends through smtp://user:pass@host:port (STARTTLS where the server
// offers it) or smtps://… (TLS from the start). The default ports are 587 and
// 465.
func NewSMTP(server *url.URL) *SMTP {
	s := &SMTP{
		host: server.Hostname(), port: server.Port(), encrypted: server.Scheme == "smtps",
		patience: patience, dial: (&net.Dialer{}).DialContext,
	}
	s.user = server.User.Username()
	s.password, _ = server.User.Password()
	if s.port == "" {
		s.port = "587"
		if s.encrypted {
			s.port = "465"
		}
	}
	return s
}

// Name is "smtp".
func (*SMTP) Name() string { return "smtp" }

// Send hands a mail to the server. A *PermanentError means that trying again
// cannot help. The mail is sent once the server has said that it took it: what
// happens to the connection after that is no fault.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	message, err := compose(m)
	if err != nil {
		return err
	}
	return s.converse(ctx, func(client *smtp.Client) error { return deliver(client, message) })
}

// Check connects to the mail server and logs in, as for a mail, and sends
// none. It reports whether the way there is encrypted.
func (s *SMTP) Check(ctx context.Context) (encrypted bool, err error) {
	err = s.converse(ctx, func(client *smtp.Client) error {
		_, encrypted = client.TLSConnectionState()
		return nil
	})
	return encrypted, err
}

// converse connects, logs in, has its say within s.patience, and says goodbye.
func (s *SMTP) converse(ctx context.Context, say func(*smtp.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	err := s.connect(ctx, say)
	var answer *textproto.Error
	if err != nil && ctx.Err() != nil && !errors.As(err, &answer) {
		err = fmt.Errorf("it did not answer in time: %w", ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("mail server %s: %w", s.host, err)
	}
	return nil
}

func (s *SMTP) connect(ctx context.Context, say func(*smtp.Client) error) error {
	conn, err := s.dial(ctx, "tcp", net.JoinHostPort(s.host, s.port))
	if err != nil {
		return err
	}
	defer conn.Close()                                          //nolint:errcheck // all is said
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // wakes who waits for an answer
	if s.encrypted {
		conn = tls.Client(conn, s.tlsConfig())
	}
	client, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return err
	}
	err = s.logIn(client)
	if err == nil {
		err = say(client)
	}
	if conn.SetDeadline(time.Now().Add(farewell)) == nil {
		_ = client.Quit()
	}
	return err
}

// logIn makes the connection fit for mail. A fault here is the server's or the
// configuration's, never the mail's: trying again later can help.
func (s *SMTP) logIn(client *smtp.Client) error {
	name, err := os.Hostname()
	if err != nil {
		name = "localhost"
	}
	if err := client.Hello(name); err != nil {
		return err
	}
	if offered, _ := client.Extension("STARTTLS"); offered && !s.encrypted {
		if err := client.StartTLS(s.tlsConfig()); err != nil {
			return fmt.Errorf("start TLS: %w", err)
		}
	}
	if s.user == "" {
		return nil
	}
	if _, encrypted := client.TLSConnectionState(); !encrypted && !s.loopback() {
		return errors.New("it offers no encryption, so the password was not sent; try smtps:// in SMTP_URL")
	}
	way, err := s.auth(client)
	if err != nil {
		return err
	}
	if err := client.Auth(way); err != nil {
		return fmt.Errorf("log in, please check user and password in SMTP_URL: %w", err)
	}
	return nil
}

// auth chooses how to log in. The way there is encrypted, or within this
// machine.
func (s *SMTP) auth(client *smtp.Client) (smtp.Auth, error) {
	_, list := client.Extension("AUTH")
	offered := strings.Fields(strings.ToUpper(list))
	switch {
	case slices.Contains(offered, "PLAIN"):
		return smtp.PlainAuth("", s.user, s.password, s.host, true), nil
	case slices.Contains(offered, "LOGIN"):
		return smtp.LoginAuth(s.user, s.password, s.host, true), nil
	case slices.Contains(offered, "CRAM-MD5"):
		return smtp.CRAMMD5Auth(s.user, s.password), nil
	}
	return nil, fmt.Errorf("it offers no way to log in that the shop knows (PLAIN, LOGIN, CRAM-MD5) but %q", list)
}

// deliver hands the mail over. Only a refusal of the recipient or of what the
// mail says is final.
func deliver(client *smtp.Client, message *gomail.Msg) error {
	from, err := message.GetSender(false)
	if err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	to, err := message.GetRecipients()
	if err != nil {
		return &PermanentError{fmt.Errorf("recipient: %w", err)}
	}
	if err := client.Mail(from); err != nil {
		return fmt.Errorf("MAIL FROM, please check MAIL_FROM: %w", err)
	}
	for _, recipient := range to {
		if err := client.Rcpt(recipient); err != nil {
			return refusal("the recipient", err)
		}
	}
	data, err := client.Data()
	if err != nil {
		return refusal("the mail", err)
	}
	if _, err := message.WriteTo(data); err != nil {
		return fmt.Errorf("hand the mail over: %w", err)
	}
	if err := data.Close(); err != nil {
		return refusal("the mail", err)
	}
	return nil
}

// authenticationRequired is the answer to a client that should have logged in
// (RFC 4954, section 6): the configuration's fault, not the mail's.
const authenticationRequired = 530

// refusal makes a server's definite no (5xx, RFC 5321 section 4.2.1) permanent.
func refusal(what string, err error) error {
	var answer *textproto.Error
	if !errors.As(err, &answer) {
		return fmt.Errorf("hand over %s: %w", what, err)
	}
	err = fmt.Errorf("it refused %s: %w", what, err)
	if answer.Code >= 500 && answer.Code != authenticationRequired {
		return &PermanentError{err}
	}
	return err
}

// loopback reports whether the server is this machine: nobody listens on the
// way there, and its certificate proves nothing.
func (s *SMTP) loopback() bool {
	ip, err := netip.ParseAddr(s.host)
	return s.host == "localhost" || (err == nil && ip.IsLoopback())
}

func (s *SMTP) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.loopback()} //nolint:gosec // see loopback
}
