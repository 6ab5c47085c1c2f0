package petition

import (
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
	"ocopflow/internal/workflow"
)

// pages are where petitions are seen, by their procedures.
var pages = map[string]string{"support": "/support/requests/", "complaint": "/complaints/requests/"}

// Page is where the petition of a stream is seen.
func Page(stream string) string {
	procedure, id, _ := strings.Cut(stream, ":")
	return pages[procedure] + id
}

// Keeps implements casework.Keeper.
func (d *Desk) Keeps(stream string) bool { return !casework.IsCampaign(stream) }

// Matters implements casework.Keeper: the deadlines of petitions under way.
func (d *Desk) Matters(ctx context.Context, q sqldb.Querier, streams []string, now time.Time) (map[string]*casework.Matter, error) {
	list := make([]string, len(streams))
	for i, s := range streams {
		list[i] = store.PetitionOf(s)
	}
	known, err := known(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var under []*file
	for _, x := range known {
		if x.petition.Track != ocop.NoTrack && slices.Contains(streams, x.stream()) {
			under = append(under, x)
		}
	}
	return d.matters(ctx, q, under, now)
}

// matters works out the deadlines of petitions as they stand, with a constant
// number of statements, and one more for each campaign.
func (d *Desk) matters(ctx context.Context, q sqldb.Querier, list []*file, now time.Time) (map[string]*casework.Matter, error) {
	out := map[string]*casework.Matter{}
	var streams, ids, campaigns []string
	of := map[string][]calendar.Due{}
	for _, x := range list {
		rules, err := d.rules(x.petition)
		m := &casework.Matter{ID: x.stream(), Name: x.petition.Code + " · " + x.petition.Asker.Name, Page: Page(x.stream()), Missing: err != nil}
		out[m.ID], streams = m, append(streams, m.ID)
		if m.Missing || x.petition.Track == ocop.NoTrack {
			continue
		}
		k := workflow.Reckoning{ID: x.petition.ID, Days: d.Cases.Days(rules.Calendar), Known: ocop.DateOf(now)}
		of[m.ID], m.Next = rules.Dues(x.subject(rules), x.facts(ocop.DateOf(now)), k)
		if c := x.petition.Campaign; c != "" && !slices.Contains(campaigns, c) {
			campaigns = append(campaigns, c)
		}
	}
	if len(list) == 0 {
		return out, nil
	}
	plans, err := d.plans(ctx, q, campaigns)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		m := out[x.stream()]
		if due, ok := x.answered(plans[x.petition.Campaign]); ok && !m.Missing {
			rules, _ := d.rules(x.petition)
			due.Extend, due.Chase = rules.Extend, rules.Chase
			of[m.ID] = append(of[m.ID], due)
		}
		for _, due := range of[m.ID] {
			ids = append(ids, due.ID)
		}
	}
	later, err := store.MatterExtensions(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	said, err := store.MatterMarks(ctx, q, streams)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		m := out[x.stream()]
		if m.Marks = said[m.ID]; m.Missing {
			continue
		}
		rules, _ := d.rules(x.petition)
		for _, due := range of[m.ID] {
			if e, ok := later[due.ID]; ok && e.LastDay > due.LastDay {
				due.Was, due.LastDay = &e.Was, e.LastDay
			}
			due.Overdue = due.Open() && ocop.DateOf(now) > due.LastDay
			m.Dues = append(m.Dues, casework.MatterDue{Due: due, Told: x.told(rules, whose(rules, x.petition, due)), Passed: x.told(rules, due.Chase.To)})
		}
		slices.SortStableFunc(m.Dues, func(a, b casework.MatterDue) int { return int(a.LastDay - b.LastDay) })
	}
	return out, nil
}

func (d *Desk) plans(ctx context.Context, q sqldb.Querier, campaigns []string) (map[string]casework.Plan, error) {
	if len(campaigns) == 0 || d.Cases.Plans == nil {
		return nil, nil
	}
	return d.Cases.Plans.Plans(ctx, q, campaigns)
}

