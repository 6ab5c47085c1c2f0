package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Assigned is a duty of one organisation, and how far it is with it.
type Assigned struct {
	Campaign     string          `json:"campaign,omitempty"` // code, where several are listed
	Duty         string          `json:"duty"`               // code in the campaign
	Title        ocop.Text       `json:"title"`
	Organisation ocop.Ref        `json:"organisation"`
	Deadline     string          `json:"deadline,omitempty"`
	LastDay      *ocop.Date      `json:"last_day,omitempty"`
	State        store.DutyState `json:"state"`
	Owner        string          `json:"owner,omitempty"` // account that sees to it
	OwnerName    string          `json:"owner_name,omitempty"`
	DoneOn       *ocop.Date      `json:"done_on,omitempty"`
	Record       Record          `json:"record,omitempty"` // that says so, in place of a person
	Late         bool            `json:"late"`             // done after its last day, or not done and past it
	Note         string          `json:"note,omitempty"`
	Version      int64           `json:"version"` // 0 before anything was said
	Mine         bool            `json:"mine"`    // the reader may say how far it is
	path         ocop.Path
	changed      time.Time // when something was last said about it
}

// Duties of a campaign, by organisation. A producer or commune sees its own.
//
// Faults: not_found.
func (d *Desk) Duties(ctx context.Context, a access.Actor, key string) ([]Assigned, error) {
	c, err := d.Get(ctx, a, key)
	if err != nil {
		return nil, err
	}
	return d.duties(ctx, a, c)
}

func (d *Desk) duties(ctx context.Context, a access.Actor, c Campaign) ([]Assigned, error) {
	all, err := d.assigned(ctx, d.DB, c, nil)
	if err != nil {
		return nil, err
	}
	out := []Assigned{}
	for _, x := range all {
		if x.Mine = answers(a, x.path, c.path); x.Mine || follows(a, c.path) {
			out = append(out, x)
		}
	}
	return out, nil
}

// answers reports whether an actor may say how far an organisation is: its own
// people, and the office that plans the campaign.
func answers(a access.Actor, organisation, unit ocop.Path) bool {
	return may(a, unit) || slices.ContainsFunc(a.Grants, func(g access.Grant) bool { return g.Path == organisation && g.Role != access.Auditor })
}

// follows reports whether an actor sees every organisation's duties.
func follows(a access.Actor, unit ocop.Path) bool {
	return slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
		return unit.Within(g.Path) && g.Role != access.Producer && g.Role != access.Member
	})
}

// DutiesSoon are the reader's own duties that are late or due soon and not done,
// of the campaigns of this year and the last, the earliest first.
func (d *Desk) DutiesSoon(ctx context.Context, a access.Actor) (out []Assigned, err error) {
	today := d.Products.Today()
	err = d.ownDuties(ctx, a, func(c Campaign, x Assigned) {
		if s := x.status(today); x.LastDay != nil && (s == DueSoon || s == Overdue) && x.State != store.DutyNotHere {
			x.Campaign = c.Code
			out = append(out, x)
		}
	})
	slices.SortStableFunc(out, func(a, b Assigned) int { return cmp.Compare(*a.LastDay, *b.LastDay) })
	return out, err
}

// ownDuties gives the duties of the actor's own organisations, of the campaigns of
// this year and the last.
func (d *Desk) ownDuties(ctx context.Context, a access.Actor, each func(Campaign, Assigned)) error {
	var held []string
	for _, g := range a.Grants {
		if g.Role != access.Auditor && g.Role != access.Member {
			held = append(held, g.Unit)
		}
	}
	if len(held) == 0 {
		return nil
	}
	units, err := store.UnitsByID(ctx, d.DB, held)
	if err != nil {
		return err
	}
	rows, err := store.Campaigns(ctx, d.DB, "", 200)
	if err != nil {
		return err
	}
	own, today := map[string]bool{}, d.Products.Today()
	for _, u := range units {
		own[u.Code] = true
	}
	for _, row := range rows {
		if row.Year < today.Year()-1 || row.Year > today.Year() || !sees(a, row) {
			continue
		}
		c, err := d.view(ctx, row)
		if err != nil {
			return err
		}
		mine, err := d.assigned(ctx, d.DB, c, own)
		if err != nil {
			return err
		}
		for _, x := range mine {
			each(c, x)
		}
	}
	return nil
}

