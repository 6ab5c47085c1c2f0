package app

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
)

// A server may be started on a standby of a Postgres, for those who only read:
// auditors, boards. It changes nothing, says so to whoever tries, and does none
// of the work that comes again and again. When the standby is promoted, it
// begins to do all of that by itself.

// promotedEvery is how long a promotion goes unnoticed at most.
const promotedEvery = time.Second

// following waits for the promotion of a standby.
type following struct {
	stop context.CancelFunc // nil when nothing is waited for
	done sync.WaitGroup
}

// follow reads what a standby needs in memory and waits for its promotion.
func (a *App) follow(ctx context.Context) error {
	if err := a.Desk.ReadCalendars(ctx); err != nil {
		return err
	}
	a.Log.Info("the database is a standby: this server only reads")
	if a.Idle {
		return nil
	}
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	a.done.Go(func() {
		tick := time.NewTicker(promotedEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if a.promoted(ctx) {
					return
				}
			}
		}
	})
	return nil
}

// promoted takes up what a standby leaves alone, once the database takes writes.
func (a *App) promoted(ctx context.Context) bool {
	reads, err := a.DB.OnlyReads(ctx)
	if err != nil || reads {
		return false // out of reach for a moment, or still following
	}
	if err := a.lead(ctx); err != nil {
		a.Log.Error("the standby was promoted, but this server could not take over yet", "err", err)
		return false
	}
	a.standby.Store(false)
	a.Log.Info("the standby was promoted: this server writes")
	return true
}

func (a *App) unfollow() {
	if a.stop != nil {
		a.stop()
	}
	a.done.Wait()
}

// changes are refused while the database only reads, before anything of them is
// read; page says it to a person.
func (a *App) changes(page func(*gin.Context, *fault.Error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		switch c.Request.Method {
		case http.MethodGet, http.MethodHead, http.MethodOptions:
			return
		}
		if !a.standby.Load() {
			return
		}
		c.Abort()
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			httpx.WriteProblem(c.Writer, c.Request, commit.OnlyReads())
			return
		}
		page(c, commit.OnlyReads())
	}
}
