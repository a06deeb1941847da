package main

import (
	"math"
	"strconv"
)

func drawEraser(c *canvas) {
	c.table(sky)
	m := tableCamera(sky, 32, 13.5).at(0, 1, 0, 0)
	m.pitch = 52
	w, h, t := 60.0, 25.0, 13.0
	rubber := boxes(-w/2, -h/2, w, h, 2, 5, 5, 2)
	c.shadow(m, rubber, t)
	pale := "#F8F5EE"
	c.slab(m, rubber, 0, t, func(_ int, k float64) string {
		return c.sides(w, h, shade(pale, 0.16-0.04*k), shade(pale, 0.32-0.06*k))
	})
	c.flat(m, t, func() {
		c.path(rubber, "fill", pale)
		c.path(boxes(14, -h/2, 16, h, 0, 5, 5, 0), "fill", c.across(14, 30, []stop{{0, umber, 0.10}, {0.3, umber, 0}, {0.8, graphite, 0.02}, {1, graphite, 0.28}}))
	})
	sleeve := box(-w/2+1.5, -h/2-0.6, 43, h+1.2, 0.5)
	c.slab(m, sleeve, 0, t+0.5, func(_ int, k float64) string {
		col := inkBlue
		if k > 0.30 && k < 0.68 {
			col = leaf
		}
		return c.linear(8, -8, 13, -13, ramp(shade(col, 0.12), shade(col, 0.34)))
	})
	c.flat(m, t+0.5, func() {
		c.path(sleeve, "fill", inkBlue)
		c.path(box(-w/2+1.5, -5.4, 43, 10.8, 0), "fill", leaf)
		c.path(box(-w/2+1.5, -7.4, 43, 1, 0), "fill", tomato)
		c.path(box(-w/2+1.5, 6.4, 43, 1, 0), "fill", tomato)
		c.move(-21, 0, 0, 0.13, func() { c.sweet(tomato) })
		c.writeFrom("Oops", -14.5, -2.7, lettering{5.4, 1, 1.4, inkBlue})
		c.path(sleeve, "fill", c.linear(-w/2, -h/2, 14, h/2, []stop{{0, sunlit, 0.28}, {0.6, sunlit, 0}, {1, umber, 0.16}}))
	})
	// the crumbs it leaves
	r := dice(77)
	for range 9 {
		p := m.see(34+r.Float64()*16, -16+r.Float64()*26, 0)
		c.move(p.x, p.y, r.Float64()*180, 1, func() {
			c.path(box(-15, -4, 30, 9, 4.5), "fill", m.shadowTone, "opacity", 0.4, "filter", c.blur(3), "transform", "translate(3 5)")
			c.path(box(-15, -5, 30, 9, 4.5), "fill", c.down(-5, 4, ramp("#F3EFE8", "#C9C3BB")))
		})
	}
}

func drawSharpener(c *canvas) {
	c.table(clay)
	m := tableCamera(clay, -24, 18).at(2, -10, 0, 0)
	m.pitch = 54
	w, h, t := 26.0, 16.0, 12.0
	body := d("M", -w/2, -h/2, "H", w/2, "V", h/2, "H", -w/2, "Z")
	c.shadow(m, body, t)
	c.slab(m, body, 0, t, solid(c.linear(-11, 11, -8, 8, ramp(shade(brass, 0.2), shade(brass, 0.2)))))
	a, b := m.see(-w/2, h/2, 0), m.see(w/2, h/2, 0)
	e, f := m.see(w/2, h/2, t), m.see(-w/2, h/2, t)
	c.path(poly(a, b, e, f), "fill", c.linear(a.x, 0, b.x, 0, ramp("#8E6B2B", "#E8CD8C", "#B98F42", "#7D5C22")))
	g, i := m.see(-w/2, -h/2, 0), m.see(-w/2, -h/2, t)
	c.path(poly(g, a, f, i), "fill", c.linear(g.x, g.y, a.x, a.y, ramp("#F3DFA8", "#A57E37")))
	for k := range 9 { // the grip
		x := -9.0 + float64(k)*2.1
		p, q := m.see(x, h/2, 2.2), m.see(x, h/2, t-2.2)
		c.line(d("M", p.x, p.y, "L", q.x, q.y), "#6B4E1C", 5)
		c.line(d("M", p.x+4, p.y, "L", q.x+4, q.y), "#FFF0C4", 2.4)
	}
	c.flat(m, t, func() {
		c.path(body, "fill", c.linear(-w/2, -h/2, w/2, h/2, ramp("#F8E8BC", "#D9B568", "#B98E42")))
		c.line(body, "#FFF3D2", 0.35)
		// the mouth under the blade
		c.path("M-13 -5.4L13 -2.2V2.2L-13 5.4Z", "fill", "#3A2A14", "opacity", 0.85)
		blade := "M-11.6 -6.6L11.4 -6.2V0.6L-11.6 2.6Z"
		c.path(blade, "fill", umber, "opacity", 0.5, "transform", "translate(.5 .9)")
		c.path(blade, "fill", c.linear(-12, -7, 12, 3, ramp("#F4F5F6", "#A9ADB2", "#E3E5E7", "#8C9095")))
		c.line("M-11.6 2.6L11.4 .6", "#FFFFFF", 0.45)
		c.path(oval(0.4, -2.6, 2.6, 2.6), "fill", c.linear(-2, -5, 3, 0, ramp("#FFF3CF", brass, "#7D5C22")))
		c.line("M-1.2 -1.2L2 -4", "#4A3512", 0.7)
	})
	// the pencil in front and the curl it lost
	c.pencil(m.at(-29, 25, 0, 19), pencilLook{colour: tomato, length: 96, width: 8})
	c.curl(905, 1330, 1)
}

