package main

import "math"

// canister is a round tin that stands, in pixels.
type canister struct {
	x, base, r, h, squash float64
	colour                string
}

func (t canister) top() float64 { return t.base - t.h }

// roundness is the light on a standing cylinder of satin metal.
func (c *canvas) roundness(x, r float64) string {
	return c.across(x-r, x+r, []stop{{0, umber, 0.42}, {0.05, umber, 0.26}, {0.16, sunlit, 0.10}, {0.27, white, 0.42}, {0.38, sunlit, 0.12}, {0.58, umber, 0.07}, {0.84, umber, 0.38}, {0.94, umber, 0.48}, {1, umber, 0.30}})
}

// tube is the outline of a standing cylinder between two heights.
func tube(x, r, top, base, squash float64) string {
	return d("M", x-r, top, "A", r, r*squash, 0, 0, 0, x+r, top, "V", base, "A", r, r*squash, 0, 0, 1, x-r, base, "Z")
}

// tin paints body and lid; label paints the paper around it.
func (c *canvas) tin(t canister, lid string, lidHeight float64, label func()) {
	body := tube(t.x, t.r, t.top(), t.base, t.squash)
	c.path(body, "fill", t.colour)
	label()
	c.path(body, "fill", c.roundness(t.x, t.r))
	c.path(tube(t.x, t.r, t.base-26, t.base, t.squash), "fill", c.down(t.base-26, t.base+t.r*t.squash, fade(umber, 0, 0.3)))
	foot := d("M", t.x-t.r, t.base-8, "A", t.r, t.r*t.squash, 0, 0, 0, t.x+t.r, t.base-8)
	c.line(foot, shade(t.colour, 0.45), 3, "opacity", 0.7)
	c.line(foot, tint(t.colour, 0.45), 2, "opacity", 0.6, "transform", "translate(0 4)")
	// the lid
	r := t.r + 5
	y := t.top() + lidHeight*0.35
	c.path(tube(t.x, t.r, y, y+22, t.squash), "fill", umber, "opacity", 0.45, "filter", c.blur(6))
	lidBody := tube(t.x, r, y-lidHeight, y, t.squash)
	c.path(lidBody, "fill", lid)
	c.path(lidBody, "fill", c.roundness(t.x, r))
	edge := d("M", t.x-r, y-3, "A", r, r*t.squash, 0, 0, 0, t.x+r, y-3)
	c.line(edge, tint(lid, 0.6), 3, "opacity", 0.6)
	top := y - lidHeight
	c.path(oval(t.x, top, r, r*t.squash), "fill", c.linear(t.x-r, top-30, t.x+r, top+30, ramp(tint(lid, 0.55), tint(lid, 0.15), shade(lid, 0.12))))
	c.line(oval(t.x, top+1, r-16, r*t.squash-5), shade(lid, 0.35), 3, "opacity", 0.35)
	c.line(d("M", t.x-r+2, top, "A", r-2, r*t.squash-1.5, 0, 0, 0, t.x+r-2, top), tint(lid, 0.7), 3, "opacity", 0.6)
	c.path(oval(t.x, top+3, r-22, r*t.squash-8), "fill", c.linear(t.x-r, top-20, t.x+r, top+20, ramp(tint(lid, 0.42), tint(lid, 0.26), tint(lid, 0.10))))
}

// wrap is the band of a label around a tin.
func (c *canvas) wrap(t canister, y0, y1 float64, colour string) {
	c.path(tube(t.x, t.r, y0, y1, t.squash), "fill", colour)
	for _, y := range []float64{y0, y1} {
		c.line(d("M", t.x-t.r, y, "A", t.r, t.r*t.squash, 0, 0, 0, t.x+t.r, y), umber, 2, "opacity", 0.3)
	}
}

// arc is a line around the front of a tin.
func (c *canvas) arc(t canister, y float64, colour string, w float64) {
	c.line(d("M", t.x-t.r, y, "A", t.r, t.r*t.squash, 0, 0, 0, t.x+t.r, y), colour, w)
}

