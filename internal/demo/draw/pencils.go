package main

// pencilLook is a pencil in millimetres: length from the eraser to the point.
type pencilLook struct {
	colour        string
	length, width float64
	plain         bool // without ferrule and eraser
}

// pencil lies on the plane of the camera's origin, its middle there, the
// point to the right.
func (c *canvas) pencil(m camera, p pencilLook) {
	h := p.width / 2
	c.group(func() {
		c.path(box(-p.length/2, -h, p.length-p.width*2, p.width, 0)+poly(point{p.length/2 - p.width*2, -h}, point{p.length / 2, 0}, point{p.length/2 - p.width*2, h}),
			"fill", m.shadowTone, "transform", m.at(1.4, 0, 0, 0).matrix(0))
	}, "filter", c.blur(7), "opacity", 0.55, "transform", "translate(9 13)")
	c.flat(m, p.width*0.5, func() { c.pencilBody(p) })
}

// pencilBody paints the pencil along the x axis with its three facets.
func (c *canvas) pencilBody(p pencilLook) {
	l, w := p.length, p.width
	x0, x1, h := -l/2, l/2, w/2
	cone := w * 2.6
	begin := x0
	if !p.plain {
		begin = x0 + w*2.3
		c.ferrule(x0, w)
	}
	end := x1 - cone
	// the wood, then the lacquer over it with its scalloped edge
	c.path(poly(point{end - w*0.3, -h}, point{x1 - w*0.5, -h * 0.2}, point{x1 - w*0.5, h * 0.2}, point{end - w*0.3, h}), "fill", c.down(-h, h, ramp(tint(cedar, 0.45), cedar, shade(cedar, 0.28))))
	for i := range 4 {
		y := -h*0.7 + float64(i)*h*0.45
		c.line(d("M", end+w*0.1, y, "L", x1-w*0.9, y*0.3), shade(cedar, 0.35), w*0.02, "opacity", 0.6)
	}
	facets := []struct {
		y0, y1 float64
		fill   string
	}{
		{-h, -h * 0.42, tint(p.colour, 0.30)},
		{-h * 0.42, h * 0.42, p.colour},
		{h * 0.42, h, shade(p.colour, 0.36)},
	}
	for _, f := range facets {
		mid := (f.y0 + f.y1) / 2
		c.path(d("M", begin, f.y0, "H", end, "Q", end-w*0.65, mid, end, f.y1, "H", begin, "Z"), "fill", f.fill)
	}
	c.path(box(begin, -h*0.36, end-begin-w*0.3, h*0.16, 0), "fill", white, "opacity", 0.28)
	c.path(box(begin, -h*0.94, end-begin-w*0.1, h*0.12, 0), "fill", white, "opacity", 0.30)
	// gold foil
	gold := mix(brass, sunlit, 0.25)
	c.move(begin+w*3.3, 0, 90, w*0.0135, func() { c.sweet(gold) })
	c.writeFrom("HB", begin+w*4.6, -w*0.15, lettering{w * 0.30, w * 0.05, w * 0.12, gold})
	c.path(poly(point{x1 - w*0.75, -h * 0.28}, point{x1, -h * 0.04}, point{x1, h * 0.04}, point{x1 - w*0.75, h * 0.28}), "fill", c.down(-h*0.3, h*0.3, ramp("#8A8A90", graphite, "#1F1F22")))
}

// ferrule is the brass ring and the eraser at a pencil's end.
func (c *canvas) ferrule(x, w float64) {
	h := w / 2
	c.path(boxes(x, -h*0.94, w*1.2, w*0.94, w*0.3, 0, 0, w*0.3), "fill", c.down(-h, h, ramp("#F0B8A6", "#DE937F", "#A8604F")))
	fx, fw := x+w*0.95, w*1.42
	c.path(box(fx, -h*1.02, fw, w*1.02, w*0.05), "fill", c.down(-h, h, ramp("#E9CF92", "#FFF3CF", brass, "#8A6527", "#6D4C1C")))
	for _, k := range []float64{0.16, 0.28, 0.66, 0.78} {
		c.path(box(fx+fw*k, -h*1.02, fw*0.05, w*1.02, 0), "fill", "#5B3F17", "opacity", 0.5)
		c.path(box(fx+fw*(k+0.05), -h*1.02, fw*0.04, w*1.02, 0), "fill", "#FFF3CF", "opacity", 0.6)
	}
}

func drawCedarPencils(colour, tone string) func(*canvas) {
	return func(c *canvas) {
		c.table(tone)
		m := tableCamera(tone, -58, 6.1)
		m.pitch = 76
		for i := range 6 {
			y := -46.5 + float64(i)*18
			c.pencil(m.at([]float64{5, -3, 3, -6, 2, -2}[i], y+2, 0, []float64{0.5, -0.3, 0, 0.6, -0.5, 0.2}[i]), pencilLook{colour: colour, length: 178, width: 9.4})
		}
	}
}

// drawPencilCup shows pencils standing in a stoneware cup.
func drawPencilCup(c *canvas) {
	const x, floor, r, h = 610.0, 1290.0, 190.0, 440.0
	c.studio(sky, 1150)
	c.standing(sky, x, floor, r, h)
	top := floor - h
	v := vessel{x: x, base: floor, r: r, foot: r - 12, h: h, squash: 0.17, glaze: cream}
	c.vesselBack(v)
	c.within(box(0, 0, frameW, top, 0)+d("M", x-r+14, top, "A", r-14, (r-14)*0.17, 0, 0, 0, x+r-14, top, "Z"), func() {
		for i, p := range []struct {
			colour  string
			dx, deg float64
			up      float64
		}{
			{tomato, -70, -103, 560}, {forest, 10, -88, 640}, {mustard, 88, -76, 560},
			{mustard, -96, -110, 470}, {tomato, 62, -82, 500}, {forest, -36, -96, 470},
		} {
			c.move(x+p.dx, top-p.up*0.38, p.deg, 1, func() {
				c.pencilBody(pencilLook{colour: p.colour, length: p.up + 260 + float64(i%2)*30, width: 37})
			})
		}
		c.within(oval(x, top, r-14, (r-14)*0.17), func() {
			c.path(box(x-r, top-40, 2*r, 90, 0), "fill", c.down(top-32, top+30, fade(umber, 0, 0.42)))
		})
	})
	c.vesselFront(v)
}
