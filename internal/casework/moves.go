package casework

import (
	"context"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Ask is one move that somebody asks for.
type Ask struct {
	Product  string // id; "" registers a new one
	New      *Registration
	Actor    access.Actor
	Event    ocop.Event
	Version  *int64 // the one the caller saw; nil accepts any
	Comment  string
	Data     map[string]any
	Key      *commit.Key
	OnBehalf OnBehalf        // of whom, beside who acts; zero for nobody
	Because  string          // id of the petition that this is part of; "" for none
	quiet    bool            // leave no entry of a refusal: a dry run, or time itself
	scan     *store.Document // of what is done in place of a producer
}

// Moved is the answer to a move that stood.
type Moved struct {
	Product Product `json:"product"`
	Entry   Entry   `json:"entry"`
}

// Move makes one move.
//
// Faults: not_found; those of workflow.Rules.Decide; those of commit.Do.
func (d *Desk) Move(ctx context.Context, ask Ask) (Moved, error) {
	return commit.Do[Moved](ctx, d.Committer, d.act(ask))
}

// MoveMany makes many moves; each stands or falls alone.
func (d *Desk) MoveMany(ctx context.Context, asks []Ask) ([]Moved, []error) {
	acts := make([]commit.Act, len(asks))
	for i, ask := range asks {
		acts[i] = d.act(ask)
	}
	return commit.Each[Moved](ctx, d.Committer, acts)
}

// Try decides moves on the present state and writes nothing: the same code as
// Move without the commit. Moves of one product are tried each on its own.
func (d *Desk) Try(ctx context.Context, asks []Ask) ([]Moved, []error) {
	moved, errs := make([]Moved, len(asks)), make([]error, len(asks))
	list := make([]any, len(asks))
	for i, ask := range asks {
		ask.quiet = true
		list[i] = ask
	}
	outcomes, now, err := d.Rehearse(ctx, d.moves(), list)
	for i := range asks {
		switch {
		case err != nil:
			errs[i] = err
		case outcomes[i].Fault != nil:
			errs[i] = outcomes[i].Fault
		default:
			moved[i] = outcomes[i].State.(*change).rehearsed(now)
		}
	}
	return moved, errs
}

// Rehearse decides asks of a kind on the present state, at the moment at which
// they would be written.
func (d *Desk) Rehearse(ctx context.Context, kind commit.Kind, asks []any) (out []commit.Outcome, now time.Time, err error) {
	err = d.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		head, err := store.LoadHead(ctx, q)
		if err != nil {
			return err
		}
		now = d.Clock().UTC().Truncate(time.Microsecond)
		if now.Before(head.LastAt) {
			now = head.LastAt
		}
		out, err = kind.Decide(ctx, q, now, asks)
		return err
	})
	return out, now, err
}

func (d *Desk) act(ask Ask) commit.Act {
	lock := "product:" + ask.Product
	if ask.New != nil {
		lock = "code:" + ask.New.Code
	}
	act := commit.Act{Kind: d.moves(), Ask: ask, Key: ask.Key, Locks: []string{lock}}
	if number, ok := ask.Data["number"].(string); ok {
		act.Locks = append(act.Locks, "certificate:"+number)
	}
	if number, ok := ask.Data["decision"].(string); ok {
		act.Locks = append(act.Locks, decisionLock(number))
	}
	return act
}

// moves is the kind of act that moves products. All moves of a desk are alike,
// so that a batch decides them together.
type moves struct{ *Desk }

func (d *Desk) moves() commit.Kind { return remembering{moves{d}} }

