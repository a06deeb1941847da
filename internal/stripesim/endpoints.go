package stripesim

import (
	"slices"
	"strings"
)

// newEndpoint makes a webhook endpoint.
func (s *Simulator) newEndpoint(url, secret string, events []string) object {
	return object{
		"id": newID("we_1", 23), "object": "webhook_endpoint", "created": s.now(), "livemode": false, "url": url,
		"enabled_events": events, "status": "enabled", "api_version": nil, "application": nil, "description": nil,
		"metadata": object{}, "_secret": secret,
	}
}

// registerOwnEndpoint makes the endpoint of the options the one that was registered from the start.
func (s *Simulator) registerOwnEndpoint(t *tx) error {
	all, _, err := t.objects("webhook_endpoint", page{limit: 1000})
	if err != nil {
		return err
	}
	index := slices.IndexFunc(all, func(endpoint object) bool { return endpoint.bool("_own") })
	switch {
	case index >= 0:
		own := all[index]
		own["status"] = "disabled"
		if s.opts.WebhookURL != "" {
			own["status"], own["url"], own["_secret"] = "enabled", s.opts.WebhookURL, s.opts.WebhookSecret
		}
		return t.update(own)
	case s.opts.WebhookURL == "":
		return nil
	}
	own := s.newEndpoint(s.opts.WebhookURL, s.opts.WebhookSecret, []string{"*"})
	own["_own"] = true
	return t.insert(own)
}

// readEvents reads enabled_events.
func (p *params) readEvents() []string {
	events := p.strings("enabled_events")
	for _, kind := range events {
		if kind != "*" && !strings.Contains(kind, ".") {
			p.fail("enabled_events", "", "Invalid enabled_events: %s", kind)
		}
	}
	return events
}

// createEndpoint answers POST /v1/webhook_endpoints; this answer alone holds the secret.
func createEndpoint(c *call) (object, error) {
	p := c.p
	endpoint := c.newEndpoint(p.webURL("url", true), newID("whsec_", 32), p.readEvents())
	if len(endpoint.strings("enabled_events")) == 0 {
		p.fail("enabled_events", "parameter_missing", "Missing required param: enabled_events.")
	}
	endpoint["api_version"] = orNil(p.str("api_version"))
	endpoint["description"], endpoint["metadata"] = orNil(p.max("description", 5000)), p.metadata()
	p.accept("connect")
	if _, err := c.created(endpoint, ""); err != nil {
		return nil, err
	}
	answer := endpoint.public()
	answer["secret"] = endpoint["_secret"]
	return answer, nil
}

// updateEndpoint answers POST /v1/webhook_endpoints/{id}.
func updateEndpoint(c *call) (object, error) {
	endpoint, err := c.named("webhook_endpoint")
	if err != nil {
		return nil, err
	}
	p := c.p
	if p.has("url") {
		endpoint["url"] = p.webURL("url", true)
	}
	if events := p.readEvents(); len(events) > 0 {
		endpoint["enabled_events"] = events
	}
	if p.has("disabled") {
		endpoint["status"] = "enabled"
		if p.bool("disabled") {
			endpoint["status"] = "disabled"
		}
	}
	if p.has("description") {
		endpoint["description"] = orNil(p.max("description", 5000))
	}
	p.mergeMetadata(endpoint)
	if err := p.err(); err != nil {
		return nil, err
	}
	return endpoint, c.tx.update(endpoint)
}
