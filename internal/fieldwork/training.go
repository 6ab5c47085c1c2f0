package fieldwork

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// TrainingPlan is what a training is to be. Nil fields of a change stay as they are.
type TrainingPlan struct {
	Title     *string
	Campaign  string // id or code; not changed afterwards
	Unit      string // id or code; "" is the planner's own
	FirstDay  *ocop.Date
	LastDay   *ocop.Date
	Place     *string
	Topics    *string
	Organiser *string
	Lecturers []string
	Agenda    []store.Slot
	Capacity  *int64
}

// Enrolment invites a unit or producer, an account, or somebody by name and
// telephone number, which are personal.
type Enrolment struct {
	Unit    string `json:"unit,omitempty" maxLength:"100" doc:"id or code of a unit or producer"`
	Account string `json:"account,omitempty" maxLength:"100" doc:"id or name"`
	Name    string `json:"name,omitempty" maxLength:"400"`
	Phone   string `json:"phone,omitempty" maxLength:"100"`
}

// Presence says on which days a trainee came.
type Presence struct {
	Number int64       `json:"number"`
	Days   []ocop.Date `json:"days" maxItems:"31"`
}

// PlanTraining plans a training.
//
// Faults: who_may_not (Forbidden); plan_wrong (Invalid).
func (d *Desk) PlanTraining(ctx context.Context, a access.Actor, p TrainingPlan, invited []Enrolment, key *commit.Key) (Training, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		u, err := casework.Home(ctx, q, a, p.Unit)
		if err != nil {
			return commit.Outcome{}, err
		}
		t := store.Training{ID: casework.NewID(), Unit: ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}, Path: u.Path, Status: store.VisitPlanned,
			CreatedBy: a.ID, CreatedAt: now, Version: 1}
		bad := wrong()
		if p.FirstDay == nil {
			bad.At("body.first_day", "Phải có ngày tập huấn.", "The day of the training is needed.")
		} else if p.LastDay == nil {
			t.LastDay = *p.FirstDay
		}
		if t.Campaign, t.Plan, err = campaignOf(ctx, q, p.Campaign, u.Path, bad); err != nil {
			return commit.Outcome{}, err
		}
		p.put(&t, bad)
		list, err := enrol(ctx, q, nil, invited, bad)
		if err != nil {
			return commit.Outcome{}, err
		}
		checkRoom(bad, t, list)
		if len(bad.Fields) > 0 {
			return commit.Outcome{}, bad
		}
		return trainingOutcome(a, key, "plan_training", &class{training: t, all: list}, true, list, nil), nil
	}
	return commit.Do[Training](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: key, Locks: []string{"trainings"}})
}

// put puts what is given onto a training and checks it.
func (p TrainingPlan) put(t *store.Training, bad *fault.Error) {
	for _, x := range []struct {
		given *string
		onto  *string
		name  string
		least int
		most  int
	}{{p.Title, &t.Title, "title", 1, maxTitle}, {p.Place, &t.Place, "place", 0, maxTitle}, {p.Topics, &t.Topics, "topics", 0, maxText}, {p.Organiser, &t.Organiser, "organiser", 0, maxTitle}} {
		if x.given != nil {
			*x.onto = strings.TrimSpace(*x.given)
		}
		bad.Length("body."+x.name, *x.onto, x.least, x.most)
	}
	if p.FirstDay != nil {
		t.FirstDay = *p.FirstDay
	}
	if p.LastDay != nil {
		t.LastDay = *p.LastDay
	}
	if p.Lecturers != nil {
		t.Lecturers = p.Lecturers
	}
	if p.Agenda != nil {
		t.Agenda = p.Agenda
	}
	if p.Capacity != nil {
		t.Capacity = *p.Capacity
	}
	checkDays(bad, t.FirstDay, t.LastDay)
	checkSlots(bad, t.Agenda, t.FirstDay, t.LastDay)
	checkCount(bad, "body.lecturers", len(t.Lecturers), 20)
	for n, name := range t.Lecturers {
		bad.Length(fmt.Sprintf("body.lecturers[%d]", n), name, 1, maxTitle)
	}
	if t.Capacity < 0 || t.Capacity > maxTrainees {
		bad.At("body.capacity", "Phải từ 0 (không giới hạn) đến 500.", "Must be from 0 (no limit) to 500.")
	}
}

func checkRoom(bad *fault.Error, t store.Training, list []store.Trainee) {
	n := 0
	for _, x := range list {
		if !x.Withdrawn {
			n++
		}
	}
	if t.Capacity > 0 && int64(n) > t.Capacity {
		bad.At("body.invited", fmt.Sprintf("Lớp chỉ nhận %d người.", t.Capacity), fmt.Sprintf("The training has room for %d.", t.Capacity))
	}
}

