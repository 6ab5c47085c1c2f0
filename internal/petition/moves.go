package petition

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Stepped is the answer to a move that stood.
type Stepped struct {
	Petition Petition       `json:"petition"`
	Entry    casework.Entry `json:"entry"`
}

// Move makes one move, or opens a petition.
//
// Faults: not_found; opening_wrong (Invalid); those of workflow.Rules.Decide;
// those of commit.Do.
func (d *Desk) Move(ctx context.Context, ask Ask) (Stepped, error) {
	locks, err := d.locks(ctx, ask)
	if err != nil {
		return Stepped{}, err
	}
	return commit.Do[Stepped](ctx, d.Cases.Committer, commit.Act{Kind: moves{d}, Ask: ask, Key: ask.Key, Locks: locks})
}

// Try decides a move on the present state and writes nothing: the same code as
// Move without the commit.
func (d *Desk) Try(ctx context.Context, ask Ask) (Stepped, error) {
	ask.quiet = true
	outcomes, now, err := d.Cases.Rehearse(ctx, moves{d}, []any{ask})
	if err != nil {
		return Stepped{}, err
	}
	if f := outcomes[0].Fault; f != nil {
		return Stepped{}, f
	}
	c := outcomes[0].State.(*change)
	return Stepped{View(c.after), casework.Entry{Event: string(c.event), From: string(c.from), To: string(c.after.petition.State), At: now,
		Actor: ask.Actor.ID, ActorName: ask.Actor.Name, Kind: ledger.KindMove}}, nil
}

// moves is the kind of act that moves petitions. All moves of a desk are alike,
// so that a batch decides them together.
type moves struct{ *Desk }

// Decide implements commit.Kind.
func (m moves) Decide(ctx context.Context, q sqldb.Querier, now time.Time, asks []any) ([]commit.Outcome, error) {
	list := make([]Ask, len(asks))
	for i, a := range asks {
		list[i] = a.(Ask)
	}
	return m.DecideAll(ctx, q, now, list)
}

// DecideAll says what becomes of moves of petitions, for an act that makes many
// together. Save writes those that stand.
func (d *Desk) DecideAll(ctx context.Context, q sqldb.Querier, now time.Time, asks []Ask) ([]commit.Outcome, error) {
	var list []string
	for _, ask := range asks {
		if ask.New == nil {
			list = append(list, ask.Petition)
		}
	}
	known, err := known(ctx, q, list)
	if err != nil {
		return nil, err
	}
	out := make([]commit.Outcome, len(asks))
	for i, ask := range asks {
		x, rules, err := d.fileOf(ctx, q, ask, known, now)
		if err == nil {
			out[i], err = d.decide(ctx, q, x, rules, ask, now)
		}
		if err == nil {
			continue
		}
		f := fault.Of(err)
		if f.Kind == fault.Internal {
			return nil, err
		}
		out[i] = commit.Outcome{Fault: f}
	}
	return out, d.plan(ctx, q, out, now)
}

// plan works out what time asks of the petitions that moved.
func (d *Desk) plan(ctx context.Context, q sqldb.Querier, outcomes []commit.Outcome, now time.Time) error {
	var moved []*file
	for _, o := range outcomes {
		if c, ok := o.State.(*change); ok {
			moved = append(moved, c.after)
		}
	}
	known, err := d.matters(ctx, q, moved, now)
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		c, ok := o.State.(*change)
		if !ok {
			continue
		}
		if m := known[c.after.stream()]; c.after.petition.Track != ocop.NoTrack {
			c.after.petition.Due, c.timers = m.Due(), m.Timers(now)
		} else {
			c.after.petition.Due = nil
		}
	}
	return nil
}

