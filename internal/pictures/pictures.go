// Package pictures keeps the pictures that merchants upload: it takes them in,
// makes them anew in the sizes and formats of the shop, and serves the files.
// Nothing is stored as it was sent.
package pictures

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/webp"

	"tuckshop/models"
)

// widths are the widths, in pixels, of the frames for which every picture
// exists. All frames are upright, four to five; a picture of another shape is
// larger than its frame and fills it.
var widths = [...]int{320, 480, 640, 960, 1280}

// fullWidth is the width of the largest frame, which the original is kept for.
const fullWidth = 1280

// fallback is the width of the one JPEG.
const fallback = 640

// originals is the folder of what the files are made of. It is not served.
const originals = "originals"

// place is where the files are: a folder or a bucket. No name comes from outside.
type place interface {
	// put keeps a file, as a whole or not at all.
	put(ctx context.Context, name string, content []byte) error
	// open opens a file. The error is an fs.ErrNotExist where there is none.
	open(ctx context.Context, name string) (fs.File, error)
	// remove removes a file; one that is gone already is no fault.
	remove(ctx context.Context, name string) error
	close() error
}

// Store keeps pictures in one place. Its errors are a models.ErrStorage where
// that place fails.
type Store struct {
	place place
	turn  chan struct{} // one picture is worked on at a time
}

func keepIn(place place) *Store { return &Store{place: place, turn: make(chan struct{}, 1)} }

// Close closes the place.
func (s *Store) Close() error { return s.place.close() }

// Files are the files as they are served: those of another collection, and else
// those that were uploaded.
func (s *Store) Files(others fs.FS) fs.FS { return served{others, s} }

type served struct {
	others fs.FS
	store  *Store
}

// longestName keeps names that are none of ours from the place.
const longestName = 100

