package announce

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/clerk"
	"ocopflow/internal/commit"
	"ocopflow/internal/correspondence"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Request asks for notices of the results of products, each with a line of its own.
type Request struct {
	Products []string // ids
	Signer   string   // who signs them; "" leaves it to the hand
	Actor    access.Actor
	Key      *commit.Key

	lacking bool // of the products, those whose notice is lacking
}

const maxSigner = 200

// Each is what became of one product.
type Each struct {
	Product string       `json:"product"`
	Paper   *store.Paper `json:"paper,omitempty"` // the notice, as it stands in the register
	Fault   *fault.Error `json:"fault,omitempty"`
}

// SendOne gives notice of a product's result: the paper is registered as sent, its
// commune and producer are told, and the product's history tells who gave notice,
// when, and under which number. All of it is one act.
//
// Faults: not_found; notice_wrong (Invalid); no_result, result_noticed (Conflict);
// who_may_not (Forbidden); template_wrong (Invalid).
func (d *Desk) SendOne(ctx context.Context, r Request) (store.Paper, error) {
	done, err := d.Send(ctx, r)
	if err != nil {
		return store.Paper{}, err
	}
	if f := done[0].Fault; f != nil {
		return store.Paper{}, f
	}
	return *done[0].Paper, nil
}

// Send gives notice of many results in one act. One that cannot be given notice of
// is told in its place and holds nothing up.
//
// Faults: notice_wrong (Invalid); template_wrong (Invalid); of a product those of
// SendOne, and other_unit (Conflict): another unit's council scored it.
func (d *Desk) Send(ctx context.Context, r Request) ([]Each, error) {
	bad := wrong()
	r.Signer = strings.TrimSpace(r.Signer)
	if utf8.RuneCountInString(r.Signer) > maxSigner {
		bad.At("body.signer", "Quá dài.", "This is too long.")
	}
	if len(r.Products) == 0 || len(r.Products) > MaxTogether {
		bad.At("body.products", "Phải có từ 1 đến 200 sản phẩm.", "Name 1 to 200 products.")
	}
	if err := bad.OrNil(); err != nil {
		return nil, err
	}
	before, err := d.results(ctx, d.DB, r.Products, d.Clock())
	if err != nil {
		return nil, err
	}
	unit, err := d.sender(ctx, r, before)
	if err != nil {
		return nil, err
	}
	w := writer{desk: d, request: r, unit: unit}
	locks := casework.ProductLocks(r.Products)
	if unit != nil {
		if w.template, err = d.Clerk.Counting(ctx, unit.Path, "result_notice", ocop.Vi); err != nil {
			return nil, err
		}
		locks = append(locks, correspondence.Lock(unit.ID))
	}
	return commit.Do[[]Each](ctx, d.Registers.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(w.decide), Key: r.Key, Locks: locks})
}

// sender is the unit of the first product of which the actor may give notice; nil
// when there is none.
func (d *Desk) sender(ctx context.Context, r Request, results map[string]*Scored) (*ocop.Unit, error) {
	for _, id := range r.Products {
		if x := results[id]; x != nil && sees(r.Actor, *x) && x.Gives(r.Actor) {
			return store.Unit(ctx, d.DB, x.Unit.ID)
		}
	}
	return nil, nil
}

// writer makes the notices of one act.
type writer struct {
	desk     *Desk
	request  Request
	unit     *ocop.Unit
	template *paper.Template
}

func (w writer) decide(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
	results, err := w.desk.results(ctx, q, w.request.Products, now)
	if err != nil {
		return commit.Outcome{}, err
	}
	done := []Each{}
	var sendings []correspondence.Sending
	var at []int
	for _, id := range w.request.Products {
		known := results[id] == nil || results[id].Notice != nil
		if slices.ContainsFunc(done, func(e Each) bool { return e.Product == id }) || w.request.lacking && known {
			continue
		}
		e := Each{Product: id}
		if e.Fault, err = w.against(ctx, id, results[id]); err != nil {
			return commit.Outcome{}, err
		}
		if e.Fault == nil {
			s, err := w.sending(*results[id], now)
			if err != nil {
				return commit.Outcome{}, err
			}
			sendings, at = append(sendings, s), append(at, len(done))
		}
		done = append(done, e)
	}
	if w.request.lacking && len(sendings) == 0 {
		return commit.Outcome{}, nothingLacks(done)
	}
	sent, err := w.desk.Registers.Send(ctx, q, now, w.request.Actor, w.request.Key, sendings)
	if err != nil {
		return commit.Outcome{}, err
	}
	out := commit.Outcome{Answer: func([]ledger.Entry) any { return done }}
	var parts commit.Parts
	for i, x := range sent {
		line := x.Paper
		line.Body, line.Sought = "", ""
		done[at[i]].Paper = &line
		out.Drafts, parts = append(out.Drafts, x.Draft), append(parts, x.Rows)
	}
	if len(parts) > 0 {
		out.State = parts
	}
	return out, nil
}

