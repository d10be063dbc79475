package observe

import (
	"database/sql"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/VictoriaMetrics/metrics"
)

// Metrics counts requests in a set of its own, so that nothing a dependency registers globally is
// published. A nil *Metrics counts nothing.
type Metrics struct {
	set      *metrics.Set
	inFlight *metrics.Gauge
}

// Build is what the build-information metric and the version command tell.
type Build struct {
	Version  string // release name, for example "0.1.0", or "devel"
	Revision string // version-control revision, possibly empty
	Go       string // version of the Go toolchain
}

// NewMetrics returns a set with the build in it.
func NewMetrics(b Build) *Metrics {
	set := metrics.NewSet()
	set.NewGauge(series("fourfold_build_info", "go", b.Go, "revision", b.Revision, "version", b.Version), nil).Set(1)
	return &Metrics{set: set, inFlight: set.NewGauge("fourfold_http_requests_in_flight", nil)}
}

// Pool publishes the state of a database connection pool under the label pool=name. stats is
// called at every scrape. It panics when name is registered twice, a mistake in the program.
func (m *Metrics) Pool(name string, stats func() sql.DBStats) {
	gauge := func(metric string, value func(sql.DBStats) float64) {
		m.set.NewGauge(series(metric, "pool", name), func() float64 { return value(stats()) })
	}
	gauge("fourfold_db_connections_open", func(s sql.DBStats) float64 { return float64(s.OpenConnections) })
	gauge("fourfold_db_connections_in_use", func(s sql.DBStats) float64 { return float64(s.InUse) })
	gauge("fourfold_db_waits_total", func(s sql.DBStats) float64 { return float64(s.WaitCount) })
	gauge("fourfold_db_wait_seconds_total", func(s sql.DBStats) float64 { return s.WaitDuration.Seconds() })
}

// Handler answers a scrape in the Prometheus text format, with the Go run time and the process.
func (m *Metrics) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		m.set.WritePrometheus(w)
		metrics.WriteProcessMetrics(w)
	})
}

func (m *Metrics) begin() {
	if m != nil {
		m.inFlight.Inc()
	}
}

// seconds are the upper bounds of the buckets of fourfold_http_request_seconds.
var seconds = []float64{.001, .0025, .005, .01, .015, .025, .05, .1, .25, .5, 1, 2.5, 10}

func (m *Metrics) end(l requestLine) {
	if m == nil {
		return
	}
	m.inFlight.Dec()
	m.set.GetOrCreateCounter(series("fourfold_http_requests_total",
		"method", l.method, "route", l.route, "status", strconv.Itoa(l.status))).Inc()
	m.set.GetOrCreatePrometheusHistogramExt(series("fourfold_http_request_seconds", "route", l.route), seconds).
		Update(l.took.Seconds())
}

// escape writes a label's value as the text format wants it.
var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// series is the name of a metric with its labels, given as names and values in turn.
func series(metric string, labels ...string) string {
	var s strings.Builder
	for i := 0; i+1 < len(labels); i += 2 {
		fmt.Fprintf(&s, `,%s="%s"`, labels[i], escape.Replace(labels[i+1]))
	}
	return metric + "{" + s.String()[1:] + "}"
}
