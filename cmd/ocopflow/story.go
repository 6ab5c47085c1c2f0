package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"ocopflow/internal/app"
	"ocopflow/internal/audit"
	"ocopflow/internal/ocop"
	"ocopflow/internal/story"
)

type storyCmd struct {
	Database string `help:"Empty database to play on; default: a temporary SQLite." env:"OCOPFLOW_DATABASE" placeholder:"URL"`
	JSON     bool   `help:"Print only the verification, as JSON."`
}

func (s storyCmd) Run(w world) error {
	address := s.Database
	if address == "" {
		dir, err := os.MkdirTemp("", "ocopflow-story-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		address = "sqlite:" + filepath.Join(dir, "story.db")
	}
	a, err := app.Open(w.ctx, app.Config{Database: address, Demo: true, Idle: true, Version: version, Log: slog.New(slog.NewTextHandler(w.errs, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		return err
	}
	err = s.play(w, a)
	return errors.Join(err, a.Close())
}

func (s storyCmd) play(w world, a *app.App) error {
	demo, err := a.LoadDemo(w.ctx)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: a.Handler}
	go server.Serve(listener)
	defer server.Close()
	var cast []story.Account
	for _, x := range demo {
		cast = append(cast, story.Account{Name: x.Name, Token: x.Token})
	}
	out := w.out
	if s.JSON {
		out = io.Discard
	}
	if err := story.Play(w.ctx, out, w.lang, "http://"+listener.Addr().String(), cast); err != nil {
		return err
	}
	report, err := audit.Verify(w.ctx, a.DB, audit.Options{})
	if err != nil {
		return err
	}
	if err := w.print(s.JSON, report, func(out io.Writer) { fmt.Fprintln(out, verdict(report).In(w.lang)) }); err != nil {
		return err
	}
	if !report.OK {
		return errSilent
	}
	return nil
}

func verdict(r audit.Report) ocop.Text {
	if !r.OK {
		return ocop.Text{Vi: "✗ Sổ cái không khớp: " + r.Fault, En: "✗ The ledger does not hold: " + r.Fault}
	}
	return ocop.Text{
		Vi: fmt.Sprintf("\n✓ Sổ cái: %d bản ghi, cây tính lại bằng gốc đang lưu: %s", r.Entries, r.Root),
		En: fmt.Sprintf("\n✓ The ledger: %d entries, the tree recomputed equals the stored root: %s", r.Entries, r.Root),
	}
}
