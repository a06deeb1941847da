package models

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// refuseFile says what is wrong with a whole file, for the person who sent it.
func refuseFile(message string, args ...any) error {
	return &InvalidError{Field: "file", Message: fmt.Sprintf(message, args...)}
}

const saveAsCSV = "Save it as “CSV UTF-8” in your spreadsheet program, and send that."

// textReader reads a file of any of the encodings that spreadsheet programs
// write as UTF-8, without a byte order mark.
type textReader struct {
	io.Reader
	legacy *legacyReader // nil where the file says what it is
	named  string
}

// Encoding is what the file was found to be. It is sure at the end of the file.
func (t *textReader) Encoding() string {
	if t.legacy == nil {
		return t.named
	}
	if t.legacy.single {
		return "Windows-1252"
	}
	return "UTF-8"
}

// newTextReader looks at how a file begins. It returns an InvalidError for what
// is no text at all; so does reading, where encodings are mixed.
func newTextReader(file io.Reader) (*textReader, error) {
	in := bufio.NewReaderSize(file, 8<<10)
	begins, err := in.Peek(1 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	utf16 := func(order unicode.Endianness) *textReader {
		return &textReader{Reader: unicode.UTF16(order, unicode.UseBOM).NewDecoder().Reader(in), named: "UTF-16"}
	}
	switch {
	case len(begins) == 0:
		return nil, refuseFile("That file is empty.")
	case bytes.HasPrefix(begins, []byte("PK\x03\x04")), bytes.HasPrefix(begins, []byte("\xd0\xcf\x11\xe0")):
		return nil, refuseFile("That is a spreadsheet, not a CSV file. %s", saveAsCSV)
	case bytes.HasPrefix(begins, []byte("\xef\xbb\xbf")):
		if _, err := in.Discard(3); err != nil {
			return nil, fmt.Errorf("read a file: %w", err)
		}
	case bytes.HasPrefix(begins, []byte("\xff\xfe")), evenly(begins, 1):
		return utf16(unicode.LittleEndian), nil
	case bytes.HasPrefix(begins, []byte("\xfe\xff")), evenly(begins, 0):
		return utf16(unicode.BigEndian), nil
	case bytes.IndexByte(begins, 0) >= 0:
		return nil, refuseFile("That file is not text. %s", saveAsCSV)
	}
	legacy := &legacyReader{in: in, line: 1}
	return &textReader{Reader: legacy, legacy: legacy}, nil
}

// evenly reports whether every second byte of some Latin text is zero, as in
// UTF-16 without a mark.
func evenly(text []byte, from int) bool {
	zeros, others := 0, 0
	for i, b := range text {
		switch {
		case b != 0:
		case i%2 == from:
			zeros++
		default:
			others++
		}
	}
	return others == 0 && zeros > 2 && zeros > len(text)/4
}

// legacyReader reads UTF-8 until a byte is none; where all before was ASCII the
// file is taken for Windows-1252, which has the same ASCII.
type legacyReader struct {
	in     io.Reader
	raw    []byte // read and not yet decoded
	text   []byte // decoded and not yet handed out
	single bool   // one byte is one character
	multi  bool   // there was a character of several bytes
	line   int
	err    error
}

// Read reads UTF-8.
func (r *legacyReader) Read(p []byte) (int, error) {
	for len(r.text) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		begun := len(r.raw)
		r.raw = append(r.raw, make([]byte, 32<<10)...)
		n, err := r.in.Read(r.raw[begun:])
		r.raw, r.err = r.raw[:begun+n], err
		if fault := r.decode(errors.Is(err, io.EOF)); fault != nil {
			r.err = fault
		}
	}
	n := copy(p, r.text)
	r.text = r.text[n:]
	return n, nil
}

// decode moves whole characters from raw to text.
func (r *legacyReader) decode(last bool) error {
	whole := 0
	for !r.single && whole < len(r.raw) {
		char, size := utf8.DecodeRune(r.raw[whole:])
		if char == utf8.RuneError && size == 1 {
			if !last && !utf8.FullRune(r.raw[whole:]) {
				break
			}
			if r.multi {
				return refuseFile("Line %d mixes two encodings: what comes before it is UTF-8, and it is not. %s", r.line, saveAsCSV)
			}
			r.single = true
			break
		}
		r.multi = r.multi || size > 1
		if char == '\n' {
			r.line++
		}
		whole += size
	}
	if !r.single {
		r.text = append(r.text[:0], r.raw[:whole]...)
		r.raw = append(r.raw[:0], r.raw[whole:]...)
		return nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(r.raw)
	if err != nil {
		return fmt.Errorf("decode Windows-1252: %w", err)
	}
	r.text, r.raw = text, r.raw[:0]
	return nil
}