// assigned are the duties of each organisation, or of those in only, with what
// was said about them. A producer whose products are not entered yet has none.
func (d *Desk) assigned(ctx context.Context, q sqldb.Querier, c Campaign, only map[string]bool) ([]Assigned, error) {
	asked := make([][]string, len(c.Duties))
	var codes []string
	for i, duty := range c.Duties {
		for _, code := range c.organisations(duty) {
			if only == nil || only[code] {
				asked[i] = append(asked[i], code)
			}
		}
		codes = append(codes, asked[i]...)
	}
	if len(codes) == 0 {
		return nil, nil
	}
	units, err := store.UnitsByCode(ctx, q, unique(codes))
	if err != nil {
		return nil, err
	}
	said, err := store.Duties(ctx, q, c.ID)
	if err != nil {
		return nil, err
	}
	done, err := d.records(ctx, q, c)
	if err != nil {
		return nil, err
	}
	words, ends, today := map[[2]string]store.Duty{}, map[string]ocop.Date{}, d.Products.Today()
	for _, s := range said {
		words[[2]string{s.Duty, s.Organisation}] = s
	}
	for _, x := range c.Deadlines {
		ends[x.Code] = x.LastDay
	}
	var out []Assigned
	for i, duty := range c.Duties {
		for _, code := range asked[i] {
			u := units[code]
			if u == nil {
				continue
			}
			x := Assigned{Duty: duty.Code, Title: duty.Title, Organisation: ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}, Deadline: duty.Deadline, State: store.DutyOpen, path: u.Path}
			if last, ok := ends[duty.Deadline]; ok {
				x.LastDay = &last
			}
			if s, ok := words[[2]string{duty.Code, u.ID}]; ok {
				x.take(s)
			}
			if on := done[duty.Record]; on != nil && (x.State == store.DutyOpen || x.State == store.DutyBegun) {
				x.State, x.DoneOn, x.Record = store.DutyDone, on, duty.Record
			}
			x.Late = x.late(today)
			out = append(out, x)
		}
	}
	return out, nil
}

// records are the days on which what does a duty came on record.
func (d *Desk) records(ctx context.Context, q sqldb.Querier, c Campaign) (map[Record]*ocop.Date, error) {
	out, today := map[Record]*ocop.Date{}, d.Products.Today()
	for record, find := range map[Record]func(context.Context, sqldb.Querier, string, ocop.Date) (*ocop.Date, error){BySupportPlan: store.PlanApprovedOn, ByTraining: store.TrainingHeld} {
		if !slices.ContainsFunc(c.Duties, func(x Duty) bool { return x.Record == record }) {
			continue
		}
		on, err := find(ctx, q, c.ID, today)
		if err != nil {
			return nil, err
		}
		out[record] = on
	}
	return out, nil
}

// take fills in what was said about a duty.
func (x *Assigned) take(s store.Duty) {
	x.State, x.Owner, x.OwnerName, x.DoneOn, x.Note, x.Version = s.State, s.Owner, s.OwnerName, s.DoneOn, s.Note, s.Version
	x.changed = s.ChangedAt
}

// status is where the duty stands against its deadline; one without a deadline
// is ahead or met.
func (x *Assigned) status(today ocop.Date) Status {
	due := calendar.Due{Met: x.State == store.DutyDone, LastDay: today + Soon + 1}
	if x.LastDay != nil {
		due.LastDay, due.MetOn = *x.LastDay, x.DoneOn
	}
	return status(due, today)
}

func (x *Assigned) late(today ocop.Date) bool {
	s := x.status(today)
	return x.State != store.DutyNotHere && (s == Overdue || s == MetLate)
}

// organisations that a duty is asked of: of all producers or communes, those
// that take part, or those that the duty names or whose products are on its tracks.
func (c Campaign) organisations(duty Duty) (out []string) {
	add := func(code string) {
		if len(duty.Only) == 0 || slices.Contains(duty.Only, code) {
			out = append(out, code)
		}
	}
	switch duty.Unit {
	case "producers":
		for _, p := range c.Products {
			if len(duty.Tracks) == 0 || slices.Contains(duty.Tracks, p.Plan.Track) {
				add(p.Producer)
			}
		}
	case "communes":
		for _, e := range c.Expectations {
			add(e.Unit)
		}
		for _, code := range slices.Concat(c.Participants, duty.Only) {
			if c.kinds[code] == ocop.Commune {
				add(code)
			}
		}
	default:
		add(duty.Unit)
	}
	return unique(out)
}

// unique keeps the first of each.
func unique(list []string) (out []string) {
	seen := make(map[string]bool, len(list))
	for _, x := range list {
		if !seen[x] {
			seen[x], out = true, append(out, x)
		}
	}
	return out
}

// Word is what somebody says about a duty of an organisation.
type Word struct {
	Duty         string // code in the campaign
	Organisation string // id or code
	State        store.DutyState
	Owner        string     // id or name of an account; "" for nobody
	DoneOn       *ocop.Date // today unless given
	Note         string
}

