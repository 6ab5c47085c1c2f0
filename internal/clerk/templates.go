package clerk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/source"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Origin says where a template that counts comes from.
type Origin string

// Templates come with the program, from the office's folder, or from a unit.
const (
	OriginShipped Origin = "shipped"
	OriginFolder  Origin = "folder"
	OriginUnit    Origin = "unit"
)

// Template is the one that counts for a unit.
type Template struct {
	Paper   string
	Lang    ocop.Lang
	Origin  Origin
	Unit    ocop.Ref // that keeps it; empty unless Origin is unit
	Text    string
	Hash    string
	Version int64 // of the asked unit's own, 0 when it never kept one
	Since   time.Time
	By      string // who kept it; both empty unless Origin is unit

	keeper string // id of By
}

// Templates are those that count for a unit, by paper, Vietnamese first.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) Templates(ctx context.Context, a access.Actor, unit string) (*ocop.Unit, []Template, error) {
	u, err := d.reader(ctx, a, unit)
	if err != nil {
		return nil, nil, err
	}
	kept, err := store.PaperTemplatesFor(ctx, d.DB, u.Path)
	if err != nil {
		return nil, nil, err
	}
	var out []Template
	for _, p := range paper.Papers {
		for _, lang := range []ocop.Lang{ocop.Vi, ocop.En} {
			t, ok := d.counts(kept, p.Name, lang)
			if !ok {
				continue
			}
			if err := d.whose(ctx, u, &t); err != nil {
				return nil, nil, err
			}
			out = append(out, t)
		}
	}
	return u, out, nil
}

// reader finds the unit whose templates somebody may read: who makes a paper there, or
// keeps templates.
func (d *Desk) reader(ctx context.Context, a access.Actor, unit string) (*ocop.Unit, error) {
	roles := slices.Clone(keepers)
	for _, p := range paper.Papers {
		for _, r := range makers[p.Name] {
			if !slices.Contains(roles, r) {
				roles = append(roles, r)
			}
		}
	}
	return d.unit(ctx, a, unit, roles)
}

// counts picks the nearest of what is kept, then the folder's, then the shipped one.
func (d *Desk) counts(kept []store.PaperTemplate, name string, lang ocop.Lang) (Template, bool) {
	for _, k := range slices.Backward(kept) {
		if k.Name == name && k.Lang == lang {
			return Template{Paper: name, Lang: lang, Origin: OriginUnit, Unit: ocop.Ref{ID: k.Unit}, Text: k.Body, Hash: k.Hash, Since: k.KeptAt, keeper: k.KeptBy}, true
		}
	}
	if d.Folder.Has(name, lang) {
		t := d.Folder.Get(name, lang)
		return Template{Paper: name, Lang: lang, Origin: OriginFolder, Text: t.Text, Hash: t.Hash}, true
	}
	if paper.Shipped().Has(name, lang) {
		t := paper.Shipped().Get(name, lang)
		return Template{Paper: name, Lang: lang, Origin: OriginShipped, Text: t.Text, Hash: t.Hash}, true
	}
	return Template{}, false
}

// whose names the unit that keeps a template and who kept it, and the version of u's own.
func (d *Desk) whose(ctx context.Context, u *ocop.Unit, t *Template) error {
	if t.Origin == OriginUnit {
		keeper, err := found(store.Unit(ctx, d.DB, t.Unit.ID))
		if err != nil {
			return err
		}
		t.Unit = ocop.Ref{ID: keeper.ID, Code: keeper.Code, Name: keeper.Name.Vi}
		by, err := store.AccountByID(ctx, d.DB, t.keeper)
		if err != nil {
			return err
		}
		if by != nil {
			t.By = cmp.Or(by.Display, by.Name)
		}
	}
	own, err := store.PaperTemplateOf(ctx, d.DB, u.ID, t.Paper, t.Lang)
	if own != nil {
		t.Version = own.Version
	}
	return err
}

