package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// remedyChanges are the rows of remedies that an inspection adds and changes.
type remedyChanges struct{ fresh, changed []store.Remedy }

func (c remedyChanges) save(ctx context.Context, tx *sqldb.Tx) error {
	if err := store.InsertRemedies(ctx, tx, c.fresh); err != nil {
		return err
	}
	return store.SaveRemedies(ctx, tx, c.changed)
}

// onto gives the remedies that wait once the changes are made.
func (c remedyChanges) onto(list []store.Remedy) []store.Remedy {
	all := slices.Concat(c.fresh, c.changed)
	for _, r := range list {
		if !slices.ContainsFunc(all, func(o store.Remedy) bool { return o.ID == r.ID }) {
			all = append(all, r)
		}
	}
	return slices.DeleteFunc(all, func(r store.Remedy) bool { return !r.Waits() })
}

// identified gives each finding an id: its own, that of the same words before,
// or a new one; and finds the units that are to see to them.
func (x *dossier) identified(ctx context.Context, q sqldb.Querier, before, now []store.Found) ([]store.Found, error) {
	bad := inspectionWrong()
	now = slices.Clone(now)
	taken := map[string]bool{}
	for n, f := range now {
		known := slices.ContainsFunc(before, func(o store.Found) bool { return o.ID == f.ID })
		if f.ID != "" && (!known || taken[f.ID]) {
			bad.At(fmt.Sprintf("body.findings[%d].id", n), "Không có phát hiện này trong biên bản.", "The inspection has no such finding.")
		}
		taken[f.ID] = true
	}
	for n := range now {
		f := &now[n]
		if f.ID == "" {
			same := slices.IndexFunc(before, func(o store.Found) bool {
				return o.ID != "" && !taken[o.ID] && o.Topic == f.Topic && o.Remedy == f.Remedy
			})
			if same >= 0 {
				f.ID = before[same].ID
			} else {
				f.ID = NewID()
			}
			taken[f.ID] = true
		}
		if f.OwnerUnit == "" {
			continue
		}
		u, err := store.UnitBy(ctx, q, f.OwnerUnit)
		if err != nil {
			return nil, err
		}
		if u == nil || u.Kind == ocop.Producers && u.ID != x.product.Producer.ID {
			bad.At(fmt.Sprintf("body.findings[%d].owner_unit", n), "Phải là chủ thể của sản phẩm hoặc một đơn vị.", "Must be the product's producer, or a unit.")
			continue
		}
		f.OwnerUnit = u.ID
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return now, nil
}

// remediesAfter are the remedies of an inspection as its findings ask for them.
func remediesAfter(ctx context.Context, q sqldb.Querier, i store.Inspection, by string, now time.Time) (c remedyChanges, err error) {
	there, err := store.RemediesOf(ctx, q, i.ID)
	if err != nil {
		return c, err
	}
	for _, r := range there {
		at := slices.IndexFunc(i.Findings, func(f store.Found) bool { return f.ID == r.ID && f.Remedy != "" })
		was := r
		if at >= 0 {
			r = asked(r, i.Findings[at], by, now)
		} else if r.Waits() {
			r.State, r.DecidedBy, r.DecidedAt = store.RemedyDropped, by, &now
		}
		if r.State != was.State || r.Owner != was.Owner || !sameDay(r.Due, was.Due) {
			r.Version++
			c.changed = append(c.changed, r)
		}
	}
	for _, f := range i.Findings {
		if f.Remedy == "" || slices.ContainsFunc(there, func(r store.Remedy) bool { return r.ID == f.ID }) {
			continue
		}
		r := store.Remedy{ID: f.ID, Inspection: i.ID, Product: i.Product, State: store.RemedyOpen, Version: 1}
		c.fresh = append(c.fresh, asked(r, f, by, now))
	}
	return c, nil
}

func sameDay(a, b *ocop.Date) bool { return a == b || a != nil && b != nil && *a == *b }

// asked is a remedy as a finding has it: one that the office closes is confirmed,
// one that it opens again waits for its owner.
func asked(r store.Remedy, f store.Found, by string, now time.Time) store.Remedy {
	r.Owner, r.Due = f.OwnerUnit, f.By
	switch {
	case f.Closed && r.State != store.RemedyConfirmed:
		r.State, r.DecidedBy, r.DecidedAt = store.RemedyConfirmed, by, &now
	case !f.Closed && !r.Waits():
		r.State, r.DecidedBy, r.DecidedAt = store.RemedyOpen, by, &now
	}
	return r
}

// remedyPrefix begins the id of a remedy's deadline.
const remedyPrefix = "remedy:"

// remedyDues are the days by which remedies are to be done. Who reported one in
// time has met it; confirming is the office's.
func (x *dossier) remedyDues() (out []calendar.Due) {
	for _, r := range x.remedies {
		if r.Due == nil {
			continue
		}
		out = append(out, calendar.Due{ID: remedyPrefix + r.ID, Code: "remedy", Source: "inspection", Kind: calendar.By, Date: *r.Due, LastDay: *r.Due,
			Title: ocop.Text{Vi: "Khắc phục sau kiểm tra thực tế", En: "Remedy after a field inspection"}, Wording: x.words(r),
			Who: x.remedyWho(r), Met: r.State != store.RemedyOpen, Verified: true, Chase: calendar.Chase{Remind: []int{7, 1}}})
	}
	return out
}

// words are those in which the finding asks for a remedy; "" once they are forgotten.
func (x *dossier) words(r store.Remedy) string {
	for _, i := range x.inspections {
		if i.ID != r.Inspection {
			continue
		}
		for _, f := range i.Findings {
			if f.ID == r.ID {
				return f.Remedy
			}
		}
	}
	return ""
}

// remedyWho are the roles that a remedy waits for, and those who chase it.
func (x *dossier) remedyWho(r store.Remedy) []string {
	owner := access.Department
	switch {
	case r.Owner == "" || r.Owner == x.product.Producer.ID:
		owner = access.Producer
	case x.product.Commune != nil && r.Owner == x.product.Commune.ID:
		owner = access.Commune
	}
	return []string{string(owner), string(access.Office)}
}

// RemedyStep is what somebody says about a remedy.
type RemedyStep struct {
	Remedy   string
	Comment  string
	Document string // evidence, one of the product's
	Version  *int64
	Actor    access.Actor
	Key      *commit.Key
}

// ReportRemedy says that a remedy was done. It is for its owner, or for the
// office on the owner's behalf.
//
// Faults: not_found; stale; who_may_not (Forbidden); remedy_state (Conflict);
// remedy_wrong (Invalid).
func (d *Desk) ReportRemedy(ctx context.Context, s RemedyStep) (store.Remedy, error) {
	return d.stepRemedy(ctx, s, "report_remedy", store.RemedyOpen, store.RemedyDone)
}

// ConfirmRemedy closes a remedy; it need not have been reported.
//
// Faults: those of ReportRemedy.
func (d *Desk) ConfirmRemedy(ctx context.Context, s RemedyStep) (store.Remedy, error) {
	return d.stepRemedy(ctx, s, "confirm_remedy", "", store.RemedyConfirmed)
}

// ReturnRemedy sends a report back, with the reason.
//
// Faults: those of ReportRemedy.
func (d *Desk) ReturnRemedy(ctx context.Context, s RemedyStep) (store.Remedy, error) {
	return d.stepRemedy(ctx, s, "return_remedy", store.RemedyDone, store.RemedyOpen)
}

func (d *Desk) stepRemedy(ctx context.Context, s RemedyStep, event string, from, to store.RemedyState) (store.Remedy, error) {
	first, err := store.RemedyByID(ctx, d.DB, s.Remedy)
	if err != nil {
		return store.Remedy{}, err
	}
	if first == nil {
		return store.Remedy{}, NotFound()
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		files, err := d.dossiers(ctx, q, []string{first.Product})
		if err != nil {
			return commit.Outcome{}, err
		}
		r, err := store.RemedyByID(ctx, q, s.Remedy)
		if err != nil {
			return commit.Outcome{}, err
		}
		x := files[first.Product]
		if err := x.judgeRemedy(s, *r, event, from); err != nil {
			return commit.Outcome{}, err
		}
		r.State, r.Comment, r.Version = to, strings.TrimSpace(s.Comment), r.Version+1
		if event == "report_remedy" {
			r.Document, r.ReportedBy, r.ReportedAt = s.Document, s.Actor.ID, &now
		} else {
			r.DecidedBy, r.DecidedAt = s.Actor.ID, &now
		}
		return d.remedyOutcome(ctx, q, x, *r, s, event, now)
	}
	return commit.Do[store.Remedy](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: s.Key, Locks: []string{"product:" + first.Product}})
}

