package previews

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"tuckshop/models"
	"tuckshop/views"
)

func open(t *testing.T, pictures fs.FS) (*Maker, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "previews")
	m, err := Open(folder, pictures)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m, folder
}

// TestEveryTextIsDrawn draws texts that do not fit, that the faces do not know
// and that are not there.
func TestEveryTextIsDrawn(t *testing.T) {
	m, _ := open(t, fstest.MapFS{})
	blank, err := m.JPEG(t.Context(), views.Preview{Shop: "."})
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]views.Preview{
		"short":           {Shop: "Kiosk", Name: "Mug", Price: models.Money{Amount: 4500, Currency: "KWD"}},
		"long":            {Shop: strings.Repeat("Kiosk ", 40), Name: strings.Repeat("A rather long name ", 40), Text: strings.Repeat("And more. ", 200)},
		"one word":        {Shop: "Kiosk", Name: strings.Repeat("m", 5000)},
		"another script":  {Shop: "Kiosk", Name: "ノート", Price: models.Money{Amount: 1250, Currency: "INR"}, From: true},
		"missing picture": {Shop: "Kiosk", Name: "Mug", PictureKey: "nothing"},
		"outside":         {Shop: "Kiosk", Name: "Mug", PictureKey: "../../secret"},
	} {
		content, err := m.JPEG(t.Context(), p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		picture, err := jpeg.Decode(bytes.NewReader(content))
		if err != nil || picture.Bounds().Dx() != 1200 || picture.Bounds().Dy() != 630 || bytes.Equal(content, blank) {
			t.Errorf("%s: %v, or it is blank", name, err)
		}
	}
}

// TestPriceKeepsItsCurrency writes the currency's code where the face lacks its
// sign.
func TestPriceKeepsItsCurrency(t *testing.T) {
	m, _ := open(t, fstest.MapFS{})
	for currency, want := range map[string]string{"USD": "from $12.50", "EUR": "from €12.50", "INR": "from 12.50 INR", "JPY": "from ¥1,250"} {
		p := views.Preview{Price: models.Money{Amount: 1250, Currency: currency}, From: true}
		if got := m.price(p); got != want {
			t.Errorf("%s: %q, want %q", currency, got, want)
		}
	}
}

// TestWrap breaks texts into lines.
func TestWrap(t *testing.T) {
	m, _ := open(t, fstest.MapFS{})
	face, err := sized(m.faces.text, 30)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"":                            "",
		"one":                         "one",
		"one two three":               "one two|three",
		"one two three four five":     "one two|three four|five",
		"one two three four five six": "one two|three four|five six",
	} {
		lines, fits := wrap(face, text, 150, 3)
		if got := strings.Join(lines, "|"); got != want || !fits {
			t.Errorf("%q is %q, fits %t", text, got, fits)
		}
	}
	if lines, fits := wrap(face, "one two three four five", 150, 1); fits || len(lines) != 1 || !strings.HasSuffix(lines[0], "…") {
		t.Errorf("cut to %q, fits %t", lines, fits)
	}
}

// TestOldPreviewsLeave draws one product at two prices: one file is kept.
func TestOldPreviewsLeave(t *testing.T) {
	m, folder := open(t, fstest.MapFS{})
	p := views.Preview{Shop: "Kiosk", Name: "Mug", Price: models.Money{Amount: 100, Currency: "USD"}}
	if _, err := m.JPEG(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	p.Price.Amount = 200
	content, err := m.JPEG(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != p.Mark()+".jpg" {
		t.Fatalf("files %q, %v", files, err)
	}
	kept, err := os.ReadFile(files[0])
	if err != nil || !bytes.Equal(kept, content) {
		t.Errorf("another picture is kept, %v", err)
	}
}

// TestSlotsAreShared draws two products that share a slot, in turn: each is
// drawn as it is, and one file is kept.
func TestSlotsAreShared(t *testing.T) {
	m, folder := open(t, fstest.MapFS{})
	first := views.Preview{Shop: "Kiosk", Name: "Mug 0"}
	second := first
	for n := 1; second == first || slotOf(second) != slotOf(first); n++ {
		second.Name = "Mug " + strconv.Itoa(n)
	}
	var drawn [][]byte
	for _, p := range []views.Preview{first, second, first, second} {
		content, err := m.JPEG(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(folder, "*", "*"))
		if err != nil || len(files) != 1 || filepath.Base(files[0]) != p.Mark()+".jpg" {
			t.Errorf("files %q, %v", files, err)
		}
		drawn = append(drawn, content)
	}
	if bytes.Equal(drawn[0], drawn[1]) || !bytes.Equal(drawn[0], drawn[2]) || !bytes.Equal(drawn[1], drawn[3]) {
		t.Error("one is shown for the other")
	}
}

// TestOneAtATime sees that who waits too long goes, and that all who ask for
// one preview get the same.
func TestOneAtATime(t *testing.T) {
	m, _ := open(t, fstest.MapFS{})
	m.turn <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.JPEG(ctx, views.Preview{Shop: "Kiosk"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	<-m.turn
	var wait sync.WaitGroup
	answers := make([][]byte, 8)
	for i := range answers {
		wait.Go(func() {
			var err error
			if answers[i], err = m.JPEG(t.Context(), views.Preview{Shop: "Kiosk"}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, answer := range answers {
		if !bytes.Equal(answer, answers[0]) {
			t.Error("two pictures of one preview")
		}
	}
}
