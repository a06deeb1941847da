// Package static holds the files that browsers fetch: styles, scripts, fonts
// and the shop's marks. Each is served under a name that contains a hash of
// its contents, so that it can be kept for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed *.css *.js fonts brand
var files embed.FS

type asset struct {
	url  string
	kind string
	body []byte
	gzip []byte // nil where compression gains nothing
}

// assets holds every file by name and by address, made at first use.
var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		extension := path.Ext(name)
		if extension == ".css" { // fonts come before styles in the walk
			for font, a := range all {
				body = bytes.ReplaceAll(body, []byte("url("+font+")"), []byte("url("+a.url+")"))
			}
		}
		sum := sha256.Sum256(body)
		a := asset{
			url:  "/static/" + strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:4]) + extension,
			kind: kindOf(extension), body: body,
		}
		switch extension {
		case ".css", ".js", ".svg":
			var packed bytes.Buffer
			w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
			if err != nil {
				return err
			}
			if _, err := w.Write(body); err != nil {
				return err
			}
			if err := w.Close(); err != nil {
				return err
			}
			a.gzip = packed.Bytes()
		}
		all[name], all[a.url] = a, a
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("read the embedded files: %v", err)) // they are part of the program
	}
	return all
})

func kindOf(extension string) string {
	switch extension {
	case ".woff2":
		return "font/woff2"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return mime.TypeByExtension(extension)
}

// URL is the address of a file, such as "theme.css". It panics for a name that
// is no file: a page that asks for it is wrong.
func URL(name string) string {
	a, ok := assets()[name]
	if !ok {
		panic("static: there is no file " + name)
	}
	return a.url
}

// Handler serves the files under their hashed addresses and answers 404 to
// everything else.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := assets()[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		header := w.Header()
		header.Set("Content-Type", a.kind)
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("Vary", "Accept-Encoding")
		body := a.body
		if a.gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			header.Set("Content-Encoding", "gzip")
			body = a.gzip
		}
		header.Set("Content-Length", fmt.Sprint(len(body)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(body) // the reader may have gone
		}
	})
}