// maxNote bounds a note, in characters.
const maxNote = 2000

// Say puts on record how far an organisation is with a duty. Version is that of
// the duty, 0 before anything was said. That a duty does not apply is the planning
// office's to say.
//
// Faults: not_found; who_may_not (Forbidden); stale; duty_wrong (Invalid).
func (d *Desk) Say(ctx context.Context, r Request, w Word) (Assigned, error) {
	c, err := d.Get(ctx, r.Actor, r.Campaign)
	if err != nil {
		return Assigned{}, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		all, err := d.assigned(ctx, q, c, nil)
		if err != nil {
			return commit.Outcome{}, err
		}
		at := slices.IndexFunc(all, func(x Assigned) bool {
			return x.Duty == w.Duty && (x.Organisation.ID == w.Organisation || x.Organisation.Code == w.Organisation)
		})
		if at < 0 || !answers(r.Actor, all[at].path, c.path) && !follows(r.Actor, c.path) {
			return commit.Outcome{}, casework.NotFound()
		}
		x := all[at]
		if !answers(r.Actor, x.path, c.path) || w.State == store.DutyNotHere && !may(r.Actor, c.path) {
			return commit.Outcome{}, fault.New(fault.Forbidden, "who_may_not", "Nhiệm vụ này không do bạn báo.", "This duty is not yours to report on.")
		}
		if r.Version != nil && *r.Version != x.Version {
			return commit.Outcome{}, stale(x.Version)
		}
		duty := store.Duty{Campaign: c.ID, Duty: x.Duty, Organisation: x.Organisation.ID, State: w.State, DoneOn: w.DoneOn, Note: strings.TrimSpace(w.Note),
			ChangedBy: r.Actor.ID, ChangedAt: now, Version: x.Version + 1}
		if err := w.check(ctx, q, &duty, ocop.DateOf(now)); err != nil {
			return commit.Outcome{}, err
		}
		x.take(duty)
		x.Record = ByReport
		x.Mine, x.Late = true, x.late(ocop.DateOf(now))
		return commit.Outcome{
			Drafts: []ledger.Draft{dutyDraft(r, c, duty)},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				if err := store.SaveDuty(ctx, tx, duty); err != nil {
					return err
				}
				return store.ReckonMatter(ctx, tx, casework.CampaignStream+c.ID, now)
			}),
			Answer: func([]ledger.Entry) any { return x },
		}, nil
	}
	return commit.Do[Assigned](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key, Locks: []string{"campaign:" + c.Code}})
}

// check looks at what is said and fills in what follows from it.
func (w Word) check(ctx context.Context, q sqldb.Querier, duty *store.Duty, today ocop.Date) error {
	bad := fault.New(fault.Invalid, "duty_wrong", "Nội dung báo cáo nhiệm vụ chưa đúng.", "What is said about the duty is not right.")
	if !slices.Contains([]store.DutyState{store.DutyOpen, store.DutyBegun, store.DutyDone, store.DutyNotHere}, w.State) {
		bad.At("body.state", "Trạng thái là open, in_progress, done hoặc not_applicable.", "The state is open, in_progress, done or not_applicable.")
	}
	switch {
	case w.State != store.DutyDone:
		duty.DoneOn = nil
	case w.DoneOn == nil:
		duty.DoneOn = &today
	case *w.DoneOn > today:
		bad.At("body.done_on", "Ngày hoàn thành không được ở tương lai.", "The day on which it was done must not lie in the future.")
	}
	if utf8.RuneCountInString(duty.Note) > maxNote {
		bad.At("body.note", fmt.Sprintf("Nhiều nhất %d ký tự.", maxNote), fmt.Sprintf("At most %d characters.", maxNote))
	}
	if w.Owner != "" {
		acc, err := store.AccountBy(ctx, q, w.Owner)
		if err != nil {
			return err
		}
		if acc == nil || acc.Disabled {
			bad.At("body.owner", "Không có tài khoản này.", "There is no such account.")
		} else {
			duty.Owner, duty.OwnerName = acc.ID, acc.Display
		}
	}
	return bad.OrNil()
}

func dutyDraft(r Request, c Campaign, duty store.Duty) ledger.Draft {
	d := ledger.Draft{Stream: "campaign:" + c.ID, Kind: ledger.KindRecord, Event: "report_duty", Actor: casework.ActorOf(r.Actor),
		Data: ledger.Map{"duty": duty.Duty, "organisation": duty.Organisation, "state": string(duty.State)}}
	if r.Key != nil {
		d.Key = r.Key.Key
	}
	return d
}