func drawTea(colour, tone, name, about string, emblem func(*canvas, string)) func(*canvas) {
	return func(c *canvas) {
		t := canister{x: 610, base: 1260, r: 262, h: 660, squash: 0.13, colour: colour}
		c.studio(tone, 1090)
		c.standing(tone, t.x, t.base, t.r, t.h*0.8)
		c.tin(t, colour, 104, func() {
			sag := t.r * t.squash
			y0, y1 := t.top()+172, t.base-96
			c.wrap(t, y0, y1, leaf)
			c.arc(t, y0+14, colour, 5)
			c.arc(t, y1-14, colour, 5)
			c.move(t.x, y0+sag+104, 0, 1, func() { emblem(c, colour) })
			c.write("Desk tea", t.x, y0+sag+186, lettering{46, 6.4, 12, charcoal})
			c.line(d("M", t.x-50, y0+sag+258, "H", t.x+50), colour, 3.4)
			c.write(name, t.x, y0+sag+280, lettering{25, 3.6, 7, colour})
			c.write(about, t.x, y0+sag+328, lettering{12, 1.9, 3.6, charcoal})
		})
	}
}

// The emblems of the three teas.
func sun(c *canvas, colour string) {
	c.path(oval(0, 4, 26, 26), "fill", colour)
	for i := range 12 {
		a := float64(i) * math.Pi / 6
		c.line(d("M", 36*math.Cos(a), 4+36*math.Sin(a), "L", 50*math.Cos(a), 4+50*math.Sin(a)), colour, 5)
	}
}

func bergamot(c *canvas, colour string) {
	c.path(oval(0, 6, 44, 44), "fill", colour)
	c.path(oval(0, 6, 36, 36), "fill", leaf)
	for i := range 8 {
		c.move(0, 6, float64(i)*45, 1, func() { c.path("M0 -4C-9 -12 -11 -26 -6 -31Q0 -34 6 -31C11 -26 9 -12 0 -4Z", "fill", colour) })
	}
}

func mint(c *canvas, colour string) {
	for _, deg := range []float64{-52, 0, 52} {
		c.move(0, 48, deg, 1.06, func() {
			c.path("M0 0C-24 -22 -26 -62 0 -92C26 -62 24 -22 0 0Z", "fill", colour)
			c.line("M0 -6V-80M0 -26L-11 -38M0 -26L11 -38M0 -48L-10 -60M0 -48L10 -60", leaf, 2.6)
		})
	}
}

