package pictures_test

import (
	"bytes"
	"errors"
	"image/color"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"tuckshop/internal/pictures"
	"tuckshop/internal/s3test"
	"tuckshop/models"
)

func openBucket(t *testing.T, b *s3test.Bucket) *pictures.Store {
	return openWith(t, pictures.Bucket{URL: b.URL, Region: s3test.Region, AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey})
}

func openWith(t *testing.T, b pictures.Bucket) *pictures.Store {
	store := pictures.OpenBucket(b)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// logo takes a logo in, the smallest thing that has files.
func logo(t *testing.T, store *pictures.Store) (file string, err error) {
	t.Helper()
	logo, err := store.TakeLogo(t.Context(), bytes.NewReader(drawn(t, color.Black, 100, 100)))
	return logo.Key + "-logo.png", err
}

func TestBucketIsAskedOncePerFile(t *testing.T) {
	bucket := s3test.New(t)
	store := openBucket(t, bucket)
	file, err := logo(t, store)
	if err != nil {
		t.Fatal(err)
	}
	files := store.Files(fstest.MapFS{"demo-640.jpg": {Data: []byte("demo")}})
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			if data, err := fs.ReadFile(files, file); err != nil || !bytes.Equal(data, bucket.File(file)) {
				t.Errorf("%d bytes, %v", len(data), err)
			}
		})
	}
	readers.Wait()
	for _, none := range []string{"demo-640.jpg", "other-640.jpg", "originals/p-a.png", "p-" + strings.Repeat("a", 200) + ".png", "../p-a.png"} {
		fs.ReadFile(files, none)
	}
	asked := slices.DeleteFunc(bucket.Requests(), func(r string) bool { return !strings.HasPrefix(r, "GET") })
	if !slices.Equal(asked, []string{"GET " + file}) {
		t.Errorf("asked for %q", asked)
	}
	opened, err := files.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := opened.Stat()
	if err != nil || info.Size() != int64(len(bucket.File(file))) || info.Name() != file || info.IsDir() || info.ModTime().Year() != 2026 {
		t.Errorf("%+v, %v", info, err)
	}
	if _, err := opened.(io.Seeker).Seek(-1, io.SeekEnd); err != nil {
		t.Error(err)
	}

	// What another replica makes is there at once.
	const late = "p-late-logo.png"
	if _, err := fs.ReadFile(files, late); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, models.ErrStorage) {
		t.Errorf("a file that is not there: %v", err)
	}
	other := openBucket(t, bucket)
	made, err := logo(t, other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(files, made); err != nil {
		t.Errorf("another replica's: %v", err)
	}
}

// TestBucketHearsOfRemovals has two replicas serve one file, and one of them
// remove it.
func TestBucketHearsOfRemovals(t *testing.T) {
	bucket := s3test.New(t)
	wary := pictures.Bucket{URL: bucket.URL, Region: s3test.Region, AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Trust: 1}
	here, there, trusting := openWith(t, wary), openWith(t, wary), openBucket(t, bucket)
	file, err := logo(t, here)
	if err != nil {
		t.Fatal(err)
	}
	read := func(store *pictures.Store) error {
		_, err := fs.ReadFile(store.Files(fstest.MapFS{}), file)
		return err
	}
	for _, store := range []*pictures.Store{here, there, trusting, there} {
		if err := read(store); err != nil {
			t.Fatal(err)
		}
	}
	// While the bucket does not say whether it is there, it is.
	for _, front := range []func(http.ResponseWriter, *http.Request) bool{
		s3test.Answer(http.StatusInternalServerError, "InternalError"), s3test.Answer(http.StatusForbidden, "AccessDenied"),
	} {
		bucket.Misbehave(front)
		if err := read(there); err != nil {
			t.Errorf("known, and the storage down: %v", err)
		}
	}
	bucket.Misbehave(nil)
	if err := here.Remove(t.Context(), strings.TrimSuffix(file, "-logo.png")); err != nil {
		t.Fatal(err)
	}
	for name, store := range map[string]*pictures.Store{"this": here, "the other": there} {
		if err := read(store); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, models.ErrStorage) {
			t.Errorf("%s replica serves what was removed: %v", name, err)
		}
	}
	if err := read(trusting); err != nil { // within its minute
		t.Errorf("a file that was asked for just now: %v", err)
	}
	asked := slices.DeleteFunc(bucket.Requests(), func(r string) bool { return r != "HEAD "+file })
	if len(asked) == 0 {
		t.Error("nobody asked whether it is there")
	}
}

