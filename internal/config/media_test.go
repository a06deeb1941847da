package config_test

import (
	"strings"
	"testing"
)

func TestWhereABucketIs(t *testing.T) {
	for store, want := range map[string]string{
		"s3://my-shop?region=eu-central-1":                                             "https://my-shop.s3.eu-central-1.amazonaws.com eu-central-1",
		"s3://my-shop?region=eu-central-1&path_style=1":                                "https://s3.eu-central-1.amazonaws.com/my-shop eu-central-1",
		"s3://my.shop?region=eu-central-1&prefix=a/b/":                                 "https://s3.eu-central-1.amazonaws.com/my.shop/a/b eu-central-1",
		"s3://my-shop/?endpoint=http://127.0.0.1:9000":                                 "http://127.0.0.1:9000/my-shop us-east-1",
		"s3://my-shop?endpoint=https://acc.r2.cloudflarestorage.com/&region=auto":      "https://acc.r2.cloudflarestorage.com/my-shop auto",
		"s3://my-shop?endpoint=https%3A%2F%2Fx.example%2Fstorage%2Fv1%2Fs3":            "https://x.example/storage/v1/s3/my-shop us-east-1",
		"s3://my-shop?endpoint=https://s3.example:8443&path_style=0&prefix=pictures":   "https://my-shop.s3.example:8443/pictures us-east-1",
		"s3://my-shop?endpoint=https://fsn1.your-objectstorage.com&region=fsn1":        "https://fsn1.your-objectstorage.com/my-shop fsn1",
		"s3://my-shop?endpoint=http://garage.internal:3900&region=garage&path_style=1": "http://garage.internal:3900/my-shop garage",
	} {
		c, err := load(map[string]string{"MEDIA_STORE": store, "MEDIA_ACCESS_KEY": "key", "MEDIA_SECRET_KEY": "secret"})
		if err != nil {
			t.Errorf("%s: %v", store, err)
			continue
		}
		if got := c.Media.URL.String() + " " + c.Media.Region; got != want || c.Media.AccessKey != "key" || c.Media.SecretKey != "secret" {
			t.Errorf("%s is %s with %s", store, got, c.Media.AccessKey)
		}
	}
	if c, err := load(nil); err != nil || c.Media != nil {
		t.Errorf("nothing configured: %+v, %v", c.Media, err)
	}
}

func TestBucketsThatAreNone(t *testing.T) {
	for store, want := range map[string]string{
		"my-shop": "must be s3://BUCKET?", "https://my-shop": "must be s3://BUCKET?", "s3://my-shop/pictures?region=x": "must be s3://BUCKET?",
		"s3://verykey:verysecret@my-shop?region=x": "MEDIA_ACCESS_KEY and MEDIA_SECRET_KEY", "s3://?region=x": "must name a bucket", "s3://My_Shop?region=x": "must name a bucket",
		"s3://my-shop": "needs a region", "s3://my-shop?region=EU": "a region that is none", "s3://my-shop?region=x&region=y": "each once", "s3://my-shop?secret_key=verysecret": "each once",
		"s3://my-shop?region=x&prefix=../a": "a prefix that is none", "s3://my-shop?region=x&path_style=yes": "neither 0 nor 1", "s3://my-shop?endpoint=s3.example": "no http://",
		"s3://my-shop?endpoint=https://verykey:verysecret@s3.example": "no http://", "s3://my-shop?endpoint=http://127.0.0.1:9000&path_style=0": "take path_style away",
	} {
		_, err := load(map[string]string{"MEDIA_STORE": store, "MEDIA_ACCESS_KEY": "key", "MEDIA_SECRET_KEY": "secret"})
		if err == nil || !strings.Contains(err.Error(), "\n  MEDIA_STORE ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "very") {
			t.Errorf("%s: %v, want a word of %q", store, err, want)
		}
	}
	const store = "s3://my-shop?region=eu-central-1"
	for says, values := range map[string]map[string]string{
		"MEDIA_SECRET_KEY must be set with MEDIA_STORE":    {"MEDIA_STORE": store, "MEDIA_ACCESS_KEY": "key"},
		"MEDIA_ACCESS_KEY must be set with MEDIA_STORE":    {"MEDIA_STORE": store, "MEDIA_SECRET_KEY": "verysecret"},
		"MEDIA_STORE must be set with MEDIA_SECRET_KEY":    {"MEDIA_SECRET_KEY": "verysecret"},
		"MEDIA_ACCESS_KEY_FILE must be the path of a file": {"MEDIA_STORE": store, "MEDIA_ACCESS_KEY_FILE": "very/secret", "MEDIA_SECRET_KEY": "verysecret"},
	} {
		_, err := load(values)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "very") || strings.Count(err.Error(), "\n") != 1 {
			t.Errorf("%v: %v, want %q", values, err, says)
		}
	}
}
