package campaign

import (
	"cmp"
	"context"
	"math"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Report is what happened in a campaign over a period and where it stands at the
// period's end, or today if that is earlier.
type Report struct {
	Campaign    string       `json:"campaign"`
	Title       ocop.Text    `json:"title"`
	Period      Period       `json:"period"`
	On          ocop.Date    `json:"on"` // day of the figures
	Products    int          `json:"products"`
	States      []InState    `json:"states"`    // where they stand, and how long
	Certified   []Certified  `json:"certified"` // certificates issued in the period
	Targets     []Progress   `json:"targets"`
	Deadlines   []Column     `json:"deadlines"`
	Overdue     []Row        `json:"overdue"` // products with a deadline that is past and not met
	Duties      []Office     `json:"duties"`
	Undone      []Assigned   `json:"undone"` // duties that are past their last day
	Bottlenecks []Bottleneck `json:"bottlenecks"`
}

// InState is a state with what happened in it over the period.
type InState struct {
	State  ocop.State `json:"state"`
	Now    int        `json:"now"`         // products in it at the end
	Came   int        `json:"came"`        // times that one came into it in the period
	Left   int        `json:"left"`        // stays that ended in the period
	Median float64    `json:"median_days"` // of those stays; 0 without any
}

// Certified is a certificate issued in the period.
type Certified struct {
	Product  ocop.Ref  `json:"product"`
	Number   string    `json:"number"`
	Stars    int       `json:"stars"`
	IssuedOn ocop.Date `json:"issued_on"`
}

// Bottleneck is a state in which products of the campaign wait, those first
// where they wait longest together.
type Bottleneck struct {
	State   ocop.State `json:"state"`
	Waiting int        `json:"waiting"`
	Median  float64    `json:"median_days"`
	Longest float64    `json:"longest_days"`
	Usual   float64    `json:"usual_days"` // median of stays in it that are over, in the province
	Product ocop.Ref   `json:"product"`    // that waits longest
}

// Report draws a campaign's period up, of the products that the actor may see.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) Report(ctx context.Context, a access.Actor, key string, p Period) (Report, error) {
	c, err := d.Get(ctx, a, key)
	if err != nil {
		return Report{}, err
	}
	if !follows(a, c.path) {
		return Report{}, fault.New(fault.Forbidden, "who_may_not", "Báo cáo dành cho cơ quan theo dõi kế hoạch này.", "Reports are for the authorities that follow this campaign.")
	}
	r := Report{Campaign: c.Code, Title: c.Title, Period: p, On: min(p.To, d.Products.Today())}
	all, err := d.planned(ctx, c)
	if err != nil {
		return r, err
	}
	all = slices.DeleteFunc(all, func(x casework.Planned) bool {
		return !a.Products().Sees(x.Product.ID, x.Product.Path, x.Product.Producer.ID)
	})
	r.Products = len(all)
	r.standing(c, all)
	if err := d.stayed(ctx, c, all, &r); err != nil {
		return r, err
	}
	r.certified(all)
	if r.Targets, err = d.progressOn(ctx, c, r.On); err != nil {
		return r, err
	}
	duties, err := d.duties(ctx, a, c)
	if err != nil {
		return r, err
	}
	b := Board{On: r.On, Deadlines: r.Deadlines}
	b.offices(c, duties)
	r.Duties, r.Undone = b.Organisations, []Assigned{}
	for _, x := range duties {
		if x.status(r.On) == Overdue && x.State != store.DutyNotHere {
			r.Undone = append(r.Undone, x)
		}
	}
	return r, nil
}

// standing is where products stood against their deadlines on the day.
func (r *Report) standing(c Campaign, all []casework.Planned) {
	b := Board{On: r.On}
	r.Overdue = []Row{}
	for _, p := range all {
		row := c.row(p, r.On)
		for i := range row.Cells {
			cell := &row.Cells[i]
			if cell.MetOn != nil && *cell.MetOn > r.On {
				cell.MetOn = nil // that came later
				cell.Status = open(cell.LastDay, r.On)
			}
		}
		b.Products = append(b.Products, row)
		if slices.ContainsFunc(row.Cells, func(x Cell) bool { return x.Status == Overdue }) {
			r.Overdue = append(r.Overdue, row)
		}
	}
	b.group(c)
	r.Deadlines = b.Deadlines
}

