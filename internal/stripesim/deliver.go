package stripesim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"time"
)

const (
	answerTimeout  = 20 * time.Second // how long an endpoint may take
	maxAttempts    = 20               // then a delivery is given up; it can still be resent by hand
	perEndpoint    = 32               // deliveries to one endpoint at the same time
	allEndpoints   = 64               // and to all: a slow endpoint leaves room for others
	excerptLength  = 500              // bytes of an answer kept in the log of attempts
	longestBackoff = 10 * time.Minute
)

// backoff is the default wait before delivery attempt n: 1 s, 2 s, 4 s, … up to ten minutes.
func backoff(attempt int) time.Duration {
	if attempt > 11 {
		return longestBackoff
	}
	return min(time.Second<<max(attempt-2, 0), longestBackoff)
}

// webhookClient does not follow redirects: an endpoint that answers 3xx has failed.
func webhookClient() *http.Client {
	return &http.Client{
		Timeout:       answerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			MaxIdleConnsPerHost: perEndpoint,
			IdleConnTimeout:     30 * time.Second,
		},
	}
}

// Signature returns the header Stripe-Signature for a body sent at a time, as Stripe defines its scheme v1.
func Signature(secret string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "%d.", at.Unix()) // a hash takes everything
	_, _ = mac.Write(body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// delivery is one event on its way to one endpoint.
type delivery struct {
	id       int64
	event    string
	endpoint string
	attempts int // made so far
	counted  bool
	fault    FaultKind
	body     []byte
	url      string
	secret   string
}

// claimDue marks the deliveries that are due as being sent and returns them.
func (s *Simulator) claimDue(ctx context.Context) (due []*delivery, err error) {
	err = s.store.do(ctx, func(t *tx) error {
		busy, total, err := t.sending()
		if err != nil || total >= allEndpoints {
			return err
		}
		waiting, err := collect(t, func(rows *sql.Rows) (*delivery, error) {
			d := &delivery{}
			return d, rows.Scan(&d.id, &d.event, &d.endpoint, &d.attempts, &d.counted, &d.fault, &d.body)
		}, `SELECT d.id, d.event, d.endpoint, d.attempts, d.counted, d.fault, coalesce(d.body, e.body)
			FROM deliveries d JOIN events e ON e.id = d.event
			WHERE d.state = 'waiting' AND d.due <= ? AND d.endpoint NOT IN (
				SELECT endpoint FROM deliveries WHERE state = 'sending' GROUP BY endpoint HAVING count(*) >= ?)
				AND (d.after IS NULL OR EXISTS (SELECT 1 FROM deliveries f WHERE f.id = d.after AND f.attempts > 0))
			ORDER BY d.due, d.id LIMIT ?`, s.nowMillis(), perEndpoint, 2*allEndpoints)
		if err != nil {
			return err
		}
		for _, d := range waiting {
			if total < allEndpoints && busy[d.endpoint] < perEndpoint {
				busy[d.endpoint]++
				total++
				due = append(due, d)
			}
		}
		for _, d := range due {
			if err := t.claim(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return due, nil
}

// sending counts the deliveries being sent, by endpoint and in all.
func (t *tx) sending() (map[string]int, int, error) {
	type count struct {
		endpoint string
		n        int
	}
	counts, err := collect(t, func(rows *sql.Rows) (c count, err error) {
		err = rows.Scan(&c.endpoint, &c.n)
		return c, err
	}, "SELECT endpoint, count(*) FROM deliveries WHERE state = 'sending' GROUP BY endpoint")
	busy, total := map[string]int{}, 0
	for _, c := range counts {
		busy[c.endpoint] = c.n
		total += c.n
	}
	return busy, total, err
}

// claim fills in the endpoint's address; one that was deleted since gets no address and fails for good.
func (t *tx) claim(d *delivery) error {
	if _, err := t.exec("UPDATE deliveries SET state = 'sending' WHERE id = ?", d.id); err != nil {
		return err
	}
	endpoint, err := t.object("webhook_endpoint", d.endpoint)
	if errors.Is(err, errNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	d.url, d.secret = endpoint.str("url"), endpoint.str("_secret")
	return nil
}

// Attempt is one try to deliver an event.
type Attempt struct {
	Endpoint string // URL
	At       time.Time
	Took     time.Duration
	Status   int    // 0: no answer
	Error    string // why there was no answer
	Body     string // the beginning of the answer
}

// OK says whether the endpoint took the event.
func (a Attempt) OK() bool { return a.Status >= 200 && a.Status < 300 }

// send makes one attempt.
func (s *Simulator) send(ctx context.Context, d *delivery) Attempt {
	started := time.Now() // the duration is a measurement, not simulated time
	at := s.opts.Now()
	result := Attempt{Endpoint: d.url, At: at}
	body, secret := d.body, d.secret
	if d.attempts == 0 {
		switch d.fault {
		case WrongSignature:
			secret = "whsec_wrong" + secret
		case OldSignature:
			at = at.Add(-time.Hour)
		}
	}
	signature := Signature(secret, at, body)
	if d.attempts == 0 && d.fault == AlteredBody {
		body = alter(body)
	}
	result.Status, result.Body, result.Error = s.post(ctx, d.url, signature, body)
	result.Took = time.Since(started)
	return result
}

var amountField = regexp.MustCompile(`("amount[a-z_]*": ?)([0-9])`)

// alter makes another message of an event, with higher amounts.
func alter(body []byte) []byte {
	return append(amountField.ReplaceAll(body, []byte("${1}1${2}")), ' ')
}

func (s *Simulator) post(ctx context.Context, url, signature string, body []byte) (status int, excerpt, failure string) {
	if url == "" {
		return 0, "", "the endpoint was deleted"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, "", err.Error()
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Cache-Control", "no-cache")
	req.Header.Set("User-Agent", "Stripe/1.0 (simulator)")
	req.Header.Set("Stripe-Signature", signature)
	res, err := s.client.Do(req)
	if err != nil {
		return 0, "", err.Error()
	}
	defer res.Body.Close()
	start, err := io.ReadAll(io.LimitReader(res.Body, excerptLength))
	if err != nil {
		return res.StatusCode, string(start), err.Error()
	}
	return res.StatusCode, string(start), ""
}

// settleDelivery logs an attempt and decides what becomes of the delivery.
func (s *Simulator) settleDelivery(ctx context.Context, d *delivery, a Attempt) error {
	n := d.attempts + 1
	state, due := "waiting", s.nowMillis()
	switch {
	case a.OK():
		state = "accepted"
	case d.url == "" || n >= maxAttempts:
		state = "given_up"
	default:
		due += s.opts.Backoff(n + 1).Milliseconds()
	}
	err := s.store.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO attempts (delivery, at, millis, status, error, excerpt) VALUES (?, ?, ?, ?, ?, ?)",
			d.id, a.At.UnixMilli(), a.Took.Milliseconds(), a.Status, a.Error, a.Body)
		if err != nil {
			return err
		}
		_, err = t.exec("UPDATE deliveries SET state = ?, due = ?, attempts = ? WHERE id = ?", state, due, n, d.id)
		if err != nil || !a.OK() || !d.counted {
			return err
		}
		if _, err := t.exec("UPDATE deliveries SET counted = 0 WHERE id = ?", d.id); err != nil {
			return err
		}
		_, err = t.exec("UPDATE events SET pending = max(pending - 1, 0) WHERE id = ?", d.event)
		return err
	})
	if err != nil {
		return fmt.Errorf("log the delivery of %s: %w", d.event, err)
	}
	s.answered(d.event)
	return nil
}

// watch returns a channel that is closed at the next answer to an event, and a function that ends watching.
func (s *Simulator) watch(event string) (<-chan struct{}, func()) {
	ch := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[event] = append(s.waiting[event], ch)
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.waiting[event] = slices.DeleteFunc(s.waiting[event], func(other chan struct{}) bool { return other == ch })
		if len(s.waiting[event]) == 0 {
			delete(s.waiting, event)
		}
	}
}

func (s *Simulator) answered(event string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ch := range s.waiting[event] {
		close(ch)
	}
	delete(s.waiting, event)
}

// awaitAnswer waits until an endpoint has answered an event, there is nobody to answer it, or ConfirmWait is over.
func (s *Simulator) awaitAnswer(ctx context.Context, event string) error {
	answer, done := s.watch(event)
	defer done()
	var open bool
	err := s.store.do(ctx, func(t *tx) error {
		return t.queryRow(`SELECT count(*) > 0 AND sum(attempts) = 0 FROM deliveries WHERE event = ?`, event).Scan(&open)
	})
	if err != nil {
		return fmt.Errorf("wait for the answer to %s: %w", event, err)
	}
	if !open {
		return nil
	}
	timer := time.NewTimer(s.opts.ConfirmWait)
	defer timer.Stop()
	select {
	case <-answer:
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}
