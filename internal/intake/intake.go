// Package intake takes in what an office keeps in workbooks: units, producers,
// products, certificates issued earlier. It owns the descriptions of these
// tables and which cell is to blame for what; reading cells is left to package
// workbook, deciding and writing to casework and accounts.
package intake

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/workbook"
)

// Desk takes workbooks in.
type Desk struct {
	DB        *sqldb.DB
	Products  *casework.Desk
	People    *accounts.People
	MaxUpload int64 // bytes of a single document; 0 for 20 MiB
}

// Mode is what becomes of a file in which something is wrong.
type Mode string

// The modes: all of a file in one act or none of it; or the rows that are right,
// while the others are given back.
const (
	All  Mode = "all"
	Rows Mode = "rows"
)

// What a file may hold: in one act, other writers wait for all of it.
const (
	MaxAll  = 20_000
	MaxRows = 100_000
	chunk   = 500   // rows of one act in mode Rows
	tried   = 2_000 // rows that are decided at a time: what deciding needs is not kept for more
)

// MaxFile bounds a workbook, in bytes.
const MaxFile = 20 << 20

// Order is a file to take in.
type Order struct {
	Kind   string
	Mode   Mode
	DryRun bool
	Actor  access.Actor
	File   io.ReaderAt
	Size   int64
}

// Outcome is what became of a file, or would become of it.
type Outcome struct {
	Kind    string         `json:"kind"`
	Mode    Mode           `json:"mode"`
	DryRun  bool           `json:"dry_run"`
	Rows    int            `json:"rows"`     // that hold anything
	Added   int            `json:"added"`    // entered; in a dry run, that would be
	Already int            `json:"already"`  // on record as they stand, and left alone
	BadRows int            `json:"bad_rows"` // that were not entered
	Bad     []workbook.Bad `json:"bad"`      // every cell that is wrong
	Sheet   string         `json:"sheet"`
}

// Refused reports whether nothing was entered because something is wrong.
func (o Outcome) Refused() bool { return !o.DryRun && o.Mode == All && len(o.Bad) > 0 }

// kind is one of the tables that can be taken in.
type kind struct {
	form  workbook.Form
	roles []ocop.Role
	most  int // rows of a file, in either mode; 0 for the usual
	begin func(ctx context.Context, d *Desk, by access.Actor, f *workbook.Filled) (batch, error)
	lists func(ctx context.Context, d *Desk, by access.Actor) (map[string][]string, error)
}

// batch are the rows of a file as what they stand for. Lines are counted as in
// the file; what cannot be taken was noted there by begin.
type batch struct {
	already  map[int]bool                                            // lines that are on record as they stand
	order    []int                                                   // lines in the order in which they must be entered; nil for the file's own
	try      func(ctx context.Context, lines []int) ([]error, error) // what stands against each
	save     func(ctx context.Context, lines []int) error            // in one act
	blame    func(f *fault.Error) (field string, why fault.Field)    // which field a fault is about
	together bool                                                    // what stands against a line depends on others of the file
	chunk    int                                                     // rows of one act in mode Rows; 0 for the usual
}

// Kinds are the tables that the actor may take in, in the order in which an
// office needs them.
func Kinds(by access.Actor) (out []workbook.Form) {
	for _, name := range order {
		if kinds[name].may(by) {
			out = append(out, kinds[name].form)
		}
	}
	return out
}

func (k kind) may(by access.Actor) bool {
	return by.ID == ocop.System || slices.ContainsFunc(k.roles, by.Has)
}

// find is a kind that the actor may take in.
//
// Faults: not_found; who_may_not (Forbidden).
func find(by access.Actor, name string) (kind, error) {
	k, ok := kinds[name]
	if !ok {
		return k, casework.NotFound()
	}
	if !k.may(by) {
		return k, fault.New(fault.Forbidden, "who_may_not", "Nhập dữ liệu từ Excel là việc của Văn phòng Điều phối; đơn vị thì do người quản trị nhập.",
			"Bringing data in from Excel is for the coordination office; units are for an administrator.")
	}
	return k, nil
}

// May says whether the actor may take in this kind of table.
//
// Faults: not_found; who_may_not (Forbidden).
func May(by access.Actor, name string) error {
	_, err := find(by, name)
	return err
}

// Template writes the workbook to fill in.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) Template(ctx context.Context, by access.Actor, name string, lang ocop.Lang, w io.Writer) error {
	k, err := find(by, name)
	if err != nil {
		return err
	}
	var lists map[string][]string
	if k.lists != nil {
		if lists, err = k.lists(ctx, d, by); err != nil {
			return err
		}
	}
	return k.form.Template(w, lang, lists)
}

// Mark writes a file again with the bad cells that an outcome tells.
func Mark(w io.Writer, o Order, out Outcome, lang ocop.Lang) error {
	file, size, _, err := o.list()
	if err != nil {
		return err
	}
	return workbook.Mark(w, io.NewSectionReader(file, 0, size), out.Sheet, out.Bad, lang)
}

// turns bounds how many files are worked on at a time: each takes a processor
// and the memory of its rows.
var turns = make(chan struct{}, 2)

