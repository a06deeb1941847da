package main

import (
	"fmt"
	"strconv"
	"strings"
)

// canvas collects one SVG picture. Later calls paint over earlier ones.
type canvas struct {
	width, height float64
	defs, body    strings.Builder
	known         map[string]string // definition → its reference
}

func newCanvas(width, height float64) *canvas {
	return &canvas{width: width, height: height, known: map[string]string{}}
}

// svg returns the finished document.
func (c *canvas) svg() string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s"><defs>%s</defs>%s</svg>`,
		num(c.width), num(c.height), num(c.width), num(c.height), c.defs.String(), c.body.String())
}

// num writes a number as short as two decimals allow.
func num(f float64) string {
	s := strconv.FormatFloat(f, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// attrs writes name and value pairs as attributes. Of two with one name the
// later counts.
func attrs(pairs []any) string {
	var b strings.Builder
	last := map[any]int{}
	for i := 0; i+1 < len(pairs); i += 2 {
		last[pairs[i]] = i
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if last[pairs[i]] != i {
			continue
		}
		fmt.Fprintf(&b, ` %v="%s"`, pairs[i], text(pairs[i+1]))
	}
	return b.String()
}

func text(v any) string {
	switch v := v.(type) {
	case float64:
		return num(v)
	default:
		return fmt.Sprint(v)
	}
}

// define adds a definition once; "@" in it stands for its id. It returns the
// reference, url(#id).
func (c *canvas) define(def string) string {
	if ref, ok := c.known[def]; ok {
		return ref
	}
	id := "d" + strconv.Itoa(len(c.known))
	c.defs.WriteString(strings.ReplaceAll(def, "@", id))
	c.known[def] = "url(#" + id + ")"
	return c.known[def]
}

// path paints the outline d with the given attributes.
func (c *canvas) path(d string, pairs ...any) {
	fmt.Fprintf(&c.body, `<path d="%s"%s/>`, d, attrs(pairs))
}

// line strokes d without filling it, with round ends.
func (c *canvas) line(d, colour string, width float64, pairs ...any) {
	c.path(d, append([]any{"fill", "none", "stroke", colour, "stroke-width", width,
		"stroke-linecap", "round", "stroke-linejoin", "round"}, pairs...)...)
}

// group paints what inside paints as one, with the given attributes.
func (c *canvas) group(inside func(), pairs ...any) {
	fmt.Fprintf(&c.body, `<g%s>`, attrs(pairs))
	inside()
	c.body.WriteString(`</g>`)
}

// within paints what inside paints, cut to the outline d.
func (c *canvas) within(d string, inside func()) {
	c.group(inside, "clip-path", c.define(`<clipPath id="@"><path d="`+d+`"/></clipPath>`))
}

// move paints inside shifted to x, y, turned by deg and scaled by s.
func (c *canvas) move(x, y, deg, s float64, inside func()) {
	c.group(inside, "transform", fmt.Sprintf("translate(%s %s) rotate(%s) scale(%s)", num(x), num(y), num(deg), strconv.FormatFloat(s, 'f', 5, 64)))
}

// stop is one colour of a gradient: where, which, how opaque.
type stop struct {
	at      float64
	colour  string
	opacity float64
}

// ramp spreads colours evenly over a gradient.
func ramp(colours ...string) []stop {
	out := make([]stop, len(colours))
	for i, col := range colours {
		out[i] = stop{float64(i) / float64(max(1, len(colours)-1)), col, 1}
	}
	return out
}

// fade runs from one opacity to another in one colour.
func fade(colour string, from, to float64) []stop {
	return []stop{{0, colour, from}, {1, colour, to}}
}

func stops(list []stop) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, `<stop offset="%s" stop-color="%s"`, strconv.FormatFloat(s.at, 'f', 3, 64), s.colour)
		if s.opacity != 1 {
			fmt.Fprintf(&b, ` stop-opacity="%s"`, strconv.FormatFloat(s.opacity, 'f', 3, 64))
		}
		b.WriteString(`/>`)
	}
	return b.String()
}