// TestBucketFails sees that what goes wrong is told as a fault of the storage,
// never as a missing file, and that it says why.
func TestBucketFails(t *testing.T) {
	bucket := s3test.New(t)
	right := pictures.Bucket{URL: bucket.URL, Region: s3test.Region, AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Patience: 100 * time.Millisecond}
	wrong := func(change func(*pictures.Bucket)) pictures.Bucket {
		b := right
		b.Patience = 0
		change(&b)
		return b
	}
	broken := func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Length", "100000")
		io.WriteString(w, "half")
		return true
	}
	huge := func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Length", strconv.Itoa(33<<20))
		for range 33 {
			w.Write(make([]byte, 1<<20))
		}
		return true
	}
	for name, c := range map[string]struct {
		bucket pictures.Bucket
		front  func(http.ResponseWriter, *http.Request) bool
		says   string
	}{
		"down":         {right, s3test.Answer(http.StatusInternalServerError, "InternalError"), "500 InternalError"},
		"busy":         {right, s3test.Answer(http.StatusServiceUnavailable, "SlowDown"), "503 SlowDown"},
		"forbidden":    {right, s3test.Answer(http.StatusForbidden, "AccessDenied"), "403 AccessDenied"},
		"elsewhere":    {right, s3test.Answer(http.StatusMovedPermanently, "PermanentRedirect"), "301 PermanentRedirect"},
		"no bucket":    {right, s3test.Answer(http.StatusNotFound, "NoSuchBucket"), "404 NoSuchBucket"},
		"silent":       {right, s3test.Hang, "deadline exceeded"},
		"wrong key":    {wrong(func(b *pictures.Bucket) { b.AccessKey = "OTHER" }), nil, "403 InvalidAccessKeyId"},
		"wrong secret": {wrong(func(b *pictures.Bucket) { b.SecretKey = "sesame" }), nil, "403 SignatureDoesNotMatch"},
		"wrong region": {wrong(func(b *pictures.Bucket) { b.Region = "us-east-1" }), nil, "403 AuthorizationHeaderMalformed"},
		"wrong bucket": {wrong(func(b *pictures.Bucket) { b.URL = b.URL.JoinPath("..", "..", "..", "other") }), nil, "404 NoSuchBucket"},
		"cut off":      {wrong(func(*pictures.Bucket) {}), broken, "EOF"},
		"huge":         {wrong(func(*pictures.Bucket) {}), huge, "larger than"},
	} {
		bucket.Misbehave(c.front)
		store := openWith(t, c.bucket)
		faults := map[string]error{}
		_, faults["served"] = fs.ReadFile(store.Files(fstest.MapFS{}), "p-a-640.jpg")
		if name != "cut off" && name != "huge" { // which answers to reading alone
			_, _, _, faults["taken"] = store.Take(t.Context(), bytes.NewReader(asPNG(t, halves(400, 500))))
			_, faults["logo"] = logo(t, store)
			faults["removed"] = store.Remove(t.Context(), "p-a")
			if err := store.Check(t.Context()); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: the check says %v", name, err)
			}
		}
		faults["made"] = store.Make(t.Context(), "p-a")
		for what, err := range faults {
			if !errors.Is(err, models.ErrStorage) || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "sesame") {
				t.Errorf("%s, %s: %v, want %s", name, what, err, c.says)
			}
		}
		bucket.Misbehave(nil)
		if left := bucket.Names(); len(left) > 0 {
			t.Errorf("%s: %q is kept", name, left)
		}
	}
}

// TestHalfALogo fails at the second file: nothing is kept.
func TestHalfALogo(t *testing.T) {
	bucket := s3test.New(t)
	store := openBucket(t, bucket)
	bucket.Misbehave(func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "-icon.png") && r.Method == http.MethodPut && s3test.Answer(500, "InternalError")(w, r)
	})
	if _, err := logo(t, store); !errors.Is(err, models.ErrStorage) {
		t.Errorf("error %v", err)
	}
	if left := bucket.Names(); len(left) > 0 {
		t.Errorf("%q is kept", left)
	}
}

// TestCheck tries a place out that is right, and one whose keys may not list.
func TestCheck(t *testing.T) {
	each(t, func(t *testing.T, store *pictures.Store, kept kept) {
		if err := store.Check(t.Context()); err != nil || len(kept.names()) > 0 {
			t.Errorf("%v, left %q", err, kept.names())
		}
	})
	bucket := s3test.New(t)
	bucket.Misbehave(func(w http.ResponseWriter, r *http.Request) bool {
		return r.Method == http.MethodGet && len(bucket.Names()) == 0 && s3test.Answer(http.StatusForbidden, "AccessDenied")(w, r)
	})
	if err := openBucket(t, bucket).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "allowed to list") {
		t.Errorf("keys that may not list: %v", err)
	}
}
