package main

// drawTrio shows the three slim notebooks in their band.
func drawTrio(c *canvas) {
	c.table(paper)
	m := tableCamera(paper, 12, 5.6).at(0, -4, 0, 0)
	w, h := 92.0, 142.0
	for i, colour := range []string{sageDeep, blushDeep, mustard} {
		n := m.at([]float64{3, -1.5, 0}[i], []float64{2, 1, 0}[i], float64(i)*4, []float64{4, -2.5, 0}[i])
		c.thin(n, w, h, 3.6, colour, i == 0)
	}
	top := m.at(0, 0, 12, 0)
	c.flat(top, 0.2, func() {
		c.path(box(-w/2+1, 15, w, 42, 0), "fill", umber, "opacity", 0.30, "filter", c.blur(1.5))
		c.path(box(-w/2-0.4, 14, w+0.8, 40, 0), "fill", leaf)
		c.path(box(-w/2-0.4, 14, w+0.8, 40, 0), "fill", c.linear(-w/2, 14, w/2, 54, []stop{{0, white, 0.4}, {1, umber, 0.14}}))
		c.line(d("M", -w/2, 16.2, "H", w/2), tomato, 0.8)
		c.line(d("M", -w/2, 51.8, "H", w/2), tomato, 0.8)
		c.move(0, 26, 0, 0.2, func() { c.sweet(tomato) })
		c.write("Pocket Trio", 0, 35, lettering{5, 0.75, 1.5, charcoal})
		c.write("One to keep · one to lend · one to lose", 0, 44.4, lettering{1.9, 0.32, 0.6, charcoal})
	})
}

const (
	sageDeep  = "#8FA383"
	blushDeep = "#DD9C86"
)

// thin is a stitched notebook with a soft card cover.
func (c *canvas) thin(m camera, w, h, t float64, colour string, onTable bool) {
	outline := boxes(-w/2, -h/2, w, h, 0.6, 5, 5, 0.6)
	if onTable {
		c.shadow(m, outline, t*2.5)
	} else {
		c.group(func() { c.path(outline, "fill", umber, "opacity", 0.42, "transform", m.at(1.6, 2.2, 0, 0).matrix(0)) }, "filter", c.blur(5))
	}
	c.slab(m, outline, 0, 0.7, solid(c.sides(w, h, shade(colour, 0.2), shade(colour, 0.4))))
	c.slab(m, boxes(-w/2+1, -h/2+0.5, w-1.6, h-1, 0, 5, 5, 0), 0.7, t-0.6, c.sheets(w, h, leaf))
	c.slab(m, outline, t-0.6, t, solid(c.sides(w, h, shade(colour, 0.15), shade(colour, 0.34))))
	c.flat(m, t, func() {
		c.path(outline, "fill", colour)
		c.path(outline, "fill", c.linear(-w/2, -h/2, w/2, h/2, []stop{{0, sunlit, 0.32}, {0.5, sunlit, 0.02}, {1, umber, 0.22}}))
		c.within(outline, func() {
			c.path(box(-w/2, -h/2, 3, h, 0), "fill", c.across(-w/2, -w/2+3, []stop{{0, umber, 0.26}, {1, umber, 0}}))
			for y := -h/2 + 9; y < h/2-8; y += 8.2 {
				c.line(d("M", -w/2+1.5, y, "v", 4.6), leaf, 0.62)
			}
			c.line(outline, sunlit, 0.8, "opacity", 0.5)
		})
		c.deboss(colour, func(col string) { c.move(0, -h*0.20, 0, 0.36, func() { c.sweet(col) }) })
	})
}

func drawTrioFanned(c *canvas) {
	c.table(sky)
	m := tableCamera(sky, 4, 4.9).at(0, 18, 0, 0)
	for i, colour := range []string{sageDeep, blushDeep, mustard} {
		k := float64(i) - 1
		n := m.at(36*k, 10*k*k-10+4*k, float64(i)*2.8, 17*k)
		c.thin(n, 92, 142, 3.6, colour, i == 0)
	}
}

// drawReporter shows the pad shut.
func drawReporter(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		m := tableCamera(tone, 10, 4.9).at(0, 4, 0, 0)
		c.reporter(m, colour, func() {
			c.deboss(colour, func(col string) { c.move(0, -8, 0, 0.6, func() { c.sweet(col) }) })
			ink := tint(colour, 0.72)
			c.write("Reporter's pad", 0, 62, lettering{5.2, 0.7, 1.7, ink})
			c.write("140 pages · lined", 0, 72, lettering{2.5, 0.36, 0.9, ink})
		})
	}
}

