package bench

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ocopflow/internal/sqldb"
)

// The yardstick is the barest durable move: the case gets a new state, a row of
// history is added. No rules, no proof, nothing read.

// plainCases is how many cases the yardstick has, as pgbench has at least.
const plainCases = 100_000

const plainTables = `CREATE TABLE bench_cases (id BIGINT PRIMARY KEY, state BIGINT NOT NULL, version BIGINT NOT NULL, updated_at BIGINT NOT NULL, filler TEXT NOT NULL);
CREATE TABLE bench_moves (case_id BIGINT NOT NULL, event TEXT NOT NULL, actor TEXT NOT NULL, at BIGINT NOT NULL, filler TEXT NOT NULL);`

const (
	plainUpdate = `UPDATE bench_cases SET state = $2, version = version + 1, updated_at = $3 WHERE id = $1`
	plainInsert = `INSERT INTO bench_moves (case_id, event, actor, at, filler) VALUES ($1, 'confirm', 'office', $2, 'a hundred bytes or so, as the shortest useful line of a history would have them in any office today')`
	plainCTE    = `WITH moved AS (UPDATE bench_cases SET state = $2, version = version + 1, updated_at = $3 WHERE id = $1 RETURNING id)
		INSERT INTO bench_moves (case_id, event, actor, at, filler) SELECT id, 'confirm', 'office', $3, 'a hundred bytes or so, as the shortest useful line of a history would have them in any office today' FROM moved`
	plainFill = `INSERT INTO bench_cases (id, state, version, updated_at, filler) `
	filler    = `'as many bytes again for a case, which has a name, an owner and a place beside its state'`
)

func randomCase() int64 { return 1 + rand.Int64N(plainCases) }

// plainSQLite makes one transaction for each move, through the handle that the
// program itself writes with.
func plainSQLite(ctx context.Context, db *sqldb.DB) (contestant, error) {
	c := contestant{name: "sqlite-transaction", database: "sqlite"}
	w := db.Writer()
	for _, text := range []string{plainTables, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) %s SELECT i, 0, 1, 0, %s FROM n`, plainCases, plainFill, filler)} {
		if _, err := w.ExecContext(ctx, text); err != nil {
			return c, err
		}
	}
	update, err := w.PrepareContext(ctx, plainUpdate)
	if err != nil {
		return c, err
	}
	insert, err := w.PrepareContext(ctx, plainInsert)
	if err != nil {
		return c, err
	}
	move := func(ctx context.Context, _ int) error {
		tx, err := w.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // nothing to do after a commit
		id, now := randomCase(), time.Now().UnixMicro()
		if err := touch(tx.StmtContext(ctx, update).ExecContext(ctx, id, now%10, now)); err != nil {
			return err
		}
		if err := touch(tx.StmtContext(ctx, insert).ExecContext(ctx, id, now)); err != nil {
			return err
		}
		return tx.Commit()
	}
	c.run = func(ctx context.Context, clients int, each time.Duration) (sample, error) {
		return drive(ctx, clients, each, move)
	}
	return c, nil
}

// touch wants a statement to have touched exactly one row.
func touch(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("touched %d rows: %w", n, err)
	}
	return nil
}

// plainPostgres are pgbench's transaction and single statement: by pgbench
// itself where it is installed, else the same through pgx.
func (b *bench) plainPostgres(ctx context.Context, address string) ([]contestant, error) {
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return nil, err
	}
	defer c.Close(ctx)
	for _, text := range []string{plainTables, fmt.Sprintf(`%s SELECT i, 0, 1, 0, %s FROM generate_series(1, %d) i`, plainFill, filler, plainCases), `VACUUM ANALYZE bench_cases`} {
		if _, err := c.Exec(ctx, text); err != nil {
			return nil, err
		}
	}
	program, err := newPgbench(b.dir, address)
	if err != nil {
		b.notes = append(b.notes, "pgbench: "+err.Error()+"; its transactions are made through pgx")
		return pgxPlain(address), nil
	}
	b.notes = append(b.notes, "pgbench-transaction, pgbench-cte: "+program.path)
	return program.contestants(), nil
}

// pgxPlain makes pgbench's moves over a connection for each client.
func pgxPlain(address string) []contestant {
	one := func(ctx context.Context, c *pgxpool.Conn) error {
		id, now := randomCase(), time.Now().UnixMicro()
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, plainUpdate, id, now%10, now); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, plainInsert, id, now)
			return err
		})
	}
	cte := func(ctx context.Context, c *pgxpool.Conn) error {
		now := time.Now().UnixMicro()
		_, err := c.Exec(ctx, plainCTE, randomCase(), now%10, now)
		return err
	}
	run := func(move func(context.Context, *pgxpool.Conn) error) func(context.Context, int, time.Duration) (sample, error) {
		return func(ctx context.Context, clients int, each time.Duration) (sample, error) {
			config, err := pgxpool.ParseConfig(address)
			if err != nil {
				return sample{}, err
			}
			config.MaxConns = int32(clients) //nolint:gosec // at most 1000
			pool, err := pgxpool.NewWithConfig(ctx, config)
			if err != nil {
				return sample{}, err
			}
			defer pool.Close()
			conns := make([]*pgxpool.Conn, clients)
			for i := range conns {
				if conns[i], err = pool.Acquire(ctx); err != nil {
					return sample{}, err
				}
				defer conns[i].Release()
			}
			return drive(ctx, clients, each, func(ctx context.Context, client int) error { return move(ctx, conns[client]) })
		}
	}
	return []contestant{{name: "pgbench-transaction", database: "postgres", run: run(one)}, {name: "pgbench-cte", database: "postgres", run: run(cte)}}
}
