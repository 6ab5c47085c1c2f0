package httpapi

import (
	"context"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type deadlinesBody struct {
	Items []calendar.Due `json:"items"`
	Marks []store.Mark   `json:"marks" doc:"what was said about them: reminded, overdue, escalated"`
	Next  string         `json:"next"`
}

type deadlinesOut struct{ Body deadlinesBody }

func (a *API) listDeadlines(ctx context.Context, in *productIn) (*deadlinesOut, error) {
	at, past, err := in.moment()
	if err != nil {
		return nil, err
	}
	var dues []calendar.Due
	var marks []store.Mark
	if past {
		dues, marks, err = a.deadlinesThen(ctx, in.ID, at)
	} else {
		dues, marks, err = a.Desk.Deadlines(ctx, sessionOf(ctx).Actor, in.ID)
	}
	if dues == nil {
		dues = []calendar.Due{}
	}
	if marks == nil {
		marks = []store.Mark{}
	}
	return &deadlinesOut{deadlinesBody{Items: dues, Marks: marks}}, err
}

type extensionBody struct {
	To      *ocop.Date `json:"to,omitempty" format:"date" doc:"the new last day"`
	Reason  string     `json:"reason,omitempty"`
	Product string     `json:"product,omitempty" doc:"for this product alone; for the whole campaign unless given"`
}

type extensionIn struct {
	ByID
	Writing
	Body extensionBody
}

type extensionOut struct{ Body casework.Extended }

func (a *API) extendDeadline(ctx context.Context, in *extensionIn) (*extensionOut, error) {
	key, err := in.key(ctx, "POST /deadlines/{id}/extension", in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	done, err := a.Desk.Extend(ctx, casework.Extension{Deadline: in.ID, Product: in.Body.Product, To: in.Body.To, Reason: in.Body.Reason,
		Actor: sessionOf(ctx).Actor, Key: key})
	return &extensionOut{done}, err
}

type calendarItem struct {
	Name  string    `json:"name"`
	Title ocop.Text `json:"title"`
	Hash  string    `json:"hash"`
	Years []int     `json:"years" doc:"whose announcements are all recorded"`
}

func (a *API) listCalendars(ctx context.Context, _ *struct{}) (*listOf[calendarItem], error) {
	all, err := a.Desk.Calendars(ctx)
	out := &listOf[calendarItem]{Body: list[calendarItem]{Items: []calendarItem{}}}
	for _, c := range all {
		out.Body.Items = append(out.Body.Items, calendarItem{c.Name, c.Title, c.Hash, c.Years})
	}
	return out, err
}

type calendarIn struct {
	Name string `path:"name"`
}

type calendarOut struct{ Body calendar.Days }

func (a *API) getCalendar(ctx context.Context, in *calendarIn) (*calendarOut, error) {
	all, err := a.Desk.Calendars(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.Name == in.Name {
			return &calendarOut{*c}, nil
		}
	}
	return nil, casework.NotFound()
}

func (a *API) importCalendar(ctx context.Context, in *importIn) (*calendarOut, error) {
	actor := sessionOf(ctx).Actor
	if !actor.Has(access.Admin) {
		return nil, adminOnly()
	}
	name := in.Body.Name
	if name == "" {
		name = "calendar.yaml"
	}
	c, err := a.Desk.ImportCalendar(ctx, actor, name, []byte(in.Body.YAML))
	if err != nil {
		return nil, err
	}
	return &calendarOut{*c}, nil
}
