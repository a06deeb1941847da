package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestLookSeesFaults shows a page with one fault of each kind.
func TestLookSeesFaults(t *testing.T) {
	const head = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Page</title>`
	pages := map[string]string{
		"/good":     head + `<main><h1>Page</h1><p>Some <a href="/good">text</a>.`,
		"/nameless": head + `<main><h1>Page</h1><p><img src="data:,">`,
		"/pale":     head + `<style>@media (prefers-color-scheme: dark) { body { background: #fff; color: #ccc } }</style><main><h1>Page</h1>`,
		"/low":      head + `<main><h1>Page</h1><button>Low</button>`,
		"/headless": head + `<main><h1>Page</h1><h1>Again</h1>`,
		"/wide":     head + `<main><h1>Page</h1><div style="width: 400px">Wide</div>`,
		"/throws":   head + `<main><h1>Page</h1><script>throw new Error("thrown")</script>`,
		"/says":     head + `<main><h1>Page</h1><script>console.error("said")</script>`,
		"/policy":   head + `<main><h1>Page</h1><p style="color: red">Red`,
		"/broken":   head + `<main><h1>Page</h1><img src="/nothing.png" alt="">`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/policy" {
			w.Header().Set("Content-Security-Policy", "style-src 'self'")
		}
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			page = pages["/good"]
		}
		_, _ = fmt.Fprint(w, page)
	}))
	t.Cleanup(server.Close)
	b := New(t)
	for _, row := range []struct{ path, scheme, fault string }{
		{"/good", "light", ""},
		{"/missing", "light", ""}, // an error page is a page
		{"/nameless", "light", "axe: image-alt"},
		{"/pale", "light", ""},
		{"/pale", "dark", "axe: color-contrast"},
		{"/low", "light", "lower than 44 px: <button>"},
		{"/headless", "light", "2 h1 headings"},
		{"/wide", "light", "px of sideways scroll at 360, such as <div"},
		{"/throws", "light", "browser: Uncaught Error: thrown"},
		{"/says", "light", "browser: console.error: \"said\""},
		{"/policy", "light", "browser: Applying inline style violates"},
		{"/broken", "light", "browser: Failed to load resource"},
	} {
		b.Size(360, row.scheme)
		b.Open(server.URL + row.path)
		found := b.faults()
		if row.fault == "" && len(found) == 0 || row.fault != "" && len(found) == 1 && strings.Contains(found[0], row.fault) {
			continue
		}
		t.Errorf("%s, %s: found %q, want %q", row.path, row.scheme, found, row.fault)
	}
}

// TestWithoutScript fills in and sends a form while the page's script is off.
func TestWithoutScript(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Page</title><h1>Asked for %s</h1>
			<form><input name="a" value="old"><select name="b"><option>1<option>2</select><button>Go</button></form>
			<script>document.querySelector("h1").textContent = "Scripted"</script>`, r.URL.RawQuery)
	}))
	t.Cleanup(server.Close)
	first := New(t)
	for script, want := range map[bool]string{true: "Scripted", false: "Asked for a=new&b=2"} {
		b := first.Tab(t, script)
		b.Open(server.URL)
		b.Fill("input", "new")
		b.Fill("select", "2")
		if status := b.Click("button"); status != http.StatusOK {
			t.Errorf("answered %d", status)
		}
		if got := b.Text("h1"); got != want {
			t.Errorf("script %t: %q, want %q", script, got, want)
		}
	}
}
