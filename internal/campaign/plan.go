package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Request is who changes a campaign that is there.
type Request struct {
	Campaign string // id or code
	Actor    access.Actor
	Version  *int64 // that the caller saw; nil for any
	Key      *commit.Key
}

// may reports whether the actor plans for a place.
func may(a access.Actor, place ocop.Path) bool {
	if a.ID == ocop.System {
		return true
	}
	_, office := a.Holds(access.Office, place)
	_, admin := a.Holds(access.Admin, place)
	return office || admin
}

func mayNot() error {
	return fault.New(fault.Forbidden, "who_may_not", "Kế hoạch năm do Văn phòng Điều phối của đơn vị lập.", "A campaign is planned by the coordination office of its unit.")
}

// read parses a file beside what the database knows.
func (d *Desk) read(ctx context.Context, name string, text []byte) (*File, []source.Finding, error) {
	r := &registry{ctx: ctx, q: d.DB, known: map[string]bool{}}
	f, findings := Parse(name, text, r)
	return f, findings, r.err
}

// registry is what the database knows, asked once for each code.
type registry struct {
	ctx   context.Context
	q     sqldb.Querier
	known map[string]bool
	err   error
}

func (r *registry) Unit(code string) bool {
	return r.ask("unit "+code, func() (bool, error) {
		u, err := store.UnitByCode(r.ctx, r.q, code)
		return u != nil, err
	})
}

func (r *registry) Product(code string) bool {
	return r.ask("product "+code, func() (bool, error) {
		p, err := store.ProductByCode(r.ctx, r.q, code)
		return p != nil, err
	})
}

func (r *registry) ask(what string, look func() (bool, error)) bool {
	if known, ok := r.known[what]; ok || r.err != nil {
		return known
	}
	r.known[what], r.err = look()
	return r.known[what]
}

// create makes a campaign from a file that rests on units and products that are
// there; products that are not, with the certificate that the file gives them,
// are entered afterwards.
//
// Faults: campaign_file (Invalid); who_may_not (Forbidden); code_taken
// (Conflict); products_not_free (Refused): a product is in a round of another campaign.
func (d *Desk) create(ctx context.Context, by access.Actor, f *File, hash, event string, key *commit.Key) (Campaign, error) {
	u, err := store.UnitByCode(ctx, d.DB, f.Unit)
	if err != nil {
		return Campaign{}, err
	}
	if u == nil || !may(by, u.Path) {
		return Campaign{}, mayNot()
	}
	c := store.Campaign{ID: casework.NewID(), Code: f.Campaign, Unit: u.ID, UnitPath: u.Path, Hash: hash, Version: 1}
	return d.keep(ctx, Request{Actor: by, Key: key}, c, f, event)
}

// Edit is what a campaign becomes: a whole file, or some of its parts.
type Edit struct {
	Name  string // of the file, for messages
	Text  []byte // the whole file
	Parts map[string]json.RawMessage
}

// on gives the file that an edit makes of the one kept.
func (e Edit) on(body string) (name string, text []byte, err error) {
	if e.Text != nil {
		return e.Name, e.Text, nil
	}
	whole := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(body), &whole); err != nil {
		return "", nil, err
	}
	for part, value := range e.Parts {
		whole[part] = value
	}
	text, err = json.MarshalIndent(whole, "", " ")
	return "body", text, err
}

// Change keeps a campaign's plan in a new version. Products that come in join
// it, those that are gone leave it. Code and unit stay.
//
// Faults: not_found; who_may_not (Forbidden); stale; campaign_file (Invalid);
// products_not_free (Refused).
func (d *Desk) Change(ctx context.Context, r Request, e Edit) (Campaign, error) {
	old, err := d.mine(ctx, r)
	if err != nil {
		return Campaign{}, err
	}
	name, text, err := e.on(old.Body)
	if err != nil {
		return Campaign{}, err
	}
	f, findings, err := d.read(ctx, name, text)
	if err != nil {
		return Campaign{}, err
	}
	if f == nil {
		return Campaign{}, Wrong(findings)
	}
	was, err := d.parse(ctx, d.DB, *old)
	if err != nil {
		return Campaign{}, err
	}
	bad := fault.New(fault.Invalid, "campaign_file", "Kế hoạch có lỗi; chưa lưu gì.", "The plan has errors; nothing was saved.")
	if f.Campaign != old.Code || f.Unit != was.file.Unit {
		bad.At("body.campaign", "Mã và đơn vị của kế hoạch không đổi được.", "Code and unit of a campaign do not change.")
	}
	if len(f.Units)+len(f.Producers) > 0 {
		bad.At("body.units", "Đơn vị và chủ thể khai báo ở nơi khác.", "Units and producers are entered elsewhere.")
	}
	if len(bad.Fields) > 0 {
		return Campaign{}, bad
	}
	f.From = was.file.From
	c := *old
	c.Version++
	return d.keep(ctx, r, c, f, "change_campaign")
}

