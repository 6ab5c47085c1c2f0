package app

import (
	"context"
	"time"

	"ocopflow/internal/backup"
)

// backUp makes a backup if one is due.
func (a *App) backUp(ctx context.Context) error {
	s := a.Backup
	s.Source = backup.Source{DB: a.DB, Data: a.Data, Files: a.Files, Version: a.Version, Now: time.Now}
	name, err := s.Run(ctx)
	switch {
	case err != nil:
		a.Log.Error("the backup failed", "folder", s.Dir, "error", err)
	case name != "":
		a.Log.Info("backed up", "file", name)
	}
	return err
}
