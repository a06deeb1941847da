package main

// cloth fills the outline with woven stuff.
func (c *canvas) cloth(outline, colour string, thread, strength float64) {
	c.path(outline, "fill", colour)
	c.path(outline, "fill", c.weave(thread, umber, strength))
}

// seam is a line of stitches with the little ditch they pull into the cloth.
func (c *canvas) seam(path, colour string, w float64) {
	c.line(path, umber, w*1.8, "opacity", 0.14, "filter", c.blur(w*0.6))
	c.line(path, mix(colour, sunlit, 0.6), w, "stroke-dasharray", num(w*3)+" "+num(w*2))
}

// tote paints the standing bag; inside paints what sticks out of it.
func (c *canvas) tote(x, floor float64, colour string, inside func(top float64)) {
	const w, h = 660.0, 700.0
	top := floor - h
	strap := shade(colour, 0.05)
	// the handle at the back
	back := d("M", x-150, top+30, "C", x-150, top-300, x-110, top-412, x+8, top-412, "C", x+126, top-412, x+160, top-300, x+160, top+30)
	c.line(back, shade(colour, 0.42), 46)
	c.line(back, shade(colour, 0.34), 40)
	// the inside of the mouth
	c.path(d("M", x-w/2+10, top, "C", x-200, top-34, x+200, top-34, x+w/2-10, top, "C", x+200, top+26, x-200, top+26, x-w/2+10, top, "Z"), "fill", shade(colour, 0.58))
	inside(top)
	body := d("M", x-w/2+8, top-2, "C", x-180, top+22, x+180, top+22, x+w/2-8, top-2,
		"C", x+w/2+6, top+220, x+w/2+4, top+460, x+w/2-6, floor-30, "Q", x+w/2-10, floor+4, x+w/2-46, floor+8,
		"C", x+120, floor+18, x-120, floor+18, x-w/2+46, floor+8, "Q", x-w/2+10, floor+4, x-w/2+6, floor-30,
		"C", x-w/2-4, top+460, x-w/2-6, top+220, x-w/2+8, top-2, "Z")
	c.cloth(body, colour, 6, 0.12)
	c.within(body, func() {
		c.path(body, "fill", c.across(x-w/2, x+w/2, []stop{{0, umber, 0.22}, {0.12, sunlit, 0.10}, {0.3, sunlit, 0.30}, {0.6, umber, 0.03}, {0.85, umber, 0.20}, {1, umber, 0.44}}))
		c.path(body, "fill", c.down(top, floor, []stop{{0, sunlit, 0.16}, {0.4, sunlit, 0}, {0.8, umber, 0.06}, {1, umber, 0.34}}))
		// folds
		for _, f := range []struct {
			path          string
			width, darken float64
		}{
			{d("M", x-210, top+150, "C", x-230, top+330, x-170, top+480, x-250, floor-40), 34, 0.16},
			{d("M", x-168, top+170, "C", x-190, top+340, x-130, top+480, x-200, floor-40), 24, -0.22},
			{d("M", x+190, top+200, "C", x+160, top+380, x+240, top+480, x+196, floor-20), 38, 0.20},
			{d("M", x+236, top+180, "C", x+206, top+380, x+286, top+480, x+246, floor-40), 22, -0.18},
			{d("M", x+40, top+420, "C", x+20, top+520, x+80, top+600, x+30, floor-10), 30, 0.11},
		} {
			tone := umber
			o := f.darken
			if o < 0 {
				tone, o = sunlit, -o
			}
			c.line(f.path, tone, f.width, "opacity", o, "filter", c.blur(15))
		}
		// the bound hem
		hem := d("M", x-w/2, top+46, "C", x-180, top+70, x+180, top+70, x+w/2, top+46)
		c.line(hem, umber, 5, "opacity", 0.18, "transform", "translate(0 4)", "filter", c.blur(2))
		c.seam(hem, colour, 3)
		c.seam(d("M", x-w/2, top+14, "C", x-180, top+38, x+180, top+38, x+w/2, top+14), colour, 3)
	})
	// the handle in front, sewn down the bag
	front := d("M", x-168, top+250, "L", x-168, top+20, "C", x-170, top-330, x-120, top-452, x-4, top-452, "C", x+112, top-452, x+164, top-330, x+164, top+20, "L", x+164, top+250)
	c.line(front, umber, 48, "opacity", 0.30, "filter", c.blur(9), "transform", "translate(9 10)", "stroke-linecap", "butt")
	c.path(front, "fill", "none", "stroke", shade(colour, 0.30), "stroke-width", 48)
	c.path(front, "fill", "none", "stroke", strap, "stroke-width", 42)
	c.path(front, "fill", "none", "stroke", tint(strap, 0.35), "stroke-width", 14, "transform", "translate(-8 -3)", "opacity", 0.45, "filter", c.blur(4))
	for _, dx := range []float64{-16, 16} {
		c.seam(d("M", x-168+dx, top+244, "V", top+20), colour, 2.6)
		c.seam(d("M", x+164+dx, top+244, "V", top+20), colour, 2.6)
	}
	for _, sx := range []float64{-168, 164} {
		c.path(box(x+sx-24, top+206, 48, 46, 2), "fill", strap)
		c.seam(box(x+sx-17, top+212, 34, 34, 1)+d("M", x+sx-17, top+212, "l", 34, 34, "m", 0, -34, "l", -34, 34), colour, 2.6)
	}
	// the label
	c.move(x-2, top+360, 0, 1, func() {
		c.path(box(-72, -46, 144, 96, 3), "fill", umber, "opacity", 0.35, "filter", c.blur(4), "transform", "translate(3 5)")
		lab, ink := leaf, tomato
		c.path(box(-72, -46, 144, 96, 3), "fill", lab)
		c.path(box(-72, -46, 144, 96, 3), "fill", c.weave(4, umber, 0.10))
		c.move(0, -13, 0, 0.92, func() { c.sweet(ink) })
		c.write("Tuckshop", 0, 20, lettering{12, 1.9, 3, charcoal})
		c.line("M-64 -38V42", ink, 2, "stroke-dasharray", "6 4")
		c.line("M64 -38V42", ink, 2, "stroke-dasharray", "6 4")
	})
}