// Decide implements commit.Kind.
func (m moves) Decide(ctx context.Context, q sqldb.Querier, now time.Time, asks []any) ([]commit.Outcome, error) {
	today := ocop.DateOf(now)
	files, err := m.gather(ctx, q, asks)
	if err != nil {
		return nil, err
	}
	out := make([]commit.Outcome, len(asks))
	for i, a := range asks {
		ask := a.(Ask)
		x := files[i]
		if x == nil || !sees(ask.Actor, x.product) {
			out[i] = commit.Outcome{Fault: NotFound()}
			continue
		}
		rules, err := m.rules(x, today)
		if err != nil {
			out[i] = commit.Outcome{Fault: fault.Of(err)}
			continue
		}
		if out[i], err = m.decide(ctx, q, x, rules, ask, now); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// gather reads the dossiers of all asks, and those of new products.
func (m moves) gather(ctx context.Context, q sqldb.Querier, asks []any) ([]*dossier, error) {
	var list, numbers, decisions []string
	for _, a := range asks {
		ask := a.(Ask)
		if ask.New == nil {
			list = append(list, ask.Product)
		}
		if n, ok := ask.Data["number"].(string); ok {
			numbers = append(numbers, n)
		}
		if n, ok := ask.Data["decision"].(string); ok {
			decisions = append(decisions, store.FoldNumber(n))
		}
	}
	known, err := m.files(ctx, q, list)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	if len(numbers) > 0 {
		if taken, err = store.TakenNumbers(ctx, q, numbers); err != nil {
			return nil, err
		}
	}
	var numbered []store.Decision
	if len(decisions) > 0 {
		if numbered, err = store.DecisionsNumbered(ctx, q, decisions); err != nil {
			return nil, err
		}
	}
	fresh, err := m.newDossiers(ctx, q, asks)
	if err != nil {
		return nil, err
	}
	files := make([]*dossier, len(asks))
	for i, a := range asks {
		if files[i] = fresh[i]; files[i] == nil {
			files[i] = known[a.(Ask).Product]
		}
		if files[i] != nil {
			files[i].taken, files[i].numbered = taken, numbered
		}
	}
	return files, nil
}

// decide judges one ask and, if it stands, carries it out on copies.
func (m moves) decide(ctx context.Context, q sqldb.Querier, x *dossier, rules *workflow.Rules, ask Ask, now time.Time) (commit.Outcome, error) {
	today := ocop.DateOf(now)
	subject := x.subject(rules)
	cmd := workflow.Command{Event: ask.Event, Actor: ask.Actor, Version: ask.Version, Comment: ask.Comment, Data: ask.Data, InPlace: ask.OnBehalf.Given()}
	bad, err := m.resolve(ctx, q, x, rules, subject, &cmd)
	if err != nil || bad != nil {
		return commit.Outcome{Fault: bad}, err
	}
	if ask, err = x.instead(ctx, q, rules, ask, today); err != nil {
		if f := fault.Of(err); f.Kind != fault.Internal {
			return commit.Outcome{Fault: f}, nil
		}
		return commit.Outcome{}, err
	}
	number, _ := cmd.Data["number"].(string)
	facts := x.facts(today, number)
	decision := rules.Decide(subject, facts, cmd, today)
	if f := decision.Refusal; f != nil {
		o := commit.Outcome{Fault: f}
		if !ask.quiet && (f.Kind == fault.Forbidden || f.Kind == fault.Refused) {
			if o.Drafts, err = m.refusal(ctx, q, x, rules, ask, f, now); err != nil {
				return o, err
			}
		}
		return o, nil
	}
	c, err := x.carry(m.Desk, rules, decision.Move, ask, now)
	if err != nil {
		return commit.Outcome{Fault: fault.Of(err)}, nil
	}
	return commit.Outcome{Drafts: c.drafts, State: c, Answer: func(entries []ledger.Entry) any { return c.answer(entries) }}, nil
}

// resolve checks what a form refers to: accounts (by id or name) and documents.
func (m moves) resolve(ctx context.Context, q sqldb.Querier, x *dossier, rules *workflow.Rules, s workflow.Subject, cmd *workflow.Command) (*fault.Error, error) {
	bad := fault.New(fault.Invalid, "form_wrong", "Dữ liệu nhập không đúng mẫu.", "The data does not fit the form.")
	for _, f := range rules.Form(s, cmd.Event) {
		text, ok := cmd.Data[f.Name].(string)
		if !ok || text == "" {
			continue
		}
		switch f.Type {
		case workflow.FieldAccount:
			a, err := m.account(ctx, q, text)
			if err != nil {
				return nil, err
			}
			Resolve(a, cmd, f.Name, bad)
		case workflow.FieldDocument:
			switch doc := x.document(text); {
			case doc == nil:
				bad.At("data."+f.Name, "Sản phẩm không có tài liệu này.", "The product has no such document.")
			case f.Name == "file" && doc.MediaType != mediaPDF:
				bad.At("data."+f.Name, notPDF.Vi, notPDF.En)
			}
		}
	}
	if len(bad.Fields) > 0 {
		return bad, nil
	}
	return nil, nil
}

// Resolve puts the id of the account that a field names into a command; nil for
// nobody.
func Resolve(a *store.Account, cmd *workflow.Command, field string, bad *fault.Error) {
	if a == nil || a.Disabled {
		bad.At("data."+field, "Không có tài khoản này.", "There is no such account.")
		return
	}
	cmd.Data = With(cmd.Data, field, a.ID)
}

// With is a copy of data with one value set: the caller's map is not ours.
func With(data map[string]any, name string, value any) map[string]any {
	out := make(map[string]any, len(data))
	for k, v := range data {
		out[k] = v
	}
	out[name] = value
	return out
}

func (x *dossier) document(id string) *store.Document {
	for i, d := range x.documents {
		if d.ID == id {
			return &x.documents[i]
		}
	}
	return nil
}

// Reserve takes an idempotency key for a whole bulk request, whose items carry
// keys of their own made from it.
//
// Faults: key_reused (Invalid).
func (d *Desk) Reserve(ctx context.Context, key commit.Key) error {
	_, err := commit.Do[any](ctx, d.Committer, commit.Act{Kind: commit.Once, Key: &key,
		Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) { return commit.Outcome{}, nil })})
	return err
}
