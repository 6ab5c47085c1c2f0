// Package job runs what happens later: durable jobs by River, in the same
// database, on tables of its own. Each task is due again and again; River
// elects one of several servers to ask for it, and any of them does it. What a
// task does is left to whoever hands it in: it must be safe to do twice, because
// River delivers at least once.
package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"ocopflow/internal/sqldb"
)

// Task is something to be done again and again.
type Task struct {
	Name  string
	Every time.Duration
	Do    func(context.Context) error
}

// patience bounds one run of a task.
const patience = 15 * time.Minute

// atOnce is how many tasks run at a time: a mail server or a receiver that does
// not answer must not keep a sweep waiting.
const atOnce = 6

// args name the task of a job; they are what River stores.
type args struct {
	Task string `json:"task"`
}

// Kind implements river.JobArgs.
func (args) Kind() string { return "task" }

// worker does jobs by the name of their task.
type worker struct {
	river.WorkerDefaults[args]
	tasks map[string]Task
}

// Work implements river.Worker. A task that is not known any more is done.
func (w *worker) Work(ctx context.Context, j *river.Job[args]) error {
	if t, ok := w.tasks[j.Args.Task]; ok {
		return t.Do(ctx)
	}
	return nil
}

// Timeout implements river.Worker.
func (*worker) Timeout(*river.Job[args]) time.Duration { return patience }

// Runner does tasks until it is stopped.
type Runner struct {
	client *river.Client[*sql.Tx]
	pool   *sql.DB
	every  map[string]time.Duration // by task
}

// Start begins to run tasks, each at once and then by its interval. River gets
// a small pool of its own, so that it never waits behind the committer.
func Start(ctx context.Context, db *sqldb.DB, log *slog.Logger, tasks []Task) (*Runner, error) {
	pool, err := db.Second(ctx, 2)
	if err != nil {
		return nil, err
	}
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(pool)
	if db.Dialect() == sqldb.Postgres {
		driver = riverdatabasesql.New(pool)
	}
	w := &worker{tasks: map[string]Task{}}
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	var periodic []*river.PeriodicJob
	every := map[string]time.Duration{}
	for _, t := range tasks {
		w.tasks[t.Name], every[t.Name] = t, t.Every
		periodic = append(periodic, river.NewPeriodicJob(river.PeriodicInterval(t.Every), t.job, &river.PeriodicJobOpts{RunOnStart: true}))
	}
	client, err := river.NewClient(driver, &river.Config{
		Logger: quiet(log), Workers: workers, PeriodicJobs: periodic, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}},
		CompletedJobRetentionPeriod: time.Hour, DiscardedJobRetentionPeriod: 30 * 24 * time.Hour,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("jobs: %w", err), pool.Close())
	}
	if err := client.Start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("jobs: %w", err), pool.Close())
	}
	return &Runner{client, pool, every}, nil
}

// job asks for one run of a task, unless one is waiting or running already. It
// is tried once: the next run comes by itself.
func (t Task) job() (river.JobArgs, *river.InsertOpts) {
	return args{t.Name}, &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}}}
}

// quiet lets River say only what is wrong.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(atLeast{log.Handler(), slog.LevelWarn})
}

// atLeast drops what is below a level.
type atLeast struct {
	slog.Handler
	level slog.Level
}

// Enabled implements slog.Handler.
func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

// Stop ends the running tasks and closes the pool.
func (r *Runner) Stop(ctx context.Context) error {
	return errors.Join(r.client.StopAndCancel(ctx), r.pool.Close())
}
