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
	accent  = "#B8321A"
	page    = "#FBF7F0"
	shopInk = "#1E1B18"
)

// writeBrand writes the mark, the icons and the card for shared links.
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
	img, err := r.rasterise(card(), 1200, 630)
	if err != nil {
		return fmt.Errorf("rasterise og.png: %w", err)
	}
	return writeFile(filepath.Join(brandDir, "og.png"), func(f *os.File) error { return encodePNG(f, img) })
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

// card is the picture of a link to the shop.
func card() string {
	c := newCanvas(1200, 630)
	c.path(box(0, 0, 1200, 630, 0), "fill", page)
	c.path(box(0, 0, 1200, 630, 0), "fill", c.linear(200, 0, 1200, 630, []stop{{0, white, 0.5}, {0.5, blush, 0.15}, {1, blush, 0.85}}))
	c.move(122, 150, 0, 1.55, func() { c.sweet(accent) })
	c.writeFrom("Tuckshop", 80, 240, lettering{66, 9.6, 16, shopInk})
	small := lettering{17, 2.6, 5.4, shopInk}
	c.writeFrom("Good paper, sharp pencils", 80, 366, small)
	c.writeFrom("and something sweet", 80, 404, small)
	c.writeFrom("for the desk", 80, 442, small)

	view := camera{x: 812, y: 300, turn: 14, pitch: 62, scale: 1.85, shadowTone: shade(blush, 0.82)}
	c.closed(view, fieldNotebook(inkBlue), true)
	c.pencil(view.at(2, 132, 0, -26), pencilLook{colour: mustard, length: 150, width: 7.6})
	c.move(758, -76, 0, 0.46, func() {
		t := canister{x: 610, base: 1190, r: 236, h: 720, squash: 0.13, colour: tomato}
		c.standing(blush, t.x, t.base, t.r, 420)
		c.tin(t, cream, 92, func() {
			sag := t.r * t.squash
			y0, y1 := t.top()+200, t.base-150
			c.wrap(t, y0, y1, cream)
			c.arc(t, y0+14, mustard, 6)
			c.arc(t, y1-14, mustard, 6)
			c.move(t.x, y0+sag+90, 0, 1.6, func() { c.sweet(tomato) })
			c.write("Ginger", t.x, y0+sag+166, lettering{56, 8, 13, tomato})
			c.write("Biscuits", t.x, y0+sag+246, lettering{33, 4.8, 8, charcoal})
		})
	})
	for i, p := range []point{{1090, 508}, {1010, 546}} {
		c.path(oval(p.x+8, p.y+9, 60, 23), "fill", umber, "opacity", 0.42, "filter", c.blur(7))
		c.biscuit(p.x, p.y, 58, 0.37, uint64(71+i))
	}
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
