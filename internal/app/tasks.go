package app

import (
	"context"
	"errors"
	"time"

	"ocopflow/internal/job"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// startTasks sees to what fell due while nothing ran, and then to what falls
// due, and tidies up, until the program stops.
func (a *App) startTasks(ctx context.Context) (err error) {
	if err := a.sweep(ctx); err != nil {
		return err
	}
	tasks := []job.Task{
		{Name: "sweep", Every: a.Sweep, Do: a.sweep},
		{Name: "tidy", Every: time.Hour, Do: a.tidy},
		{Name: "files", Every: time.Hour, Do: a.sweepFiles},
		{Name: "checkpoint", Every: checkpointEvery, Do: a.Notary.Keep},
		{Name: "mails", Every: a.Sweep, Do: a.post},
		{Name: "webhooks", Every: webhooksEvery, Do: a.deliver},
	}
	if a.Backup.Dir != "" {
		tasks = append(tasks, job.Task{Name: "backup", Every: min(a.Backup.Every, time.Hour), Do: a.backUp})
	}
	for i, t := range tasks {
		tasks[i] = a.counted(t)
	}
	a.tasks, err = job.Start(context.WithoutCancel(ctx), a.DB, a.Log, tasks)
	a.Health.Tasks = a.tasks
	return err
}

// checkpointEvery is the longest stretch of history that a lost database could
// take along unnoticed.
const checkpointEvery = time.Minute

func (a *App) sweep(ctx context.Context) error {
	n, err := a.Desk.Sweep(ctx)
	if n > 0 {
		a.Log.Info("fell due", "moves", n)
	}
	return err
}

// tidy forgets secrets that ran out, old mails, and answers older than 30 days.
func (a *App) tidy(ctx context.Context) error {
	if err := errors.Join(a.Notices.Forget(ctx), a.Webhooks.Forget(ctx)); err != nil {
		return err
	}
	return a.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := store.DeleteExpired(ctx, tx, time.Now()); err != nil {
			return err
		}
		return store.ForgetAnswers(ctx, tx, a.Desk.Clock().Add(-30*24*time.Hour))
	})
}

// webhooksEvery is the longest that an event waits for its first delivery.
const webhooksEvery = 5 * time.Second

// deliver sends events to webhooks.
func (a *App) deliver(ctx context.Context) error {
	n, err := a.Webhooks.Run(ctx)
	if n > 0 {
		a.Log.Info("webhooks took events", "number", n)
	}
	return err
}

// post sends mails that are due.
func (a *App) post(ctx context.Context) error {
	n, err := a.Notices.Post(ctx)
	if n > 0 {
		a.Log.Info("sent mails", "number", n)
	}
	return err
}

// sweepFiles clears away what uploads that were cut off left.
func (a *App) sweepFiles(ctx context.Context) error {
	n, err := a.Desk.Vault.Sweep(ctx)
	if n > 0 {
		a.Log.Info("cleared away uploads that were cut off", "number", n)
	}
	return err
}