func drawTote(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.studio(tone, 1180)
		c.standing(tone, 640, 1330, 330, 420)
		c.tote(640, 1330, colour, func(float64) {})
	}
}

func drawTotePacked(c *canvas) {
	c.studio(sage, 1180)
	c.standing(sage, 640, 1370, 330, 420)
	c.tote(640, 1370, natural, func(top float64) {
		c.within(box(0, 0, frameW, top+12, 0), func() {
			// a paper roll
			c.move(470, top-130, -9, 1, func() {
				c.path(box(-46, -190, 92, 420, 6), "fill", c.across(-46, 46, ramp(shade(leaf, 0.16), leaf, tint(leaf, 0.6), shade(leaf, 0.12), shade(leaf, 0.36))))
				c.path(oval(0, -190, 46, 13), "fill", leaf)
				c.line("M-30 -190A30 8 0 1 1 24 -186A20 5 0 1 1 -12 -192A10 3 0 1 1 10 -190", shade(leaf, 0.4), 2.4)
				c.path(box(-47, -60, 94, 22, 2), "fill", c.across(-46, 46, ramp(shade(tomato, 0.2), tint(tomato, 0.12), shade(tomato, 0.4))))
			})
			// notebooks
			for i, b := range []struct {
				x, y, deg float64
				colour    string
			}{{662, -170, 5, inkBlue}, {742, -126, 10, tomato}} {
				c.move(b.x, top+b.y, b.deg, 1, func() {
					c.path(box(-104, 0, 208, 330, 12), "fill", umber, "opacity", 0.4, "filter", c.blur(10), "transform", "translate(-8 4)")
					c.path(boxes(-104, 0, 208, 330, 4, 14, 0, 0), "fill", b.colour)
					c.path(boxes(-104, 0, 208, 330, 4, 14, 0, 0), "fill", c.weave(4, umber, 0.1))
					c.path(boxes(-104, 0, 208, 330, 4, 14, 0, 0), "fill", c.across(-104, 104, []stop{{0, sunlit, 0.2}, {0.09, umber, 0.26}, {0.14, sunlit, 0.2}, {1, umber, 0.2}}))
					c.path(box(62, -1, 15, 330, 0), "fill", shade(b.colour, 0.42))
					if i == 1 {
						c.move(0, 62, -10, 1.3, func() { c.sweet(tint(b.colour, 0.5)) })
					}
				})
			}
			// a sprig
			c.line(d("M", 574, top+20, "C", 560, top-120, 590, top-210, 566, top-330), "#5D6B4A", 6)
			for i := range 9 {
				k := float64(i) / 8
				y := top - 60 - k*270
				side := float64(i%2)*2 - 1
				c.move(570+side*4, y, side*(38-k*10)-90, 1.05-0.35*k, func() {
					c.path("M0 0C20 -26 62 -30 92 -6C64 14 26 18 0 0Z", "fill", []string{"#6E8562", "#849A74", "#5E7757"}[i%3])
					c.line("M4 0C30 -6 60 -8 86 -6", tint("#849A74", 0.4), 2)
				})
			}
		})
	})
}

