package handlers

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views/admin"
)

// events lists what Stripe sent, with its verdict, and what was refused.
func (a adminPages) events(c echo.Context) error {
	frame, err := a.frame(c, "Events", "/admin/events")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	page := admin.EventsPage{Frame: frame, Search: c.QueryParam("q"), Refused: a.refusals.seen()}
	for _, outcome := range models.Outcomes {
		if c.QueryParam("outcome") == outcome {
			page.Outcome = outcome
		}
	}
	filter := models.EventFilter{Search: page.Search, Outcome: page.Outcome, Limit: adminPage, BeforeID: c.QueryParam("before_id")}
	if at, err := time.Parse(time.RFC3339Nano, c.QueryParam("before")); err == nil {
		filter.BeforeTime = at
	}
	if page.Events, err = a.store.StripeEvents(ctx, filter); err != nil {
		return err
	}
	if n := len(page.Events); n == adminPage {
		last := page.Events[n-1]
		page.NextPage = address("/admin/events", url.Values{
			"q": {page.Search}, "outcome": {page.Outcome}, "before": {last.ReceivedAt.UTC().Format(time.RFC3339Nano)}, "before_id": {last.ID},
		})
	}
	if page.Runs, err = a.store.ReconcileRuns(ctx, 5); err != nil {
		return err
	}
	return a.show(c, admin.Events(page))
}

// event shows one event as it came.
func (a adminPages) event(c echo.Context) error {
	event, err := a.store.StripeEventByID(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	frame, err := a.frame(c, event.Type, "/admin/events")
	if err != nil {
		return err
	}
	page := admin.EventPage{Frame: frame, Event: event, Masked: !staffOf(c).Role.SeesPersonalData(), Notice: c.QueryParam("notice") == "replayed"}
	page.Payload = readable(event.Payload, page.Masked)
	if event.OrderID != nil {
		order, err := a.store.OrderByID(c.Request().Context(), *event.OrderID)
		if err != nil {
			return err
		}
		page.OrderNumber = order.Number
	}
	return a.show(c, admin.Event(page))
}

// replay applies a stored event once more.
func (a adminPages) replay(c echo.Context) error {
	ctx := c.Request().Context()
	stored, err := a.store.StripeEventByID(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	event, err := a.verifier.DecodeEvent(stored.Payload)
	if err != nil {
		return err
	}
	if _, err := a.store.ReplayEvent(ctx, event, actor(c, staffOf(c))); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/events/"+url.PathEscape(stored.ID)+"?notice=replayed")
}

// personal are the fields of Stripe's objects that tell of a person.
var personal = map[string]bool{
	"email": true, "customer_email": true, "receipt_email": true, "name": true, "phone": true,
	"line1": true, "line2": true, "city": true, "state": true, "postal_code": true, "client_secret": true,
}

// readable indents a payload, with personal data blotted out where masked.
func readable(payload []byte, masked bool) string {
	var out bytes.Buffer
	if !masked {
		if json.Indent(&out, payload, "", "  ") != nil {
			return string(payload)
		}
		return out.String()
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return ""
	}
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if encoder.Encode(blot(value)) != nil {
		return ""
	}
	return out.String()
}

func blot(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if text, is := inner.(string); is && personal[key] && text != "" {
				v[key] = "•••"
			} else {
				v[key] = blot(inner)
			}
		}
	case []any:
		for i := range v {
			v[i] = blot(v[i])
		}
	}
	return value
}
