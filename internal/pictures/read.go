package pictures

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"tuckshop/models"
)

// What an upload may be at most and at least.
const (
	MaxFile   = 20 << 20 // bytes
	maxPixels = 40_000_000
	minWidth  = 320
	minHeight = 400
)

// refuse says what is wrong with an upload, for the person who sent it.
func refuse(message string, args ...any) error {
	return &models.InvalidError{Field: "file", Message: fmt.Sprintf(message, args...)}
}

// source is a format that is taken: how it begins and how it is read.
type source struct {
	begins func(data []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var sources = []source{
	{func(data []byte) bool { return bytes.HasPrefix(data, []byte("\xff\xd8\xff")) }, jpeg.DecodeConfig, jpeg.Decode},
	{func(data []byte) bool { return bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) }, png.DecodeConfig, png.Decode},
	{func(data []byte) bool {
		return len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
	}, webp.DecodeConfig, webp.Decode},
}

// read reads a picture as nothing but pixels, upright, on white.
func read(upload io.Reader) (*image.RGBA, error) {
	picture, orientation, err := decode(upload)
	if err != nil {
		return nil, err
	}
	return upright(picture, orientation)
}

// decode reads an upload that is a picture and nothing else, and how its camera
// was held. Its size is known before it takes memory.
func decode(upload io.Reader) (image.Image, int, error) {
	data, err := readAll(io.LimitReader(upload, MaxFile+1), sizeOf(upload))
	if err != nil {
		return nil, 0, fmt.Errorf("read an upload: %w", err)
	}
	if len(data) > MaxFile {
		return nil, 0, refuse("That file is larger than %d MB.", MaxFile>>20)
	}
	for _, f := range sources {
		if !f.begins(data) {
			continue
		}
		config, err := f.config(bytes.NewReader(data))
		switch {
		case err != nil:
			return nil, 0, refuse("That file is damaged: it cannot be read as a picture.")
		case deep(config.ColorModel) && config.Width*config.Height > maxPixels/2:
			return nil, 0, refuse("That picture has more than %d megapixels with 16 bits a colour. Save it with 8 bits, or make it smaller.", maxPixels/2/1_000_000)
		case config.Width*config.Height > maxPixels || config.Width > maxPixels || config.Height > maxPixels:
			return nil, 0, refuse("That picture has more than %d megapixels. Make it smaller.", maxPixels/1_000_000)
		}
		picture, err := f.decode(bytes.NewReader(data))
		if err != nil {
			return nil, 0, refuse("That file is damaged: it cannot be read as a picture.")
		}
		if twoFaced(data) {
			return nil, 0, refuse("That file is a picture and something else at once. Save it anew with a picture editor.")
		}
		return picture, orientation(data), nil
	}
	return nil, 0, refuse("Choose a JPEG, PNG or WebP file.")
}

// sizeOf is how long an upload is, where that can be told, and else 0. It stays
// where it is.
func sizeOf(upload io.Reader) int64 {
	seeker, ok := upload.(io.Seeker)
	if !ok {
		return 0
	}
	at, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	end, err := seeker.Seek(0, io.SeekEnd)
	if _, back := seeker.Seek(at, io.SeekStart); err != nil || back != nil {
		return 0
	}
	return end - at
}

// readAll reads what is size bytes long, or longer, without more memory than
// that takes.
func readAll(from io.Reader, size int64) ([]byte, error) {
	buffer := bytes.NewBuffer(make([]byte, 0, min(max(size, 0), MaxFile)+bytes.MinRead))
	_, err := buffer.ReadFrom(from)
	return buffer.Bytes(), err
}

// deep reports whether a pixel of a picture takes twice the usual memory.
func deep(model color.Model) bool {
	return model == color.RGBA64Model || model == color.NRGBA64Model
}

// marks begin a page or a program, in capitals or not.
var marks = [...]string{"<svg", "<html", "<?php", "<script", "<!doctype", "javascript:"}

// Pixels hold any few bytes by chance: "<svg" in one of a hundred photographs. A
// short mark counts where the text goes on.
const (
	shortMark = 6  // bytes at most
	readable  = 11 // bytes of a short mark and the text behind it
)

// twoFaced reports whether a picture's file is also a file of another kind. A
// second picture behind a JPEG, as phones put it there, does no harm: only the
// pixels of the first are kept.
func twoFaced(data []byte) bool {
	for at, begins := range data {
		if begins != '<' && begins|0x20 != 'j' {
			continue
		}
		for _, mark := range marks {
			if len(data)-at >= len(mark) && bytes.EqualFold(data[at:at+len(mark)], []byte(mark)) &&
				(len(mark) > shortMark || isText(data[at+len(mark):min(at+readable, len(data))])) {
				return true
			}
		}
	}
	if bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) || bytes.Contains(data[max(0, len(data)-66_000):], []byte("PK\x05\x06")) {
		return true
	}
	switch data[0] {
	case 0x89: // nothing follows the last chunk of a PNG
		return !bytes.HasSuffix(data, []byte("IEND\xaeB`\x82"))
	case 'R': // and a WebP says how long it is
		length := int64(binary.LittleEndian.Uint32(data[4:8])) + 8
		return int64(len(data)) > length+length%2
	}
	return false
}

