package pictures

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/maypok86/otter/v2"
)

// Bucket is where S3-compatible storage keeps pictures, and how it is asked.
type Bucket struct {
	URL       *url.URL // of the bucket, up to the names of its files
	Region    string
	AccessKey string
	SecretKey string
	Patience  time.Duration // for one request; 0: ten seconds
	Trust     time.Duration // how long a file in memory is served unasked; 0: a minute
}

// What a bucket may cost this process.
const (
	maxObject   = 32 << 20 // bytes of the largest file that is read
	memory      = 32 << 20 // bytes of files that are kept in memory
	bucketConns = 64       // requests at once
	patience    = 10 * time.Second
	confirming  = 2 * time.Second // for the question whether a file is still there
)

// A name never gets another content, but another replica may remove its file.
// remembered is how long a file stays in memory, trusted how long nobody asks
// whether it is still there.
const (
	remembered = time.Hour
	trusted    = time.Minute
)

// OpenBucket opens a store that keeps pictures in S3-compatible storage. It asks
// for nothing yet.
func OpenBucket(b Bucket) *Store {
	if b.Patience == 0 {
		b.Patience = patience
	}
	if b.Trust == 0 {
		b.Trust = trusted
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck,forcetypeassert // net/http says so
	transport.MaxConnsPerHost, transport.MaxIdleConnsPerHost = bucketConns, bucketConns
	return keepIn(&bucket{
		Bucket: b,
		// A redirect would lead to another region, for which the signature is none.
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }), // S3 escapes once
		files: otter.Must(&otter.Options[string, *object]{
			MaximumWeight:    memory,
			Weigher:          func(name string, o *object) uint32 { return uint32(len(name) + len(o.content) + 200) },
			ExpiryCalculator: otter.ExpiryWriting[string, *object](remembered),
		}),
	})
}

// bucket is a place in S3-compatible storage. What it serves it keeps in memory
// for a while, so that few pages wait for the network.
type bucket struct {
	Bucket
	client *http.Client
	signer *v4.Signer
	files  *otter.Cache[string, *object]
}

// object is a file in memory. Nobody changes it but for when it was asked for.
type object struct {
	name     string
	content  []byte
	modified time.Time
	asked    atomic.Int64 // nanoseconds of Unix time
}

func (b *bucket) put(ctx context.Context, name string, content []byte) error {
	_, err := b.do(ctx, http.MethodPut, name, content)
	return err
}

func (b *bucket) open(ctx context.Context, name string) (fs.File, error) {
	load := func(ctx context.Context, name string) (*object, error) {
		return b.do(context.WithoutCancel(ctx), http.MethodGet, name, nil) // others wait for it, too
	}
	var found *object
	var err error
	if path.Dir(name) == originals { // read once
		found, err = b.do(ctx, http.MethodGet, name, nil)
	} else {
		found, err = b.files.Get(ctx, name, otter.LoaderFunc[string, *object](load))
		if err == nil && b.gone(ctx, found) {
			b.files.Invalidate(name)
			found, err = b.files.Get(ctx, name, otter.LoaderFunc[string, *object](load))
		}
	}
	if err != nil {
		return nil, err
	}
	return &file{Reader: bytes.NewReader(found.content), object: found}, nil
}

// gone reports whether a file in memory is not in the bucket any more. One of
// its readers asks now and then; where the bucket does not say, the file stays.
func (b *bucket) gone(ctx context.Context, o *object) bool {
	asked, now := o.asked.Load(), time.Now()
	if now.Sub(time.Unix(0, asked)) < b.Trust || !o.asked.CompareAndSwap(asked, now.UnixNano()) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, confirming)
	defer cancel()
	_, err := b.do(ctx, http.MethodHead, o.name, nil)
	return errors.Is(err, fs.ErrNotExist)
}

func (b *bucket) remove(ctx context.Context, name string) error {
	_, err := b.do(ctx, http.MethodDelete, name, nil)
	b.files.Invalidate(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (b *bucket) close() error {
	b.files.StopAllGoroutines()
	b.client.CloseIdleConnections()
	return nil
}

// do sends one request and returns what came back.
func (b *bucket) do(ctx context.Context, method, name string, content []byte) (*object, error) {
	ctx, cancel := context.WithTimeout(ctx, b.Patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, b.URL.JoinPath(name).String(), bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("ask the bucket: %w", err)
	}
	if method == http.MethodPut {
		request.Header.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	key := aws.Credentials{AccessKeyID: b.AccessKey, SecretAccessKey: b.SecretKey}
	if err := b.signer.SignHTTP(ctx, key, request, hash, "s3", b.Region, time.Now()); err != nil {
		return nil, fmt.Errorf("sign a request to the bucket: %w", err)
	}
	response, err := b.client.Do(request) //nolint:gosec // the address the merchant configured
	if err != nil {
		return nil, fmt.Errorf("ask the bucket: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(io.LimitReader(response.Body, maxObject+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read what the bucket answers: %w", err)
	case response.StatusCode >= 300:
		return nil, answered(method, name, response.StatusCode, body)
	case len(body) > maxObject:
		return nil, fmt.Errorf("the bucket’s %s is larger than %d bytes", name, maxObject)
	}
	modified, err := http.ParseTime(response.Header.Get("Last-Modified"))
	if err != nil {
		modified = time.Time{} // not told
	}
	found := &object{name: name, content: body, modified: modified}
	found.asked.Store(time.Now().UnixNano())
	return found, nil
}

// answered is the error that a bucket answers with. A missing bucket is not a
// missing file.
func answered(method, name string, status int, body []byte) error {
	var told struct {
		Code    string
		Message string
	}
	if xml.Unmarshal(body, &told) != nil || told.Code == "" {
		told.Code, told.Message = http.StatusText(status), "it says no more"
	}
	if method != http.MethodPut && status == http.StatusNotFound && told.Code != "NoSuchBucket" {
		return &fs.PathError{Op: method, Path: name, Err: fs.ErrNotExist}
	}
	return fmt.Errorf("the bucket answers %d %s: %s", status, shorten(told.Code), shorten(told.Message))
}

// shorten keeps what others say from filling a log.
func shorten(text string) string { return text[:min(len(text), 300)] }

// file is an open file in memory, and what is said of it.
type file struct {
	*bytes.Reader
	object *object
}

// Stat says what the file is.
func (f *file) Stat() (fs.FileInfo, error) { return info{f.object}, nil }

// Close closes the file; the memory stays.
func (f *file) Close() error { return nil }

type info struct{ object *object }

func (i info) Name() string       { return path.Base(i.object.name) }
func (i info) Size() int64        { return int64(len(i.object.content)) }
func (i info) Mode() fs.FileMode  { return 0o400 }
func (i info) ModTime() time.Time { return i.object.modified }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
