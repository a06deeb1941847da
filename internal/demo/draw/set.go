package main

// The frame of every picture, in pixels.
const (
	frameW = 1280.0
	frameH = 1600.0
)

// table is the backdrop of things seen from above: one flat tone, lit from
// the upper left.
func (c *canvas) table(tone string) {
	c.path(box(0, 0, frameW, frameH, 0), "fill", tone)
	c.path(box(0, 0, frameW, frameH, 0), "fill", c.linear(120, 0, 1160, 1600, []stop{{0, white, 0.34}, {0.45, white, 0.05}, {1, shade(tone, 0.55), 0.20}}))
	c.path(box(0, 0, frameW, frameH, 0), "fill", c.radial(430, 520, 900, []stop{{0, sunlit, 0.36}, {1, sunlit, 0}}))
}

// studio is the backdrop of things that stand: a wall that bends into a floor
// at the height of the horizon.
func (c *canvas) studio(tone string, horizon float64) {
	wall, floor := mix(tone, shade(tone, 0.12), 0.6), tint(tone, 0.22)
	c.path(box(0, 0, frameW, frameH, 0), "fill", wall)
	c.path(box(0, 0, frameW, frameH, 0), "fill", c.radial(420, 430, 1000, []stop{{0, tint(tone, 0.42), 1}, {0.55, tint(tone, 0.14), 0.7}, {1, tone, 0}}))
	c.path(box(0, horizon-190, frameW, frameH-horizon+190, 0), "fill", c.down(horizon-190, frameH, []stop{
		{0, floor, 0}, {0.22, floor, 0.28}, {0.40, floor, 0.78}, {0.65, floor, 0.95}, {1, shade(tone, 0.05), 1},
	}))
	c.path(box(0, 0, frameW, frameH, 0), "fill", c.linear(300, 300, 1250, 1600, []stop{{0, umber, 0}, {0.6, umber, 0.015}, {1, umber, 0.11}}))
}

// tableCamera is the view of most things that lie: px pixels to the
// millimetre, the origin at the middle of the frame.
func tableCamera(tone string, turn, px float64) camera {
	return camera{x: 640, y: 800, turn: turn, pitch: 62, scale: px, shadowTone: shade(tone, 0.82)}
}

// standing throws the shadow of a thing that stands at x, y on a foot of
// radius r, h pixels high.
func (c *canvas) standing(tone string, x, y, r, h float64) {
	dark := shade(tone, 0.80)
	c.path(d("M", x-r, y, "C", x-r*0.6, y-r*0.20, x+r*0.7, y-r*0.32, x+r, y-r*0.14,
		"L", x+r+h*0.62, y-r*0.16+h*0.06, "C", x+r+h*0.80, y+r*0.10+h*0.05, x+r+h*0.5, y+r*0.34+h*0.06, x+r*0.9, y+r*0.34, "L", x-r*0.4, y+r*0.26, "Z"),
		"fill", c.across(x-r, x+r+h*0.8, []stop{{0, dark, 0.55}, {0.45, dark, 0.42}, {1, dark, 0.05}}), "filter", c.blur(26), "opacity", 0.62)
	c.path(oval(x+r*0.16, y+r*0.06, r*1.18, r*0.26), "fill", dark, "opacity", 0.34, "filter", c.blur(20))
	c.path(oval(x+r*0.03, y+r*0.015, r*1.01, r*0.21), "fill", dark, "opacity", 0.6, "filter", c.blur(6))
}
