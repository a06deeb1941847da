package main

import (
	"math"
	"math/rand/v2"
	"strings"
)

// d joins path commands and numbers.
func d(parts ...any) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch p := p.(type) {
		case float64:
			b.WriteString(num(p))
		case int:
			b.WriteString(num(float64(p)))
		case string:
			b.WriteString(p)
		}
	}
	return b.String()
}

// box is a rectangle with rounded corners.
func box(x, y, w, h, r float64) string { return boxes(x, y, w, h, r, r, r, r) }

// boxes is a rectangle with four radii, clockwise from the upper left.
func boxes(x, y, w, h, a, b, c, e float64) string {
	return d("M", x+a, y, "H", x+w-b, "A", b, b, 0, 0, 1, x+w, y+b, "V", y+h-c,
		"A", c, c, 0, 0, 1, x+w-c, y+h, "H", x+e, "A", e, e, 0, 0, 1, x, y+h-e, "V", y+a, "A", a, a, 0, 0, 1, x+a, y, "Z")
}

// oval is an ellipse.
func oval(x, y, rx, ry float64) string {
	return d("M", x-rx, y, "A", rx, ry, 0, 1, 1, x+rx, y, "A", rx, ry, 0, 1, 1, x-rx, y, "Z")
}

// point is a place in a plane.
type point struct{ x, y float64 }

// poly joins points with straight lines and closes them.
func poly(points ...point) string { return chain(points) + "Z" }

// chain joins points with straight lines.
func chain(points []point) string {
	var b strings.Builder
	for i, p := range points {
		if i == 0 {
			b.WriteByte('M')
		} else {
			b.WriteByte('L')
		}
		b.WriteString(num(p.x) + " " + num(p.y))
	}
	return b.String()
}

// smooth runs a curve through the points.
func smooth(points []point, closed bool) string {
	n := len(points)
	at := func(i int) point {
		if closed {
			return points[((i%n)+n)%n]
		}
		return points[min(max(i, 0), n-1)]
	}
	var b strings.Builder
	b.WriteString(d("M", at(0).x, at(0).y))
	last := n - 1
	if closed {
		last = n
	}
	for i := range last {
		p0, p1, p2, p3 := at(i-1), at(i), at(i+1), at(i+2)
		b.WriteString(d("C", p1.x+(p2.x-p0.x)/6, p1.y+(p2.y-p0.y)/6, p2.x-(p3.x-p1.x)/6, p2.y-(p3.y-p1.y)/6, p2.x, p2.y))
	}
	if closed {
		b.WriteByte('Z')
	}
	return b.String()
}

// blob is a closed outline around x, y whose radius wanders by rough.
func blob(seed uint64, x, y, rx, ry, rough float64, n int) string {
	r := dice(seed)
	points := make([]point, n)
	for i := range points {
		a := 2 * math.Pi * float64(i) / float64(n)
		k := 1 + rough*(r.Float64()*2-1)
		points[i] = point{x + rx*k*math.Cos(a), y + ry*k*math.Sin(a)}
	}
	return smooth(points, true)
}

// dice is a source of numbers that are the same in every run.
func dice(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 42)) }

// handwriting is a line of script from x to x+w on the base line y, with
// letters of height h: loops, ascenders and gaps between words.
func handwriting(seed uint64, x, y, w, h float64) string {
	r := dice(seed)
	var b strings.Builder
	for end := x + w; x < end; {
		letters := 2 + r.IntN(6)
		if x+float64(letters)*h*0.5 > end {
			break
		}
		b.WriteString(d("M", x, y))
		for range letters {
			step := h * (0.42 + 0.3*r.Float64())
			up := h * (0.8 + 0.3*r.Float64())
			switch r.IntN(7) {
			case 0: // an ascender
				b.WriteString(d("C", x+step*0.9, y-h*0.9, x+step*0.9, y-h*2.2, x+step*0.5, y-h*1.9,
					"C", x+step*0.2, y-h*1.2, x+step*0.3, y, x+step, y))
			case 1: // a descender
				b.WriteString(d("C", x+step*0.5, y-up, x+step*0.7, y-up, x+step*0.6, y,
					"C", x+step*0.5, y+h*1.1, x-step*0.1, y+h*1.1, x+step, y))
			case 2: // a round letter
				b.WriteString(d("C", x+step*0.9, y-up*1.2, x-step*0.2, y-up, x+step*0.2, y-h*0.1,
					"C", x+step*0.6, y+h*0.1, x+step*0.6, y-up, x+step*0.7, y-up*0.8, "C", x+step*0.6, y, x+step*0.8, y, x+step, y))
			default: // a stem and a turn
				b.WriteString(d("C", x+step*0.3, y-up*0.6, x+step*0.4, y-up, x+step*0.45, y-up,
					"C", x+step*0.4, y-h*0.2, x+step*0.6, y+h*0.1, x+step, y-h*0.1*r.Float64()))
			}
			x += step
		}
		x += h * (0.6 + 0.4*r.Float64())
	}
	return b.String()
}
