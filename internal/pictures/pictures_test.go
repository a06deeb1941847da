package pictures_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gen2brain/webp"
	xwebp "golang.org/x/image/webp"

	"tuckshop/internal/pictures"
	"tuckshop/internal/s3test"
	"tuckshop/models"
)

var (
	red  = color.RGBA{200, 30, 30, 255}
	blue = color.RGBA{30, 30, 200, 255}
)

// halves is a picture whose upper half is red and whose lower half is blue.
func halves(width, height int) *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.SetRGBA(x, y, map[bool]color.RGBA{true: red, false: blue}[y < height/2])
		}
	}
	return picture
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := encode(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t *testing.T, picture image.Image) []byte {
	return encoded(t, func(out *bytes.Buffer) error { return jpeg.Encode(out, picture, nil) })
}

func asPNG(t *testing.T, picture image.Image) []byte {
	return encoded(t, func(out *bytes.Buffer) error { return png.Encode(out, picture) })
}

func asWebP(t *testing.T, picture image.Image) []byte {
	return encoded(t, func(out *bytes.Buffer) error { return webp.Encode(out, picture, webp.Options{Quality: 90, Method: 1}) })
}

// held is a JPEG that says how its camera was held.
func held(t *testing.T, picture image.Image, orientation byte) []byte {
	exif := append([]byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
	data := asJPEG(t, picture)
	return slices.Concat(data[:2], exif, data[2:])
}

func open(t *testing.T) (*pictures.Store, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "media")
	store, err := pictures.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store, folder
}

// kept is what a place has: names below it and what is under them.
type kept struct {
	names func() []string
	read  func(name string) []byte // nil where there is none
}

// each runs a test on a folder and on a bucket.
func each(t *testing.T, test func(t *testing.T, store *pictures.Store, kept kept)) {
	t.Run("folder", func(t *testing.T) {
		store, folder := open(t)
		names := func() (names []string) {
			err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
				if err == nil && !entry.IsDir() {
					names = append(names, name)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			return names
		}
		test(t, store, kept{names, func(name string) []byte {
			data, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
			}
			return data
		}})
	})
	t.Run("bucket", func(t *testing.T) {
		bucket := s3test.New(t)
		test(t, openBucket(t, bucket), kept{bucket.Names, bucket.File})
	})
}

func TestTakenAndMade(t *testing.T) { each(t, takenAndMade) }

