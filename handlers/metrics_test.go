package handlers

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
)

// TestMetricsAnswerTheirPeersAlone asks from several addresses. What the
// request says of itself does not count.
func TestMetricsAnswerTheirPeersAlone(t *testing.T) {
	t.Parallel()
	h := machines{allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, scrape: http.NotFoundHandler()}
	for peer, allowed := range map[string]bool{
		"10.1.2.3:1": true, "[::ffff:10.1.2.3]:1": true, "10.2.0.1:1": false, "127.0.0.1:1": false, "[::1]:1": false, "nonsense": false,
	} {
		r := request()
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-For", "10.1.2.3")
		r.Header.Set("X-Real-Ip", "10.1.2.3")
		err := h.metrics(echo.New().NewContext(r, httptest.NewRecorder()))
		if errors.Is(err, models.ErrNotFound) == allowed {
			t.Errorf("%s: %v", peer, err)
		}
	}
}

// TestMetricsWithoutADatabase scrapes a shop whose database is gone.
func TestMetricsWithoutADatabase(t *testing.T) {
	t.Parallel()
	store, err := models.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	m := newMetrics(Config{Store: store, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	m.webhooks.WithLabelValues(webhookFailed).Inc()
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, request())
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `stripe_webhooks_total{outcome="failed"} 1`) || strings.Contains(w.Body.String(), "closed") {
		t.Errorf("answered %d\n%s", w.Code, w.Body)
	}
}

func BenchmarkMeasure(b *testing.B) {
	m := newMetrics(Config{Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	next := m.measure(func(echo.Context) error { return nil })
	b.RunParallel(func(pb *testing.PB) {
		c := echo.New().NewContext(request(), httptest.NewRecorder())
		c.SetPath("/products/:slug")
		for pb.Next() {
			_ = next(c)
		}
	})
}