func drawTeaCup(c *canvas) {
	const x, y = 600.0, 1010.0
	c.studio(butter, 860)
	// saucer
	c.path(oval(x+50, y+46, 420, 120), "fill", umber, "opacity", 0.45, "filter", c.blur(26))
	c.path(oval(x, y+16, 400, 116), "fill", shade(cream, 0.22))
	c.path(oval(x, y, 400, 114), "fill", c.linear(x-400, y-60, x+400, y+80, ramp("#FFFDF6", cream, shade(cream, 0.14))))
	c.line(oval(x, y, 388, 108), tomato, 4)
	c.path(oval(x, y+4, 230, 62), "fill", c.linear(x-230, y-30, x+230, y+40, ramp(shade(cream, 0.16), cream)))
	c.path(oval(x+36, y+8, 214, 52), "fill", umber, "opacity", 0.40, "filter", c.blur(14))
	// the cup
	top, r := y-310, 248.0
	handle := d("M", x+r-30, top+62, "C", x+r+150, top+26, x+r+130, top+232, x+r-66, top+226)
	c.line(handle, shade(cream, 0.40), 40)
	c.line(handle, shade(cream, 0.12), 33)
	c.line(handle, "#FFFDF6", 12, "transform", "translate(-4 -9)", "opacity", 0.85, "filter", c.blur(2))
	bowl := d("M", x-r, top, "C", x-r+4, top+190, x-176, y-2, x-122, y+8, "A", 122, 22, 0, 0, 0, x+122, y+8, "C", x+176, y-2, x+r-4, top+190, x+r, top, "A", r, 64, 0, 0, 1, x-r, top, "Z")
	c.path(bowl, "fill", "#FBF5E8")
	c.path(bowl, "fill", c.across(x-r, x+r, []stop{{0, umber, 0.16}, {0.12, umber, 0.03}, {0.3, white, 0.6}, {0.6, umber, 0.05}, {0.9, umber, 0.30}, {1, umber, 0.24}}))
	c.within(bowl, func() {
		c.path(box(x-r, y-110, 2*r, 150, 0), "fill", c.down(y-110, y+30, fade(umber, 0, 0.30)))
		c.line(d("M", x-r, top+34, "A", r, 64, 0, 0, 0, x+r, top+34), tomato, 5)
		c.move(x-14, top+190, 0, 1.7, func() { c.sweet(tomato) })
	})
	c.path(oval(x, top, r, 64), "fill", "#FFFDF6")
	c.path(oval(x, top+2, r-11, 56), "fill", c.linear(x-r, top-40, x+r, top+40, ramp(shade(cream, 0.36), shade(cream, 0.12), cream)))
	c.within(oval(x, top+2, r-11, 56), func() {
		c.path(oval(x, top+18, r-20, 52), "fill", c.linear(x-r, top, x+r, top+60, ramp("#7B3413", "#A9531D", "#CF7D34")))
		c.path(oval(x-76, top+14, 92, 14), "fill", "#FFE3B0", "opacity", 0.45, "filter", c.blur(6))
	})
	for i, s := range []string{"M0 0C-46 -80 44 -130 0 -220C-34 -290 26 -330 6 -390", "M0 0C40 -70 -40 -120 6 -190C38 -250 -12 -280 4 -320"} {
		c.move(x-70+float64(i)*120, top-6, 0, 1, func() { c.line(s, white, 26, "opacity", 0.34, "filter", c.blur(15)) })
	}
	// the spoon with leaves
	c.move(700, 1276, -6, 1, func() {
		c.path("M-120 -30C-60 -60 10 -44 34 -8L380 -16Q392 -6 380 6L34 14C10 50 -60 62 -120 34C-156 16 -156 -12 -120 -30Z", "fill", umber, "opacity", 0.42, "filter", c.blur(10), "transform", "translate(10 14)")
		c.path("M20 -8L376 -15Q392 -6 376 5L20 14Z", "fill", c.down(-16, 14, ramp("#FBEFC9", brass, "#7D5C22")))
		c.path(oval(-52, 0, 98, 50), "fill", c.linear(-140, -50, 40, 50, ramp("#F6E3AE", brass, "#8A6527")))
		c.path(oval(-50, 3, 84, 40), "fill", "#6E4E1E")
		r := dice(8)
		leafTone := []string{"#3A2A1C", "#4D3A24", "#2C2117", "#5C4A2C", "#6B7A4C"}
		for i := range 120 {
			a, k := r.Float64()*2*math.Pi, math.Sqrt(r.Float64())
			c.move(-50+78*k*math.Cos(a), -4+34*k*math.Sin(a)-10*(1-k), r.Float64()*180, 1, func() {
				c.path("M-11 0Q0 -5 11 0Q0 5 -11 0Z", "fill", leafTone[i%5])
			})
		}
	})
}

// biscuit is a round biscuit of radius r seen at a slant.
func (c *canvas) biscuit(x, y, r, squash float64, seed uint64) {
	thick := r * 0.26
	ring := func(dy, k float64) string {
		var p []point
		rr := dice(seed)
		for i := range 40 {
			a := 2 * math.Pi * float64(i) / 40
			w := r * k * (1 + 0.018*math.Sin(float64(i)*math.Pi) + 0.022*(rr.Float64()*2-1))
			p = append(p, point{x + w*math.Cos(a), y + dy + w*squash*math.Sin(a)})
		}
		return smooth(p, true)
	}
	n := int(thick / 2)
	for i := range n + 1 {
		k := float64(i) / float64(n)
		c.path(ring(thick*(1-k)*0.9-thick*0.45, 0.985+0.02*math.Sin(k*math.Pi)), "fill", c.across(x-r, x+r, ramp("#7E4A22", "#A8662F", "#8A5125", "#53301A")))
	}
	top := ring(-thick*0.45, 0.985)
	c.path(top, "fill", "#B8743A")
	c.within(top, func() {
		c.path(top, "fill", c.linear(x-r, y-r*squash, x+r, y+r*squash, []stop{{0, "#F0B974", 0.55}, {0.5, "#B8743A", 0}, {1, umber, 0.36}}))
		rr := dice(seed + 100)
		// cracks
		for range 9 {
			a := rr.Float64() * 2 * math.Pi
			px, py := x+0.75*r*rr.Float64()*math.Cos(a), y-thick*0.45+0.75*r*squash*rr.Float64()*math.Sin(a)
			crack := d("M", px, py, "l", r*0.10*(rr.Float64()-0.3), r*0.07, "l", r*0.16*(rr.Float64()-0.4), r*0.05*squash, "l", r*0.12*(rr.Float64()-0.5), r*0.09)
			c.line(crack, "#5E3518", r*0.022, "opacity", 0.75)
			c.line(crack, "#E9B677", r*0.010, "opacity", 0.7, "transform", "translate(2 3)")
		}
		for range 130 { // sugar
			a, k := rr.Float64()*2*math.Pi, math.Sqrt(rr.Float64())*0.94
			px, py := x+r*k*math.Cos(a), y-thick*0.45+r*squash*k*math.Sin(a)
			s := r * (0.010 + 0.012*rr.Float64())
			c.path(box(px, py, s*1.5, s*1.2, s*0.3), "fill", "#FFF3DA", "opacity", 0.5+0.45*rr.Float64())
		}
		for range 7 { // ginger
			a, k := rr.Float64()*2*math.Pi, math.Sqrt(rr.Float64())*0.8
			c.move(x+r*k*math.Cos(a), y-thick*0.45+r*squash*k*math.Sin(a), rr.Float64()*90, 1, func() {
				c.path(box(-r*0.045, -r*0.03, r*0.09, r*0.06, r*0.015), "fill", "#E8B45C")
				c.path(box(-r*0.045, -r*0.03, r*0.09, r*0.022, r*0.01), "fill", "#FFE1A0", "opacity", 0.8)
			})
		}
	})
}

