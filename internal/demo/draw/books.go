package main

// volume is a bound book, in millimetres.
type volume struct {
	w, h, t   float64
	cover     string
	page      string
	corner    float64
	linen     bool // a coarser cloth and a debossed plate, no elastic
	band      string
	ribbons   []string
	edgeStain string // colour of the page edges, if not the page's
}

// closed paints the book lying shut, its middle at the camera's origin.
func (c *canvas) closed(m camera, b volume, withShadow bool) {
	x, y := -b.w/2, -b.h/2
	outline := boxes(x, y, b.w, b.h, 2, b.corner, b.corner, 2)
	if withShadow {
		c.shadow(m, outline, b.t)
	}
	board := c.sides(b.w, b.h, shade(b.cover, 0.14), shade(b.cover, 0.34))
	c.slab(m, outline, 0, 1.8, solid(board))
	edge := b.page
	if b.edgeStain != "" {
		edge = b.edgeStain
	}
	spine := boxes(x, y+0.4, 12, b.h-0.8, 2, 0, 0, 2)
	block := boxes(x+3.5, y+2.6, b.w-6.2, b.h-5.2, 1, b.corner, b.corner, 1)
	sheet := c.sheets(b.w, b.h, edge)
	c.slab(m, spine, 1.8, b.t-1.8, solid(board))
	c.slab(m, block, 1.8, b.t-2.4, sheet)
	// the cover's own shade on the pages
	c.slab(m, block, b.t-2.4, b.t-1.8, solid(shade(edge, 0.42)))
	for i, r := range b.ribbons {
		c.ribbon(m, x+b.w*0.24+float64(i)*11, y+b.h-3, b.t*0.5, 20+float64(i)*9, r)
	}
	c.slab(m, outline, b.t-1.8, b.t, solid(board))
	c.flat(m, b.t, func() { c.coverFace(b, outline) })
	if b.band != "" {
		c.elastic(m, b)
	}
}

// coverFace paints the upper cover.
func (c *canvas) coverFace(b volume, outline string) {
	x, y := -b.w/2, -b.h/2
	c.path(outline, "fill", b.cover)
	step, strength := 1.1, 0.10
	if b.linen {
		step, strength = 1.5, 0.15
	}
	c.path(outline, "fill", c.weave(step, umber, strength))
	c.path(outline, "fill", c.linear(x, y, x+b.w, y+b.h, []stop{{0, sunlit, 0.26}, {0.42, sunlit, 0.04}, {0.6, umber, 0.02}, {1, umber, 0.26}}))
	c.within(outline, func() {
		// the hinge: a soft groove beside the spine
		c.path(box(x, y, 5.5, b.h, 0), "fill", c.across(x, x+5.5, []stop{{0, sunlit, 0.22}, {0.5, sunlit, 0.05}, {1, umber, 0.12}}))
		c.path(box(x+5.5, y, 5, b.h, 0), "fill", c.across(x+5.5, x+10.5, []stop{{0, umber, 0.34}, {0.55, umber, 0.08}, {0.75, sunlit, 0.22}, {1, sunlit, 0}}))
		c.line(outline, tint(b.cover, 0.5), 1.1, "opacity", 0.55)
	})
	if b.linen {
		c.deboss(b.cover, func(col string) {
			c.line(box(-26, y+34, 58, 34, 3), col, 1.1)
			c.line(box(-23.4, y+36.6, 52.8, 28.8, 1.5), col, 0.5)
			c.line(d("M", -14, y+54, "H", 20), col, 0.5)
		})
		return
	}
	c.deboss(b.cover, func(col string) {
		c.move(x+b.w*0.5+1, y+b.h*0.5-4, 0, 0.62, func() { c.sweet(col) })
	})
}

// deboss presses a mark into a cover: a dark mark with a lit lower edge.
func (c *canvas) deboss(cover string, mark func(colour string)) {
	c.group(func() { mark(tint(cover, 0.55)) }, "transform", "translate(.45 .55)", "opacity", 0.6)
	c.group(func() { mark(shade(cover, 0.5)) }, "opacity", 0.8)
}

// elastic runs a band over the cover's right part and round its lower edge.
func (c *canvas) elastic(m camera, b volume) {
	x, y, w := b.w/2-17, -b.h/2, 5.4
	c.flat(m, b.t, func() {
		c.within(boxes(-b.w/2, y, b.w, b.h, 2, b.corner, b.corner, 2), func() {
			c.path(box(x+1, y, w+2.4, b.h, 0), "fill", umber, "opacity", 0.38, "filter", c.blur(1.1))
		})
	})
	c.flat(m, b.t+0.9, func() {
		strip := box(x, y-0.4, w, b.h+0.8, 0)
		c.path(strip, "fill", b.band)
		c.path(strip, "fill", c.weave(0.9, umber, 0.22))
		c.path(strip, "fill", c.across(x, x+w, []stop{{0, sunlit, 0.30}, {0.4, sunlit, 0}, {1, umber, 0.32}}))
	})
	bottom := b.h / 2
	p1, p2 := m.see(x, bottom+0.4, b.t+0.9), m.see(x+w, bottom+0.4, b.t+0.9)
	p3, p4 := m.see(x+w, bottom+0.4, 0), m.see(x, bottom+0.4, 0)
	c.path(poly(p1, p2, p3, p4), "fill", c.down(p1.y, p3.y, ramp(shade(b.band, 0.18), shade(b.band, 0.45))))
}

