// Package meter counts what the running program does, and gives the figures to
// Prometheus together with those that are read from the database when somebody
// asks. It names neither persons nor products; what is too much is for the
// alerts in docs/operations to say.
package meter

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"ocopflow/internal/commit"
)

// Standing is what is read anew for each answer.
type Standing struct {
	Entries  int64     // of the ledger
	Newest   time.Time // its newest entry
	Overdue  int64     // timers that are due and not done
	Sessions int64     // that run
	Backup   time.Time // the newest; zero without any
	Kept     time.Time // the checkpoint beside the database; zero without one, as on a standby
	Covered  int64     // entries that it covers

	Certificate time.Time // end of that of HTTPS; zero when the server speaks none itself
	Free, Total uint64    // bytes of the disk of the data directory; Total 0 when not known
}

// Meter holds the figures of one program.
type Meter struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	batches  prometheus.Histogram
	commits  prometheus.Histogram
	failed   prometheus.Counter
	moves    *prometheus.CounterVec
	refusals *prometheus.CounterVec
	tasks    *prometheus.CounterVec
	working  *prometheus.HistogramVec
	standing func(context.Context) (Standing, error)

	up, entries, newest, overdue, sessions, backup, kept, uncovered, certificate, free, total *prometheus.Desc
}

// New makes a meter. standing is asked with each answer, for at most two seconds.
func New(version string, standing func(context.Context) (Standing, error)) *Meter {
	m := &Meter{registry: prometheus.NewRegistry(), standing: standing,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ocopflow_http_requests_total", Help: "Requests answered, by method, route and status."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "ocopflow_http_request_seconds", Help: "Time to answer, by method.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"method"}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "ocopflow_commit_batch_acts", Help: "Acts in a batch.", Buckets: prometheus.ExponentialBuckets(1, 2, 9)}),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "ocopflow_commit_seconds", Help: "Time of a batch, from its first statement to its answer.",
			Buckets: []float64{.001, .002, .005, .01, .025, .05, .1, .5, 2, 10}}),
		failed:   prometheus.NewCounter(prometheus.CounterOpts{Name: "ocopflow_commit_failures_total", Help: "Batches that failed as a whole."}),
		moves:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ocopflow_moves_total", Help: "Moves that stand, by event of the procedure."}, []string{"event"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ocopflow_refusals_total", Help: "What stood against acts, by its code; an act may be refused for several reasons."}, []string{"reason"}),
		tasks:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ocopflow_task_runs_total", Help: "Runs of tasks in the background, by task and outcome (done, failed)."}, []string{"task", "outcome"}),
		working: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "ocopflow_task_seconds", Help: "Time of a run, by task.",
			Buckets: []float64{.01, .1, 1, 10, 60, 600}}, []string{"task"}),
	}
	gauge := func(name, help string) *prometheus.Desc { return prometheus.NewDesc("ocopflow_"+name, help, nil, nil) }
	m.up = gauge("database_up", "1 when the database answers.")
	m.entries = gauge("ledger_entries", "Entries of the ledger.")
	m.newest = gauge("ledger_newest_timestamp_seconds", "When the newest entry was made.")
	m.overdue = gauge("timers_overdue", "Timers that are due and not done.")
	m.sessions = gauge("sessions", "Sessions that run.")
	m.backup = gauge("backup_newest_timestamp_seconds", "When the newest backup was made; missing without any.")
	m.certificate = gauge("certificate_end_timestamp_seconds", "When the certificate of HTTPS ends; missing behind a proxy.")
	m.free = gauge("disk_free_bytes", "Free space on the disk of the data directory.")
	m.total = gauge("disk_bytes", "Size of the disk of the data directory.")
	m.kept = gauge("checkpoint_timestamp_seconds", "When the checkpoint was kept beside the database.")
	m.uncovered = gauge("checkpoint_lag_entries", "Entries that the checkpoint kept beside the database does not cover yet.")
	built := prometheus.NewGauge(prometheus.GaugeOpts{Name: "ocopflow_build_info", Help: "1, with the version.", ConstLabels: prometheus.Labels{"version": version}})
	built.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.batches, m.commits, m.failed, m.moves, m.refusals, m.tasks, m.working, built, m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts one request. The route is its pattern, never its address.
func (m *Meter) Request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method).Observe(took.Seconds())
}

// Batch counts one batch of acts, and what became of them.
func (m *Meter) Batch(b commit.Batch) {
	if b.Err != nil {
		m.failed.Inc()
		return
	}
	m.batches.Observe(float64(b.Acts))
	m.commits.Observe(b.Took.Seconds())
	for _, event := range b.Moves {
		m.moves.WithLabelValues(event).Inc()
	}
	for _, code := range b.Refusals {
		m.refusals.WithLabelValues(code).Inc()
	}
}

// Queue has the number of acts that wait read from waiting with each answer.
func (m *Meter) Queue(waiting func() int64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "ocopflow_commit_queue", Help: "Acts that are not answered yet."},
		func() float64 { return float64(waiting()) }))
}

// Task counts one run of a task.
func (m *Meter) Task(name string, took time.Duration, err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.tasks.WithLabelValues(name, outcome).Inc()
	m.working.WithLabelValues(name).Observe(took.Seconds())
}

// Batches sums up what was written since the start.
type Batches struct {
	Number, Acts, Failed uint64
	Mean                 time.Duration
}

// Batches reads the figures of batches back.
func (m *Meter) Batches() (b Batches) {
	var acts, seconds, failed dto.Metric
	if errors.Join(m.batches.Write(&acts), m.commits.Write(&seconds), m.failed.Write(&failed)) != nil {
		return b // they write into memory
	}
	b = Batches{Number: acts.GetHistogram().GetSampleCount(), Acts: uint64(acts.GetHistogram().GetSampleSum()), Failed: uint64(failed.GetCounter().GetValue())}
	if b.Number > 0 {
		b.Mean = time.Duration(seconds.GetHistogram().GetSampleSum() / float64(b.Number) * float64(time.Second))
	}
	return b
}

// Handler answers in the form of Prometheus.
func (m *Meter) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

// Describe implements prometheus.Collector.
func (m *Meter) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.up, m.entries, m.newest, m.overdue, m.sessions, m.backup, m.kept, m.uncovered, m.certificate, m.free, m.total} {
		out <- d
	}
}

// Collect implements prometheus.Collector. A database that does not answer is a
// figure too.
func (m *Meter) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	put := func(d *prometheus.Desc, v float64) { out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	s, err := m.standing(ctx)
	if err != nil {
		put(m.up, 0)
		return
	}
	put(m.up, 1)
	put(m.entries, float64(s.Entries))
	put(m.newest, float64(s.Newest.Unix()))
	put(m.overdue, float64(s.Overdue))
	put(m.sessions, float64(s.Sessions))
	if !s.Certificate.IsZero() {
		put(m.certificate, float64(s.Certificate.Unix()))
	}
	if s.Total > 0 {
		put(m.free, float64(s.Free))
		put(m.total, float64(s.Total))
	}
	if !s.Kept.IsZero() {
		put(m.kept, float64(s.Kept.Unix()))
		put(m.uncovered, float64(max(0, s.Entries-s.Covered)))
	}
	if !s.Backup.IsZero() {
		put(m.backup, float64(s.Backup.Unix()))
	}
}
