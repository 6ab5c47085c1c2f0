package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Visit is what somebody puts on record of a field inspection. Nil fields of a
// change stay as they are.
type Visit struct {
	Day               *ocop.Date
	Days              map[string]ocop.Date // of several visits, by product; Day holds for the others
	HeldOn            *ocop.Date
	ProvincialCouncil bool
	Participants      []string
	Findings          []store.Found
	Cancel            string // the reason for which a visit that was not held is dropped; "" does not drop it
	Trip              string // under whose plan a new one is
	Version           *int64
	Actor             access.Actor
	Key               *commit.Key
}

// PlanVisit enters an inspection. It needs no round: the announcement asks for
// one before the upgrade is registered.
//
// Faults: not_found; who_may_not (Forbidden); inspection_wrong (Invalid).
func (d *Desk) PlanVisit(ctx context.Context, product string, v Visit) (store.Inspection, error) {
	return d.visit(ctx, product, v, func(ctx context.Context, q sqldb.Querier, x *dossier, now time.Time) (altered, error) {
		return d.planned(ctx, q, x, v, now)
	})
}

// RecordVisit changes an inspection: held, findings, remedies closed.
//
// Faults: not_found; stale; who_may_not (Forbidden); inspection_wrong (Invalid);
// inspection_cancelled, inspection_held (Conflict).
func (d *Desk) RecordVisit(ctx context.Context, id string, v Visit) (store.Inspection, error) {
	before, err := d.Inspection(ctx, v.Actor, id)
	if err != nil {
		return store.Inspection{}, err
	}
	return d.visit(ctx, before.Product, v, func(ctx context.Context, q sqldb.Querier, x *dossier, now time.Time) (altered, error) {
		return d.recorded(ctx, q, x, id, v, now)
	})
}

func staleInspection(now int64) error {
	return fault.New(fault.Stale, "stale", fmt.Sprintf("Biên bản đã được sửa (nay là phiên bản %d). Hãy tải lại.", now),
		fmt.Sprintf("The inspection was changed (now version %d). Reload.", now))
}

// Inspection reads one whose product the actor may see.
//
// Faults: not_found.
func (d *Desk) Inspection(ctx context.Context, a access.Actor, id string) (*store.Inspection, error) {
	i, err := store.InspectionByID(ctx, d.DB, id)
	if err != nil {
		return nil, err
	}
	if i == nil {
		return nil, NotFound()
	}
	if _, err := d.Product(ctx, a, i.Product); err != nil {
		return nil, err
	}
	return i, nil
}

// Inspections lists those of a product that the actor may see.
func (d *Desk) Inspections(ctx context.Context, a access.Actor, product string) ([]store.Inspection, error) {
	if _, err := d.Product(ctx, a, product); err != nil {
		return nil, err
	}
	all, err := store.Inspections(ctx, d.DB, []string{product})
	return all[product], err
}

type prepare func(ctx context.Context, q sqldb.Querier, x *dossier, now time.Time) (altered, error)

// visit writes an inspection and its entry, and the product's next deadline.
func (d *Desk) visit(ctx context.Context, product string, v Visit, prepare prepare) (store.Inspection, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		files, err := d.dossiers(ctx, q, []string{product})
		if err != nil {
			return commit.Outcome{}, err
		}
		x := files[product]
		if err := mayVisit(v.Actor, x); err != nil {
			return commit.Outcome{}, err
		}
		i, err := prepare(ctx, q, x, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{i.draft},
			State:  commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error { return i.save(ctx, tx, now) }),
			Answer: func([]ledger.Entry) any { return i.after() },
		}, nil
	}
	return commit.Do[store.Inspection](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: v.Key,
		Locks: []string{"product:" + product}})
}

// mayVisit reports why an actor may not put inspections of a product on record.
func mayVisit(a access.Actor, x *dossier) error {
	if x == nil || !sees(a, x.product) {
		return NotFound()
	}
	if !MayInspect(a, x.product.Path) {
		return MayNotPlan()
	}
	return nil
}

// MayInspect reports whether an actor plans and records inspections there.
func MayInspect(a access.Actor, place ocop.Path) bool {
	_, office := a.Holds(access.Office, place)
	_, secretary := a.Holds(access.Secretary, place)
	return office || secretary
}

func (x *dossier) replace(i store.Inspection) {
	for n := range x.inspections {
		if x.inspections[n].ID == i.ID {
			x.inspections[n] = i
			return
		}
	}
	x.inspections = append(x.inspections, i)
}

// limits of an inspection's record.
const (
	maxFindings = 100
	maxWords    = 2000
	maxPerson   = 500
)

func inspectionWrong() *fault.Error {
	return fault.New(fault.Invalid, "inspection_wrong", "Nội dung kiểm tra chưa đúng.", "The inspection's data is not right.")
}

// apply puts what was given onto an inspection and checks it.
func (v Visit) apply(i store.Inspection, today ocop.Date) (store.Inspection, error) {
	if v.Day != nil {
		i.Day = *v.Day
	}
	if v.HeldOn != nil {
		i.HeldOn = v.HeldOn
	}
	if v.Participants != nil {
		i.Participants = v.Participants
	}
	if v.Findings != nil {
		i.Findings = v.Findings
	}
	bad := inspectionWrong()
	i = v.cancel(i, today, bad)
	if i.HeldOn != nil && *i.HeldOn > today {
		bad.At("body.held_on", "Ngày đã kiểm tra không thể ở tương lai.", "A visit cannot have been held in the future.")
	}
	if len(i.Findings) > maxFindings || len(i.Participants) > maxFindings {
		bad.At("body", fmt.Sprintf("Nhiều hơn %d mục.", maxFindings), fmt.Sprintf("More than %d entries.", maxFindings))
	}
	for n, p := range i.Participants {
		if utf8.RuneCountInString(p) > maxPerson {
			bad.At(fmt.Sprintf("body.participants[%d]", n), "Dài quá 500 ký tự.", "Longer than 500 characters.")
		}
	}
	for n, f := range i.Findings {
		if f.Topic == "" || utf8.RuneCountInString(f.Topic+f.Remedy+f.Owner) > maxWords {
			bad.At(fmt.Sprintf("body.findings[%d]", n), "Mỗi phát hiện cần nội dung, không quá 2000 ký tự.", "Each finding needs a topic, and at most 2000 characters.")
		}
	}
	if len(bad.Fields) > 0 {
		return i, bad
	}
	return i, nil
}

// visitDraft is the entry of an inspection. Participants and findings are free
// text: the ledger commits to them.
func visitDraft(i store.Inspection, event string, v Visit) ledger.Draft {
	d := ledger.Draft{
		Stream: "product:" + i.Product, Kind: ledger.KindRecord, Event: event, Product: i.Product, Round: i.Round, Actor: ActorOf(v.Actor),
		Data: ledger.Map{"id": i.ID, "day": i.Day.String(), "open_remedies": i.OpenRemedies(), "findings_count": len(i.Findings),
			"provincial_council": i.ProvincialCouncil},
	}
	if i.HeldOn != nil {
		d.Data["held_on"] = i.HeldOn.String()
	}
	if i.Trip != "" {
		d.Data["trip"] = i.Trip
	}
	if i.CancelledOn != nil {
		d.Data["cancelled_on"] = i.CancelledOn.String()
	}
	if text, err := json.Marshal(map[string]any{"participants": i.Participants, "findings": i.Findings}); err == nil {
		d.Private = []ledger.Private{NewPrivate("record", string(text))}
	}
	if v.Key != nil {
		d.Key = v.Key.Key
	}
	return d
}
