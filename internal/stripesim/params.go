package stripesim

import (
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// params is a request's parameters, or the part of them below one name. Reading a parameter marks it as known;
// Err then names the first fault found, or the first parameter that nothing has read: so the code that uses
// the parameters is their only description.
type params struct {
	path   string         // how a client writes this level: "line_items[0]"; "" at the top
	values map[string]any // name → string, map[string]any or []any
	known  map[string]bool
	nested map[string]*params
	fault  **apiError // shared by all levels; the first one stays
}

var bracketName = regexp.MustCompile(`^([^\[\]]+)((?:\[[^\[\]]*\])*)$`)

// parseParams reads the form encoding of Stripe's API: a[b]=1, a[]=1, a[0][b]=1.
func parseParams(encoded ...string) (*params, *apiError) {
	root := map[string]any{}
	for _, part := range encoded {
		for pair := range strings.SplitSeq(part, "&") {
			if pair == "" {
				continue
			}
			name, value, _ := strings.Cut(pair, "=")
			name, err := url.QueryUnescape(name)
			if err == nil {
				value, err = url.QueryUnescape(value)
			}
			if err != nil {
				return nil, invalid("", "", "Invalid request: the form encoding is broken.")
			}
			m := bracketName.FindStringSubmatch(name)
			if m == nil {
				return nil, invalid(name, "parameter_unknown", "Received unknown parameter: %s", name)
			}
			keys := []string{m[1]}
			if m[2] != "" {
				keys = append(keys, strings.Split(m[2][1:len(m[2])-1], "][")...)
			}
			if !put(root, keys, value) {
				return nil, invalid(name, "", "Invalid parameter: %s is given both as a value and as an object.", m[1])
			}
		}
	}
	return newParams("", root, new(*apiError)), nil
}

func newParams(path string, values map[string]any, fault **apiError) *params {
	return &params{path: path, values: values, known: map[string]bool{}, nested: map[string]*params{}, fault: fault}
}

// put stores a value under nested keys. An empty key appends; indices are kept as keys until a list is read.
func put(into map[string]any, keys []string, value string) bool {
	key := keys[0]
	if key == "" {
		key = strconv.Itoa(len(into))
	}
	if len(keys) == 1 {
		into[key] = value
		return true
	}
	child, ok := into[key].(map[string]any)
	if !ok {
		if _, taken := into[key]; taken {
			return false
		}
		child = map[string]any{}
		into[key] = child
	}
	return put(child, keys[1:], value)
}

func (p *params) name(key string) string {
	if p.path == "" {
		return key
	}
	return p.path + "[" + key + "]"
}

func (p *params) fail(key, code, format string, args ...any) {
	if *p.fault == nil {
		*p.fault = invalid(p.name(key), code, format, args...)
	}
}

// has says whether a parameter was sent at all, even empty.
func (p *params) has(key string) bool {
	if p == nil {
		return false
	}
	_, ok := p.values[key]
	return ok
}

// str reads an optional text.
func (p *params) str(key string) string {
	if p == nil {
		return ""
	}
	p.known[key] = true
	switch v := p.values[key].(type) {
	case nil:
		return ""
	case string:
		return v
	}
	p.fail(key, "", "Invalid string: %s", p.name(key))
	return ""
}

// need reads a text that must be there.
func (p *params) need(key string) string {
	s := p.str(key)
	if s == "" {
		p.fail(key, "parameter_missing", "Missing required param: %s.", p.name(key))
	}
	return s
}

// max reads an optional text of at most n characters.
func (p *params) max(key string, n int) string {
	s := p.str(key)
	if len([]rune(s)) > n {
		p.fail(key, "", "Invalid string: %s must be at most %d characters", p.name(key), n)
	}
	return s
}

// one reads a text that must be one of those listed; the first is the default.
func (p *params) one(key string, allowed ...string) string {
	s := p.str(key)
	if s == "" {
		return allowed[0]
	}
	if !slices.Contains(allowed, s) {
		p.fail(key, "", "Invalid %s: must be one of %s", p.name(key), strings.Join(allowed, ", "))
	}
	return s
}

// int reads an optional whole number within bounds.
func (p *params) int(key string, least, most int64) (int64, bool) {
	s := p.str(key)
	if s == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		p.fail(key, "parameter_invalid_integer", "Invalid integer: %s", s)
	case n < least:
		p.fail(key, "parameter_invalid_integer", "Invalid %s: must be greater than or equal to %d", p.name(key), least)
	case n > most:
		p.fail(key, "parameter_invalid_integer", "Invalid %s: must be no more than %d", p.name(key), most)
	}
	return n, true
}