// fileOf finds what an ask is about, if its actor may know of it.
func (d *Desk) fileOf(ctx context.Context, q sqldb.Querier, ask Ask, known map[string]*file, now time.Time) (*file, *workflow.Rules, error) {
	if ask.New != nil {
		return d.open(ctx, q, ask, now)
	}
	x := known[ask.Petition]
	if x == nil {
		return nil, nil, casework.NotFound()
	}
	rules, err := d.rules(x.petition)
	if err == nil && !x.seenBy(ask.Actor, rules) {
		err = casework.NotFound()
	}
	return x, rules, err
}

// decide judges one ask and, if it stands, carries it out on copies.
func (d *Desk) decide(ctx context.Context, q sqldb.Querier, x *file, rules *workflow.Rules, ask Ask, now time.Time) (commit.Outcome, error) {
	today := ocop.DateOf(now)
	if ask.Event == "" && x.fresh && len(rules.Openings()) == 1 {
		ask.Event = rules.Openings()[0]
	}
	subject := x.subject(rules)
	ask, err := x.instead(ctx, q, rules, ask, today)
	if err != nil {
		return commit.Outcome{}, err
	}
	cmd := workflow.Command{Event: ask.Event, Actor: ask.Actor, Version: ask.Version, Comment: ask.Comment, Data: ask.Data, InPlace: ask.OnBehalf.Given()}
	if err := x.resolve(ctx, q, rules, subject, &cmd); err != nil {
		return commit.Outcome{}, err
	}
	decision := rules.Decide(subject, x.facts(today), cmd, today)
	if f := decision.Refusal; f != nil {
		return x.refused(ctx, q, rules, ask, f, now)
	}
	c := x.apply(rules, decision.Move, ask, now)
	if err := x.name(ctx, q, c); err != nil {
		return commit.Outcome{}, err
	}
	c.draft = c.entry(x, rules, decision.Move, ask)
	more, err := d.reach(ctx, q, c, decision.Move, ask, now)
	if f := fault.Of(err); err != nil && f.Kind != fault.Internal {
		return x.refused(ctx, q, rules, ask, f, now)
	} else if err != nil {
		return commit.Outcome{}, err
	}
	return commit.Outcome{Drafts: append([]ledger.Draft{c.draft}, more...), State: c, Answer: func(entries []ledger.Entry) any { return c.answer(entries[0], ask) }}, nil
}

// instead looks at a move that is to be made in place of the producer that asks.
//
// Faults: those of casework.OnBehalf.Check.
func (x *file) instead(ctx context.Context, q sqldb.Querier, rules *workflow.Rules, ask Ask, today ocop.Date) (Ask, error) {
	n, by := x.petition, rules.By(x.subject(rules), ask.Event)
	i := casework.Instead{Actor: ask.Actor, Place: n.AskerPath, Dry: ask.quiet, Theirs: len(by) == 0 || slices.Contains(by, access.Producer)}
	if n.AskerKind == ocop.Producers {
		i.Producer = n.Asker.ID
	}
	if n.Product != nil {
		i.Product = n.Product.ID
	}
	var err error
	ask.scan, err = ask.OnBehalf.Check(ctx, q, i, today)
	return ask, err
}

// refused is what becomes of a move that does not stand: an entry tells of it,
// unless nothing was meant.
func (x *file) refused(ctx context.Context, q sqldb.Querier, rules *workflow.Rules, ask Ask, f *fault.Error, now time.Time) (o commit.Outcome, err error) {
	o.Fault = f
	if !ask.quiet && (f.Kind == fault.Forbidden || f.Kind == fault.Refused) {
		o.Drafts, err = casework.Refused(ctx, q, x.refusal(rules, ask), f, now)
	}
	return o, err
}

// name finds the units that what was gathered names now.
func (x *file) name(ctx context.Context, q sqldb.Querier, c *change) error {
	var list []string
	for _, p := range c.parties {
		if p.Unit != "" {
			list = append(list, p.Unit)
		}
	}
	if len(list) == 0 {
		return nil
	}
	units, err := store.UnitsByID(ctx, q, list)
	for id, u := range x.units {
		if units[id] == nil && units != nil {
			units[id] = u
		}
	}
	c.after.units = units
	return err
}

