package handlers_test

import (
	"bytes"
	"fmt"
	"image/color"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/internal/fetch"
	"tuckshop/internal/pictures"
	"tuckshop/internal/s3test"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// journal keeps a log for a test to read.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// TestPicturesInABucket uploads, makes, serves and removes a picture in
// S3-compatible storage, which fails at every step once.
func TestPicturesInABucket(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		bucket, log := s3test.New(t), &journal{}
		media := pictures.OpenBucket(pictures.Bucket{
			URL: bucket.URL, Region: s3test.Region, AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Patience: time.Second,
		})
		app := apptest.New(t, databaseURL, apptest.Options{Media: media, Logger: slog.New(slog.NewTextHandler(log, nil))})
		modelstest.Product(t, app.Store, "pen", 500, 7)
		manager, shopper := app.Staff(models.RoleManager), app.Browser()
		const path = "/admin/products/1/pictures"
		upload := func() apptest.Answer {
			return manager.Upload(path, []apptest.File{{Field: "file-0", Name: "pen.png", Content: pngOf(t, 400, 500)}}, "new-alt-0", "A red pen")
		}
		product := func() models.Product {
			t.Helper()
			product, err := app.Store.ProductByID(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			return product
		}

		// The storage does not take anything: the merchant reads so, and no word is lost.
		for name, front := range map[string]func(http.ResponseWriter, *http.Request) bool{
			"InternalError": s3test.Answer(http.StatusInternalServerError, "InternalError"), "AccessDenied": s3test.Answer(http.StatusForbidden, "AccessDenied"), "deadline exceeded": s3test.Hang,
		} {
			bucket.Misbehave(front)
			if got := upload(); got.Status != http.StatusServiceUnavailable || !strings.Contains(got.Body, `id="file-0-fault"`) || !strings.Contains(got.Body, "choose the file again in a minute") || !strings.Contains(got.Body, `value="A red pen"`) {
				t.Errorf("%s: %d\n%s", name, got.Status, got.Body)
			}
			if !strings.Contains(log.String(), name) {
				t.Errorf("the log does not say %s:\n%s", name, log)
			}
			bucket.Misbehave(nil)
		}
		bucket.Misbehave(s3test.Answer(http.StatusServiceUnavailable, "SlowDown"))
		if got := manager.Upload("/admin/settings/logo", []apptest.File{{Field: "logo", Name: "logo.png", Content: logoOf(t, color.Black)}}); got.Status != http.StatusServiceUnavailable || !strings.Contains(got.Body, "logo-fault") {
			t.Errorf("a logo: %d", got.Status)
		}
		section := manager.Post("/admin/settings/home", "kind", models.SectionText).Location
		if got := manager.Upload(section, []apptest.File{{Field: "file", Name: "desk.png", Content: pngOf(t, 320, 400)}}, "version", "1", "heading", "Us", "text", "Kept text", "alt", "A desk"); got.Status != http.StatusServiceUnavailable || !strings.Contains(got.Body, "file-fault") || !strings.Contains(got.Body, "Kept text") {
			t.Errorf("a section: %d", got.Status)
		}
		if n := len(product().Pictures); n != 0 || len(bucket.Names()) != 0 {
			t.Fatalf("%d pictures and %q are kept", n, bucket.Names())
		}

		// The job that makes the files fails once, and goes on by itself.
		var failed atomic.Bool
		bucket.Misbehave(func(w http.ResponseWriter, r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path, ".avif") && failed.CompareAndSwap(false, true) && s3test.Answer(http.StatusInternalServerError, "InternalError")(w, r)
		})
		if got := upload(); got.Status != http.StatusSeeOther {
			t.Fatalf("upload: %d\n%s", got.Status, got.Body)
		}
		app.EventuallyLong("the files", func() bool { return product().Pictures[0].Status == models.PictureReady })
		if key := product().Pictures[0].Key; !failed.Load() || len(bucket.Names()) != 12 || bucket.File("originals/"+key+".png") == nil {
			t.Fatalf("kept %q", bucket.Names())
		}
		bucket.Misbehave(nil)

		var shown []string
		app.Eventually("the picture in the shop", func() bool {
			shown = regexp.MustCompile(`/media/p-[^" ]+`).FindAllString(shopper.Get("/products/pen").Body, -1)
			return len(shown) > 0
		})
		avif := "/media/" + product().Pictures[0].Key + "-640.avif"
		got := shopper.Get(avif)
		if got.Status != http.StatusOK || got.Body != string(bucket.File(strings.TrimPrefix(avif, "/media/"))) || !strings.Contains(got.Body[:16], "ftypavif") {
			t.Fatalf("%s: %d, %d bytes", avif, got.Status, len(got.Body))
		}
		for name, want := range map[string]string{"Content-Type": "image/avif", "Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff", "Last-Modified": "Sun, 01 Nov 2026 12:00:00 GMT"} {
			if got.Header.Get(name) != want {
				t.Errorf("%s is %q", name, got.Header.Get(name))
			}
		}
		for name, c := range map[string]struct {
			header, value string
			status        int
		}{"a part": {"Range", "bytes=0-9", http.StatusPartialContent}, "known": {"If-Modified-Since", "Sun, 01 Nov 2026 12:00:00 GMT", http.StatusNotModified}} {
			if status := ask(t, app.URL+avif, c.header, c.value); status != c.status {
				t.Errorf("%s: %d", name, status)
			}
		}
		for _, none := range []string{"/media/p-nothing-640.jpg", "/media/originals%2F" + product().Pictures[0].Key + ".png", "/media/nothing.png"} {
			if got := shopper.Get(none); got.Status != http.StatusNotFound {
				t.Errorf("%s: %d", none, got.Status)
			}
		}

		// What is in memory is served while the storage is down; the rest waits.
		bucket.Misbehave(s3test.Answer(http.StatusInternalServerError, "InternalError"))
		if got := shopper.Get(avif); got.Status != http.StatusOK {
			t.Errorf("known, and the storage down: %d", got.Status)
		}
		webp := strings.TrimSuffix(avif, "640.avif") + "1280.webp"
		if got := shopper.Get(webp); got.Status != http.StatusServiceUnavailable || got.Header.Get("Cache-Control") == "public, max-age=86400" || strings.Contains(got.Body, "InternalError") {
			t.Errorf("unknown, and the storage down: %d %s", got.Status, got.Header.Get("Cache-Control"))
		}
		if !strings.Contains(log.String(), `route=/media/:file status=503`) {
			t.Errorf("the log does not say so:\n%s", log)
		}
		bucket.Misbehave(nil)
		if got := shopper.Get(webp); got.Status != http.StatusOK {
			t.Errorf("the storage is back: %d", got.Status)
		}

		id := product().Pictures[0].ID
		if got := manager.Post(path+"/save", models.PictureField(id, "alt"), "A red pen", models.PictureField(id, "position"), "1", models.PictureField(id, "remove"), "1"); got.Status != http.StatusSeeOther {
			t.Fatalf("removed: %d", got.Status)
		}
		app.Eventually("the end of the files", func() bool {
			return len(bucket.Names()) == 0 && shopper.Get(avif).Status == http.StatusNotFound
		})
		if said := fmt.Sprint(log); strings.Contains(said, s3test.SecretKey) {
			t.Error("the secret is in the log")
		}
	})
}