// drawPouch shows the flat pouch.
func drawPouch(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		c.pouch(tone, 632, 812, -11, 1, colour)
	}
}

// pouch paints a pouch of 820 × 560 units, its middle at x, y.
func (c *canvas) pouch(tone string, x, y, deg, s float64, colour string) {
	w, h := 860.0, 580.0
	outline := d("M", -w/2+30, -h/2+4, "C", -200, -h/2-8, 200, -h/2-8, w/2-30, -h/2+4, "Q", w/2, -h/2+6, w/2-2, -h/2+40,
		"C", w/2+10, -80, w/2+10, 90, w/2, h/2-40, "Q", w/2-4, h/2-2, w/2-40, h/2, "C", 200, h/2+12, -200, h/2+12, -w/2+40, h/2, "Q", -w/2+4, h/2-2, -w/2, h/2-40,
		"C", -w/2-10, 90, -w/2-10, -80, -w/2+2, -h/2+40, "Q", -w/2, -h/2+6, -w/2+30, -h/2+4, "Z")
	c.pressed(tone, outline, x, y, deg, s, 34, func() {
		c.cloth(outline, colour, 6, 0.13)
		c.within(outline, func() {
			c.path(outline, "fill", c.radial(-110, -40, 560, []stop{{0, sunlit, 0.30}, {0.5, sunlit, 0.07}, {0.8, umber, 0.08}, {1, umber, 0.40}}))
			c.line(outline, umber, 34, "opacity", 0.22, "filter", c.blur(16))
			c.line(outline, sunlit, 7, "opacity", 0.28, "transform", "translate(3 3)", "filter", c.blur(3))
			for _, f := range []string{"M-330 250C-230 190 -170 200 -60 270", "M380 -120C330 -40 340 60 300 160"} {
				c.line(f, umber, 30, "opacity", 0.13, "filter", c.blur(18))
			}
			c.seam(d("M", -w/2, -h/2+142, "H", w/2), colour, 3)
			c.seam(d("M", -w/2, -h/2+50, "H", w/2), colour, 3)
		})
		c.zip(-w/2+26, -h/2+96, w-52)
		// leather pull
		c.move(w/2-74, -h/2+98, 62, 1, func() {
			c.path(box(-12, -10, 56, 20, 8), "fill", c.metal(brass, 10))
			pull := "M40 -17C80 -24 150 -22 176 -18Q190 0 176 18C150 22 80 24 40 17Z"
			c.path(pull, "fill", umber, "opacity", 0.5, "filter", c.blur(6), "transform", "translate(6 4)")
			c.path(pull, "fill", c.down(-20, 20, ramp(tint(tan, 0.3), tan, shade(tan, 0.3))))
			c.line("M52 -11C84 -15 146 -14 166 -11M52 11C84 15 146 14 166 11", tint(tan, 0.6), 2.4, "stroke-dasharray", "8 5")
		})
		c.move(-w/2+96, h/2-76, 0, 1, func() {
			c.path(box(-46, -30, 92, 60, 3), "fill", umber, "opacity", 0.35, "filter", c.blur(3), "transform", "translate(2 4)")
			c.path(box(-46, -30, 92, 60, 3), "fill", leaf)
			c.path(box(-46, -30, 92, 60, 3), "fill", c.weave(4, umber, 0.1))
			c.move(0, 0, 0, 0.9, func() { c.sweet(tomato) })
		})
	})
}

