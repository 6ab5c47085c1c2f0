package campaign

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
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
	kinds   map[string]ocop.UnitKind // of the units that its deadlines name
}

// Imported says what an import added; a second import adds nothing.
type Imported struct {
	Campaign  string `json:"campaign"`
	Units     int    `json:"units"`
	Producers int    `json:"producers"`
	Products  int    `json:"products"`
	Added     bool   `json:"added"` // the campaign itself
}

// Wrong is the fault of a file with findings: all of them, each with its place.
func Wrong(findings []source.Finding) error {
	bad := fault.New(fault.Invalid, "campaign_file", "Tệp kế hoạch có lỗi; chưa lưu gì.", "The campaign file has errors; nothing was saved.")
	for _, x := range findings {
		if !x.Warning {
			bad.At(fmt.Sprintf("%s:%d:%d", x.File, x.Line, x.Column), x.Message.Vi, x.Message.En)
		}
	}
	return bad
}

// Import brings a campaign into the database: its units, producers, products
// with their certificates, and itself last. What is there already, by its code,
// is left alone, so an import that was cut off can be run again.
//
// Faults: campaign_file (Invalid, with line and column of everything wrong);
// campaign_changed (Conflict): the code is known with another content.
func (d *Desk) Import(ctx context.Context, by access.Actor, name string, text []byte) (Imported, error) {
	f, findings := Parse(name, text)
	if f == nil {
		return Imported{}, Wrong(findings)
	}
	out := Imported{Campaign: f.Campaign}
	old, err := store.CampaignBy(ctx, d.DB, f.Campaign)
	if err != nil {
		return out, err
	}
	sum := sha256.Sum256(text)
	hash := hex.EncodeToString(sum[:])
	if old != nil && old.Hash != hash {
		return out, fault.New(fault.Conflict, "campaign_changed",
			fmt.Sprintf("Kế hoạch %q đã có với nội dung khác.", f.Campaign), fmt.Sprintf("The campaign %q is known with another content.", f.Campaign))
	}
	if out.Units, err = d.importUnits(ctx, by, f); err != nil {
		return out, err
	}
	if out.Producers, err = d.importProducers(ctx, by, f); err != nil {
		return out, err
	}
	if old == nil {
		if err := d.add(ctx, by, f, hash); err != nil {
			return out, err
		}
		out.Added = true
	}
	out.Products, err = d.importProducts(ctx, by, f)
	return out, err
}

func (d *Desk) importUnits(ctx context.Context, by access.Actor, f *File) (int, error) {
	added := 0
	ids := map[string]string{}
	// Successors stand after the units they follow, so they are added first.
	for _, later := range []bool{true, false} {
		for _, u := range f.Units {
			if (u.ValidFrom == nil) == later && u.Kind == ocop.Commune {
				continue
			}
			if ids[u.Code] != "" {
				continue
			}
			old, err := store.UnitByCode(ctx, d.DB, u.Code)
			if err != nil {
				return added, err
			}
			if old != nil {
				ids[u.Code] = old.ID
				continue
			}
			n, err := d.People.AddUnit(ctx, by, ocop.Unit{Code: u.Code, Name: u.Name, Kind: u.Kind, Parent: u.Parent,
				ValidFrom: u.ValidFrom, ValidTo: u.ValidTo, Successor: ids[u.Successor], Assumed: u.Assumed}, nil)
			if err != nil {
				return added, err
			}
			ids[u.Code] = n.ID
			added++
		}
	}
	return added, nil
}

func (d *Desk) importProducers(ctx context.Context, by access.Actor, f *File) (int, error) {
	added := 0
	for _, p := range f.Producers {
		old, err := store.UnitByCode(ctx, d.DB, p.Code)
		if err != nil {
			return added, err
		}
		if old != nil {
			continue
		}
		if _, err := d.People.AddProducer(ctx, by, ocop.Producer{Code: p.Code, Name: p.Name, Form: p.Form, Unit: p.Unit}, nil); err != nil {
			return added, err
		}
		added++
	}
	return added, nil
}

func (d *Desk) importProducts(ctx context.Context, by access.Actor, f *File) (int, error) {
	added := 0
	for _, p := range f.Products {
		old, err := store.ProductByCode(ctx, d.DB, p.Code)
		if err != nil {
			return added, err
		}
		if old != nil {
			continue
		}
		owner, err := store.UnitByCode(ctx, d.DB, p.Producer)
		if err != nil {
			return added, err
		}
		r := casework.Registration{Code: p.Code, Name: p.Name, Producer: owner.ID, Set: p.Set, Campaign: f.Campaign, Assumed: p.Certificate.Assumed}
		k := p.Certificate
		_, err = d.Products.Register(ctx, r, casework.Ask{Actor: importer(by, owner.Path), Event: "import", Data: map[string]any{
			"number": k.Number, "stars": int64(k.Stars), "issued_on": k.IssuedOn.String(), "assumed": k.Assumed}})
		if err != nil {
			return added, fmt.Errorf("product %s: %w", p.Code, err)
		}
		added++
	}
	return added, nil
}

// importer lets the one who sets the office up act as its coordination office
// there: before that, nobody else could.
func importer(by access.Actor, place ocop.Path) access.Actor {
	if by.ID != ocop.System {
		return by
	}
	top := place.Upto(ocop.Province)
	by.Grants = append([]access.Grant{{Role: access.Office, Unit: top.Unit(ocop.Province), Path: top}}, by.Grants...)
	return by
}

func (d *Desk) add(ctx context.Context, by access.Actor, f *File, hash string) error {
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	id := uuid.Must(uuid.NewV7()).String()
	_, err = commit.Do[any](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: []string{"campaign:" + f.Campaign},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			u, err := store.UnitByCode(ctx, q, f.Unit)
			if err != nil {
				return commit.Outcome{}, err
			}
			c := store.Campaign{ID: id, Code: f.Campaign, Year: f.Year, Unit: u.ID, Title: f.Title, Procedure: f.Procedure, Body: string(body), Hash: hash}
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "campaign:" + id, Kind: ledger.KindRecord, Event: "import_campaign", Actor: ledger.Actor{ID: by.ID},
					Data: ledger.Map{"id": id, "code": f.Campaign, "year": f.Year, "unit": u.ID}, Refs: []string{"sha256:" + hash}}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.InsertCampaign(ctx, tx, c)
				}),
			}, nil
		})})
	return err
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
		out[c.ID] = casework.Plan{Campaign: c.ID, Unit: c.UnitPath, Procedure: x.file.Procedure, Deadlines: x.file.Deadlines, Tracks: tracks, Kinds: x.kinds}
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
	for _, deadline := range x.file.Deadlines {
		for _, code := range deadline.Who {
			u, err := store.UnitByCode(ctx, q, code)
			if err != nil {
				return x, err
			}
			if u != nil {
				x.kinds[code] = u.Kind
			}
		}
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
	x, err := d.parse(ctx, d.DB, c)
	if err != nil {
		return Campaign{}, err
	}
	f := x.file
	later, err := extended(ctx, d.DB, c)
	if err != nil {
		return Campaign{}, err
	}
	out := Campaign{ID: c.ID, Code: c.Code, File: f, Version: c.Version, Deadlines: []Deadline{}}
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
