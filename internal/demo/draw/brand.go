package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
)

// The colours of the shop itself.
const (
	accent = "#B8321A"
	page   = "#FBF7F0"
)

// writeBrand writes the mark and the icons.
func writeBrand(r *rasteriser) error {
	texts := map[string]string{"mark.svg": markSVG(), "favicon.svg": faviconSVG()}
	for name, svg := range texts {
		if err := os.WriteFile(filepath.Join(brandDir, name), []byte(svg+"\n"), 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	for _, icon := range []struct {
		name string
		size float64
		put  func(*os.File, image.Image) error
	}{
		{"favicon.ico", 32, writeICO},
		{"apple-touch-icon.png", 180, encodePNG},
		{"icon-512.png", 512, encodePNG},
	} {
		img, err := r.rasterise(tile(icon.size), icon.size, icon.size)
		if err != nil {
			return fmt.Errorf("rasterise %s: %w", icon.name, err)
		}
		if err := writeFile(filepath.Join(brandDir, icon.name), func(f *os.File) error { return icon.put(f, img) }); err != nil {
			return err
		}
	}
	return nil
}

// markSVG is the bare mark in the colour of the text around it.
func markSVG() string {
	c := newCanvas(64, 64)
	c.move(32, 32, 0, 1, func() { c.sweet("currentColor") })
	return c.svg()
}

// faviconSVG is the mark on a rounded tile, which reads on light and on dark.
func faviconSVG() string {
	c := newCanvas(64, 64)
	c.path(box(0, 0, 64, 64, 14), "fill", accent)
	c.move(32, 32, 0, 0.82, func() { c.sweet(page) })
	return c.svg()
}

// tile is the mark on a square of the accent colour.
func tile(size float64) string {
	c := newCanvas(size, size)
	c.path(box(0, 0, size, size, 0), "fill", accent)
	k := size / 64 * 0.72
	c.move(size/2, size/2, 0, k, func() { c.sweet(page) })
	return c.svg()
}

func encodePNG(f *os.File, img image.Image) error {
	return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img)
}

// writeICO wraps one PNG as an icon file: a directory of one entry, then the
// image.
func writeICO(f *os.File, img image.Image) error {
	var body bytes.Buffer
	if err := png.Encode(&body, img); err != nil {
		return err
	}
	size := img.Bounds().Size()
	header := struct {
		Reserved, Type, Count   uint16
		Width, Height           uint8
		Colours, Zero           uint8
		Planes, BitsPerPixel    uint16
		BytesOfImage, ImageFrom uint32
	}{0, 1, 1, uint8(size.X), uint8(size.Y), 0, 0, 1, 32, uint32(body.Len()), 22}
	if err := binary.Write(f, binary.LittleEndian, header); err != nil {
		return err
	}
	_, err := f.Write(body.Bytes())
	return err
}
