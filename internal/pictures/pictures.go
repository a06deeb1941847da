// Package pictures keeps the pictures that merchants upload: it takes them in,
// makes them anew in the sizes and formats of the shop, and serves the files.
// Nothing is stored as it was sent.
package pictures

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/webp"
	"golang.org/x/image/draw"

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

const originals = "originals"

// Store keeps pictures below one folder. No name of a file comes from outside.
type Store struct {
	root *os.Root
	turn chan struct{} // one picture is worked on at a time
}

// Open opens the folder, which it makes where it is missing.
func Open(folder string) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of pictures: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder of pictures: %w", err)
	}
	if err := root.Mkdir(originals, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, errors.Join(fmt.Errorf("make the folder of originals: %w", err), root.Close())
	}
	return &Store{root: root, turn: make(chan struct{}, 1)}, nil
}

// Close closes the folder.
func (s *Store) Close() error { return s.root.Close() }

// Files are the files as they are served: those uploaded, and else those of
// another collection.
func (s *Store) Files(otherwise fs.FS) fs.FS { return both{s.root.FS(), otherwise} }

type both struct{ first, second fs.FS }

// Open opens a file of the first collection that has it.
func (b both) Open(name string) (fs.File, error) {
	file, err := b.first.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return b.second.Open(name)
	}
	return file, err
}

// inTurn does what takes memory, one at a time.
func (s *Store) inTurn(ctx context.Context, do func() error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
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
	key = "p-" + models.NewToken()
	err = s.inTurn(ctx, func() error {
		picture, err := read(upload)
		if err != nil {
			return err
		}
		width, height = picture.Bounds().Dx(), picture.Bounds().Dy()
		return s.write(originals+"/"+key+".png", func(w io.Writer) error {
			return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, picture)
		})
	})
	if err != nil {
		return "", 0, 0, fmt.Errorf("keep a picture: %w", err)
	}
	return key, width, height, nil
}

// Make makes the files of a picture that Take took: "<key>-<width>.avif" and
// "<key>-<width>.webp" in every width, and "<key>-640.jpg". Made again, they
// are the same. A picture smaller than a width is not blown up.
func (s *Store) Make(ctx context.Context, key string) error {
	picture, err := s.original(key)
	if err != nil {
		return err
	}
	for _, width := range widths {
		// Each size takes seconds; uploads that somebody waits for go between.
		err := s.inTurn(ctx, func() error { return s.makeSize(picture, key, width) })
		if err != nil {
			return fmt.Errorf("make picture %s, %d pixels wide: %w", key, width, err)
		}
	}
	return nil
}

func (s *Store) makeSize(picture image.Image, key string, width int) error {
	small, name := scaled(picture, width), key+"-"+strconv.Itoa(width)
	err := s.write(name+".webp", func(w io.Writer) error {
		return webp.Encode(w, small, webp.Options{Quality: 76, Method: 4})
	})
	if err == nil {
		err = s.write(name+".avif", func(w io.Writer) error {
			return avif.Encode(w, small, avif.Options{Quality: 60, Speed: 8, ChromaSubsampling: image.YCbCrSubsampleRatio420})
		})
	}
	if err == nil && width == fallback {
		err = s.write(name+".jpg", func(w io.Writer) error { return jpeg.Encode(w, small, &jpeg.Options{Quality: 82}) })
	}
	return err
}

func (s *Store) original(key string) (image.Image, error) {
	file, err := s.root.Open(originals + "/" + key + ".png")
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
func (s *Store) Remove(key string) error {
	names := []string{originals + "/" + key + ".png", key + "-" + strconv.Itoa(fallback) + ".jpg", key + logoEnd, key + iconEnd}
	for _, width := range widths {
		name := key + "-" + strconv.Itoa(width)
		names = append(names, name+".avif", name+".webp")
	}
	for _, name := range names {
		if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove picture %s: %w", key, err)
		}
	}
	return nil
}

// write makes a file that is either there as a whole or not at all.
func (s *Store) write(name string, encode func(io.Writer) error) error {
	unfinished := name + ".part"
	file, err := s.root.Create(unfinished)
	if err != nil {
		return err
	}
	err = errors.Join(encode(file), file.Sync(), file.Close())
	if err == nil {
		err = s.root.Rename(unfinished, name)
	}
	if err != nil {
		return errors.Join(err, s.root.Remove(unfinished))
	}
	return nil
}

func scaled(picture image.Image, width int) image.Image {
	bounds := picture.Bounds()
	size := filling(bounds.Size(), width)
	if size == bounds.Size() {
		return picture
	}
	small := image.NewRGBA(image.Rectangle{Max: size})
	draw.CatmullRom.Scale(small, small.Bounds(), picture, bounds, draw.Src, nil)
	return small
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
