package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Recorded is a move as its entry tells it.
type Recorded struct {
	*ledger.Told
	Rules *workflow.Rules // the version that the entry names
	Index int64
	At    time.Time
}

// Verdict is what deciding a recorded move again comes to.
type Verdict struct {
	Wrong string         // "" when the entry is what the procedure makes of what was known
	Issue []ledger.Draft // entries that must follow its own
}

// Judge decides recorded moves again, each of another product, by the rules that
// they name, from the rows as they stood before: whether the procedure allows
// each, and whether its entry says what it comes to. Campaigns are not asked: no
// rule depends on their plans.
func Judge(ctx context.Context, q sqldb.Querier, list []Recorded) ([]Verdict, error) {
	list = slices.Clone(list)
	asks := make([]any, len(list))
	units, err := PlacesOf(ctx, q, list)
	if err != nil {
		return nil, err
	}
	for i, r := range list {
		asks[i] = r.ask(units)
	}
	files, err := moves{&Desk{}}.gather(ctx, q, asks)
	if err != nil {
		return nil, err
	}
	out := make([]Verdict, len(list))
	for i, x := range files {
		if out[i].Wrong = "the entries before it know no such product, producer or campaign"; x != nil {
			out[i] = x.judge(ctx, q, list[i], asks[i].(Ask))
		}
	}
	return out, nil
}

// PlacesOf are the places of the units in which recorded moves were made.
func PlacesOf(ctx context.Context, q sqldb.Querier, list []Recorded) (map[string]ocop.Path, error) {
	units := map[string]ocop.Path{}
	for _, r := range list {
		for _, g := range r.Told.Actor.Grants {
			if _, known := units[g.Unit]; known {
				continue
			}
			u, err := store.Unit(ctx, q, g.Unit)
			if err != nil {
				return nil, err
			}
			if units[g.Unit] = ""; u != nil {
				units[g.Unit] = u.Path
			}
		}
	}
	return units, nil
}

// Who is the actor of a recorded move, with the roles that the entry names.
func (r Recorded) Who(units map[string]ocop.Path) access.Actor {
	a := access.Actor{ID: r.Actor.ID}
	if r.Actor.ID == ocop.System {
		a = access.SystemActor
	}
	var delegator string
	_ = json.Unmarshal(r.Data["for"], &delegator) // most act for nobody
	for _, g := range r.Actor.Grants {
		a.Grants = append(slices.Clip(a.Grants), access.Grant{Role: ocop.Role(g.Role), Unit: g.Unit, Path: units[g.Unit], For: delegator})
	}
	return a
}

// Comment is a stand-in for what was said with a recorded move, "" for nothing.
func (r Recorded) Comment() string {
	if r.Data["comment"] != nil {
		return standIn
	}
	return ""
}

// OnBehalf says in whose place a recorded act was done; most are in nobody's.
func (r Recorded) OnBehalf() (b OnBehalf) {
	_ = json.Unmarshal(r.Data["on_behalf_of"], &b.Producer)
	_ = json.Unmarshal(r.Data["scan"], &b.Scan)
	return b
}

// standIn is a text that nobody may remember, but that was there.
const standIn = "…"

// ask is what was asked for, as far as the entry tells it.
func (r Recorded) ask(units map[string]ocop.Path) Ask {
	ask := Ask{Product: strings.TrimPrefix(r.Stream, "product:"), Event: ocop.Event(r.Event), Data: map[string]any{}, Actor: r.Who(units), Comment: r.Comment()}
	var number string
	if json.Unmarshal(r.Data["number"], &number) == nil {
		ask.Data["number"] = number
	}
	ask.OnBehalf = r.OnBehalf()
	_ = json.Unmarshal(r.Data["petition"], &ask.Because) // most are part of none
	if json.Unmarshal(r.Data["decision"], &number) == nil {
		ask.Data["decision"] = number
	}
	if r.From == "" {
		var p struct {
			Code, Name, Producer, Campaign string
			Set                            int
			Assumed                        bool
		}
		_ = json.Unmarshal(r.Data["product"], &p) // what cannot be read names no producer
		ask.New = &Registration{Code: p.Code, Name: p.Name, Producer: p.Producer, Set: p.Set, Campaign: p.Campaign, Assumed: p.Assumed}
	}
	return ask
}

