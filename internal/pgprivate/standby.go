//go:build unix

package pgprivate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Standby makes a copy of a running server with pg_basebackup and runs it as a
// standby, which follows by streaming replication and answers who only reads.
func (s *Server) Standby(ctx context.Context) (*Server, error) {
	dir, err := os.MkdirTemp("", "ocopflow-standby-")
	if err != nil {
		return nil, err
	}
	t := &Server{bin: s.bin, dir: dir, fast: s.fast, password: s.password, primary: s}
	if err := t.copy(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := t.Run(ctx); err != nil {
		return nil, errors.Join(err, t.Stop())
	}
	return t, nil
}

func (s *Server) copy(ctx context.Context) error {
	owner, err := unprivileged()
	if err != nil {
		return err
	}
	if owner != nil {
		if err := os.Chown(s.dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	// --write-recovery-conf makes it a standby of where it was copied from.
	cmd := s.command(ctx, owner, "pg_basebackup", "--pgdata", s.data(), "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync",
		"--host=127.0.0.1", "--port="+strconv.Itoa(s.primary.port), "--username=postgres", "--no-password")
	cmd.Env = append(os.Environ(), "PGPASSWORD="+s.password)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w: %s", err, text)
	}
	return nil
}

// Synchronous lets no commit of the server be acknowledged before a standby has
// it on its disk.
func (s *Server) Synchronous(ctx context.Context) error {
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	for _, text := range []string{`ALTER SYSTEM SET synchronous_standby_names = '*'`, `SELECT pg_reload_conf()`} {
		if _, err := c.Exec(ctx, text); err != nil {
			return err
		}
	}
	// Sessions take a setting up between two statements, and the standby is asked
	// from then on.
	for {
		var on bool
		if err := c.QueryRow(ctx, `SELECT current_setting('synchronous_standby_names') = '*' AND EXISTS (SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync')`).Scan(&on); err != nil || on {
			return err
		}
	}
}

// Promote makes a primary of a standby and returns when it takes writes.
func (s *Server) Promote(ctx context.Context) error {
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	var done bool
	if err := c.QueryRow(ctx, `SELECT pg_promote(true, 60)`).Scan(&done); err != nil {
		return err
	}
	if !done {
		return errors.New("the standby was not promoted within a minute")
	}
	return nil
}

// Crash ends all processes of the server at once, without a word to anybody, as
// kill -9 does.
func (s *Server) Crash() error {
	if s.process == nil || s.process.Process == nil {
		return nil
	}
	pid := s.process.Process.Pid
	// Its connections are children in process groups of their own.
	children, err := childrenOf(pid)
	if err != nil {
		return err
	}
	err = s.end(syscall.SIGKILL)
	for _, child := range children {
		if e := syscall.Kill(child, syscall.SIGKILL); e != nil && !errors.Is(e, syscall.ESRCH) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// Either is the address of whichever of two servers takes writes.
func (s *Server) Either(other *Server, database string) string {
	return fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%d,127.0.0.1:%d/%s?sslmode=disable&target_session_attrs=read-write&connect_timeout=2",
		s.password, s.port, other.port, database)
}

func childrenOf(pid int) (list []int, err error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		if f := strings.Fields(rest); len(f) > 1 && f[1] == strconv.Itoa(pid) {
			n, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			if err != nil {
				return nil, err
			}
			list = append(list, n)
		}
	}
	return list, err
}

// CaughtUp waits until a standby shows all that its primary had committed when
// this was called.
func (s *Server) CaughtUp(ctx context.Context) error {
	p, err := pgx.Connect(ctx, s.primary.URL("postgres"))
	if err != nil {
		return err
	}
	defer p.Close(ctx)
	var at string
	if err := p.QueryRow(ctx, `SELECT CAST(pg_current_wal_insert_lsn() AS TEXT)`).Scan(&at); err != nil {
		return err
	}
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	for {
		var there bool
		if err := c.QueryRow(ctx, `SELECT pg_last_wal_replay_lsn() >= CAST(CAST($1 AS TEXT) AS PG_LSN)`, at).Scan(&there); err != nil || there {
			return err
		}
	}
}
