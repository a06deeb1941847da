package models

import (
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// rowsFrom reads all records of a file from a place in it.
func rowsFrom(t interface{ Fatal(args ...any) }, file string, line, offset int64) []record {
	in := newRecordReader(iotest.OneByteReader(strings.NewReader(file[offset:])), ',', line, offset)
	var rows []record
	for {
		row, err := in.next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func sameRecord(a, b record) bool {
	return a.Line == b.Line && a.Offset == b.Offset && a.Length == b.Length && a.Fault == b.Fault && slices.Equal(a.Cells, b.Cells)
}

// FuzzRecords reads any file: nothing of it is read twice, rows are in order,
// and reading goes on from any of them as it would have.
func FuzzRecords(f *testing.F) {
	for _, seed := range []string{
		"", "a,b\n", "a,\"b\nc\"\r\nd", "\"\n\"\"\n\"\"\"\n", "a\"b,c\n\n,,\n\"x\" y\n", "\"a\"\"b\",\"\"\n\"", "\x00\n\xff,\"\n", "a\n\n\n\"b\n\n\"c\nd\"\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		rows := rowsFrom(t, file, 1, 0)
		end, line := int64(0), int64(0)
		for n, row := range rows {
			if row.Offset < end || row.Length < 1 || row.Line <= line || row.Offset+row.Length > int64(len(file)) {
				t.Fatalf("row %d of %q: %+v", n, file, row)
			}
			if got := int64(strings.Count(file[:row.Offset], "\n")) + 1; got != row.Line {
				t.Fatalf("row %d of %q is in line %d, not %d", n, file, got, row.Line)
			}
			end, line = row.Offset+row.Length, row.Line
			if !slices.EqualFunc(rowsFrom(t, file, row.Line, row.Offset), rows[n:], sameRecord) {
				t.Fatalf("from row %d of %q it goes on otherwise", n, file)
			}
		}
	})
}

// TestRecordsAreThoseOfCSV compares with what the standard library reads of
// files that are right.
func TestRecordsAreThoseOfCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOf(rapid.SampledFrom([]rune("ab,;\"\n\r =ä")))
		rows := rapid.SliceOf(rapid.SliceOfN(cell, 2, 4)).Draw(t, "rows")
		var file strings.Builder
		out := csv.NewWriter(&file)
		if err := out.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		in := csv.NewReader(strings.NewReader(file.String()))
		in.FieldsPerRecord = -1
		want, err := in.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want = slices.DeleteFunc(want, func(cells []string) bool { return strings.TrimSpace(strings.Join(cells, "")) == "" })
		var got [][]string
		for _, row := range rowsFrom(t, file.String(), 1, 0) {
			got = append(got, row.Cells)
		}
		if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Fatalf("%q\nis %q\nnot %q", file.String(), got, want)
		}
	})
}

// TestOneOpenQuoteCostsOneLine has it in a file that goes on for long.
func TestOneOpenQuoteCostsOneLine(t *testing.T) {
	file := "a,b\n\"c,d\n" + strings.Repeat("e,\"f\"\n", 200_000) + "\"g\nh\",i\n"
	rows := rowsFrom(t, file, 1, 0)
	if len(rows) != 200_003 || rows[1].Fault == "" || rows[1].Line != 2 || rows[2].Fault != "" || !slices.Equal(rows[200_002].Cells, []string{"g\nh", "i"}) {
		t.Errorf("%d rows: %+v", len(rows), rows[:3])
	}
}

// TestOpenQuoteTakesLittleMemory has one in front of as many short lines as a
// record may have.
func TestOpenQuoteTakesLittleMemory(t *testing.T) {
	in := newRecordReader(strings.NewReader("a\"b,c\n"+strings.Repeat("0123456789,12345678\n", 26_300)), ',', 1, 0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	row, err := in.next()
	runtime.ReadMemStats(&after)
	if err != nil || row.Fault == "" || row.Length != 6 {
		t.Errorf("%+v, %v", row, err)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 40*maxRecord {
		t.Errorf("%d MB were allocated for one row", taken>>20)
	}
}

func TestCellsAreGuarded(t *testing.T) {
	for text, want := range map[string]string{"": "", "a": "a", "=1": "'=1", "-5": "'-5", "'=1": "''=1", "'a": "'a", "@x": "'@x", "\tx": "'\tx", "''+": "'''+"} {
		if got := CSVCell(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("a'=+-@\t\r"))).Draw(t, "text")
		cell := CSVCell(text)
		if csvText(cell) != text || (cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))) {
			t.Fatalf("%q becomes %q and %q", text, cell, csvText(cell))
		}
	})
}