// zip is a closed brass zip from x to x+w on the line y.
func (c *canvas) zip(x, y, w float64) {
	c.path(box(x, y-30, w, 60, 8), "fill", "#3B332C")
	c.path(box(x, y-30, w, 60, 8), "fill", c.weave(5, black, 0.16))
	c.path(box(x, y-30, w, 14, 8), "fill", c.down(y-30, y-16, fade(black, 0.5, 0)))
	for i := 0.0; i < w-30; i += 11 {
		c.path(box(x+14+i, y-11, 7, 13, 2), "fill", "#F1D899")
		c.path(box(x+19.5+i, y-3, 7, 13, 2), "fill", "#B88F3F")
	}
	c.path(box(x+10, y-12, w-20, 7, 3), "fill", white, "opacity", 0.22)
	c.path(box(x+w-58, y-19, 50, 38, 9), "fill", c.metal(brass, 19))
	c.path(box(x+w-58, y-19, 50, 38, 9), "fill", c.down(y-19, y+19, ramp("#F9E9BE", "#CFA856", "#8A6527")))
}

func drawPouchPair(c *canvas) {
	c.table(sky)
	c.pouch(sky, 690, 1010, -7, 0.98, inkBlue)
	for i, col := range []string{tomato, mustard} {
		x, y, deg := 540+float64(i)*74, 470.0-float64(i)*26, -78.0+float64(i)*7
		shape := box(-300, -20, 600, 40, 4)
		c.pressed(sky, shape, x, y, deg, 1, 16, func() { c.pencilBody(pencilLook{colour: col, length: 620, width: 40}) })
	}
	c.pouch(sky, 500, 690, 9, 0.70, mustard)
}

// drawRoll shows the pencil roll tied up.
func drawRoll(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		w, r := 800.0, 128.0
		outline := d("M", -w/2, -r, "C", -200, -r-9, 200, -r+7, w/2, -r, "A", 44, r, 0, 0, 1, w/2, r, "C", 200, r+8, -200, r-6, -w/2, r, "A", 44, r, 0, 0, 1, -w/2, -r, "Z")
		c.pressed(tone, outline, 640, 810, -32, 1.08, 64, func() {
			c.cloth(outline, colour, 5, 0.10)
			c.path(outline, "fill", c.down(-r, r, []stop{{0, sunlit, 0.10}, {0.16, sunlit, 0.40}, {0.34, sunlit, 0.14}, {0.6, umber, 0.14}, {0.88, umber, 0.55}, {1, umber, 0.45}}))
			c.within(outline, func() {
				// creases of the wax
				rr := dice(91)
				for range 26 {
					x, y := (rr.Float64()*2-1)*w/2, (rr.Float64()*2-1)*r
					c.line(d("M", x, y, "q", 20+rr.Float64()*40, rr.Float64()*20-10, 60+rr.Float64()*60, rr.Float64()*30-15), sunlit, 2.2, "opacity", 0.16)
				}
				edge := d("M", -w/2, 34, "C", -200, 44, 200, 26, w/2, 38)
				c.line(edge, umber, 16, "opacity", 0.5, "filter", c.blur(6), "transform", "translate(0 9)")
				c.line(edge, shade(colour, 0.4), 4)
				c.line(edge, tint(colour, 0.35), 3, "transform", "translate(0 -4)", "opacity", 0.7)
				c.seam(d("M", -w/2, 16, "C", -200, 26, 200, 8, w/2, 20), colour, 2.8)
			})
			// the open end with its turns
			c.path(oval(w/2, 0, 44, r), "fill", shade(colour, 0.5))
			for i := range 5 {
				k := 1 - float64(i)*0.2
				c.line(oval(w/2-2, 4-float64(i)*2, 40*k, (r-8)*k), tint(colour, 0.18), 6, "opacity", 0.75)
				c.line(oval(w/2, 6-float64(i)*2, 40*k, (r-8)*k), shade(colour, 0.75), 5, "opacity", 0.8)
			}
			c.thong()
		})
	}
}

