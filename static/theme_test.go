package static_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tuckshop/static"
)

// TestEveryColourCanBeRead takes accents at random, in every tone of paper.
func TestEveryColourCanBeRead(t *testing.T) {
	check := func(t interface {
		Helper()
		Errorf(string, ...any)
	}, look static.Look) {
		t.Helper()
		light, dark := look.Palettes()
		for scheme, p := range map[string]static.Palette{"light": light, "dark": dark} {
			pair := func(what string, least float64, a, b static.Colour) {
				if got := static.Contrast(a, b); got < least {
					t.Errorf("%+v, %s: %s: %s on %s has %.2f, want %.1f", look, scheme, what, a, b, got, least)
				}
			}
			for name, ground := range map[string]static.Colour{"paper": p.Paper, "card": p.Card, "wash": p.Wash} {
				pair("text on "+name, 4.5, p.Ink, ground)
				pair("lesser text on "+name, 4.5, p.Muted, ground)
				pair("accent on "+name, 4.5, p.Accent, ground)
				pair("good news on "+name, 4.5, p.Good, ground)
				pair("edges on "+name, 3, p.Edge, ground)
			}
			pair("text on the accent", 4.5, p.OnAccent, p.Accent)
			pair("text on the brand", 4.5, p.OnBrand, p.Brand)
			pair("a button pointed at", 4.5, p.Paper, p.Ink)
		}
	}
	for _, paper := range static.Papers {
		for _, accent := range []string{"", "#000000", "#ffffff", "#ffff00", "#00ff00", "#0000ff", "#ff00ff", "#767676", "#ffd400", "#0b1020"} {
			check(t, static.Look{Accent: accent, Paper: paper.Key})
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, static.Look{
			Accent: fmt.Sprintf("#%06x", rapid.Uint32Range(0, 0xffffff).Draw(t, "accent")),
			Paper:  static.Papers[rapid.IntRange(0, len(static.Papers)-1).Draw(t, "paper")].Key,
		})
	})
}

// property reads a custom property of the n-th block of a sheet.
func property(sheet, name string, n int) string {
	found := regexp.MustCompile(`--`+name+`:\s*(#[0-9a-f]{3,6})`).FindAllStringSubmatch(sheet, -1)
	if n >= len(found) {
		return ""
	}
	value := found[n][1]
	if len(value) == 4 {
		value = "#" + strings.Repeat(value[1:2], 2) + strings.Repeat(value[2:3], 2) + strings.Repeat(value[3:4], 2)
	}
	return value
}

// TestTheFirstLookIsTheThemeFile compares what is worked out for a shop that
// chose nothing with the file.
func TestTheFirstLookIsTheThemeFile(t *testing.T) {
	file, err := os.ReadFile("theme.css")
	if err != nil {
		t.Fatal(err)
	}
	made := sheetOf(t, static.NewTheme(static.Look{}))
	for _, name := range []string{"paper", "card", "wash", "ink", "muted", "line", "edge", "accent", "on-accent", "brand", "on-brand", "good"} {
		for scheme := range 2 {
			if want, got := property(string(file), name, scheme), property(made, name, scheme); got != want || got == "" {
				t.Errorf("--%s is %q, want %q as in theme.css", name, got, want)
			}
		}
	}
	names := regexp.MustCompile(`--[a-z-]+:`)
	has := map[string]bool{}
	for _, name := range names.FindAllString(made, -1) {
		has[name] = true
	}
	for _, name := range names.FindAllString(string(file), -1) {
		if !has[name] {
			t.Errorf("the sheet that is made lacks %s", name)
		}
	}
}

func sheetOf(t *testing.T, theme *static.Theme) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	theme.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/theme.css?v="+theme.Version(), nil))
	if got := recorder.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("the sheet is kept: %q", got)
	}
	return recorder.Body.String()
}

func TestEveryPairOfFontsIsThere(t *testing.T) {
	for _, pair := range static.Fonts {
		look := static.Look{Fonts: pair.Key}
		sheet := sheetOf(t, static.NewTheme(look))
		named := regexp.MustCompile(`url\(([^)]+)\)`).FindAllStringSubmatch(sheet, -1)
		if (len(named) == 0) != (pair.Key == "plain") {
			t.Errorf("%s names %d files", pair.Key, len(named))
		}
		for _, file := range named {
			if got := get(t, file[1], "", ""); got.StatusCode != http.StatusOK {
				t.Errorf("%s: %s is %d", pair.Key, file[1], got.StatusCode)
			}
		}
	}
}

// TestAThemeIsLight adds what a shop with looks of its own loads, in bytes as
// gzip.
func TestAThemeIsLight(t *testing.T) {
	for _, pair := range static.Fonts {
		recorder := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/theme.css", nil)
		request.Header.Set("Accept-Encoding", "gzip")
		static.NewTheme(static.Look{Accent: "#ffd400", Paper: "tinted", Fonts: pair.Key}).ServeHTTP(recorder, request)
		if recorder.Header().Get("Content-Encoding") != "gzip" || recorder.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%v", recorder.Header())
		}
		shop := len(body(t, get(t, static.URL("shop.css"), "Accept-Encoding", "gzip").Body))
		if theme := recorder.Body.Len(); theme > 1_500 || theme+shop > 12_000 {
			t.Errorf("%s: the theme takes %d bytes, the shop's sheet %d", pair.Key, theme, shop)
		}
	}
}

// TestTheThemeAloneHasColoursAndFaces keeps the other sheets restylable.
func TestTheThemeAloneHasColoursAndFaces(t *testing.T) {
	literal := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b[^{]*;|\brgba?\(|\bhsla?\(|\boklch\(|font-family:\s*[^v\s;]|border-radius:\s*[1-9.][0-9.]*(px|rem|em)`)
	for _, name := range []string{"shop.css", "admin.css"} {
		sheet, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(sheet), "\n") {
			if found := literal.FindString(line); found != "" {
				t.Errorf("%s, line %d: %q belongs into theme.css", name, i+1, found)
			}
		}
	}
}