func drawGingerTin(c *canvas) {
	t := canister{x: 560, base: 1270, r: 236, h: 860, squash: 0.13, colour: tomato}
	c.studio(clay, 1100)
	c.standing(clay, t.x, t.base, t.r, t.h*0.6)
	c.tin(t, cream, 92, func() {
		sag := t.r * t.squash
		for i := range 4 {
			c.wrap(t, t.top()+100+float64(i)*6, t.top()+104+float64(i)*6, cream)
		}
		y0, y1 := t.top()+240, t.base-190
		c.arc(t, t.base-70, cream, 5)
		c.arc(t, t.base-56, cream, 3)
		c.wrap(t, y0, y1, cream)
		c.arc(t, y0+14, mustard, 6)
		c.arc(t, y1-14, mustard, 6)
		c.move(t.x, y0+sag+92, 0, 1.7, func() { c.sweet(tomato) })
		c.write("Ginger", t.x, y0+sag+174, lettering{56, 8, 13, tomato})
		c.write("Biscuits", t.x, y0+sag+254, lettering{33, 4.8, 8, charcoal})
		c.write("Crisp · dark · properly hot", t.x, y0+sag+318, lettering{12, 1.9, 3.4, charcoal})
	})
	for i, b := range []struct{ x, y, r float64 }{{936, 1262, 140}, {820, 1330, 132}} {
		c.path(oval(b.x+18, b.y+20, b.r*1.02, b.r*0.38), "fill", umber, "opacity", 0.42, "filter", c.blur(12))
		c.biscuit(b.x, b.y, b.r, 0.36, uint64(40+i))
	}
	c.biscuit(912, 1206, 136, 0.36, 47)
}

func drawBiscuitStack(c *canvas) {
	c.studio(sky, 1040)
	c.standing(sky, 560, 1230, 250, 380)
	for i := range 7 {
		x := 560 + []float64{0, 10, -9, 6, -6, 12, -2}[i]
		y := 1208 - float64(i)*66
		if i > 0 {
			c.path(oval(x+6, y+44, 236, 84), "fill", umber, "opacity", 0.42, "filter", c.blur(7))
		}
		c.biscuit(x, y, 248, 0.34, uint64(50+i))
	}
	// one broken in two
	for _, half := range []struct {
		x, y, deg float64
		clip      string
	}{{946, 1300, -14, "M-300 -300H-2L8 -60L-8 -30L10 -4L-6 22L6 50L-4 300H-300Z"}, {1010, 1322, 16, "M300 -300H-2L8 -60L-8 -30L10 -4L-6 22L6 50L-4 300H300Z"}} {
		c.move(half.x, half.y, half.deg, 1, func() {
			c.group(func() { c.within(half.clip, func() { c.path(oval(10, 24, 160, 60), "fill", umber) }) }, "filter", c.blur(9), "opacity", 0.42)
			c.within(half.clip, func() { c.biscuit(0, 0, 156, 0.36, 59) })
			c.line("M4 -52L-8 -30L10 -4L-6 22L4 44", "#E0A561", 9)
			c.line("M4 -52L-8 -30L10 -4L-6 22L4 44", "#8A5125", 2)
		})
	}
	r := dice(12)
	for range 26 {
		x, y, s := 840+r.Float64()*280, 1390+r.Float64()*60, 2+r.Float64()*7
		c.path(oval(x+3, y+4, s, s*0.6), "fill", umber, "opacity", 0.35)
		c.path(blob(uint64(s*1000), x, y, s, s*0.75, 0.3, 7), "fill", []string{"#B8743A", "#8A5125", "#D79B5B"}[r.IntN(3)])
	}
}