func (r *Report) certified(all []casework.Planned) {
	r.Certified = []Certified{}
	for _, p := range all {
		if k := p.Certificate; k != nil && k.IssuedOn >= r.Period.From && k.IssuedOn <= r.On {
			r.Certified = append(r.Certified, Certified{ocop.Ref{ID: p.Product.ID, Code: p.Product.Code, Name: p.Product.Name}, k.Number, k.Stars, k.IssuedOn})
		}
	}
	slices.SortStableFunc(r.Certified, func(a, b Certified) int { return cmp.Compare(a.IssuedOn, b.IssuedOn) })
}

// stayed fills in the time in each state and where products wait.
func (d *Desk) stayed(ctx context.Context, c Campaign, all []casework.Planned, r *Report) error {
	list, _, err := d.Products.Stays(ctx, c.province())
	if err != nil {
		return err
	}
	rules, err := d.Products.Library.InForce(c.Procedure, r.On)
	if err != nil {
		return err
	}
	mine := map[string]ocop.Ref{}
	for _, p := range all {
		mine[p.Product.ID] = ocop.Ref{ID: p.Product.ID, Code: p.Product.Code, Name: p.Product.Name}
	}
	states, waits, usual, left := map[ocop.State]*InState{}, map[ocop.State]*waiting{}, map[ocop.State][]float64{}, map[ocop.State][]float64{}
	at := func(s ocop.State) *InState {
		if states[s] == nil {
			states[s] = &InState{State: s}
		}
		return states[s]
	}
	end := float64(r.On + 1)
	for _, s := range list {
		from := float64(s.Since)
		if s.Next != "" && from+s.Days < end {
			usual[s.State] = append(usual[s.State], s.Days)
		}
		product, ours := mine[s.Product]
		if !ours || s.Since > r.On {
			continue
		}
		if s.Since >= r.Period.From {
			at(s.State).Came++
		}
		switch over := s.Next != "" && from+s.Days < end; {
		case !over:
			at(s.State).Now++
			if !rules.Resting(s.State) {
				wait(waits, s.State, product, end-from)
			}
		case from+s.Days >= float64(r.Period.From):
			at(s.State).Left++
			left[s.State] = append(left[s.State], s.Days)
		}
	}
	r.States, r.Bottlenecks = []InState{}, []Bottleneck{}
	for _, name := range rules.States.Keys() {
		if x := states[ocop.State(name)]; x != nil {
			x.Median = median(left[x.State])
			r.States = append(r.States, *x)
		}
	}
	for s, w := range waits {
		r.Bottlenecks = append(r.Bottlenecks, Bottleneck{s, len(w.days), median(w.days), tenth(w.longest), median(usual[s]), w.product})
	}
	slices.SortFunc(r.Bottlenecks, func(a, b Bottleneck) int {
		return cmp.Or(cmp.Compare(b.Median*float64(b.Waiting), a.Median*float64(a.Waiting)), cmp.Compare(a.State, b.State))
	})
	return nil
}

// waiting are the products that are in a state.
type waiting struct {
	days    []float64
	longest float64
	product ocop.Ref
}

func wait(all map[ocop.State]*waiting, s ocop.State, product ocop.Ref, days float64) {
	if all[s] == nil {
		all[s] = new(waiting)
	}
	w := all[s]
	w.days = append(w.days, days)
	if days > w.longest {
		w.longest, w.product = days, product
	}
}

// median of a list to a tenth, 0 for none.
func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return tenth(casework.Quantile(list, 0.5))
}

func tenth(n float64) float64 { return math.Round(n*10) / 10 }
