package main

// drawChocolate shows a wrapped bar.
func drawChocolate(colour, accent, tone, name, share string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		m := tableCamera(tone, 15, 6.0).at(0, -4, 0, 0)
		w, h, t := 84.0, 172.0, 10.0
		outline := box(-w/2, -h/2, w, h, 1.6)
		c.shadow(m, outline, t)
		c.slab(m, outline, 0, t, func(_ int, k float64) string {
			return c.sides(w, h, shade(colour, 0.20-0.1*k), shade(colour, 0.42-0.1*k))
		})
		c.flat(m, t, func() {
			c.path(outline, "fill", colour)
			c.within(outline, func() {
				for i := range 24 { // a pattern of small sweets
					x := -w/2 + 9 + float64(i%4)*22 + float64((i/4)%2)*11
					y := -h/2 + 12 + float64(i/4)*29.5
					c.move(x, y, 0, 0.22, func() { c.sweet(mix(colour, accent, 0.38)) })
				}
				c.path(outline, "fill", c.linear(-w/2, -h/2, w/2, h/2, []stop{{0, sunlit, 0.34}, {0.4, sunlit, 0.04}, {1, umber, 0.26}}))
				// the squares show through
				for i := 1; i < 4; i++ {
					y := -h/2 + h*float64(i)/4
					c.path(box(-w/2, y-1.6, w, 3.2, 0), "fill", c.down(y-1.6, y+1.6, []stop{{0, umber, 0}, {0.5, umber, 0.2}, {0.7, sunlit, 0.18}, {1, sunlit, 0}}))
				}
				c.line(outline, sunlit, 0.9, "opacity", 0.5)
			})
			lab := box(-30, -40, 60, 80, 1.2)
			c.path(lab, "fill", umber, "opacity", 0.34, "filter", c.blur(1.4), "transform", "translate(.6 1)")
			c.path(lab, "fill", leaf)
			c.path(lab, "fill", c.linear(-30, -40, 30, 40, []stop{{0, white, 0.5}, {1, umber, 0.12}}))
			c.line(box(-28, -38, 56, 76, 0.8), accent, 0.55)
			c.move(0, -24, 0, 0.3, func() { c.sweet(accent) })
			c.write("Study", 0, -9, lettering{7, 1.05, 2.2, charcoal})
			c.write("Chocolate", 0, 2, lettering{4.4, 0.68, 1.3, charcoal})
			c.line("M-8 12.5H8", accent, 0.6)
			c.write(name, 0, 17.5, lettering{4.6, 0.75, 1.6, accent})
			c.write(share, 0, 27, lettering{2.5, 0.4, 0.9, charcoal})
		})
	}
}

