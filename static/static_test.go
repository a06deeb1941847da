package static_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"tuckshop/static"
)

func get(t *testing.T, path, header, value string) *http.Response {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	if header != "" {
		request.Header.Set(header, value)
	}
	recorder := httptest.NewRecorder()
	static.Handler().ServeHTTP(recorder, request)
	return recorder.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func TestFilesAreServedUnderTheirHash(t *testing.T) {
	url := static.URL("app.js")
	if !regexp.MustCompile(`^/static/app\.[0-9a-f]{8}\.js$`).MatchString(url) {
		t.Fatalf("the address is %s", url)
	}
	plain := get(t, url, "", "")
	if plain.StatusCode != http.StatusOK || plain.Header.Get("Content-Type") != "text/javascript; charset=utf-8" ||
		!strings.Contains(plain.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", plain.StatusCode, plain.Header)
	}
	want := body(t, plain.Body)

	packed := get(t, url, "Accept-Encoding", "gzip;q=0.5, br")
	if packed.Header.Get("Content-Encoding") != "br" || body(t, brotli.NewReader(packed.Body)) != want {
		t.Error("br does not hold the same")
	}
	packed = get(t, url, "Accept-Encoding", "br;q=0, gzip")
	reader, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if packed.Header.Get("Content-Encoding") != "gzip" || body(t, reader) != want {
		t.Error("gzip does not hold the same")
	}
	if again := get(t, url, "If-None-Match", plain.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("an unchanged file is %d", again.StatusCode)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, path := range []string{"/static/", "/static/app.js", "/static/app.00000000.js", "/static/fonts/", "/static/static.go", "/static/../go.mod"} {
		if r := get(t, path, "", ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s is %d", path, r.StatusCode)
		}
	}
}

func TestStyleNamesHashedFiles(t *testing.T) {
	style := body(t, get(t, static.URL("style.css"), "", "").Body)
	found := regexp.MustCompile(`url\(([^)]+)\)`).FindAllStringSubmatch(style, -1)
	if len(found) < 3 {
		t.Fatalf("%d files are named, want two faces and the mark", len(found))
	}
	for _, match := range found {
		if r := get(t, match[1], "", ""); r.StatusCode != http.StatusOK {
			t.Errorf("%s is %d", match[1], r.StatusCode)
		}
	}
}

// The limits are those of a storefront page, in bytes as gzip.
func TestSizes(t *testing.T) {
	for name, limit := range map[string]int{"style.css": 12_000, "app.js": 4_000, "cart.js": 2_000, "search.js": 1_200} {
		if size := len(body(t, get(t, static.URL(name), "Accept-Encoding", "gzip").Body)); size > limit {
			t.Errorf("%s takes %d bytes, want at most %d", name, size, limit)
		}
	}
}

func TestOpen(t *testing.T) {
	file, err := static.Open("brand/favicon.svg")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := io.ReadAll(file)
	if err != nil || !bytes.Contains(all, []byte("<svg")) {
		t.Errorf("%d bytes, %v", len(all), err)
	}
	if _, err := static.Open("brand/none.svg"); err == nil {
		t.Error("a file that is not there opens")
	}
}
