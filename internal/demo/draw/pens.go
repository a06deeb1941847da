package main

// polish is the light on a round, glossy body between y = -h and y = h.
func (c *canvas) polish(colour string, h float64) string {
	return c.down(-h, h, []stop{
		{0, shade(colour, 0.35), 1}, {0.10, tint(colour, 0.12), 1}, {0.22, tint(colour, 0.55), 1}, {0.30, tint(colour, 0.22), 1},
		{0.50, colour, 1}, {0.80, shade(colour, 0.42), 1}, {0.93, shade(colour, 0.55), 1}, {1, shade(colour, 0.30), 1},
	})
}

// metal is the light on a round body of brass or steel.
func (c *canvas) metal(colour string, h float64) string {
	return c.down(-h, h, []stop{
		{0, shade(colour, 0.45), 1}, {0.12, tint(colour, 0.30), 1}, {0.26, mix(colour, "#FFFBEF", 0.85), 1}, {0.36, tint(colour, 0.25), 1},
		{0.56, colour, 1}, {0.76, shade(colour, 0.50), 1}, {0.88, shade(colour, 0.30), 1}, {1, shade(colour, 0.62), 1},
	})
}

// pressed lays a thing of the given outline on the table: its shadow first,
// in the coordinates of the thing, turned by deg.
func (c *canvas) pressed(tone, outline string, x, y, deg, s, lift float64, draw func()) {
	dark := shade(tone, 0.82)
	for _, p := range []struct{ off, soft, opacity float64 }{{lift * 1.5, lift * 0.9, 0.24}, {lift * 0.7, lift * 0.32, 0.34}, {lift * 0.15, 3, 0.4}} {
		c.group(func() {
			c.move(x+p.off*0.85, y+p.off, deg, s, func() { c.path(outline, "fill", dark) })
		}, "filter", c.blur(p.soft), "opacity", p.opacity)
	}
	c.move(x, y, deg, s, draw)
}

// fountainPen paints the uncapped pen along the x axis, 920 units from end to
// nib, its middle at the origin.
func (c *canvas) fountainPen(colour string) {
	c.path(penBarrel, "fill", c.polish(colour, 44))
	for _, x := range []float64{-404, 128} {
		c.path(box(x, -43, 9, 86, 2), "fill", c.metal(brass, 43))
	}
	c.path("M137 -42C160 -40 166 -31 190 -29L276 -25C288 -24 294 -28 300 -29V29C294 28 288 24 276 25L190 29C166 31 160 40 137 42Z", "fill", c.polish(shade(colour, 0.35), 42))
	c.path(box(298, -30, 12, 60, 3), "fill", c.metal(brass, 30))
	c.nib(310, 0, 1)
}

const penBarrel = "M-430 -24C-424 -34 -414 -40 -398 -42C-300 -47 -60 -47 137 -42V42C-60 47 -300 47 -398 42C-414 40 -424 34 -430 24C-434 10 -434 -10 -430 -24Z"

// nib is a steel nib that begins at x, y and points right.
func (c *canvas) nib(x, y, s float64) {
	c.move(x, y, 0, s, func() {
		c.path("M0 -18H70C84 -12 100 -6 108 0C100 6 84 12 70 18H0Z", "fill", c.down(-18, 18, ramp("#4a4a4c", "#2a2a2c", "#151516")), "transform", "translate(0 5)")
		shape := "M0 -25C22 -27 42 -30 58 -26C92 -16 120 -6 140 -1.8Q144 0 140 1.8C120 6 92 16 58 26C42 30 22 27 0 25Z"
		c.path(shape, "fill", c.down(-28, 28, []stop{{0, "#8d9094", 1}, {0.18, "#f6f7f8", 1}, {0.42, "#c9ccd0", 1}, {0.5, "#9da1a6", 1}, {0.54, "#dfe1e4", 1}, {0.8, "#94989d", 1}, {1, "#5e6266", 1}}))
		c.line("M8 -20C26 -22 40 -24 54 -21C82 -13 100 -7 118 -2.5", "#7b7f84", 0.9)
		c.line("M8 20C26 22 40 24 54 21C82 13 100 7 118 2.5", "#6b6f74", 0.9)
		c.path(oval(52, 0, 5.4, 5.4), "fill", "#1d1d1f")
		c.line("M57 0H139", "#1d1d1f", 1.3)
		c.move(24, 0, 90, 0.32, func() { c.sweet("#6b6f74") })
		c.path(oval(139, 0, 3.2, 2.6), "fill", "#5c5f63")
	})
}