// Template is the one that counts for a unit.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) Template(ctx context.Context, a access.Actor, unit, name string, lang ocop.Lang) (*ocop.Unit, Template, error) {
	u, all, err := d.Templates(ctx, a, unit)
	if err != nil {
		return nil, Template{}, err
	}
	for _, t := range all {
		if t.Paper == name && t.Lang == lang {
			return u, t, nil
		}
	}
	return nil, Template{}, casework.NotFound()
}

// Change asks for another template of a unit.
type Change struct {
	Unit    string // id or code; "" takes the actor's own
	Paper   string
	Lang    ocop.Lang
	Text    string
	Version *int64 // of the unit's own template as the caller saw it; nil accepts any
	Key     *commit.Key
}

// Keep puts a template in the place of the one that counts for a unit and those
// below it, once it was checked.
//
// Faults: not_found; who_may_not (Forbidden); template_wrong (Invalid, with line
// and column of what is wrong); stale.
func (d *Desk) Keep(ctx context.Context, a access.Actor, c Change) error {
	if paper.Find(c.Paper) == nil || c.Lang != ocop.Vi && c.Lang != ocop.En {
		return casework.NotFound()
	}
	u, err := d.unit(ctx, a, c.Unit, keepers)
	if err != nil {
		return err
	}
	t, err := c.parsed()
	if err != nil {
		return err
	}
	return d.change(ctx, a, u, c, "keep_paper_template", func(row *store.PaperTemplate) { row.Body, row.Hash, row.Dropped = t.Text, t.Hash, false })
}

// parsed reads the text that was handed in for a paper.
func (c Change) parsed() (*paper.Template, error) {
	t, findings := paper.Parse(c.Paper+"."+string(c.Lang)+".md", c.Text)
	if t == nil {
		return nil, badTemplate(findings)
	}
	if t.Paper != c.Paper || t.Lang != c.Lang {
		return nil, badTemplate(nil).At("body.text:1:1", fmt.Sprintf("Mẫu này là của %s (%s).", t.Paper, t.Lang), fmt.Sprintf("This is the template of %s (%s).", t.Paper, t.Lang))
	}
	return t, nil
}

func badTemplate(findings []source.Finding) *fault.Error {
	bad := fault.New(fault.Invalid, "template_wrong", "Mẫu có lỗi; chưa lưu gì.", "The template has errors; nothing was saved.")
	for _, x := range findings {
		if !x.Warning {
			bad.At(fmt.Sprintf("body.text:%d:%d", x.Line, x.Column), x.Message.Vi, x.Message.En)
		}
	}
	return bad
}

// Drop goes back to what stands above the unit: another unit's, the folder's or
// the shipped template.
//
// Faults: not_found: also when the unit keeps none; who_may_not (Forbidden); stale.
func (d *Desk) Drop(ctx context.Context, a access.Actor, c Change) error {
	u, err := d.unit(ctx, a, c.Unit, keepers)
	if err != nil {
		return err
	}
	return d.change(ctx, a, u, c, "drop_paper_template", func(row *store.PaperTemplate) { row.Dropped = true })
}

func (d *Desk) change(ctx context.Context, a access.Actor, u *ocop.Unit, c Change, event string, set func(*store.PaperTemplate)) error {
	lock := "paper_template:" + u.ID + ":" + c.Paper + ":" + string(c.Lang)
	_, err := commit.Do[any](ctx, d.Committer, commit.Act{Kind: commit.Once, Key: c.Key, Locks: []string{lock},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			row, err := store.PaperTemplateOf(ctx, q, u.ID, c.Paper, c.Lang)
			if err != nil {
				return commit.Outcome{}, err
			}
			if row == nil {
				row = &store.PaperTemplate{Unit: u.ID, Name: c.Paper, Lang: c.Lang, Dropped: true}
			}
			if c.Version != nil && *c.Version != row.Version {
				return commit.Outcome{}, fault.New(fault.Stale, "stale", fmt.Sprintf("Mẫu đã thay đổi (nay là phiên bản %d). Hãy tải lại.", row.Version),
					fmt.Sprintf("The template was changed (now version %d). Reload.", row.Version))
			}
			before := *row
			if set(row); row.Dropped && before.Dropped {
				return commit.Outcome{}, casework.NotFound()
			}
			if row.Hash == before.Hash && row.Dropped == before.Dropped {
				return commit.Outcome{}, nil // it is there already
			}
			row.KeptBy, row.KeptAt, row.Version = a.ID, now, before.Version+1
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "unit:" + u.ID, Kind: ledger.KindRecord, Event: event, Actor: keeperOf(a, u),
					Data: ledger.Map{"unit": u.ID, "paper": c.Paper, "lang": string(c.Lang)}, Refs: []string{"sha256:" + row.Hash}}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.SavePaperTemplate(ctx, tx, *row)
				}),
			}, nil
		})})
	return err
}