// reporter is a pad of 125 × 200 mm bound by wire at its head; face paints
// what is on top, which is paper if colour is the paper's.
func (c *canvas) reporter(m camera, colour string, face func()) {
	w, h := 125.0, 200.0
	outline := box(-w/2, -h/2, w, h, 5)
	c.shadow(m, box(-w/2, -h/2-6, w, h+6, 5), 14)
	c.slab(m, outline, 0, 2, solid(c.sides(w, h, "#8E877D", "#6E675E")))
	c.slab(m, box(-w/2+0.8, -h/2+0.5, w-1.6, h-1.3, 4.5), 2, 11, c.sheets(w, h, leaf))
	c.slab(m, outline, 11, 11.8, solid(c.sides(w, h, shade(colour, 0.14), shade(colour, 0.32))))
	c.flat(m, 11.8, func() {
		c.path(outline, "fill", colour)
		c.path(outline, "fill", c.linear(-w/2, -h/2, w/2, h/2, []stop{{0, sunlit, 0.28}, {0.5, sunlit, 0.02}, {1, umber, 0.22}}))
		c.within(outline, func() {
			c.line(outline, sunlit, 0.9, "opacity", 0.5)
			face()
		})
		for i := range 17 {
			x := -w/2 + 9.5 + float64(i)*6.63
			for _, dx := range []float64{-1.1, 1.1} {
				c.path(box(x+dx-0.85, -h/2+4.6, 1.7, 2.6, 0.5), "fill", shade(colour, 0.75))
			}
		}
	})
	for i := range 17 {
		x := -w/2 + 9.5 + float64(i)*6.63
		for _, dx := range []float64{-1.1, 1.1} {
			a, b := m.see(x+dx, -h/2+5.6, 11.8), m.see(x+dx+0.5, -h/2-4, 6)
			mid := m.see(x+dx+0.3, -h/2-1.5, 22)
			wire := d("M", a.x, a.y, "Q", mid.x, mid.y, b.x, b.y)
			c.line(wire, shade(brass, 0.55), 6.2)
			c.line(wire, brass, 4.4)
			c.line(wire, "#FFF0C4", 1.6, "transform", "translate(-1 -.6)")
		}
	}
}

func drawReporterNotes(c *canvas) {
	c.table(sage)
	m := tableCamera(sage, -9, 4.7).at(-6, 4, 0, 0)
	c.reporter(m, leaf, func() {
		w, h := 125.0, 200.0
		c.path(box(-w/2, -h/2+26, w, h-30, 0), "fill", c.rules(8, 0.3, mix(sky, inkBlue, 0.3)))
		c.line(d("M", -w/2+16, -h/2, "V", h/2), mix(tomato, leaf, 0.4), 0.35)
		c.line(d("M", -w/2, -h/2+12, "H", w/2), shade(leaf, 0.35), 0.3, "stroke-dasharray", "1 1.4")
		c.line(handwriting(51, -40, -57.5, 60, 4.6), graphite, 0.8)
		c.line(d("M", -40, -53.5, "Q", -10, -55.5, 18, -53.6), graphite, 0.7)
		for i := range 8 {
			y := -38 + float64(i)*16
			c.path(oval(-38, y-2, 1.1, 1.1), "fill", graphite)
			length := 34 + float64((i*29)%41)
			c.line(handwriting(uint64(60+i), -33, y, length, 3.9), graphite, 0.72)
			if i == 1 || i == 4 {
				c.line(d("M", -34, y-1.6, "q", length/2, -3, length*0.95, 0.6), graphite, 0.8)
			}
		}
	})
	c.pencil(m.at(52, 34, 13, -62), pencilLook{colour: tomato, length: 165, width: 7.6})
}

