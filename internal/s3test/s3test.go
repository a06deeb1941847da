// Package s3test has S3-compatible storage for tests: one bucket, in memory,
// that checks the signature of every request as the service's manual says.
package s3test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// How a bucket is reached.
const (
	Region    = "eu-test-1"
	AccessKey = "TESTACCESSKEY"
	SecretKey = "test/secret+sesame"
	path      = "/shop-pictures/some/prefix"
)

// Bucket is a running bucket.
type Bucket struct {
	URL *url.URL // up to the names of its files

	mu       sync.Mutex
	files    map[string][]byte
	requests []string
	front    func(w http.ResponseWriter, r *http.Request) (answered bool)
}

// New starts a bucket and stops it when the test ends.
func New(t *testing.T) *Bucket {
	t.Helper()
	b := &Bucket{files: map[string][]byte{}}
	server := httptest.NewServer(b)
	t.Cleanup(func() {
		server.CloseClientConnections() // of those that are kept waiting
		server.Close()
	})
	address, err := url.Parse(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	b.URL = address
	return b
}

// Store is the bucket as MEDIA_STORE names it.
func (b *Bucket) Store() string {
	bucket, prefix, _ := strings.Cut(path[1:], "/")
	return "s3://" + bucket + "?endpoint=http://" + b.URL.Host + "&region=" + Region + "&prefix=" + prefix
}

// Names lists the files, sorted.
func (b *Bucket) Names() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.files))
}

// File is a file's content; nil where there is none.
func (b *Bucket) File(name string) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.files[name]
}

// Requests lists what was asked so far, such as "GET p-1-640.jpg".
func (b *Bucket) Requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

// Misbehave lets front answer requests in the bucket's place; nil ends it.
func (b *Bucket) Misbehave(front func(w http.ResponseWriter, r *http.Request) (answered bool)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.front = front
}

// Answer misbehaves by answering everything with a status and S3's name of a
// fault.
func Answer(status int, code string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		refuse(w, status, code)
		return true
	}
}

// Hang misbehaves by answering nothing until the client has gone.
func Hang(_ http.ResponseWriter, r *http.Request) bool {
	io.Copy(io.Discard, r.Body) //nolint:errcheck // else the server does not see the client go
	<-r.Context().Done()
	return true
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>The test says %s.</Message></Error>", code, code)
}

// ServeHTTP answers as S3 does.
func (b *Bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, path+"/")
	b.mu.Lock()
	front := b.front
	b.requests = append(b.requests, r.Method+" "+name)
	b.mu.Unlock()
	if front != nil && front(w, r) {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		refuse(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	if fault := signatureFault(r, body); fault != "" {
		refuse(w, http.StatusForbidden, fault)
		return
	}
	if name == r.URL.Path {
		refuse(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	content, there := b.files[name]
	switch {
	case r.Method == http.MethodPut && r.ContentLength < 0:
		refuse(w, http.StatusLengthRequired, "MissingContentLength")
	case r.Method == http.MethodPut:
		b.files[name] = body
	case r.Method == http.MethodDelete:
		delete(b.files, name)
		w.WriteHeader(http.StatusNoContent)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	case !there:
		refuse(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("Last-Modified", time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC).Format(http.TimeFormat))
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		io.Copy(w, bytes.NewReader(content)) //nolint:errcheck // the client went away
	}
}

// signatureFault works the signature of a request out anew (AWS Signature
// Version 4) and says in S3's word what is wrong with it, or nothing.
func signatureFault(r *http.Request, body []byte) string {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if r.Header.Get("X-Amz-Content-Sha256") != hash {
		return "XAmzContentSHA256Mismatch"
	}
	date := r.Header.Get("X-Amz-Date")
	if at, err := time.Parse("20060102T150405Z", date); err != nil || time.Since(at).Abs() > 15*time.Minute {
		return "RequestTimeTooSkewed"
	}
	scope := date[:8] + "/" + Region + "/s3/aws4_request"
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	parts := map[string]string{}
	for part := range strings.SplitSeq(given, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[key] = value
	}
	switch {
	case !ok:
		return "AccessDenied"
	case !strings.HasPrefix(parts["Credential"], AccessKey+"/"):
		return "InvalidAccessKeyId"
	case parts["Credential"] != AccessKey+"/"+scope:
		return "AuthorizationHeaderMalformed"
	}
	signed := strings.Split(parts["SignedHeaders"], ";")
	for name := range r.Header {
		name = strings.ToLower(name)
		if (strings.HasPrefix(name, "x-amz-") || name == "content-type") && !slices.Contains(signed, name) {
			return "AccessDenied" // anyone could have added it
		}
	}
	if !slices.Contains(signed, "host") || !slices.IsSorted(signed) {
		return "AccessDenied"
	}
	canonical := r.Method + "\n" + r.URL.EscapedPath() + "\n" + r.URL.Query().Encode() + "\n"
	for _, name := range signed {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		canonical += name + ":" + strings.TrimSpace(value) + "\n"
	}
	canonical += "\n" + parts["SignedHeaders"] + "\n" + hash
	request := sha256.Sum256([]byte(canonical))
	key := []byte("AWS4" + SecretKey)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	want := mac(key, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+hex.EncodeToString(request[:]))
	if parts["Signature"] != hex.EncodeToString(want) {
		return "SignatureDoesNotMatch"
	}
	return ""
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text)) //nolint:errcheck // never fails
	return h.Sum(nil)
}
