package main

import (
	"time"

	"ocopflow/internal/bench"
)

type benchCmd struct {
	Database string  `help:"Where to measure: an empty database postgres://… of your own, or sqlite:FILE, a new file. Default: SQLite, and a private Postgres where one is installed." aliases:"postgres" placeholder:"URL"`
	Clients  []int   `help:"Numbers of clients at the same time." default:"1,8,32,128" placeholder:"N"`
	Seconds  float64 `help:"Time of each contestant in each round." default:"2"`
	Runs     int     `help:"Interleaved rounds, of which the medians count." default:"5"`
	JSON     bool    `help:"Print JSON."`
}

func (b benchCmd) Run(w world) error {
	s := bench.Settings{Database: b.Database, Clients: b.Clients, Each: time.Duration(b.Seconds * float64(time.Second)), Runs: b.Runs}
	s.Progress = w.progress()
	r, err := bench.Run(w.ctx, s)
	if err != nil {
		return err
	}
	return w.print(b.JSON, r, r.Text)
}
