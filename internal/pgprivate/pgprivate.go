//go:build unix

// Package pgprivate runs a Postgres of our own from the server binaries that
// are installed, for tests, the story and benchmarks. What is done with it is
// left to its callers; a production database is an administrator's.
package pgprivate

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNotInstalled says that there are no server binaries to run.
var ErrNotInstalled = errors.New("no Postgres server is installed; on Debian: apt-get install postgresql")

// Server is a running Postgres.
type Server struct {
	bin      string
	dir      string // holds everything; removed by Stop
	port     int
	password string
	fast     bool
	process  *exec.Cmd
	primary  *Server // that a standby follows; nil for a primary
}

// Start makes a new cluster in a temporary directory and runs it on a free port
// of the loopback interface. A fast one does without flushes to disk: good for
// tests that do not pull the plug.
func Start(ctx context.Context, fast bool) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "ocopflow-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, fast: fast, password: secret()}
	if err := s.create(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.Run(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// binaries is the folder of the newest installed server.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well formed
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", ErrNotInstalled
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // 0 for a name that is no number
	return n
}

func secret() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) create(ctx context.Context) error {
	file := filepath.Join(s.dir, "password")
	if err := os.WriteFile(file, []byte(s.password), 0o600); err != nil {
		return err
	}
	owner, err := unprivileged()
	if err != nil {
		return err
	}
	if owner != nil {
		for _, path := range []string{s.dir, file} {
			if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
				return err
			}
		}
	}
	cmd := s.command(ctx, owner, "initdb", "--pgdata", s.data(), "--username", "postgres", "--auth", "scram-sha-256",
		"--pwfile", file, "--encoding", "UTF8", "--locale", "C", "--no-sync")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, text)
	}
	return os.Remove(file)
}

func (s *Server) command(ctx context.Context, owner *syscall.Credential, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = attributes(owner)
	return cmd
}

// Run starts the server of an existing cluster and waits until it answers.
func (s *Server) Run(ctx context.Context) error {
	owner, err := unprivileged()
	if err != nil {
		return err
	}
	if s.port == 0 {
		if s.port, err = freePort(); err != nil {
			return err
		}
	}
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.port), "-k", s.dir, "-c", "listen_addresses=127.0.0.1",
		"-c", "max_connections=200", "-c", "logging_collector=off"}
	if s.fast {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	s.process = s.command(context.WithoutCancel(ctx), owner, "postgres", args...)
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own copy
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		return err
	}
	return s.wait(ctx)
}

// wait asks until the server answers or a minute has passed.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(filepath.Join(s.dir, "log")) // only to say more
			return fmt.Errorf("postgres does not answer: %w: %s", err, text)
		case <-tick.C:
		}
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// URL is the address of a database of the server.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%d/%s?sslmode=disable", s.password, s.port, database)
}

// PID is the process of the server; its children are the connections. 0 when it
// does not run.
func (s *Server) PID() int {
	if s.process == nil || s.process.Process == nil {
		return 0
	}
	return s.process.Process.Pid
}

// Kill ends the server at once, as a power cut would end its processes; Run
// starts it again.
func (s *Server) Kill() error { return s.end(syscall.SIGQUIT) }

// Stop ends the server and removes its directory.
func (s *Server) Stop() error {
	return errors.Join(s.end(syscall.SIGINT), os.RemoveAll(s.dir))
}

func (s *Server) end(how syscall.Signal) error {
	if s.process == nil || s.process.Process == nil {
		return nil
	}
	err := s.process.Process.Signal(how)
	_ = s.process.Wait() // it was told to end; its exit code says so
	s.process = nil
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}