func keeperOf(a access.Actor, u *ocop.Unit) ledger.Actor {
	out := ledger.Actor{ID: a.ID}
	for _, r := range keepers {
		if g, ok := a.Holds(r, u.Path); ok {
			out.Grants = []ledger.Grant{{Role: string(g.Role), Unit: g.Unit}}
			break
		}
	}
	return out
}

// Write fills a paper's data in by the template that counts at a place, the
// Vietnamese one when the language has none. It asks nobody for leave: who calls
// it has done so.
//
// Faults: template_wrong (Invalid): the unit's template does not bear this data.
func (d *Desk) Write(ctx context.Context, place ocop.Path, name string, lang ocop.Lang, data any) (paper.Document, error) {
	t, err := d.Counting(ctx, place, name, lang)
	if err != nil {
		return paper.Document{}, err
	}
	return Fill(t, data)
}

// Counting is the template that counts at a place, the Vietnamese one when the
// language has none, for who fills in many papers by it.
//
// Faults: template_wrong (Invalid).
func (d *Desk) Counting(ctx context.Context, place ocop.Path, name string, lang ocop.Lang) (*paper.Template, error) {
	kept, err := store.PaperTemplatesFor(ctx, d.DB, place)
	if err != nil {
		return nil, err
	}
	t, ok := d.counts(kept, name, lang)
	if !ok {
		t, _ = d.counts(kept, name, ocop.Vi)
	}
	parsed, findings := paper.Parse(name, t.Text)
	if parsed == nil { // it was checked by an older program
		return nil, badTemplate(findings)
	}
	return parsed, nil
}

// Fill fills a paper's data into a template.
//
// Faults: template_wrong (Invalid): the template does not bear this data.
func Fill(t *paper.Template, data any) (paper.Document, error) {
	doc, err := t.Draw(data)
	if err != nil {
		return doc, badTemplate(nil).At("body", "Không điền được mẫu: "+err.Error(), "The template cannot be filled: "+err.Error())
	}
	return doc, nil
}

// TryText draws the example of a paper by a text that is not kept yet.
//
// Faults: not_found; who_may_not (Forbidden); template_wrong (Invalid).
func (d *Desk) TryText(ctx context.Context, a access.Actor, c Change) (paper.Document, error) {
	if paper.Find(c.Paper) == nil {
		return paper.Document{}, casework.NotFound()
	}
	if _, err := d.unit(ctx, a, c.Unit, keepers); err != nil {
		return paper.Document{}, err
	}
	t, err := c.parsed()
	if err != nil {
		return paper.Document{}, err
	}
	return t.Draw(paper.Find(c.Paper).Example(c.Lang))
}

// Try draws the example of a paper by the template that counts for a unit, so
// that its look can be seen.
func (d *Desk) Try(ctx context.Context, a access.Actor, unit, name string, lang ocop.Lang) (paper.Document, error) {
	_, t, err := d.Template(ctx, a, unit, name, lang)
	if err != nil {
		return paper.Document{}, err
	}
	parsed, findings := paper.Parse(name, t.Text)
	if parsed == nil {
		return paper.Document{}, badTemplate(findings)
	}
	return parsed.Draw(paper.Find(name).Example(lang))
}
