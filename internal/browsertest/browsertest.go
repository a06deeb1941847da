// Package browsertest drives Chromium in tests: it goes through pages as a
// person does, and judges what every page has to keep.
package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long one step may take on a busy machine before the test
// fails. No step waits for it to pass.
const patience = time.Minute

// Browser is one tab of Chromium with cookies of its own. A step that cannot
// be taken ends the test. What the browser itself complains of, such as a
// breach of a page's policy or a script's error, fails the test at the latest
// when it ends.
type Browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	documents  map[string]bool // addresses of pages and forms, which a test may ask for though they are errors
}

// New starts Chromium and stops it when the test ends. Its first tab is at 360
// by 800 px in the light scheme.
func New(t *testing.T) *Browser {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.WSURLReadTimeout(patience))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	return open(t, ctx)
}

// Tab opens another tab in the same Chromium for a visitor of its own, until
// test t ends. Its script is off where script is false.
func (b *Browser) Tab(t *testing.T, script bool) *Browser {
	t.Helper()
	tab := open(t, b.ctx, chromedp.WithNewBrowserContext())
	if !script {
		tab.do("switch the script off", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}))
	}
	return tab
}

func open(t *testing.T, parent context.Context, options ...chromedp.ContextOption) *Browser {
	t.Helper()
	b := &Browser{t: t, documents: map[string]bool{}}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(b.listen))...)
	b.ctx = ctx
	t.Cleanup(func() {
		cancel()
		for _, complaint := range b.heard() {
			t.Errorf("the browser complained: %s", complaint)
		}
	})
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as this context
		t.Fatalf("start Chromium: %v", err)
	}
	b.Size(360, "light")
	return b
}

func (b *Browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		// What is posted may be refused: the page says so.
		if event.Type == network.ResourceTypeDocument || event.Request.Method == http.MethodPost {
			b.documents[event.Request.URL] = true
		}
	case *cdplog.EventEntryAdded:
		if event.Entry.Source != cdplog.EntrySourceNetwork || !b.documents[event.Entry.URL] {
			b.complaints = append(b.complaints, event.Entry.Text+" "+event.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		details := event.ExceptionDetails
		thrown := details.Text
		if details.Exception != nil {
			thrown += " " + details.Exception.Description
		}
		b.complaints = append(b.complaints, thrown)
	case *runtime.EventConsoleAPICalled:
		for _, argument := range event.Args {
			b.complaints = append(b.complaints, fmt.Sprintf("console.%s: %s %s", event.Type, argument.Value, argument.Description))
		}
	}
}

// heard returns the browser's complaints since it was last asked.
func (b *Browser) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	complaints := b.complaints
	b.complaints = nil
	return complaints
}

func run[T any](b *Browser, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	if err != nil {
		at, _ := chromedp.Run(b.ctx, chromedp.Location())
		b.t.Fatalf("%s at %s: %v", what, at, err)
	}
	return result
}

func (b *Browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	run(b, what, chromedp.Steps(steps...))
}

// Size sets the width of the window in pixels and the colour scheme, "light"
// or "dark". Motion is reduced, so that nothing is looked at half-way.
func (b *Browser) Size(width int64, scheme string) {
	b.t.Helper()
	b.do("size the window", chromedp.EmulateViewport(width, 800), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

// Open goes to an address and returns the status of the answer.
func (b *Browser) Open(url string) int {
	b.t.Helper()
	return status(run(b, "open "+url, chromedp.NavigateResponse(url)))
}

// Click presses the first element that a CSS selector finds, waits for the
// page to which that leads and returns the status of the answer.
func (b *Browser) Click(selector string) int {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
	if err != nil {
		b.t.Fatalf("click %s at %s: %v", selector, b.Location(), err)
	}
	return status(answer)
}

func status(answer *network.Response) int {
	if answer == nil { // the same page at another fragment
		return 0
	}
	return int(answer.Status)
}

// Press presses an element that leads to no other page.
func (b *Browser) Press(selector string) {
	b.t.Helper()
	b.do("press "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Escape presses the key of that name.
func (b *Browser) Escape() {
	b.t.Helper()
	b.do("press Escape", chromedp.KeyEvent(kb.Escape))
}

// Fill types a value into a field in place of what it holds; of a select it
// chooses the option with that value.
func (b *Browser) Fill(selector, value string) {
	b.t.Helper()
	field := "document.querySelector(" + strconv.Quote(selector) + ")"
	b.do("find "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
	if b.Evaluate(field+".localName") == "select" {
		b.do("choose in "+selector, chromedp.SetValue(chromedp.CSS(selector), value))
		return
	}
	b.Evaluate("void (" + field + ".focus(), " + field + ".select())")
	b.do("type into "+selector, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: value})
		return err
	}))
}

// Choose puts files, by their paths, into a field for files.
func (b *Browser) Choose(selector string, files ...string) {
	b.t.Helper()
	b.do("choose files in "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// Text returns what is to be read in the first element that a selector finds.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	return run(b, "read "+selector, chromedp.Text(chromedp.CSS(selector)))
}

// Attribute returns an attribute of the first element that a selector finds,
// or an empty text where it has none.
func (b *Browser) Attribute(selector, name string) string {
	b.t.Helper()
	return run(b, "read "+selector, chromedp.AttributeValue(chromedp.CSS(selector), name)).Value
}

// Count returns how many elements a selector finds.
func (b *Browser) Count(selector string) int {
	b.t.Helper()
	return run(b, "count "+selector, chromedp.Evaluate[int]("document.querySelectorAll("+strconv.Quote(selector)+").length"))
}

// Evaluate returns what an expression comes to, as text. It works where the
// page's own script is off.
func (b *Browser) Evaluate(expression string) string {
	b.t.Helper()
	return run(b, "evaluate "+expression, chromedp.Evaluate[string]("String("+expression+")"))
}

// Await waits until an expression is true of the page. The page's own script
// must be on.
func (b *Browser) Await(expression string) {
	b.t.Helper()
	run(b, "wait for "+expression, chromedp.Evaluate[bool](`new Promise(resolve => {
		const look = () => (`+expression+`) ? resolve(true) : setTimeout(look, 20);
		look();
	})`, chromedp.EvalAwaitPromise))
}

// Location is the address of the page.
func (b *Browser) Location() string {
	b.t.Helper()
	return run(b, "read the address", chromedp.Location())
}

// Shoot writes a picture of the whole page to a PNG file.
func (b *Browser) Shoot(file string) {
	b.t.Helper()
	run(b, "load all pictures", chromedp.Evaluate[bool](`Promise.all([...document.images].map(picture => {
		picture.loading = "eager";
		return picture.decode().catch(() => 0);
	})).then(() => true)`, chromedp.EvalAwaitPromise))
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(file, run(b, "take a picture", chromedp.FullScreenshot(100)), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// Modules returns the folder of the npm packages that .ci/install puts beside
// this package. It ends the test where one of those named is not there.
func Modules(t *testing.T, names ...string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("the test runs outside the project")
		}
		root = filepath.Dir(root)
	}
	dir := filepath.Join(root, "internal", "browsertest", "node_modules")
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Fatalf("npm package %s is not there: run .ci/install first", name)
		}
	}
	return dir
}