// humbug is a striped, pillow-shaped sweet.
func (c *canvas) humbug(x, y, deg, s float64, base, stripe string) {
	c.move(x, y, deg, s, func() {
		pillow := "M-62 -30C-46 -44 -20 -46 0 -44C24 -46 50 -46 62 -34C72 -20 66 16 58 34C44 44 18 44 -2 45C-24 46 -48 46 -60 34C-70 14 -72 -14 -62 -30Z"
		c.path(pillow, "fill", base)
		c.within(pillow, func() {
			for i := range 6 {
				k := -84 + float64(i)*30
				c.path(d("M", k, -60, "C", k+30, -20, k-4, 20, k+26, 60, "h", 14, "C", k+12, 20, k+46, -20, k+15, -60, "Z"), "fill", stripe)
			}
			c.path(pillow, "fill", c.radial(-18, -16, 92, []stop{{0, white, 0.18}, {0.5, umber, 0.02}, {0.85, umber, 0.32}, {1, umber, 0.55}}))
			c.path("M-50 -26C-30 -38 20 -38 44 -30C20 -28 -20 -24 -46 -10Z", "fill", white, "opacity", 0.72, "filter", c.blur(2.4))
			c.path("M-40 34C-10 40 26 38 48 26C40 40 -30 46 -40 34Z", "fill", white, "opacity", 0.25, "filter", c.blur(3))
		})
	})
}

func drawHumbugJar(base, stripe, label, tone, name string) func(*canvas) {
	return func(c *canvas) {
		const x, floor, r, h = 600.0, 1270.0, 268.0, 650.0
		sq := 0.13
		top := floor - h
		c.studio(tone, 1100)
		c.standing(tone, x, floor, r, h*0.7)
		glass := d("M", x-r, top+110, "C", x-r, top+40, x-r+50, top+20, x-r+62, top-20, "A", r-62, (r-62)*sq, 0, 0, 0, x+r-62, top-20, "C", x+r-50, top+20, x+r, top+40, x+r, top+110,
			"V", floor-30, "Q", x+r, floor+6, x+r-40, floor+20, "A", r, r*sq, 0, 0, 1, x-r+40, floor+20, "Q", x-r, floor+6, x-r, floor-30, "Z")
		c.path(glass, "fill", mix(tone, white, 0.4), "opacity", 0.75)
		c.within(glass, func() {
			c.path(tube(x, r, top+168, floor+40, sq), "fill", shade(base, 0.55), "opacity", 0.75)
			rr := dice(21)
			for row := range 9 {
				for i := range 6 {
					px := x - r + 34 + float64(i)*102 + float64(row%2)*46 - 20 + rr.Float64()*20
					py := top + 150 + float64(8-row)*62 + rr.Float64()*20
					if row == 8 && (i == 0 || i > 4) {
						continue
					}
					c.path(oval(px+6, py+14, 62, 44), "fill", umber, "opacity", 0.35, "filter", c.blur(7))
					c.humbug(px, py, rr.Float64()*150-75, 0.98, base, stripe)
				}
			}
			c.path(box(x-r-5, top, 2*r+10, h+60, 0), "fill", c.across(x-r, x+r, []stop{{0, umber, 0.5}, {0.06, umber, 0.22}, {0.2, umber, 0}, {0.7, umber, 0.03}, {0.92, umber, 0.32}, {1, umber, 0.55}}))
			c.path(box(x-r, floor-50, 2*r, 100, 0), "fill", c.down(floor-50, floor+40, fade(umber, 0, 0.5)))
			c.line(d("M", x-r+6, floor-22, "A", r-6, r*sq, 0, 0, 0, x+r-6, floor-22), white, 5, "opacity", 0.4)
		})
		// label
		y0 := top + 240
		lab := d("M", x-178, y0, "Q", x, y0+36, x+178, y0, "V", y0+226, "Q", x, y0+262, x-178, y0+226, "Z")
		c.path(lab, "fill", umber, "opacity", 0.45, "filter", c.blur(6), "transform", "translate(3 6)")
		c.path(lab, "fill", leaf)
		c.path(lab, "fill", c.across(x-178, x+178, []stop{{0, umber, 0.16}, {0.3, white, 0.3}, {1, umber, 0.22}}))
		c.line(d("M", x-166, y0+16, "Q", x, y0+50, x+166, y0+16, "V", y0+212, "Q", x, y0+246, x-166, y0+212, "Z"), label, 3)
		c.move(x, y0+74, 0, 0.95, func() { c.sweet(label) })
		c.write("Humbugs", x, y0+118, lettering{38, 5.6, 9, charcoal})
		c.write(name, x, y0+184, lettering{17, 2.6, 5, label})
		// light on the glass
		c.path(box(x-r+26, top+110, 34, h-180, 17), "fill", white, "opacity", 0.55, "filter", c.blur(4))
		c.path(box(x-r+76, top+120, 10, h-220, 5), "fill", white, "opacity", 0.4, "filter", c.blur(2))
		c.path(box(x+r-34, top+130, 12, h-220, 6), "fill", white, "opacity", 0.30, "filter", c.blur(3))
		c.line(glass, white, 3, "opacity", 0.4)
		c.tin(canister{x: x, base: top + 14, r: r - 46, h: 10, squash: sq, colour: label}, label, 84, func() {})
	}
}

