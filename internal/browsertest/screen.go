package browsertest

import (
	"bytes"
	"image/png"
	"os"

	"github.com/chromedp/chromedp"
	"github.com/gen2brain/webp"
)

// ShootScreen writes a picture of the page from its top, or from what its
// address names, as far as the window shows it, to a WebP file.
func (b *Browser) ShootScreen(file string) {
	b.t.Helper()
	b.Evaluate("(document.activeElement?.blur(), (document.querySelector(location.hash || null) ?? document.documentElement).scrollIntoView())")
	run(b, "load the pictures", chromedp.Evaluate[bool](`Promise.all([...document.images].filter(picture => picture.loading != "lazy" || picture.getBoundingClientRect().top < innerHeight).map(picture => {
		picture.loading = "eager";
		return picture.decode().catch(() => 0);
	})).then(() => true)`, chromedp.EvalAwaitPromise))
	picture, err := png.Decode(bytes.NewReader(run(b, "take a picture", chromedp.CaptureScreenshot())))
	if err != nil {
		b.t.Fatal(err)
	}
	var out bytes.Buffer
	if err := webp.Encode(&out, picture, webp.Options{Quality: 88, Method: 6}); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		b.t.Fatal(err)
	}
}