// ask asks for an address with one header.
func ask(t *testing.T, address, header, value string) (status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(header, value)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// TestImportIntoABucket fails to keep a picture of an import once: the picture's
// own server is not blamed, and it is fetched again.
func TestImportIntoABucket(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(pngOf(t, 400, 500)) }))
	defer server.Close()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		bucket := s3test.New(t)
		var failed atomic.Bool
		bucket.Misbehave(func(w http.ResponseWriter, r *http.Request) bool {
			return failed.CompareAndSwap(false, true) && s3test.Answer(http.StatusServiceUnavailable, "SlowDown")(w, r)
		})
		app := apptest.New(t, databaseURL, apptest.Options{
			Fetcher: fetch.Client{Inside: []netip.AddrPort{netip.MustParseAddrPort(strings.TrimPrefix(server.URL, "http://"))}},
			Media:   pictures.OpenBucket(pictures.Bucket{URL: bucket.URL, Region: s3test.Region, AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey}),
		})
		staff := app.Staff(models.RoleManager)
		i := sendFile(t, app, staff, "Handle,Title,SKU,Price,Image Src,Image Alt Text\ncap,Cap,CAP,5,"+server.URL+"/cap.png,A cap\n")
		page := fmt.Sprintf("/admin/import/%d", i.ID)
		if got := staff.Post(page + "/start"); got.Status != http.StatusSeeOther {
			t.Fatalf("start: %d", got.Status)
		}
		app.EventuallyLong("the picture is kept", func() bool {
			tally, err := app.Store.FetchTally(t.Context(), i.ID, 9)
			return err == nil && tally.Done == 1 && tally.Waiting == 0
		})
		if said := staff.Get(page).Body; !failed.Load() || strings.Contains(said, "could not be fetched") {
			t.Errorf("the page of the import blames a server:\n%s", said)
		}
	})
}
