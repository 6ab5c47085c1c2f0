package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/workflows"
)

// Days is the working-day calendar of that name, as published; nil when there
// is none.
func (d *Desk) Days(name string) *calendar.Days {
	if published := d.calendars.Load(); published != nil {
		if c := (*published)[name]; c != nil {
			return c
		}
	}
	return calendar.BuiltIn(name)
}

// Calendars are all that were published, by name.
func (d *Desk) Calendars(ctx context.Context) ([]*calendar.Days, error) {
	rows, err := store.Calendars(ctx, d.DB)
	if err != nil {
		return nil, err
	}
	var out []*calendar.Days
	for _, row := range rows {
		c, err := d.parsed(row)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (d *Desk) parsed(row store.Calendar) (*calendar.Days, error) {
	if c := d.Days(row.Name); c != nil && c.Hash == row.Hash {
		return c, nil
	}
	c, findings := calendar.Parse(row.Name, []byte(row.Body))
	if c == nil {
		return nil, fmt.Errorf("calendar %s: %v", row.Name, findings)
	}
	return c, nil
}

// ReadCalendars takes up what was published, here or by another server.
func (d *Desk) ReadCalendars(ctx context.Context) error {
	list, err := d.Calendars(ctx)
	if err != nil {
		return err
	}
	all := make(map[string]*calendar.Days, len(list))
	for _, c := range list {
		all[c.Name] = c
	}
	d.calendars.Store(&all)
	return nil
}

// PublishBuiltIn publishes the calendars that came with the program, unless an
// office has put its own in their place.
func (d *Desk) PublishBuiltIn(ctx context.Context) error {
	rows, err := store.Calendars(ctx, d.DB)
	if err != nil {
		return err
	}
	files, err := workflows.Files.ReadDir("calendars")
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := workflows.Files.ReadFile("calendars/" + f.Name())
		if err != nil {
			return err
		}
		c, findings := calendar.Parse(f.Name(), text)
		if c == nil {
			return fmt.Errorf("calendar %s: %v", f.Name(), findings)
		}
		i := slices.IndexFunc(rows, func(r store.Calendar) bool { return r.Name == c.Name })
		if i >= 0 && (!rows[i].BuiltIn || rows[i].Hash == c.Hash) {
			continue
		}
		if err := d.publish(ctx, access.SystemActor, c, text, true); err != nil {
			return err
		}
	}
	return d.ReadCalendars(ctx)
}

// ImportCalendar publishes a calendar that an office has changed. Everyone's
// deadlines in working days are worked out again.
//
// Faults: who_may_not (Forbidden); calendar_file (Invalid), with each finding.
func (d *Desk) ImportCalendar(ctx context.Context, a access.Actor, name string, text []byte) (*calendar.Days, error) {
	if a.ID != ocop.System && !a.Has(access.Admin) {
		return nil, fault.New(fault.Forbidden, "who_may_not", "Chỉ người quản trị được đổi lịch ngày làm việc.", "Only an administrator changes the working-day calendar.")
	}
	c, findings := calendar.Parse(name, text)
	if c == nil {
		return nil, wrongCalendar(findings)
	}
	if old := d.Days(c.Name); old != nil && old.Hash == c.Hash {
		return old, nil
	}
	if err := d.publish(ctx, a, c, text, false); err != nil {
		return nil, err
	}
	if err := d.ReadCalendars(ctx); err != nil {
		return nil, err
	}
	_, err := d.Sweep(ctx)
	return c, err
}

func wrongCalendar(findings []source.Finding) error {
	bad := fault.New(fault.Invalid, "calendar_file", "Tệp lịch có lỗi; chưa lưu gì.", "The calendar file has errors; nothing was saved.")
	for _, x := range findings {
		if !x.Warning {
			bad.At(fmt.Sprintf("%s:%d:%d", x.File, x.Line, x.Column), x.Message.Vi, x.Message.En)
		}
	}
	return bad
}

// publish keeps a calendar, enters that it changed, and asks for all open
// deadlines to be worked out again.
func (d *Desk) publish(ctx context.Context, a access.Actor, c *calendar.Days, text []byte, builtIn bool) error {
	return d.calendarAct(ctx, a, c, c.Single, func(today ocop.Date, now time.Time) store.Calendar {
		return store.Calendar{Name: c.Name, Hash: c.Hash, Body: string(text), BuiltIn: builtIn, KnownOn: today, PublishedAt: now}
	})
}

// announce takes in the days off that were announced since the last time: from
// the day of the announcement on they count.
func (d *Desk) announce(ctx context.Context) error {
	rows, err := store.Calendars(ctx, d.DB)
	if err != nil {
		return err
	}
	for _, row := range rows {
		c := d.Days(row.Name)
		if c == nil {
			continue
		}
		fresh := c.Announced(row.KnownOn, d.Today())
		if len(fresh) == 0 {
			continue
		}
		err := d.calendarAct(ctx, access.SystemActor, c, fresh, func(today ocop.Date, _ time.Time) store.Calendar {
			row.KnownOn = today
			return row
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// maxListed bounds the days that an entry lists; the file's hash has them all.
const maxListed = 100

func (d *Desk) calendarAct(ctx context.Context, a access.Actor, c *calendar.Days, days []calendar.Day, row func(ocop.Date, time.Time) store.Calendar) error {
	list := []any{}
	for _, day := range days[:min(len(days), maxListed)] {
		list = append(list, ledger.Map{"date": day.Date.String(), "kind": string(day.Kind), "announced": day.Announced.String()})
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		saved := row(ocop.DateOf(now), now)
		if done, err := taken(ctx, q, saved); done || err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{{Stream: "system", Kind: ledger.KindRecord, Event: "calendar_changed", Actor: ActorOf(a),
				Data: ledger.Map{"calendar": c.Name, "known_on": saved.KnownOn.String(), "days": list}, Refs: []string{"sha256:" + c.Hash}}},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				if err := store.SaveCalendar(ctx, tx, saved); err != nil {
					return err
				}
				if err := store.ReckonPetitions(ctx, tx, now); err != nil {
					return err
				}
				return store.ReckonAll(ctx, tx, now)
			}),
		}, nil
	}
	_, err := commit.Do[any](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: []string{"calendar:" + c.Name}, Ask: commit.Alone(decide)})
	return err
}

// taken reports whether another server was faster.
func taken(ctx context.Context, q sqldb.Querier, c store.Calendar) (bool, error) {
	rows, err := store.Calendars(ctx, q)
	return slices.ContainsFunc(rows, func(r store.Calendar) bool {
		return r.Name == c.Name && r.Hash == c.Hash && r.KnownOn >= c.KnownOn
	}), err
}