func drawSketchbook(c *canvas) {
	c.table(butter)
	m := tableCamera(butter, -12, 4.5).at(0, 0, 0, 0)
	kraft := "#BF9566"
	w, h, t := 150.0, 211.0, 13.0
	outline := boxes(-w/2, -h/2, w, h, 1, 4, 4, 1)
	c.shadow(m, outline, t)
	side := c.sides(w, h, shade(kraft, 0.2), shade(kraft, 0.4))
	c.slab(m, outline, 0, 1.6, solid(side))
	c.slab(m, boxes(-w/2+1, -h/2+1.5, w-3, h-3, 0, 3, 3, 0), 1.6, t-1.6, c.sheets(w, h, mix(leaf, natural, 0.35)))
	c.slab(m, outline, t-1.6, t, solid(side))
	c.slab(m, box(-w/2, -h/2, 9, h, 0.6), 0, t-0.4, solid(shade(tomato, 0.25)))
	c.flat(m, t, func() {
		c.path(outline, "fill", kraft, "filter", c.grain(7, 0.35, 0.6, 0.5))
		c.path(outline, "fill", c.linear(-w/2, -h/2, w/2, h/2, []stop{{0, sunlit, 0.30}, {0.5, sunlit, 0.02}, {1, umber, 0.22}}))
		c.within(outline, func() {
			c.path(box(-w/2, -h/2, 27, h, 0), "fill", tomato)
			c.path(box(-w/2, -h/2, 27, h, 0), "fill", c.weave(1.2, umber, 0.13))
			c.path(box(-w/2, -h/2, 27, h, 0), "fill", c.across(-w/2, -w/2+27, []stop{{0, umber, 0.2}, {0.2, sunlit, 0.2}, {0.4, umber, 0.22}, {0.5, sunlit, 0.1}, {1, umber, 0.05}}))
			c.path(box(-w/2+27, -h/2, 2.5, h, 0), "fill", c.across(-w/2+27, -w/2+29.5, fade(umber, 0.35, 0)))
			c.line(outline, sunlit, 0.9, "opacity", 0.4)
		})
		dark := shade(kraft, 0.72)
		c.move(14, -38, 0, 0.55, func() { c.sweet(dark) })
		c.write("Sketchbook", 14, -12, lettering{6.6, 0.85, 2.1, dark})
		c.write("96 pages · 160 g", 14, 0, lettering{2.7, 0.4, 1, dark})
	})
	c.pencil(m.at(26, 48, t, -28), pencilLook{colour: charcoal, length: 128, width: 8, plain: true})
}

// drawWeekPad shows the planner with a pencil across it.
func drawWeekPad(c *canvas) {
	c.table(sage)
	m := tableCamera(sage, -7, 3.55).at(0, -4, 0, 0)
	w, h, t := 297.0, 210.0, 11.0
	outline := box(-w/2, -h/2, w, h, 2)
	c.shadow(m, outline, t)
	c.slab(m, outline, 0, 1.8, solid(c.sides(w, h, "#A58C6C", "#7E6A50")))
	c.slab(m, box(-w/2+0.4, -h/2+0.4, w-0.8, h-0.8, 1.6), 1.8, t, c.sheets(w, h, leaf))
	c.flat(m, t, func() {
		c.path(outline, "fill", leaf)
		c.path(box(-w/2, -h/2, w, 15, 1), "fill", tomato)
		c.path(box(-w/2, -h/2, w, 15, 1), "fill", c.weave(1.2, umber, 0.10))
		c.path(box(-w/2, -h/2+15, w, 3, 0), "fill", c.down(-h/2+15, -h/2+18, fade(umber, 0.25, 0)))
		ink := mix(charcoal, leaf, 0.08)
		c.writeFrom("A week", -w/2+12, -h/2+26, lettering{7.4, 1, 2.4, tomato})
		c.line(d("M", 70, -h/2+33, "H", w/2-12), mix(charcoal, leaf, 0.5), 0.35)
		names := []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Not this week"}
		for i, name := range names {
			x, y := -w/2+12+float64(i%4)*68.6, -h/2+44+float64(i/4)*77
			fill := "none"
			if i == 7 {
				fill = mix(leaf, butter, 0.55)
			}
			c.path(box(x, y, 65, 71, 3), "fill", fill, "stroke", mix(charcoal, leaf, 0.35), "stroke-width", 0.5)
			c.writeFrom(name, x+5, y+5.5, lettering{3.4, 0.52, 1, ink})
			for k := range 6 {
				c.line(d("M", x+5, y+19+float64(k)*9, "h", 55), mix(charcoal, leaf, 0.72), 0.28)
			}
		}
		for i, n := range []struct{ x, y, w float64 }{{-132, -37, 42}, {-132, -28, 30}, {-63, -37, 46}, {6, -28, 34}, {75, -37, 40}, {-63, 40, 38}, {-132, 49, 44}} {
			c.line(handwriting(uint64(80+i), n.x, n.y, n.w, 2.9), inkBlue, 0.62)
		}
		c.path(outline, "fill", c.linear(-w/2, -h/2, w/2, h/2, []stop{{0, white, 0.25}, {0.5, white, 0}, {1, umber, 0.15}}))
	})
	c.pencil(m.at(44, 30, t, -32), pencilLook{colour: mustard, length: 175, width: 8.6})
}
