package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/backup"
	"ocopflow/internal/health"
	"ocopflow/internal/httpx"
	"ocopflow/internal/job"
	"ocopflow/internal/meter"
	"ocopflow/internal/store"
)

// watched counts each request and writes a line about it: its id, route, status
// and who asked, by account id. Addresses, names and bodies are never in it.
func (a *App) watched(c *gin.Context) {
	began := time.Now()
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	ctx, span := a.Tracer.Request(httpx.Watching(c.Request.Context()), methodOf(c.Request.Method)+" "+route)
	c.Request = c.Request.WithContext(ctx)
	c.Next()
	took, status := time.Since(began), c.Writer.Status()
	span.Note("http.request.method", methodOf(c.Request.Method))
	span.Note("http.route", route)
	span.Count("http.response.status_code", status)
	span.Note("ocopflow.request", c.Writer.Header().Get("X-Request-Id"))
	span.End(serverError(status))
	a.Meter.Request(methodOf(c.Request.Method), route, status, took)
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case route == "/healthz", route == "/readyz":
		level = slog.LevelDebug // asked every few seconds
	}
	a.Log.Log(ctx, level, "request", "request", c.Writer.Header().Get("X-Request-Id"), "method", methodOf(c.Request.Method), "route", route,
		"status", status, "ms", took.Milliseconds(), "actor", httpx.Recognised(ctx))
}

// methodOf keeps what a stranger makes up out of figures and log.
func methodOf(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}

// standing is what the database says of the program.
func (a *App) standing(ctx context.Context) (s meter.Standing, err error) {
	head, err := store.LoadHead(ctx, a.DB)
	if err != nil {
		return s, err
	}
	s.Entries, s.Newest = head.Tree.Size, head.LastAt
	if kept, err := a.Notary.Standing(head.Origin); err == nil { // else the page of health says why; the database answers
		s.Kept, s.Covered = kept.At, kept.Size
	}
	if space, err := health.SpaceOf(a.Data); err == nil { // else the page of health says so
		s.Free, s.Total = space.Free, space.Total
	}
	if a.Certificate != nil {
		s.Certificate, _ = a.Certificate() // one that cannot be read has no end; the page of health says why
	}
	if s.Overdue, err = store.OverdueTimers(ctx, a.DB, a.Desk.Clock()); err != nil {
		return s, err
	}
	if s.Sessions, err = store.RunningSessions(ctx, a.DB, time.Now()); err != nil || a.Backup.Dir == "" {
		return s, err
	}
	s.Backup, err = backup.Newest(a.Backup.Dir)
	return s, err
}

// counted is a task whose runs are counted. One that ended because the program
// stops did not fail.
func (a *App) counted(t job.Task) job.Task {
	do := t.Do
	t.Do = func(ctx context.Context) error {
		began := time.Now()
		err := do(ctx)
		if err == nil || ctx.Err() == nil || context.Cause(ctx) == context.DeadlineExceeded {
			a.Meter.Task(t.Name, time.Since(began), err)
		}
		return err
	}
	return t
}

var errAnswered = errors.New("the answer was an error of the server's own")

func serverError(status int) error {
	if status >= 500 {
		return errAnswered
	}
	return nil
}
