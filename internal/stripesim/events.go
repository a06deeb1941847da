package stripesim

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// cause says which request an event comes from; what the simulator does by itself has none.
type cause struct {
	request, key string
}

func (c *call) cause() cause { return cause{c.requestID, c.key} }

// emit records an event about an object as it is now, and a delivery to each endpoint that wants it.
// It returns the event's id.
func (s *Simulator) emit(t *tx, why cause, kind string, subject object, previous object) (string, error) {
	endpoints, err := s.endpointsFor(t, kind)
	if err != nil {
		return "", err
	}
	fault, err := t.takeFault(scopeDelivery, kind)
	if err != nil {
		return "", err
	}
	data := object{"object": subject.public()}
	if previous != nil {
		data["previous_attributes"] = previous
	}
	event := object{
		"id": newID("evt_", 24), "object": "event", "api_version": apiVersion, "created": s.now(),
		"data": data, "livemode": false, "pending_webhooks": len(endpoints),
		"request": object{"id": orNil(why.request), "idempotency_key": orNil(why.key)}, "type": kind,
	}
	if err := s.openBatch(t, fault, event.id()); err != nil {
		return "", err
	}
	if err := s.record(t, event, subject.id(), endpoints, fault); err != nil {
		return "", err
	}
	if err := s.closeBatch(t, fault); err != nil {
		return "", err
	}
	if fault.is(SecondID) {
		twin := maps.Clone(event)
		twin["id"] = newID("evt_", 24)
		if err := s.record(t, twin, subject.id(), endpoints, nil); err != nil {
			return "", err
		}
	}
	return event.id(), nil
}

// record stores an event's bytes and its deliveries.
func (s *Simulator) record(t *tx, event object, subject string, endpoints []object, fault *Fault) error {
	body, err := json.MarshalIndent(event, "", "  ")
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	_, err = t.exec("INSERT INTO events (id, type, created, subject, pending, body) VALUES (?, ?, ?, ?, ?, ?)",
		event.id(), event.str("type"), event.int("created"), subject, len(endpoints), body)
	if err != nil {
		return fmt.Errorf("record event: %w", err)
	}
	for _, endpoint := range endpoints {
		if err := s.enqueue(t, event, endpoint, fault); err != nil {
			return err
		}
	}
	return nil
}

// enqueue plans the delivery of an event to an endpoint, with what a fault makes of it.
func (s *Simulator) enqueue(t *tx, event, endpoint object, fault *Fault) error {
	version := endpoint.str("api_version")
	state, due, copies, kind, batch := "waiting", s.nowMillis(), 1, FaultKind(""), ""
	if fault != nil {
		kind = fault.Kind
		switch kind {
		case Duplicate:
			copies = 2
		case AtOnce:
			copies = fault.N
		case Reorder:
			state, batch = "held", fault.batch
		case Delay:
			due += fault.Delay.Milliseconds()
		case Drop:
			state = "dropped"
		case OtherVersion:
			version = collectedSince
		}
	}
	var own any // NULL: the event's own bytes
	if version != "" && version != apiVersion {
		other := shaped(maps.Clone(event), version)
		other["api_version"] = version
		body, err := json.MarshalIndent(other, "", "  ")
		if err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		own = body
	}
	for i := range copies {
		_, err := t.exec("INSERT INTO deliveries (event, endpoint, state, due, counted, fault, batch, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			event.id(), endpoint.id(), state, due, i == 0, kind, batch, own)
		if err != nil {
			return fmt.Errorf("enqueue event: %w", err)
		}
	}
	return nil
}

// storedEvent decodes an event for the API, with the number of deliveries still pending now.
func storedEvent(body []byte, pending int64) (object, error) {
	event, err := decodeObject(body)
	if err != nil {
		return nil, err
	}
	event["pending_webhooks"] = pending
	return event, nil
}

func (t *tx) event(id string) (object, error) {
	var (
		body    []byte
		pending int64
	)
	if err := t.queryRow("SELECT body, pending FROM events WHERE id = ?", id).Scan(&body, &pending); err != nil {
		return nil, notFound(err, "read event")
	}
	return storedEvent(body, pending)
}

func getEvent(c *call) (object, error) {
	if err := c.p.err(); err != nil {
		return nil, err
	}
	event, err := c.tx.event(c.id())
	if errors.Is(err, errNotFound) {
		return nil, missing("event", c.id(), "id")
	}
	return event, err
}

// listEvents answers GET /v1/events: type (with *), types, delivery_success, created, and pages.
func listEvents(c *call) (object, error) {
	filter := c.p.created()
	if kind := c.p.str("type"); strings.HasSuffix(kind, "*") {
		start := strings.TrimSuffix(kind, "*")
		filter = append(filter, where("type >= ? AND type < ?", start, start+"\xff"))
	} else if kind != "" {
		filter = append(filter, where("type = ?", kind))
	}
	if types := c.p.strings("types"); len(types) > 0 {
		if len(types) > 20 {
			c.p.fail("types", "", "You may pass up to 20 types.")
		}
		args := make([]any, len(types))
		for i, kind := range types {
			args[i] = kind
		}
		filter = append(filter, where("type IN (?"+strings.Repeat(", ?", len(types)-1)+")", args...))
	}
	if c.p.has("delivery_success") {
		if c.p.bool("delivery_success") {
			filter = append(filter, where("pending = 0"))
		} else {
			filter = append(filter, where("pending > 0"))
		}
	}
	pg := c.p.page()
	if err := c.p.err(); err != nil {
		return nil, err
	}
	// One column carries both values: the number, a space, the bytes.
	rows, more, err := c.tx.list("events", "CAST(pending || ' ' || CAST(body AS TEXT) AS BLOB)", pg, filter)
	if err != nil {
		return nil, pageError(err, pg)
	}
	events := make([]object, len(rows))
	for i, row := range rows {
		number, body, _ := strings.Cut(string(row), " ")
		var pending int64
		if _, err := fmt.Sscan(number, &pending); err != nil {
			return nil, fmt.Errorf("read event: %w", err)
		}
		if events[i], err = storedEvent([]byte(body), pending); err != nil {
			return nil, err
		}
	}
	return listOf("/v1/events", events, more), nil
}

// endpointsFor lists the enabled endpoints that want events of a type.
func (s *Simulator) endpointsFor(t *tx, kind string) ([]object, error) {
	endpoints, _, err := t.objects("webhook_endpoint", page{limit: 100}, where("status = 'enabled'"))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(endpoints, func(endpoint object) bool {
		wanted := endpoint.strings("enabled_events")
		return !slices.Contains(wanted, "*") && !slices.Contains(wanted, kind)
	}), nil
}
