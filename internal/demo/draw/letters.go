package main

import (
	"fmt"
	"strconv"
	"strings"
)

// glyph is a letter drawn with one pen: strokes on a grid ten units high, and
// the width they take.
type glyph struct {
	width   float64
	strokes string
}

// glyphs is the alphabet of all labels. Round letters are true circles, the
// bars sit low.
var glyphs = map[rune]glyph{
	'A':  {8.4, "M0 10L4.2 0L8.4 10M1.5 6.6H6.9"},
	'B':  {6.2, "M0 5H3.4A2.5 2.5 0 0 0 3.4 0H0V10H3.6A2.5 2.5 0 0 0 3.6 5"},
	'C':  {9, "M9 2A5 5 0 1 0 9 8"},
	'D':  {8.2, "M0 0H3.2A5 5 0 0 1 3.2 10H0Z"},
	'E':  {5.4, "M5.4 0H0V10H5.4M0 5.2H4.4"},
	'F':  {5.2, "M5.2 0H0V10M0 5.2H4.2"},
	'G':  {9.9, "M8.9 1.9A5 5 0 1 0 9.9 6H6.2"},
	'H':  {7.2, "M0 0V10M7.2 0V10M0 5.2H7.2"},
	'I':  {0, "M0 0V10"},
	'J':  {4.2, "M4.2 0V7.4A2.5 2.5 0 0 1 0 8.9"},
	'K':  {6.6, "M0 0V10M6.2 0L0 6M2 4.2L6.6 10"},
	'L':  {5, "M0 0V10H5"},
	'M':  {9.6, "M0 10L1.1 0L4.8 7.2L8.5 0L9.6 10"},
	'N':  {7.4, "M0 10V0L7.4 10V0"},
	'O':  {10, "M5 0A5 5 0 1 1 4.99 0Z"},
	'P':  {5.8, "M0 10V0H3A2.8 2.8 0 0 1 3 5.6H0"},
	'Q':  {10, "M5 0A5 5 0 1 1 4.99 0ZM6.2 7L9.8 10.8"},
	'R':  {6.2, "M0 10V0H3A2.8 2.8 0 0 1 3 5.6H0M2.9 5.6L6.2 10"},
	'S':  {5.8, "M5.5 1.7C4.9.5 4 0 2.9 0C1.4 0 .3 1 .3 2.4C.3 5.4 5.8 4.5 5.8 7.4C5.8 9 4.6 10 2.9 10C1.5 10 .4 9.3 0 8"},
	'T':  {7, "M0 0H7M3.5 0V10"},
	'U':  {7.2, "M0 0V6.4A3.6 3.6 0 0 0 7.2 6.4V0"},
	'V':  {8, "M0 0L4 10L8 0"},
	'W':  {11.4, "M0 0L2.8 10L5.7 1.4L8.6 10L11.4 0"},
	'X':  {7, "M.2 0L6.8 10M6.8 0L.2 10"},
	'Y':  {7.4, "M0 0L3.7 5L7.4 0M3.7 5V10"},
	'Z':  {6.6, "M.2 0H6.4L0 10H6.6"},
	'0':  {6.4, "M3.2 0C5.4 0 6.4 2.2 6.4 5S5.4 10 3.2 10S0 7.8 0 5S1 0 3.2 0Z"},
	'1':  {2.2, "M0 1.6L2.2 0V10"},
	'2':  {5.8, "M.2 2.6A2.7 2.7 0 0 1 5.6 2.8C5.6 5 2 7 0 10H5.8"},
	'3':  {5.4, "M.4 0H5L2.3 3.9A3.05 3.05 0 1 1 0 8.6"},
	'4':  {6.4, "M4.8 10V0L0 7.2H6.4"},
	'5':  {5.6, "M5 0H1L.6 4.4A3 3 0 1 1 0 8.8"},
	'6':  {6, "M4.4 0L.7 5.2M3 4A3 3 0 1 1 2.99 4Z"},
	'7':  {5.6, "M0 0H5.6L1.6 10"},
	'8':  {5.8, "M2.9 0A2.3 2.3 0 1 1 2.89 0ZM2.9 4.6A2.7 2.7 0 1 1 2.89 4.6Z"},
	'9':  {6, "M1.6 10L5.3 4.8M3 0A3 3 0 1 1 2.99 0Z"},
	'%':  {8, "M7 0L1 10M1.6 0A1.5 1.7 0 1 1 1.59 0ZM6.4 6.6A1.5 1.7 0 1 1 6.39 6.6Z"},
	'&':  {7.6, "M7.6 10L1.5 3.1A1.9 1.9 0 1 1 4.6 2.9C4 4 0 5.2 0 7.6C0 9.1 1.2 10 2.8 10C5 10 6.6 8 7 5.8"},
	'.':  {0, "M0 9.9V10"},
	',':  {0.6, "M.6 9.6L0 11.4"},
	'·':  {0, "M0 5V5.1"},
	'-':  {3, "M0 5.4H3"},
	'–':  {4.5, "M0 5.4H4.5"},
	'\'': {0, "M0 0V2"},
	' ':  {3, ""},
}

