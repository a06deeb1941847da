package stripesim

import (
	"database/sql"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// developerPage is what the page at / shows.
type developerPage struct {
	URL    string
	Done   string // what was just done
	Faults []table
	Kinds  []kindGroup
	Tables []table

	refusal *apiError
	form    *params // what was refused
}

// Refusal says what was wrong with a form; "" if nothing was.
func (p developerPage) Refusal() string {
	if p.refusal == nil {
		return ""
	}
	return p.refusal.Message
}

// Field makes an input with what a refused form had in it, so that nothing typed is lost, and what was wrong with it.
func (p developerPage) Field(name, label, hint string) pageField {
	f := pageField{Name: name, Label: label, Hint: hint, Value: p.form.str(name), Number: name != "match"}
	if p.refusal != nil && p.refusal.Param == name {
		f.Fault = p.refusal.Message
	}
	return f
}

type pageField struct {
	Name, Label, Hint, Value, Fault string
	Number                          bool
}

// kindGroup is what the list of faults offers under one heading.
type kindGroup struct {
	Title   string
	Options []kindOption
}

type kindOption struct {
	Kind   FaultKind
	Text   string
	Chosen bool
}

func kindGroups(chosen string) []kindGroup {
	groups := []kindGroup{{Title: "Deliveries"}, {Title: "API"}, {Title: "Sessions"}}
	for i, infos := range [][]faultInfo{deliveryFaults, apiFaults, sessionFaults} {
		for _, info := range infos {
			groups[i].Options = append(groups[i].Options, kindOption{info.kind, info.text, string(info.kind) == chosen})
		}
	}
	return groups
}

// table is one list of the page.
type table struct {
	ID, Title, Empty string
	Head             []string
	Act              string // head of the column with buttons; "" for none
	Rows             []tableRow
}

type tableRow struct {
	ID, Link string
	Cells    []string
	State    string
	Good     bool // of the state
	Acts     []act
}

// act is a button with one hidden field.
type act struct{ Label, Action, Name, Value string }

func (s *Simulator) showDeveloperPage(w http.ResponseWriter, r *http.Request) {
	s.renderDeveloperPage(w, r, developerPage{Done: done[r.URL.Query().Get("done")]})
}

// renderDeveloperPage shows the page as it is now, with what page says of a form.
func (s *Simulator) renderDeveloperPage(w http.ResponseWriter, r *http.Request, page developerPage) {
	page.URL, page.Kinds = s.opts.URL, kindGroups(page.form.str("kind"))
	err := s.store.do(r.Context(), func(t *tx) error {
		faults, err := t.faultTable()
		if err != nil {
			return err
		}
		if len(faults.Rows) > 0 {
			page.Faults = []table{faults}
		}
		for _, list := range []func() (table, error){t.sessionTable, t.paymentTable, t.refundTable, t.disputeTable, t.eventTable} {
			one, err := list()
			if err != nil {
				return err
			}
			if len(one.Rows) > 0 || one.Empty != "" {
				page.Tables = append(page.Tables, one)
			}
		}
		return nil
	})
	if s.pageFailed(w, err) {
		return
	}
	status := http.StatusOK
	if page.refusal != nil {
		status = page.refusal.Status
		if status == http.StatusBadRequest {
			status = http.StatusUnprocessableEntity // as forms of the web have it
		}
	}
	s.pageHeaders(w, object{})
	s.render(w, status, "developer.gohtml", page)
}

// eventPage shows one event: what is sent, and each attempt with the answer received.
type eventPage struct {
	ID, Type, Body string
	Attempts       table
}

// showEvent answers GET /events/{id}.
func (s *Simulator) showEvent(w http.ResponseWriter, r *http.Request) {
	page := eventPage{ID: r.PathValue("id"), Attempts: table{ID: "attempts", Title: "Attempts", Empty: "None yet.",
		Head: []string{"Endpoint", "Time", "Milliseconds", "Answer", "Status"}}}
	err := s.store.do(r.Context(), func(t *tx) error {
		var body []byte
		if err := t.queryRow("SELECT type, body FROM events WHERE id = ?", page.ID).Scan(&page.Type, &body); err != nil {
			return notFound(err, "read event")
		}
		page.Body = string(body)
		attempts, err := t.attempts(page.ID)
		for _, a := range attempts {
			status := "no answer"
			if a.Status > 0 {
				status = strconv.Itoa(a.Status)
			}
			page.Attempts.Rows = append(page.Attempts.Rows, tableRow{ID: a.Endpoint, State: status, Good: a.OK(), Cells: []string{
				a.At.Format("2006-01-02 15:04:05.000Z"), strconv.FormatInt(a.Took.Milliseconds(), 10), a.Body + a.Error}})
		}
		return err
	})
	if s.pageFailed(w, err) {
		return
	}
	s.pageHeaders(w, object{})
	s.render(w, http.StatusOK, "event.gohtml", page)
}

// page20 is how much of each list the developers' page shows.
var page20 = page{limit: 20}

func amountOf(o object, field string) string { return money(o.int(field), o.str("currency")) }

func (t *tx) sessionTable() (table, error) {
	list := table{ID: "sessions", Title: "Recent sessions", Empty: "None yet. Check out in the shop to make one.",
		Head: []string{"Session", "Amount", "Status", "Payment"}}
	sessions, _, err := t.objects("checkout.session", page20)
	for _, o := range sessions {
		list.Rows = append(list.Rows, tableRow{ID: o.id(), Link: "/c/pay/" + o.id(),
			Cells: []string{amountOf(o, "amount_total"), o.str("status")}, State: o.str("payment_status"), Good: o.str("payment_status") != "unpaid"})
	}
	return list, err
}

func (t *tx) paymentTable() (table, error) {
	list := table{ID: "payments", Title: "Recent payments", Head: []string{"Payment intent", "Amount", "Refunded", "Charge"}, Act: "Decide"}
	charges, _, err := t.objects("charge", page20)
	for _, o := range charges {
		intent := o.str("payment_intent")
		row := tableRow{ID: intent, Cells: []string{amountOf(o, "amount"), amountOf(o, "amount_refunded")}, State: o.str("status"), Good: o.bool("paid")}
		switch {
		case o.str("status") == "pending":
			for _, outcome := range []act{{Label: "Succeed", Value: "succeeded"}, {Label: "Fail", Value: "failed"}} {
				outcome.Action, outcome.Name = "/_sim/payment_intents/"+intent, "outcome"
				row.Acts = append(row.Acts, outcome)
			}
		case o.bool("disputed"):
			row.State, row.Good = "disputed", false
		case o.int("amount_captured") > o.int("amount_refunded"):
			row.Acts = []act{{"Dispute", "/_sim/disputes", "charge", o.id()}}
		}
		list.Rows = append(list.Rows, row)
	}
	return list, err
}

func (t *tx) refundTable() (table, error) {
	list := table{ID: "refunds", Title: "Recent refunds", Head: []string{"Refund", "Amount", "Payment intent", "Status"}, Act: "Decide"}
	refunds, _, err := t.objects("refund", page20)
	for _, o := range refunds {
		row := tableRow{ID: o.id(), Cells: []string{amountOf(o, "amount"), o.str("payment_intent")}, State: o.str("status"), Good: o.str("status") == "succeeded"}
		for _, outcome := range []act{{Label: "Succeed", Value: "succeeded"}, {Label: "Fail", Value: "failed"}} {
			if refundMayBecome(o, outcome.Value) {
				outcome.Action, outcome.Name = "/_sim/refunds/"+o.id(), "outcome"
				row.Acts = append(row.Acts, outcome)
			}
		}
		list.Rows = append(list.Rows, row)
	}
	return list, err
}

func (t *tx) disputeTable() (table, error) {
	list := table{ID: "disputes", Title: "Recent disputes", Head: []string{"Dispute", "Amount", "Payment intent", "Status"}, Act: "Decide"}
	disputes, _, err := t.objects("dispute", page20)
	for _, o := range disputes {
		row := tableRow{ID: o.id(), Cells: []string{amountOf(o, "amount"), o.str("payment_intent")}, State: o.str("status"), Good: o.str("status") == "won"}
		if !disputeEnded(o) {
			for _, outcome := range []act{{Label: "Win", Value: "won"}, {Label: "Lose", Value: "lost"}} {
				outcome.Action, outcome.Name = "/_sim/disputes/"+o.id(), "outcome"
				row.Acts = append(row.Acts, outcome)
			}
		}
		list.Rows = append(list.Rows, row)
	}
	return list, err
}

func (t *tx) faultTable() (table, error) {
	list := table{ID: "queued", Title: "Faults to come", Head: []string{"Fault", "Matching", "Times left"}}
	faults, err := t.faults()
	for _, f := range faults {
		left, match := "until cleared", "all"
		if f.Count != Always {
			left = strconv.Itoa(f.Count)
		}
		if f.Match != "" {
			match = f.Match
		}
		list.Rows = append(list.Rows, tableRow{ID: string(f.Kind), Cells: []string{match}, State: left, Good: true})
	}
	return list, err
}

func (t *tx) eventTable() (list table, err error) {
	list = table{ID: "events", Title: "Recent events", Empty: "None yet.", Head: []string{"Event", "Type", "Time", "Delivery"}, Act: "Again"}
	list.Rows, err = collect(t, func(rows *sql.Rows) (row tableRow, err error) {
		var kind string
		var created int64
		var pending, deliveries, attempts, dropped, held, givenUp int
		err = rows.Scan(&row.ID, &kind, &created, &pending, &deliveries, &attempts, &dropped, &held, &givenUp)
		row.Cells = []string{kind, time.Unix(created, 0).UTC().Format("2006-01-02 15:04:05Z")}
		row.Link = "/events/" + row.ID
		row.Acts = []act{{Label: "Resend", Action: "/_sim/events/" + row.ID + "/resend"}}
		row.Good = pending == 0
		switch {
		case deliveries == 0:
			row.State = "no endpoint"
		case pending == 0:
			row.State = fmt.Sprintf("accepted, attempts: %d", attempts)
		case dropped > 0:
			row.State = "dropped, as asked for"
		case held > 0:
			row.State = "held back, as asked for"
		case givenUp > 0:
			row.State = fmt.Sprintf("given up, attempts: %d", attempts)
		case attempts == 0:
			row.State = "waiting"
		default:
			row.State = fmt.Sprintf("failing, attempts: %d", attempts)
		}
		return row, err
	}, `SELECT e.id, e.type, e.created, e.pending, count(d.id), coalesce(sum(d.attempts), 0),
		coalesce(sum(d.state = 'dropped'), 0), coalesce(sum(d.state = 'held'), 0), coalesce(sum(d.state = 'given_up'), 0)
		FROM (SELECT * FROM events ORDER BY seq DESC LIMIT ?) e LEFT JOIN deliveries d ON d.event = e.id
		GROUP BY e.seq ORDER BY e.seq DESC`, page20.limit)
	return list, err
}
