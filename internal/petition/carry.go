package petition

import (
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// change is everything that a move which stands will write.
type change struct {
	after   *file
	fresh   bool
	event   ocop.Event
	from    ocop.State
	actor   string
	parties []store.Party // that changed
	timers  []store.Timer // that the petition asks for afterwards
	draft   ledger.Draft

	behalf  *store.OnBehalf        // made in place of the producer that asks; nil for nobody's
	outcome *store.PetitionOutcome // told to the product; nil for none
	again   *casework.Again        // the product that is to be scored again
	product *commit.Outcome        // the product's own move; nil for none
}

// apply works out what a move changes, on copies.
func (x *file) apply(rules *workflow.Rules, m *workflow.Move, ask Ask, now time.Time) *change {
	n := *x.petition
	after := *x
	after.petition = &n
	c := &change{after: &after, fresh: x.fresh, event: m.Event, from: m.From, actor: ask.Actor.ID}
	if x.fresh {
		c.from = ""
	}
	if ask.OnBehalf.Given() {
		row := casework.Instead{Actor: ask.Actor, Event: m.Event, Petition: n.ID}.Row(ask.OnBehalf, now)
		c.behalf = &row
	}
	n.State, n.Version, n.UpdatedAt = m.To, n.Version+1, now
	if n.Facts = maps.Clone(n.Facts); rules.Anew(m) {
		n.Facts = map[string]any{}
	}
	if m.Opens {
		n.Track, n.Turn, after.acts = m.Track, n.Turn+1, nil
	}
	if m.Closes {
		n.Track = ocop.NoTrack
	}
	for _, fact := range rules.Gathered() {
		name := strings.TrimPrefix(fact.Name, rules.Name+".")
		if v, given := m.Form.Values[name]; given {
			n.Facts[name] = v
		}
	}
	after.acts = append(slices.Clip(after.acts), store.PetitionAct{Petition: n.ID, Turn: n.Turn, Event: m.Event, Actor: ask.Actor.ID, At: now})
	for _, scope := range rules.UnitScopes() {
		name := strings.TrimPrefix(string(scope), rules.Name+".")
		was, _ := x.petition.Facts[name].(string)
		is, _ := n.Facts[name].(string)
		if was != is {
			c.parties = append(c.parties, store.Party{Petition: n.ID, Field: name, Unit: is})
		}
	}
	if n.Product != nil && x.about != nil && slices.Contains(m.Effects, workflow.TellProduct) {
		c.outcome = &store.PetitionOutcome{Petition: n.ID, Product: n.Product.ID, Certificate: x.about.Certificate(), Event: m.Event, State: m.To, At: now}
	}
	return c
}

// lines is what all entries about the petition share.
func (x *file) lines(rules *workflow.Rules, ask Ask, kind string) ledger.Draft {
	n := x.petition
	d := ledger.Draft{Stream: x.stream(), Kind: kind, Event: string(ask.Event), From: string(n.State), Actor: casework.ActorOf(ask.Actor),
		Procedure: ledger.Procedure{Name: rules.Name, Version: rules.Version, Hash: rules.Hash}}
	if x.fresh {
		d.From = ""
	}
	if n.Track != ocop.NoTrack {
		d.Track = string(n.Track)
	}
	if ask.Key != nil {
		d.Key = ask.Key.Key
	}
	return d
}

// refusal is the entry of a move that was refused; of one that was to open a
// petition, in the stream of who asks.
func (x *file) refusal(rules *workflow.Rules, ask Ask) ledger.Draft {
	d := x.lines(rules, ask, ledger.KindRefusal)
	if x.fresh {
		kind := "unit:"
		if x.petition.AskerKind == ocop.Producers {
			kind = "producer:"
		}
		d.Stream = kind + x.petition.Asker.ID
	}
	return d
}

// entry is the move's own line in the ledger. It names no product as its own: who
// has that in view need not see the petition.
func (c *change) entry(x *file, rules *workflow.Rules, m *workflow.Move, ask Ask) ledger.Draft {
	n := c.after.petition
	d := x.lines(rules, ask, ledger.KindMove)
	d.Event, d.To, d.Track = string(m.Event), string(m.To), string(m.Track)
	d.Actor = casework.ActorOf(access.Actor{ID: ask.Actor.ID, Grants: []access.Grant{m.Grant}})
	d.Data = ledger.Map{}
	for name, v := range m.Form.Public() {
		d.Data[name] = v
	}
	d.Data["version"], d.Data["turn"] = n.Version, n.Turn
	if m.Grant.For != "" {
		d.Data["for"] = m.Grant.For
	}
	if x.fresh {
		p := ledger.Map{"code": n.Code, "unit": n.Unit.ID, "asker": n.Asker.ID}
		if n.Product != nil {
			p["product"] = n.Product.ID
		}
		if n.Campaign != "" {
			p["campaign"] = n.Campaign
		}
		d.Data["petition"] = p
	}
	if len(m.Flags) > 0 {
		d.Data["flags"] = m.Flags
	}
	d.Facts = ledger.Map(m.Reads)
	d.Refs = x.refs(rules, m)
	ask.OnBehalf.Tell(&d, ask.scan)
	d.Private = casework.Texts(ask.Comment, m.Form)
	return d
}

// refs are the hashes of the documents that the move relied on.
func (x *file) refs(rules *workflow.Rules, m *workflow.Move) []string {
	var out []string
	for _, kind := range rules.Offer(x.subject(rules), m.Event).Needs {
		for _, d := range slices.Backward(x.documents) {
			if d.Kind == kind {
				out = append(out, "sha256:"+d.SHA256)
				break
			}
		}
	}
	return out
}

// answer is what the caller of a move gets.
func (c *change) answer(e ledger.Entry, ask Ask) Stepped {
	return Stepped{View(c.after), casework.Entry{Index: &e.Index, Seq: &e.Seq, Event: e.Event, From: string(c.from), To: string(c.after.petition.State),
		At: e.At, Actor: c.actor, ActorName: ask.Actor.Name, Hash: hex.EncodeToString(e.Hash[:]), Kind: e.Kind}}
}

// After is the petition as a move that stands leaves it.
func After(o commit.Outcome) Petition { return View(o.State.(*change).after) }
