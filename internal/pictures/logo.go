package pictures

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"

	"golang.org/x/image/draw"

	"tuckshop/models"
)

// How the files of a logo end: as it stands in the page, and as the sign of its
// tab and of a home screen.
const (
	logoEnd = "-logo.png"
	iconEnd = "-icon.png"
)

// A logo is shown up to 48 pixels high; twice that is for fine screens.
const (
	logoWidth  = 640
	logoHeight = 96
	iconSize   = 180
	minLogo    = 32
)

// TakeLogo takes a logo in: as a whole, with what it lets shine through, no
// larger than it is shown. It makes its files at once, under a key of its own.
//
// It returns a *models.InvalidError that says what is wrong with the upload.
func (s *Store) TakeLogo(ctx context.Context, upload io.Reader) (models.Logo, error) {
	logo := models.Logo{Key: models.UploadPrefix + models.NewToken()}
	var shownPNG, iconPNG []byte
	err := s.inTurn(ctx, func() error {
		picture, orientation, err := decode(upload)
		if err != nil {
			return err
		}
		if size := picture.Bounds().Size(); size.X < minLogo || size.Y < minLogo {
			return refuse("That logo is too small: it needs at least %d by %d pixels.", minLogo, minLogo)
		}
		whole := turn(fit(picture, 1024, 1024), orientation)
		shown := fit(whole, logoWidth, logoHeight)
		logo.Width, logo.Height, logo.Tone = shown.Bounds().Dx(), shown.Bounds().Dy(), tone(shown)
		if shownPNG, err = smallPNG(shown); err != nil {
			return err
		}
		iconPNG, err = smallPNG(icon(whole, logo.Tone))
		return err
	})
	if err == nil {
		err = s.putLogo(ctx, logo.Key, shownPNG, iconPNG)
	}
	if err != nil {
		return models.Logo{}, fmt.Errorf("keep a logo: %w", err)
	}
	return logo, nil
}

// putLogo keeps both files of a logo or none.
func (s *Store) putLogo(ctx context.Context, key string, shown, icon []byte) error {
	err := s.put(ctx, key+logoEnd, shown)
	if err == nil {
		if err = s.put(ctx, key+iconEnd, icon); err != nil {
			err = errors.Join(err, s.Remove(context.WithoutCancel(ctx), key))
		}
	}
	return err
}

func smallPNG(picture image.Image) ([]byte, error) {
	return encode(func(w io.Writer) error {
		return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, picture)
	})
}

// fit brings a picture into a box, in its own shape. One that fits stays as large
// as it is.
func fit(picture image.Image, width, height int) *image.RGBA {
	w, h := picture.Bounds().Dx(), picture.Bounds().Dy()
	if w > width {
		w, h = width, max(h*width/w, 1)
	}
	if h > height {
		w, h = max(w*height/h, 1), height
	}
	return scale(picture, picture.Bounds(), image.Pt(w, h), nil)
}

// icon puts a logo in the middle of a square. What would not be seen on a light
// or a dark screen gets a ground.
func icon(logo image.Image, tone string) image.Image {
	square := image.NewRGBA(image.Rect(0, 0, iconSize, iconSize))
	margin := 0
	switch tone {
	case models.LogoDark:
		draw.Draw(square, square.Bounds(), image.White, image.Point{}, draw.Src)
		margin = iconSize / 10
	case models.LogoLight:
		draw.Draw(square, square.Bounds(), image.Black, image.Point{}, draw.Src)
		margin = iconSize / 10
	}
	small := fit(logo, iconSize-2*margin, iconSize-2*margin)
	size := small.Bounds().Size()
	corner := image.Pt((iconSize-size.X)/2, (iconSize-size.Y)/2)
	draw.Draw(square, image.Rectangle{Min: corner, Max: corner.Add(size)}, small, image.Point{}, draw.Over)
	return square
}

// tone says whether a logo with nothing behind it is drawn in something dark or
// light, which a dark or a light page would swallow.
func tone(logo *image.RGBA) string {
	var weight, light float64
	clear := 0
	bounds := logo.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c, ok := color.NRGBAModel.Convert(logo.At(x, y)).(color.NRGBA)
			if !ok || c.A < 128 {
				clear++
				continue
			}
			weight++
			light += (0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)) / 255
		}
	}
	if weight == 0 || clear*20 < bounds.Dx()*bounds.Dy() {
		return "" // it brings a ground of its own
	}
	switch mean := light / weight; {
	case mean < 0.4:
		return models.LogoDark
	case mean > 0.7:
		return models.LogoLight
	}
	return ""
}
