package stripesim

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
)

// Ledger is everything that happened at the simulator, oldest first: what a shop's books are compared with. Amounts
// are in minor units, times in Unix seconds or, where named so, milliseconds.
type Ledger struct {
	Sessions []LedgerSession `json:"sessions"`
	Payments []LedgerPayment `json:"payments"`
	Refunds  []LedgerRefund  `json:"refunds"`
	Disputes []LedgerDispute `json:"disputes"`
	Events   []LedgerEvent   `json:"events"`
	Faults   []LedgerFault   `json:"faults"`
}

// LedgerSession is a checkout session.
type LedgerSession struct {
	ID                string            `json:"id"`
	Status            string            `json:"status"`
	PaymentStatus     string            `json:"payment_status"`
	PaymentIntent     string            `json:"payment_intent"` // "" before the first attempt to pay
	AmountTotal       int64             `json:"amount_total"`
	Currency          string            `json:"currency"`
	ClientReferenceID string            `json:"client_reference_id"`
	Metadata          map[string]string `json:"metadata"`
	Created           int64             `json:"created"`
	ExpiresAt         int64             `json:"expires_at"`
}

// LedgerPayment is money that was captured.
type LedgerPayment struct {
	PaymentIntent  string            `json:"payment_intent"`
	Charge         string            `json:"charge"`
	Session        string            `json:"session"` // "" where no checkout session led to it
	Amount         int64             `json:"amount"`
	Currency       string            `json:"currency"`
	Metadata       map[string]string `json:"metadata"`
	AmountRefunded int64             `json:"amount_refunded"`
	Dispute        string            `json:"dispute"` // "" for none
	DisputeStatus  string            `json:"dispute_status"`
}

// LedgerRefund is a refund, whatever became of it.
type LedgerRefund struct {
	ID            string            `json:"id"`
	Charge        string            `json:"charge"`
	PaymentIntent string            `json:"payment_intent"`
	Amount        int64             `json:"amount"`
	Currency      string            `json:"currency"`
	Status        string            `json:"status"`
	Reason        string            `json:"reason"`
	Metadata      map[string]string `json:"metadata"`
}

// LedgerDispute is a dispute.
type LedgerDispute struct {
	ID            string `json:"id"`
	Charge        string `json:"charge"`
	PaymentIntent string `json:"payment_intent"`
	Amount        int64  `json:"amount"`
	Currency      string `json:"currency"`
	Status        string `json:"status"`
	Reason        string `json:"reason"`
}

// LedgerEvent is an event with what became of it.
type LedgerEvent struct {
	ID         string           `json:"id"`
	Type       string           `json:"type"`
	Object     string           `json:"object"` // id of what it is about
	Created    int64            `json:"created"`
	Pending    int              `json:"pending_webhooks"`
	Deliveries []LedgerDelivery `json:"deliveries"`
}

// LedgerDelivery is an event on its way to one endpoint. Its state is waiting, held, sending, accepted, given_up or
// dropped; its fault the kind that was asked for, "" for none.
type LedgerDelivery struct {
	Endpoint string          `json:"endpoint"`
	State    string          `json:"state"`
	Fault    string          `json:"fault"`
	Attempts []LedgerAttempt `json:"attempts"`

	id int64
}

// LedgerAttempt is one try to deliver and the answer received; status 0 is none.
type LedgerAttempt struct {
	AtMillis int64  `json:"at_ms"`
	Millis   int64  `json:"took_ms"`
	Status   int    `json:"status"`
	Error    string `json:"error"`
	Body     string `json:"body"` // the beginning
}

// LedgerFault is a fault that is queued; remaining is -1 for one that stays until it is cleared.
type LedgerFault struct {
	Kind      FaultKind `json:"kind"`
	Match     string    `json:"match"`
	Remaining int       `json:"remaining"`
}

