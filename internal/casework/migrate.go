package casework

import (
	"context"
	"fmt"
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

// Migration moves running rounds from one version of a procedure to another.
type Migration struct {
	Name, From, To string
	Late           bool // move also those for which only a deadline has passed
}

// Migrating is one running round in the plan of a migration.
type Migrating struct {
	Product  string         `json:"product"`
	Code     string         `json:"code"`
	Name     string         `json:"name"`
	Round    string         `json:"round"`
	Track    ocop.Track     `json:"track"`
	State    ocop.State     `json:"state"`
	Level    ocop.Level     `json:"level"`
	NewLevel ocop.Level     `json:"new_level"`
	Stuck    []fault.Reason `json:"stuck"` // why it would not get on; empty when it would
	Moved    bool           `json:"moved"`
}

// late reports whether nothing but passed deadlines stands in the way.
func (m Migrating) late() bool {
	for _, r := range m.Stuck {
		if r.Code != "deadline_past" {
			return false
		}
	}
	return true
}

// Migrate plans a migration and, unless it is a dry run, moves every round that
// would not be stuck, with one entry each. The plan is judged again at the
// moment of each move.
//
// Faults: no_procedure (NotFound).
func (d *Desk) Migrate(ctx context.Context, a access.Actor, m Migration, dry bool) ([]Migrating, error) {
	from, to := d.Library.Pinned(m.Name, m.From), d.Library.Pinned(m.Name, m.To)
	if from == nil || to == nil || m.From == m.To {
		return nil, fault.New(fault.NotFound, "no_procedure", "Không có hai phiên bản khác nhau ấy của quy trình.", "There are no two such different versions of the procedure.")
	}
	const page = 256
	out := []Migrating{}
	for after := ""; ; {
		list, err := store.Pinned(ctx, d.DB, m.Name, m.From, after, page)
		if err != nil || len(list) == 0 {
			return out, err
		}
		after = list[len(list)-1]
		items, err := d.migratePage(ctx, a, m, to, list, dry)
		if err != nil {
			return out, err
		}
		out = append(out, items...)
	}
}

func (d *Desk) migratePage(ctx context.Context, a access.Actor, m Migration, to *workflow.Rules, list []string, dry bool) ([]Migrating, error) {
	if dry {
		files, err := d.dossiers(ctx, d.DB, list)
		if err != nil {
			return nil, err
		}
		var out []Migrating
		for _, id := range list {
			if x := files[id]; x != nil && x.round != nil {
				item, _, _, err := d.plan(x, to, d.Clock())
				if err != nil {
					return nil, err
				}
				out = append(out, item)
			}
		}
		return out, nil
	}
	acts := make([]commit.Act, len(list))
	for i, id := range list {
		acts[i] = commit.Act{Kind: commit.Once, Locks: []string{"product:" + id}, Ask: commit.Alone(d.migrating(a, m, to, id))}
	}
	answers, errs := commit.Each[Migrating](ctx, d.Committer, acts)
	var out []Migrating
	for i, err := range errs {
		if err != nil {
			return out, err
		}
		if answers[i].Product != "" {
			out = append(out, answers[i])
		}
	}
	return out, nil
}

// plan says what would become of a round, the dossier as it would be, and what
// time would ask of it.
func (d *Desk) plan(x *dossier, to *workflow.Rules, now time.Time) (Migrating, *dossier, agenda, error) {
	p, round := *x.product, *x.round
	item := Migrating{Product: p.ID, Code: p.Code, Name: p.Name, Round: round.ID, Track: p.Track, State: p.State, Level: round.Level,
		NewLevel: to.LevelIn(round.Level), Stuck: []fault.Reason{}}
	today := ocop.DateOf(now)
	item.Stuck = append(item.Stuck, to.Takes(x.subject(to), x.facts(today, ""))...)
	if p.Path.Upto(ocop.UnitKind(item.NewLevel)) == "" {
		item.Stuck = append(item.Stuck, fault.Reason{Code: "level_without_unit", Required: string(item.NewLevel), Verified: true, Message: ocop.Text{
			Vi: "Sản phẩm không thuộc đơn vị nào của cấp này.", En: "The product belongs to no unit of that level."}})
	}
	round.Version, round.Hash, round.Level = to.Version, to.Hash, item.NewLevel
	round.Data.Start = to.LevelIn(round.Data.Start)
	if item.NewLevel != item.Level {
		round.Data.Session = nil
	}
	p.Level, p.Version, p.UpdatedAt = round.Level, p.Version+1, now
	after := *x
	after.product, after.round = &p, &round
	ahead, err := d.agenda(&after, now)
	if err != nil {
		return item, nil, ahead, err
	}
	p.Due = ahead.due
	for _, due := range ahead.dues {
		if due.Overdue && due.Source == "procedure" {
			item.Stuck = append(item.Stuck, fault.Reason{Code: "deadline_past", Actual: today.String(), Required: due.LastDay.String(), Legal: due.Legal, Verified: due.Verified, Message: ocop.Text{
				Vi: fmt.Sprintf("Theo quy trình mới đã quá hạn: %s, ngày cuối %s.", due.Title.Vi, due.LastDay.In(ocop.Vi)),
				En: fmt.Sprintf("Under the new procedure a deadline has passed: %s, last day %s.", due.Title.En, due.LastDay.In(ocop.En))}})
		}
	}
	return item, &after, ahead, nil
}

// migrating is the act that moves one round, if it still would not be stuck.
func (d *Desk) migrating(a access.Actor, m Migration, to *workflow.Rules, id string) commit.Alone {
	return func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		files, err := d.dossiers(ctx, q, []string{id})
		if err != nil {
			return commit.Outcome{}, err
		}
		x := files[id]
		if x == nil || x.round == nil || x.round.Version != m.From {
			return commit.Outcome{Answer: func([]ledger.Entry) any { return Migrating{} }}, nil
		}
		item, after, ahead, err := d.plan(x, to, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		if item.Moved = len(item.Stuck) == 0 || m.Late && item.late(); !item.Moved {
			return commit.Outcome{Answer: func([]ledger.Entry) any { return item }}, nil
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{migrationDraft(a, x, after, to)},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				if err := store.Repin(ctx, tx, after.round); err != nil {
					return err
				}
				if err := store.MoveProducts(ctx, tx, []*ocop.Product{after.product}); err != nil {
					return err
				}
				if item.NewLevel != item.Level { // the council of the old level has nothing to score any more
					if err := store.CancelSessions(ctx, tx, []string{id}); err != nil {
						return err
					}
				}
				return store.ReplaceTimers(ctx, tx, now, []string{id}, ahead.timers)
			}),
			Answer: func([]ledger.Entry) any { return item },
		}, nil
	}
}

func migrationDraft(a access.Actor, x, after *dossier, to *workflow.Rules) ledger.Draft {
	return ledger.Draft{
		Stream: "product:" + x.product.ID, Kind: ledger.KindRecord, Event: "migrate_round", Product: x.product.ID, Actor: ActorOf(a),
		From: string(x.product.State), To: string(x.product.State), Round: x.round.ID, Track: string(x.round.Track), Level: string(after.round.Level),
		Procedure: ledger.Procedure{Name: to.Name, Version: to.Version, Hash: to.Hash},
		Data: ledger.Map{"version": after.product.Version, "from_version": x.round.Version, "from_hash": x.round.Hash,
			"from_level": string(x.round.Level), "level": string(after.round.Level)},
	}
}
