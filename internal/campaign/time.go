package campaign

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// answering is which petitions a record of a duty answers, and by which moves.
var answering = map[Record]struct {
	procedure string
	events    []ocop.Event
}{BySupportPlan: {"support", []ocop.Event{"approve"}}}

// answers are the deadlines by which a campaign has petitions answered.
func (f File) answers() map[string]casework.Answer {
	out := map[string]casework.Answer{}
	for _, duty := range f.Duties {
		if by, ok := answering[duty.Record]; ok && duty.Deadline != "" {
			out[by.procedure] = casework.Answer{Deadline: duty.Deadline, Events: by.events}
		}
	}
	return out
}

// Keeps implements casework.Keeper.
func (d *Desk) Keeps(stream string) bool { return casework.IsCampaign(stream) }

// Matters implements casework.Keeper: the duties of organisations that have a day.
func (d *Desk) Matters(ctx context.Context, q sqldb.Querier, streams []string, now time.Time) (map[string]*casework.Matter, error) {
	list := make([]string, len(streams))
	for i, s := range streams {
		list[i] = strings.TrimPrefix(s, casework.CampaignStream)
	}
	rows, err := store.CampaignsByID(ctx, q, list)
	if err != nil {
		return nil, err
	}
	said, err := store.MatterMarks(ctx, q, streams)
	if err != nil {
		return nil, err
	}
	out := map[string]*casework.Matter{}
	for _, row := range rows {
		m, err := d.matter(ctx, q, row, ocop.DateOf(now))
		if err != nil {
			return nil, err
		}
		m.Marks = said[m.ID]
		out[m.ID] = m
	}
	return out, nil
}

func (d *Desk) matter(ctx context.Context, q sqldb.Querier, row store.Campaign, today ocop.Date) (*casework.Matter, error) {
	c, err := d.viewIn(ctx, q, row)
	if err != nil {
		return nil, err
	}
	m := &casework.Matter{ID: casework.CampaignStream + c.ID, Name: c.Title.Vi, Page: "/campaigns/" + c.Code}
	if c.Year < today.Year()-1 {
		return m, nil // nobody runs after what an older year left undone
	}
	chase := calendar.Chase{}
	if rules, err := d.Products.Library.InForce(c.Procedure, today); err == nil {
		chase = rules.Chase
	}
	all, err := d.assigned(ctx, q, c, nil)
	for _, x := range all {
		if due, ok := x.due(c, today); ok {
			due.Chase = chase
			m.Dues = append(m.Dues, casework.MatterDue{Due: due, Of: x.Organisation.Name, Told: x.told(c), Passed: passed(c, chase)})
		}
	}
	return m, err
}

// due is the deadline of a duty; none when it has no day, or does not apply.
func (x Assigned) due(c Campaign, today ocop.Date) (calendar.Due, bool) {
	i := slices.IndexFunc(c.Deadlines, func(d Deadline) bool { return d.Code == x.Deadline })
	if i < 0 || x.State == store.DutyNotHere {
		return calendar.Due{}, false
	}
	at := c.Deadlines[i]
	due := calendar.Due{ID: c.Code + "." + x.Duty + "@" + x.Organisation.Code, Code: x.Duty, Title: x.Title, Who: []string{x.Organisation.Code}, Source: "campaign",
		Wording: at.Wording, Kind: calendar.Kind(at.Kind), Date: at.Date, LastDay: at.LastDay, Was: at.Was, Rest: at.Rest, Verified: !at.Assumed,
		Met: x.State == store.DutyDone, MetOn: x.DoneOn, Extend: []ocop.Role{}}
	due.Overdue = due.Open() && today > due.LastDay
	return due, true
}

// told are the people of the organisation, where they may see the campaign.
func (x Assigned) told(c Campaign) []store.Told {
	if !x.path.Within(c.path) && !c.path.Within(x.path) {
		return nil
	}
	return []store.Told{{Place: x.path}}
}

// passed are those to whom a duty that is late is passed on.
func passed(c Campaign, chase calendar.Chase) (out []store.Told) {
	for _, role := range chase.To {
		out = append(out, store.Told{Role: role, Place: c.path})
	}
	return out
}

// Sees implements casework.Keeper.
func (d *Desk) Sees(ctx context.Context, q sqldb.Querier, a access.Actor, stream string) (bool, error) {
	c, err := store.CampaignBy(ctx, q, strings.TrimPrefix(stream, casework.CampaignStream))
	return err == nil && c != nil && sees(a, *c), err
}

// Concerns implements casework.Keeper: duties of the actor's own organisations that
// have a day and are not done.
func (d *Desk) Concerns(ctx context.Context, a access.Actor, most int) ([]casework.Dated, error) {
	var out []casework.Dated
	today := d.Products.Today()
	err := d.ownDuties(ctx, a, func(c Campaign, x Assigned) {
		if due, ok := x.due(c, today); ok && due.Open() {
			out = append(out, casework.Dated{Of: c.ID, Name: x.Organisation.Name, Page: "/campaigns/" + c.Code, Changed: x.changed, Due: due})
		}
	})
	slices.SortStableFunc(out, func(a, b casework.Dated) int { return cmp.Compare(a.LastDay, b.LastDay) })
	return out[:min(len(out), most)], err
}