// enrol makes rows of those invited, numbered on from those who are there.
func enrol(ctx context.Context, q sqldb.Querier, there []store.Trainee, list []Enrolment, bad *fault.Error) (out []store.Trainee, err error) {
	checkCount(bad, "body.invited", len(there)+len(list), maxTrainees)
	checkCount(bad, "body.invited", len(list), atOnce)
	if len(bad.Fields) > 0 {
		return nil, nil
	}
	for n, e := range list {
		place := fmt.Sprintf("body.invited[%d]", n)
		x := store.Trainee{Number: int64(len(there)+n) + 1, Name: strings.TrimSpace(e.Name), Phone: strings.TrimSpace(e.Phone), Days: []ocop.Date{}}
		if x.Unit, err = invited(ctx, q, e.Unit, place, bad); err != nil {
			return nil, err
		}
		if e.Account != "" {
			acc, err := store.AccountBy(ctx, q, e.Account)
			if err != nil {
				return nil, err
			}
			if acc == nil {
				bad.At(place+".account", "Không có tài khoản này.", "There is no such account.")
			} else {
				x.Account, x.Display = acc.ID, acc.Display
			}
		}
		bad.Length(place+".name", x.Name+x.Unit.Name+x.Display, 1, 3*maxTitle)
		bad.Length(place+".phone", x.Phone, 0, 30)
		if slices.ContainsFunc(slices.Concat(there, out), func(o store.Trainee) bool {
			return !o.Withdrawn && o.Unit.ID == x.Unit.ID && o.Account == x.Account && o.Name == x.Name && o.Phone == x.Phone
		}) {
			bad.At(place, "Đã mời rồi.", "Invited already.")
		}
		out = append(out, x)
	}
	return out, nil
}

// ChangeTraining changes the plan of a training that was not held.
//
// Faults: not_found; who_may_not (Forbidden); stale; plan_held, plan_cancelled
// (Conflict); plan_wrong (Invalid).
func (d *Desk) ChangeTraining(ctx context.Context, r Request, p TrainingPlan) (Training, error) {
	return d.onTraining(ctx, r, "change_training", func(ctx context.Context, q sqldb.Querier, x *class, _ time.Time) ([]store.Trainee, []store.Trainee, error) {
		if err := settled(x.training.Status); err != nil {
			return nil, nil, err
		}
		bad := wrong()
		p.put(&x.training, bad)
		checkRoom(bad, x.training, x.all)
		return nil, nil, bad.OrNil()
	})
}

// Invite invites further trainees; also on the day itself, and afterwards those
// who came without being invited.
//
// Faults: those of ChangeTraining, but that it was held.
func (d *Desk) Invite(ctx context.Context, r Request, list []Enrolment) (Training, error) {
	return d.onTraining(ctx, r, "invite_training", func(ctx context.Context, q sqldb.Querier, x *class, _ time.Time) ([]store.Trainee, []store.Trainee, error) {
		if x.training.Status == store.VisitCancelled {
			return nil, nil, settled(x.training.Status)
		}
		bad := wrong()
		fresh, err := enrol(ctx, q, x.all, list, bad)
		if err != nil {
			return nil, nil, err
		}
		if len(list) == 0 {
			bad.At("body.invited", "Phải mời ít nhất một người hoặc đơn vị.", "Invite at least one person or unit.")
		}
		x.all = append(x.all, fresh...)
		checkRoom(bad, x.training, x.all)
		return fresh, nil, bad.OrNil()
	})
}

// Withdraw takes an invitation back; who came cannot be taken back.
//
// Faults: those of ChangeTraining.
func (d *Desk) Withdraw(ctx context.Context, r Request, number int64) (Training, error) {
	return d.onTraining(ctx, r, "invite_training", func(ctx context.Context, q sqldb.Querier, x *class, _ time.Time) ([]store.Trainee, []store.Trainee, error) {
		if err := settled(x.training.Status); err != nil {
			return nil, nil, err
		}
		at := slices.IndexFunc(x.all, func(t store.Trainee) bool { return t.Number == number && !t.Withdrawn })
		if at < 0 {
			return nil, nil, casework.NotFound()
		}
		x.all[at].Withdrawn = true
		return nil, x.all[at : at+1], nil
	})
}

