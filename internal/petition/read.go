package petition

import (
	"context"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// load reads one petition that the actor may see.
//
// Faults: not_found; procedure_missing.
func (d *Desk) load(ctx context.Context, q sqldb.Querier, a access.Actor, id string) (*file, *workflow.Rules, error) {
	list, err := known(ctx, q, []string{id})
	if err != nil {
		return nil, nil, err
	}
	return d.fileOf(ctx, q, Ask{Petition: id, Actor: a}, list, time.Time{})
}

// Get reads one petition, with what was said in words.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Get(ctx context.Context, a access.Actor, id string) (Petition, error) {
	x, _, err := d.load(ctx, d.Cases.DB, a, id)
	if err != nil {
		return Petition{}, err
	}
	out := []Petition{View(x)}
	return out[0], said(ctx, d.Cases.DB, out)
}

// said puts to petitions what was last said in words.
func said(ctx context.Context, q sqldb.Querier, list []Petition) error {
	streams := make([]string, len(list))
	for i, p := range list {
		streams[i] = Stream(p.Procedure, p.ID)
	}
	texts, err := store.PetitionTexts(ctx, q, streams)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Texts = map[string]string{}
		for field, text := range texts[streams[i]] {
			if !strings.Contains(field, ".") { // of a row
				list[i].Texts[field] = text
			}
		}
	}
	return nil
}

// List gives one page of petitions in the actor's view; next is the place after
// it, "" at the end.
func (d *Desk) List(ctx context.Context, a access.Actor, f store.PetitionFilter) (list []Petition, next string, err error) {
	f.View = ViewOf(a)
	limit := f.Limit
	f.Limit++
	rows, err := store.ListPetitions(ctx, d.Cases.DB, f)
	if err != nil {
		return nil, "", err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = f.Cursor(rows[limit-1])
	}
	list, err = Shown(ctx, d.Cases.DB, rows)
	return list, next, err
}

// Shown puts names and words to petitions that somebody may see.
func Shown(ctx context.Context, q sqldb.Querier, rows []store.Petition) ([]Petition, error) {
	ids := make([]string, len(rows))
	for i, n := range rows {
		ids[i] = n.ID
	}
	known, err := files(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	list := []Petition{}
	for _, id := range ids {
		if x := known[id]; x != nil {
			list = append(list, View(x))
		}
	}
	return list, said(ctx, q, list)
}

// Action is an event that starts from a petition's present state, with what its
// form is filled in with.
type Action struct {
	casework.Action
	Proposed map[string]any `json:"proposed"`
}

// Actions are all events from the present state: what the actor can do, and why
// not the rest.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Actions(ctx context.Context, a access.Actor, id string) ([]Action, error) {
	x, rules, err := d.load(ctx, d.Cases.DB, a, id)
	if err != nil {
		return nil, err
	}
	out := []Action{}
	for _, act := range casework.ActionsOf(rules, x.subject(rules), x.facts(d.Cases.Today()), a, d.Cases.Today(), x.petition.Due) {
		proposed, err := x.proposed(ctx, d.Cases.DB, rules, act.Form)
		if err != nil {
			return nil, err
		}
		out = append(out, Action{act, proposed})
	}
	return out, nil
}

// proposed fills in a form as the procedure proposes. A unit is proposed by its
// code, or by the code that begins so in the authority that decides.
func (x *file) proposed(ctx context.Context, q sqldb.Querier, rules *workflow.Rules, form []workflow.Field) (map[string]any, error) {
	out := map[string]any{}
	for _, f := range form {
		if f.Proposed == nil {
			continue
		}
		v, ok := x.petition.Facts[strings.TrimPrefix(f.Proposed.By, rules.Name+".")]
		if f.Proposed.As != nil {
			key, _ := v.(string)
			if v, ok = f.Proposed.As[key]; v == "" {
				v, ok = f.Proposed.As["*"]
			}
		}
		if f.Type == workflow.FieldUnit && ok {
			units, err := store.UnitsBelow(ctx, q, []ocop.Path{x.petition.UnitPath}, "", maxUnits)
			if err != nil {
				return nil, err
			}
			v, ok = unitLike(units, f, v.(string))
		}
		if ok {
			out[f.Name] = v
		}
	}
	return out, nil
}

// maxUnits bounds the units of an authority among which one is proposed.
const maxUnits = 1000

func unitLike(units []ocop.Unit, f workflow.Field, code string) (any, bool) {
	for _, u := range units {
		if (f.Of == "" || u.Kind == f.Of) && (u.Code == code || strings.HasPrefix(u.Code, code+"-")) {
			return u.ID, true
		}
	}
	return nil, false
}

// Units are those that a field of a petition's form may name.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Units(ctx context.Context, a access.Actor, id string, f workflow.Field) ([]ocop.Unit, error) {
	x, _, err := d.load(ctx, d.Cases.DB, a, id)
	if err != nil {
		return nil, err
	}
	all, err := store.UnitsBelow(ctx, d.Cases.DB, []ocop.Path{x.petition.UnitPath}, "", maxUnits)
	var out []ocop.Unit
	for _, u := range all {
		if f.Of == "" || u.Kind == f.Of {
			out = append(out, u)
		}
	}
	return out, err
}

// History is a petition's entries, newest last, with what was said in words.
//
// Faults: not_found; procedure_missing.
func (d *Desk) History(ctx context.Context, a access.Actor, id string, after int64, limit int) ([]casework.Entry, error) {
	x, _, err := d.load(ctx, d.Cases.DB, a, id)
	if err != nil {
		return nil, err
	}
	lines, err := store.StreamOf(ctx, d.Cases.DB, x.stream(), after, limit)
	if err != nil {
		return nil, err
	}
	private, err := store.StreamPrivates(ctx, d.Cases.DB, x.stream())
	if err != nil {
		return nil, err
	}
	names := map[string]string{ocop.System: ocop.System, "": ""}
	out := []casework.Entry{}
	for _, l := range lines {
		e, err := casework.EntryOf(l)
		if err != nil {
			return nil, err
		}
		for field, value := range private[l.Index] {
			if field == "comment" {
				e.Comment = value
			} else if !strings.Contains(field, ".") {
				e.Data[field] = value
			}
		}
		delete(e.Data, "comment")
		e.Private = len(private[l.Index]) > 0
		if e.ActorName, err = d.Cases.NameOf(ctx, names, l.Actor); err != nil {
			return nil, err
		}
		if e.ForName, err = d.Cases.NameOf(ctx, names, e.For()); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Way is the rules of a petition and the states through which it came since it
// was last opened.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Way(ctx context.Context, a access.Actor, id string) (*workflow.Rules, []ocop.State, error) {
	x, rules, err := d.load(ctx, d.Cases.DB, a, id)
	if err != nil {
		return nil, nil, err
	}
	lines, err := store.StreamOf(ctx, d.Cases.DB, x.stream(), 0, maxWay)
	var path []ocop.State
	for _, l := range lines {
		e, err := casework.EntryOf(l)
		if err != nil {
			return nil, nil, err
		}
		if e.Kind != ledger.KindMove {
			continue
		}
		path = append(path, ocop.State(e.To))
	}
	return rules, path, err
}

// maxWay bounds the entries that a way is read from.
const maxWay = 2000

// Seen are those of many petitions that an actor may see, with names and words.
func Seen(ctx context.Context, q sqldb.Querier, a access.Actor, ids []string) ([]Petition, error) {
	if len(ids) == 0 {
		return []Petition{}, nil
	}
	rows, err := store.ListPetitions(ctx, q, store.PetitionFilter{View: ViewOf(a), IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	return Shown(ctx, q, rows)
}
