package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// reach asks for /healthz through the public address. A redirect is an answer
// of somebody else.
func reach(ctx context.Context, baseURL string) error {
	client := http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, baseURL+"/healthz", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request) //nolint:gosec // the shop's own address
	if err != nil {
		var fault *url.Error
		if errors.As(err, &fault) {
			err = fault.Err // without the address, which is said already
		}
		return err
	}
	defer response.Body.Close() //nolint:errcheck // not read
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("/healthz is answered with %s", response.Status)
	}
	return nil
}

func address(_ context.Context, v *visit) Finding {
	if err := v.reach(); err != nil {
		return fail(fmt.Sprintf("The shop does not answer at %s: %v.", v.Config.BaseURL, err),
			"Start the shop. If it runs, check BASE_URL, its name in the DNS, the certificate and the proxy before it.")
	}
	if !v.public() && v.Config.Livemode() {
		return fail("The shop answers at "+v.Config.BaseURL+", without encryption.", "Put a proxy with a certificate before it, and set BASE_URL to its https:// address.")
	}
	return ok("The shop answers at %s.", v.Config.BaseURL)
}

func proxies(_ context.Context, v *visit) Finding {
	for _, prefix := range v.Config.TrustedProxies {
		if prefix.Bits() == 0 {
			return warning("TRUSTED_PROXIES names everyone: whoever calls can claim any address, and passes every rate limit.", "Name the proxy's own address.")
		}
	}
	if v.public() && len(v.Config.TrustedProxies) == 0 {
		return warning("BASE_URL is https, so a proxy stands before the shop, but TRUSTED_PROXIES is empty: all shoppers seem to come from the proxy and share its rate limits.",
			"Set TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1.")
	}
	if len(v.Config.TrustedProxies) == 0 {
		return ok("None; shoppers come directly.")
	}
	return ok("%d trusted.", len(v.Config.TrustedProxies))
}

func mailServer(ctx context.Context, v *visit) Finding {
	if v.Mail == nil {
		return warning("SMTP_URL is not set: mail is kept in the shop, and no shopper gets any.", "Set SMTP_URL and MAIL_FROM to send mail.")
	}
	encrypted, err := v.Mail.Check(ctx)
	switch {
	case err != nil:
		return fail(err.Error(), "Check SMTP_URL: host, port, user and password. In the password write / as %2F, ? as %3F, # as %23, @ as %40.")
	case !encrypted:
		return warning("The mail server takes the login, but offers no encryption.", "Mail can be read on its way. Use smtps:// in SMTP_URL, or a server with STARTTLS.")
	}
	return ok("The mail server takes the login, encrypted. Nothing was sent.")
}

// How much room a shop needs on its disk, in bytes.
const (
	diskLow  = 1 << 30
	diskFull = 100 << 20
)

func diskSpace(_ context.Context, v *visit) Finding {
	free, err := freeDisk(v.Config.DataDir)
	if err != nil {
		return warning("The room in DATA_DIR cannot be measured: "+err.Error(), "Check that DATA_DIR exists and that the shop's user may write there.")
	}
	return diskFinding(free)
}

func diskFinding(free uint64) Finding {
	text := fmt.Sprintf("%.1f GB free in DATA_DIR.", float64(free)/(1<<30))
	switch {
	case free < diskFull:
		return fail(text, "Make room now: without it no order can be stored.")
	case free < diskLow:
		return warning(text, "Make room soon.")
	}
	return ok("%s", text)
}

func pictureStorage(ctx context.Context, v *visit) Finding {
	if v.Pictures == nil {
		return Finding{}
	}
	if err := v.Pictures(ctx); err != nil {
		return fail("Their storage cannot be used: "+strings.TrimRight(err.Error(), ".")+".", "Check MEDIA_STORE – bucket, endpoint, region – and that the keys may read, write, delete and list there.")
	}
	return ok("%s takes a file, gives it back and removes it.", v.Config.Media.URL)
}

func rateLimits(_ context.Context, v *visit) Finding {
	if v.Config.RateLimits {
		return ok("On.")
	}
	return warning("Off: passwords and order numbers can be guessed without end.", "Take RATE_LIMITS=off away.")
}

func cookieKeys(ctx context.Context, v *visit) Finding {
	if n := len(v.Config.SecretKeys); n > 0 {
		return ok("%s in SECRET_KEY.", count(int64(n), "key"))
	}
	if v.Store != nil && v.Store.Postgres() {
		return warning("SECRET_KEY is not set.", "When you run several copies of the shop, give all of them the same SECRET_KEY.")
	}
	return ok("SECRET_KEY is not set, which is right for one copy of the shop.")
}
