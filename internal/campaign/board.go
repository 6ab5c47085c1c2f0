package campaign

import (
	"cmp"
	"context"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Status is where a product, or an organisation, stands against a deadline.
type Status string

// The statuses, the worst last.
const (
	Met     Status = "met"
	MetLate Status = "met_late"
	Ahead   Status = "ahead"
	DueSoon Status = "due_soon"
	Overdue Status = "overdue"
)

// Title is the word for a status.
func (s Status) Title() ocop.Text {
	switch s {
	case Met:
		return ocop.Text{Vi: "đúng hạn", En: "in time"}
	case MetLate:
		return ocop.Text{Vi: "xong trễ", En: "done late"}
	case Ahead:
		return ocop.Text{Vi: "chưa đến hạn", En: "ahead"}
	case DueSoon:
		return ocop.Text{Vi: "sắp đến hạn", En: "due soon"}
	}
	return ocop.Text{Vi: "quá hạn", En: "overdue"}
}

// Statuses are all of them, in their order.
func Statuses() []Status { return []Status{Met, MetLate, Ahead, DueSoon, Overdue} }

// Soon is how many days before its last day a deadline is due soon: a practice of
// this program's, no rule.
const Soon = 14

// Tally counts what stands in each status.
type Tally struct {
	Met     int `json:"met"`
	MetLate int `json:"met_late"`
	Ahead   int `json:"ahead"`
	DueSoon int `json:"due_soon"`
	Overdue int `json:"overdue"`
}

func (t *Tally) add(s Status) {
	switch s {
	case Met:
		t.Met++
	case MetLate:
		t.MetLate++
	case Ahead:
		t.Ahead++
	case DueSoon:
		t.DueSoon++
	case Overdue:
		t.Overdue++
	}
}

// Cell is a product's standing against one deadline.
type Cell struct {
	ID       string     `json:"id"`
	Deadline string     `json:"deadline"` // code
	LastDay  ocop.Date  `json:"last_day"`
	Was      *ocop.Date `json:"was,omitempty"` // before it was extended
	MetOn    *ocop.Date `json:"met_on,omitempty"`
	Status   Status     `json:"status"`
}

// Row is a product on the board.
type Row struct {
	ID       string     `json:"id"`
	Code     string     `json:"code"`
	Name     string     `json:"name"`
	Producer ocop.Ref   `json:"producer"`
	Commune  *ocop.Ref  `json:"commune,omitempty"`
	Track    ocop.Track `json:"track"`
	State    ocop.State `json:"state"`
	Stars    int        `json:"stars"`  // held, 0 for none
	Target   int        `json:"target"` // planned, 0 where nobody said
	Cells    []Cell     `json:"deadlines"`
	Next     *Cell      `json:"next,omitempty"` // nearest open one
}

// Group is a commune or track with what stands where in it.
type Group struct {
	Code     string `json:"code"`
	Name     string `json:"name,omitempty"`
	Products int    `json:"products"`
	Tally
}

// Column is a deadline with what stands where against it.
type Column struct {
	Code    string    `json:"code"`
	Title   ocop.Text `json:"title"`
	LastDay ocop.Date `json:"last_day"`
	Tally
}

// Office is an organisation with where its duties stand.
type Office struct {
	Organisation ocop.Ref `json:"organisation"`
	Duties       int      `json:"duties"`
	Tally
}

// Board is where every product stands against every deadline of a campaign.
type Board struct {
	Campaign      string    `json:"campaign"`
	On            ocop.Date `json:"on"`
	Soon          int       `json:"soon_days"`
	Deadlines     []Column  `json:"deadlines"`
	Products      []Row     `json:"products"`
	Communes      []Group   `json:"communes"`
	Tracks        []Group   `json:"tracks"`
	Organisations []Office  `json:"organisations"`
	Targets       []Outlook `json:"targets"`
	Forecast      Forecast  `json:"forecast"`
}

// Board lays a campaign out as of today, with the products and duties that the
// actor may see; targets and forecast count all of its products.
//
// Faults: not_found.
func (d *Desk) Board(ctx context.Context, a access.Actor, key string) (Board, error) {
	c, err := d.Get(ctx, a, key)
	if err != nil {
		return Board{}, err
	}
	all, err := d.planned(ctx, c)
	if err != nil {
		return Board{}, err
	}
	b := Board{Campaign: c.Code, On: d.Products.Today(), Soon: Soon, Products: []Row{}}
	mine := slices.DeleteFunc(slices.Clone(all), func(p casework.Planned) bool {
		return !a.Products().Sees(p.Product.ID, p.Product.Path, p.Product.Producer.ID)
	})
	for _, p := range mine {
		b.Products = append(b.Products, c.row(p, b.On))
	}
	b.group(c)
	duties, err := d.duties(ctx, a, c)
	if err != nil {
		return Board{}, err
	}
	b.offices(c, duties)
	b.Targets, b.Forecast, err = d.outlook(ctx, c, all, mine)
	return b, err
}

// planned are the products of a campaign, by code: those that the plan names and
// those that were registered for it.
func (d *Desk) planned(ctx context.Context, c Campaign) (out []casework.Planned, err error) {
	filter := store.Filter{View: access.View{Units: []ocop.Path{c.path}}, Campaign: c.ID, Limit: 500}
	for len(out) < maxProducts {
		page, err := store.ListProducts(ctx, d.DB, filter)
		if err != nil {
			return nil, err
		}
		var list []string
		for _, p := range page {
			list = append(list, p.ID)
		}
		known, err := d.Products.Planned(ctx, list)
		if err != nil {
			return nil, err
		}
		for _, id := range list {
			if p, ok := known[id]; ok {
				out = append(out, p)
			}
		}
		if len(page) < filter.Limit {
			break
		}
		filter.After = page[len(page)-1].Code
	}
	return out, nil
}

func (c Campaign) row(p casework.Planned, today ocop.Date) Row {
	x := p.Product
	r := Row{ID: x.ID, Code: x.Code, Name: x.Name, Producer: x.Producer, Commune: x.Commune, Track: p.Track, State: x.State, Stars: x.Stars,
		Target: c.target(p), Cells: []Cell{}}
	for _, due := range p.Dues {
		r.Cells = append(r.Cells, Cell{ID: due.ID, Deadline: due.Code, LastDay: due.LastDay, Was: due.Was, MetOn: due.MetOn, Status: status(due, today)})
	}
	for i := range r.Cells {
		cell := &r.Cells[i]
		if cell.Status != Met && cell.Status != MetLate && (r.Next == nil || cell.LastDay < r.Next.LastDay) {
			r.Next = cell
		}
	}
	return r
}

// target are the stars that a product is to reach: those of its round, or planned.
func (c Campaign) target(p casework.Planned) int {
	if p.Target != 0 {
		return p.Target
	}
	for _, x := range c.Products {
		if x.Code == p.Product.Code {
			return x.Plan.Target
		}
	}
	return 0
}

func status(due calendar.Due, today ocop.Date) Status {
	switch {
	case due.Met && due.Late():
		return MetLate
	case due.Met:
		return Met
	}
	return open(due.LastDay, today)
}

// open is the standing of what is not met.
func open(last, today ocop.Date) Status {
	switch {
	case today > last:
		return Overdue
	case today >= last-Soon:
		return DueSoon
	}
	return Ahead
}

// group sums the rows up.
func (b *Board) group(c Campaign) {
	columns, communes, tracks := map[string]*Tally{}, map[string]*Group{}, map[string]*Group{}
	in := func(groups map[string]*Group, code, name string) *Group {
		if groups[code] == nil {
			groups[code] = &Group{Code: code, Name: name}
		}
		groups[code].Products++
		return groups[code]
	}
	for _, r := range b.Products {
		place := ocop.Ref{}
		if r.Commune != nil {
			place = *r.Commune
		}
		commune, track := in(communes, place.Code, place.Name), in(tracks, string(r.Track), "")
		for _, cell := range r.Cells {
			if columns[cell.Deadline] == nil {
				columns[cell.Deadline] = new(Tally)
			}
			for _, t := range []*Tally{columns[cell.Deadline], &commune.Tally, &track.Tally} {
				t.add(cell.Status)
			}
		}
	}
	b.Communes, b.Tracks, b.Deadlines = sorted(communes), sorted(tracks), []Column{}
	for _, x := range c.Deadlines {
		column := Column{Code: x.Code, Title: x.Title, LastDay: x.LastDay}
		if t := columns[x.Code]; t != nil {
			column.Tally = *t
		}
		b.Deadlines = append(b.Deadlines, column)
	}
}

func sorted(groups map[string]*Group) []Group {
	out := []Group{}
	for _, g := range groups {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(ocop.Fold(a.Name), ocop.Fold(b.Name)), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// offices sums duties up by the organisation that they are asked of, and by the
// deadline that they alone meet; those that do not apply are left out.
func (b *Board) offices(c Campaign, duties []Assigned) {
	b.Organisations = []Office{}
	for _, x := range duties {
		if x.State == store.DutyNotHere {
			continue
		}
		i := slices.IndexFunc(b.Organisations, func(o Office) bool { return o.Organisation.ID == x.Organisation.ID })
		if i < 0 {
			i = len(b.Organisations)
			b.Organisations = append(b.Organisations, Office{Organisation: x.Organisation})
		}
		b.Organisations[i].Duties++
		b.Organisations[i].add(x.status(b.On))
		for j, column := range c.File.Deadlines {
			if column.Meets.Duty == x.Duty {
				b.Deadlines[j].add(x.status(b.On))
			}
		}
	}
}