// Ledger returns everything as of one moment.
func (s *Simulator) Ledger(ctx context.Context) (*Ledger, error) {
	// Empty lists, not null, for those who read the JSON.
	l := &Ledger{Sessions: []LedgerSession{}, Payments: []LedgerPayment{}, Refunds: []LedgerRefund{}, Disputes: []LedgerDispute{},
		Events: []LedgerEvent{}, Faults: []LedgerFault{}}
	err := s.store.do(ctx, func(t *tx) error {
		if err := t.ledgerMoney(l); err != nil {
			return err
		}
		if err := t.ledgerEvents(l); err != nil {
			return err
		}
		faults, err := t.faults()
		for _, f := range faults {
			l.Faults = append(l.Faults, LedgerFault{f.Kind, f.Match, f.Count})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return l, nil
}

// each calls fn for every object of a kind, oldest first.
func (t *tx) each(kind string, fn func(object)) error {
	docs, err := collect(t, func(rows *sql.Rows) (object, error) {
		var doc []byte
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		return decodeObject(doc)
	}, "SELECT doc FROM objects WHERE kind = ? ORDER BY seq", kind)
	for _, o := range docs {
		fn(o)
	}
	return err
}

func (t *tx) ledgerMoney(l *Ledger) error {
	sessionOf, disputeOf := map[string]string{}, map[string]string{}
	err := t.each("checkout.session", func(o object) {
		sessionOf[o.str("payment_intent")] = o.id()
		l.Sessions = append(l.Sessions, LedgerSession{o.id(), o.str("status"), o.str("payment_status"), o.str("payment_intent"),
			o.int("amount_total"), o.str("currency"), o.str("client_reference_id"), o.texts("metadata"), o.int("created"), o.int("expires_at")})
	})
	if err != nil {
		return err
	}
	err = t.each("dispute", func(o object) {
		disputeOf[o.str("charge")] = o.str("status")
		l.Disputes = append(l.Disputes, LedgerDispute{o.id(), o.str("charge"), o.str("payment_intent"), o.int("amount"),
			o.str("currency"), o.str("status"), o.str("reason")})
	})
	if err != nil {
		return err
	}
	err = t.each("charge", func(o object) {
		if o.int("amount_captured") > 0 {
			l.Payments = append(l.Payments, LedgerPayment{o.str("payment_intent"), o.id(), sessionOf[o.str("payment_intent")], o.int("amount_captured"),
				o.str("currency"), o.texts("metadata"), o.int("amount_refunded"), o.str("dispute"), disputeOf[o.id()]})
		}
	})
	if err != nil {
		return err
	}
	return t.each("refund", func(o object) {
		l.Refunds = append(l.Refunds, LedgerRefund{o.id(), o.str("charge"), o.str("payment_intent"), o.int("amount"),
			o.str("currency"), o.str("status"), o.str("reason"), o.texts("metadata")})
	})
}

func (t *tx) ledgerEvents(l *Ledger) error {
	attempts := map[int64][]LedgerAttempt{}
	_, err := collect(t, func(rows *sql.Rows) (none struct{}, err error) {
		var delivery int64
		var a LedgerAttempt
		err = rows.Scan(&delivery, &a.AtMillis, &a.Millis, &a.Status, &a.Error, &a.Body)
		attempts[delivery] = append(attempts[delivery], a)
		return none, err
	}, "SELECT delivery, at, millis, status, error, excerpt FROM attempts ORDER BY id")
	if err != nil {
		return err
	}
	deliveries := map[string][]LedgerDelivery{}
	_, err = collect(t, func(rows *sql.Rows) (none struct{}, err error) {
		var event string
		var d LedgerDelivery
		err = rows.Scan(&d.id, &event, &d.Endpoint, &d.State, &d.Fault)
		d.Attempts = append([]LedgerAttempt{}, attempts[d.id]...)
		deliveries[event] = append(deliveries[event], d)
		return none, err
	}, `SELECT d.id, d.event, coalesce(o.doc ->> '$.url', d.endpoint), d.state, d.fault
		FROM deliveries d LEFT JOIN objects o ON o.id = d.endpoint ORDER BY d.id`)
	if err != nil {
		return err
	}
	events, err := collect(t, func(rows *sql.Rows) (e LedgerEvent, err error) {
		err = rows.Scan(&e.ID, &e.Type, &e.Object, &e.Created, &e.Pending)
		e.Deliveries = append([]LedgerDelivery{}, deliveries[e.ID]...)
		return e, err
	}, "SELECT id, type, subject, created, pending FROM events ORDER BY seq")
	l.Events = append(l.Events, events...)
	return err
}

// showLedger answers GET /_sim/ledger.
func (s *Simulator) showLedger(w http.ResponseWriter, r *http.Request) {
	ledger, err := s.Ledger(r.Context())
	if s.pageFailed(w, err) {
		return
	}
	body, err := json.Marshal(ledger)
	if s.pageFailed(w, err) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // a client that is gone cannot be told so
}