// penCap paints the cap along the x axis, its open end to the right.
func (c *canvas) penCap(colour string) {
	c.path(capShape, "fill", c.polish(colour, 49))
	c.path(oval(176, 0, 8, 47), "fill", shade(colour, 0.75))
	c.path(box(136, -50, 26, 100, 3), "fill", c.metal(brass, 50))
	c.path(box(142, -50, 3, 100, 0), "fill", umber, "opacity", 0.35)
	c.path("M-206 -30C-212 -12 -212 12 -206 30L-192 34V-34Z", "fill", c.metal(brass, 34))
	c.path("M-186 -4C-120 -9 0 -7 74 -2V10C0 15 -120 17 -186 12Z", "fill", umber, "opacity", 0.45, "filter", c.blur(4), "transform", "translate(5 9)")
	c.path("M-198 -9C-120 -13 0 -11 66 -8C82 -10 90 -5 90 0C90 5 82 10 66 8C0 11 -120 13 -198 9Z", "fill", c.metal(brass, 12))
}

const capShape = "M-196 -36C-150 -46 60 -50 176 -47V47C60 50 -150 46 -196 36Z"

func drawFountainPen(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		c.pressed(tone, penBarrel+"M137 -40L300 -26L440 0L300 26L137 40Z", 560, 830, -56, 1.22, 34, func() { c.fountainPen(colour) })
		c.pressed(tone, capShape, 930, 1000, -56, 1.22, 36, func() { c.penCap(colour) })
	}
}

func drawNib(c *canvas) {
	c.table(paper)
	sheet := box(-640, -700, 1280, 1500, 6)
	c.pressed(paper, sheet, 640, 900, -4, 1, 14, func() {
		c.path(sheet, "fill", leaf)
		c.path(sheet, "fill", c.linear(-600, -700, 640, 760, []stop{{0, white, 0.5}, {1, umber, 0.10}}))
		for i := range 5 {
			y := -380 + float64(i)*165
			end := 900.0
			if i == 4 {
				end = 452
			}
			c.line(handwriting(uint64(120+i), -470, y, end, 48), inkBlue, 7.5)
		}
	})
	c.pressed(paper, "M-560 -62L40 -44L300 -8V8L40 44L-560 62Z", 812, 1006, 142, 2.15, 30, func() {
		c.move(-170, 0, 0, 1, func() { c.fountainPen(inkBlue) })
	})
}

const roller = "M-452 -19C-450 -25 -446 -27 -438 -27H300C340 -27 384 -20 424 -9Q436 -4 446 -3V3Q436 4 424 9C384 20 340 27 300 27H-438C-446 27 -450 25 -452 19Z"

// rollerball paints the brass pen along the x axis.
func (c *canvas) rollerball() {
	c.path(roller, "fill", c.metal(brass, 27))
	c.path("M424 -9Q436 -4 446 -3V3Q436 4 424 9Z", "fill", c.metal(steel, 9))
	c.path(oval(447, 0, 3.4, 3), "fill", "#55585c")
	for _, x := range []float64{-30, 150, 160, 170, 180, 190, 200, 210, 220} {
		c.path(box(x, -27, 3.4, 54, 0), "fill", umber, "opacity", 0.45)
		c.path(box(x+3.4, -27, 2.2, 54, 0), "fill", "#FFF6DC", "opacity", 0.55)
	}
	c.path(box(-438, -27, 5, 54, 0), "fill", umber, "opacity", 0.35)
	c.move(-350, 0, 90, 0.5, func() { c.sweet(shade(brass, 0.6)) })
}