// Text is the plan as a file, to be changed and given back whole; and its version.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) Text(ctx context.Context, a access.Actor, key string) ([]byte, int64, error) {
	row, err := d.mine(ctx, Request{Campaign: key, Actor: a})
	if err != nil {
		return nil, 0, err
	}
	x, err := d.parse(ctx, d.DB, *row)
	if err != nil {
		return nil, 0, err
	}
	text, err := source.Write(x.file)
	return text, row.Version, err
}

// Parts are those of a plan as data, to be changed and given back; and its version.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) Parts(ctx context.Context, a access.Actor, key string) (map[string]json.RawMessage, int64, error) {
	row, err := d.mine(ctx, Request{Campaign: key, Actor: a})
	if err != nil {
		return nil, 0, err
	}
	parts := map[string]json.RawMessage{}
	return parts, row.Version, json.Unmarshal([]byte(row.Body), &parts)
}

// PlannedBy reports whether the actor plans the campaign.
func (c Campaign) PlannedBy(a access.Actor) bool { return may(a, c.path) }

// mine finds a campaign that the actor may change.
func (d *Desk) mine(ctx context.Context, r Request) (*store.Campaign, error) {
	c, err := store.CampaignBy(ctx, d.DB, r.Campaign)
	if err != nil {
		return nil, err
	}
	if c == nil || !sees(r.Actor, *c) {
		return nil, casework.NotFound()
	}
	if !may(r.Actor, c.UnitPath) {
		return nil, mayNot()
	}
	return c, nil
}

func stale(now int64) error {
	return fault.New(fault.Stale, "stale", fmt.Sprintf("Kế hoạch đã thay đổi (nay là phiên bản %d). Hãy tải lại.", now),
		fmt.Sprintf("The plan has changed (it is now version %d). Load it again.", now))
}

// keep writes a version of a plan, and takes its products in and out.
func (d *Desk) keep(ctx context.Context, r Request, c store.Campaign, f *File, event string) (Campaign, error) {
	there, err := d.describe(ctx, f)
	if err != nil {
		return Campaign{}, err
	}
	var gone []string
	if c.Version > 1 {
		if gone, err = d.gone(ctx, c, f); err != nil {
			return Campaign{}, err
		}
	}
	body, err := json.Marshal(f)
	if err != nil {
		return Campaign{}, err
	}
	c.Year, c.Title, c.Procedure, c.Body = f.Year, f.Title, f.Procedure, string(body)
	k := keeping{Desk: d, Request: r, campaign: c, event: event, in: there, out: gone}
	locks := append(casework.ProductLocks(slices.Concat(there, gone)), "campaign:"+c.Code)
	if _, err := commit.Do[any](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: locks, Key: r.Key, Ask: commit.Alone(k.decide)}); err != nil {
		return Campaign{}, err
	}
	if _, err := d.Products.Sweep(ctx); err != nil {
		return Campaign{}, err
	}
	kept, err := store.CampaignBy(ctx, d.DB, c.Code)
	if err != nil {
		return Campaign{}, err
	}
	return d.view(ctx, *kept)
}

// describe puts what is known of its products into a plan, and gives their ids.
func (d *Desk) describe(ctx context.Context, f *File) (ids []string, err error) {
	var codes []string
	for _, p := range f.Products {
		codes = append(codes, p.Code)
	}
	known, err := store.ProductsByCode(ctx, d.DB, codes)
	if err != nil {
		return nil, err
	}
	for _, p := range known {
		ids = append(ids, p.ID)
	}
	certificates, err := store.NewestCertificates(ctx, d.DB, ids)
	if err != nil {
		return nil, err
	}
	for i := range f.Products {
		p := &f.Products[i]
		x := known[p.Code]
		if x == nil {
			continue
		}
		p.Name, p.Producer, p.Set = x.Name, x.Producer.Code, x.Set
		if k := certificates[x.ID]; k != nil && p.Certificate == nil {
			p.Certificate = &Certificate{Number: k.Number, Stars: k.Stars, IssuedOn: k.IssuedOn, Assumed: k.Assumed}
		}
	}
	return ids, nil
}

// gone are the products that the plan named before and names no more.
func (d *Desk) gone(ctx context.Context, c store.Campaign, f *File) (ids []string, err error) {
	old, err := store.CampaignBy(ctx, d.DB, c.Code)
	if err != nil || old == nil {
		return nil, err
	}
	was, err := d.parse(ctx, d.DB, *old)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, p := range was.file.Products {
		if !slices.ContainsFunc(f.Products, func(x Product) bool { return x.Code == p.Code }) {
			codes = append(codes, p.Code)
		}
	}
	known, err := store.ProductsByCode(ctx, d.DB, codes)
	for _, p := range known {
		ids = append(ids, p.ID)
	}
	return ids, err
}

// keeping is the act that writes a version of a plan.
type keeping struct {
	*Desk
	Request
	campaign store.Campaign
	event    string
	in, out  []string // products, by their ids
}

