package casework

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Product reads one product that the actor may see, by id.
//
// Faults: not_found.
func (d *Desk) Product(ctx context.Context, a access.Actor, id string) (*ocop.Product, error) {
	found, err := d.looking.Ask(ctx, id, func(ctx context.Context, list []string) (map[string]*ocop.Product, error) {
		return store.Products(ctx, d.DB, list)
	})
	if err != nil {
		return nil, err
	}
	if found == nil || !sees(a, found) {
		return nil, NotFound()
	}
	p := *found // others may have got the same
	return &p, nil
}

// Products lists what the actor may see, one page at a time.
func (d *Desk) Products(ctx context.Context, a access.Actor, f store.Filter) ([]ocop.Product, error) {
	f.View = a.Products()
	return store.ListProducts(ctx, d.DB, f)
}

// Count counts products in view, no further than one above store.Most.
func (d *Desk) Count(ctx context.Context, a access.Actor, f store.Filter) (int64, error) {
	f.View = a.Products()
	return store.CountProducts(ctx, d.DB, f)
}

// Action is an event that starts from a product's present state.
type Action struct {
	Event   ocop.Event       `json:"event"`
	Title   ocop.Text        `json:"title"`
	To      ocop.State       `json:"to"`
	Allowed bool             `json:"allowed"` // it would stand, with form and comment rightly filled in
	Reasons []fault.Reason   `json:"reasons"`
	Needs   []string         `json:"needs"`
	Form    []workflow.Field `json:"form"`
	Comment bool             `json:"comment_required"`
	Due     *ocop.Date       `json:"due"`
	Aside   bool             `json:"aside"`     // not the way forward
	Quiet   bool             `json:"-"`         // what it lacks is nobody's task
	Instead bool             `json:"on_behalf"` // it would stand if made on behalf of the producer, with the scan
	opens   ocop.Track
}

// Actions are all events from the present state: what the actor can do, and
// why not the rest. Events that only time fires are left out.
//
// Faults: not_found.
func (d *Desk) Actions(ctx context.Context, a access.Actor, id string) ([]Action, error) {
	files, err := d.dossiers(ctx, d.DB, []string{id})
	if err != nil {
		return nil, err
	}
	x := files[id]
	if x == nil || !sees(a, x.product) {
		return nil, NotFound()
	}
	return d.actions(x, a)
}

func (d *Desk) actions(x *dossier, a access.Actor) ([]Action, error) {
	today := d.Today()
	rules, err := d.rules(x, today)
	if err != nil {
		return nil, err
	}
	return ActionsOf(rules, x.subject(rules), x.facts(today, ""), a, today, x.product.Due), nil
}

// ActionsOf are all events that start from where a subject stands, but for those
// that only time fires.
func ActionsOf(rules *workflow.Rules, s workflow.Subject, facts workflow.Facts, a access.Actor, today ocop.Date, due *ocop.Date) []Action {
	out := []Action{}
	for _, event := range rules.Events(s) {
		o := rules.Offer(s, event)
		if o.System {
			continue
		}
		act := Action{Event: event, Title: o.Title, To: o.To, Needs: o.Needs, Form: o.Form, Comment: o.Comment, Aside: o.Aside,
			Due: due, Reasons: []fault.Reason{}, Quiet: o.Quiet, opens: o.Opens}
		cmd := workflow.Command{Event: event, Actor: a, Preview: true}
		decision := rules.Decide(s, facts, cmd, today)
		if f := decision.Refusal; f != nil {
			act.Reasons = f.Reasons
		} else {
			act.Allowed = true
		}
		if _, own := a.Holds(access.Producer, s.Places[workflow.ScopeProducer]); a.StandsIn() && !own {
			cmd.InPlace = true
			act.Instead = rules.Decide(s, facts, cmd, today).Refusal == nil
		}
		out = append(out, act)
	}
	return out
}

