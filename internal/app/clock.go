package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// clock tells the time. In the demo it starts on a day of 2024, runs on from
// there and can be moved forward; everywhere else it is the world's.
type clock struct {
	mu     sync.Mutex
	offset time.Duration // guarded by mu
}

// demoStart is the morning after the meeting of 21/3/2024.
var demoStart = time.Date(2024, 3, 22, 1, 0, 0, 0, time.UTC)

const clockSetting = "demo_clock"

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset).UTC().Truncate(time.Microsecond)
}

// startDemo takes the clock up where the database left it.
func (c *clock) startDemo(ctx context.Context, db *sqldb.DB) error {
	at := demoStart
	saved, err := store.Setting(ctx, db, clockSetting)
	if err != nil {
		return err
	}
	if saved != "" {
		if at, err = time.Parse(time.RFC3339Nano, saved); err != nil {
			return fmt.Errorf("demo clock: %w", err)
		}
	}
	head, err := store.LoadHead(ctx, db)
	if err != nil {
		return err
	}
	if head.LastAt.After(at) {
		at = head.LastAt
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = time.Until(at)
	return nil
}

// setClock moves the demo's clock forward, keeps that, and lets fall due what falls
// due.
//
// Faults: clock_back (Invalid).
func (a *App) setClock(ctx context.Context, to time.Time) error {
	if to.Before(a.clock.now()) || to.Year() > 2200 {
		return fault.New(fault.Invalid, "clock_back", "Đồng hồ thử nghiệm chỉ chạy tới, không lùi lại.", "The demo's clock moves forward only.")
	}
	if err := a.saveSetting(ctx, clockSetting, to.UTC().Format(time.RFC3339Nano)); err != nil {
		return err
	}
	a.clock.mu.Lock()
	a.clock.offset = time.Until(to)
	a.clock.mu.Unlock()
	_, err := a.Desk.Sweep(ctx)
	return err
}

func (a *App) saveSetting(ctx context.Context, name, value string) error {
	_, err := commit.Do[any](ctx, a.Committer, commit.Act{Kind: commit.Once, Locks: []string{"setting:" + name},
		Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "system", Kind: ledger.KindSecurity, Event: "change_setting", Actor: ledger.Actor{ID: ocop.System}, Data: ledger.Map{"name": name}}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.SaveSetting(ctx, tx, name, value)
				}),
			}, nil
		})})
	return err
}
