package bench

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"ocopflow/internal/sqldb"
)

// contestant makes moves, one kind of them in one way.
type contestant struct {
	name     string
	database string
	peer     bool
	meter    meter
	// run lets so many clients move as fast as they can for some time.
	run func(ctx context.Context, clients int, each time.Duration) (sample, error)
}

// sample is what one contestant did in one round.
type sample struct {
	moves         int
	took          time.Duration
	p50, p95, p99 time.Duration
	used          usage
}

func (s sample) perSecond() float64 { return float64(s.moves) / s.took.Seconds() }

// meter reads what moves cost besides time.
type meter struct {
	server int       // process of the private Postgres, or of a peer's server; 0 without one
	db     *sqldb.DB // for the bytes of its log; nil on SQLite
}

// usage since some moment.
type usage struct {
	processor time.Duration // of this program and of the server, if it is our own
	written   int64         // bytes
}

func (m meter) read(ctx context.Context) (u usage, err error) {
	u.processor, u.written = ownUsage()
	if m.server != 0 {
		u.processor += serverProcessor(m.server)
		u.written += serverWritten(m.server)
	}
	if m.db != nil {
		u.written, err = logPosition(ctx, m.db)
	}
	return u, err
}

// logPosition is how far Postgres has written its log: what it must flush.
func logPosition(ctx context.Context, db *sqldb.DB) (n int64, err error) {
	err = db.QueryRow(ctx, `SELECT CAST(pg_current_wal_insert_lsn() - '0/0' AS BIGINT)`).Scan(&n)
	return n, err
}

func (c *contestant) take(ctx context.Context, clients int, each time.Duration) (sample, error) {
	before, err := c.meter.read(ctx)
	if err != nil {
		return sample{}, err
	}
	s, err := c.run(ctx, clients, each)
	if err != nil {
		return s, err
	}
	after, err := c.meter.read(ctx)
	s.used = usage{after.processor - before.processor, after.written - before.written}
	if s.moves == 0 && err == nil {
		err = errors.New("made no move")
	}
	return s, err
}

// drive lets clients call move again and again until the time is up.
func drive(ctx context.Context, clients int, each time.Duration, move func(ctx context.Context, client int) error) (sample, error) {
	times, errs := make([][]time.Duration, clients), make([]error, clients)
	began := time.Now()
	end := began.Add(each)
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			for at := began; at.Before(end) && ctx.Err() == nil; {
				if errs[n] = move(ctx, n); errs[n] != nil {
					return
				}
				now := time.Now()
				times[n] = append(times[n], now.Sub(at))
				at = now
			}
		})
	}
	wg.Wait()
	took := time.Since(began)
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return sample{}, err
	}
	return sampleOf(slices.Concat(times...), took), nil
}

func sampleOf(times []time.Duration, took time.Duration) sample {
	slices.Sort(times)
	return sample{moves: len(times), took: took, p50: quantile(times, 50), p95: quantile(times, 95), p99: quantile(times, 99)}
}

// quantile of sorted times; 0 of none.
func quantile(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}
