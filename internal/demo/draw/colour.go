package main

import (
	"fmt"
	"strconv"
)

// The palette of the series. Backdrops are pale, things are deep.
const (
	paper  = "#F6EFE3"
	butter = "#F2D492"
	blush  = "#EBC4B2"
	sage   = "#C3CDB4"
	sky    = "#BFD3DA"
	lilac  = "#CFC6DA"
	clay   = "#D9A58A"

	tomato   = "#C8452D"
	inkBlue  = "#22385C"
	forest   = "#2F5D50"
	mustard  = "#D69A2D"
	charcoal = "#2E2A28"
	cream    = "#F3E9D6"
	plum     = "#6B3A56"
	natural  = "#E2D3B5"
	tan      = "#B5734A"

	white    = "#FFFFFF"
	black    = "#000000"
	umber    = "#2A1710" // what shadows are made of
	sunlit   = "#FFF4DF" // what light is made of
	leaf     = "#FBF5E8" // the paper of the notebooks
	brass    = "#C9A253"
	steel    = "#B9BCC0"
	graphite = "#3A3A3E"
	cedar    = "#DDB27F"
)

// mix blends two colours written as #rrggbb; t is the share of b.
func mix(a, b string, t float64) string {
	var out [3]int64
	for i := range out {
		x, y := channel(a, i), channel(b, i)
		out[i] = int64(float64(x)*(1-t) + float64(y)*t + 0.5)
	}
	return fmt.Sprintf("#%02x%02x%02x", out[0], out[1], out[2])
}

// channel reads one of the three channels of a #rrggbb colour. The colours
// are constants of this program, so a malformed one is a fault in it.
func channel(hex string, i int) int64 {
	v, err := strconv.ParseInt(hex[1+2*i:3+2*i], 16, 32)
	if err != nil {
		panic(fmt.Sprintf("colour %q: %v", hex, err))
	}
	return v
}

// shade and tint move a colour towards shadow and towards light.
func shade(c string, t float64) string { return mix(c, umber, t) }
func tint(c string, t float64) string  { return mix(c, sunlit, t) }

// isPale tells colours on which a mark is drawn darker rather than lighter.
func isPale(c string) bool {
	return 0.3*float64(channel(c, 0))+0.59*float64(channel(c, 1))+0.11*float64(channel(c, 2)) > 170
}