// drawChocolateUnwrapped shows the bar half out of its foil.
func drawChocolateUnwrapped(c *canvas) {
	c.table(paper)
	m := tableCamera(paper, 14, 6.0).at(0, 4, 0, 0)
	w, h, t := 84.0, 172.0, 9.0
	dark := "#4A2A1B"
	c.shadow(m, box(-w/2, -h/2+43, w, h-43, 2), t)
	square := func(x, y float64) {
		c.flat(m, t, func() {
			c.path(box(x, y, 42, 43, 1), "fill", shade(dark, 0.25))
			c.path(poly(point{x, y}, point{x + 42, y}, point{x + 36, y + 6}, point{x + 6, y + 6}), "fill", tint(dark, 0.30))
			c.path(poly(point{x, y}, point{x + 6, y + 6}, point{x + 6, y + 37}, point{x, y + 43}), "fill", tint(dark, 0.20))
			c.path(poly(point{x + 42, y}, point{x + 42, y + 43}, point{x + 36, y + 37}, point{x + 36, y + 6}), "fill", shade(dark, 0.42))
			c.path(poly(point{x, y + 43}, point{x + 6, y + 37}, point{x + 36, y + 37}, point{x + 42, y + 43}), "fill", shade(dark, 0.52))
			c.path(box(x+6, y+6, 30, 31, 0.6), "fill", c.linear(x+6, y+6, x+36, y+37, ramp(tint(dark, 0.20), dark, shade(dark, 0.15))))
			c.deboss(dark, func(col string) { c.move(x+21, y+21.5, 0, 0.34, func() { c.sweet(col) }) })
		})
	}
	bar := box(-w/2, -h/2+43, w, h-43, 1.5)
	c.slab(m, bar, 0, t, solid(c.sides(w, h-86, shade(dark, 0.25), shade(dark, 0.55))))
	for row := 1; row < 3; row++ {
		square(-w/2, -h/2+43*float64(row))
		square(-w/2+42, -h/2+43*float64(row))
	}
	// two squares broken off
	for i, p := range []struct{ x, y, deg float64 }{{-34, -78, -16}, {26, -92, 12}} {
		n := m.at(p.x, p.y, 0, p.deg)
		o := box(-21, -21.5, 42, 43, 1)
		c.shadow(n, o, t)
		c.slab(n, o, 0, t, solid(c.sides(42, 43, shade(dark, 0.15+0.1*float64(i)), shade(dark, 0.5))))
		keep := m
		m = n
		square(-21, -21.5)
		m = keep
	}
	// foil and wrapper around the lower half
	foilTop := -2.0
	var torn []point
	r := dice(33)
	for i := range 15 {
		torn = append(torn, point{-w/2 - 2 + (w+4)*float64(i)/14, foilTop + (r.Float64()-0.5)*9})
	}
	foil := chain(torn) + d("L", w/2+2, h/2, "L", -w/2-2, h/2, "Z")
	c.slab(m, d("M", -w/2-2, 6, "H", w/2+2, "V", h/2+1, "H", -w/2-2, "Z"), 0, t+0.6, solid(c.sides(w, h, "#B9B4AA", "#8F8A80")))
	c.flat(m, t+1, func() {
		c.path(foil, "fill", umber, "opacity", 0.5, "filter", c.blur(1.6), "transform", "translate(.8 -1)")
		c.path(foil, "fill", "#D9D6CE")
		c.within(foil, func() {
			for range 70 { // crumpled facets
				x, y := -w/2+r.Float64()*w, foilTop-6+r.Float64()*34
				tone := []string{white, "#A8A59D", "#F4F1EA", "#8F8C85"}[r.IntN(4)]
				c.path(poly(point{x, y}, point{x + 4 + r.Float64()*9, y + r.Float64()*5 - 2}, point{x + r.Float64()*8, y + 3 + r.Float64()*7}), "fill", tone, "opacity", 0.34)
			}
		})
		wrapper := box(-w/2-2.4, 24, w+4.8, h/2-23, 1.4)
		c.path(wrapper, "fill", umber, "opacity", 0.5, "filter", c.blur(1.6), "transform", "translate(.4 -.8)")
		c.path(wrapper, "fill", inkBlue)
		c.within(wrapper, func() {
			for i := range 12 {
				c.move(-w/2+9+float64(i%4)*22+float64((i/4)%2)*11, 34+float64(i/4)*22, 0, 0.22, func() { c.sweet(mix(inkBlue, mustard, 0.38)) })
			}
			lab := box(-30, 38, 60, 70, 1.2)
			c.path(lab, "fill", leaf)
			c.line(box(-28, 40, 56, 70, 0.8), mustard, 0.55)
			c.write("Study", 0, 50, lettering{7, 1.05, 2.2, charcoal})
			c.write("Chocolate", 0, 61, lettering{4.4, 0.68, 1.3, charcoal})
			c.write("Dark · 72 %", 0, 71, lettering{2.8, 0.45, 1, mustard})
			c.path(wrapper, "fill", c.linear(-w/2, 24, w/2, h/2, []stop{{0, sunlit, 0.3}, {0.5, sunlit, 0}, {1, umber, 0.26}}))
		})
		c.line(d("M", -w/2-2, 24.5, "H", w/2+2), sunlit, 0.7, "opacity", 0.6)
	})
	p1, p2 := m.see(-w/2-2.4, h/2+1, t+1), m.see(w/2+2.4, h/2+1, t+1)
	p3, p4 := m.see(w/2+2.4, h/2+1, 0), m.see(-w/2-2.4, h/2+1, 0)
	c.path(poly(p1, p2, p3, p4), "fill", shade(inkBlue, 0.3))
	q1, q2 := m.see(w/2+2.4, 24, t+1), m.see(w/2+2.4, 24, 0)
	c.path(poly(p2, p3, q2, q1), "fill", shade(inkBlue, 0.5))
	for range 14 {
		p := m.see(-10+r.Float64()*60, -58+r.Float64()*14, 0)
		s := 3 + r.Float64()*7
		c.path(oval(p.x+4, p.y+5, s, s*0.7), "fill", umber, "opacity", 0.35, "filter", c.blur(2))
		c.path(blob(uint64(s*999), p.x, p.y, s, s*0.75, 0.3, 7), "fill", dark)
	}
}
