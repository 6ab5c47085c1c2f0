//go:build unix

package bench

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// stepPeer keeps each move as a row, in the database that it was given for
// itself, and holds what it kept against what it was asked when it is stopped.
func stepPeer(t *testing.T, stopped *bool) Peer {
	return Peer{Name: "step-peer", Database: "postgres", Open: func(ctx context.Context, at Place) (Ready, error) {
		pool, err := pgxpool.New(ctx, at.Postgres)
		if err != nil {
			return Ready{}, err
		}
		asked := make([]int, at.Clients)
		move := func(ctx context.Context, client int) error {
			asked[client]++
			_, err := pool.Exec(ctx, `INSERT INTO steps (client) VALUES ($1)`, client)
			return err
		}
		stop := func() error {
			defer pool.Close()
			*stopped = true
			rows, err := pool.Query(context.Background(), `SELECT client FROM steps`)
			if err != nil {
				return err
			}
			defer rows.Close()
			kept := make([]int, len(asked))
			for rows.Next() {
				var client int
				if err := rows.Scan(&client); err != nil {
					return err
				}
				kept[client]++
			}
			if !slices.Equal(kept, asked) || slices.Contains(asked, 0) {
				t.Errorf("asked for %v, kept %v", asked, kept)
			}
			return rows.Err()
		}
		_, err = pool.Exec(ctx, `CREATE TABLE steps (client BIGINT NOT NULL)`)
		return Ready{Move: move, Stop: stop}, err
	}}
}

// Where the database is somebody's, a peer has none of its own.
func TestPeersWantADatabaseEach(t *testing.T) {
	t.Parallel()
	s := Settings{Database: "sqlite:" + t.TempDir() + "/own.db", Peers: []Peer{stepPeer(t, new(bool))}}
	if _, err := Run(t.Context(), s); !errors.Is(err, errNoPlace) {
		t.Errorf("%v, want %v", err, errNoPlace)
	}
}
