package stripesim

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// object is a document as Stripe's API returns it. The simulator keeps documents, not structs: what a client
// reads is what is stored, a field that nothing computes with costs nothing, and expanding an id is replacing a
// value. Top-level fields that begin with "_" are the simulator's own notes and are never sent.
type object map[string]any

func decodeObject(doc []byte) (object, error) {
	var o object
	if err := json.Unmarshal(doc, &o); err != nil {
		return nil, fmt.Errorf("decode a stored object: %w", err)
	}
	return o, nil
}

func (o object) id() string { return o.str("id") }

// str returns a text field; one that is absent, null or of another type is "".
func (o object) str(field string) string {
	s, _ := o[field].(string)
	return s
}

// int returns a number: documents that were read back hold float64, fresh ones integers.
func (o object) int(field string) int64 {
	switch n := o[field].(type) {
	case float64:
		return int64(n)
	case int64:
		return n
	case int:
		return int64(n)
	}
	return 0
}

func (o object) bool(field string) bool {
	b, _ := o[field].(bool)
	return b
}

// obj returns a nested object; an absent one is nil, whose fields read as empty.
func (o object) obj(field string) object { return asObject(o[field]) }

// list returns the nested objects of an array.
func (o object) list(field string) []object {
	switch items := o[field].(type) {
	case []object:
		return items
	case []any:
		out := make([]object, 0, len(items))
		for _, item := range items {
			if nested := asObject(item); nested != nil {
				out = append(out, nested)
			}
		}
		return out
	}
	return nil
}

func (o object) strings(field string) []string {
	switch items := o[field].(type) {
	case []string:
		return items
	case []any:
		out := make([]string, 0, len(items))
		for _, item := range items {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// texts returns a nested object of texts, such as metadata.
func (o object) texts(field string) map[string]string {
	out := map[string]string{}
	for key := range o.obj(field) {
		out[key] = o.obj(field).str(key)
	}
	return out
}

// public returns a copy without the simulator's notes.
func (o object) public() object {
	out := maps.Clone(o)
	maps.DeleteFunc(out, func(field string, _ any) bool { return strings.HasPrefix(field, "_") })
	return out
}

func asObject(v any) object {
	switch m := v.(type) {
	case object:
		return m
	case map[string]any:
		return m
	}
	return nil
}

// orNil turns the empty text into JSON's null, as Stripe shows what is not set.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

const idLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newID makes an id like Stripe's: the prefix and n random letters and digits.
func newID(prefix string, n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails: the runtime stops the program if the system has no randomness
	for i, b := range raw {
		raw[i] = idLetters[int(b)%len(idLetters)]
	}
	return prefix + string(raw)
}

// listOf wraps a page of documents in Stripe's list object.
func listOf(url string, data []object, more bool) object {
	if data == nil {
		data = []object{}
	}
	return object{"object": "list", "url": url, "data": data, "has_more": more}
}
