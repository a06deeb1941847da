package mail

import (
	"context"
	"net"
	"time"
)

// Dialling makes every connection lead to address.
func (s *SMTP) Dialling(address string) {
	s.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
}

// Impatient shortens how long a mail may take.
func (s *SMTP) Impatient(patience time.Duration) { s.patience = patience }
