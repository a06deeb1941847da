package pictures_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"

	"golang.org/x/image/draw"
)

// noise is a picture in which no pixel is like the next, partly clear.
func noise(width, height int) *image.NRGBA {
	random := rand.New(rand.NewPCG(1, 2))
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range picture.Pix {
		picture.Pix[i] = byte(random.IntN(256))
	}
	return picture
}

// TestScaledInStrips sees that a picture scaled strip by strip is what it would
// be in one piece, to the rounding between the two ways.
func TestScaledInStrips(t *testing.T) {
	store, folder := open(t)
	picture := noise(1501, 2003)
	key, width, height, err := store.Take(t.Context(), bytes.NewReader(asPNG(t, picture)))
	if err != nil || width != 1280 || height != 1708 {
		t.Fatalf("taken as %d by %d, %v", width, height, err)
	}
	want := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(want, want.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(want, want.Bounds(), picture, picture.Bounds(), draw.Over, nil)
	got, err := png.Decode(bytes.NewReader(readFile(t, folder, "originals", key+".png")))
	if err != nil {
		t.Fatal(err)
	}
	far, sum := 0, 0
	for y := range height {
		for x := range width {
			r, g, b, _ := got.At(x, y).RGBA()
			at := want.RGBAAt(x, y)
			for _, pair := range [...][2]int{{int(r >> 8), int(at.R)}, {int(g >> 8), int(at.G)}, {int(b >> 8), int(at.B)}} {
				off := max(pair[0]-pair[1], pair[1]-pair[0])
				far, sum = max(far, off), sum+off
			}
		}
	}
	if mean := float64(sum) / float64(3*width*height); mean > 1 {
		t.Errorf("they differ by %.2f in the mean, by %d at most", mean, far)
	}
}

// TestPhotographTakesLittleMemory takes in a photograph of 24 megapixels: it is
// decoded once, and scaled without a second copy of that size.
func TestPhotographTakesLittleMemory(t *testing.T) {
	store, _ := open(t)
	photograph := asJPEG(t, image.NewGray(image.Rect(0, 0, 6000, 4000)))
	// What the scaler uses again and again is not to be taken away meanwhile.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, _, err := store.Take(t.Context(), bytes.NewReader(photograph)); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 320<<20 {
		t.Errorf("%d MB were allocated", taken>>20)
	}
}

func readFile(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
