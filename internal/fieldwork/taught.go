package fieldwork

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Training is one as somebody sees it: who is only invited sees no other
// persons' names and numbers.
type Training struct {
	ID        string            `json:"id"`
	Unit      ocop.Ref          `json:"unit"`
	Campaign  string            `json:"campaign"` // code
	Title     string            `json:"title"`
	FirstDay  ocop.Date         `json:"first_day"`
	LastDay   ocop.Date         `json:"last_day"`
	Place     string            `json:"place"`
	Topics    string            `json:"topics"`
	Organiser string            `json:"organiser"`
	Lecturers []string          `json:"lecturers"`
	Agenda    []store.Slot      `json:"agenda"`
	Capacity  int64             `json:"capacity"`
	Status    store.VisitStatus `json:"status"`
	Reason    string            `json:"reason"`
	Invited   []store.Trainee   `json:"invited"`
	Materials []store.Material  `json:"materials"`
	CreatedAt time.Time         `json:"created_at"`
	Version   int64             `json:"version"`

	Path ocop.Path `json:"-"`
}

// Days are those of the training.
func (t Training) Days() (out []ocop.Date) {
	for day := t.FirstDay; day <= t.LastDay; day++ {
		out = append(out, day)
	}
	return out
}

func (x *class) shownTo(a access.Actor) Training {
	t, c := x.training, ConcernOf(a)
	out := Training{ID: t.ID, Unit: t.Unit, Campaign: t.Plan, Title: t.Title, FirstDay: t.FirstDay, LastDay: t.LastDay, Place: t.Place, Topics: t.Topics,
		Organiser: t.Organiser, Lecturers: t.Lecturers, Agenda: t.Agenda, Capacity: t.Capacity, Status: t.Status, Reason: t.Reason, Invited: []store.Trainee{},
		Materials: x.files, CreatedAt: t.CreatedAt, Version: t.Version, Path: t.Path}
	if out.Lecturers == nil {
		out.Lecturers = []string{}
	}
	if out.Agenda == nil {
		out.Agenda = []store.Slot{}
	}
	if out.Materials == nil {
		out.Materials = []store.Material{}
	}
	all := slices.ContainsFunc(c.Units, t.Path.Within)
	for _, p := range x.all {
		mine := p.Account == a.ID && p.Account != "" || p.Unit.ID != "" && (slices.Contains(c.Invited, p.Unit.ID) || slices.ContainsFunc(c.Communes, p.Path.Within))
		if !p.Withdrawn && (all || mine) {
			out.Invited = append(out.Invited, p)
		}
	}
	return out
}

// Training reads one that concerns the actor.
//
// Faults: not_found.
func (d *Desk) Training(ctx context.Context, a access.Actor, id string) (Training, error) {
	x, err := loadTraining(ctx, d.DB, a, id)
	if err != nil {
		return Training{}, err
	}
	return x.shownTo(a), nil
}

// Trainings lists those that concern the actor, the newest plan first.
func (d *Desk) Trainings(ctx context.Context, a access.Actor, f store.TripFilter) ([]Training, error) {
	f.Concern = ConcernOf(a)
	rows, err := store.Trainings(ctx, d.DB, f)
	if err != nil {
		return nil, err
	}
	list, err := loadTrainings(ctx, d.DB, rows)
	if err != nil {
		return nil, err
	}
	out := []Training{}
	for _, x := range list {
		out = append(out, x.shownTo(a))
	}
	return out, nil
}

// TakenPart are the trainings in which a product's producer took part.
//
// Faults: not_found.
func (d *Desk) TakenPart(ctx context.Context, a access.Actor, product string) ([]store.Attendance, error) {
	p, err := d.Cases.Product(ctx, a, product)
	if err != nil {
		return nil, err
	}
	return store.TakenPart(ctx, d.DB, p.Producer.ID)
}

// Total is how many came to trainings from a commune.
type Total struct {
	Commune   *ocop.Ref `json:"commune"` // nil for those of no commune
	Trainings int       `json:"trainings"`
	Units     int       `json:"units"` // units and producers
	Attended  int       `json:"attended"`
	Invited   int       `json:"invited"`
}

// Totals counts by commune who was invited to the trainings that were held, and
// who came at least once, in a campaign (id or code) or in all.
//
// Faults: who_may_not (Forbidden).
func (d *Desk) Totals(ctx context.Context, a access.Actor, campaign string) ([]Total, error) {
	f := store.TripFilter{Concern: store.Concern{Units: ConcernOf(a).Units}, Status: store.VisitHeld, Campaign: campaign, Limit: 1000}
	if len(f.Concern.Units) == 0 {
		return nil, casework.MayNotPlan()
	}
	held, err := store.Trainings(ctx, d.DB, f)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, t := range held {
		ids = append(ids, t.ID)
	}
	trainees, err := store.Trainees(ctx, d.DB, ids)
	if err != nil {
		return nil, err
	}
	communes, order := map[string]*Total{}, []string{}
	units := map[string]bool{}
	for _, t := range held {
		here := map[string]bool{}
		for _, p := range trainees[t.ID] {
			if p.Withdrawn {
				continue
			}
			id := p.Path.Unit(ocop.Commune)
			x := communes[id]
			if x == nil {
				x = &Total{}
				communes[id], order = x, append(order, id)
			}
			x.Invited++
			if len(p.Days) == 0 {
				continue
			}
			x.Attended++
			if !here[id] {
				here[id] = true
				x.Trainings++
			}
			if p.Unit.ID != "" && !units[p.Unit.ID] {
				units[p.Unit.ID] = true
				x.Units++
			}
		}
	}
	out := []Total{}
	for _, id := range order {
		x := communes[id]
		if id != "" {
			u, err := store.Unit(ctx, d.DB, id)
			if err != nil {
				return nil, err
			}
			if u != nil {
				x.Commune = &ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}
			}
		}
		out = append(out, *x)
	}
	return out, nil
}
