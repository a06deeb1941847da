package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"
)

// what is seen on a page; every part of it must be empty, but for one h1.
const look = `axe.run({resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}).then(result => JSON.stringify({
	axe: result.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")),
	low: [...document.querySelectorAll("a, button, input, select, textarea, summary, label:has(input)")]
		.filter(e => e.checkVisibility() && !["radio", "checkbox"].includes(e.type) && getComputedStyle(e).display !== "inline")
		.filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML),
	headings: document.querySelectorAll("h1").length,
}))`

// faults lists what is wrong with the page that is open.
func (b *Browser) faults() []string {
	b.t.Helper()
	if b.Evaluate("typeof axe") == "undefined" {
		source, err := os.ReadFile(filepath.Join(Modules(b.t, "axe-core"), "axe-core", "axe.min.js"))
		if err != nil {
			b.t.Fatal(err)
		}
		run(b, "load axe", chromedp.Evaluate[bool](string(source)+"; true"))
	}
	answer := run(b, "run axe", chromedp.Evaluate[string](look, chromedp.EvalAwaitPromise))
	var seen struct {
		Axe, Low []string
		Headings int
	}
	if err := json.Unmarshal([]byte(answer), &seen); err != nil {
		b.t.Fatal(err)
	}
	var faults []string
	for _, violation := range seen.Axe {
		faults = append(faults, "axe: "+violation)
	}
	for _, target := range seen.Low {
		faults = append(faults, "lower than 44 px: "+target)
	}
	if seen.Headings != 1 {
		faults = append(faults, fmt.Sprintf("%d h1 headings", seen.Headings))
	}
	for _, complaint := range b.heard() {
		faults = append(faults, "browser: "+complaint)
	}
	return append(faults, b.sideways()...)
}

// sideways names what sticks out where the page scrolls sideways.
func (b *Browser) sideways() []string {
	b.t.Helper()
	const ask = `(() => {
		const width = document.documentElement.clientWidth, more = document.documentElement.scrollWidth - width;
		if (more <= 0) return "";
		const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > width + .5);
		return more + " px of sideways scroll at " + width + ", such as " + wide.slice(0, 3).map(e => e.outerHTML.slice(0, 200)).join(" | ");
	})()`
	if found := b.Evaluate(ask); found != "" {
		return []string{found}
	}
	return nil
}

// Look judges the page that is open: axe finds nothing, nothing scrolls
// sideways, targets that are not part of a sentence are 44 px high, there is
// one h1, and the browser has nothing to complain of. The page's script must
// be on.
func (b *Browser) Look(name string) {
	b.t.Helper()
	for _, fault := range b.faults() {
		b.t.Errorf("%s: %s", name, fault)
	}
}

// Fits judges only whether the page that is open scrolls sideways.
func (b *Browser) Fits(name string) {
	b.t.Helper()
	for _, fault := range b.sideways() {
		b.t.Errorf("%s: %s", name, fault)
	}
}
