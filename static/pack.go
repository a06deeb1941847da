package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// kinds are the types of file that are served; anything else is not.
var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/speculationrules+json",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".ico":   "image/x-icon",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
}

type asset struct {
	url, kind, etag string
	plain           []byte
	brotli, gzip    func() []byte // made when first asked for; nil where compression gains nothing
}

// packed reports whether the asset is there in compressed forms too.
func (a asset) packed() bool { return a.gzip != nil }

// best is the smallest form that an Accept-Encoding header takes, and the name
// of its encoding; empty for none.
func (a asset) best(acceptEncoding string) (body []byte, encoding string) {
	switch {
	case a.brotli != nil && accepts(acceptEncoding, "br"):
		return a.brotli(), "br"
	case a.gzip != nil && accepts(acceptEncoding, "gzip"):
		return a.gzip(), "gzip"
	}
	return a.plain, ""
}

type assets struct{ byName, byURL map[string]asset }

// pack reads all files of a tree. Style sheets come last, because they name
// the hashed addresses of what they use: url(fonts/x.woff2) stands for the
// address of that file. sheets are put together from parts.
func pack(tree fs.FS, sheets map[string][]string) (assets, error) {
	all := assets{byName: map[string]asset{}, byURL: map[string]asset{}}
	styles := map[string][]byte{}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || kinds[path.Ext(name)] == "" {
			return err
		}
		body, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		if path.Ext(name) == ".css" {
			styles[name] = body
			return nil
		}
		all.add(name, body)
		return nil
	})
	if err != nil {
		return all, fmt.Errorf("read the files: %w", err)
	}
	for sheet, parts := range sheets {
		for _, part := range parts {
			styles[sheet] = append(styles[sheet], styles[part]...)
		}
	}
	var addresses []string
	for name, a := range all.byName {
		addresses = append(addresses, "url("+name+")", "url("+a.url+")")
	}
	replacer := strings.NewReplacer(addresses...)
	for name, body := range styles {
		all.add(name, []byte(replacer.Replace(string(body))))
	}
	return all, nil
}

func (all assets) add(name string, body []byte) {
	extension := path.Ext(name)
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:4])
	a := asset{
		url:  "/static/" + strings.TrimSuffix(name, extension) + "." + hash + extension,
		kind: kinds[extension], etag: `"` + hash + `"`, plain: body,
	}
	switch extension {
	case ".css", ".js", ".json", ".svg", ".txt":
		a.brotli = sync.OnceValue(func() []byte { return compress(body, brotliWriter) })
		a.gzip = sync.OnceValue(func() []byte { return compress(body, gzipWriter) })
	}
	all.byName[name], all.byURL[a.url] = a, a
}

// brotliWriter looks back 64 kB at most: no file is much longer, and a longer
// look needs many megabytes.
func brotliWriter(w io.Writer) (io.WriteCloser, error) {
	return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 16}), nil
}

func gzipWriter(w io.Writer) (io.WriteCloser, error) {
	return gzip.NewWriterLevel(w, gzip.BestCompression)
}

// compress panics where a writer refuses, which only a wrong level makes it do.
func compress(body []byte, with func(io.Writer) (io.WriteCloser, error)) []byte {
	var out bytes.Buffer
	w, err := with(&out)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(fmt.Sprintf("static: compress: %v", err))
	}
	return out.Bytes()
}
