package models

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
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
// is no text at all; so does reading, where something is not UTF-8 and, if
// windows1252 allows it, not Windows-1252 either.
func newTextReader(file io.Reader, windows1252 bool) (*textReader, error) {
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
	legacy := &legacyReader{in: in, windows1252: windows1252, at: filePlace{line: 1, separator: byte(separatorOf(string(begins)))}}
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

// legacyReader reads UTF-8 until a byte is none. Where all before was ASCII, and
// somebody says so, the file is taken for Windows-1252, which has the same ASCII.
type legacyReader struct {
	in          io.Reader
	raw         []byte // read and not yet decoded
	text        []byte // decoded and not yet handed out
	windows1252 bool   // the file may be that
	single      bool   // it is: one byte is one character
	multi       bool   // there was a character of several bytes
	at          filePlace
	err         error
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
			if r.multi || !r.windows1252 {
				return r.refuse(whole)
			}
			r.single = true
			break
		}
		r.multi = r.multi || size > 1
		r.at.pass(r.raw[whole : whole+size])
		whole += size
	}
	if !r.single {
		r.text = append(r.text[:0], r.raw[:whole]...)
		r.raw = append(r.raw[:0], r.raw[whole:]...)
		return nil
	}
	for i := whole; i < len(r.raw); i++ {
		if charmap.Windows1252.DecodeByte(r.raw[i]) == utf8.RuneError {
			return refuseFile("%s is not Windows-1252 either. %s", r.at, saveAsCSV)
		}
		r.at.pass(r.raw[i : i+1])
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(r.raw)
	if err != nil {
		return fmt.Errorf("decode Windows-1252: %w", err)
	}
	r.text, r.raw = text, r.raw[:0]
	return nil
}

// refuse says where the file stops being UTF-8, and what stands there if it is
// Windows-1252.
func (r *legacyReader) refuse(from int) error {
	if r.multi {
		return refuseFile("%s mixes two encodings: what comes before it is UTF-8, and it is not. %s", r.at, saveAsCSV)
	}
	rest, ends := r.raw[from:], "\r\n\""
	if !r.at.quoted {
		ends += string(rune(r.at.separator))
	}
	if end := bytes.IndexAny(rest, ends); end >= 0 {
		rest = rest[:end]
	}
	before := r.at.cell
	if most := 30; len(before) > most {
		before = append([]byte("\x85"), before[len(before)-most:]...) // “…” in Windows-1252
	}
	cell, err := charmap.Windows1252.NewDecoder().Bytes(append(before, rest...))
	if err != nil || bytes.ContainsRune(cell, utf8.RuneError) {
		return refuseFile("%s is not UTF-8, and cannot be read. %s", r.at, saveAsCSV)
	}
	return refuseFile("%s is not UTF-8. Should it say %s? Then choose “Windows-1252” and send the file again. Does it say something else? %s",
		r.at, shorten(strings.Join(strings.Fields(string(cell)), " ")), saveAsCSV)
}

// filePlace is how far a CSV file was read.
type filePlace struct {
	separator byte
	line      int
	column    int      // of the row, from 0
	names     []string // of the columns, once the first row is over
	named     bool     // it is
	quoted    bool
	cell      []byte // the end of what was read of it
}

// pass goes over one character.
func (p *filePlace) pass(char []byte) {
	switch c := char[0]; {
	case c == '"':
		p.quoted = !p.quoted
	case !p.quoted && (c == p.separator || c == '\n'):
		if !p.named {
			p.names = append(p.names, strings.TrimSpace(string(p.cell)))
		}
		p.cell = p.cell[:0]
		if p.column++; c == '\n' {
			p.column, p.named = 0, true
		}
	default:
		if len(p.cell) > maxCellKept {
			p.cell = append(p.cell[:0], p.cell[maxCellKept/2:]...)
		}
		p.cell = append(p.cell, char...)
	}
	if char[0] == '\n' {
		p.line++
	}
}

// maxCellKept is more bytes than are quoted of a cell.
const maxCellKept = 240

// String names the place as people count.
func (p filePlace) String() string {
	switch {
	case !p.named:
		return fmt.Sprintf("Line %d, the name of column %d,", p.line, p.column+1)
	case p.column < len(p.names) && p.names[p.column] != "":
		return fmt.Sprintf("Line %d, column %s,", p.line, p.names[p.column])
	}
	return fmt.Sprintf("Line %d, column %d,", p.line, p.column+1)
}