// HoldTraining puts on record that a training was held, and who came on which
// day. It may be said again to mend the attendance.
//
// Faults: those of ChangeTraining, but that it was held.
func (d *Desk) HoldTraining(ctx context.Context, r Request, list []Presence) (Training, error) {
	return d.onTraining(ctx, r, "hold_training", func(ctx context.Context, q sqldb.Querier, x *class, now time.Time) ([]store.Trainee, []store.Trainee, error) {
		if x.training.Status == store.VisitCancelled {
			return nil, nil, settled(x.training.Status)
		}
		bad := wrong()
		checkCount(bad, "body.attendance", len(list), maxTrainees)
		if x.training.FirstDay > ocop.DateOf(now) {
			bad.At("body", "Lớp tập huấn chưa đến ngày.", "The day of the training has not come yet.")
		}
		var changed []store.Trainee
		for n, p := range list {
			at := slices.IndexFunc(x.all, func(t store.Trainee) bool { return t.Number == p.Number && !t.Withdrawn })
			if at < 0 {
				bad.At(fmt.Sprintf("body.attendance[%d].number", n), "Không có người này trong danh sách mời.", "Nobody of that number was invited.")
				continue
			}
			days := slices.Compact(slices.Sorted(slices.Values(p.Days)))
			if slices.ContainsFunc(days, func(day ocop.Date) bool {
				return day < x.training.FirstDay || day > x.training.LastDay || day > ocop.DateOf(now)
			}) {
				bad.At(fmt.Sprintf("body.attendance[%d].days", n), "Phải là ngày của lớp và không ở tương lai.", "Must be days of the training, and none to come.")
			}
			if days == nil {
				days = []ocop.Date{}
			}
			if !slices.Equal(days, x.all[at].Days) {
				x.all[at].Days = days
				changed = append(changed, x.all[at])
			}
		}
		x.training.Status = store.VisitHeld
		return nil, changed, bad.OrNil()
	})
}

// CancelTraining cancels a training that was not held.
//
// Faults: those of ChangeTraining.
func (d *Desk) CancelTraining(ctx context.Context, r Request, reason string) (Training, error) {
	return d.onTraining(ctx, r, "cancel_training", func(ctx context.Context, q sqldb.Querier, x *class, _ time.Time) ([]store.Trainee, []store.Trainee, error) {
		if err := reasoned(reason); err != nil {
			return nil, nil, err
		}
		if err := settled(x.training.Status); err != nil {
			return nil, nil, err
		}
		x.training.Status, x.training.Reason = store.VisitCancelled, strings.TrimSpace(reason)
		return nil, nil, nil
	})
}

// class is a training with those invited and what is handed out.
type class struct {
	training store.Training
	all      []store.Trainee
	files    []store.Material
}

// loadTraining reads a training that concerns the actor.
func loadTraining(ctx context.Context, q sqldb.Querier, a access.Actor, id string) (*class, error) {
	t, err := store.TrainingFor(ctx, q, id, ConcernOf(a))
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, casework.NotFound()
	}
	all, err := loadTrainings(ctx, q, []store.Training{*t})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// loadTrainings reads who is invited to trainings and what is handed out.
func loadTrainings(ctx context.Context, q sqldb.Querier, trainings []store.Training) ([]*class, error) {
	var list []string
	for _, t := range trainings {
		list = append(list, t.ID)
	}
	trainees, err := store.Trainees(ctx, q, list)
	if err != nil {
		return nil, err
	}
	files, err := store.Materials(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var out []*class
	for _, t := range trainings {
		out = append(out, &class{training: t, all: trainees[t.ID], files: files[t.ID]})
	}
	return out, nil
}

type lesson func(ctx context.Context, q sqldb.Querier, x *class, now time.Time) (fresh, changed []store.Trainee, err error)

func (d *Desk) onTraining(ctx context.Context, r Request, event string, do lesson) (Training, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		x, err := loadTraining(ctx, q, r.Actor, r.ID)
		if err != nil {
			return commit.Outcome{}, err
		}
		if !plans(r.Actor, x.training.Path) {
			return commit.Outcome{}, casework.MayNotPlan()
		}
		if r.Version != nil && *r.Version != x.training.Version {
			return commit.Outcome{}, stale(x.training.Version)
		}
		fresh, changed, err := do(ctx, q, x, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		x.training.Version++
		return trainingOutcome(r.Actor, r.Key, event, x, false, fresh, changed), nil
	}
	return commit.Do[Training](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: []string{"trainings"}})
}

func trainingOutcome(a access.Actor, key *commit.Key, event string, x *class, isNew bool, fresh, changed []store.Trainee) commit.Outcome {
	t, seen := x.training, x.shownTo(a)
	return commit.Outcome{
		Drafts: []ledger.Draft{trainingDraft(t, a, key, event)},
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			write := store.StepTraining
			if isNew {
				write = store.InsertTraining
			}
			if err := write(ctx, tx, t); err != nil {
				return err
			}
			return store.SaveTrainees(ctx, tx, t.ID, fresh, changed)
		}),
		Answer: func([]ledger.Entry) any { return seen },
	}
}

func trainingDraft(t store.Training, a access.Actor, key *commit.Key, event string) ledger.Draft {
	d := ledger.Draft{Stream: "training:" + t.ID, Kind: ledger.KindRecord, Event: event, Actor: casework.ActorOf(a),
		Data: ledger.Map{"training": t.ID, "unit": t.Unit.ID, "campaign": t.Campaign, "first_day": t.FirstDay.String(), "last_day": t.LastDay.String(),
			"status": string(t.Status), "version": t.Version}}
	if key != nil {
		d.Key = key.Key
	}
	return d
}