// Open opens a file of the collection, or one that was made of an upload.
func (f served) Open(name string) (fs.File, error) {
	file, err := f.others.Open(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	if !models.Uploaded(name) || strings.Contains(name, "/") || len(name) > longestName {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.store.open(context.Background(), name)
}

func (s *Store) open(ctx context.Context, name string) (fs.File, error) {
	file, err := s.place.open(ctx, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", models.ErrStorage, err)
	}
	return file, err
}

func (s *Store) put(ctx context.Context, name string, content []byte) error {
	if err := s.place.put(ctx, name, content); err != nil {
		return fmt.Errorf("%w: %w", models.ErrStorage, err)
	}
	return nil
}

// An encoder outgrows its memory again and again, and leaves behind what it had.
// Of a picture of many pixels little of that may gather beside what is in use.
const (
	manyPixels = 2_000_000
	thrift     = 15 // percent
)

// inTurn does what takes memory, one at a time, and gives the memory back: a
// picture takes many times what the shop needs, and the next one must not come
// on top.
func (s *Store) inTurn(ctx context.Context, do func() error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() {
			debug.FreeOSMemory()
			<-s.turn
		}()
		return do()
	case <-ctx.Done():
		return fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
}

// Take takes an upload in. The picture it keeps is upright, no larger than the
// shop shows it, at most twice as long as it is wide or the other way round, and
// has a key of its own. Make makes the files of it.
//
// It returns a *models.InvalidError that says what is wrong with the upload.
func (s *Store) Take(ctx context.Context, upload io.Reader) (key string, width, height int, err error) {
	key = models.UploadPrefix + models.NewToken()
	var content []byte
	err = s.inTurn(ctx, func() error {
		picture, err := read(upload)
		if err != nil {
			return err
		}
		width, height = picture.Bounds().Dx(), picture.Bounds().Dy()
		content, err = encode(func(w io.Writer) error {
			return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, picture)
		})
		return err
	})
	if err == nil {
		err = s.put(ctx, originals+"/"+key+".png", content)
	}
	if err != nil {
		return "", 0, 0, fmt.Errorf("keep a picture: %w", err)
	}
	return key, width, height, nil
}

// Make makes the files of a picture that Take took: "<key>-<width>.avif" and
// "<key>-<width>.webp" in every width, and "<key>-640.jpg". Made again, they
// are the same. A picture smaller than a width is not blown up.
func (s *Store) Make(ctx context.Context, key string) error {
	picture, err := s.original(ctx, key)
	if err != nil {
		return err
	}
	last := new(encoded)
	for _, width := range widths {
		if err := s.makeSize(ctx, picture, key, width, last); err != nil {
			return fmt.Errorf("make picture %s, %d pixels wide: %w", key, width, err)
		}
	}
	return nil
}

// format is one in which the shop shows pictures, in every width or in one.
type format struct {
	end    string
	width  int // 0 for all
	encode func(io.Writer, image.Image) error
}

var shown = [...]format{
	{".webp", 0, func(w io.Writer, p image.Image) error { return webp.Encode(w, p, webp.Options{Quality: 76, Method: 4}) }},
	{".avif", 0, func(w io.Writer, p image.Image) error {
		return avif.Encode(w, p, avif.Options{Quality: 60, Speed: 8, ChromaSubsampling: image.YCbCrSubsampleRatio420})
	}},
	{".jpg", fallback, func(w io.Writer, p image.Image) error { return jpeg.Encode(w, p, &jpeg.Options{Quality: 82}) }},
}

// encoded are the files of one size, by how their names end. A picture that is
// smaller than several widths is the same in each.
type encoded struct {
	size  image.Point
	files map[string][]byte
}

// makeSize makes and keeps the files of one width; of the size of the last, they
// are those of the last. Each takes seconds, and a turn of its own: uploads that
// somebody waits for go between.
func (s *Store) makeSize(ctx context.Context, picture image.Image, key string, width int, last *encoded) error {
	var small image.Image
	size := filling(picture.Bounds().Size(), width)
	if size != last.size {
		*last = encoded{size: size, files: map[string][]byte{}}
	}
	for _, format := range shown {
		if format.width != 0 && format.width != width {
			continue
		}
		if last.files[format.end] == nil {
			err := s.inTurn(ctx, func() (err error) {
				if small == nil {
					small = scaled(picture, width)
				}
				if size.X*size.Y > manyPixels {
					defer debug.SetGCPercent(debug.SetGCPercent(thrift))
				}
				last.files[format.end], err = encode(func(w io.Writer) error { return format.encode(w, small) })
				return err
			})
			if err != nil {
				return err
			}
		}
		if err := s.put(ctx, key+"-"+strconv.Itoa(width)+format.end, last.files[format.end]); err != nil {
			return err
		}
	}
	return nil
}

func encode(into func(io.Writer) error) ([]byte, error) {
	var out bytes.Buffer
	if err := into(&out); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return out.Bytes(), nil
}

func (s *Store) original(ctx context.Context, key string) (image.Image, error) {
	file, err := s.open(ctx, originals+"/"+key+".png")
	if err != nil {
		return nil, fmt.Errorf("open the original of picture %s: %w", key, err)
	}
	defer file.Close() //nolint:errcheck // only read
	picture, err := png.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("read the original of picture %s: %w", key, err)
	}
	return picture, nil
}

// Remove removes all files of a picture. One that is gone already is no fault.
func (s *Store) Remove(ctx context.Context, key string) error {
	names := []string{originals + "/" + key + ".png", key + "-" + strconv.Itoa(fallback) + ".jpg", key + logoEnd, key + iconEnd}
	for _, width := range widths {
		name := key + "-" + strconv.Itoa(width)
		names = append(names, name+".avif", name+".webp")
	}
	for _, name := range names {
		if err := s.place.remove(ctx, name); err != nil {
			return fmt.Errorf("remove picture %s: %w: %w", key, models.ErrStorage, err)
		}
	}
	return nil
}

func scaled(picture image.Image, width int) image.Image {
	bounds := picture.Bounds()
	size := filling(bounds.Size(), width)
	if size == bounds.Size() {
		return picture
	}
	return scale(picture, bounds, size, nil)
}

// filling is the smallest size of a picture that fills a frame of a width, four
// to five. It is never larger than the picture.
func filling(size image.Point, width int) image.Point {
	height := width * 5 / 4
	switch {
	case size.X <= width || size.Y <= height:
		return size
	case size.X*height > size.Y*width: // wider than the frame
		return image.Pt((size.X*height+size.Y/2)/size.Y, height)
	}
	return image.Pt(width, (size.Y*width+size.X/2)/size.X)
}
