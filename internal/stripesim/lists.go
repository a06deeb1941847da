package stripesim

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// page reads Stripe's pagination parameters.
func (p *params) page() page {
	pg := page{limit: 10, after: p.str("starting_after"), before: p.str("ending_before")}
	if n, ok := p.int("limit", 1, 100); ok {
		pg.limit = int(n)
	}
	if pg.after != "" && pg.before != "" {
		p.fail("ending_before", "", "You can only use one of starting_after and ending_before.")
	}
	return pg
}

// created reads the filter created=…, or created[gt|gte|lt|lte]=….
func (p *params) created() []clause {
	const most = 1 << 40
	if _, simple := p.values["created"].(string); simple {
		at, _ := p.int("created", 0, most)
		return []clause{where("created = ?", at)}
	}
	var out []clause
	bounds := p.obj("created")
	for _, bound := range []struct{ name, op string }{{"gt", ">"}, {"gte", ">="}, {"lt", "<"}, {"lte", "<="}} {
		if at, ok := bounds.optionalInt(bound.name, most); ok {
			out = append(out, where("created "+bound.op+" ?", at))
		}
	}
	return out
}

func (p *params) optionalInt(key string, most int64) (int64, bool) {
	if p == nil {
		return 0, false
	}
	return p.int(key, 0, most)
}

// notFound turns the absence of a row into errNotFound.
func notFound(err error, doing string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errNotFound
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// pageError explains a cursor that names nothing.
func pageError(err error, pg page) error {
	if !errors.Is(err, errNotFound) {
		return err
	}
	if pg.before != "" {
		return missing("object", pg.before, "ending_before")
	}
	return missing("object", pg.after, "starting_after")
}

// getter answers GET of one object.
func getter(kind string) endpoint {
	return func(c *call) (object, error) {
		if err := c.p.err(); err != nil {
			return nil, err
		}
		return c.named(kind)
	}
}

// named loads the object of the path.
func (c *call) named(kind string) (object, error) { return c.load(kind, c.id(), "id") }

// load returns an object that a parameter names ("id": the path does), or Stripe's answer that there is none.
func (c *call) load(kind, id, param string) (object, error) {
	o, err := c.tx.object(kind, id)
	if errors.Is(err, errNotFound) {
		return nil, missing(kind, id, param)
	}
	if err == nil && kind == "checkout.session" {
		err = c.expireOverdue(c.tx, o)
	}
	return o, err
}

// lister answers GET of a list that can be filtered by the named columns.
func lister(kind string, columns ...string) endpoint {
	return func(c *call) (object, error) {
		filter := c.p.created()
		for _, column := range columns {
			value := c.p.str(column)
			switch {
			case value == "":
				continue
			case column == "active":
				value = map[string]string{"true": "1", "false": "0"}[value]
			}
			filter = append(filter, where(column+" = ?", value))
		}
		pg := c.p.page()
		if err := c.p.err(); err != nil {
			return nil, err
		}
		data, more, err := c.tx.objects(kind, pg, filter...)
		if err != nil {
			return nil, pageError(err, pg)
		}
		for i := range data {
			data[i] = data[i].public()
		}
		return listOf(c.req.URL.Path, data, more), nil
	}
}

// metadataUpdater answers POST of an object where nothing but its metadata and plain texts can change.
func metadataUpdater(kind, event string, texts ...string) endpoint {
	return func(c *call) (object, error) {
		o, err := c.named(kind)
		if err != nil {
			return nil, err
		}
		c.p.mergeMetadata(o)
		for _, field := range texts {
			if c.p.has(field) {
				o[field] = orNil(c.p.max(field, 5000))
			}
		}
		if c.p.has("active") {
			o["active"] = c.p.bool("active")
		}
		if err := c.p.err(); err != nil {
			return nil, err
		}
		if err := c.tx.update(o); err != nil || event == "" {
			return o, err
		}
		_, err = c.emit(c.tx, c.cause(), event, o, object{})
		return o, err
	}
}

// deleter answers DELETE of an object.
func deleter(kind, event string) endpoint {
	return func(c *call) (object, error) {
		o, err := c.named(kind)
		if err != nil {
			return nil, err
		}
		if err := c.tx.remove(o.id()); err != nil {
			return nil, err
		}
		if event != "" {
			if _, err := c.emit(c.tx, c.cause(), event, o, nil); err != nil {
				return nil, err
			}
		}
		return object{"id": o.id(), "object": kind, "deleted": true}, nil
	}
}

// expand replaces ids by the objects they name, along paths such as "data.payment_intent.latest_charge".
func (c *call) expand(doc object, paths []string) error {
	for _, path := range paths {
		if strings.Count(path, ".") > 3 {
			return invalid("expand", "", "You cannot expand more than 4 levels of a property. Property: %s", path)
		}
		if err := c.expandPath(doc, strings.Split(path, "."), path); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) expandPath(doc object, fields []string, path string) error {
	field := fields[0]
	if id, ok := doc[field].(string); ok {
		found, err := c.tx.object("", id)
		if errors.Is(err, errNotFound) {
			return invalid("expand", "", "This property cannot be expanded (%s).", path)
		}
		if err != nil {
			return err
		}
		doc[field] = found.public()
	}
	if _, present := doc[field]; !present {
		included, err := c.include(doc, field)
		if err != nil {
			return err
		}
		if included == nil {
			return invalid("expand", "", "This property cannot be expanded (%s).", path)
		}
		doc[field] = included
	}
	if len(fields) == 1 {
		return nil
	}
	children := doc.list(field)
	if child := doc.obj(field); child != nil {
		children = []object{child}
	}
	for _, child := range children {
		if err := c.expandPath(child, fields[1:], path); err != nil {
			return err
		}
	}
	return nil
}

// include makes the lists that an object has only when they are asked for.
func (c *call) include(doc object, field string) (object, error) {
	all := page{limit: 100}
	switch doc.str("object") + "." + field {
	case "checkout.session.line_items":
		session, err := c.tx.object("checkout.session", doc.id())
		if err != nil {
			return nil, err
		}
		return listOf("/v1/checkout/sessions/"+doc.id()+"/line_items", publicItems(session), false), nil
	case "charge.refunds":
		refunds, more, err := c.tx.objects("refund", all, where("charge = ?", doc.id()))
		return listOf("/v1/charges/"+doc.id()+"/refunds", refunds, more), err
	}
	return nil, nil
}