func (k keeping) decide(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
	c := k.campaign
	old, err := store.CampaignBy(ctx, q, c.Code)
	if err != nil {
		return commit.Outcome{}, err
	}
	switch {
	case c.Version == 1 && old != nil:
		return commit.Outcome{}, fault.New(fault.Conflict, "code_taken", fmt.Sprintf("Mã kế hoạch %q đã có.", c.Code), fmt.Sprintf("The code %q is taken.", c.Code))
	case c.Version > 1 && old == nil:
		return commit.Outcome{}, casework.NotFound()
	case c.Version > 1 && (old.Version != c.Version-1 || k.Version != nil && *k.Version != old.Version):
		return commit.Outcome{}, stale(old.Version)
	}
	joins, leaves, err := k.moves(ctx, q)
	if err != nil {
		return commit.Outcome{}, err
	}
	drafts := []ledger.Draft{{Stream: "campaign:" + c.ID, Kind: ledger.KindRecord, Event: k.event, Actor: casework.ActorOf(k.Actor),
		Data: ledger.Map{"id": c.ID, "code": c.Code, "year": c.Year, "unit": c.Unit, "version": c.Version}, Refs: []string{"sha256:" + store.SHA256(c.Body)}}}
	if k.Key != nil {
		drafts[0].Key = k.Key.Key
	}
	for _, p := range joins {
		drafts = append(drafts, k.planned(p, ledger.Map{"campaign": c.ID}))
	}
	for _, p := range leaves {
		drafts = append(drafts, k.planned(p, ledger.Map{"left": c.ID}))
	}
	return commit.Outcome{Drafts: drafts, State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
		return k.save(ctx, tx, now, joins, leaves)
	})}, nil
}

func (k keeping) planned(p *ocop.Product, data ledger.Map) ledger.Draft {
	return ledger.Draft{Stream: "product:" + p.ID, Kind: ledger.KindRecord, Event: "plan_product", Product: p.ID, Round: p.Round, Actor: casework.ActorOf(k.Actor), Data: data}
}

// moves are the products that come in and go out. One in a round belongs to the
// round's campaign until it ends.
func (k keeping) moves(ctx context.Context, q sqldb.Querier) (joins, leaves []*ocop.Product, err error) {
	products, err := store.Products(ctx, q, slices.Concat(k.in, k.out))
	if err != nil {
		return nil, nil, err
	}
	refused := fault.New(fault.Refused, "products_not_free", "Có sản phẩm chưa thể vào hoặc ra khỏi kế hoạch này.", "Some products cannot come into this campaign or leave it yet.")
	for _, id := range k.in {
		p := products[id]
		switch {
		case p == nil || p.Campaign == k.campaign.ID:
		case !p.Path.Within(k.campaign.UnitPath):
			refused.Reasons = append(refused.Reasons, notHere(p))
		case p.Round != "" && p.Campaign != "":
			refused.Reasons = append(refused.Reasons, roundOpen(p))
		default:
			joins = append(joins, p)
		}
	}
	for _, id := range k.out {
		p := products[id]
		switch {
		case p == nil || p.Campaign != k.campaign.ID:
		case p.Round != "":
			refused.Reasons = append(refused.Reasons, roundOpen(p))
		default:
			leaves = append(leaves, p)
		}
	}
	if len(refused.Reasons) > 0 {
		return nil, nil, refused
	}
	return joins, leaves, nil
}

func roundOpen(p *ocop.Product) fault.Reason {
	return fault.Reason{Code: "round_open", Actual: p.Code, Required: "no open round", CureBy: []ocop.Role{access.Office}, Verified: true,
		Message: ocop.Text{Vi: fmt.Sprintf("%s đang trong một lượt đánh giá của kế hoạch %s; lượt đó phải kết thúc trước.", p.Name, p.Plan),
			En: fmt.Sprintf("%s is in a round of the campaign %s; that round must end first.", p.Name, p.Plan)}}
}

func notHere(p *ocop.Product) fault.Reason {
	return fault.Reason{Code: "not_here", Actual: p.Code, Required: "a product of the campaign's unit", CureBy: []ocop.Role{access.Office}, Verified: true,
		Message: ocop.Text{Vi: fmt.Sprintf("Sản phẩm %s không thuộc đơn vị của kế hoạch.", p.Code), En: fmt.Sprintf("The product %s does not belong to the campaign's unit.", p.Code)}}
}

func (k keeping) save(ctx context.Context, tx *sqldb.Tx, now time.Time, joins, leaves []*ocop.Product) error {
	c, write := k.campaign, store.InsertCampaign
	if c.Version > 1 {
		write = store.ChangeCampaign
	}
	if err := write(ctx, tx, c); err != nil {
		return err
	}
	if err := store.JoinCampaign(ctx, tx, c.ID, idsOf(joins)); err != nil {
		return err
	}
	if err := store.JoinCampaign(ctx, tx, "", idsOf(leaves)); err != nil {
		return err
	}
	for _, p := range leaves {
		if err := store.ReckonProduct(ctx, tx, p.ID, now); err != nil {
			return err
		}
	}
	if err := casework.ReckonCampaign(ctx, tx, c.ID, now); err != nil {
		return err
	}
	return store.ReckonCampaign(ctx, tx, c.ID, now)
}

func idsOf(list []*ocop.Product) (out []string) {
	for _, p := range list {
		out = append(out, p.ID)
	}
	return out
}
