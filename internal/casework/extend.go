package casework

import (
	"cmp"
	"context"
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
	"ocopflow/internal/workflow"
)

// Extension asks for a later last day of a deadline.
type Extension struct {
	Deadline string // id: that of a campaign and its code, or of a product's agenda
	Product  string // id; "" for all products of the campaign
	To       *ocop.Date
	Reason   string
	Actor    access.Actor
	Key      *commit.Key
}

// Extended is the answer to one that stood.
type Extended struct {
	Deadline string    `json:"deadline"`
	Product  string    `json:"product,omitempty"`
	Was      ocop.Date `json:"was"`
	LastDay  ocop.Date `json:"last_day"`
	Entry    int64     `json:"entry"`
}

// Deadlines are those of a product, worked out as of today, with what was said
// about them.
//
// Faults: not_found.
func (d *Desk) Deadlines(ctx context.Context, a access.Actor, product string) ([]calendar.Due, []store.Mark, error) {
	files, err := d.dossiers(ctx, d.DB, []string{product})
	if err != nil {
		return nil, nil, err
	}
	x := files[product]
	if x == nil || !sees(a, x.product) {
		return nil, nil, NotFound()
	}
	plan, err := d.agenda(x, d.Clock())
	return plan.dues, x.marks, err
}

// maxExtension bounds how far a deadline can be put off, in days.
const maxExtension = 3660

// check looks at the shape of what is asked.
func (e Extension) check() error {
	bad := fault.New(fault.Invalid, "extension_wrong", "Nội dung gia hạn chưa đúng.", "The extension is not right.")
	if e.To == nil {
		bad.At("body.to", "Phải ghi ngày cuối mới.", "The new last day is needed.")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(e.Reason)); n == 0 || n > workflow.MaxComment {
		bad.At("body.reason", "Phải ghi lý do, không quá 4000 ký tự.", "A reason is needed, of at most 4000 characters.")
	}
	return bad.OrNil()
}

// Extend puts a deadline off, for a whole campaign or for one product. The old
// day stays visible.
//
// Faults: not_found; extension_wrong (Invalid); who_may_not (Forbidden);
// not_later (Refused).
func (d *Desk) Extend(ctx context.Context, e Extension) (Extended, error) {
	prefix, code, ok := cutLast(e.Deadline)
	if !ok {
		return Extended{}, NotFound()
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		x, due, err := d.toExtend(ctx, q, e, prefix, code, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		if err := e.check(); err != nil {
			return commit.Outcome{}, err
		}
		if err := mayExtend(e.Actor, x.place, due.Extend); err != nil {
			return commit.Outcome{}, err
		}
		if *e.To <= due.LastDay || *e.To > due.LastDay+maxExtension {
			return commit.Outcome{}, notLater(due, e)
		}
		row := store.Extension{ID: NewID(), Deadline: due.ID, Campaign: x.campaign, Product: e.Product, Was: due.LastDay, LastDay: *e.To, By: e.Actor.ID, At: now}
		out := Extended{Deadline: due.ID, Product: e.Product, Was: due.LastDay, LastDay: *e.To}
		return commit.Outcome{
			Drafts: []ledger.Draft{extensionDraft(x, row, e)},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
				row.Entry = entries[0].Index
				if err := store.InsertExtension(ctx, tx, row); err != nil {
					return err
				}
				return x.reckon(ctx, tx, now)
			}),
			Answer: func(entries []ledger.Entry) any { out.Entry = entries[0].Index; return out },
		}, nil
	}
	done, err := commit.Do[Extended](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: e.Key, Locks: []string{"deadline:" + e.Deadline}})
	if err != nil {
		return done, err
	}
	_, err = d.Sweep(ctx)
	return done, err
}

// cutLast splits an id at its last dot.
func cutLast(id string) (prefix, code string, ok bool) {
	i := strings.LastIndexByte(id, '.')
	if i < 0 {
		return "", "", false
	}
	return id[:i], id[i+1:], true
}

// extending is whose deadline is put off.
type extending struct {
	stream   string
	campaign string // id, "" for a procedure's
	matter   string // its stream, "" for a product's
	product  *ocop.Product
	place    ocop.Path // where the role must be held
}

// reckon asks for the agendas that follow to be worked out again.
func (x extending) reckon(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	if x.product != nil {
		return store.ReckonProduct(ctx, tx, x.product.ID, now)
	}
	if x.matter != "" {
		return store.ReckonMatter(ctx, tx, x.matter, now)
	}
	if err := ReckonCampaign(ctx, tx, x.campaign, now); err != nil {
		return err
	}
	return store.ReckonCampaign(ctx, tx, x.campaign, now)
}

