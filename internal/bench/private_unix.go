//go:build unix

package bench

import (
	"context"

	"ocopflow/internal/pgprivate"
)

// private is a Postgres of our own.
type private struct {
	url  string
	of   func(database string) string // address of another database
	pid  int
	stop func() error
}

func startPrivate(ctx context.Context) (private, error) {
	pg, err := pgprivate.Start(ctx, false)
	if err != nil {
		return private{}, err
	}
	return private{pg.URL("postgres"), pg.URL, pg.PID(), pg.Stop}, nil
}
