// Package lists gives what an office has on record as tables for a spreadsheet:
// which columns a list has and what stands in them, within the reader's view.
// Reading rows is left to the packages that do, writing a workbook to package
// workbook.
package lists

import (
	"context"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/correspondence"
	"ocopflow/internal/council"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
	"ocopflow/internal/workflow"
)

// page is how many rows are read at a time.
const page = 500

// Desk gives lists.
type Desk struct {
	DB             *sqldb.DB
	Products       *casework.Desk
	People         *accounts.People
	Councils       *council.Desk
	Correspondence *correspondence.Desk
	Library        *workflow.Library
	Clock          func() time.Time
}

// Reader is for whom a list is: it holds what they may see, in their language.
type Reader struct {
	Actor access.Actor
	Lang  ocop.Lang
}

// Table is a list: its columns, and its rows one after another.
type Table struct {
	Name    string // of a file
	Title   string
	Columns []workbook.Column
	rows    func(ctx context.Context, row func(cells ...any) error) error
}

// Rows walks the rows, a page of the database at a time. A cell is what
// workbook.Sheet.Row takes.
func (t Table) Rows(ctx context.Context, row func(cells ...any) error) error { return t.rows(ctx, row) }

// Book writes tables into a workbook, one a sheet. All rows are read before it
// is given, so that a failure can still be told; close it.
func Book(ctx context.Context, tables ...Table) (*workbook.Book, error) {
	b, err := workbook.New()
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		s, err := b.Sheet(t.Title, t.Columns...)
		if err == nil {
			err = t.rows(ctx, s.Row)
		}
		if err != nil {
			_ = b.Close() // what went wrong before counts
			return nil, err
		}
	}
	return b, nil
}

// paged walks pages of rows until one is not full.
func paged[T any](after string, size int, read func(after string, limit int) ([]T, error), place func(T) string, do func([]T) error) error {
	for {
		rows, err := read(after, size)
		if err != nil {
			return err
		}
		if err := do(rows); err != nil || len(rows) < size {
			return err
		}
		after = place(rows[len(rows)-1])
	}
}

// words are those of the procedure in force, in one language.
type words struct {
	rules *workflow.Rules
	lang  ocop.Lang
}

func (d *Desk) words(lang ocop.Lang) words {
	rules, err := d.Library.InForce(casework.ProcedureName, d.today())
	if err != nil {
		rules = nil // codes stand in for titles
	}
	return words{rules, lang}
}

func (d *Desk) today() ocop.Date { return ocop.DateOf(d.Clock()) }

func (w words) state(s ocop.State) string {
	if w.rules != nil {
		if x, ok := w.rules.States.Get(string(s)); ok {
			return x.Title.In(w.lang)
		}
	}
	return string(s)
}

func (w words) track(t ocop.Track) string {
	if t == ocop.NoTrack {
		return ""
	}
	if w.rules != nil {
		if x, ok := w.rules.Tracks.Get(string(t)); ok && !x.Title.IsZero() {
			return x.Title.In(w.lang)
		}
	}
	return string(t)
}

var levels = map[ocop.Level]ocop.Text{"district": {Vi: "cấp huyện", En: "district"}, "province": {Vi: "cấp tỉnh", En: "province"}, "ministry": {Vi: "cấp trung ương", En: "ministry"}}

func (w words) level(l ocop.Level) string {
	if t, ok := levels[l]; ok {
		return t.In(w.lang)
	}
	return string(l)
}

func (w words) yes(b bool) string {
	if !b {
		return ""
	}
	return ocop.Text{Vi: "có", En: "yes"}.In(w.lang)
}

// column is one of a list, named in the reader's language.
func (w words) column(vi, en string, kind workbook.Kind) workbook.Column {
	return workbook.Column{Title: ocop.Text{Vi: vi, En: en}.In(w.lang), Kind: kind}
}

// columnsOf are those of a form, so that what is exported can be imported.
func (w words) columnsOf(f workbook.Form) (out []workbook.Column) {
	kinds := map[workbook.FieldType]workbook.Kind{workbook.WholeField: workbook.Number, workbook.DayField: workbook.Day}
	for _, x := range f.Fields {
		out = append(out, workbook.Column{Title: x.Title.In(w.lang), Kind: kinds[x.Type]})
	}
	return out
}

// chosen is the name of a choice of a form's field.
func (w words) chosen(f workbook.Form, field, value string) string {
	for _, x := range f.Fields {
		for _, c := range x.Choices {
			if x.Code == field && c.Value == value {
				return c.Title.In(w.lang)
			}
		}
	}
	return value
}

// stars is nothing for a product that has none.
func stars(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// codes finds units' codes and names by their ids; each is read once.
type codes struct {
	desk  *Desk
	known map[string]*ocop.Unit
}

func (c codes) of(ctx context.Context, id string) (*ocop.Unit, error) {
	if u, ok := c.known[id]; ok || id == "" {
		if u == nil {
			u = &ocop.Unit{}
		}
		return u, nil
	}
	u, err := store.Unit(ctx, c.desk.DB, id)
	if err != nil {
		return nil, err
	}
	if u == nil {
		u = &ocop.Unit{}
	}
	c.known[id] = u
	return u, nil
}