// History is a product's entries, newest last, with what was said in words.
//
// Faults: not_found.
func (d *Desk) History(ctx context.Context, a access.Actor, id string, after int64, limit int) ([]Entry, error) {
	p, err := d.Product(ctx, a, id)
	if err != nil {
		return nil, err
	}
	lines, err := store.ProductLines(ctx, d.DB, id, after, limit)
	if err != nil || len(lines) == 0 {
		return []Entry{}, err
	}
	private, err := store.PrivateValues(ctx, d.DB, id, after, lines[len(lines)-1].Index)
	if err != nil {
		return nil, err
	}
	names := map[string]string{ocop.System: ocop.System, "": ""}
	erased, err := d.erased(ctx, names, id)
	if err != nil {
		return nil, err
	}
	out := []Entry{}
	for _, l := range lines {
		e, err := EntryOf(l)
		if err != nil {
			return nil, err
		}
		e.Erased, e.Private = erased[l.Index], len(private[l.Index]) > 0
		for field, value := range private[l.Index] {
			if field == "comment" {
				e.Comment = value
			} else {
				e.Data[field] = value
			}
		}
		delete(e.Data, "comment")
		if strings.HasPrefix(l.Stream, "council:") && !a.Oversees().Sees("", p.Path.Upto(ocop.UnitKind(e.Level)), "") {
			withhold(&e)
		}
		if e.ActorName, err = d.NameOf(ctx, names, l.Actor); err != nil {
			return nil, err
		}
		if e.ForName, err = d.NameOf(ctx, names, e.For()); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// withhold drops what members chose and said, which is for those who oversee a
// council.
func withhold(e *Entry) {
	e.Comment = ""
	for _, name := range []string{"sheets", "sheet", "grounds"} {
		delete(e.Data, name)
	}
}

// EntryOf reads a line of the ledger, without what was said in words.
func EntryOf(l store.Line) (Entry, error) {
	var body struct {
		From, To, Round, Level string
		Data                   map[string]any
	}
	if err := json.Unmarshal([]byte(l.Body), &body); err != nil {
		return Entry{}, fmt.Errorf("entry %d: %w", l.Index, err)
	}
	if body.Data == nil {
		body.Data = map[string]any{}
	}
	return Entry{Index: &l.Index, Seq: &l.Seq, Kind: l.Kind, Event: l.Event, From: body.From, To: body.To, Round: body.Round, Level: body.Level, At: l.At,
		Actor: l.Actor, Data: body.Data, Hash: hex.EncodeToString(l.Hash[:])}, nil
}

// For is the account on whose behalf the actor acted; "" for themselves.
func (e Entry) For() string { s, _ := e.Data["for"].(string); return s }

// NameOf is the name of an account, looked up once for each map.
func (d *Desk) NameOf(ctx context.Context, names map[string]string, id string) (string, error) {
	if name, ok := names[id]; ok {
		return name, nil
	}
	acc, err := store.AccountByID(ctx, d.DB, id)
	if err != nil {
		return "", err
	}
	names[id] = id
	if acc != nil {
		names[id] = acc.Name
	}
	return names[id], nil
}

// Rules are those that decide about a product: its round's, else those in force.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Rules(ctx context.Context, a access.Actor, id string) (*workflow.Rules, error) {
	p, err := d.Product(ctx, a, id)
	if err != nil {
		return nil, err
	}
	rounds, err := store.OpenRounds(ctx, d.DB, []string{id})
	if err != nil {
		return nil, err
	}
	return d.rules(&dossier{product: p, round: rounds[id]}, d.Today())
}

// Way is where a product stands in its procedure and the states it came through
// in its present round, or its last one.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Way(ctx context.Context, a access.Actor, id string) (rules *workflow.Rules, now ocop.State, path []ocop.State, err error) {
	if rules, err = d.Rules(ctx, a, id); err != nil {
		return nil, "", nil, err
	}
	lines, err := store.ProductLines(ctx, d.DB, id, -1, maxWay)
	if err != nil {
		return nil, "", nil, err
	}
	round := ""
	for _, l := range lines {
		e, err := EntryOf(l)
		if err != nil {
			return nil, "", nil, err
		}
		if e.Kind != ledger.KindMove && !(e.Kind == ledger.KindRecord && e.To != "") { // a correction may send back
			continue
		}
		if e.Round != "" && e.Round != round {
			round, path = e.Round, nil
		}
		if len(path) == 0 {
			from := ocop.State(e.From)
			if from == "" {
				from = ocop.NoState
			}
			path = append(path, from)
		}
		now = ocop.State(e.To)
		path = append(path, now)
	}
	return rules, now, path, nil
}

// maxWay bounds the entries that a way is read from.
const maxWay = 5000