// lettering is how a text is set: cap height, pen width and letter space in
// the units of the place, and the colour.
type lettering struct {
	height, pen, space float64
	colour             string
}

// measure is the width of s.
func (l lettering) measure(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += glyphs[r].width*l.height/10 + l.space
	}
	return w - l.space
}

// write sets s in capitals with its middle at x and its caps' top at y.
func (c *canvas) write(s string, x, y float64, l lettering) {
	s = strings.ToUpper(s)
	c.writeFrom(s, x-l.measure(s)/2, y, l)
}

// writeFrom sets s from x to the right.
func (c *canvas) writeFrom(s string, x, y float64, l lettering) {
	k := l.height / 10
	for _, r := range strings.ToUpper(s) {
		g, ok := glyphs[r]
		if !ok {
			panic(fmt.Sprintf("no letter %q in the alphabet", r))
		}
		if g.strokes != "" {
			c.line(g.strokes, l.colour, l.pen/k, "transform", fmt.Sprintf("translate(%s %s) scale(%s)", num(x), num(y), strconv.FormatFloat(k, 'f', 4, 64)))
		}
		x += g.width*k + l.space
	}
}

// sweet paints the shop's mark, a wrapped sweet with three stripes, on a
// square of 64 units around the origin.
func (c *canvas) sweet(colour string) {
	const (
		fan    = "M-16.4 -2.8C-20 -6.4 -24.5 -10.6 -30.5 -12.4C-29.2 -9.2 -29.2 -6.8 -31 -4.2C-29 -2 -29 2 -31 4.2C-29.2 6.8 -29.2 9.2 -30.5 12.4C-24.5 10.6 -20 6.4 -16.4 2.8C-15.8 1 -15.8 -1 -16.4 -2.8Z"
		left   = "M-7.4 -11.8C-12.3 -9.4 -14.6 -4.9 -14.6 0C-14.6 5.6 -11.4 10.8 -6.1 12.9C-8.9 8.7 -10 4.4 -10 0C-10 -4.2 -9.1 -8.2 -7.4 -11.8Z"
		middle = "M-3.6 -13.6C-5.9 -9.3 -7 -4.6 -7 0C-7 4.9 -5.5 9.7 -2.4 13.8C-1.6 14 -.8 14 0 14C1.2 14 2.4 13.9 3.6 13.6C1 9.5 -.4 4.8 -.4 0C-.4 -4.8 1 -9.5 3.6 -13.6C2.4 -13.9 1.2 -14 0 -14C-1.2 -14 -2.4 -13.9 -3.6 -13.6Z"
		right  = "M6.8 -12.2C4 -8.6 2.6 -4.3 2.6 0C2.6 4.3 4 8.6 6.8 12.2C11.6 9.8 14.6 5.2 14.6 0C14.6 -5.2 11.6 -9.8 6.8 -12.2Z"
	)
	c.group(func() {
		c.path(fan+left+middle+right, "fill", colour)
		c.path(fan, "fill", colour, "transform", "scale(-1 1)")
	}, "transform", "rotate(-32)")
}
