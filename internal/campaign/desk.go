package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Desk keeps campaigns.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	People    *accounts.People
	Products  *casework.Desk

	mu     sync.Mutex
	parsed map[string]parsed // guarded by mu; by campaign id
}

type parsed struct {
	version int64
	file    File
	kinds   map[string]ocop.UnitKind // of the units that it names
}

// Plans implements casework.Plans, parsing each version of a campaign once.
func (d *Desk) Plans(ctx context.Context, q sqldb.Querier, ids []string) (map[string]casework.Plan, error) {
	rows, err := store.CampaignsByID(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := map[string]casework.Plan{}
	for _, c := range rows {
		x, err := d.parse(ctx, q, c)
		if err != nil {
			return nil, err
		}
		tracks := map[string]ocop.Track{}
		for _, p := range x.file.Products {
			tracks[p.Code] = p.Plan.Track
		}
		out[c.ID] = casework.Plan{Campaign: c.ID, Code: c.Code, Answers: x.file.answers(), Unit: c.UnitPath, Procedure: x.file.Procedure, Deadlines: x.file.Deadlines, Tracks: tracks, Kinds: x.kinds}
	}
	return out, nil
}

// PlanOf implements casework.Plans.
func (d *Desk) PlanOf(ctx context.Context, q sqldb.Querier, a access.Actor, code string) (casework.Plan, error) {
	c, err := store.CampaignBy(ctx, q, code)
	if err != nil {
		return casework.Plan{}, err
	}
	if c == nil || !sees(a, *c) {
		return casework.Plan{}, casework.NotFound()
	}
	plans, err := d.Plans(ctx, q, []string{c.ID})
	if err != nil {
		return casework.Plan{}, err
	}
	plan := plans[c.ID]
	plan.Extended, err = extended(ctx, q, *c)
	return plan, err
}

// extended are the extensions of a whole campaign, by the deadline's code.
func extended(ctx context.Context, q sqldb.Querier, c store.Campaign) (map[string]store.Extension, error) {
	all, err := store.CampaignExtensions(ctx, q, c.ID)
	out := map[string]store.Extension{}
	for id, e := range all {
		out[strings.TrimPrefix(id, c.Code+".")] = e
	}
	return out, err
}

func (d *Desk) parse(ctx context.Context, q sqldb.Querier, c store.Campaign) (parsed, error) {
	d.mu.Lock()
	known, ok := d.parsed[c.ID]
	d.mu.Unlock()
	if ok && known.version == c.Version {
		return known, nil
	}
	x := parsed{version: c.Version, kinds: map[string]ocop.UnitKind{}}
	if err := json.Unmarshal([]byte(c.Body), &x.file); err != nil {
		return x, fmt.Errorf("campaign %s: %w", c.Code, err)
	}
	units, err := store.UnitsByCode(ctx, q, x.file.named())
	if err != nil {
		return x, err
	}
	for code, u := range units {
		x.kinds[code] = u.Kind
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.parsed == nil {
		d.parsed = map[string]parsed{}
	}
	d.parsed[c.ID] = x
	return x, nil
}

// Campaign is a campaign as callers get it.
type Campaign struct {
	ID   string `json:"id"`
	Code string `json:"code"`
	File
	Deadlines []Deadline `json:"deadlines"`
	Version   int64      `json:"version"`
	kinds     map[string]ocop.UnitKind
	path      ocop.Path // of its unit
}

// Deadline is a deadline with its last valid day worked out.
type Deadline struct {
	ID      string       `json:"id"`
	Code    string       `json:"code"`
	Title   ocop.Text    `json:"title"`
	Who     []string     `json:"who"`
	Wording string       `json:"wording"`
	Kind    string       `json:"kind"`
	Date    ocop.Date    `json:"date"`
	LastDay ocop.Date    `json:"last_day"`
	Was     *ocop.Date   `json:"was,omitempty"`  // the last day before it was extended
	Rest    *ocop.Text   `json:"rest,omitempty"` // why the last day is one of rest; it does not move
	Tracks  []ocop.Track `json:"tracks"`
	Meets   any          `json:"meets"`
	Flags   []ocop.Text  `json:"flags"`
	Assumed bool         `json:"assumed"`
}

func (d *Desk) view(ctx context.Context, c store.Campaign) (Campaign, error) {
	return d.viewIn(ctx, d.DB, c)
}

func (d *Desk) viewIn(ctx context.Context, q sqldb.Querier, c store.Campaign) (Campaign, error) {
	x, err := d.parse(ctx, q, c)
	if err != nil {
		return Campaign{}, err
	}
	f := x.file
	later, err := extended(ctx, q, c)
	if err != nil {
		return Campaign{}, err
	}
	out := Campaign{ID: c.ID, Code: c.Code, File: f, Version: c.Version, Deadlines: []Deadline{}, kinds: x.kinds, path: c.UnitPath}
	for _, x := range f.Deadlines {
		v := Deadline{ID: c.Code + "." + x.Code, Code: x.Code, Title: x.Title, Who: x.Who, Wording: x.Wording, Kind: string(x.Kind), Date: x.Date,
			LastDay: x.LastDay(), Tracks: x.Tracks, Meets: x.Meets, Flags: orEmpty(x.Flags), Assumed: x.Assumed}
		if e, ok := later[x.Code]; ok && e.LastDay > v.LastDay {
			v.Was, v.LastDay = &e.Was, e.LastDay
		}
		v.Rest = d.rest(v.LastDay)
		out.Deadlines = append(out.Deadlines, v)
	}
	return out, nil
}

// rest says why a day is one of rest, as far as is known today.
func (d *Desk) rest(day ocop.Date) *ocop.Text {
	if days := d.Products.Days("vn"); days != nil {
		if why := days.Rest(day, d.Products.Today()); !why.IsZero() {
			return &why
		}
	}
	return nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// sees: a campaign is there for everybody who holds a role in its unit, below
// it or above it.
func sees(a access.Actor, c store.Campaign) bool {
	for _, g := range a.Grants {
		if g.Path.Within(c.UnitPath) || c.UnitPath.Within(g.Path) {
			return true
		}
	}
	return false
}

// List gives the campaigns that the actor may see, after a code.
func (d *Desk) List(ctx context.Context, a access.Actor, after string, limit int) ([]Campaign, error) {
	rows, err := store.Campaigns(ctx, d.DB, after, limit)
	if err != nil {
		return nil, err
	}
	out := []Campaign{}
	for _, c := range rows {
		if !sees(a, c) {
			continue
		}
		v, err := d.view(ctx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Get finds a campaign by id or code.
//
// Faults: not_found.
func (d *Desk) Get(ctx context.Context, a access.Actor, key string) (Campaign, error) {
	c, err := store.CampaignBy(ctx, d.DB, strings.TrimSpace(key))
	if err != nil {
		return Campaign{}, err
	}
	if c == nil || !sees(a, *c) {
		return Campaign{}, casework.NotFound()
	}
	return d.view(ctx, *c)
}
