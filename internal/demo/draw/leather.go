package main

import "fmt"

// hide fills the outline with smooth leather.
func (c *canvas) hide(outline, colour string, x1, y1, x2, y2 float64, seed int) {
	c.path(outline, "fill", colour, "filter", c.grain(seed, 0.7, 0.7, 0.42))
	c.path(outline, "fill", c.linear(x1, y1, x2, y2, []stop{{0, sunlit, 0.34}, {0.35, sunlit, 0.08}, {0.6, umber, 0.03}, {1, umber, 0.32}}))
}

// drawFolio shows the folio shut.
func drawFolio(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		m := tableCamera(tone, 11, 4.35).at(-4, -6, 0, 0)
		w, h, t := 166.0, 226.0, 22.0
		outline := boxes(-w/2, -h/2, w, h, 4, 9, 9, 4)
		c.shadow(m, outline, t)
		side := c.sides(w, h, shade(colour, 0.2), shade(colour, 0.42))
		c.slab(m, outline, 0, 2.6, solid(side))
		c.slab(m, boxes(-w/2+4, -h/2+5, w-12, h-10, 0, 6, 6, 0), 2.6, t-2.6, c.sheets(w, h, leaf))
		c.slab(m, boxes(-w/2, -h/2, 10, h, 4, 0, 0, 4), 2.6, t-2.6, solid(side))
		c.slab(m, outline, t-2.6, t, solid(side))
		thread := mix(colour, sunlit, 0.62)
		c.flat(m, t, func() {
			c.hide(outline, colour, -w/2, -h/2, w/2, h/2, 4)
			c.within(outline, func() {
				c.path(box(-w/2, -h/2, 16, h, 0), "fill", c.across(-w/2, -w/2+16, []stop{{0, umber, 0.3}, {0.3, sunlit, 0.22}, {0.7, umber, 0.12}, {1, umber, 0}}))
				c.line(outline, sunlit, 1.6, "opacity", 0.35)
			})
			stitch := boxes(-w/2+5, -h/2+5, w-10, h-10, 2, 6, 6, 2)
			c.line(stitch, umber, 1.6, "opacity", 0.4)
			c.line(stitch, thread, 0.9, "stroke-dasharray", "3.4 2")
			c.deboss(colour, func(col string) { c.move(-10, -62, 0, 0.62, func() { c.sweet(col) }) })
		})
		// the strap and its stud
		c.flat(m, t, func() {
			c.within(outline, func() {
				c.path(box(-w/2, 6, w, 22, 0), "fill", umber, "opacity", 0.42, "filter", c.blur(1.8))
			})
		})
		c.flat(m, t+1.6, func() {
			strap := boxes(-w/2-0.6, 2, w+1.2, 20, 1, 1, 1, 1)
			dark := shade(colour, 0.18)
			c.hide(strap, dark, -w/2, 2, w/2, 40, 6)
			c.line(d("M", -w/2, 4.4, "H", w/2, "M", -w/2, 19.6, "H", w/2), thread, 0.8, "stroke-dasharray", "3.4 2")
			c.path(oval(42.6, 13.2, 6.4, 6.4), "fill", umber, "opacity", 0.5, "filter", c.blur(1.4))
			c.path(oval(42, 12, 6, 6), "fill", c.radial(40, 9.6, 8, ramp("#FFF6D8", "#D9B565", "#8A6527")))
			c.line(oval(42, 12, 4.2, 4.2), "#7B5A22", 0.5, "opacity", 0.7)
		})
		p1, p2 := m.see(w/2+0.6, 2, t+1.6), m.see(w/2+0.6, 22, t+1.6)
		p3, p4 := m.see(w/2+0.6, 22, 0), m.see(w/2+0.6, 2, 0)
		c.path(poly(p1, p2, p3, p4), "fill", shade(colour, 0.5))
	}
}

func drawFolioOpen(c *canvas) {
	c.table(sage)
	m := tableCamera(sage, -10, 3.25).at(0, 0, 0, 0)
	w, h := 330.0, 226.0
	outline := box(-w/2, -h/2, w, h, 9)
	c.shadow(m, outline, 6)
	c.slab(m, outline, 0, 4, solid(c.sides(w, h, shade(tan, 0.25), shade(tan, 0.5))))
	inner := mix(tan, "#E3B98C", 0.55)
	c.flat(m, 4, func() {
		c.hide(outline, inner, -w/2, -h/2, w/2, h/2, 8)
		c.path(box(-12, -h/2, 24, h, 0), "fill", c.across(-12, 12, []stop{{0, umber, 0}, {0.45, umber, 0.32}, {0.6, umber, 0.20}, {1, umber, 0}}))
		c.line(box(-w/2+4, -h/2+4, w-8, h-8, 6), tint(tan, 0.55), 0.9, "stroke-dasharray", "3.4 2")
		// cards and a letter on the left
		paperCard := func(x, y, ww, hh, deg float64, col string, inside func()) {
			c.group(func() {
				c.path(box(-ww/2+1.5, -hh/2+2, ww, hh, 1.5), "fill", umber, "opacity", 0.4, "filter", c.blur(2))
				c.path(box(-ww/2, -hh/2, ww, hh, 1.5), "fill", col)
				inside()
			}, "transform", fmt.Sprintf("translate(%s %s) rotate(%s)", num(x), num(y), num(deg)))
		}
		paperCard(-84, -30, 112, 150, -2, leaf, func() {
			for i := range 7 {
				c.line(handwriting(uint64(170+i), -44, -56+float64(i)*15, 84, 4), inkBlue, 0.7)
			}
		})
		paperCard(-98, -4, 86, 56, 3, sky, func() {
			c.move(0, -6, 0, 0.42, func() { c.sweet(inkBlue) })
			c.write("Tuckshop", 0, 12, lettering{4, 0.6, 1.1, inkBlue})
		})
		paperCard(-66, 20, 86, 56, -2, mustard, func() {
			c.line(handwriting(181, -34, -8, 60, 4.4), leaf, 0.8)
		})
		flap := d("M", -w/2+5, 10, "C", -110, 26, -60, 26, -22, 12, "V", h/2-5, "H", -w/2+11, "A", 6, 6, 0, 0, 1, -w/2+5, h/2-11, "Z")
		c.path(flap, "fill", umber, "opacity", 0.45, "filter", c.blur(3), "transform", "translate(1 -2)")
		c.hide(flap, tan, -w/2, 0, 0, h/2, 9)
		c.line(d("M", -w/2+6, 15, "C", -110, 31, -60, 31, -23, 17), tint(tan, 0.6), 0.9, "stroke-dasharray", "3.4 2")
	})
	n := m.at(83, 0, 4, 0)
	c.group(func() { c.path(box(-64, -103, 134, 212, 6), "fill", umber, "transform", n.matrix(0)) }, "filter", c.blur(9), "opacity", 0.5)
	c.closed(n, volume{w: 128, h: 208, t: 15, cover: inkBlue, page: leaf, corner: 8, band: tomato}, false)
	c.pencil(m.at(-8, 30, 8, 84), pencilLook{colour: charcoal, length: 168, width: 8})
}
