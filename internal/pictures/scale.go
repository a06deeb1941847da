package pictures

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// strip is how many rows or columns are scaled at a time. The scaler keeps 32
// bytes for each pixel of a strip that is scaled one way; of a photograph as a
// whole these would be hundreds of megabytes.
const strip = 64

// scale brings a part of a picture to a size, on a ground; nil for none. It
// scales across and then down, which is what the scaler does, too: a strip that
// keeps its height, or its width, comes out of it as if it were scaled with the
// rest.
func scale(picture image.Image, part image.Rectangle, size image.Point, ground color.Color) *image.RGBA {
	narrow := image.NewRGBA(image.Rect(0, 0, size.X, part.Dy()))
	across := draw.CatmullRom.NewScaler(size.X, strip, part.Dx(), strip)
	for y := 0; y < part.Dy(); y += strip {
		rows := min(strip, part.Dy()-y)
		if rows < strip {
			across = draw.CatmullRom.NewScaler(size.X, rows, part.Dx(), rows)
		}
		from := image.Rect(part.Min.X, part.Min.Y+y, part.Max.X, part.Min.Y+y+rows)
		across.Scale(narrow, image.Rect(0, y, size.X, y+rows), picture, from, draw.Src, nil)
	}
	small := image.NewRGBA(image.Rectangle{Max: size})
	op := draw.Src
	if ground != nil {
		draw.Draw(small, small.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
		op = draw.Over
	}
	down := draw.CatmullRom.NewScaler(strip, size.Y, strip, part.Dy())
	for x := 0; x < size.X; x += strip {
		columns := min(strip, size.X-x)
		if columns < strip {
			down = draw.CatmullRom.NewScaler(columns, size.Y, columns, part.Dy())
		}
		down.Scale(small, image.Rect(x, 0, x+columns, size.Y), narrow, image.Rect(x, 0, x+columns, part.Dy()), op, nil)
	}
	return small
}
