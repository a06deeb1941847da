package static

import (
	"fmt"
	"math"
	"strconv"
)

// Colour is a colour of the sRGB space, each part from 0 to 255.
type Colour struct{ R, G, B uint8 }

// ParseColour reads #rrggbb.
func ParseColour(hex string) (Colour, bool) {
	if len(hex) != 7 || hex[0] != '#' {
		return Colour{}, false
	}
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	return Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, err == nil
}

// String is the colour as #rrggbb.
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// linear are the parts of a colour as amounts of light, from 0 to 1.
func (c Colour) linear() [3]float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return [3]float64{part(c.R), part(c.G), part(c.B)}
}

func (c Colour) luminance() float64 {
	l := c.linear()
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// Contrast is the contrast of two colours as WCAG 2 counts it, from 1 to 21.
func Contrast(a, b Colour) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// oklch is a colour by lightness (0 to 1), chroma (0 to about 0.37) and hue (in
// radians), in which equal steps look equal. https://www.w3.org/TR/css-color-4/
type oklch struct{ l, c, h float64 }

func (c Colour) oklch() oklch {
	v := c.linear()
	l := math.Cbrt(0.4122214708*v[0] + 0.5363325363*v[1] + 0.0514459929*v[2])
	m := math.Cbrt(0.2119034982*v[0] + 0.6806995451*v[1] + 0.1073969566*v[2])
	s := math.Cbrt(0.0883024619*v[0] + 0.2817188376*v[1] + 0.6299787005*v[2])
	a := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	b := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return oklch{0.2104542553*l + 0.7936177850*m - 0.0040720468*s, math.Hypot(a, b), math.Atan2(b, a)}
}

func cube(v float64) float64 { return v * v * v }

// colour is the colour that a screen can show: where there is none so vivid,
// a paler one.
func (o oklch) colour() Colour {
	for chroma := o.c; ; chroma = max(0, chroma-0.004) {
		a, b := chroma*math.Cos(o.h), chroma*math.Sin(o.h)
		l := cube(o.l + 0.3963377774*a + 0.2158037573*b)
		m := cube(o.l - 0.1055613458*a - 0.0638541728*b)
		s := cube(o.l - 0.0894841775*a - 1.2914855480*b)
		light := [3]float64{
			4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
			-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
			-0.0041960863*l - 0.7034186147*m + 1.7076147010*s,
		}
		shown := chroma == 0
		if !shown {
			shown = true
			for _, v := range light {
				shown = shown && v > -0.001 && v < 1.001
			}
		}
		if shown {
			part := func(v float64) uint8 {
				v = min(max(v, 0), 1)
				if v <= 0.0031308 {
					v *= 12.92
				} else {
					v = 1.055*math.Pow(v, 1/2.4) - 0.055
				}
				return uint8(math.Round(v * 255))
			}
			return Colour{part(light[0]), part(light[1]), part(light[2])}
		}
	}
}

// readable is the colour nearest to c, darker or lighter but of the same hue,
// that has the contrast asked for with every ground. Where none has, it is
// black or white.
func readable(c Colour, ratio float64, darker bool, grounds ...Colour) Colour {
	const step = 0.004
	for o := c.oklch(); ; {
		enough := true
		for _, ground := range grounds {
			enough = enough && Contrast(c, ground) >= ratio
		}
		switch {
		case enough:
			return c
		case darker && o.l > step:
			o.l -= step
		case !darker && o.l < 1-step:
			o.l += step
		case darker:
			return Colour{}
		default:
			return Colour{255, 255, 255}
		}
		c = o.colour()
	}
}

// Palette is the colours of the shop in one scheme, by what they are for.
type Palette struct {
	Paper, Card, Wash, Ink, Muted, Line, Edge, Accent, OnAccent, Brand, OnBrand, Good Colour
}

func colour(hex string) Colour {
	c, ok := ParseColour(hex)
	if !ok {
		panic("static: no colour: " + hex)
	}
	return c
}

// DefaultAccent is the accent of theme.css.
const DefaultAccent = "#b8321a"

// The palettes of theme.css, which every other one is made from.
var (
	warmLight = Palette{
		Paper: colour("#fbf7f0"), Card: colour("#fffdf9"), Wash: colour("#f3e9da"), Ink: colour("#1e1b18"), Muted: colour("#655c52"),
		Line: colour("#e0d5c5"), Edge: colour("#8a7f72"), Accent: colour("#b8321a"), OnAccent: colour("#ffffff"),
		Brand: colour("#b8321a"), OnBrand: colour("#ffffff"), Good: colour("#2f5d50"),
	}
	warmDark = Palette{
		Paper: colour("#171412"), Card: colour("#201c19"), Wash: colour("#221d19"), Ink: colour("#f3ede4"), Muted: colour("#b9aea1"),
		Line: colour("#3a332c"), Edge: colour("#8f8377"), Accent: colour("#ff8a66"), OnAccent: colour("#1e1b18"),
		Brand: colour("#ff8a66"), OnBrand: colour("#1e1b18"), Good: colour("#8fc9b5"),
	}
)

// tint gives a grey of the warm palette another hue, and as much of it as
// strength says: 0 none, 1 as much as it had.
func tint(c Colour, hue, strength float64) Colour {
	o := c.oklch()
	return oklch{o.l, o.c * strength, hue}.colour()
}

// palette makes the colours of one scheme: greys of the hue asked for, and the
// accent as near to what was chosen as can be read.
func palette(from Palette, dark bool, accent Colour, hue, strength float64, tinted bool) Palette {
	p := from
	if tinted {
		for _, c := range []*Colour{&p.Paper, &p.Card, &p.Wash, &p.Ink, &p.Muted, &p.Line, &p.Edge} {
			*c = tint(*c, hue, strength)
		}
	}
	grounds := []Colour{p.Paper, p.Card, p.Wash}
	p.Ink = readable(p.Ink, 7, !dark, grounds...)
	p.Muted = readable(p.Muted, 4.5, !dark, grounds...)
	p.Edge = readable(p.Edge, 3, !dark, grounds...)
	p.Good = readable(p.Good, 4.5, !dark, grounds...)
	p.Accent = readable(accent, 4.5, !dark, grounds...)
	p.Brand = accent
	if dark { // on a dark page a dark area is a hole
		p.Brand = readable(accent, 3, false, grounds...)
	}
	p.OnAccent, p.OnBrand = textOn(p.Accent), textOn(p.Brand)
	return p
}

// textOn is white or nearly black, whichever is read better. One of them always
// has 4.5:1.
func textOn(ground Colour) Colour {
	white, black := Colour{255, 255, 255}, colour("#1e1b18")
	if Contrast(white, ground) >= 4.5 {
		return white
	}
	if Contrast(black, ground) < 4.5 {
		black = Colour{}
	}
	return black
}