// ribbon hangs out of the pages at x, y, z and comes to rest on the table.
func (c *canvas) ribbon(m camera, x, y, z, reach float64, colour string) {
	draw := func(dz, wide float64, fill string, pairs ...any) {
		var left, right []point
		for i := range 13 {
			k := float64(i) / 12
			h := z * (1 - k*3)
			if h < 0.4 {
				h = 0.4
			}
			px := x + 3.4*k*k*reach/20
			left = append(left, m.see(px, y+reach*k, h*dz))
			right = append([]point{m.see(px+wide, y+reach*k+wide*0.5*k, h*dz)}, right...)
		}
		// the end is cut to a swallow's tail
		tip := m.see(x+3.4*reach/20+wide*0.5, y+reach-2.6, 0.4*dz)
		outline := append(append(left, tip), right...)
		c.path(poly(outline...), append([]any{"fill", fill}, pairs...)...)
	}
	c.group(func() { draw(0, 4.4, m.shadowTone) }, "opacity", 0.5, "filter", c.blur(4), "transform", "translate(6 6)")
	a, b := m.see(x, y, z), m.see(x, y+reach, 0)
	draw(1, 3.6, c.down(a.y, b.y, ramp(shade(colour, 0.35), colour, tint(colour, 0.12))))
}

// fieldNotebook is the shop's pocket notebook in one colour.
func fieldNotebook(colour string) volume {
	band := shade(colour, 0.42)
	ribbon := tint(colour, 0.15)
	if colour == inkBlue {
		ribbon = tomato
	}
	return volume{w: 130, h: 210, t: 17, cover: colour, page: leaf, corner: 8, band: band, ribbons: []string{ribbon}}
}

func linenJournal(colour string) volume {
	ribbons := []string{mustard, tomato}
	if colour == cream {
		ribbons = []string{inkBlue, tomato}
	}
	return volume{w: 148, h: 210, t: 23, cover: colour, page: leaf, corner: 1.5, linen: true, ribbons: ribbons}
}

func drawFieldNotebook(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		m := tableCamera(tone, 14, 4.75).at(-4, -6, 0, 0)
		c.closed(m, fieldNotebook(colour), true)
	}
}

func drawFieldStack(c *canvas) {
	c.table(lilac)
	m := tableCamera(lilac, 16, 4.2).at(-2, 26, 0, 0)
	z := 0.0
	for i, colour := range []string{tomato, inkBlue, forest, mustard} {
		turn := []float64{4, -5, 3, -8}[i]
		b := fieldNotebook(colour)
		n := m.at([]float64{0, 3, -3, 1}[i], []float64{0, -2, 2, -1}[i], z, turn)
		if i > 0 {
			c.group(func() {
				c.path(boxes(-65, -105, 130, 210, 2, 8, 8, 2), "fill", umber, "opacity", 0.5, "transform", n.at(3, 4, 0, 0).matrix(0))
			}, "filter", c.blur(7))
			b.ribbons = nil
		}
		c.closed(n, b, i == 0)
		z += b.t
	}
}

func drawLinenJournal(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		c.closed(tableCamera(tone, -9, 4.5).at(0, -8, 0, 26), linenJournal(colour), true)
	}
}

// drawLinenSpines shows three journals upright, spines to the front.
func drawLinenSpines(c *canvas) {
	const floor = 1210.0
	c.studio(butter, 1090)
	x := 352.0
	for i, colour := range []string{plum, cream, charcoal} {
		w, h := 176.0, 740.0
		y := floor - h
		lean := 0.0
		if i == 2 {
			lean = 9
			x += 118
		}
		c.group(func() {
			if i == 0 {
				c.standing(butter, 640, floor+2, 300, 300)
			}
			if i == 2 {
				c.path(box(x-60, y+60, 90, h-70, 0), "fill", umber, "opacity", 0.35, "filter", c.blur(24))
			}
			c.spine(x, y, w, h, colour)
		}, "transform", "rotate("+num(-lean)+" "+num(x)+" "+num(floor)+")")
		x += w + 3
	}
}

// spine is a rounded linen spine seen from the front.
func (c *canvas) spine(x, y, w, h float64, colour string) {
	outline := d("M", x+6, y, "Q", x+w/2, y-13, x+w-6, y, "Q", x+w, y, x+w, y+8, "V", y+h-4, "Q", x+w, y+h, x+w-6, y+h, "Q", x+w/2, y+h+9, x+6, y+h, "Q", x, y+h, x, y+h-4, "V", y+8, "Q", x, y, x+6, y, "Z")
	c.path(oval(x+w/2, y, w/2-10, 12), "fill", shade(leaf, 0.25))
	c.path(outline, "fill", colour)
	c.path(outline, "fill", c.weave(6, umber, 0.15))
	c.path(outline, "fill", c.across(x, x+w, []stop{{0, umber, 0.34}, {0.10, umber, 0.10}, {0.34, sunlit, 0.26}, {0.62, umber, 0.05}, {0.92, umber, 0.42}, {1, umber, 0.56}}))
	for _, k := range []float64{0.2, 0.4, 0.6, 0.8} { // the raised cords
		cy := y + h*k
		c.path(box(x, cy, w, 9, 0), "fill", c.down(cy, cy+9, []stop{{0, sunlit, 0.30}, {1, sunlit, 0}}))
		c.path(box(x, cy+9, w, 9, 0), "fill", c.down(cy+9, cy+18, []stop{{0, umber, 0.32}, {1, umber, 0}}))
	}
	gold := mix(brass, sunlit, 0.15)
	if isPale(colour) {
		gold = shade(brass, 0.25)
	}
	c.move(x+w/2, y+h*0.108, 0, 1.2, func() { c.sweet(gold) })
	c.write("A5", x+w/2, y+h*0.89, lettering{20, 2.6, 6, gold})
}
