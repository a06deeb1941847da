package models

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// What a file of rows may be at most.
const (
	maxRecord    = 512 << 10 // bytes of one row
	maxUnread    = 1000      // rows that cannot be read, until the file is taken for something else
	maxGroupRows = 500       // of one product
	maxGroup     = 4 << 20   // bytes of the rows of one product
)

// record is a row of a CSV file, or what stands in place of one.
type record struct {
	Line   int64 // the first of its lines, from 1
	Offset int64 // of its first byte
	Length int64 // in bytes, with the end of the line
	Cells  []string
	Fault  string // why there are no cells
}

// recordReader reads a CSV file record by record. It can begin at any record,
// and after one that is broken it goes on in the next line, so that a quote that
// is never closed costs a line and not the rest of the file.
type recordReader struct {
	in        *bufio.Reader
	separator rune
	line      int64 // of what comes next
	offset    int64
	back      []physicalLine // read and put back
	ended     bool
}

// physicalLine is a line of the file with its end.
type physicalLine struct {
	text   string // empty where it is longer than a record may be
	length int64
}

func newRecordReader(file io.Reader, separator rune, line, offset int64) *recordReader {
	return &recordReader{in: bufio.NewReaderSize(file, 64<<10), separator: separator, line: line, offset: offset}
}

// next returns the next record that is not empty, or io.EOF.
func (r *recordReader) next() (record, error) {
	for {
		found, err := r.any()
		if err != nil || found.Fault != "" || slices.ContainsFunc(found.Cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			return found, err
		}
	}
}

func (r *recordReader) any() (record, error) {
	first, err := r.physical()
	if err != nil {
		return record{}, err
	}
	found := record{Line: r.line, Offset: r.offset, Length: first.length}
	lines, quotes, length := []physicalLine{first}, strings.Count(first.text, `"`), first.length
	for quotes%2 == 1 && length <= maxRecord {
		line, err := r.physical()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return record{}, err
		}
		lines = append(lines, line)
		quotes, length = quotes+strings.Count(line.text, `"`), length+line.length
	}
	switch {
	case length > maxRecord && len(lines) == 1:
		found.Fault = fmt.Sprintf("The row is longer than %d kB.", maxRecord>>10)
	case quotes%2 == 1:
		found.Fault = "A quote is opened and never closed."
	default:
		parser := csv.NewReader(readLines(lines))
		parser.Comma, parser.FieldsPerRecord = r.separator, -1
		found.Cells, err = parser.Read()
		if errors.Is(err, io.EOF) { // an empty line
			err = nil
		}
		if err != nil {
			found.Fault = "A quote stands where none may: put the cell in quotes and double those inside."
		}
	}
	if found.Fault == "" {
		found.Length = length
		r.line += int64(len(lines))
	} else { // the lines that it may have swallowed have their own turn
		r.back = append(slices.Clone(lines[1:]), r.back...)
		r.line++
	}
	r.offset += found.Length
	return found, nil
}

// readLines reads lines as one text.
func readLines(lines []physicalLine) io.Reader {
	texts := make([]io.Reader, len(lines))
	for i, line := range lines {
		texts[i] = strings.NewReader(line.text)
	}
	return io.MultiReader(texts...)
}

// physical returns the next line, or io.EOF.
func (r *recordReader) physical() (physicalLine, error) {
	if len(r.back) > 0 {
		line := r.back[0]
		r.back = r.back[1:]
		return line, nil
	}
	if r.ended {
		return physicalLine{}, io.EOF
	}
	var line physicalLine
	var text []byte
	for {
		part, err := r.in.ReadSlice('\n')
		line.length += int64(len(part))
		if line.length <= maxRecord {
			text = append(text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if r.ended = errors.Is(err, io.EOF); r.ended && line.length == 0 {
			return line, io.EOF
		}
		if err != nil && !r.ended {
			return line, fmt.Errorf("read a row: %w", err)
		}
		if line.length <= maxRecord {
			line.text = string(text)
		}
		return line, nil
	}
}
