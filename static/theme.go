package static

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// Look is what a merchant chooses of the shop's looks. Its zero value is the
// theme as theme.css has it.
type Look struct {
	Accent string // #rrggbb; empty: DefaultAccent
	Paper  string // one of Papers; empty: the first
	Fonts  string // one of Fonts; empty: the first
}

// Paper is a tone of what is behind everything.
type Paper struct{ Key, Label string }

// Papers are the tones to choose from.
var Papers = [...]Paper{
	{"warm", "Warm, as good paper"}, {"white", "White and grey"}, {"cool", "Cool, as morning light"}, {"tinted", "A breath of your colour"},
}

// FontPair is a face for headings with one for text.
type FontPair struct {
	Key, Label string
	display    string
	weight     string // of the headings
	text       string
}

// Fonts are the pairs to choose from. Every file comes from this shop.
var Fonts = [...]FontPair{
	{"warm", "Young Serif and Figtree: friendly", `"Young Serif", "Young Serif on Georgia", "Young Serif on DejaVu", Georgia, serif`, "400",
		`Figtree, "Figtree on Arial", "Figtree on DejaVu", Arial, sans-serif`},
	{"clear", "Bricolage Grotesque and Instrument Sans: clear and modern", `"Bricolage Grotesque", "Bricolage on Arial", "Bricolage on DejaVu", Arial, sans-serif`, "650",
		`"Instrument Sans", "Instrument on Arial", "Instrument on DejaVu", Arial, sans-serif`},
	{"classic", "DM Serif Display and DM Sans: elegant", `"DM Serif Display", "DM Serif on Georgia", "DM Serif on DejaVu", Georgia, serif`, "400",
		`"DM Sans", "DM Sans on Arial", "DM Sans on DejaVu", Arial, sans-serif`},
	{"plain", "The reader’s own: nothing to load", `system-ui, sans-serif`, "700", `system-ui, sans-serif`},
}

// pair is the pair of fonts that a look names, or the first.
func (l Look) pair() FontPair {
	for _, pair := range Fonts {
		if pair.Key == l.Fonts {
			return pair
		}
	}
	return Fonts[0]
}

// Palettes are the colours of a look on light and dark screens. Whatever is
// chosen, text has a contrast of 4.5:1 and what can be used one of 3:1.
func (l Look) Palettes() (light, dark Palette) {
	accent, chosen := ParseColour(l.Accent)
	if !chosen {
		accent = colour(DefaultAccent)
	}
	hue, strength, tinted := 0.0, 0.0, true
	switch l.Paper {
	case "white":
	case "cool":
		hue, strength = 250*math.Pi/180, 0.9
	case "tinted":
		hue, strength = accent.oklch().h, 1.2
		if accent.oklch().c < 0.02 { // a grey has no hue worth the name
			strength = 0
		}
	default:
		tinted = false
	}
	light, dark = palette(warmLight, false, accent, hue, strength, tinted), palette(warmDark, true, accent, hue, strength, tinted)
	if l.Paper == "white" {
		light = palette(whiter(light), false, accent, 0, 0, false)
	}
	if accent == colour(DefaultAccent) {
		// Drawn by hand: nearer to the light one than what is worked out.
		grounds := []Colour{dark.Paper, dark.Card, dark.Wash}
		dark.Accent = readable(warmDark.Accent, 4.5, false, grounds...)
		dark.Brand, dark.OnAccent, dark.OnBrand = dark.Accent, textOn(dark.Accent), textOn(dark.Accent)
	}
	return light, dark
}

// whiter lifts the grounds of a grey palette to white.
func whiter(p Palette) Palette {
	p.Paper, p.Card, p.Wash = Colour{255, 255, 255}, Colour{255, 255, 255}, colour("#f4f4f3")
	return p
}

// properties are the custom properties of a palette, by their names.
func (p Palette) properties() string {
	var out strings.Builder
	for _, property := range []struct {
		name  string
		value Colour
	}{
		{"paper", p.Paper}, {"card", p.Card}, {"wash", p.Wash}, {"ink", p.Ink}, {"muted", p.Muted}, {"line", p.Line}, {"edge", p.Edge},
		{"accent", p.Accent}, {"on-accent", p.OnAccent}, {"brand", p.Brand}, {"on-brand", p.OnBrand}, {"good", p.Good},
	} {
		fmt.Fprintf(&out, "--%s:%s;", property.name, property.value)
	}
	return out.String()
}

var face = regexp.MustCompile(`@font-face \{[^}]*\}`)

// faces are the faces of a pair, with what stands in while they load.
func (p FontPair) faces() string {
	sheet, ok := load().byName["fonts/"+p.Key+".css"]
	if p.Key == Fonts[0].Key {
		sheet, ok = load().byName["theme.css"], true
	}
	if !ok {
		return ""
	}
	return strings.Join(face.FindAllString(string(sheet.plain), -1), "\n")
}

// sheet is the style sheet of a look: nothing but custom properties and faces.
func (l Look) sheet() []byte {
	light, dark := l.Palettes()
	pair := l.pair()
	return []byte(":root{" + light.properties() + "--radius:6px;--pill:2rem;--display:" + pair.display + ";--weight:" + pair.weight + ";--text:" + pair.text +
		";color-scheme:light dark}\n@media (prefers-color-scheme:dark){:root{" + dark.properties() + "}}\n" + pair.faces() + "\n")
}

// Theme is a look's style sheet, ready to be sent.
type Theme struct{ asset asset }

// NewTheme makes the style sheet of a look.
func NewTheme(l Look) *Theme {
	body := l.sheet()
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:6])
	return &Theme{asset{
		kind: kinds[".css"], etag: `"` + hash + `"`, plain: body,
		brotli: sync.OnceValue(func() []byte { return compress(body, brotliWriter) }),
		gzip:   sync.OnceValue(func() []byte { return compress(body, gzipWriter) }),
	}}
}

// Version is a hash of the sheet's contents, for its address.
func (t *Theme) Version() string { return strings.Trim(t.asset.etag, `"`) }

// ServeHTTP sends the sheet. An address that names its version is kept for
// ever; any other one is asked for again each time.
func (t *Theme) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("v") == t.Version() {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	t.asset.serve(w, r)
}
