package petition

import (
	"context"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Task is a petition that waits for the actor.
type Task struct {
	Petition Petition          `json:"petition"`
	Actions  []casework.Action `json:"actions"` // that the actor can take now
	Overdue  bool              `json:"overdue"`
}

// Worklist is what the actor can do now to move petitions forward, by deadline;
// next is the place after the page, "" at the end. Sending back, declining and
// withdrawing are nobody's task.
func (d *Desk) Worklist(ctx context.Context, a access.Actor, procedure, after string, limit int) (tasks []Task, next string, err error) {
	const scan = 200
	tasks = []Task{}
	f := store.PetitionFilter{View: ViewOf(a), Procedure: procedure, Open: true, ByDue: true, After: after, Limit: scan}
	for {
		rows, err := store.ListPetitions(ctx, d.Cases.DB, f)
		if err != nil {
			return nil, "", err
		}
		ids := make([]string, len(rows))
		for i, n := range rows {
			ids[i] = n.ID
		}
		known, err := known(ctx, d.Cases.DB, ids)
		if err != nil {
			return nil, "", err
		}
		for _, n := range rows {
			f.After = f.Cursor(n)
			t, err := d.task(known[n.ID], a)
			if err != nil {
				return nil, "", err
			}
			if len(t.Actions) > 0 {
				tasks = append(tasks, t)
			}
			if len(tasks) == limit {
				return tasks, f.After, nil
			}
		}
		if len(rows) < scan {
			return tasks, "", nil
		}
	}
}

// task says what the actor can do about a petition.
func (d *Desk) task(x *file, a access.Actor) (Task, error) {
	if x == nil {
		return Task{}, nil
	}
	rules, err := d.rules(x.petition)
	if err != nil {
		return Task{}, err
	}
	today := d.Cases.Today()
	t := Task{Petition: View(x), Overdue: x.petition.Due != nil && *x.petition.Due < today}
	s := x.subject(rules)
	for _, act := range casework.ActionsOf(rules, s, x.facts(today), a, today, x.petition.Due) {
		if act.Allowed && !act.Aside && !stays(act, s.State) {
			t.Actions = append(t.Actions, act)
		}
	}
	return t, nil
}

// stays reports whether an action only puts something right where the petition
// stands.
func stays(act casework.Action, now ocop.State) bool { return act.To == now }