// judge decides one move again. A record that somebody made up may lead where no
// move of ours does, so that carrying it out can fail in any way.
func (x *dossier) judge(ctx context.Context, q sqldb.Querier, r Recorded, ask Ask) (v Verdict) {
	defer func() {
		if failed := recover(); failed != nil {
			v = Verdict{Wrong: "it cannot be carried out on what the entries before it say"}
		}
	}()
	wrong := func(format string, args ...any) Verdict { return Verdict{Wrong: fmt.Sprintf(format, args...)} }
	if ask.New != nil {
		x.product.ID = ask.Product
	}
	today := ocop.DateOf(r.At)
	switch {
	case (x.round == nil) != (x.product.Track == ocop.NoTrack):
		return wrong("its product is in a round that no entry opened, or out of one that none closed")
	case x.round != nil && (x.round.Procedure != r.Rules.Name || x.round.Version != r.Rules.Version || x.round.Hash != r.Rules.Hash):
		return wrong("its round is pinned to procedure %s %s", x.round.Procedure, x.round.Version)
	case r.Rules.Legal.Effective > today:
		return wrong("procedure %s %s was not in force on that day", r.Rules.Name, r.Rules.Version)
	}
	subject := x.subject(r.Rules)
	ask.Data = FormOf(r.Rules.Form(subject, ask.Event), r.Data)
	ask, err := x.instead(ctx, q, r.Rules, ask, today)
	if err != nil {
		return wrong("it could not have been done in place of that producer: %v", err)
	}
	number, _ := ask.Data["number"].(string)
	decision := r.Rules.Decide(subject, x.facts(today, number), workflow.Command{Event: ask.Event, Actor: ask.Actor, Comment: ask.Comment, Data: ask.Data, InPlace: ask.OnBehalf.Given()}, today)
	if f := decision.Refusal; f != nil {
		return Verdict{Wrong: NotAllowed(r.Rules, f)}
	}
	c, err := x.apply(r.Rules, decision.Move, ask, r.At)
	if err != nil {
		return wrong("it could not have been carried out: %v", err)
	}
	if c.opened != nil {
		c.opened.ID, c.product.Round, c.actRound = r.Round, r.Round, r.Round
	}
	if field := Differs(c.entry(x, r.Rules, decision.Move, ask), r.Told); field != "" {
		return wrong("its %s is not what the procedure makes of the entries before it", field)
	}
	rows, besides, err := c.rehearse(ctx, r)
	if err != nil {
		return wrong("it could not have been carried out: %v", err)
	}
	if row := DifferentRow(rows, withoutSame(r.Rows, besides), agendaTables, undecided); row != "" {
		return wrong("what it tells of %s is not what the move leaves behind", row)
	}
	return Verdict{Issue: c.drafts}
}

// NotAllowed says that a procedure refuses a recorded move, and why.
func NotAllowed(r *workflow.Rules, f *fault.Error) string {
	why := f.Code
	if reasons := reasonCodes(f); len(reasons) > 0 {
		why = strings.Join(reasons, ", ")
	}
	return fmt.Sprintf("procedure %s %s would not have allowed it: %s", r.Name, r.Version, why)
}

// FormOf is the data of a move as its form took it, with a stand-in for each
// text that the entry only commits to.
func FormOf(fields []workflow.Field, data map[string]json.RawMessage) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		raw, ok := data[f.Name]
		if !ok {
			continue
		}
		var v any
		_ = json.Unmarshal(raw, &v) // it was read as part of the entry
		if _, committed := ledger.CommitmentIn(raw); committed {
			if v = standIn; f.Type == workflow.FieldTexts {
				v = []any{standIn}
			}
		}
		out[f.Name] = v
	}
	return out
}

// Differs names the first part in which a recorded entry is not the expected
// one, "" when there is none. Its place in the chain and its rows are judged
// elsewhere.
func Differs(d ledger.Draft, t *ledger.Told) string {
	for _, x := range []struct{ name, want, have string }{
		{"kind", d.Kind, t.Kind}, {"event", d.Event, t.Event}, {"from", d.From, t.From}, {"to", d.To, t.To}, {"round", d.Round, t.Round},
		{"track", d.Track, t.Track}, {"level", d.Level, t.Level}, {"product", d.Product, t.Product}, {"actor", d.Actor.ID, t.Actor.ID},
	} {
		if x.want != x.have {
			return x.name
		}
	}
	switch {
	case d.Procedure != t.Procedure:
		return "procedure"
	case !slices.Equal(d.Actor.Grants, t.Actor.Grants):
		return "actor"
	case !slices.Equal(d.Refs, t.Refs):
		return "refs"
	}
	data := maps.Clone(d.Data)
	for _, p := range d.Private {
		data[p.Field] = ledger.Committed("")
	}
	if name, err := ledger.Differs(d.Facts, t.Facts); err != nil || name != "" {
		return "facts." + name
	}
	if name, err := ledger.Differs(data, t.Data); err != nil || name != "" {
		return "data." + name
	}
	return ""
}