// toExtend finds the deadline as it stands: on the agenda of the product that
// is named or whose round the id names, else in the campaign.
func (d *Desk) toExtend(ctx context.Context, q sqldb.Querier, e Extension, prefix, code string, now time.Time) (extending, calendar.Due, error) {
	id := e.Product
	plan, err := d.Plans.PlanOf(ctx, q, e.Actor, prefix)
	ofCampaign := err == nil
	switch {
	case ofCampaign && id == "":
		return d.ofCampaign(plan, prefix, code, now)
	case !ofCampaign && !fault.Is(err, fault.NotFound):
		return extending{}, calendar.Due{}, err
	case !ofCampaign && id == "":
		if id, err = store.ProductOfRound(ctx, q, prefix); err != nil {
			return extending{}, calendar.Due{}, err
		}
		if id == "" {
			return d.ofMatter(ctx, q, e, prefix, now)
		}
	}
	files, err := d.dossiers(ctx, q, []string{id})
	if err != nil {
		return extending{}, calendar.Due{}, err
	}
	x := files[id]
	if x == nil || !sees(e.Actor, x.product) {
		return extending{}, calendar.Due{}, NotFound()
	}
	agenda, err := d.agenda(x, now)
	if err != nil {
		return extending{}, calendar.Due{}, err
	}
	i := slices.IndexFunc(agenda.dues, func(due calendar.Due) bool { return due.ID == e.Deadline })
	if i < 0 {
		return extending{}, calendar.Due{}, NotFound()
	}
	on := extending{stream: "product:" + id, product: x.product, place: x.product.Path}
	if ofCampaign {
		on.campaign, on.place = plan.Campaign, plan.Unit
	}
	return on, agenda.dues[i], nil
}

// ofMatter is a deadline of a petition, by its id.
func (d *Desk) ofMatter(ctx context.Context, q sqldb.Querier, e Extension, petition string, now time.Time) (extending, calendar.Due, error) {
	list, err := store.Petitions(ctx, q, []string{petition})
	if err != nil || list[petition] == nil {
		return extending{}, calendar.Due{}, cmp.Or(err, error(NotFound()))
	}
	n := list[petition]
	m, err := d.MatterFor(ctx, q, e.Actor, n.Procedure+":"+n.ID, now)
	if err != nil {
		return extending{}, calendar.Due{}, err
	}
	for _, due := range m.Dues {
		if due.ID == e.Deadline {
			return extending{stream: m.ID, matter: m.ID, place: n.UnitPath}, due.Due, nil
		}
	}
	return extending{}, calendar.Due{}, NotFound()
}

// ofCampaign is a campaign's deadline for all its products.
func (d *Desk) ofCampaign(plan Plan, prefix, code string, now time.Time) (extending, calendar.Due, error) {
	i := slices.IndexFunc(plan.Deadlines, func(x calendar.Deadline) bool { return x.Code == code })
	if i < 0 {
		return extending{}, calendar.Due{}, NotFound()
	}
	rules, err := d.Library.InForce(plan.Procedure, ocop.DateOf(now))
	if err != nil {
		return extending{}, calendar.Due{}, err
	}
	due := plan.Deadlines[i].Due(prefix, calendar.Done{})
	if later, ok := plan.Extended[code]; ok {
		due.LastDay = later.LastDay
	}
	due.Extend = rules.Extend
	return extending{stream: "campaign:" + plan.Campaign, campaign: plan.Campaign, place: plan.Unit}, due, nil
}

func mayExtend(a access.Actor, place ocop.Path, roles []ocop.Role) error {
	for _, role := range roles {
		if _, ok := a.Holds(role, place); ok {
			return nil
		}
	}
	f := fault.New(fault.Forbidden, "who_may_not", "Bạn không được gia hạn thời hạn này.", "This deadline is not yours to extend.")
	f.Reasons = []fault.Reason{{Code: "role_missing", Who: true, CureBy: roles, Verified: true, Message: ocop.Text{
		Vi: "Quy trình không giao việc gia hạn cho vai trò của bạn.", En: "The procedure does not let your role extend it."}}}
	return f
}

func notLater(due calendar.Due, e Extension) error {
	f := fault.New(fault.Refused, "not_later", "Ngày mới phải sau ngày hiện tại của thời hạn, trong vòng mười năm.", "The new day must come after the deadline's present one, within ten years.")
	f.Reasons = []fault.Reason{{Code: "not_later", Actual: e.To.String(), Required: "after " + due.LastDay.String(), Verified: true, Message: f.Message}}
	return f
}

func extensionDraft(x extending, row store.Extension, e Extension) ledger.Draft {
	d := ledger.Draft{Stream: x.stream, Kind: ledger.KindRecord, Event: "extend_deadline", Actor: ActorOf(e.Actor),
		Data:    ledger.Map{"deadline": row.Deadline, "was": row.Was.String(), "last_day": row.LastDay.String()},
		Private: []ledger.Private{NewPrivate("comment", strings.TrimSpace(e.Reason))}}
	if x.product != nil {
		d.Product, d.Round = x.product.ID, x.product.Round
	}
	if e.Key != nil {
		d.Key = e.Key.Key
	}
	return d
}
