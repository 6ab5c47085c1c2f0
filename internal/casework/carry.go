package casework

import (
	"crypto/rand"
	"maps"
	"reflect"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// change is everything that a move which stands will write.
type change struct {
	before       *dossier // nil when an auditor judges
	left         *dossier // the same as the change leaves it
	product      *ocop.Product
	created      bool
	opened       *ocop.Round // new
	round        *ocop.Round // of the move, changed or not
	was          *ocop.Round // the same before
	issued       *ocop.Certificate
	amended      *ocop.Certificate // superseded, revoked, extended
	inspection   *store.Inspection
	named        *naming         // the decision that the move rests on
	behalf       *store.OnBehalf // made in place of the producer; nil for none
	timers       []store.Timer
	endsSessions bool           // of scoring: those that run are cancelled
	drafts       []ledger.Draft // the move's own first
	event        ocop.Event
	from         ocop.State
	actor        string
	actRound     string
	accountName  string
}

// carry works out what a move changes, and what time asks of the product then.
func (x *dossier) carry(d *Desk, rules *workflow.Rules, m *workflow.Move, ask Ask, now time.Time) (*change, error) {
	c, err := x.apply(rules, m, ask, now)
	if err != nil {
		return nil, err
	}
	c.left = c.after(x, now)
	plan, err := d.agenda(c.left, now)
	if err != nil {
		return nil, err
	}
	c.before, c.product.Due, c.timers = x, plan.due, plan.timers
	c.drafts = append([]ledger.Draft{c.entry(x, rules, m, ask)}, c.drafts...)
	return c, nil
}

// apply works out what a move changes, on copies: nothing of the dossier is
// touched, and nothing is written.
func (x *dossier) apply(rules *workflow.Rules, m *workflow.Move, ask Ask, now time.Time) (*change, error) {
	p := *x.product
	c := &change{product: &p, created: ask.New != nil, event: m.Event, from: m.From, actor: ask.Actor.ID, accountName: ask.Actor.Name}
	if c.created {
		c.from = ""
	}
	p.State, p.Version, p.UpdatedAt = m.To, p.Version+1, now
	if ask.OnBehalf.Given() {
		row := Instead{Actor: ask.Actor, Event: m.Event, Product: p.ID}.Row(ask.OnBehalf, now)
		c.behalf = &row
	}
	if x.round != nil {
		round := *x.round
		c.round, c.was, c.actRound = &round, x.round, round.ID
	}
	if m.Opens {
		c.open(x, rules, m, ask, now)
	}
	for _, e := range m.Effects {
		if err := c.effect(e, x, rules, m, ask, now); err != nil {
			return nil, err
		}
	}
	if err := c.rest(x, m, ask, now); err != nil {
		return nil, err
	}
	if m.Closes {
		c.round.ClosedAt, c.round.Outcome, c.endsSessions = &now, m.Event, true
		p.Track, p.Round, p.Level = ocop.NoTrack, "", ""
	} else if r := c.current(); r != nil {
		p.Level = r.Level
	}
	if m.Closes {
		c.endExtension(x, ocop.DateOf(now))
	}
	return c, nil
}

// roundChanged reports whether the move put anything on record in its round.
func (c *change) roundChanged() bool { return c.round != nil && !reflect.DeepEqual(c.round, c.was) }

func (c *change) current() *ocop.Round {
	if c.opened != nil {
		return c.opened
	}
	return c.round
}

// after is the dossier as the change leaves it.
func (c *change) after(x *dossier, now time.Time) *dossier {
	out := *x
	out.product = c.product
	if out.round = c.current(); c.product.Round == "" {
		out.round = nil
	}
	switch {
	case c.issued != nil:
		out.certificate = c.issued
	case c.amended != nil:
		out.certificate = c.amended
	}
	out.awaited = c.named.onto(x.awaited)
	out.acts = append(slices.Clip(x.acts), store.Act{Product: c.product.ID, Round: c.actRound, Campaign: c.product.Campaign, Event: c.event, Actor: c.actor, At: now})
	return &out
}

// endExtension ends a certificate's stretch past its term together with the
// round that it was waiting for.
func (c *change) endExtension(x *dossier, today ocop.Date) {
	k := x.certificate
	if k == nil || k.ExtendedTo == nil || c.amended != nil {
		return
	}
	ended := *k
	if ended.ExtendedTo = nil; today > k.LastDay {
		yesterday := today - 1
		ended.ExtendedTo = &yesterday
	}
	c.amended = &ended
}

// open starts a round at the level that fits its track, pinned to the
// procedure that decided.
func (c *change) open(x *dossier, rules *workflow.Rules, m *workflow.Move, ask Ask, now time.Time) {
	start, target := rules.FirstLevel(), 3
	if k := x.certificate; k != nil && m.Track == "renewal" {
		target = k.Stars
		if by := rules.RecognisedBy(k.Stars); by != "" {
			start = by
		}
	}
	if k := x.certificate; k != nil && m.Track == "upgrade" {
		target = k.Stars + 1
	}
	if n := m.Form.Int("target"); n > 0 {
		target = int(n)
	}
	c.opened = &ocop.Round{
		ID: NewID(), Product: c.product.ID, Number: x.rounds + 1, Track: m.Track, Procedure: rules.Name, Version: rules.Version, Hash: rules.Hash,
		Campaign: c.product.Campaign, Level: start, OpenedAt: now, OpenedBy: ask.Actor.ID,
		Data: ocop.RoundData{Start: start, Target: target},
	}
	c.actRound = c.opened.ID
	c.product.Track, c.product.Round, c.product.Rejected = m.Track, c.opened.ID, false
}

// draft is what all entries about the dossier share.
func (x *dossier) draft(rules *workflow.Rules, ask Ask, kind string) ledger.Draft {
	d := ledger.Draft{
		Stream: "product:" + x.product.ID, Kind: kind, Event: string(ask.Event), From: string(x.product.State),
		Actor: ActorOf(ask.Actor), Product: x.product.ID,
		Procedure: ledger.Procedure{Name: rules.Name, Version: rules.Version, Hash: rules.Hash},
	}
	if ask.New != nil {
		d.From, d.Product = "", ""
	}
	if x.round != nil {
		d.Round, d.Track, d.Level = x.round.ID, string(x.round.Track), string(x.round.Level)
	}
	if ask.Key != nil {
		d.Key = ask.Key.Key
	}
	return d
}

// ActorOf is who acts, with every grant held, as an entry names it.
func ActorOf(a access.Actor) ledger.Actor {
	out := ledger.Actor{ID: a.ID}
	for _, g := range a.Grants {
		if g.Role != access.System {
			out.Grants = append(out.Grants, ledger.Grant{Role: string(g.Role), Unit: g.Unit})
		}
	}
	return out
}

// entry is the move's own line in the ledger.
func (c *change) entry(x *dossier, rules *workflow.Rules, m *workflow.Move, ask Ask) ledger.Draft {
	d := x.draft(rules, ask, ledger.KindMove)
	d.Product, d.To = c.product.ID, string(m.To)
	d.Actor = ActorOf(access.Actor{ID: ask.Actor.ID, Grants: []access.Grant{m.Grant}})
	if c.opened != nil {
		d.Round, d.Track, d.Level = c.opened.ID, string(c.opened.Track), string(c.opened.Level)
	}
	d.Data = ledger.Map{"version": c.product.Version}
	for name, v := range m.Form.Public() {
		d.Data[name] = v
	}
	if m.Grant.For != "" {
		d.Data["for"] = m.Grant.For
	}
	if ask.Because != "" {
		d.Data["petition"] = ask.Because
	}
	if ask.New != nil {
		maps.Copy(d.Data, ledger.Map{"product": ask.New.public(c.product)})
	}
	if len(m.Flags) > 0 {
		d.Data["flags"] = m.Flags
	}
	if r := c.current(); r != nil && r.Data.Result != nil && slices.Contains(m.Effects, workflow.RecordResult) {
		d.Data["result"], d.Data["session"] = ResultMap(*r.Data.Result), r.Data.Session.ID
	}
	d.Facts = ledger.Map(m.Reads)
	d.Refs = x.refs(rules, m)
	ask.OnBehalf.Tell(&d, ask.scan)
	d.Private = Texts(ask.Comment, m.Form)
	return d
}

// ResultMap is a result as an entry holds it.
func ResultMap(r ocop.Result) ledger.Map {
	missed, struck := []any{}, []any{}
	for _, m := range r.Missed {
		missed = append(missed, ledger.Map{"criterion": m.Criterion, "floor": m.Floor, "have": m.Have, "need": m.Need})
	}
	for _, k := range r.KnockedOut {
		struck = append(struck, ledger.Map{"code": k.Code, "kind": k.Kind, "effect": k.Effect})
	}
	return ledger.Map{"sum": r.Sum, "members": r.Members, "mean": r.Mean, "band_stars": r.BandStars, "floor_stars": r.FloorStars, "stars": r.Stars,
		"missed": missed, "knocked_out": struck, "level": string(r.Level)}
}

// refs are the hashes of the documents that the move relied on.
func (x *dossier) refs(rules *workflow.Rules, m *workflow.Move) []string {
	var out []string
	for _, kind := range rules.Offer(workflow.Subject{Track: x.product.Track, State: x.product.State}, m.Event).Needs {
		for _, d := range slices.Backward(x.documents) {
			if d.Kind == kind {
				out = append(out, "sha256:"+d.SHA256)
				break
			}
		}
	}
	for _, name := range []string{"file", "conclusion"} {
		if d := x.document(m.Form.String(name)); d != nil {
			out = append(out, "sha256:"+d.SHA256)
		}
	}
	return out
}

// Texts are the private values of a move: its comment and the free texts of its
// form.
func Texts(comment string, form workflow.Form) []ledger.Private {
	var out []ledger.Private
	if comment != "" {
		out = append(out, NewPrivate("comment", comment))
	}
	texts := form.Private()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		out = append(out, NewPrivate(name, texts[name]))
	}
	return out
}

// NewPrivate keeps a personal value or free text out of an entry.
func NewPrivate(field, value string) ledger.Private {
	p := ledger.Private{Field: field, Value: value}
	rand.Read(p.Salt[:]) // never fails: it ends the program instead
	return p
}
