package config

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Bucket is where S3-compatible storage keeps the shop's pictures.
type Bucket struct {
	URL       *url.URL // of the bucket, up to the names of its files
	Region    string
	AccessKey string
	SecretKey string
}

const exampleStore = "s3://my-shop?endpoint=https://s3.example.com&region=eu-central-1"

var (
	bucketName   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	bucketRegion = regexp.MustCompile(`^[a-z0-9-]{1,50}$`)
	bucketPrefix = regexp.MustCompile(`^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$`)
)

// mediaStore reads s3://BUCKET?endpoint=…&region=…&prefix=…&path_style=….
func mediaStore(v string, into **Bucket) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "s3" || u.Port() != "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return errors.New("must be s3://BUCKET?endpoint=https://…&region=…, or empty to keep pictures in DATA_DIR")
	}
	if u.User != nil {
		return errors.New("must hold no keys: put them into MEDIA_ACCESS_KEY and MEDIA_SECRET_KEY")
	}
	name := u.Host
	if !bucketName.MatchString(name) {
		return errors.New("must name a bucket of 3 to 63 small letters, digits, dots and hyphens")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("must be s3://BUCKET?endpoint=https://…&region=…, with special characters escaped")
	}
	for key, values := range query {
		if !slices.Contains([]string{"endpoint", "region", "prefix", "path_style"}, key) || len(values) != 1 {
			return errors.New("may have endpoint, region, prefix and path_style behind the ?, each once")
		}
	}
	endpoint, region, prefix, style := query.Get("endpoint"), query.Get("region"), strings.Trim(query.Get("prefix"), "/"), query.Get("path_style")
	switch {
	case region == "" && endpoint == "":
		return errors.New("needs a region, such as region=eu-central-1, or the endpoint of another service than Amazon’s")
	case region == "":
		region = "us-east-1" // what most other services call themselves
	case !bucketRegion.MatchString(region):
		return errors.New("has a region that is none: it is small letters, digits and hyphens")
	}
	if prefix != "" && !bucketPrefix.MatchString(prefix) {
		return errors.New("has a prefix that is none: it is letters, digits, hyphens and underscores, with / between")
	}
	if style != "" && style != "0" && style != "1" {
		return errors.New("has a path_style that is neither 0 nor 1")
	}
	if webAddress(endpoint, true) != nil {
		return errors.New("has an endpoint that is no http:// or https:// address")
	}
	// Amazon wants the bucket in the host's name, where its certificate allows
	// that; others mostly have it in the path.
	inPath := style == "1" || style == "" && endpoint != ""
	if endpoint == "" {
		inPath = inPath || strings.Contains(name, ".")
		endpoint = "https://s3." + region + ".amazonaws.com"
	}
	address, err := url.Parse(endpoint)
	if err != nil {
		return errors.New("has an endpoint that is no http:// or https:// address")
	}
	switch _, err := netip.ParseAddr(address.Hostname()); {
	case inPath:
		address = address.JoinPath(name)
	case err == nil:
		return errors.New("has path_style=0 with an address that is a number: there the bucket can only be in the path, so take path_style away")
	default:
		address.Host = name + "." + address.Host
	}
	*into = &Bucket{URL: address.JoinPath(prefix), Region: region}
	return nil
}

// mediaKeys checks that there are keys for the bucket, and a bucket for the keys.
func (c *Config) mediaKeys() []Fault {
	var faults []Fault
	for _, name := range []string{"MEDIA_ACCESS_KEY", "MEDIA_SECRET_KEY"} {
		value, read := c.values[name] // not read where it is at fault already
		switch {
		case read && c.Media != nil && value == "":
			faults = append(faults, Fault{name, "must be set with MEDIA_STORE", "(a key of the storage)"})
		case c.values["MEDIA_STORE"] == "" && value != "":
			return []Fault{{"MEDIA_STORE", "must be set with " + name + ", or that be taken away", exampleStore}}
		}
	}
	if c.Media != nil {
		c.Media.AccessKey, c.Media.SecretKey = c.values["MEDIA_ACCESS_KEY"], c.values["MEDIA_SECRET_KEY"]
	}
	return faults
}