// remedyOutcome writes a remedy and, once it is confirmed, closes its finding.
func (d *Desk) remedyOutcome(ctx context.Context, q sqldb.Querier, x *dossier, r store.Remedy, s RemedyStep, event string, now time.Time) (commit.Outcome, error) {
	var closed *store.Inspection
	if r.State == store.RemedyConfirmed {
		i, err := store.InspectionByID(ctx, q, r.Inspection)
		if err != nil {
			return commit.Outcome{}, err
		}
		i.Findings = slices.Clone(i.Findings)
		for n := range i.Findings {
			i.Findings[n].Closed = i.Findings[n].Closed || i.Findings[n].ID == r.ID
		}
		i.Open = i.OpenRemedies()
		x.replace(*i)
		closed = i
	}
	x.remedies = remedyChanges{changed: []store.Remedy{r}}.onto(x.remedies)
	plan, err := d.agenda(x, now)
	if err != nil {
		return commit.Outcome{}, err
	}
	return commit.Outcome{
		Drafts: []ledger.Draft{remedyDraft(r, s, event)},
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			if err := store.SaveRemedies(ctx, tx, []store.Remedy{r}); err != nil {
				return err
			}
			if closed != nil {
				if err := store.UpdateInspection(ctx, tx, *closed); err != nil {
					return err
				}
			}
			return plan.save(ctx, tx, r.Product, now)
		}),
		Answer: func([]ledger.Entry) any { return r },
	}, nil
}