func drawHumbugHandful(c *canvas) {
	c.table(blush)
	bag := "M-250 -330L-206 -316L-160 -332L-112 -316L-64 -332L-16 -316L32 -332L80 -316L128 -332L176 -316L230 -330L262 330Q262 350 240 352H-240Q-262 350 -262 330Z"
	c.pressed(blush, bag, 480, 660, -15, 1.16, 26, func() {
		c.path(bag, "fill", leaf)
		c.within(bag, func() {
			for i := range 11 {
				c.path(box(-275+float64(i)*54, -340, 20, 720, 0), "fill", mix(tomato, leaf, 0.18))
			}
			c.path(bag, "fill", c.linear(-260, -330, 260, 350, []stop{{0, white, 0.4}, {0.4, white, 0}, {0.6, umber, 0.05}, {1, umber, 0.24}}))
			for _, f := range []string{"M-250 -120C-100 -150 60 -90 250 -130", "M-120 -330C-90 -100 -140 120 -100 350", "M120 -330C160 -100 100 120 150 350"} {
				c.line(f, umber, 16, "opacity", 0.14, "filter", c.blur(8))
				c.line(f, white, 10, "opacity", 0.5, "filter", c.blur(5), "transform", "translate(-12 -9)")
			}
		})
		c.path(oval(0, 20, 128, 128), "fill", leaf)
		c.line(oval(0, 20, 118, 118), tomato, 3)
		c.move(0, -14, 0, 1.5, func() { c.sweet(tomato) })
		c.write("Humbugs", 0, 50, lettering{24, 3.6, 6, charcoal})
	})
	for i, p := range []struct{ x, y, deg, s float64 }{{800, 1180, 20, 1.25}, {960, 1080, -40, 1.25}, {930, 1270, 70, 1.25}, {700, 1330, -12, 1.25}, {1060, 1230, 8, 1.25}, {840, 1390, 38, 1.25}, {600, 1210, -62, 1.25}, {1000, 890, 50, 1.25}} {
		base, stripe := "#33211A", "#F0E2C8"
		if i%3 == 1 {
			base, stripe = "#C4455A", "#F7E3B8"
		}
		c.path(oval(p.x+26, p.y+30, 82, 60), "fill", umber, "opacity", 0.42, "filter", c.blur(14))
		c.path(oval(p.x+6, p.y+10, 74, 54), "fill", umber, "opacity", 0.45, "filter", c.blur(5))
		c.humbug(p.x, p.y, p.deg, p.s, base, stripe)
	}
}
