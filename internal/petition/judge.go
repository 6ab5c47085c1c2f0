package petition

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Judge decides recorded moves of petitions again, each of another one, by the
// rules that they name, from the rows as they stood before: whether the procedure
// allows each, and whether its entry says what it comes to.
func Judge(ctx context.Context, q sqldb.Querier, list []casework.Recorded) ([]casework.Verdict, error) {
	units, err := casework.PlacesOf(ctx, q, list)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, r := range list {
		_, ids[i], _ = strings.Cut(r.Stream, ":")
	}
	known, err := known(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := make([]casework.Verdict, len(list))
	for i, r := range list {
		x := known[ids[i]]
		if r.From == "" && x != nil {
			out[i].Wrong = "it opens a petition that is there already"
			continue
		}
		if r.From == "" {
			if x, err = opened(ctx, q, r, ids[i]); err != nil {
				return nil, err
			}
		}
		if out[i].Wrong = "the entries before it know no such petition, asker or product"; x != nil {
			if out[i], err = x.judge(ctx, q, r, r.Who(units)); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// opened is the petition that a recorded move opened, as it was before; nil when
// the entries before it do not know what it names.
func opened(ctx context.Context, q sqldb.Querier, r casework.Recorded, id string) (*file, error) {
	var told struct{ Asker, Product, Campaign string }
	_ = json.Unmarshal(r.Data["petition"], &told) // what cannot be read names nobody
	p := parts{id: id, rules: r.Rules, campaign: told.Campaign, by: r.Told.Actor.ID}
	var err error
	if p.asker, err = store.Unit(ctx, q, told.Asker); err != nil || p.asker == nil {
		return nil, err
	}
	if told.Product != "" {
		if p.product, err = store.Product(ctx, q, told.Product); err != nil || p.product == nil {
			return nil, err
		}
	}
	x, err := p.make(ctx, q, r.At)
	if x == nil {
		return nil, nil
	}
	return x, err
}

// judge decides one move again. A record that somebody made up may lead where no
// move of ours does, so that carrying it out can fail in any way.
func (x *file) judge(ctx context.Context, q sqldb.Querier, r casework.Recorded, who access.Actor) (v casework.Verdict, err error) {
	defer func() {
		if failed := recover(); failed != nil {
			v = casework.Verdict{Wrong: "it cannot be carried out on what the entries before it say"}
		}
	}()
	wrong := func(format string, args ...any) (casework.Verdict, error) {
		return casework.Verdict{Wrong: fmt.Sprintf(format, args...)}, nil
	}
	n, today := x.petition, ocop.DateOf(r.At)
	switch {
	case n.Procedure != r.Rules.Name || n.Edition != r.Rules.Version || n.Hash != r.Rules.Hash || r.Stream != x.stream():
		return wrong("it belongs to a petition under procedure %s %s", n.Procedure, n.Edition)
	case r.Rules.Legal.Effective > today:
		return wrong("procedure %s %s was not in force on that day", r.Rules.Name, r.Rules.Version)
	}
	subject := x.subject(r.Rules)
	ask := Ask{Petition: n.ID, Event: ocop.Event(r.Event), Actor: who, Comment: r.Comment(), OnBehalf: r.OnBehalf(), Data: casework.FormOf(r.Rules.Form(subject, ocop.Event(r.Event)), r.Data)}
	if ask, err = x.instead(ctx, q, r.Rules, ask, today); err != nil {
		return wrong("it could not have been done in place of that producer: %v", err)
	}
	decision := r.Rules.Decide(subject, x.facts(today), workflow.Command{Event: ask.Event, Actor: who, Comment: ask.Comment, Data: ask.Data, InPlace: ask.OnBehalf.Given()}, today)
	if f := decision.Refusal; f != nil {
		return casework.Verdict{Wrong: casework.NotAllowed(r.Rules, f)}, nil
	}
	c := x.apply(r.Rules, decision.Move, ask, r.At)
	if field := casework.Differs(c.entry(x, r.Rules, decision.Move, ask), r.Told); field != "" {
		return wrong("its %s is not what the procedure makes of the entries before it", field)
	}
	tx := sqldb.Rehearse()
	if err := record(ctx, tx, []commit.Placed{{State: c, Entries: []ledger.Entry{{Index: r.Index, At: r.At}}}}); err != nil {
		return wrong("it could not have been carried out: %v", err)
	}
	if row := casework.DifferentRow(tx.Written(), r.Rows, []string{"matter_timers"}, map[string][]string{"petitions": {"due"}}); row != "" {
		return wrong("what it tells of %s is not what the move leaves behind", row)
	}
	return casework.Verdict{}, nil
}
