package casework

import (
	"context"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Task is a product that waits for the actor.
type Task struct {
	Product Product        `json:"product"`
	Actions []Action       `json:"actions"` // that the actor can take now
	Missing []fault.Reason `json:"missing"` // what the actor can cure for others to go on
	Marks   []store.Mark   `json:"marks"`   // what is said to the actor about open deadlines
	Due     *ocop.Date     `json:"due"`
	Overdue bool           `json:"overdue"`
}

// Worklist is what the actor can do now, by deadline, one page at a time; next
// is the cursor of the page after, "" at the end. Only ways forward count:
// every product could be sent back, that makes it nobody's task. A page ends at
// limit tasks, or sooner where very many products were looked at in vain.
func (d *Desk) Worklist(ctx context.Context, a access.Actor, after string, limit int) (tasks []Task, next string, err error) {
	const some, most = 200, 600 // dossiers at a time, and for a page
	tasks = []Task{}
	filter, err := d.waiting(ctx, a)
	if err != nil {
		return nil, "", err
	}
	filter.After, filter.Limit = after, min(limit, some)
	for seen := 0; ; {
		page, err := store.ProductsWithTasks(ctx, d.DB, filter)
		if err != nil {
			return nil, "", err
		}
		list := make([]string, len(page))
		for i, p := range page {
			list[i] = p.Product
		}
		files, err := d.dossiers(ctx, d.DB, list)
		if err != nil {
			return nil, "", err
		}
		for _, p := range page {
			filter.After = p.Cursor
			x := files[p.Product]
			if x == nil {
				continue
			}
			t, ok, err := d.task(x, a)
			if err != nil {
				return nil, "", err
			}
			if ok {
				tasks = append(tasks, t)
			}
			if len(tasks) == limit {
				return tasks, filter.After, nil
			}
		}
		if len(page) < filter.Limit {
			return tasks, "", nil
		}
		if seen += len(page); seen >= most {
			return tasks, filter.After, nil
		}
		filter.Limit = some
	}
}

// noticed is how long a notice is somebody's task after its last day, in days.
const noticed = 366

// waiting are the products with which the actor can have something to do, and
// others: what their rules say of them takes their dossiers.
func (d *Desk) waiting(ctx context.Context, a access.Actor) (store.TaskFilter, error) {
	f := store.TaskFilter{View: a.Products(), Said: d.Today() - noticed, Unplaced: a.Has(access.Office)}
	oldest, err := store.OldestDue(ctx, d.DB)
	if err != nil {
		return f, err
	}
	if oldest != nil {
		f.Said = min(f.Said, *oldest)
	}
	for _, rules := range d.Library.All() {
		if rules.Name == ProcedureName {
			f.Rounds = append(f.Rounds, rules.Tasks(a.Has)...)
			f.Expired = f.Expired || slices.ContainsFunc(rules.By(workflow.Subject{Track: ocop.NoTrack, State: "expired"}, "begin_renewal"), func(r ocop.Role) bool { return a.Has(rules.Held(r)) })
		}
	}
	slices.Sort(f.Rounds)
	f.Rounds = slices.Compact(f.Rounds)
	return f, nil
}

// task says what the actor can do about a product; false when nothing.
func (d *Desk) task(x *dossier, a access.Actor) (Task, bool, error) {
	actions, err := d.actions(x, a)
	if err != nil {
		return Task{}, false, err
	}
	p := x.product
	t := Task{Product: View(*p), Actions: []Action{}, Missing: []fault.Reason{}, Due: p.Due, Overdue: p.Due != nil && *p.Due < d.Today()}
	for _, act := range actions {
		switch {
		case act.Aside || act.opens != "" && !x.expected(act.opens):
		case act.Allowed:
			t.Actions = append(t.Actions, act)
		case !act.Quiet:
			t.Missing = append(t.Missing, curable(act.Reasons, a, x)...)
		}
	}
	t.Missing = append(t.Missing, x.originalsFor(a)...)
	if t.Marks, err = d.toldTo(x, a); err != nil {
		return t, false, err
	}
	return t, len(t.Actions)+len(t.Missing)+len(t.Marks) > 0, nil
}

// toldTo are the marks about deadlines still open that are for the actor: the
// last one of each deadline.
func (d *Desk) toldTo(x *dossier, a access.Actor) ([]store.Mark, error) {
	out := []store.Mark{}
	if len(x.marks) == 0 {
		return out, nil
	}
	plan, err := d.agenda(x, d.Clock())
	if err != nil {
		return nil, err
	}
	for _, due := range plan.dues {
		var last *store.Mark
		for i, m := range x.marks {
			if m.Deadline == due.ID && m.LastDay == due.LastDay && !due.Met && x.concerns(m, a) {
				last = &x.marks[i]
			}
		}
		if last != nil {
			out = append(out, *last)
		}
	}
	return out, nil
}

// concerns reports whether the actor holds a role that a mark is for.
func (x *dossier) concerns(m store.Mark, a access.Actor) bool {
	return slices.ContainsFunc(m.Roles, func(role ocop.Role) bool {
		place := x.product.Path
		if role == access.Producer {
			place = x.product.OwnerPath
		}
		_, ok := a.Holds(role, place)
		return ok
	})
}

// expected reports whether a round of that track is due: planned by the
// campaign, or the renewal of a certificate that has run out.
func (x *dossier) expected(track ocop.Track) bool {
	return x.plan.Tracks[x.product.Code] == track && !x.opened(track) || track == "renewal" && x.product.State == "expired"
}

// opened reports whether the campaign's round was begun already.
func (x *dossier) opened(track ocop.Track) bool {
	return slices.ContainsFunc(x.acts, func(s store.Act) bool { return s.Event == ocop.Event("begin_"+string(track)) })
}

// curable are the reasons that the actor can do away with, other than by making
// the move itself. Papers that a producer brings are the producer's task; that
// the office may bring them too does not make them the office's.
func curable(reasons []fault.Reason, a access.Actor, x *dossier) []fault.Reason {
	var out []fault.Reason
	for _, r := range reasons {
		if r.Who || len(r.CureBy) == 0 {
			continue
		}
		place := x.product.Path
		if r.CureBy[0] == access.Producer {
			place = x.product.OwnerPath
		}
		if _, ok := a.Holds(r.CureBy[0], place); ok {
			out = append(out, r)
		}
	}
	return out
}