// answered is the day by which the petition's campaign has such petitions
// answered; none when it was opened after that day.
func (x *file) answered(plan casework.Plan) (calendar.Due, bool) {
	answer, ok := plan.Answers[x.petition.Procedure]
	i := slices.IndexFunc(plan.Deadlines, func(d calendar.Deadline) bool { return d.Code == answer.Deadline })
	if !ok || i < 0 || len(x.acts) == 0 || x.petition.Track == ocop.NoTrack {
		return calendar.Due{}, false
	}
	due := plan.Deadlines[i].Due(plan.Code, calendar.Done{})
	if due.LastDay < ocop.DateOf(x.acts[0].At) {
		return calendar.Due{}, false
	}
	due.Met, due.MetOn = false, nil
	for _, a := range x.acts {
		if day := ocop.DateOf(a.At); slices.Contains(answer.Events, a.Event) {
			due.Met, due.MetOn = true, &day
		}
	}
	return due, true
}

// whose are the roles that a deadline is for: those that the procedure names, or
// of a campaign's those that can take the petition forward where it stands.
func whose(rules *workflow.Rules, n *store.Petition, due calendar.Due) (out []ocop.Role) {
	if due.Source != "campaign" {
		for _, who := range due.Who {
			out = append(out, ocop.Role(who))
		}
		return out
	}
	for _, t := range rules.Transitions.All() {
		for _, arm := range t.Arms {
			if !t.Aside && !arm.Stay && slices.Contains(arm.Tracks, n.Track) && slices.Contains(arm.From, n.State) {
				out = append(out, arm.By...)
			}
		}
	}
	return out
}

// told are roles of the procedure, each where it must be held.
func (x *file) told(rules *workflow.Rules, roles []ocop.Role) []store.Told {
	out := []store.Told{}
	places := x.subject(rules).Places
	for _, role := range roles {
		place, ok := places[rules.RoleScope(role)]
		if t := (store.Told{Role: rules.Held(role), Place: place}); ok && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// Sees implements casework.Keeper.
func (d *Desk) Sees(ctx context.Context, q sqldb.Querier, a access.Actor, stream string) (bool, error) {
	procedure, id, _ := strings.Cut(stream, ":")
	list, err := store.ListPetitions(ctx, q, store.PetitionFilter{View: ViewOf(a), Procedure: procedure, IDs: []string{id}, Limit: 1})
	return len(list) == 1, err
}

// Concerns implements casework.Keeper: open deadlines of petitions that are for the
// actor, the nearest first.
func (d *Desk) Concerns(ctx context.Context, a access.Actor, most int) (out []casework.Dated, err error) {
	const scan = 200
	f := store.PetitionFilter{View: ViewOf(a), Open: true, ByDue: true, Limit: scan}
	for {
		rows, err := store.ListPetitions(ctx, d.Cases.DB, f)
		if err != nil {
			return nil, err
		}
		var streams []string
		for _, n := range rows {
			streams = append(streams, Stream(n.Procedure, n.ID))
		}
		known, err := d.Matters(ctx, d.Cases.DB, streams, d.Cases.Clock())
		if err != nil {
			return nil, err
		}
		for i, n := range rows {
			f.After = f.Cursor(n)
			if n.Due == nil || len(out) >= most { // those without a deadline come last
				return out, nil
			}
			if m := known[streams[i]]; m != nil {
				out = append(out, concerning(m, n, a)...)
			}
		}
		if len(rows) < scan {
			return out, nil
		}
	}
}

func concerning(m *casework.Matter, n store.Petition, a access.Actor) (out []casework.Dated) {
	for _, due := range m.Dues {
		if due.Open() && slices.ContainsFunc(due.Told, func(t store.Told) bool { return t.ToldTo(a) }) {
			out = append(out, casework.Dated{Of: n.ID, Name: m.Name, Page: m.Page, Changed: n.UpdatedAt, Due: due.Due})
		}
	}
	return out
}

// Deadlines are those of a petition in the actor's view, with what was said about
// them; of one that is closed there are none.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Deadlines(ctx context.Context, a access.Actor, id string) ([]calendar.Due, []store.Mark, error) {
	x, _, err := d.load(ctx, d.Cases.DB, a, id)
	if err != nil {
		return nil, nil, err
	}
	known, err := d.matters(ctx, d.Cases.DB, []*file{x}, d.Cases.Clock())
	if err != nil {
		return nil, nil, err
	}
	m := known[x.stream()]
	return m.Deadlines(), append([]store.Mark{}, m.Marks...), nil
}
