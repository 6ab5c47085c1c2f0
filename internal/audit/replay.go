package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/casework"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/past"
	"ocopflow/internal/petition"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/workflow"
)

// replay decides every recorded move again, by the procedure that it names, from
// the rows as the entries before it tell them. Moves of different products are
// decided together, like those of one batch of the server: nothing that one of
// them rests on may be told after the batch began.
type replay struct {
	procedures *procedures
	past       *past.Past
	found      func(Finding) error

	moves   []moved
	touched map[string]bool // products that entries of this batch are about; true where a move waits
	shared  bool            // an entry of this batch is about no product
	decided bool            // an entry of this batch is about a decision, which other products may rest on
	grants  map[string]*held
	roles   map[role][]*held     // the same, by who holds what
	lent    map[string]*lent     // delegations
	lentTo  map[string][]*lent   // the same, by the delegate
	stopped map[string]time.Time // accounts that were disabled, since when
}

// moved is a move that waits to be decided, with what followed from it.
type moved struct {
	record
	rules  *workflow.Rules
	issued []record
}

// role is what an account may hold.
type role struct{ Account, Role, Unit string }

// held is a role that somebody holds, or held until a moment.
type held struct {
	role
	until time.Time
}

// underway is how long a request may be on its way: it is judged by the roles
// that were held when it came in.
const underway = time.Minute

// atOnce bounds the moves that are decided together.
const atOnce = 1000

func newReplay(p *procedures, then *past.Past, found func(Finding) error) *replay {
	return &replay{procedures: p, past: then, found: found, touched: map[string]bool{}, grants: map[string]*held{}, roles: map[role][]*held{},
		lent: map[string]*lent{}, lentTo: map[string][]*lent{}, stopped: map[string]time.Time{}}
}

// next takes an entry and lets the past hear it.
func (r *replay) next(ctx context.Context, l record) error {
	last := len(r.moves) - 1
	follows := l.Kind == ledger.KindIssue && l.Product != "" && last >= 0 && r.moves[last].Product == l.Product && r.moves[last].Index+int64(len(r.moves[last].issued))+1 == l.Index
	if !follows && r.disturbs(l) {
		if err := r.settle(ctx); err != nil {
			return err
		}
	}
	switch {
	case follows:
		r.moves[last].issued = append(r.moves[last].issued, l)
	case l.Kind == ledger.KindIssue:
		if err := r.wrong(l, "no move issued that certificate"); err != nil {
			return err
		}
	case l.Kind == ledger.KindMove:
		if err := r.take(ctx, l); err != nil {
			return err
		}
	}
	if l.Kind == ledger.KindRecord && l.readable {
		if err := r.inPlace(ctx, l); err != nil {
			return err
		}
	}
	r.touched[l.Product] = r.touched[l.Product] || l.Kind == ledger.KindMove
	r.decided = r.decided || ofDecision(l)
	r.shared = r.shared || l.Product == "" && l.Kind != ledger.KindSecurity && !strings.HasPrefix(l.Stream, "account:")
	if err := r.past.Tell(l.told.Rows); err != nil {
		return r.wrong(l, err.Error())
	}
	r.remember(l)
	return nil
}