// thong winds leather around the roll and ties it in a bow.
func (c *canvas) thong() {
	strap := func(path string, w float64) {
		c.line(path, umber, w+3, "opacity", 0.5, "filter", c.blur(5), "transform", "translate(6 7)")
		c.line(path, shade(tan, 0.45), w+2)
		c.line(path, tan, w-3)
		c.line(path, tint(tan, 0.45), w*0.25, "transform", "translate(-2 -3)", "opacity", 0.7)
	}
	strap("M-40 -132C-10 -70 -10 70 -34 132", 24)
	strap("M6 -132C30 -70 30 70 8 132", 24)
	strap("M-8 -8C-120 -110 -190 -60 -150 -14C-120 16 -60 8 -8 -4", 18)
	strap("M-4 -6C80 -120 170 -90 150 -34C134 4 60 10 -4 -2", 18)
	strap("M-10 2C-60 60 -90 120 -130 176", 18)
	strap("M-2 4C40 70 80 110 92 182", 18)
	c.path(box(-32, -28, 50, 52, 14), "fill", umber, "opacity", 0.5, "filter", c.blur(4), "transform", "translate(4 5)")
	c.path(box(-32, -28, 50, 52, 14), "fill", c.linear(-30, -28, 20, 26, ramp(tint(tan, 0.4), tan, shade(tan, 0.4))))
}

func drawRollOpen(c *canvas) {
	c.table(butter)
	w, h := 980.0, 760.0
	outline := box(-w/2, -h/2, w, h, 14)
	c.pressed(butter, outline, 640, 830, -6, 1, 16, func() {
		c.cloth(outline, forest, 5, 0.10)
		c.path(outline, "fill", c.linear(-w/2, -h/2, w/2, h/2, []stop{{0, sunlit, 0.28}, {0.5, sunlit, 0.02}, {1, umber, 0.28}}))
		c.path(box(-w/2+4, -h/2+4, w-8, 160, 10), "fill", c.down(-h/2, -h/2+164, []stop{{0, umber, 0.02}, {0.9, umber, 0.15}, {1, umber, 0.42}}))
		c.line(d("M", -w/2, -h/2+164, "H", w/2), umber, 4, "opacity", 0.35)
		colours := []string{tomato, mustard, "#C77B58", cream, sageDeep, forest, inkBlue, "#6E93A8", plum, charcoal, blushDeep, tomato}
		for i, col := range colours {
			x := -w/2 + 62 + float64(i)*78
			top := -h/2 + 196 + []float64{0, 26, 8, 40, 14, 30, 4, 22, 12, 36, 6, 48}[i]
			c.group(func() { c.path(box(x+2, top+60, 40, 400, 8), "fill", black) }, "filter", c.blur(9), "opacity", 0.34)
			c.move(x+14, top+250, -90, 1, func() { c.pencilBody(pencilLook{colour: col, length: 500, width: 34, plain: true}) })
		}
		pocket := box(-w/2, 46, w, h/2-46, 14)
		c.group(func() { c.path(pocket, "fill", black) }, "filter", c.blur(8), "opacity", 0.36, "transform", "translate(0 -6)")
		c.cloth(pocket, tint(forest, 0.06), 5, 0.10)
		for i := range colours {
			x := -w/2 + 38 + float64(i)*78
			c.path(box(x, 46, 78, h/2-46, 0), "fill", c.across(x, x+78, []stop{{0, umber, 0.34}, {0.3, sunlit, 0.24}, {0.6, sunlit, 0.05}, {1, umber, 0.26}}))
			c.seam(d("M", x, 58, "V", h/2-12), forest, 2.6)
		}
		c.seam(d("M", -w/2+8, 64, "H", w/2-8), forest, 2.8)
		c.seam(box(-w/2+12, -h/2+12, w-24, h-24, 8), forest, 2.8)
		c.move(w/2+6, -40, 0, 1, func() {
			for i, p := range []string{"M-30 -6C60 -30 110 30 76 100C50 150 70 190 110 220", "M-30 8C40 0 70 60 40 120C16 170 10 220 40 262"} {
				c.line(p, umber, 17, "opacity", 0.4, "filter", c.blur(6), "transform", "translate(8 10)")
				c.line(p, shade(tan, 0.4-0.1*float64(i)), 17)
				c.line(p, tan, 11)
			}
			c.path(box(-52, -26, 44, 52, 4), "fill", tan)
			c.seam(box(-46, -20, 32, 40, 2), tan, 2.4)
		})
	})
}