// curl is a pencil shaving: pleats of wood with a rim of lacquer.
func (c *canvas) curl(x, y, s float64) {
	c.move(x, y, -20, s, func() {
		c.path(oval(20, 26, 150, 100), "fill", umber, "opacity", 0.36, "filter", c.blur(18))
		n := 26
		for i := range n {
			a := 0.5 + float64(i)/float64(n)*5.0
			r := 64 + float64(i)*3.1
			c.move(math.Cos(a)*18, math.Sin(a)*14, a*180/math.Pi, 1, func() {
				pleat := d("M", 10, -12, "C", r*0.5, -26, r*0.8, -24, r, -19, "Q", r+9, 0, r, 18, "C", r*0.7, 16, r*0.4, 12, 10, 9, "Z")
				c.path(pleat, "fill", c.down(-24, 18, ramp(tint(cedar, 0.55), cedar, shade(cedar, 0.32))))
				c.line(d("M", r, -19, "Q", r+9, 0, r, 18), tomato, 5.5)
				c.line(d("M", 10, -12, "C", r*0.5, -26, r*0.8, -24, r, -19), tint(cedar, 0.7), 1.6)
			})
		}
	})
}

// walnut paints wood with its grain running along x inside the outline.
func (c *canvas) walnut(outline string, w, h float64) {
	c.path(outline, "fill", "#7A4E31")
	c.within(outline, func() {
		r := dice(5)
		for i := range 60 {
			y := -h/2 + h*float64(i)/59
			amp := 1.6 * math.Sin(float64(i)*0.4)
			col := []string{"#5A3620", "#94633F", "#4A2B1A"}[i%3]
			c.line(d("M", -w/2, y, "C", -w/4, y+amp+r.Float64()*2, w/6, y-amp*1.6, w/2, y+r.Float64()*2), col, 0.25+0.5*r.Float64(), "opacity", 0.25+0.35*r.Float64())
		}
	})
}

// tray paints the walnut pen tray of w × 70 mm.
func (c *canvas) tray(m camera, w float64) {
	h, t := 74.0, 20.0
	outline := box(-w/2, -h/2, w, h, 34)
	c.shadow(m, outline, t)
	c.slab(m, outline, 0, t, func(i int, k float64) string {
		base := mix("#6B4229", "#5D3822", float64(i%4)/3)
		return c.across(-w/2, w/2, []stop{{0, shade(base, 0.1), 1}, {0.3, tint(base, 0.12), 1}, {0.7, shade(base, 0.2), 1}, {1, shade(base, 0.5), 1}})
	})
	c.flat(m, t, func() {
		c.walnut(outline, w, h)
		c.path(outline, "fill", c.linear(-w/2, -h/2, w/2, h/2, []stop{{0, sunlit, 0.34}, {0.5, sunlit, 0.04}, {1, umber, 0.25}}))
		c.line(box(-w/2+0.5, -h/2+0.5, w-1, h-1, 33.5), sunlit, 0.8, "opacity", 0.4)
		hollow := box(-w/2+8, -h/2+8, w-16, h-16, 27)
		c.path(hollow, "fill", "#4F301D")
		c.within(hollow, func() {
			c.walnut(hollow, w, h)
			c.path(hollow, "fill", c.down(-h/2+8, h/2-8, []stop{{0, umber, 0.78}, {0.30, umber, 0.45}, {0.62, umber, 0.10}, {0.86, sunlit, 0.18}, {1, sunlit, 0.30}}))
			c.path(hollow, "fill", c.across(-w/2+8, w/2-8, []stop{{0, umber, 0.6}, {0.13, umber, 0.05}, {0.86, sunlit, 0}, {1, sunlit, 0.22}}))
			c.line(hollow, black, 3, "opacity", 0.35, "filter", c.blur(1.2), "transform", "translate(.8 1.2)")
		})
		c.line(hollow, sunlit, 0.5, "opacity", 0.35)
	})
}

