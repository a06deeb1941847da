// Command draw draws the demo shop's pictures and the shop's mark.
//
//	go run ./internal/demo/draw [-only KEY,…] [-preview DIR]
//
// Every picture is composed as SVG, rasterised by Chromium and written to
// internal/demo/pictures in the formats and widths that demo.Pictures
// promises; the mark goes to static/brand. The same source makes the same
// drawings. Run it from the root of the module.
package main

import (
	"context"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tuckshop/internal/demo"
)

const (
	picturesDir = "internal/demo/pictures"
	brandDir    = "static/brand"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("draw", flag.ContinueOnError)
	only := flags.String("only", "", "comma-separated beginnings of the keys to draw; \"brand\" is the mark")
	preview := flags.String("preview", "", "write PNG files of the full size to this folder and nothing else")
	if err := flags.Parse(args); err != nil {
		return err
	}
	wanted := func(key string) bool {
		return *only == "" || slices.ContainsFunc(strings.Split(*only, ","), func(p string) bool { return strings.HasPrefix(key, p) })
	}

	if *preview == "" {
		if err := complete(); err != nil {
			return err
		}
	}
	r, closeBrowser, err := newRasteriser(ctx)
	if err != nil {
		return err
	}
	defer closeBrowser()

	for _, s := range shots() {
		if !wanted(s.key) {
			continue
		}
		c := newCanvas(frameW, frameH)
		s.draw(c)
		img, err := r.rasterise(c.svg(), frameW, frameH)
		if err != nil {
			return fmt.Errorf("rasterise %s: %w", s.key, err)
		}
		if *preview != "" {
			err = writeFile(filepath.Join(*preview, s.key+".png"), func(w *os.File) error { return png.Encode(w, img) })
		} else {
			err = writePicture(s.key, img)
		}
		if err != nil {
			return err
		}
		fmt.Println(s.key)
	}
	if wanted("brand") && *preview == "" {
		return writeBrand(r)
	}
	return nil
}

// shot is one picture of the series.
type shot struct {
	key  string
	draw func(*canvas)
}

// complete reports a difference between the shots and the catalogue.
func complete() error {
	drawn := map[string]bool{}
	for _, s := range shots() {
		drawn[s.key] = true
	}
	for _, p := range demo.Products() {
		for _, pic := range p.Pictures {
			if !drawn[pic.Key] {
				return fmt.Errorf("the catalogue shows %s, which nothing draws", pic.Key)
			}
			delete(drawn, pic.Key)
		}
	}
	for key := range drawn {
		return fmt.Errorf("%s is drawn but not in the catalogue", key)
	}
	return nil
}
