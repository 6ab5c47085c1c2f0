package httpapi

import (
	"context"
	"time"

	"ocopflow/internal/calendar"
	"ocopflow/internal/casework"
	"ocopflow/internal/inspect"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Then asks for the past: a moment, or a day, which means the end of it.
type Then struct {
	AsOf string `query:"as_of" doc:"as it stood at a moment (RFC 3339) or at the end of a day (YYYY-MM-DD)"`
}

// moment is what is asked for; false for the present.
//
// Faults: moment_wrong (Invalid).
func (in Then) moment() (time.Time, bool, error) {
	if in.AsOf == "" {
		return time.Time{}, false, nil
	}
	at, err := inspect.ParseMoment(in.AsOf)
	return at, true, err
}

type productIn struct {
	ByID
	Then
}

type worklistIn struct {
	Page
	Then
	Account string `query:"account" doc:"with as_of: whose worklist, for auditors; the caller's own unless given"`
}

// productThen is a product as it stood.
func (a *API) productThen(ctx context.Context, id string, at time.Time) (out *casework.Product, err error) {
	err = a.Archive.At(ctx, at, id, func(m *inspect.Moment) error {
		p, err := m.Desk.Product(ctx, sessionOf(ctx).Actor, id)
		if err == nil {
			v := casework.View(*p)
			out = &v
		}
		return err
	})
	return out, err
}

func (a *API) deadlinesThen(ctx context.Context, id string, at time.Time) (dues []calendar.Due, marks []store.Mark, err error) {
	err = a.Archive.At(ctx, at, id, func(m *inspect.Moment) (err error) {
		dues, marks, err = m.Desk.Deadlines(ctx, sessionOf(ctx).Actor, id)
		return err
	})
	return dues, marks, err
}

// worklistThen is a worklist as it stood: the caller's own, or for an auditor
// that of an account.
func (a *API) worklistThen(ctx context.Context, at time.Time, account, after string, limit int) (tasks []casework.Task, next string, err error) {
	own := sessionOf(ctx).Actor.ID
	if account == "" {
		account = own
	}
	if account != own {
		if err := a.auditsAll(ctx); err != nil {
			return nil, "", err
		}
	}
	err = a.Archive.At(ctx, at, "", func(m *inspect.Moment) error {
		actor, err := m.Actor(ctx, account)
		if err != nil {
			return err
		}
		tasks, next, err = m.Desk.Worklist(ctx, actor, after, limit)
		return err
	})
	return tasks, next, err
}

type rolesIn struct {
	ID string `path:"id" doc:"id or name of an account"`
	Then
}

type heldRole struct {
	Role ocop.Role `json:"role"`
	Unit string    `json:"unit"`
	Path ocop.Path `json:"path"`
}

// rolesThen are the roles that an account holds or held, for auditors.
func (a *API) rolesThen(ctx context.Context, in *rolesIn) (*listOf[heldRole], error) {
	if err := a.auditsAll(ctx); err != nil {
		return nil, err
	}
	at, past, err := in.moment()
	if err != nil {
		return nil, err
	}
	if !past {
		at = a.Clock()
	}
	out := &listOf[heldRole]{Body: list[heldRole]{Items: []heldRole{}}}
	err = a.Archive.At(ctx, at, "-", func(m *inspect.Moment) error {
		actor, err := m.Actor(ctx, in.ID)
		for _, g := range actor.Grants {
			out.Body.Items = append(out.Body.Items, heldRole{g.Role, g.Unit, g.Path})
		}
		return err
	})
	return out, err
}

type proceduresIn struct{ Then }

// proceduresThen are the procedures known at a moment, for auditors.
func (a *API) proceduresThen(ctx context.Context, in *proceduresIn) (*listOf[inspect.Published], error) {
	if err := a.auditor(ctx); err != nil {
		return nil, err
	}
	at, past, err := in.moment()
	if err != nil {
		return nil, err
	}
	if !past {
		at = a.Clock()
	}
	out := &listOf[inspect.Published]{Body: list[inspect.Published]{Items: []inspect.Published{}}}
	err = a.Archive.At(ctx, at, "-", func(m *inspect.Moment) (err error) {
		out.Body.Items, err = m.Procedures(ctx)
		return err
	})
	return out, err
}

type productDiffIn struct {
	ID   string `path:"id"`
	From string `query:"from" required:"true" doc:"moment or day"`
	To   string `query:"to" doc:"moment or day; now unless given"`
}

// productDiff says what changed of a product between two moments, for auditors.
func (a *API) productDiff(ctx context.Context, in *productDiffIn) (*listOf[inspect.Difference], error) {
	if err := a.auditor(ctx); err != nil {
		return nil, err
	}
	if _, err := a.Desk.Product(ctx, sessionOf(ctx).Actor, in.ID); err != nil {
		return nil, err
	}
	from, err := inspect.ParseMoment(in.From)
	if err != nil {
		return nil, err
	}
	to := a.Clock()
	if in.To != "" {
		if to, err = inspect.ParseMoment(in.To); err != nil {
			return nil, err
		}
	}
	out := &listOf[inspect.Difference]{}
	out.Body.Items, err = a.Archive.Diff(ctx, from, to, in.ID)
	return out, err
}
