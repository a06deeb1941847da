package main

import (
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/s3test"
	"tuckshop/models/modelstest"
)

// TestDoctorTriesTheBucket keeps pictures in a bucket that works, and in one
// that does not.
func TestDoctorTriesTheBucket(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		bucket, r := s3test.New(t), newRig(t, databaseURL)
		r.env["MEDIA_STORE"], r.env["MEDIA_ACCESS_KEY"], r.env["MEDIA_SECRET_KEY"] = bucket.Store(), s3test.AccessKey, s3test.SecretKey
		r.env["STRIPE_WEBHOOK_SECRET"] = r.register(right())
		r.serve()
		out, _ := r.run("doctor", "--wait", "0")
		finds(t, out, "ok", "Pictures", bucket.URL.String())
		if len(bucket.Requests()) == 0 || len(bucket.Names()) > 0 {
			t.Errorf("asked %q, left %q", bucket.Requests(), bucket.Names())
		}
		bucket.Misbehave(s3test.Answer(http.StatusForbidden, "AccessDenied"))
		out, code := r.run("doctor", "--wait", "0")
		if code != exitFailed {
			t.Errorf("exit %d", code)
		}
		finds(t, out, "FAIL", "Pictures", "403 AccessDenied", "MEDIA_STORE")
		bucket.Misbehave(nil)
		r.env["MEDIA_SECRET_KEY"] = "another sesame"
		out, _ = r.run("doctor", "--wait", "0")
		finds(t, out, "FAIL", "Pictures", "SignatureDoesNotMatch")
		out, _ = r.run("config")
		says(t, out, "MEDIA_STORE="+bucket.Store()+"\n", "MEDIA_ACCESS_KEY=(set, redacted)\n", "MEDIA_SECRET_KEY=(set, redacted)\n")
		r.env["MEDIA_STORE"] = "s3://my-shop"
		out, code = r.run("serve")
		if code == exitDone || !strings.Contains(out, "MEDIA_STORE needs a region") {
			t.Errorf("exit %d\n%s", code, out)
		}
	})
}