// inPlace looks at a record of what was done in place of a producer, once all before
// it is settled.
func (r *replay) inPlace(ctx context.Context, l record) error {
	told := casework.Recorded{Told: l.told, Index: l.Index, At: l.At}
	if !told.TouchesBehalf() {
		return nil
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	wrong, err := casework.JudgeOnBehalf(ctx, r.past.DB, told)
	if err != nil && ctx.Err() == nil {
		wrong, err = "it rests on rows that cannot be read: "+err.Error(), nil
	}
	if wrong != "" && err == nil {
		err = r.wrong(l, wrong)
	}
	return err
}

// disturbs reports whether the moves that wait must be decided before an entry
// is heard.
func (r *replay) disturbs(l record) bool {
	waits, touched := r.touched[l.Product]
	// A petition rests on products and people alike: its moves are decided alone.
	alone := l.Kind == ledger.KindMove && l.Product == "" && len(r.touched) > 0
	return waits || alone || r.decided && ofDecision(l) || len(r.moves) >= atOnce || r.past.Full() || l.Kind == ledger.KindMove && (r.shared || touched)
}

// ofDecision reports whether an entry tells of a decision.
func ofDecision(l record) bool {
	return slices.ContainsFunc(l.told.Rows, func(t ledger.ToldRow) bool { return t.Table == "decisions" || t.Table == "decision_products" })
}

func (r *replay) wrong(l record, text string) error {
	return r.found(Finding{Entry: &l.Index, Text: text})
}

// take lets a move wait, once it is known whose and by which procedure it is.
func (r *replay) take(ctx context.Context, l record) error {
	if !l.readable {
		return nil // for the checker to say
	}
	p := l.told.Procedure
	rules, err := r.procedures.find(ctx, p.Name, p.Version, p.Hash)
	if err != nil {
		return r.wrong(l, err.Error())
	}
	for _, g := range l.told.Actor.Grants {
		// A command on the server acts as the system, in the role that it names.
		if l.Actor != ocop.System && !r.mayUse(role{l.Actor, g.Role, g.Unit}, textIn(l.told.Data["for"]), l.At) {
			if err := r.wrong(l, fmt.Sprintf("account %s did not hold the role %s in unit %s", l.Actor, g.Role, g.Unit)); err != nil {
				return err
			}
		}
	}
	if since, off := r.stopped[l.Actor]; off && l.At.Sub(since) > underway {
		if err := r.wrong(l, fmt.Sprintf("account %s was disabled", l.Actor)); err != nil {
			return err
		}
	}
	r.moves = append(r.moves, moved{record: l, rules: rules})
	return nil
}

func (r *replay) holds(want role, at time.Time) bool {
	return slices.ContainsFunc(r.roles[want], func(h *held) bool { return h.until.IsZero() || at.Sub(h.until) <= underway })
}

// settle decides the moves that wait and writes what the past has heard.
func (r *replay) settle(ctx context.Context) error {
	list := make([]casework.Recorded, len(r.moves))
	for i, m := range r.moves {
		list[i] = casework.Recorded{Told: m.told, Rules: m.rules, Index: m.Index, At: m.At}
	}
	verdicts, err := r.judge(ctx, list)
	if err != nil {
		return err
	}
	if err := r.past.Settle(ctx); err != nil {
		return err
	}
	moves := r.moves
	r.moves, r.shared, r.decided = nil, false, false
	clear(r.touched)
	for i, m := range moves {
		if wrong := m.hold(verdicts[i]); wrong != "" {
			if err := r.wrong(m.record, wrong); err != nil {
				return err
			}
		}
	}
	return nil
}

// judge decides moves again. A made-up record may tell rows that nobody can
// read: then each move is asked by itself, and those that rest on them fail.
func (r *replay) judge(ctx context.Context, list []casework.Recorded) ([]casework.Verdict, error) {
	if len(list) == 0 {
		return nil, nil
	}
	verdicts, err := decide(ctx, r.past.DB, list)
	if err == nil || ctx.Err() != nil {
		return verdicts, err
	}
	verdicts = make([]casework.Verdict, len(list))
	for i := range list {
		v, err := decide(ctx, r.past.DB, list[i:i+1])
		switch {
		case ctx.Err() != nil:
			return nil, err
		case err != nil:
			verdicts[i].Wrong = "it rests on rows that cannot be read: " + err.Error()
		default:
			verdicts[i] = v[0]
		}
	}
	return verdicts, nil
}

// decide has each move judged by those who make such moves, as its procedure says.
func decide(ctx context.Context, q sqldb.Querier, list []casework.Recorded) ([]casework.Verdict, error) {
	out := make([]casework.Verdict, len(list))
	for _, kind := range []struct {
		petitions bool
		judge     func(context.Context, sqldb.Querier, []casework.Recorded) ([]casework.Verdict, error)
	}{{false, casework.Judge}, {true, petition.Judge}} {
		var own []casework.Recorded
		var at []int
		for i, r := range list {
			if (r.Rules.Petition != nil) == kind.petitions {
				own, at = append(own, r), append(at, i)
			}
		}
		verdicts, err := kind.judge(ctx, q, own)
		if err != nil {
			return nil, err
		}
		for i, v := range verdicts {
			out[at[i]] = v
		}
	}
	return out, nil
}

// hold compares what a move came to with the verdict; "" when they agree.
func (m moved) hold(v casework.Verdict) string {
	if v.Wrong == "" && len(m.issued) != len(v.Issue) {
		return fmt.Sprintf("it is followed by %d certificates, and issues %d", len(m.issued), len(v.Issue))
	}
	for i, d := range v.Issue {
		if name, err := ledger.Differs(d.Data, m.issued[i].told.Data); err != nil || name != "" {
			return "the certificate that it issues is not what its result and form make of it"
		}
	}
	return v.Wrong
}
