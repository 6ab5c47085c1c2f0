package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Recorded is a move as its entry tells it.
type Recorded struct {
	Rules *workflow.Rules // the version that the entry names
	Index int64
	At    time.Time
	Body  []byte // the entry's canonical bytes
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
	told := make([]toldMove, len(list))
	asks := make([]any, len(list))
	units := map[string]ocop.Path{}
	for i, r := range list {
		if err := json.Unmarshal(r.Body, &told[i]); err != nil {
			return nil, fmt.Errorf("a recorded move: %w", err)
		}
		for _, g := range told[i].Actor.Grants {
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
		asks[i] = told[i].ask(units)
	}
	files, err := moves{&Desk{}}.gather(ctx, q, asks)
	if err != nil {
		return nil, err
	}
	products := make([]string, len(list))
	for i, a := range asks {
		products[i] = a.(Ask).Product
	}
	rounds, err := store.RoundCounts(ctx, q, products)
	if err != nil {
		return nil, err
	}
	out := make([]Verdict, len(list))
	for i, x := range files {
		told[i].rounds = rounds[products[i]]
		if out[i].Wrong = "the entries before it know no such product, producer or campaign"; x != nil {
			out[i] = x.judge(ctx, list[i], told[i], asks[i].(Ask))
		}
	}
	return out, nil
}

// toldMove is what is read out of a move's entry.
type toldMove struct {
	Stream, From, Round string
	Event               ocop.Event
	Actor               struct {
		ID     string
		Grants []struct{ Role, Unit string }
	}
	Data map[string]any
	Rows [][3]json.RawMessage // operation, table, values

	rounds int // that the product had before
}

// standIn is a text that nobody may remember, but that was there.
const standIn = "…"

// ask is what was asked for, as far as the entry tells it.
func (t toldMove) ask(units map[string]ocop.Path) Ask {
	ask := Ask{Product: strings.TrimPrefix(t.Stream, "product:"), Event: t.Event, Data: t.Data, Actor: access.Actor{ID: t.Actor.ID}}
	if t.Actor.ID == ocop.System {
		ask.Actor = access.SystemActor
	}
	for _, g := range t.Actor.Grants {
		ask.Actor.Grants = append(slices.Clip(ask.Actor.Grants), access.Grant{Role: ocop.Role(g.Role), Unit: g.Unit, Path: units[g.Unit]})
	}
	if t.Data["comment"] != nil {
		ask.Comment = standIn
	}
	if t.From == "" {
		p, _ := t.Data["product"].(map[string]any)
		text := func(name string) string { s, _ := p[name].(string); return s }
		set, _ := p["set"].(float64)
		assumed, _ := p["assumed"].(bool)
		ask.New = &Registration{Code: text("code"), Name: text("name"), Producer: text("producer"), Set: int(set), Campaign: text("campaign"), Assumed: assumed}
	}
	return ask
}

// judge decides one move again. A record that somebody made up may lead where no
// move of ours does, so that carrying it out can fail in any way.
func (x *dossier) judge(ctx context.Context, r Recorded, t toldMove, ask Ask) (v Verdict) {
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
	ask.Data = formOf(r.Rules.Form(subject, ask.Event), t.Data)
	number, _ := ask.Data["number"].(string)
	decision := r.Rules.Decide(subject, x.facts(today, number), workflow.Command{Event: ask.Event, Actor: ask.Actor, Comment: ask.Comment, Data: ask.Data}, today)
	if f := decision.Refusal; f != nil {
		return wrong("procedure %s %s would not have allowed it: %s", r.Rules.Name, r.Rules.Version, refusalText(f.Code, reasonCodes(f)))
	}
	c, err := x.apply(r.Rules, decision.Move, ask, r.At)
	if err != nil {
		return wrong("it could not have been carried out: %v", err)
	}
	if c.opened != nil {
		c.opened.ID, c.product.Round, c.actRound, c.opened.Number = t.Round, t.Round, t.Round, t.rounds+1
	}
	if field := differs(c.entry(x, r.Rules, decision.Move, ask), r.Body); field != "" {
		return wrong("its %s is not what the procedure makes of the entries before it", field)
	}
	rows, err := c.rehearse(ctx, r)
	if err != nil {
		return wrong("it could not have been carried out: %v", err)
	}
	if row := differentRow(rows, t.Rows); row != "" {
		return wrong("what it tells of %s is not what the move leaves behind", row)
	}
	return Verdict{Issue: c.drafts}
}

func refusalText(code string, reasons []string) string {
	if len(reasons) == 0 {
		return code
	}
	return strings.Join(reasons, ", ")
}

// formOf is the data of a move as its form took it, with a stand-in for each
// text that the entry only commits to.
func formOf(fields []workflow.Field, data map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		v, ok := data[f.Name]
		if !ok {
			continue
		}
		if _, committed := v.(map[string]any); committed {
			if v = standIn; f.Type == workflow.FieldTexts {
				v = []any{standIn}
			}
		}
		out[f.Name] = v
	}
	return out
}

// differs names the first part in which a recorded entry is not the expected
// one, "" when there is none. Its place in the chain and its rows are judged
// elsewhere.
func differs(d ledger.Draft, body []byte) string {
	e, err := d.Write(ledger.Place{})
	if err != nil {
		return "content"
	}
	want, have := parts(e.Bytes), parts(body)
	for _, name := range []string{"kind", "event", "actor", "from", "to", "round", "track", "level", "procedure", "refs"} {
		if !bytes.Equal(want[name], have[name]) {
			return name
		}
	}
	for _, group := range []string{"facts", "data"} {
		if name := differentPart(parts(want[group]), parts(have[group])); name != "" {
			return group + "." + name
		}
	}
	return ""
}

// differentPart names the first member that is not the same in both objects, ""
// when there is none. Of two commitments nobody can say more than that they are
// there.
func differentPart(a, b map[string]json.RawMessage) string {
	names := maps.Clone(a)
	if names == nil {
		names = map[string]json.RawMessage{}
	}
	maps.Copy(names, b)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !bytes.Equal(a[name], b[name]) && !(committed(a[name]) && committed(b[name])) {
			return name
		}
	}
	return ""
}

// parts are the members of a JSON object, each in its own bytes.
func parts(object []byte) (out map[string]json.RawMessage) {
	_ = json.Unmarshal(object, &out) // no object has no parts
	return out
}

func committed(value []byte) bool { return bytes.HasPrefix(value, []byte(`{"committed":"`)) }