// resolve checks what a form refers to: accounts and units (by id or name or
// code) and documents.
//
// Faults: form_wrong (Invalid).
func (x *file) resolve(ctx context.Context, q sqldb.Querier, rules *workflow.Rules, s workflow.Subject, cmd *workflow.Command) error {
	bad := fault.New(fault.Invalid, "form_wrong", "Dữ liệu nhập không đúng mẫu.", "The data does not fit the form.")
	for _, f := range rules.Form(s, cmd.Event) {
		text, ok := cmd.Data[f.Name].(string)
		if !ok || text == "" {
			continue
		}
		switch f.Type {
		case workflow.FieldAccount:
			a, err := store.AccountBy(ctx, q, text)
			if err != nil {
				return err
			}
			casework.Resolve(a, cmd, f.Name, bad)
		case workflow.FieldUnit:
			u, err := store.UnitBy(ctx, q, text)
			if err != nil {
				return err
			}
			if u == nil || f.Of != "" && u.Kind != f.Of || !u.Path.Within(x.petition.UnitPath) {
				bad.At("data."+f.Name, "Không có đơn vị này ở nơi giải quyết.", "There is no such unit where this is decided.")
				continue
			}
			cmd.Data = casework.With(cmd.Data, f.Name, u.ID)
		case workflow.FieldDocument:
			if x.document(text) == nil {
				bad.At("data."+f.Name, "Hồ sơ không có tài liệu này.", "The case has no such document.")
			}
		}
	}
	return bad.OrNil()
}

func (x *file) document(id string) *store.PetitionDocument {
	for i, d := range x.documents {
		if d.ID == id {
			return &x.documents[i]
		}
	}
	return nil
}

// Save implements commit.Kind: all rows of all moves, one statement for each
// table.
func (moves) Save(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	return Save(ctx, tx, placed)
}

// Save writes moves that stand; each is placed with its own entry.
func Save(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	if err := record(ctx, tx, placed); err != nil || len(placed) == 0 {
		return err
	}
	var matters []string
	var timers []store.Timer
	for _, p := range placed {
		c := p.State.(*change)
		matters, timers = append(matters, c.after.stream()), append(timers, c.timers...)
	}
	return store.ReplaceMatterTimers(ctx, tx, placed[0].Entries[0].At, matters, timers)
}

// record writes what moves decide; their timers follow from calendars and plans.
func record(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	var opened, moved []*store.Petition
	var acts []store.PetitionAct
	var parties []store.Party
	var outcomes []store.PetitionOutcome
	var behalf []store.OnBehalf
	for _, p := range placed {
		c := p.State.(*change)
		n := c.after.petition
		if c.fresh {
			opened = append(opened, n)
		} else {
			moved = append(moved, n)
		}
		acts = append(acts, store.PetitionAct{Entry: p.Entries[0].Index, Petition: n.ID, Turn: n.Turn, Event: c.event, Actor: c.actor, At: p.Entries[0].At})
		parties = append(parties, c.parties...)
		if c.behalf != nil {
			b := *c.behalf
			b.Entry = p.Entries[0].Index
			behalf = append(behalf, b)
		}
		if c.outcome != nil {
			o := *c.outcome
			o.Entry = p.Entries[0].Index
			outcomes = append(outcomes, o)
		}
	}
	for _, step := range []func() error{
		func() error { return store.InsertPetitions(ctx, tx, opened) },
		func() error { return store.StepPetitions(ctx, tx, moved) },
		func() error { return store.InsertPetitionActs(ctx, tx, acts) },
		func() error { return store.SaveParties(ctx, tx, parties) },
		func() error { return store.InsertPetitionOutcomes(ctx, tx, outcomes) },
		func() error { return store.InsertOnBehalf(ctx, tx, behalf) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for _, p := range placed {
		if err := p.State.(*change).saveProduct(ctx, tx, p.Entries); err != nil {
			return err
		}
	}
	return nil
}