// isText reports whether data is letters, signs and white space of ASCII.
func isText(data []byte) bool {
	for _, b := range data {
		if (b < ' ' && b != '\t' && b != '\n' && b != '\r') || b > '~' {
			return false
		}
	}
	return true
}

// longest bounds how long a picture may be for its other side: what is beyond
// is cut off at both ends.
const longest = 2

// upright brings a picture to the size it is kept in, in which it fills the
// largest frame, and turns it as its camera was held (EXIF's orientation, 1 to
// 8).
func upright(picture image.Image, orientation int) (*image.RGBA, error) {
	turned := orientation >= 5
	bounds := picture.Bounds()
	across, down := bounds.Dx(), bounds.Dy()
	if turned {
		across, down = down, across
	}
	if across < minWidth || down < minHeight {
		return nil, refuse("That picture is too small: it needs at least %d by %d pixels.", minWidth, minHeight)
	}
	width, height := min(across, longest*down), min(down, longest*across)
	size := filling(image.Pt(width, height), fullWidth)
	if turned {
		width, height, size.X, size.Y = height, width, size.Y, size.X
	}
	corner := bounds.Min.Add(image.Pt((bounds.Dx()-width)/2, (bounds.Dy()-height)/2))
	small := scale(picture, image.Rectangle{Min: corner, Max: corner.Add(image.Pt(width, height))}, size, color.White)
	return turn(small, orientation), nil
}

// turn undoes what a camera says of how it was held.
func turn(from *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return from
	}
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			to.SetRGBA(tx, ty, from.RGBAAt(x, y))
		}
	}
	return to
}

// orientation reads how a JPEG says its camera was held; 1 is upright, and
// stands for what is not said or is no orientation. https://www.cipa.jp/std/documents/e/DC-008-2012_E.pdf, 4.6
func orientation(data []byte) int {
	if len(data) < 4 || data[0] != 0xff || data[1] != 0xd8 {
		return 1
	}
	for at := 2; at+4 <= len(data) && data[at] == 0xff && data[at+1] != 0xda; {
		length := int(binary.BigEndian.Uint16(data[at+2:]))
		if length < 2 || at+2+length > len(data) {
			return 1
		}
		segment := data[at+4 : at+2+length]
		if data[at+1] == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return orientationIn(segment[6:])
		}
		at += 2 + length
	}
	return 1
}

// orientationIn reads the first directory of a TIFF structure.
func orientationIn(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	first := int64(order.Uint32(tiff[4:]))
	if first+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[first+2:]
	for range order.Uint16(tiff[first:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			if held := int(order.Uint16(entries[8:])); 1 <= held && held <= 8 {
				return held
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}