// Import takes a file in, or says what taking it in would come to. Every row is
// decided by the rules of a single one; rows that are on record as they stand
// are left alone, so that the same file twice adds nothing twice. In mode All
// nothing is entered unless everything is right.
//
// Faults: not_found; who_may_not; those of workbook.Form.Read; too_many_at_once
// (TooLarge); import_changed
// (Conflict) when something was changed by others in the meantime.
func (d *Desk) Import(ctx context.Context, o Order) (Outcome, error) {
	out := Outcome{Kind: o.Kind, Mode: o.Mode, DryRun: o.DryRun, Bad: []workbook.Bad{}}
	k, err := find(o.Actor, o.Kind)
	if err != nil {
		return out, err
	}
	most := MaxRows
	switch {
	case o.Mode == All:
		most = MaxAll
	case o.Mode != Rows:
		return out, fault.New(fault.Invalid, "mode_wrong", "Cách nhập phải là all hoặc rows.", "The mode must be all or rows.").At("query.mode", "all | rows", "all | rows")
	}
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-ctx.Done():
		return out, ctx.Err()
	}
	if k.most != 0 {
		most = k.most
	}
	list, size, beside, err := o.list()
	if err != nil {
		return out, err
	}
	f, err := k.form.Read(list, size, most)
	if err != nil && o.Mode == All && k.most == 0 && fault.Of(err).Code == workbook.TooManyRows {
		return out, tooManyAtOnce()
	}
	if err != nil {
		return out, err
	}
	f.Beside = beside
	b, err := k.begin(ctx, d, o.Actor, f)
	if err != nil {
		return out, err
	}
	return out, d.take(ctx, o, f, b, &out)
}

// tooManyAtOnce says what to do with a file that others would wait for too long.
func tooManyAtOnce() error {
	return fault.New(fault.TooLarge, "too_many_at_once",
		fmt.Sprintf("Nhập trọn cả tệp chỉ được đến %d dòng, vì người khác phải chờ. Hãy kiểm tra thử rồi chọn \"Nhập các dòng đúng, trả lại các dòng sai\" (đến %d dòng; bị ngắt thì gửi lại tệp, phần đã nhập không nhập lần nữa), hoặc chia tệp.", MaxAll, MaxRows),
		fmt.Sprintf("A whole file at once may have no more than %d rows, because others wait for it. Check it first and enter the rows that are right (up to %d; cut off, the same file goes on where it stopped), or split it.", MaxAll, MaxRows))
}

// take decides about the rows and enters those that may be entered.
func (d *Desk) take(ctx context.Context, o Order, f *workbook.Filled, b batch, out *Outcome) error {
	lines, err := b.check(ctx, f, b.open(f))
	if err != nil {
		return err
	}
	if !o.DryRun && (o.Mode == Rows || len(f.Bad) == 0) {
		if lines, err = b.enter(ctx, o.Mode, f, lines); err != nil {
			return err
		}
	}
	slices.SortStableFunc(f.Bad, func(x, y workbook.Bad) int { return x.Row - y.Row })
	out.Sheet, out.Rows, out.Already, out.Bad = f.Sheet, len(f.Lines), len(b.already), append(out.Bad, f.Bad...)
	for _, l := range f.Lines {
		if l.Bad {
			out.BadRows++
		}
	}
	if out.Added = len(lines); !o.DryRun && o.Mode == All && len(f.Bad) > 0 {
		out.Added = 0
	}
	return nil
}

// open are the lines that nothing was found against and that are not there yet.
func (b batch) open(f *workbook.Filled) (lines []int) {
	all := b.order
	if all == nil {
		for i := range f.Lines {
			all = append(all, i)
		}
	}
	for _, i := range all {
		if !f.Lines[i].Bad && !b.already[i] {
			lines = append(lines, i)
		}
	}
	return lines
}

// check notes in the file what stands against lines, and gives those against
// which nothing does.
func (b batch) check(ctx context.Context, f *workbook.Filled, lines []int) (good []int, err error) {
	for len(lines) > tried && !b.together {
		some, err := b.check(ctx, f, lines[:tried])
		if err != nil {
			return nil, err
		}
		good, lines = append(good, some...), lines[tried:]
	}
	if len(lines) == 0 {
		return good, nil
	}
	errs, err := b.try(ctx, lines)
	if err != nil {
		return nil, err
	}
	for j, i := range lines {
		if errs[j] == nil {
			good = append(good, i)
			continue
		}
		x := fault.Of(errs[j])
		if x.Kind == fault.Internal || x.Kind == fault.Unavailable {
			return nil, errs[j]
		}
		field, why := b.blame(x)
		f.Wrong(i, field, x.Code, why.Message.Vi, why.Message.En)
	}
	return good, nil
}

// enter writes lines: all in one act, or act by act.
func (b batch) enter(ctx context.Context, mode Mode, f *workbook.Filled, lines []int) (done []int, err error) {
	size := cmp.Or(b.chunk, chunk)
	if mode == All {
		size = len(lines)
	}
	for len(lines) > 0 {
		next := lines[:min(size, len(lines))]
		lines = lines[len(next):]
		err := b.save(ctx, next)
		if mode == Rows && fault.Is(err, fault.Conflict) { // somebody was faster with one of them
			if next, err = b.check(ctx, f, next); err == nil && len(next) > 0 {
				err = b.save(ctx, next)
			}
		}
		if err != nil {
			if len(done) > 0 {
				err = fmt.Errorf("after %d rows: %w", len(done), err)
			}
			return done, err
		}
		done = append(done, next...)
	}
	return done, nil
}

// blamed finds the field that a fault is about: by the place that it names, or
// by the rule that stands against it.
func blamed(fields map[string]string, otherwise string) func(f *fault.Error) (string, fault.Field) {
	return func(f *fault.Error) (string, fault.Field) {
		for _, x := range f.Fields {
			if field, ok := fields[x.Place]; ok {
				return field, x
			}
		}
		if len(f.Reasons) > 0 {
			r := f.Reasons[0]
			return cmp.Or(fields[r.Code], otherwise), fault.Field{Message: r.Message}
		}
		if len(f.Fields) > 0 {
			return otherwise, f.Fields[0]
		}
		if field, ok := fields[f.Code]; ok {
			return field, fault.Field{Message: f.Message}
		}
		return otherwise, fault.Field{Message: f.Message}
	}
}