func drawTray(c *canvas) {
	c.table(butter)
	m := tableCamera(butter, -34, 4.3)
	m.pitch = 56
	c.tray(m, 236)
}

func drawTrayInUse(c *canvas) {
	c.table(sage)
	m := tableCamera(sage, -38, 4.2)
	m.pitch = 56
	c.tray(m, 250)
	in := m
	in.shadowTone = "#1E100A"
	c.pencil(in.at(-6, -13, 8, 1.5), pencilLook{colour: tomato, length: 176, width: 8.4})
	c.pencil(in.at(8, 1, 7, -1), pencilLook{colour: inkBlue, length: 170, width: 8.4})
	c.flat(in.at(0, 15, 10, 0.6), 0, func() {
		c.path(box(-88, -2, 178, 9, 4), "fill", black, "opacity", 0.45, "filter", c.blur(2))
		c.move(0, 0, 0, 0.185, c.rollerball)
	})
}

// drawRuler lays the brass rule over a sheet.
func drawRuler(c *canvas) {
	c.table(blush)
	m := tableCamera(blush, -62, 5.9)
	m.pitch = 74
	sheet := box(-92, -52, 166, 112, 1)
	c.shadow(m.at(0, 0, 0, 14), sheet, 0.5)
	c.flat(m.at(0, 0, 0, 14), 0.4, func() {
		c.path(sheet, "fill", leaf)
		c.within(sheet, func() {
			c.path(sheet, "fill", c.define(`<pattern id="@" width="5" height="5" patternUnits="userSpaceOnUse"><path d="M0 0H5M0 0V5" stroke="`+mix(sky, inkBlue, 0.25)+`" stroke-width=".22" fill="none"/></pattern>`))
			c.path(sheet, "fill", c.linear(-100, -60, 70, 60, []stop{{0, white, 0.4}, {1, umber, 0.10}}))
		})
	})
	w, h := 166.0, 27.0
	outline := box(-w/2, -h/2, w, h, 1.4)
	c.shadow(m, outline, 2.5)
	c.slab(m, outline, 0, 2.4, solid(c.sides(w, h, shade(brass, 0.25), shade(brass, 0.5))))
	c.flat(m, 2.4, func() {
		c.path(outline, "fill", c.linear(-w/2, -h/2, w/2, h/2, ramp("#E9CF8F", "#CDA759", "#F1DDA6", "#C59B4B", "#DDBB70", "#B1873C")))
		c.path(outline, "fill", brass, "opacity", 0.25, "filter", c.grain(3, 0.01, 0.9, 0.35))
		c.line(box(-w/2+0.3, -h/2+0.3, w-0.6, h-0.6, 1.2), "#FFF3CF", 0.4, "opacity", 0.8)
		dark := "#2B1F10"
		for i := range 151 {
			x := -75 + float64(i)
			l := 3.0
			if i%10 == 0 {
				l = 6.4
				c.write(strconv.Itoa(i/10), x, -h/2+8, lettering{3.3, 0.5, 0.6, dark})
			} else if i%5 == 0 {
				l = 4.6
			}
			c.line(d("M", x, -h/2+0.4, "v", l), dark, 0.26, "stroke-linecap", "butt")
		}
		for i := range 95 {
			x := -75 + float64(i)*25.4/16
			l := 2.4
			switch {
			case i%16 == 0:
				l = 6
				c.write(strconv.Itoa(i/16), x, h/2-10.6, lettering{2.7, 0.42, 0.6, dark})
			case i%8 == 0:
				l = 4.4
			case i%4 == 0:
				l = 3.4
			}
			c.line(d("M", x, h/2-0.4, "v", -l), dark, 0.26, "stroke-linecap", "butt")
		}
		c.path(oval(79.4, 0, 1.9, 1.9), "fill", shade(blush, 0.5))
	})
}