func takenAndMade(t *testing.T, store *pictures.Store, kept kept) {
	key, width, height, err := store.Take(t.Context(), bytes.NewReader(asPNG(t, halves(1400, 1000))))
	if err != nil || width != 1400 || height != 1000 {
		t.Fatalf("%s, %d × %d, %v", key, width, height, err)
	}
	if err := store.Make(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	files := store.Files(fstest.MapFS{"demo-640.jpg": {Data: []byte("demo")}})
	names := []string{key + "-640.jpg", "demo-640.jpg"}
	for _, width := range []int{320, 480, 640, 960, 1280} {
		names = append(names, key+"-"+strconv.Itoa(width)+".webp", key+"-"+strconv.Itoa(width)+".avif")
	}
	for _, name := range names {
		if data, err := fs.ReadFile(files, name); err != nil || len(data) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, want := range map[string]image.Point{"-320.webp": {560, 400}, "-640.webp": {1120, 800}, "-1280.webp": {1400, 1000}} { // never blown up
		data, err := fs.ReadFile(files, key+name)
		if err != nil {
			t.Fatal(err)
		}
		if config, err := xwebp.DecodeConfig(bytes.NewReader(data)); err != nil || config.Width != want.X || config.Height != want.Y {
			t.Errorf("%s is %d × %d, %v", name, config.Width, config.Height, err)
		}
	}
	if _, err := fs.ReadFile(files, "../media/"+key+"-640.jpg"); err == nil {
		t.Error("a path leads out of the folder")
	}
	if got := kept.read(key + "-640.jpg"); !bytes.HasPrefix(got, []byte("\xff\xd8\xff")) {
		t.Errorf("the JPEG is %d bytes", len(got))
	}
	if _, err := fs.ReadFile(files, "originals/"+key+".png"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the original is served: %v", err)
	}
	if err := store.Remove(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if err := store.Remove(t.Context(), key); err != nil {
		t.Errorf("removed again: %v", err)
	}
	if left := kept.names(); len(left) != 0 {
		t.Errorf("%q is left", left)
	}
	for _, name := range []string{key + "-640.jpg", key + "-320.avif"} {
		if _, err := fs.ReadFile(files, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still served: %v", name, err)
		}
	}
}

// TestShapes sees that what is too long is cut, and that nothing else is.
func TestShapes(t *testing.T) {
	store, _ := open(t)
	for sent, want := range map[image.Point]image.Point{
		{400, 500}: {400, 500}, {320, 2000}: {320, 640}, {2000, 400}: {800, 400}, {3000, 3000}: {1600, 1600}, {1600, 3000}: {1280, 2400}, {2560, 3200}: {1280, 1600},
	} {
		_, width, height, err := store.Take(t.Context(), bytes.NewReader(asPNG(t, halves(sent.X, sent.Y))))
		if got := image.Pt(width, height); err != nil || got != want {
			t.Errorf("%v becomes %v, %v; want %v", sent, got, err, want)
		}
	}
}

// TestOrientation sees that a picture of a turned camera stands upright: what
// was the top is red.
func TestOrientation(t *testing.T) {
	store, folder := open(t)
	upright := halves(800, 1000)
	turned := func(back func(x, y int) (int, int), width, height int) image.Image {
		picture := image.NewRGBA(image.Rect(0, 0, width, height))
		for y := range height {
			for x := range width {
				ux, uy := back(x, y)
				picture.SetRGBA(x, y, upright.RGBAAt(ux, uy))
			}
		}
		return picture
	}
	for orientation, sent := range map[byte]image.Image{
		1: upright,
		3: turned(func(x, y int) (int, int) { return 799 - x, 999 - y }, 800, 1000),
		6: turned(func(x, y int) (int, int) { return 799 - y, x }, 1000, 800),
		8: turned(func(x, y int) (int, int) { return y, 999 - x }, 1000, 800),
	} {
		key, width, height, err := store.Take(t.Context(), bytes.NewReader(held(t, sent, orientation)))
		if err != nil || width != 800 || height != 1000 {
			t.Errorf("%d: %d × %d, %v", orientation, width, height, err)
			continue
		}
		picture := original(t, folder, key)
		top, _, bottom, _ := picture.At(400, 100).RGBA()
		_, _, bottomBlue, _ := picture.At(400, 900).RGBA()
		if top < 0x8000 || bottom > 0x8000 || bottomBlue < 0x8000 {
			t.Errorf("%d does not stand upright", orientation)
		}
	}
}

// TestNoOrientation takes a picture whose camera names no way to hold it as it
// stands; on its side it would be too small.
func TestNoOrientation(t *testing.T) {
	store, _ := open(t)
	for _, orientation := range []byte{0, 9, 255} {
		_, width, height, err := store.Take(t.Context(), bytes.NewReader(held(t, halves(320, 400), orientation)))
		if err != nil || width != 320 || height != 400 {
			t.Errorf("%d: %d × %d, %v", orientation, width, height, err)
		}
	}
}

// original reads the picture that is kept of an upload.
func original(t *testing.T, folder, key string) image.Image {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, "originals", key+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func TestRefused(t *testing.T) { each(t, refused) }

func refused(t *testing.T, store *pictures.Store, kept kept) {
	good := asPNG(t, halves(400, 500))
	long := slices.Clone(asWebP(t, halves(400, 500)))
	huge := slices.Clone(good)
	binary.BigEndian.PutUint32(huge[16:], 16000)
	binary.BigEndian.PutUint32(huge[20:], 16000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	deep := asPNG(t, image.NewNRGBA64(image.Rect(0, 0, 400, 500)))
	binary.BigEndian.PutUint32(deep[16:], 6000)
	binary.BigEndian.PutUint32(deep[20:], 4000)
	binary.BigEndian.PutUint32(deep[29:], crc32.ChecksumIEEE(deep[12:29]))
	for name, test := range map[string]struct {
		data []byte
		says string
	}{
		"16 bits a colour":              {deep, "20 megapixels with 16 bits"},
		"nothing":                       {nil, "JPEG, PNG or WebP"},
		"a text":                        {[]byte("hello"), "JPEG, PNG or WebP"},
		"SVG":                           {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "JPEG, PNG or WebP"},
		"HTML":                          {[]byte("<!doctype html><script>alert(1)</script>"), "JPEG, PNG or WebP"},
		"GIF":                           {encoded(t, func(out *bytes.Buffer) error { return gif.Encode(out, halves(400, 500), nil) }), "JPEG, PNG or WebP"},
		"a bomb":                        {huge, "megapixels"},
		"a cut file":                    {good[:len(good)/2], "damaged"},
		"magic alone":                   {[]byte("\xff\xd8\xff<script>alert(1)</script>"), "damaged"},
		"PNG and HTML":                  {append(slices.Clone(good), "<html><script>alert(1)</script>"...), "something else"},
		"PNG and more":                  {append(slices.Clone(good), "more"...), "something else"},
		"PNG and ZIP":                   {append(slices.Clone(good), "PK\x05\x06"+strings.Repeat("\x00", 18)...), "something else"},
		"WebP and more":                 {append(long, "more"...), "something else"},
		"JPEG with a script":            {append(asJPEG(t, halves(400, 500)), "<?php system($_GET[0]);"...), "something else"},
		"a page in a JPEG’s comment":    {commented(asJPEG(t, halves(400, 500)), "<HTML><body>hello"), "something else"},
		"a link in a JPEG’s comment":    {commented(asJPEG(t, halves(400, 500)), "JavaScript:alert(1)"), "something else"},
		"an SVG in a JPEG’s comment":    {commented(asJPEG(t, halves(400, 500)), "<svg></svg>"), "something else"},
		"PHP in a JPEG’s comment":       {commented(asJPEG(t, halves(400, 500)), "<?php\nphpinfo();"), "something else"},
		"a script in a PNG’s text":      {noted(good, "<script>\x00"), "something else"},
		"an SVG in a PNG’s text":        {noted(good, "<sVg/onload=alert(1)>"), "something else"},
		"an SVG behind a JPEG":          {append(asJPEG(t, halves(400, 500)), "<svg/>"...), "something else"},
		"an SVG amid what is behind it": {append(asJPEG(t, halves(400, 500)), "\x00\x00<svg xmlns='http://www.w3.org/2000/svg'/>\x00\x00"...), "something else"},
		"JPEG and ZIP":                  {append(asJPEG(t, halves(400, 500)), "PK\x05\x06"+strings.Repeat("\x00", 18)...), "something else"},
		"a stamp":                       {asPNG(t, halves(319, 500)), "too small"},
		"more than 20 MB":               {append(slices.Clone(good), make([]byte, pictures.MaxFile)...), "larger than 20 MB"},
	} {
		_, _, _, err := store.Take(t.Context(), bytes.NewReader(test.data))
		var fault *models.InvalidError
		if !errors.As(err, &fault) || !strings.Contains(fault.Message, test.says) {
			t.Errorf("%s: %v, want a word of %q", name, err, test.says)
		}
	}
	if left := kept.names(); len(left) > 0 {
		t.Errorf("%q is kept", left)
	}
	// What phones put behind a JPEG, and WebP, are taken.
	second := asJPEG(t, halves(400, 500))
	for name, data := range map[string][]byte{"two JPEGs": append(slices.Clone(second), second...), "WebP": asWebP(t, halves(400, 500))} {
		if _, _, _, err := store.Take(t.Context(), bytes.NewReader(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// commented is a JPEG with a comment.
func commented(picture []byte, comment string) []byte {
	segment := append([]byte{0xff, 0xfe, 0, byte(len(comment) + 2)}, comment...)
	return slices.Concat(picture[:2], segment, picture[2:])
}

// noted is a PNG with a text in front of its pixels.
func noted(picture []byte, text string) []byte {
	const behind = 33 // the signature and the first chunk
	chunk := append([]byte("tEXtComment\x00"), text...)
	length, sum := uint32(len(chunk)-4), crc32.ChecksumIEEE(chunk)
	chunk = binary.BigEndian.AppendUint32(slices.Concat(binary.BigEndian.AppendUint32(nil, length), chunk), sum)
	return slices.Concat(picture[:behind], chunk, picture[behind:])
}

// TestPixelsAreNoPage takes pictures whose pixels happen to have the bytes that
// begin a page.
func TestPixelsAreNoPage(t *testing.T) {
	store, _ := open(t)
	photograph := asJPEG(t, noise(400, 500))
	for _, chance := range []string{"<svg", "<SvG", "<html", "<?Php"} {
		tried := 0
		for at := len(photograph) / 2; tried < 3 && at < len(photograph)-100; at++ {
			data := slices.Clone(photograph)
			copy(data[at:], chance+"\x13")
			if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
				continue // not every byte can follow every other
			}
			tried++
			if _, _, _, err := store.Take(t.Context(), bytes.NewReader(data)); err != nil {
				t.Errorf("a photograph with %q at %d: %v", chance, at, err)
			}
		}
		if tried == 0 {
			t.Errorf("no photograph has %q", chance)
		}
		drawing := image.NewGray(image.Rect(0, 0, 400, 500))
		copy(drawing.Pix[5000:], chance)
		plain := encoded(t, func(out *bytes.Buffer) error {
			return (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(out, drawing)
		})
		if !bytes.Contains(plain, []byte(chance)) {
			t.Fatalf("the PNG does not hold %q", chance)
		}
		if _, _, _, err := store.Take(t.Context(), bytes.NewReader(plain)); err != nil {
			t.Errorf("a PNG with %q: %v", chance, err)
		}
	}
}
