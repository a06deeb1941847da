package main

// vessel is a round stoneware cup, in pixels.
type vessel struct {
	x, base, r, foot, h float64
	squash              float64 // how flat its circles look
	glaze               string
	handle              bool
	tea                 bool
}

func (v vessel) top() float64 { return v.base - v.h }

// vesselBack paints the handle and the inside.
func (c *canvas) vesselBack(v vessel) {
	top, ry := v.top(), v.r*v.squash
	if v.handle {
		x, y := v.x+v.r-14, top+v.h*0.20
		grip := d("M", x, y, "C", x+v.r*0.42, y-24, x+v.r*0.62, y+v.h*0.12, x+v.r*0.55, y+v.h*0.30, "C", x+v.r*0.48, y+v.h*0.47, x+v.r*0.20, y+v.h*0.53, x-10, y+v.h*0.56)
		c.line(grip, shade(v.glaze, 0.42), 54)
		c.line(grip, shade(v.glaze, 0.20), 46)
		c.line(grip, v.glaze, 30, "transform", "translate(-5 -5)")
		c.line(grip, white, 7, "transform", "translate(-10 -13)", "opacity", 0.35, "filter", c.blur(3))
	}
	c.path(oval(v.x, top, v.r, ry), "fill", shade(v.glaze, 0.1))
	c.path(oval(v.x, top+1, v.r-13, ry-5), "fill", c.linear(v.x-v.r, top, v.x+v.r, top, ramp(shade(cream, 0.50), shade(cream, 0.28), shade(cream, 0.05))))
	if v.tea {
		c.within(oval(v.x, top+1, v.r-13, ry-5), func() {
			c.path(oval(v.x, top+17, v.r-18, ry-7), "fill", c.linear(v.x-v.r, top, v.x+v.r, top+20, ramp("#6B2E12", "#9C4A1C", "#C2702C")))
			c.path(oval(v.x-v.r*0.28, top+16, v.r*0.34, ry*0.30), "fill", "#FFE3B0", "opacity", 0.35, "filter", c.blur(5))
		})
	}
}

