package previews

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"io/fs"
	"path"
	"strings"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"tuckshop/static"
	"tuckshop/views"
)

// The colours of static/theme.css.
var (
	paper  = color.RGBA{0xfb, 0xf7, 0xf0, 0xff}
	ink    = color.RGBA{0x1e, 0x1b, 0x18, 0xff}
	muted  = color.RGBA{0x65, 0x5c, 0x52, 0xff}
	accent = color.RGBA{0xb8, 0x32, 0x1a, 0xff}
)

// Where things stand, in pixels: the picture, four to five, fills the left.
const (
	pictureWidth = views.PreviewHeight * 4 / 5
	margin       = 72
	pictureSize  = 640 // the width of the file that is drawn from
)

// faces are the shop's two faces.
type faces struct{ display, text *sfnt.Font }

func loadFaces() (faces, error) {
	display, err := loadFont("fonts/young-serif.ttf")
	if err != nil {
		return faces{}, err
	}
	text, err := loadFont("fonts/figtree-600.ttf")
	return faces{display, text}, err
}

func loadFont(name string) (*sfnt.Font, error) {
	file, err := static.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open the font: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("read the font %s: %w", name, err)
	}
	parsed, err := opentype.Parse(content)
	if err != nil {
		return nil, fmt.Errorf("read the font %s: %w", name, err)
	}
	return parsed, nil
}

// draw draws a preview: the picture to the left, beside it the shop, the name
// and the price.
func (m *Maker) draw(p views.Preview) ([]byte, error) {
	canvas := image.NewRGBA(image.Rect(0, 0, views.PreviewWidth, views.PreviewHeight))
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	left := margin
	picture, err := m.picture(p.PictureKey)
	if err != nil {
		return nil, err
	}
	if picture != nil {
		xdraw.ApproxBiLinear.Scale(canvas, image.Rect(0, 0, pictureWidth, views.PreviewHeight), picture, picture.Bounds(), draw.Src, nil)
		left += pictureWidth
	}
	draw.Draw(canvas, image.Rect(left, margin, left+48, margin+6), image.NewUniform(accent), image.Point{}, draw.Src)
	name, width := p.Name, views.PreviewWidth-left-margin
	top := margin + 24
	if name == "" { // the shop itself
		name, top = p.Shop, top+48
	} else if top, err = write(canvas, m.faces.text, p.Shop, left, top, block{size: 30, width: width, lines: 1, colour: muted}); err != nil {
		return nil, err
	}
	below := views.PreviewHeight - margin
	if p.Price.Currency != "" {
		below -= 52
		if _, err := write(canvas, m.faces.text, m.price(p), left, below, block{size: 46, width: width, lines: 1, colour: accent}); err != nil {
			return nil, err
		}
	}
	top, err = write(canvas, m.faces.display, name, left, top+28, block{size: 72, width: width, lines: 4, height: below - top - 28, colour: ink})
	if err == nil && p.Text != "" && below-top > 60 {
		_, err = write(canvas, m.faces.text, p.Text, left, top+20, block{size: 30, width: width, lines: 4, height: below - top - 20, colour: muted})
	}
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, canvas, &jpeg.Options{Quality: 86}); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return out.Bytes(), nil
}

// price is the price as it is drawn: with the currency's code where the face
// lacks its sign.
func (m *Maker) price(p views.Preview) string {
	written := strings.ReplaceAll(p.PriceText(p.Price.String()), "\u00a0", " ")
	if known(m.faces.text, written) == written {
		return written
	}
	return p.PriceText(p.Price.Decimal() + " " + p.Price.Currency)
}

// picture reads the picture of a key; nil where there is none.
func (m *Maker) picture(key string) (image.Image, error) {
	if key == "" {
		return nil, nil
	}
	name := path.Base(views.PictureURL(key, pictureSize, "jpg"))
	file, err := m.pictures.Open(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open picture %s: %w", key, err)
	}
	defer file.Close() //nolint:errcheck // only read
	picture, err := jpeg.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("read picture %s: %w", key, err)
	}
	return picture, nil
}

// block says how a text is set: as large as size, or smaller where it does not
// fit. What still does not is cut off.
type block struct {
	size          float64 // pixels
	width, height int     // pixels; height 0: as the lines need
	lines         int     // at most
	colour        color.Color
}

// smallest is how far a text shrinks to fit, as a part of its size.
const smallest = 0.55

// write sets a text below top and returns where it ends. Signs that the face
// lacks are left out.
func write(canvas draw.Image, f *sfnt.Font, text string, left, top int, b block) (bottom int, err error) {
	text = known(f, text)
	for size := b.size; ; size *= 0.9 {
		face, err := sized(f, size)
		if err != nil {
			return top, err
		}
		leading := int(size * 1.18)
		room := b.lines
		if b.height > 0 {
			room = min(room, max(b.height/leading, 1))
		}
		lines, fits := wrap(face, text, b.width, room)
		if !fits && size > b.size*smallest {
			continue
		}
		drawer := font.Drawer{Dst: canvas, Src: image.NewUniform(b.colour), Face: face}
		for i, line := range lines {
			drawer.Dot = fixed.P(left, top+int(size*0.92)+i*leading)
			drawer.DrawString(line)
		}
		return top + len(lines)*leading, nil
	}
}

// sized is a font in a size in pixels.
func sized(f *sfnt.Font, size float64) (font.Face, error) {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("size the font: %w", err)
	}
	return face, nil
}

// longest is how many signs of a text are looked at.
const longest = 400

// known is a text without the signs that a face lacks; empty where it lacks
// more than it has.
func known(f *sfnt.Font, text string) string {
	var buffer sfnt.Buffer
	runes := []rune(text)
	text = string(runes[:min(len(runes), longest)])
	all := len([]rune(text))
	text = strings.Map(func(r rune) rune {
		if r == '\u00a0' {
			return ' '
		}
		if index, err := f.GlyphIndex(&buffer, r); err != nil || index == 0 {
			return -1
		}
		return r
	}, text)
	if 2*len([]rune(text)) < all {
		return ""
	}
	return strings.Join(strings.Fields(text), " ")
}

// wrap breaks a text into lines of a width in pixels and reports whether all of
// it fits into so many.
func wrap(face font.Face, text string, width, most int) (lines []string, fits bool) {
	wide := func(s string) bool { return font.MeasureString(face, s).Ceil() > width }
	fits = true
	line := ""
	for word := range strings.FieldsSeq(text) {
		if longer := strings.TrimSpace(line + " " + word); !wide(longer) {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = word
		fits = fits && !wide(word)
	}
	lines = append(lines, line)
	fits = fits && len(lines) <= most
	if cut := len(lines) > most; cut {
		lines = lines[:most]
		lines[most-1] += "…"
	}
	for i, line := range lines {
		runes := []rune(line)
		for len(runes) > 1 && wide(string(runes)) {
			runes = append(runes[:len(runes)-2], '…')
		}
		lines[i] = string(runes)
	}
	return lines, fits
}
