package store

import (
	"context"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// withParts puts parties, products and scans to lines.
func withParts(ctx context.Context, q sqldb.Querier, list []Paper) ([]Paper, error) {
	keys := make([]string, len(list))
	for i, l := range list {
		keys[i] = l.ID
	}
	if len(keys) == 0 {
		return list, nil
	}
	refs := func(set sqldb.Set, what string) (map[string][]ocop.Ref, error) {
		rows, err := sqldb.QuerySet(ctx, q, set, ids(keys))
		return grouped(rows, err, what, func(s scanner) (of string, r ocop.Ref, err error) {
			return of, r, s.Scan(&of, &r.ID, &r.Code, &r.Name)
		})
	}
	parties, err := refs(setPaperParties, "parties of papers")
	if err != nil {
		return nil, err
	}
	products, err := refs(setPaperProducts, "products of papers")
	if err != nil {
		return nil, err
	}
	rows, err := sqldb.QuerySet(ctx, q, setPaperFiles, ids(keys))
	files, err := grouped(rows, err, "scans of papers", func(s scanner) (string, PaperFile, error) {
		var f PaperFile
		var at int64
		err := s.Scan(&f.Paper, &f.Name, &f.MediaType, &f.Size, &f.SHA256, &f.FiledBy, &at)
		f.Name, f.FiledAt = readable(f.Name), sqldb.Time(at)
		return f.Paper, f, err
	})
	for i, l := range list {
		if p := parties[l.ID]; p != nil {
			list[i].Parties = p
		}
		if p := products[l.ID]; p != nil {
			list[i].Products = p
		}
		if f := files[l.ID]; len(f) > 0 {
			list[i].File = &f[0]
		}
	}
	return list, err
}

// PaperView is what somebody sees of registers: those of units, whole, and what
// was sent to the units in which they do the work.
type PaperView struct {
	Units []ocop.Path
	Own   []string
}

// PapersOf is the view of an actor.
func PapersOf(a access.Actor) PaperView {
	v := PaperView{Units: a.Oversees().Units}
	for _, g := range a.Grants {
		if ofTheHouse(g.Role) { // as notices of it are told
			v.Own = append(v.Own, g.Unit)
		}
	}
	return v
}

// Sees reports whether a line is in view.
func (v PaperView) Sees(l Paper) bool {
	if (access.View{Units: v.Units}).Sees("", l.Path, "") {
		return true
	}
	for _, p := range l.Parties {
		for _, own := range v.Own {
			if l.Direction == Sent && p.ID == own {
				return true
			}
		}
	}
	return false
}

func (v PaperView) condition(bind func(any) string) string {
	conds := []string{pathsBelow("u.path", v.Units, bind)}
	for _, own := range v.Own {
		conds = append(conds, "x.direction = 'sent' AND EXISTS (SELECT 1 FROM correspondence_parties w WHERE w.line = x.id AND w.unit = "+bind(own)+")")
	}
	return anyOf(conds)
}

// PaperFilter narrows a list of papers. Zero fields do not.
type PaperFilter struct {
	View      PaperView
	Unit      string // id
	Direction Direction
	Year      int
	Kind      string
	Product   string // id
	Text      string // folded words
	InOrder   bool   // as they were registered; else the newest first
	After     string // id of the last one seen
	Limit     int
}

// Papers lists papers.
func Papers(ctx context.Context, q sqldb.Querier, f PaperFilter) ([]Paper, error) {
	var b binder
	conds := []string{f.View.condition(b.bind)}
	is := func(column string, v any) { conds = append(conds, column+" = "+b.bind(v)) }
	if f.Unit != "" {
		is("x.unit", f.Unit)
	}
	if f.Direction != "" {
		is("x.direction", string(f.Direction))
	}
	if f.Year != 0 {
		is("x.year", f.Year)
	}
	if f.Kind != "" {
		is("x.kind", f.Kind)
	}
	if f.Product != "" {
		conds = append(conds, "EXISTS (SELECT 1 FROM correspondence_products n WHERE n.line = x.id AND n.product = "+b.bind(f.Product)+")")
	}
	for word := range strings.FieldsSeq(f.Text) {
		conds = append(conds, `x.sought LIKE `+b.bind("%"+escapeLike(word)+"%")+` ESCAPE '\'`)
	}
	order, from := " ORDER BY x.id DESC", "x.id < "
	if f.InOrder {
		order, from = " ORDER BY x.id", "x.id > "
	}
	if f.After != "" {
		conds = append(conds, from+b.bind(f.After))
	}
	rows, err := q.Query(ctx, `SELECT `+paperColumns+paperFrom+`WHERE `+strings.Join(conds, " AND ")+order+` LIMIT `+b.bind(f.Limit), b.args...)
	list, err := collect(rows, err, "papers", scanPaper)
	if err != nil {
		return nil, err
	}
	return withParts(ctx, q, list)
}

// InsertPaper adds a paper to a register, with whom and what it concerns.
func InsertPaper(ctx context.Context, tx *sqldb.Tx, l Paper) error {
	year := l.Year
	if l.Dated != nil {
		year = l.Dated.Year()
	}
	if err := writePaper.one(ctx, tx, "insert line", l.ID, l.Unit.ID, int64(l.Year), string(l.Direction), l.Number, l.Symbol, FoldNumber(l.Symbol), nullDay(l.Dated), int64(year),
		nullDay(l.ReceivedOn), int64(l.RegisteredOn), int64(l.DueOn), l.Kind, l.Others, l.Summary, l.Sought, nullText(l.Decision), nullText(l.Product), l.Body, l.RegisteredBy,
		sqldb.Micros(l.RegisteredAt), nil, nil, "", int64(1)); err != nil {
		return err
	}
	of := func(refs []ocop.Ref) (rows [][]any) {
		for _, r := range refs {
			rows = append(rows, []any{l.ID, r.ID})
		}
		return rows
	}
	if err := writePaperParties.all(ctx, tx, "parties of a line", of(l.Parties)); err != nil {
		return err
	}
	return writePaperProducts.all(ctx, tx, "products of a line", of(l.Products))
}

// VoidPaper saves that a line is void, if it is still at the version before.
func VoidPaper(ctx context.Context, tx *sqldb.Tx, l Paper) error {
	return writePaperVoid.one(ctx, tx, "void line", l.ID, nullText(l.VoidedBy), nullTime(l.VoidedAt), l.Reason, l.Version)
}

// InsertPaperFile adds the scan of a paper, whose content is there.
func InsertPaperFile(ctx context.Context, tx *sqldb.Tx, f PaperFile) error {
	return writePaperFile.one(ctx, tx, "scan of a line", f.Paper, f.Name, f.MediaType, f.Size, f.SHA256, f.FiledBy, sqldb.Micros(f.FiledAt))
}
