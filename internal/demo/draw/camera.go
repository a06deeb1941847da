package main

import (
	"fmt"
	"math"
)

// camera projects millimetres on the table to pixels, without perspective.
// The world's x runs right, y runs towards the viewer and z up. Pitch is the
// height of the eye in degrees: 90 looks straight down.
type camera struct {
	x, y       float64 // where the origin appears, in pixels
	turn       float64 // degrees, clockwise as seen from above
	pitch      float64
	scale      float64 // pixels per millimetre
	shadowTone string
}

// matrix maps the plane at height z: its coordinates are millimetres on the
// table.
func (m camera) matrix(z float64) string {
	sin, cos := math.Sincos(m.turn * math.Pi / 180)
	up, flat := math.Cos(m.pitch*math.Pi/180), math.Sin(m.pitch*math.Pi/180)
	return fmt.Sprintf("matrix(%.5f %.5f %.5f %.5f %.2f %.2f)",
		m.scale*cos, m.scale*sin*flat, -m.scale*sin, m.scale*cos*flat, m.x, m.y-m.scale*z*up)
}

// see projects one point.
func (m camera) see(x, y, z float64) point {
	sin, cos := math.Sincos(m.turn * math.Pi / 180)
	up, flat := math.Cos(m.pitch*math.Pi/180), math.Sin(m.pitch*math.Pi/180)
	return point{m.x + m.scale*(x*cos-y*sin), m.y + m.scale*((x*sin+y*cos)*flat-z*up)}
}

// at is the camera seen from a thing that lies at x, y, z, turned by deg.
func (m camera) at(x, y, z, deg float64) camera {
	p := m.see(x, y, z)
	m.x, m.y, m.turn = p.x, p.y, m.turn+deg
	return m
}

// flat paints inside on the plane at height z.
func (c *canvas) flat(m camera, z float64, inside func()) {
	c.group(inside, "transform", m.matrix(z))
}

// slab stacks the outline from height z0 to z1. The fill of each layer may
// differ: k runs from 0 at the bottom to 1 at the top.
func (c *canvas) slab(m camera, outline string, z0, z1 float64, fill func(i int, k float64) string) {
	n := max(2, int(math.Abs(z1-z0)*m.scale*math.Cos(m.pitch*math.Pi/180)/0.9))
	for i := range n + 1 {
		k := float64(i) / float64(n)
		c.path(outline, "fill", fill(i, k), "transform", m.matrix(z0+(z1-z0)*k))
	}
}

// sides shades the side walls of a slab of size w × h around the origin:
// what faces the viewer is lighter than what faces right.
func (c *canvas) sides(w, h float64, front, right string) string {
	// The walls seen are y = h/2 and x = w/2; x − y tells them apart.
	corner := (w - h) / 2
	lo, hi := corner-6, corner+6
	return c.linear(lo/2, -lo/2, hi/2, -hi/2, ramp(front, right))
}

// sheets is the fill of a block of pages of size w × h: fine lines of paper
// and shadow.
func (c *canvas) sheets(w, h float64, page string) func(int, float64) string {
	a := c.sides(w, h, shade(page, 0.10), shade(page, 0.30))
	b := c.sides(w, h, shade(page, 0.03), shade(page, 0.20))
	e := c.sides(w, h, shade(page, 0.16), shade(page, 0.36))
	return func(i int, _ float64) string {
		switch {
		case i%5 == 3:
			return e
		case i%2 == 0:
			return a
		default:
			return b
		}
	}
}

// solid fills every layer alike.
func solid(fill string) func(int, float64) string { return func(int, float64) string { return fill } }

// shadow lets the outline, lying on the table and h high, throw its shadow to
// the lower right.
func (c *canvas) shadow(m camera, outline string, h float64) {
	tone := m.shadowTone
	cast := func(reach, soft, opacity, grow float64) {
		c.group(func() {
			for i := range 7 {
				k := float64(i) / 6 * reach
				g := m
				g.x += k * 0.80
				g.y += k * 0.62
				c.path(outline, "fill", tone, "stroke", tone, "stroke-width", grow, "transform", g.matrix(0))
			}
		}, "filter", c.blur(soft), "opacity", opacity)
	}
	px := h * m.scale
	cast(px*1.1+26, px*0.45+26, 0.20, 0)
	cast(px*0.7+8, px*0.16+9, 0.26, 0)
	cast(3, 4, 0.45, 0)
}