// needInt reads a whole number that must be there.
func (p *params) needInt(key string, least, most int64) int64 {
	n, ok := p.int(key, least, most)
	if !ok {
		p.fail(key, "parameter_missing", "Missing required param: %s.", p.name(key))
	}
	return n
}

// bool reads an optional yes or no.
func (p *params) bool(key string) bool {
	s := p.str(key)
	if s != "" && s != "true" && s != "false" {
		p.fail(key, "", "Invalid boolean: %s", s)
	}
	return s == "true"
}

// obj reads a nested object; nil when it was not sent.
func (p *params) obj(key string) *params {
	if p == nil {
		return nil
	}
	p.known[key] = true
	switch v := p.values[key].(type) {
	case nil:
		return nil
	case map[string]any:
		if p.nested[key] == nil {
			p.nested[key] = newParams(p.name(key), v, p.fault)
		}
		return p.nested[key]
	}
	if p.values[key] != "" {
		p.fail(key, "", "Invalid object: %s", p.name(key))
	}
	return nil
}

// list reads an array of objects.
func (p *params) list(key string) []*params {
	items := p.obj(key)
	if items == nil {
		return nil
	}
	var out []*params
	for _, index := range items.indices() {
		if item := items.obj(index); item != nil {
			out = append(out, item)
		}
	}
	return out
}

// strings reads an array of texts.
func (p *params) strings(key string) []string {
	items := p.obj(key)
	if items == nil {
		return nil
	}
	var out []string
	for _, index := range items.indices() {
		out = append(out, items.str(index))
	}
	return out
}

// indices returns an array's keys in order; a key that is no index is a fault.
func (p *params) indices() []string {
	var numbers []int
	for key := range p.values {
		n, err := strconv.Atoi(key)
		if err != nil || n < 0 {
			p.fail(key, "", "Invalid array: %s", p.path)
			return nil
		}
		numbers = append(numbers, n)
	}
	sort.Ints(numbers)
	keys := make([]string, len(numbers))
	for i, n := range numbers {
		keys[i] = strconv.Itoa(n)
	}
	return keys
}

// metadata reads key-value pairs within Stripe's limits: 50 keys of 40 characters, values of 500. An empty value
// removes a key on update.
func (p *params) metadata() map[string]string {
	out := map[string]string{}
	pairs := p.obj("metadata")
	if pairs == nil {
		return out
	}
	if len(pairs.values) > 50 {
		p.fail("metadata", "", "You can only specify 50 metadata keys.")
	}
	for key := range pairs.values {
		if len([]rune(key)) > 40 {
			pairs.fail(key, "", "Metadata keys must be at most 40 characters long.")
		}
		out[key] = pairs.max(key, 500)
	}
	return out
}

// mergeMetadata applies an update's metadata to what an object has.
func (p *params) mergeMetadata(o object) {
	if !p.has("metadata") {
		return
	}
	merged := map[string]any{}
	if p.values["metadata"] != "" {
		for key, value := range o.obj("metadata") {
			merged[key] = value
		}
	}
	for key, value := range p.metadata() {
		if value == "" {
			delete(merged, key)
			continue
		}
		merged[key] = value
	}
	p.known["metadata"] = true
	o["metadata"] = merged
}

// accept takes parameters that are right but change nothing here.
func (p *params) accept(keys ...string) {
	if p == nil {
		return
	}
	for _, key := range keys {
		p.known[key] = true
	}
}

// ok says whether no fault was found so far.
func (p *params) ok() bool { return *p.fault == nil }

// err returns the first fault, or the first parameter that nothing read.
func (p *params) err() error {
	if !p.ok() {
		return *p.fault
	}
	if name := p.unknown(); name != "" {
		return invalid(name, "parameter_unknown", "Received unknown parameter: %s", name)
	}
	return nil
}

func (p *params) unknown() string {
	var names []string
	for key := range p.values {
		if !p.known[key] {
			names = append(names, p.name(key))
		}
	}
	for _, child := range p.nested {
		if name := child.unknown(); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return slices.Min(names)
}
