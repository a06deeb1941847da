package pictures_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"testing"

	"tuckshop/internal/pictures"
	"tuckshop/models"
)

// drawn is a wide logo in one colour on nothing.
func drawn(t *testing.T, ink color.Color, width, height int) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := width / 4; x < width*3/4; x++ {
		for y := height / 4; y < height*3/4; y++ {
			picture.Set(x, y, ink)
		}
	}
	return asPNG(t, picture)
}

func TestLogo(t *testing.T) { each(t, logos) }

func logos(t *testing.T, store *pictures.Store, kept kept) {
	for name, c := range map[string]struct {
		upload        []byte
		width, height int
		tone          string
	}{
		"black on nothing": {drawn(t, color.Black, 1200, 300), 384, 96, models.LogoDark},
		"white on nothing": {drawn(t, color.White, 300, 60), 300, 60, models.LogoLight},
		"red on nothing":   {drawn(t, color.RGBA{230, 110, 60, 255}, 100, 100), 96, 96, ""},
		"a photograph":     {asJPEG(t, halves(2000, 100)), 640, 31, ""},
		"turned":           {held(t, halves(100, 200), 6), 192, 96, ""},
	} {
		logo, err := store.TakeLogo(t.Context(), bytes.NewReader(c.upload))
		if err != nil || logo.Width != c.width || logo.Height != c.height || logo.Tone != c.tone {
			t.Errorf("%s: %+v, %v", name, logo, err)
		}
		for file, size := range map[string]image.Point{"-logo.png": {X: c.width, Y: c.height}, "-icon.png": {X: 180, Y: 180}} {
			picture, err := png.DecodeConfig(bytes.NewReader(kept.read(logo.Key + file)))
			if err != nil || image.Pt(picture.Width, picture.Height) != size {
				t.Errorf("%s: %s is %d × %d, %v", name, file, picture.Width, picture.Height, err)
			}
		}
		if err := store.Remove(t.Context(), logo.Key); err != nil {
			t.Error(err)
		}
		if left := kept.names(); len(left) != 0 {
			t.Errorf("%s: %q is left", name, left)
		}
	}
	var fault *models.InvalidError
	for name, upload := range map[string][]byte{
		"an SVG": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "too small": drawn(t, color.Black, 20, 20),
		"two at once": append(drawn(t, color.Black, 100, 100), "<script>"...),
	} {
		if logo, err := store.TakeLogo(t.Context(), bytes.NewReader(upload)); !errors.As(err, &fault) {
			t.Errorf("%s is taken: %+v, %v", name, logo, err)
		}
	}
}
