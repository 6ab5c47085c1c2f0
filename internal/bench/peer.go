package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"ocopflow/internal/sqldb"
)

// Peer is another engine on the same job: one durable step for each move. It
// takes its turn in every round like everybody else. Which peers there are is
// left to the module internal/bench/peers, so that the program depends on none.
type Peer struct {
	Name     string
	Database string // in which it keeps its steps: postgres or sqlite
	Open     func(ctx context.Context, at Place) (Ready, error)
}

// Place is what a peer may use; it takes what it needs.
type Place struct {
	Postgres string // address of an empty database that flushes what it commits
	Dir      string // an empty folder
	Clients  int    // how many will ask at the same time, at most
}

// Ready is a peer that can be asked.
type Ready struct {
	Move    func(ctx context.Context, client int) error // returns when one more step of this client's is durable
	Stop    func() error
	Process int // that makes its moves, if not this program: its processor time counts too
}

var errNoPlace = errors.New("other engines want a private Postgres, for a database each: install its server and name no database")

func (b *bench) openPeers(ctx context.Context) error {
	if len(b.Peers) == 0 {
		return nil
	}
	if b.own.of == nil {
		return errNoPlace
	}
	for i, p := range b.Peers {
		if err := b.openPeer(ctx, p, fmt.Sprintf("peer_%d", i+1)); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return nil
}

func (b *bench) openPeer(ctx context.Context, p Peer, name string) error {
	at := Place{Postgres: b.own.of(name), Dir: filepath.Join(b.dir, name), Clients: slices.Max(b.Clients)}
	if err := os.Mkdir(at.Dir, 0o700); err != nil {
		return err
	}
	if err := b.peerDatabase(ctx, name, at.Postgres); err != nil {
		return err
	}
	ready, err := p.Open(ctx, at)
	if err != nil {
		return err
	}
	b.closing(ready.Stop)
	c := contestant{name: p.Name, database: p.Database, peer: true, meter: meter{server: ready.Process}}
	if p.Database == string(sqldb.Postgres) {
		c.meter = b.postgres
	}
	c.run = func(ctx context.Context, clients int, each time.Duration) (sample, error) {
		return drive(ctx, clients, each, ready.Move)
	}
	b.contestants = append(b.contestants, c)
	return nil
}

// peerDatabase makes an empty database and refuses it if it does not flush.
func (b *bench) peerDatabase(ctx context.Context, name, address string) error {
	c, err := pgx.Connect(ctx, b.own.url)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return err
	}
	db, err := sqldb.Open(ctx, address)
	if err != nil {
		return err
	}
	return errors.Join(b.durable(ctx, db), db.Close())
}
