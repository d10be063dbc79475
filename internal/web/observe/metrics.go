package observe

import (
	"database/sql"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests in a registry of its own, so that nothing a dependency registers
// globally is published. A nil *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

// Build is what the build-information metric and the version command tell.
type Build struct {
	Version  string // release name, for example "0.1.0", or "devel"
	Revision string // version-control revision, possibly empty
	Go       string // version of the Go toolchain
}

// NewMetrics returns a registry with the Go run time, the process and the build in it.
func NewMetrics(b Build) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "fourfold_http_requests_total",
			Help: "Requests answered, by route pattern, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "fourfold_http_request_seconds",
			Help:    "Time to answer a request, by route pattern.",
			Buckets: []float64{.001, .0025, .005, .01, .015, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fourfold_http_requests_in_flight",
			Help: "Requests being answered now.",
		}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "fourfold_build_info",
		Help:        "Always 1; the labels tell what was built.",
		ConstLabels: prometheus.Labels{"version": b.Version, "revision": b.Revision, "go": b.Go},
	})
	info.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.inFlight, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Pool publishes the state of a database connection pool under the label pool=name. stats is
// called at every scrape. It panics when name is registered twice, a mistake in the program.
func (m *Metrics) Pool(name string, stats func() sql.DBStats) {
	labels := prometheus.Labels{"pool": name}
	gauge := func(metric, help string, value func(sql.DBStats) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: metric, Help: help, ConstLabels: labels,
		}, func() float64 { return value(stats()) })
	}
	m.registry.MustRegister(
		gauge("fourfold_db_connections_open", "Connections open, in use or idle.",
			func(s sql.DBStats) float64 { return float64(s.OpenConnections) }),
		gauge("fourfold_db_connections_in_use", "Connections in use.",
			func(s sql.DBStats) float64 { return float64(s.InUse) }),
		gauge("fourfold_db_waits_total", "Times a caller had to wait for a connection.",
			func(s sql.DBStats) float64 { return float64(s.WaitCount) }),
		gauge("fourfold_db_wait_seconds_total", "Time callers have waited for a connection.",
			func(s sql.DBStats) float64 { return s.WaitDuration.Seconds() }),
	)
}

// Handler answers a scrape in the Prometheus text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 5 * time.Second})
}

func (m *Metrics) begin() {
	if m != nil {
		m.inFlight.Inc()
	}
}

func (m *Metrics) end(l requestLine) {
	if m == nil {
		return
	}
	m.inFlight.Dec()
	m.requests.WithLabelValues(l.route, l.method, strconv.Itoa(l.status)).Inc()
	m.seconds.WithLabelValues(l.route).Observe(l.took.Seconds())
}
