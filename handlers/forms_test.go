package handlers_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tuckshop/internal/apptest"
)

// sheet is a form of a page as a browser without JavaScript sends it.
type sheet struct {
	action   string
	fields   url.Values
	required []string
	choices  map[string][]string // what a select offers, by its name
	buttons  []string            // each as name=value
}

// sheetOf is the form of a page that posts to an address: what its fields hold
// as they are drawn.
func sheetOf(t *testing.T, page, action string) sheet {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for node := range root.Descendants() {
		if node.Type == html.ElementNode && node.Data == "form" && attributeOf(node, "method") == "post" && attributeOf(node, "action") == action {
			return readSheet(node)
		}
	}
	t.Fatalf("no form posts to %s:\n%s", action, page)
	return sheet{}
}

func readSheet(form *html.Node) sheet {
	read := sheet{action: attributeOf(form, "action"), fields: url.Values{}, choices: map[string][]string{}}
	for node := range form.Descendants() {
		name := attributeOf(node, "name")
		if node.Type != html.ElementNode || name == "" {
			continue
		}
		if has(node, "required") {
			read.required = append(read.required, name)
		}
		switch kind := attributeOf(node, "type"); node.Data {
		case "input":
			if kind != "checkbox" && kind != "radio" && kind != "file" || has(node, "checked") {
				read.fields.Add(name, attributeOf(node, "value"))
			}
		case "textarea":
			read.fields.Add(name, textOf(node))
		case "select":
			chosen := ""
			for option := range node.Descendants() {
				if option.Data != "option" {
					continue
				}
				value := attributeOf(option, "value")
				if len(read.choices[name]) == 0 || has(option, "selected") {
					chosen = value
				}
				read.choices[name] = append(read.choices[name], value)
			}
			read.fields.Add(name, chosen)
		case "button":
			read.buttons = append(read.buttons, name+"="+attributeOf(node, "value"))
		}
	}
	return read
}

func attributeOf(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(node *html.Node, name string) bool {
	return slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func textOf(node *html.Node) string {
	var text strings.Builder
	for child := range node.Descendants() {
		if child.Type == html.TextNode {
			text.WriteString(child.Data)
		}
	}
	return strings.TrimPrefix(text.String(), "\n")
}

// send posts the form with other values in some fields, one each.
func (s sheet) send(browser *apptest.Browser, changes fields) apptest.Answer {
	sent := maps.Clone(s.fields)
	for name, value := range changes {
		sent[name] = []string{value}
	}
	var list []string
	for name, values := range sent {
		for _, value := range values {
			list = append(list, name, value)
		}
	}
	return browser.Post(s.action, list...)
}