func drawRollerball(c *canvas) {
	c.table(lilac)
	sleeve := boxes(-118, -560, 236, 1040, 8, 8, 14, 14)
	c.pressed(lilac, sleeve, 640, 850, 24, 1.14, 16, func() {
		c.path(sleeve, "fill", natural)
		c.path(sleeve, "fill", c.weave(7, umber, 0.12))
		c.path(sleeve, "fill", c.linear(-118, -560, 118, 480, []stop{{0, sunlit, 0.4}, {0.5, sunlit, 0}, {1, umber, 0.22}}))
		c.within(sleeve, func() {
			c.path("M-118 -560H118V-470C60 -452 -60 -452 -118 -470Z", "fill", shade(natural, 0.10))
			c.line("M-118 -470C-60 -452 60 -452 118 -470", shade(natural, 0.5), 3)
			for _, x := range []float64{-104, 104} {
				c.line(d("M", x, -440, "V", 470), shade(natural, 0.35), 3, "stroke-dasharray", "13 9")
			}
			c.line("M-104 462H104", shade(natural, 0.35), 3, "stroke-dasharray", "13 9")
			c.path("M-40 -300C-46 -100 -28 100 -50 380", "fill", "none", "stroke", umber, "stroke-width", 26, "opacity", 0.10, "filter", c.blur(14))
		})
		c.move(0, 330, 0, 1.5, func() { c.sweet(tomato) })
	})
	c.pressed(lilac, roller, 652, 770, -64, 1.28, 26, c.rollerball)
}

func drawRollerNote(c *canvas) {
	c.table(sky)
	card := box(-420, -300, 840, 600, 6)
	c.pressed(sky, card, 620, 760, -9, 1, 10, func() {
		c.path(card, "fill", leaf)
		c.path(card, "fill", c.linear(-420, -300, 420, 300, []stop{{0, white, 0.6}, {1, umber, 0.08}}))
		c.line(box(-396, -276, 792, 552, 2), tomato, 2.5)
		c.move(0, -200, 0, 1.3, func() { c.sweet(tomato) })
		for i := range 4 {
			c.line(handwriting(uint64(140+i), -320, -80+float64(i)*88, 640-float64(i*i)*34, 27), charcoal, 4.4)
		}
	})
	c.pressed(sky, roller, 700, 1060, -27, 1.1, 26, c.rollerball)
}

// drawInk shows a bottle of ink.
func drawInk(colour, tone, name string) func(*canvas) {
	return func(c *canvas) {
		const x, floor = 610.0, 1220.0
		c.studio(tone, 1060)
		c.standing(tone, x, floor-6, 290, 300)
		// light that has gone through the ink
		c.path(oval(x+330, floor+28, 190, 34), "fill", mix(colour, sunlit, 0.35), "opacity", 0.42, "filter", c.blur(20))
		glass := d("M", x-300, floor-250, "C", x-300, floor-352, x-230, floor-372, x-150, floor-388, "C", x-118, floor-396, x-112, floor-412, x-112, floor-430,
			"H", x+112, "C", x+112, floor-412, x+118, floor-396, x+150, floor-388, "C", x+230, floor-372, x+300, floor-352, x+300, floor-250,
			"V", floor-42, "Q", x+300, floor+4, x+250, floor+8, "C", x+120, floor+24, x-120, floor+24, x-250, floor+8, "Q", x-300, floor+4, x-300, floor-42, "Z")
		c.path(glass, "fill", mix(tone, "#DDE6E4", 0.6))
		c.within(glass, func() {
			ink := d("M", x-276, floor-300, "C", x-120, floor-286, x+120, floor-286, x+276, floor-300, "V", floor-60, "Q", x+274, floor-26, x+236, floor-22, "C", x+110, floor-8, x-110, floor-8, x-236, floor-22, "Q", x-274, floor-26, x-276, floor-60, "Z")
			c.path(ink, "fill", c.across(x-276, x+276, []stop{{0, shade(colour, 0.25), 1}, {0.15, colour, 1}, {0.5, shade(colour, 0.25), 1}, {0.85, colour, 1}, {0.95, tint(colour, 0.22), 1}, {1, colour, 1}}))
			c.path(oval(x, floor-298, 276, 15), "fill", tint(colour, 0.28))
			c.path(oval(x, floor-301, 268, 10), "fill", shade(colour, 0.1))
			c.path(box(x-300, floor-40, 600, 70, 0), "fill", c.down(floor-40, floor+14, []stop{{0, white, 0}, {0.6, tint(colour, 0.5), 0.35}, {1, white, 0.5}}))
			c.path(box(x-300, floor-440, 26, 460, 10), "fill", white, "opacity", 0.45, "filter", c.blur(3))
			c.path(box(x+280, floor-400, 18, 420, 10), "fill", umber, "opacity", 0.35, "filter", c.blur(5))
			c.path(d("M", x-250, floor-330, "C", x-210, floor-356, x-150, floor-368, x-90, floor-376, "L", x-96, floor-362, "C", x-150, floor-350, x-210, floor-336, x-240, floor-312, "Z"), "fill", white, "opacity", 0.75)
		})
		c.line(glass, white, 3, "opacity", 0.35)
		c.cap(x, floor-420, 140, 118)
		// the label
		lab := box(x-168, floor-246, 336, 186, 5)
		c.path(lab, "fill", umber, "opacity", 0.4, "filter", c.blur(4), "transform", "translate(3 5)")
		c.path(lab, "fill", leaf)
		c.path(lab, "fill", c.across(x-168, x+168, []stop{{0, umber, 0.10}, {0.3, white, 0.4}, {1, umber, 0.18}}))
		c.line(box(x-158, floor-236, 316, 166, 3), colour, 2.6)
		c.move(x, floor-204, 0, 0.72, func() { c.sweet(colour) })
		c.write(name, x, floor-166, lettering{34, 5, 8, charcoal})
		c.write("Fountain pen ink · 50 ml", x, floor-102, lettering{12, 1.9, 3.2, charcoal})
		c.path(d("M", x-240, floor-262, "C", x-252, floor-180, x-250, floor-110, x-240, floor-60, "l", 20, 2, "C", x-228, floor-110, x-230, floor-180, x-218, floor-262, "Z"), "fill", white, "opacity", 0.34, "filter", c.blur(2))
	}
}

