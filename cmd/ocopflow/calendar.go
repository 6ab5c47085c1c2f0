package main

import (
	"fmt"
	"io"

	"ocopflow/internal/access"
	"ocopflow/internal/app"
	"ocopflow/internal/calendar"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

type calendarCmd struct {
	Check  calendarCheckCmd  `cmd:"" help:"Check a calendar file."`
	Import calendarImportCmd `cmd:"" help:"Publish a calendar file; running limits are worked out again."`
	Count  calendarCountCmd  `cmd:"" help:"Count working days from a day, day by day."`
}

type calendarCheckCmd struct {
	File string `arg:"" help:"Calendar file (YAML)." type:"existingfile"`
	JSON bool   `help:"Print JSON."`
}

func (c calendarCheckCmd) Run(w world) error {
	text, err := readSmall(c.File)
	if err != nil {
		return err
	}
	days, findings := calendar.Parse(c.File, text)
	err = w.print(c.JSON, map[string]any{"findings": findings, "ok": days != nil}, func(out io.Writer) {
		for _, f := range findings {
			fmt.Fprintf(out, "%s:%d:%d: %s: %s\n", f.File, f.Line, f.Column, f.Code, f.Message.In(w.lang))
		}
		if days != nil {
			fmt.Fprintf(out, "%s ✓\n", days)
		}
	})
	if err == nil && days == nil {
		err = errSilent
	}
	return err
}

type calendarImportCmd struct {
	database
	File string `arg:"" help:"Calendar file (YAML)." type:"existingfile"`
	JSON bool   `help:"Print JSON."`
}

func (c calendarImportCmd) Run(w world) error {
	text, err := readSmall(c.File)
	if err != nil {
		return err
	}
	days, err := on(w, c.database, func(a *app.App) (*calendar.Days, error) {
		return a.Desk.ImportCalendar(w.ctx, access.SystemActor, c.File, text)
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, map[string]string{"calendar": days.Name, "hash": days.Hash}, func(out io.Writer) { fmt.Fprintf(out, "%s %s\n", days, days.Hash) })
}

type calendarCountCmd struct {
	From  string `arg:"" help:"Day to count from, itself not counted (YYYY-MM-DD)."`
	Days  int    `arg:"" help:"Working days."`
	Known string `help:"As known on that day; today unless given."`
	Name  string `help:"Calendar." default:"vn"`
	JSON  bool   `help:"Print JSON."`
}

func (c calendarCountCmd) Run(w world) error {
	from, err := ocop.ParseDate(c.From)
	if err != nil {
		return err
	}
	known := today()
	if c.Known != "" {
		if known, err = ocop.ParseDate(c.Known); err != nil {
			return err
		}
	}
	days := calendar.BuiltIn(c.Name)
	if days == nil {
		return fault.New(fault.NotFound, "not_found", "Không có lịch "+c.Name+".", "There is no calendar "+c.Name+".")
	}
	last, steps := days.Count(from, c.Days, known)
	return w.print(c.JSON, map[string]any{"last_day": last, "steps": steps, "covered": days.Covers(last)}, func(out io.Writer) {
		for _, s := range steps {
			if s.Rest != nil {
				fmt.Fprintf(out, "   –  %s  %s\n", s.Day, s.Rest.In(w.lang))
			} else {
				fmt.Fprintf(out, "%4d  %s\n", s.Counted, s.Day)
			}
		}
		fmt.Fprintln(out, last)
	})
}