// tapeRoll is a roll lying flat: outer and inner radius and height in mm.
func (c *canvas) tapeRoll(m camera, colour string, onTable bool) {
	const ro, ri, t = 31.0, 20.0, 15.0
	ring := oval(0, 0, ro, ro)
	if onTable {
		c.shadow(m, ring, t)
	}
	c.slab(m, ring, 0, t, solid(c.across(-ro, ro, []stop{{0, shade(colour, 0.10), 1}, {0.25, tint(colour, 0.22), 1}, {0.6, shade(colour, 0.10), 1}, {1, shade(colour, 0.48), 1}})))
	c.flat(m, t, func() {
		c.path(ring, "fill", c.linear(-ro, -ro, ro, ro, ramp(tint(colour, 0.42), tint(colour, 0.12), shade(colour, 0.06))))
		for i := range 9 {
			c.line(oval(0, 0, ri+2.6+float64(i)*0.95, ri+2.6+float64(i)*0.95), shade(colour, 0.35), 0.16, "opacity", 0.5)
		}
		c.path(oval(0, 0, ri+2, ri+2), "fill", "#CFAE80")
		c.line(oval(0, 0, ri+1, ri+1), shade(cedar, 0.4), 0.2)
		c.path(oval(0, 0, ri, ri), "fill", "#8A6A45")
	})
	// the inside of the core: its far wall is lit, its floor is the table
	c.flat(m, t, func() {
		c.within(oval(0, 0, ri, ri), func() {
			c.path(oval(0, 0, ri, ri), "fill", c.linear(-ri, -ri, ri, ri, ramp("#6E5233", "#A9875B", "#D9BC8E")))
			up := t * math.Cos(m.pitch*math.Pi/180) / math.Sin(m.pitch*math.Pi/180)
			sin, cos := math.Sincos(m.turn * math.Pi / 180)
			c.path(oval(up*sin, up*cos, ri, ri), "fill", m.shadowTone)
			c.path(oval(up*sin, up*cos, ri, ri), "fill", c.linear(-ri, -ri, ri, ri+6, []stop{{0, umber, 0.5}, {0.5, umber, 0.1}, {1, sunlit, 0.35}}))
		})
	})
}

func drawTape(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		m := tableCamera(tone, 0, 10.8).at(-11, -5, 0, 0)
		m.pitch = 50
		// the loose end runs along the front and over the table
		tail := func(z float64) string {
			p := []point{m.see(-4, 31, 15*z), m.see(20, 31, 15*z), m.see(38, 36, 15*z*0.9), m.see(54, 49, 15*z*0.92)}
			return smooth(p, false)
		}
		c.group(func() {
			a, b := m.see(-4, 33, 0), m.see(58, 55, 0)
			c.line(d("M", a.x, a.y, "Q", (a.x+b.x)/2+30, a.y+4, b.x, b.y), m.shadowTone, 70)
		}, "filter", c.blur(20), "opacity", 0.30)
		c.tapeRoll(m, colour, true)
		lower := []point{m.see(54, 49, 0), m.see(38, 36, 0), m.see(20, 31, 0), m.see(-4, 31, 0)}
		e := m.see(54, 49, 13.8)
		var end string
		for i := range 7 { // torn by hand
			k := float64(i+1) / 8
			end += d("L", e.x+float64((i%2)*2-1)*5+8, e.y+(lower[0].y-e.y)*k)
		}
		strip := tail(1) + end + d("L", lower[0].x, lower[0].y) + "L" + smooth(lower, false)[1:] + "Z"
		c.path(strip, "fill", c.across(m.x-60, e.x, []stop{{0, tint(colour, 0.08), 1}, {0.35, tint(colour, 0.26), 1}, {0.7, shade(colour, 0.04), 1}, {1, shade(colour, 0.20), 1}}))
		c.line(tail(1), tint(colour, 0.5), 3)
	}
}

func drawTapeStack(c *canvas) {
	c.table(paper)
	m := tableCamera(paper, 0, 10).at(0, 24, 0, 0)
	m.pitch = 48
	for i, colour := range []string{forest, mustard, tomato, forest, mustard} {
		n := m.at([]float64{0, 3, -2, 2, -4}[i], []float64{0, -1, 1, 0, 1}[i], float64(i)*15, 0)
		if i > 0 {
			c.group(func() { c.path(oval(1, 2, 31, 31), "fill", umber, "opacity", 0.5, "transform", n.matrix(0)) }, "filter", c.blur(8))
		}
		n.shadowTone = "#5b4632"
		c.tapeRoll(n, colour, i == 0)
	}
}
