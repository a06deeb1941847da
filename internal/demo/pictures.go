package demo

import (
	"embed"
	"io/fs"
)

// The pictures are drawn by the program in the folder draw, run from the root
// of the module: go run ./internal/demo/draw.
//
//go:embed pictures/*
var embedded embed.FS

// Pictures holds every picture of the catalogue: "<key>-<width>.avif" for each
// of Widths, and "<key>-640.jpg" as a fallback. They are a sixth of the program,
// so there is no third format.
func Pictures() fs.FS {
	sub, err := fs.Sub(embedded, "pictures")
	if err != nil { // "pictures" is a valid path, so fs.Sub cannot fail
		panic(err)
	}
	return sub
}

// Widths returns the widths, in pixels, in which every picture exists,
// smallest first. All pictures are upright, four to five.
func Widths() []int { return []int{320, 480, 640, 960, 1280} }
