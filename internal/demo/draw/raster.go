package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/chromedp"
	"github.com/gen2brain/avif"
	"golang.org/x/image/draw"

	"tuckshop/internal/demo"
)

// rasteriser turns SVG into pixels in one headless browser.
type rasteriser struct{ ctx context.Context }

// newRasteriser starts the browser; the function it returns ends it.
func newRasteriser(ctx context.Context) (*rasteriser, func(), error) {
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("hide-scrollbars", true),
	)
	ctx, endProcess := chromedp.NewExecAllocator(ctx, options...)
	ctx, endTab := chromedp.NewContext(ctx)
	end := func() { endTab(); endProcess() }
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		end()
		return nil, nil, fmt.Errorf("start Chromium: %w", err)
	}
	return &rasteriser{ctx}, end, nil
}

// rasterise draws svg at w × h pixels.
func (r *rasteriser) rasterise(svg string, w, h float64) (image.Image, error) {
	if err := chromedp.Do(r.ctx, chromedp.EmulateViewport(int64(w), int64(h))); err != nil {
		return nil, fmt.Errorf("set the viewport: %w", err)
	}
	load := `(async () => {
		document.body.style.margin = 0;
		const img = new Image();
		img.style.display = "block";
		img.src = "data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte(svg)) + `";
		await img.decode();
		document.body.replaceChildren(img);
		await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
		return true;
	})()`
	if _, err := chromedp.Run(r.ctx, chromedp.Evaluate[bool](load, chromedp.EvalAwaitPromise)); err != nil {
		return nil, fmt.Errorf("load the drawing: %w", err)
	}
	shot, err := chromedp.Run(r.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return nil, fmt.Errorf("capture the drawing: %w", err)
	}
	return png.Decode(bytes.NewReader(shot))
}

// scaled resizes img to w × h pixels.
func scaled(img image.Image, w, h int) image.Image {
	if img.Bounds().Dx() == w && img.Bounds().Dy() == h {
		return img
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// writePicture writes every width and format of a picture.
func writePicture(key string, img image.Image) error {
	for _, w := range demo.Widths() {
		small := scaled(img, w, w*5/4)
		base := filepath.Join(picturesDir, fmt.Sprintf("%s-%d", key, w))
		err := writeFile(base+".avif", func(f *os.File) error {
			return avif.Encode(f, small, avif.Options{Quality: avifQuality(w), Speed: 6, ChromaSubsampling: image.YCbCrSubsampleRatio420})
		})
		if err != nil {
			return err
		}
		if w == 640 {
			err = writeFile(base+".jpg", func(f *os.File) error { return jpeg.Encode(f, small, &jpeg.Options{Quality: 74}) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Small pictures are looked at closely in lists; large ones are shown on
// dense screens, where less will do.
func avifQuality(width int) int {
	if width >= 960 {
		return 58
	}
	return 62
}

// writeFile makes a file of what write puts into it.
func writeFile(name string, write func(*os.File) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		_ = f.Close() // the first error is the one to tell
		return fmt.Errorf("write %s: %w", name, err)
	}
	return f.Close()
}
