package handlers_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// counted counts what is read of it.
type counted struct {
	io.Reader
	read *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// lines are without end.
type lines struct{}

func (lines) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

// TestLargeWrongImport sends large files that are none of products: the shop
// answers once all is sent, because a browser reads no answer before.
func TestLargeWrongImport(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	manager := app.Staff(models.RoleManager)
	const head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"products.csv\"\r\n\r\n"
	for name, c := range map[string]struct {
		begins, says string
		size         int64
	}{
		"no header of products": {"Name,Colour\n", "products.csv", 60 << 20},
		"too large":             {"Handle,Title\n", "larger than 100 MB", 120 << 20},
	} {
		var read atomic.Int64
		got := manager.Stream("/admin/import", "multipart/form-data; boundary=x", counted{io.MultiReader(
			strings.NewReader(head+c.begins), io.LimitReader(lines{}, c.size), strings.NewReader("\r\n--x--\r\n")), &read})
		if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, `id="file-fault"`) || !strings.Contains(got.Body, c.says) {
			t.Errorf("%s: %d\n%s", name, got.Status, got.Body)
		}
		if read.Load() < c.size {
			t.Errorf("%s: answered after %d of %d bytes", name, read.Load(), c.size)
		}
	}
}
