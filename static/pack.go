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

	"github.com/andybalholm/brotli"
)

// kinds are the types of file that are served; anything else is not.
var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".ico":   "image/x-icon",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
}

type asset struct {
	url, kind, etag string
	plain           []byte
	brotli, gzip    []byte // nil where compression gains nothing
}

// packed reports whether the asset is there in compressed forms too.
func (a asset) packed() bool { return a.gzip != nil }

// best is the smallest form that an Accept-Encoding header takes, and the name
// of its encoding; empty for none.
func (a asset) best(acceptEncoding string) (body []byte, encoding string) {
	switch {
	case a.brotli != nil && accepts(acceptEncoding, "br"):
		return a.brotli, "br"
	case a.gzip != nil && accepts(acceptEncoding, "gzip"):
		return a.gzip, "gzip"
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
		return all.add(name, body)
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
		if err := all.add(name, []byte(replacer.Replace(string(body)))); err != nil {
			return all, err
		}
	}
	return all, nil
}

func (all assets) add(name string, body []byte) error {
	extension := path.Ext(name)
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:4])
	a := asset{
		url:  "/static/" + strings.TrimSuffix(name, extension) + "." + hash + extension,
		kind: kinds[extension], etag: `"` + hash + `"`, plain: body,
	}
	switch extension {
	case ".css", ".js", ".svg", ".txt":
		var err error
		if a.brotli, err = compress(body, func(w io.Writer) (io.WriteCloser, error) {
			return brotli.NewWriterLevel(w, brotli.BestCompression), nil
		}); err != nil {
			return fmt.Errorf("compress %s: %w", name, err)
		}
		if a.gzip, err = compress(body, func(w io.Writer) (io.WriteCloser, error) {
			return gzip.NewWriterLevel(w, gzip.BestCompression)
		}); err != nil {
			return fmt.Errorf("compress %s: %w", name, err)
		}
	}
	all.byName[name], all.byURL[a.url] = a, a
	return nil
}

func compress(body []byte, with func(io.Writer) (io.WriteCloser, error)) ([]byte, error) {
	var out bytes.Buffer
	w, err := with(&out)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
