package main

import (
	"fmt"
	"io"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/app"
	"ocopflow/internal/fault"
	"ocopflow/internal/privacy"
	"ocopflow/internal/store"
)

type auditEraseCmd struct {
	database
	Entry  int64    `required:"" help:"Index of the entry."`
	Field  []string `help:"Private field of the entry, such as comment or documents.name; repeatable. All of them unless given."`
	Reason string   `required:"" help:"Why; it is kept for good."`
	As     string   `help:"Account in whose name, if it may; the system's unless given." placeholder:"NAME"`
	JSON   bool     `help:"Print JSON."`
}

// Run forgets private values and says how many.
func (c auditEraseCmd) Run(w world) error {
	done, err := on(w, c.database, func(a *app.App) (privacy.Done, error) {
		actor := access.SystemActor
		if c.As != "" {
			acc, err := store.AccountByName(w.ctx, a.DB, c.As)
			switch {
			case err != nil:
				return privacy.Done{}, err
			case acc == nil:
				return privacy.Done{}, fault.New(fault.NotFound, "not_found", "Không có tài khoản này.", "There is no such account.")
			}
			if actor, err = accounts.Actor(w.ctx, a.DB, *acc); err != nil {
				return privacy.Done{}, err
			}
		}
		return a.Privacy.Erase(w.ctx, privacy.Request{Entry: c.Entry, Fields: c.Field, Reason: c.Reason, Actor: actor})
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, done, func(out io.Writer) { fmt.Fprintf(out, "%d · #%d\n", done.Erased, *done.Entry.Index) })
}
