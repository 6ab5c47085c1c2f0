package support

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Plan is one as callers get it: the lines that they may see, and what these come
// to.
type Plan struct {
	ID         string          `json:"id"`
	Unit       ocop.Ref        `json:"unit"`
	Campaign   string          `json:"campaign"` // code
	Title      string          `json:"title"`
	State      store.PlanState `json:"state"`
	Decision   string          `json:"decision"`
	ApprovedOn *ocop.Date      `json:"approved_on"`
	CreatedAt  time.Time       `json:"created_at"`
	Version    int64           `json:"version"`
	Lines      []Line          `json:"lines"`
	Total      int64           `json:"total"` // dong
	Totals     Totals          `json:"totals"`

	Path          ocop.Path `json:"-"` // of the unit
	CampaignTitle ocop.Text `json:"-"`
}

// Line is a request in a plan.
type Line struct {
	Petition   string     `json:"petition"` // id
	Code       string     `json:"code"`
	State      ocop.State `json:"state"`
	Product    *ocop.Ref  `json:"product"`
	Asker      ocop.Ref   `json:"asker"`
	Kind       string     `json:"kind"`
	What       string     `json:"what"`
	Department ocop.Ref   `json:"department"`
	Source     string     `json:"source"`
	Asked      int64      `json:"asked"`
	Appraised  int64      `json:"appraised"`
	Planned    int64      `json:"planned"`
	Granted    *int64     `json:"granted"` // null until it is approved
	Amount     int64      `json:"amount"`  // that counts: granted, else planned
}

// Amount is money by what it is for.
type Amount struct {
	Key    string `json:"key"`
	Name   string `json:"name"` // of a unit or product; the key of a choice
	Amount int64  `json:"amount"`
	Count  int    `json:"count"`
}

// Totals are what lines come to, the most first.
type Totals struct {
	Department []Amount `json:"department"`
	Source     []Amount `json:"source"`
	Product    []Amount `json:"product"`
	Kind       []Amount `json:"kind"`
}

// View shows a plan with its requests.
func View(k store.SupportPlan, requests []petition.Petition) Plan {
	p := Plan{ID: k.ID, Unit: k.Unit, Campaign: k.Plan, Title: k.Title, State: k.State, Decision: k.Decision, ApprovedOn: k.ApprovedOn, CreatedAt: k.CreatedAt, Version: k.Version,
		Lines: []Line{}, Path: k.Path, CampaignTitle: k.PlanTitle}
	for _, r := range requests {
		l := lineOf(r)
		p.Lines = append(p.Lines, l)
		p.Total += l.Amount
	}
	slices.SortFunc(p.Lines, func(a, b Line) int { return cmp.Compare(a.Code, b.Code) })
	p.Totals = Totals{
		Department: sums(p.Lines, func(l Line) (string, string) { return l.Department.ID, l.Department.Name }),
		Source:     sums(p.Lines, func(l Line) (string, string) { return l.Source, l.Source }),
		Product:    sums(p.Lines, ofProduct),
		Kind:       sums(p.Lines, func(l Line) (string, string) { return l.Kind, l.Kind }),
	}
	return p
}

// ofProduct is the product of a line or, where it is about none, who asks.
func ofProduct(l Line) (key, name string) {
	if l.Product != nil {
		return l.Product.ID, l.Product.Name
	}
	return l.Asker.ID, l.Asker.Name
}

func lineOf(r petition.Petition) Line {
	l := Line{Petition: r.ID, Code: r.Code, State: r.State, Product: r.Product, Asker: r.Asker, Kind: r.String(fieldKind), What: r.Texts[fieldWhat],
		Department: r.Parties[fieldDepartment], Source: r.String(fieldSource), Asked: r.Int(fieldAmount), Appraised: r.Int(fieldAppraised), Planned: r.Int(fieldPlanned)}
	l.Amount = l.Planned
	if n, ok := r.Facts[fieldGranted].(int64); ok {
		l.Granted, l.Amount = &n, n
	}
	return l
}

func sums(lines []Line, by func(Line) (key, name string)) []Amount {
	out := []Amount{}
	for _, l := range lines {
		key, name := by(l)
		i := slices.IndexFunc(out, func(a Amount) bool { return a.Key == key })
		if i < 0 {
			i, out = len(out), append(out, Amount{Key: key, Name: name})
		}
		out[i].Amount += l.Amount
		out[i].Count++
	}
	slices.SortStableFunc(out, func(a, b Amount) int { return cmp.Or(cmp.Compare(b.Amount, a.Amount), cmp.Compare(a.Name, b.Name)) })
	return out
}

// load reads a plan that the actor may see, with the requests in it that are in
// the actor's view.
func load(ctx context.Context, q sqldb.Querier, a access.Actor, id string) (*store.SupportPlan, []petition.Petition, error) {
	k, err := store.SupportPlanByID(ctx, q, id)
	if err != nil {
		return nil, nil, err
	}
	if k == nil || !slices.ContainsFunc(seen(a), k.Path.Within) {
		return nil, nil, casework.NotFound()
	}
	lines, err := store.PlanLines(ctx, q, []string{id})
	if err != nil {
		return nil, nil, err
	}
	requests, err := requestsOf(ctx, q, a, lines[id])
	return k, requests, err
}

func requestsOf(ctx context.Context, q sqldb.Querier, a access.Actor, lines []store.PlanLine) ([]petition.Petition, error) {
	var ids []string
	for _, l := range lines {
		if !l.Dropped {
			ids = append(ids, l.Petition)
		}
	}
	return petition.Seen(ctx, q, a, ids)
}

// Get reads a plan.
//
// Faults: not_found.
func (d *Desk) Get(ctx context.Context, a access.Actor, id string) (Plan, error) {
	k, requests, err := load(ctx, d.Petitions.Cases.DB, a, id)
	if err != nil {
		return Plan{}, err
	}
	return View(*k, requests), nil
}

// List gives one page of plans that the actor may see, the newest first.
func (d *Desk) List(ctx context.Context, a access.Actor, f store.PlanFilter) ([]Plan, error) {
	f.Units = seen(a)
	q := d.Petitions.Cases.DB
	rows, err := store.SupportPlans(ctx, q, f)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, k := range rows {
		ids[i] = k.ID
	}
	lines, err := store.PlanLines(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := []Plan{}
	for _, k := range rows {
		requests, err := requestsOf(ctx, q, a, lines[k.ID])
		if err != nil {
			return nil, err
		}
		out = append(out, View(k, requests))
	}
	return out, nil
}

// May says what an actor can do about a plan now, for pages to offer it.
type May struct{ Change, Propose, Return, Approve bool }

// May says what an actor can do about a plan.
func (d *Desk) May(ctx context.Context, a access.Actor, p Plan) (May, error) {
	own, err := plans(ctx, d.Petitions.Cases.DB, a, p.Path)
	_, leads := a.Holds(access.Leader, p.Path)
	open, proposed := p.State == store.PlanDraft, p.State == store.PlanProposed
	return May{Change: own && open, Propose: own && open && len(p.Lines) > 0, Return: (own || leads) && proposed, Approve: leads && proposed}, err
}

// Plans reports whether an actor puts plans of a unit together.
func (d *Desk) Plans(ctx context.Context, a access.Actor, place ocop.Path) (bool, error) {
	return plans(ctx, d.Petitions.Cases.DB, a, place)
}