// vesselFront paints the wall with its glaze and bare foot.
func (c *canvas) vesselFront(v vessel) {
	top, ry := v.top(), v.r*v.squash
	fy := v.foot * v.squash
	wall := d("M", v.x-v.r, top, "A", v.r, ry, 0, 0, 0, v.x+v.r, top,
		"C", v.x+v.r+2, top+v.h*0.5, v.x+v.foot+6, v.base-v.h*0.2, v.x+v.foot, v.base-24,
		"Q", v.x+v.foot-4, v.base, v.x+v.foot-26, v.base+fy*0.32, "A", v.foot, fy, 0, 0, 1, v.x-v.foot+26, v.base+fy*0.32,
		"Q", v.x-v.foot+4, v.base, v.x-v.foot, v.base-24, "C", v.x-v.foot-6, v.base-v.h*0.2, v.x-v.r-2, top+v.h*0.5, v.x-v.r, top, "Z")
	claytone := "#B98661"
	c.path(wall, "fill", claytone)
	c.within(wall, func() {
		r := dice(11)
		for range 260 {
			c.path(oval(v.x+(r.Float64()*2-1)*v.foot, v.base+fy-r.Float64()*100, 1.6, 1.3), "fill", umber, "opacity", 0.22)
		}
		// the glaze ends in an uneven line
		line := v.base - v.h*0.13
		var edge []point
		for i := range 25 {
			k := float64(i)/24*2 - 1
			edge = append(edge, point{v.x + k*(v.r+20), line + (1-k*k)*fy*1.1 + (r.Float64()-0.5)*6})
		}
		glazed := smooth(edge, false) + d("L", v.x+v.r+20, top-ry-20, "L", v.x-v.r-20, top-ry-20, "Z")
		c.path(glazed, "fill", umber, "opacity", 0.35, "transform", "translate(0 5)", "filter", c.blur(3))
		c.path(glazed, "fill", v.glaze)
		c.line(smooth(edge, false), tint(v.glaze, 0.35), 5, "transform", "translate(0 -5)", "opacity", 0.6)
		for range 150 {
			x, y := v.x+(r.Float64()*2-1)*v.r, top+r.Float64()*(v.h*0.85)
			c.path(oval(x, y, 1.2+r.Float64()*1.5, 1.2+r.Float64()), "fill", shade(v.glaze, 0.6), "opacity", 0.22)
		}
	})
	c.path(wall, "fill", c.across(v.x-v.r, v.x+v.r, []stop{{0, umber, 0.22}, {0.10, umber, 0.06}, {0.28, white, 0.22}, {0.42, white, 0.05}, {0.62, umber, 0.08}, {0.88, umber, 0.36}, {0.96, umber, 0.42}, {1, umber, 0.30}}))
	c.within(wall, func() {
		c.path(d("M", v.x-v.r*0.62, top+ry+26, "C", v.x-v.r*0.66, top+v.h*0.5, v.x-v.r*0.64, top+v.h*0.6, v.x-v.r*0.58, v.base-v.h*0.28), "fill", "none", "stroke", white, "stroke-width", 26, "stroke-linecap", "round", "opacity", 0.42, "filter", c.blur(9))
		c.path(box(v.x-v.r-10, v.base-70, 2*v.r+20, 130, 0), "fill", c.down(v.base-70, v.base+fy, fade(umber, 0, 0.28)))
	})
	// the lip
	c.line(d("M", v.x-v.r+6, top+1, "A", v.r-6, ry-2, 0, 0, 0, v.x+v.r-6, top+1), tint(v.glaze, 0.5), 7, "opacity", 0.85)
	c.line(d("M", v.x-v.r+6, top-1, "A", v.r-6, ry-2, 0, 0, 1, v.x+v.r-6, top-1), shade(v.glaze, 0.12), 6, "opacity", 0.8)
}

func drawMug(glaze, tone string) func(*canvas) {
	return func(c *canvas) {
		const x, floor, r, h = 575.0, 1200.0, 262.0, 500.0
		c.studio(tone, 1060)
		c.standing(tone, x, floor, r, h*0.9)
		v := vessel{x: x, base: floor, r: r, foot: r + 12, h: h, squash: 0.17, glaze: glaze, handle: true}
		c.vesselBack(v)
		c.vesselFront(v)
		gold := shade(glaze, 0.4)
		if !isPale(glaze) {
			gold = tint(glaze, 0.55)
		}
		c.group(func() { c.move(x-18, floor-h*0.47, 0, 2.1, func() { c.sweet(gold) }) }, "opacity", 0.55)
	}
}

func drawMugTea(c *canvas) {
	const x, floor, r, h = 560.0, 1150.0, 240.0, 440.0
	c.studio(clay, 1010)
	c.standing(clay, x, floor, r, h*0.9)
	v := vessel{x: x, base: floor, r: r, foot: r + 12, h: h, squash: 0.24, glaze: cream, handle: true, tea: true}
	c.vesselBack(v)
	c.vesselFront(v)
	for i, s := range []string{"M0 0C-46 -80 44 -130 0 -220C-34 -290 26 -330 6 -400", "M0 0C40 -70 -40 -120 6 -190C38 -250 -12 -280 4 -330"} {
		c.move(x-50+float64(i)*100, floor-h-30, 0, 1, func() {
			c.line(s, white, 26, "opacity", 0.30, "filter", c.blur(15))
		})
	}
	for i, p := range []point{{872, 1275}, {760, 1330}} {
		c.path(oval(p.x+16, p.y+16, 128, 50), "fill", umber, "opacity", 0.4, "filter", c.blur(12))
		c.biscuit(p.x, p.y, 122, 0.36, uint64(31+i))
	}
}
