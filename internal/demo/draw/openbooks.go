package main

import "fmt"

// leafOutline is one half of an open book in millimetres: the page rises out
// of the fold and falls to the fore edge. side is 1 for the right half and -1
// for the left.
func leafOutline(side, w, h, rise float64) string {
	x := func(k float64) float64 { return side * w * k }
	return d("M", 0, -h/2, "C", x(0.05), -h/2-rise, x(0.30), -h/2-rise, x(1), -h/2,
		"V", h/2, "C", x(0.30), h/2-rise, x(0.05), h/2-rise, 0, h/2, "Z")
}

// spread paints an open book with pages of w × h millimetres; left and right
// paint what is on them, in a space that begins at the page's upper left.
func (c *canvas) spread(m camera, w, h, t float64, cover, page string, left, right func()) {
	board := box(-w-5, -h/2-3, 2*w+10, h+6, 5)
	c.shadow(m, board, t*0.7)
	c.slab(m, board, 0, 2, solid(c.sides(2*w+10, h+6, shade(cover, 0.2), shade(cover, 0.4))))
	c.flat(m, 2, func() { c.path(board, "fill", shade(cover, 0.08)) })
	n := int(t * 1.6)
	for i := range n {
		k := float64(i) / float64(n-1)
		for _, side := range []float64{-1, 1} {
			wide := w + 2 - 2*k
			tone := shade(page, 0.05+0.12*float64(i%2))
			if i%5 == 3 {
				tone = shade(page, 0.26)
			}
			c.path(leafOutline(side, wide, h, 3+3*k), "fill", tone, "transform", m.matrix(2+(t-2)*k))
		}
	}
	c.flat(m, t, func() {
		for _, side := range []float64{-1, 1} {
			o := leafOutline(side, w, h, 6)
			c.path(o, "fill", page)
			c.within(o, func() {
				inside := right
				x := 0.0
				if side < 0 {
					inside, x = left, -w
				}
				c.group(inside, "transform", fmt.Sprintf("translate(%s %s)", num(x), num(-h/2)))
			})
			if side > 0 {
				c.path(o, "fill", c.across(0, w, []stop{{0, umber, 0.46}, {0.035, umber, 0.24}, {0.12, umber, 0.06}, {0.22, white, 0.25}, {0.5, umber, 0.01}, {1, umber, 0.10}}))
			} else {
				c.path(o, "fill", c.across(-w, 0, []stop{{0, umber, 0.05}, {0.55, white, 0.2}, {0.84, umber, 0.07}, {0.95, umber, 0.20}, {1, umber, 0.46}}))
			}
		}
		c.line(d("M", 0, -h/2-1, "V", h/2), shade(page, 0.6), 0.5)
	})
}

func drawFieldOpen(c *canvas) {
	c.table(blush)
	m := tableCamera(blush, -13, 3.85).at(2, -2, 0, 0)
	dotted := func() {
		c.path(box(0, 0, 126, 206, 0), "fill", c.dots(5, 0.38, mix(inkBlue, leaf, 0.45)))
	}
	c.spread(m, 126, 204, 11, tomato, leaf, func() {
		dotted()
		c.line(handwriting(3, 16, 30, 70, 4.2), inkBlue, 0.7)
		for i := range 6 {
			y := 46 + float64(i)*14
			c.line(box(16, y-5, 5, 5, 1), inkBlue, 0.6)
			c.line(handwriting(uint64(20+i), 27, y, 40+float64(i*17%37), 3.6), inkBlue, 0.6)
			if i < 3 {
				c.line(d("M", 16.6, y-3, "L", 18.4, y-0.8, "L", 23, y-7), tomato, 0.8)
			}
		}
	}, dotted)
	// the ribbon along the fold
	c.flat(m, 11.4, func() {
		c.path("M1 -104C5 -60 -1 -20 6 40C8 70 5 96 9 132L11 128L13.4 132C9.4 96 12 70 10 40C3 -20 9 -60 5 -104Z", "fill", umber, "opacity", 0.25, "filter", c.blur(1.6), "transform", "translate(2 2)")
		c.path("M1 -104C5 -60 -1 -20 6 40C8 70 5 96 9 132L11 128L13.4 132C9.4 96 12 70 10 40C3 -20 9 -60 5 -104Z", "fill", c.down(-104, 130, ramp(shade(tomato, 0.25), tomato, shade(tomato, 0.12), tint(tomato, 0.1))))
	})
	c.pencil(m.at(62, 12, 12, 66), pencilLook{colour: mustard, length: 150, width: 7.4})
}

func drawSketchbookDrawing(c *canvas) {
	c.table(sky)
	m := tableCamera(sky, -11, 3.5).at(0, 0, 0, 0)
	rough := mix(leaf, "#EFE6D2", 0.6)
	c.spread(m, 148, 206, 9, "#B98F5F", rough, func() {}, func() { c.pears() })
	c.pencil(m.at(-70, 40, 10, -52), pencilLook{colour: forest, length: 140, width: 7.4})
}

// pears is a pencil drawing of three pears on a page of 148 × 206 mm.
func (c *canvas) pears() {
	lead := mix(graphite, leaf, 0.15)
	pear := func(x, y, s, deg float64, seed uint64) {
		c.move(x, y, deg, s, func() {
			body := "M0 -34C7 -34 10 -27 11 -18C13 -8 25 0 25 17C25 33 14 40 0 40C-14 40 -25 33 -25 17C-25 0 -13 -8 -11 -18C-10 -27 -7 -34 0 -34Z"
			c.path(body, "fill", mix(leaf, mustard, 0.10))
			c.within(body, func() {
				r := dice(seed)
				for i := range 44 {
					k := float64(i)
					x0 := 26 - k*0.75 + r.Float64()*2
					y0 := 44 - k*0.3
					c.line(d("M", x0, y0-r.Float64()*4, "Q", x0-4, y0-26, x0+2+r.Float64()*4, y0-50+k*0.7), lead, 0.55, "opacity", 0.62-k*0.011)
				}
			})
			c.line(body, lead, 1)
			c.line("M0.6 -33.5C-9 -34 -12 -24 -12 -17C-15 -6 -26 1 -26 18", lead, 0.6, "opacity", 0.7)
			c.line("M0 -34C1 -41 4 -45 7 -48", lead, 1.6)
			c.line("M2 -39C8 -48 18 -48 25 -44C18 -37 9 -36 2 -39ZM2 -39C10 -42 17 -43 25 -44", lead, 0.7)
		})
	}
	for i := range 26 { // the shadow they stand in
		x := 34 + float64(i)*3.6
		c.line(d("M", x, 148, "l", 9, -9), lead, 0.5, "opacity", 0.55)
	}
	pear(52, 104, 0.96, -7, 5)
	pear(102, 106, 0.88, 9, 6)
	pear(80, 122, 0.74, 3, 7)
	c.line(handwriting(9, 92, 182, 36, 3), lead, 0.5)
}