// linear is a gradient from one point to another in the user's space.
func (c *canvas) linear(x1, y1, x2, y2 float64, list []stop) string {
	return c.define(fmt.Sprintf(`<linearGradient id="@" gradientUnits="userSpaceOnUse" x1="%s" y1="%s" x2="%s" y2="%s">%s</linearGradient>`,
		num(x1), num(y1), num(x2), num(y2), stops(list)))
}

// across is a gradient from left to right, down one from top to bottom.
func (c *canvas) across(x1, x2 float64, list []stop) string { return c.linear(x1, 0, x2, 0, list) }
func (c *canvas) down(y1, y2 float64, list []stop) string   { return c.linear(0, y1, 0, y2, list) }

// radial is a gradient from a centre outwards.
func (c *canvas) radial(x, y, r float64, list []stop) string {
	return c.define(fmt.Sprintf(`<radialGradient id="@" gradientUnits="userSpaceOnUse" cx="%s" cy="%s" r="%s">%s</radialGradient>`,
		num(x), num(y), num(r), stops(list)))
}

// blur is a filter that softens by r.
func (c *canvas) blur(r float64) string {
	return c.define(fmt.Sprintf(`<filter id="@" x="-50%%" y="-50%%" width="200%%" height="200%%" color-interpolation-filters="sRGB"><feGaussianBlur stdDeviation="%s"/></filter>`, num(r)))
}

// weave is a pattern of dark and sunlit threads that cross, step units apart.
func (c *canvas) weave(step float64, dark string, opacity float64) string {
	s, h := num(step), num(step/2)
	return c.define(fmt.Sprintf(`<pattern id="@" width="%s" height="%s" patternUnits="userSpaceOnUse"><g opacity="%s"><rect width="%s" height="%s" fill="%s"/><rect x="%s" y="%s" width="%s" height="%s" fill="%s"/><rect x="%s" width="%s" height="%s" fill="%s"/></g></pattern>`,
		s, s, num(opacity), h, h, dark, h, h, h, h, dark, h, h, h, sunlit))
}

// dots and rules are patterns of paper.
func (c *canvas) dots(step, r float64, colour string) string {
	return c.define(fmt.Sprintf(`<pattern id="@" width="%s" height="%s" patternUnits="userSpaceOnUse"><circle cx="%s" cy="%s" r="%s" fill="%s"/></pattern>`,
		num(step), num(step), num(step/2), num(step/2), num(r), colour))
}

func (c *canvas) rules(step, w float64, colour string) string {
	return c.define(fmt.Sprintf(`<pattern id="@" width="%s" height="%s" patternUnits="userSpaceOnUse"><rect y="%s" width="%s" height="%s" fill="%s"/></pattern>`,
		num(step), num(step), num(step-w), num(step), num(w), colour))
}

// grain is a filter that gives what it is laid on an uneven, fibrous tone:
// scaleX and scaleY are the fibres' frequencies, strength their contrast.
func (c *canvas) grain(seed int, scaleX, scaleY, strength float64) string {
	return c.define(fmt.Sprintf(`<filter id="@" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB"><feTurbulence type="fractalNoise" baseFrequency="%s %s" numOctaves="3" seed="%d"/><feColorMatrix type="matrix" values="0 0 0 0 0.12  0 0 0 0 0.07  0 0 0 0 0.04  %s 0 0 0 %s"/><feComposite in2="SourceGraphic" operator="in"/><feMerge><feMergeNode in="SourceGraphic"/><feMergeNode/></feMerge></filter>`,
		strconv.FormatFloat(scaleX, 'f', 4, 64), strconv.FormatFloat(scaleY, 'f', 4, 64), seed, num(strength), num(-strength*0.42)))
}
