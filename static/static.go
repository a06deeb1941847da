// Package static holds the files that browsers fetch: styles, scripts, fonts
// and the shop's marks. Each is served under a name that contains a hash of
// its contents, so that it can be kept for ever.
package static

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

//go:embed *.css *.js *.json fonts brand
var files embed.FS

// sheets are the style sheets that are put together from several files, so
// that a page waits for one request.
var sheets = map[string][]string{
	"style.css": {"theme.css", "shop.css"},
}

// load reads and packs every file, once, at first use.
var load = sync.OnceValue(func() assets {
	all, err := pack(files, sheets)
	if err != nil {
		panic(fmt.Sprintf("static: %v", err)) // the files are part of the program
	}
	return all
})

// URL is the address of a file, such as "/static/app.0a1b2c3d.js" for
// "app.js". It panics for a name that is no file: a page that asks for one is
// wrong.
func URL(name string) string {
	a, ok := load().byName[name]
	if !ok {
		panic("static: there is no file " + name)
	}
	return a.url
}

// Open opens a file by its plain name, for addresses that cannot hold a hash,
// such as /favicon.ico. It returns an error that is fs.ErrNotExist for a name
// that is no file.
func Open(name string) (fs.File, error) { return files.Open(name) }

// Handler serves the files under their hashed addresses and answers 404 to
// everything else; there are no listings.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := load().byURL[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		a.serve(w, r)
	})
}

// serve sends the asset, compressed as the reader takes it.
func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("ETag", a.etag)
	if a.packed() {
		header.Set("Vary", "Accept-Encoding")
	}
	if r.Header.Get("If-None-Match") == a.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, encoding := a.best(r.Header.Get("Accept-Encoding"))
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	header.Set("Content-Type", a.kind)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader may have gone
	}
}

// accepts reports whether an Accept-Encoding header takes an encoding by name.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) != encoding {
			continue
		}
		_, value, _ := strings.Cut(quality, "=")
		weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		return err != nil || weight > 0
	}
	return false
}