// cap is a black screw lid standing on base y.
func (c *canvas) cap(x, y, r, h float64) {
	k := 0.11
	body := d("M", x-r, y-h, "V", y, "A", r, r*k, 0, 0, 0, x+r, y, "V", y-h, "Z")
	c.path(body, "fill", "#2B2726")
	for i := range 46 {
		t := float64(i)/45*2 - 1
		c.line(d("M", x+r*t*(1.5-0.5*t*t), y-h+8, "V", y+r*k*(1-t*t)-4), black, 2.2, "opacity", 0.32)
	}
	c.path(body, "fill", c.across(x-r, x+r, []stop{{0, black, 0.3}, {0.22, white, 0.30}, {0.34, white, 0.10}, {0.6, black, 0.1}, {1, black, 0.5}}))
	c.path(oval(x, y-h, r, r*k), "fill", "#403A38")
	c.path(oval(x, y-h, r-10, r*k-3), "fill", c.across(x-r, x+r, ramp("#6A625E", "#3A3533")))
}

func drawSwatches(c *canvas) {
	c.table(butter)
	sheet := box(-420, -560, 840, 1120, 4)
	c.pressed(butter, sheet, 640, 800, 5, 1, 14, func() {
		c.path(sheet, "fill", leaf)
		c.path(sheet, "fill", c.linear(-420, -560, 420, 560, []stop{{0, white, 0.5}, {1, umber, 0.09}}))
		for i, in := range []struct{ name, colour string }{{"Ink Blue", inkBlue}, {"Forest", forest}, {"Plum", plum}, {"Tomato", tomato}} {
			y := -420 + float64(i)*258
			c.brushed(uint64(200+i), -330, y, 660, 118, in.colour)
			c.writeFrom(in.name, -328, y+152, lettering{19, 2.6, 5, charcoal})
			c.line(handwriting(uint64(210+i), 30, y+172, 290, 17), in.colour, 3.6)
		}
	})
}

// brushed is one broad stroke of ink that runs dry to the right.
func (c *canvas) brushed(seed uint64, x, y, w, h float64, colour string) {
	r := dice(seed)
	for i := range 30 {
		k := float64(i) / 29
		end := w * (0.84 + 0.16*r.Float64())
		start := w * 0.03 * r.Float64()
		c.line(d("M", x+start, y+h*k, "C", x+w*0.3, y+h*k-5+r.Float64()*4, x+w*0.6, y+h*k+r.Float64()*5, x+end, y+h*k-3),
			mix(colour, leaf, 0.05+0.18*r.Float64()), h/30*1.75, "opacity", 0.86)
	}
	c.path(box(x+10, y, w*0.84, h, 8), "fill", c.across(x, x+w, []stop{{0, shade(colour, 0.3), 0.55}, {0.3, colour, 0.2}, {0.75, leaf, 0.12}, {1, colour, 0.2}}))
}
