package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tuckshop/models"
)

// metrics counts what a monitor wants to know. Every label is one of few
// values: routes are patterns, and nothing a client makes up becomes a label.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	webhooks *prometheus.CounterVec
	handler  http.Handler
}

// The outcomes of a webhook beside those of models.
const (
	webhookDuplicate = "duplicate" // this event came before
	webhookRefused   = "refused"   // not signed by Stripe, or no event
	webhookFailed    = "failed"    // the shop could not take it; Stripe sends it again
)

func newMetrics(c Config) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stripe_webhooks_total", Help: "Webhooks by what became of them.",
		}, []string{"outcome"}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.duration, m.webhooks, &jobCollector{store: c.Store, now: c.Now},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, ErrorLog: scrapeLog{c.Logger}, // the rest is told even without a database
	})
	return m
}

type scrapeLog struct{ *slog.Logger }

func (l scrapeLog) Println(v ...any) { l.Warn("metrics are not complete", "error", v) }

// measure counts every request and how long it took.
func (m *metrics) measure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		err := next(c)
		status := c.Response().Status
		if err != nil && !c.Response().Committed {
			status = statusOf(err) // the answer is written after this
		}
		route := c.Path()
		if route == "" {
			route = "none"
		}
		m.requests.WithLabelValues(methodLabel(c.Request().Method), route, strconv.Itoa(status)).Inc()
		m.duration.WithLabelValues(route).Observe(time.Since(began).Seconds())
		return err
	}
}

func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// jobCollector reads the job table when it is asked.
type jobCollector struct {
	store *models.Store
	now   func() time.Time
}

var (
	jobsDesc   = prometheus.NewDesc("jobs", "Jobs by state, without those that are done.", []string{"state"}, nil)
	oldestDesc = prometheus.NewDesc("jobs_oldest_available_seconds", "How long the job at the head of the queue has waited for a worker.", nil, nil)
)

// Describe names the collector's metrics.
func (j *jobCollector) Describe(descs chan<- *prometheus.Desc) {
	descs <- jobsDesc
	descs <- oldestDesc
}

// scrapePatience bounds the questions to the database behind one scrape.
const scrapePatience = 3 * time.Second

// Collect asks the database.
func (j *jobCollector) Collect(found chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapePatience)
	defer cancel()
	backlog, err := j.store.JobBacklog(ctx)
	if err != nil {
		found <- prometheus.NewInvalidMetric(jobsDesc, err)
		return
	}
	for state, jobs := range backlog.Jobs {
		found <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(jobs), string(state))
	}
	waited := 0.0
	if backlog.Oldest != nil {
		waited = max(j.now().Sub(*backlog.Oldest).Seconds(), 0)
	}
	found <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, waited)
}