func (x *dossier) judgeRemedy(s RemedyStep, r store.Remedy, event string, from store.RemedyState) error {
	if x == nil || !sees(s.Actor, x.product) && !Owns(s.Actor, r, x.product) {
		return NotFound()
	}
	office := MayInspect(s.Actor, x.product.Path)
	if !office && (event != "report_remedy" || !Owns(s.Actor, r, x.product)) {
		return fault.New(fault.Forbidden, "who_may_not", "Báo đã khắc phục là việc của bên phải khắc phục; xác nhận hoặc trả lại là việc của Văn phòng Điều phối hoặc thư ký hội đồng.",
			"Reporting a remedy is for whoever has to see to it; confirming it or sending it back is for the coordination office or a council's secretary.")
	}
	bad := fault.New(fault.Invalid, "remedy_wrong", "Nội dung khắc phục chưa đúng.", "What was said about the remedy is not right.")
	n := utf8.RuneCountInString(strings.TrimSpace(s.Comment))
	if n > maxWords || n == 0 && event != "confirm_remedy" {
		bad.At("body.comment", fmt.Sprintf("Phải ghi rõ, tối đa %d ký tự.", maxWords), fmt.Sprintf("Say what was done or is missing, in at most %d characters.", maxWords))
	}
	if s.Document != "" && !slices.ContainsFunc(x.documents, func(f store.Document) bool { return f.ID == s.Document }) {
		bad.At("body.document", "Không có tài liệu này của sản phẩm.", "The product has no such document.")
	}
	switch {
	case len(bad.Fields) > 0:
		return bad
	case s.Version != nil && *s.Version != r.Version:
		return fault.New(fault.Stale, "stale", fmt.Sprintf("Việc khắc phục đã thay đổi (nay là phiên bản %d). Hãy tải lại.", r.Version),
			fmt.Sprintf("The remedy was changed (now version %d). Reload.", r.Version))
	case from != "" && r.State != from || !r.Waits():
		return fault.New(fault.Conflict, "remedy_state", "Việc khắc phục không ở trạng thái cho phép việc này. Hãy tải lại trang.", "The remedy is not in a state that allows this. Reload.")
	}
	return nil
}

// Owns reports whether a remedy is the actor's to see to.
func Owns(a access.Actor, r store.Remedy, p *ocop.Product) bool {
	if r.Owner == "" || r.Owner == p.Producer.ID {
		_, ok := a.Holds(access.Producer, p.OwnerPath)
		return ok
	}
	return slices.ContainsFunc(a.Grants, func(g access.Grant) bool { return g.Unit == r.Owner })
}

func remedyDraft(r store.Remedy, s RemedyStep, event string) ledger.Draft {
	d := ledger.Draft{Stream: "product:" + r.Product, Kind: ledger.KindRecord, Event: event, Product: r.Product, Actor: ActorOf(s.Actor),
		Data: ledger.Map{"inspection": r.Inspection, "remedy": r.ID, "state": string(r.State), "version": r.Version}}
	if r.Comment != "" {
		d.Private = []ledger.Private{NewPrivate("comment", r.Comment)}
	}
	if s.Key != nil {
		d.Key = s.Key.Key
	}
	return d
}

// Chases reports whether a remedy stands on the actor's own list: it is theirs to
// see to, or theirs to confirm.
func Chases(a access.Actor, r store.Asked) bool {
	return MayInspect(a, r.Place) || Owns(a, r.Remedy, &ocop.Product{Producer: r.Producer, OwnerPath: r.Owned})
}

// Remedies lists those of products in the actor's view.
func (d *Desk) Remedies(ctx context.Context, a access.Actor, f store.RemedyFilter) ([]store.Asked, error) {
	f.View = a.Products()
	return store.ListRemedies(ctx, d.DB, f)
}

// RemediesOf are all of an inspection that the actor may see.
//
// Faults: not_found.
func (d *Desk) RemediesOf(ctx context.Context, a access.Actor, inspection string) ([]store.Remedy, error) {
	if _, err := d.Inspection(ctx, a, inspection); err != nil {
		return nil, err
	}
	return store.RemediesOf(ctx, d.DB, inspection)
}