// against is what stands against notice of a product's result.
func (w writer) against(ctx context.Context, id string, r *Scored) (*fault.Error, error) {
	if r == nil || !sees(w.request.Actor, *r) {
		if _, err := w.desk.Cases.Product(ctx, w.request.Actor, id); err != nil {
			if f := fault.Of(err); f.Kind != fault.Internal {
				return f, nil
			}
			return nil, err
		}
	}
	switch {
	case r == nil && !correspondence.KeepsAny(w.request.Actor):
		return mayNot(), nil
	case r == nil:
		return noResult(), nil
	case !r.Gives(w.request.Actor):
		return mayNot(), nil
	case w.unit == nil || r.Unit.ID != w.unit.ID:
		return fault.New(fault.Conflict, "other_unit", "Sản phẩm do hội đồng của đơn vị khác chấm; hãy thông báo riêng.", "The council of another unit scored it; give notice of it by itself."), nil
	case r.Notice != nil:
		return noticed(*r.Notice), nil
	}
	return nil, nil
}

// sending is the notice of a result.
func (w writer) sending(r Scored, now time.Time) (correspondence.Sending, error) {
	p := r.standing.Product
	data := w.desk.data(r, w.unit, ocop.DateOf(now))
	data.Signer = w.request.Signer
	first, err := clerk.Fill(w.template, data)
	if err != nil {
		return correspondence.Sending{}, err
	}
	s := correspondence.Sending{Unit: w.unit, Suffix: first.Symbol, Kind: "notice", Summary: first.Summary, To: []string{p.Producer.ID}, Products: []ocop.Ref{r.Product}, Of: p.ID, Event: "send_result_notice",
		Data: ledger.Map{"session": r.Session, "stars": r.Stars, "level": string(r.Level)}}
	if p.Commune != nil {
		s.To = append(s.To, p.Commune.ID)
	}
	if r.Certificate != "" {
		s.Data["certificate"] = r.Certificate
	}
	s.Write = func(l store.Paper) (string, error) {
		data := data
		data.Number, _, _ = strings.Cut(l.Symbol, "/")
		doc, err := clerk.Fill(w.template, data)
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(doc)
		return string(text), err
	}
	s.Rows = func(ctx context.Context, tx *sqldb.Tx, l store.Paper) error {
		return store.InsertResultNotice(ctx, tx, store.ResultNotice{Paper: l.ID, Product: p.ID, Session: r.Session, Certificate: r.Certificate})
	}
	return s, nil
}

// Draft draws the notice of a result before it is sent, without a number.
//
// Faults: not_found; no_result (Conflict); who_may_not (Forbidden); template_wrong.
func (d *Desk) Draft(ctx context.Context, a access.Actor, product string, lang ocop.Lang) (paper.Document, error) {
	r, err := d.Of(ctx, a, product)
	switch {
	case err != nil:
		return paper.Document{}, err
	case !correspondence.KeepsAny(a) || r != nil && !r.Gives(a):
		return paper.Document{}, mayNot()
	case r == nil:
		return paper.Document{}, noResult()
	}
	unit, err := store.Unit(ctx, d.DB, r.Unit.ID)
	if err != nil {
		return paper.Document{}, err
	}
	data := d.dataIn(*r, unit, ocop.DateOf(d.Clock()), lang)
	data.Day = ""
	return d.Clerk.Write(ctx, unit.Path, "result_notice", lang, data)
}

// SendOf gives notice of results of a batch: of the products named, all of which are
// of the batch, or else of those whose notice is lacking.
//
// Faults: those of Send; result_none (Conflict): there is nothing to give notice of.
func (d *Desk) SendOf(ctx context.Context, r Request, judged []string) ([]Each, error) {
	if !correspondence.KeepsAny(r.Actor) {
		return nil, mayNot()
	}
	if r.lacking = len(r.Products) == 0; r.lacking {
		r.Products = judged
	}
	if len(r.Products) == 0 {
		return nil, nothingLacks(nil)
	}
	for i, id := range r.Products {
		if !slices.Contains(judged, id) {
			return nil, wrong().At(fmt.Sprintf("body.products[%d]", i), "Không có trong đợt, hoặc chưa có kết quả.", "It is not in the batch, or has no result.")
		}
	}
	return d.Send(ctx, r)
}

// nothingLacks refuses an act that would send nothing, for the first reason.
func nothingLacks(done []Each) error {
	if len(done) > 0 {
		return done[0].Fault
	}
	return fault.New(fault.Conflict, "result_none", "Đợt không còn kết quả nào chưa thông báo.", "No result of the batch lacks its notice.")
}

func wrong() *fault.Error {
	return fault.New(fault.Invalid, "notice_wrong", "Thông tin về thông báo chưa đúng; chưa gửi gì.", "What was given for the notice is not right; nothing was sent.")
}
