package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/announce"
	"ocopflow/internal/batch"
	"ocopflow/internal/clerk"
	"ocopflow/internal/council"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// mountBatches adds the pages of batches.
func (s *Site) mountBatches(e *gin.Engine) {
	e.GET("/batches", s.member(s.batches))
	e.POST("/batches", s.member(s.openBatch))
	e.GET("/batches/:id", s.member(s.batch))
	e.POST("/batches/:id", s.member(s.batchAct))
}

// KeepsBatches reports whether the reader may open a batch somewhere.
func (p *page) KeepsBatches() bool { return p.holds([]ocop.Role{access.Office, access.Secretary}) }

// batchReaders are the roles that have batches in view.
var batchReaders = []ocop.Role{access.Office, access.Leader, access.Secretary, access.Member, access.Auditor}

// SeesBatches reports whether the reader has batches in view.
func (p *page) SeesBatches() bool { return p.holds(batchReaders) }

type batchesBody struct {
	Batches  []batch.Batch
	Next     string
	Proposed []workflow.BatchDates
	Councils []store.Council
}

func (s *Site) batches(p *page) error {
	var b batchesBody
	var err error
	if b.Batches, err = s.Batches.Batches(p.ctx, p.session.Actor, store.BatchFilter{Before: p.c.Query("after"), Limit: perPage + 1}); err != nil {
		return err
	}
	if len(b.Batches) > perPage {
		b.Batches = b.Batches[:perPage]
		b.Next = "/batches?" + url.Values{"after": {b.Batches[perPage-1].ID}}.Encode()
	}
	if p.KeepsBatches() {
		if b.Proposed, err = s.Batches.Proposals(p.ctx, p.session.Actor, ""); err != nil && fault.Of(err).Kind == fault.Internal {
			return err // whoever keeps none of a level is proposed none
		}
		if b.Councils, err = s.Councils.Councils(p.ctx, p.session.Actor, "", 200); err != nil {
			return err
		}
	}
	return p.show("batches", p.T("batches"), b)
}

func (s *Site) openBatch(p *page) error {
	v, err := s.Batches.Open(p.ctx, p.session.Actor, p.batchPlan(), p.key("batches"))
	if err != nil {
		return p.retry(err, s.batches)
	}
	return p.back("/batches/"+url.PathEscape(v.ID)+"?saved=1", "/batches")
}

// batchPlan is what the form about a batch says of it. The two days may come as
// one choice among those proposed.
func (p *page) batchPlan() batch.Plan {
	title, council, place := p.Typed("title"), p.Typed("council"), p.Typed("place")
	plan := batch.Plan{Unit: p.Typed("unit"), Title: &title, Council: &council, Place: &place, RequestedBefore: p.typedDay("requested_before"), HeldBefore: p.typedDay("held_before")}
	if asked, held, ok := strings.Cut(p.Typed("proposed"), " "); ok && plan.RequestedBefore == nil && plan.HeldBefore == nil {
		if day, err := ocop.ParseDate(asked); err == nil {
			plan.RequestedBefore = &day
		}
		if day, err := ocop.ParseDate(held); err == nil {
			plan.HeldBefore = &day
		}
	}
	plan.NoDays = plan.RequestedBefore == nil && plan.HeldBefore == nil
	return plan
}

type batchBody struct {
	batch.Batch
	Mine      bool // to keep
	Draws     bool // its papers
	Begins    bool // sessions of its council
	Councils  []store.Council
	Others    []batch.Batch // open ones of the same unit, to carry over into
	Fit       []ocop.Product
	Rows      []agendaRow
	Announced map[string]announce.Scored // results by product, with their notices
	Lacking   int                        // results without a notice
	Announces bool                       // the reader gives notice of them
	Told      []toldItem                 // what came of an act about many
}

// Open reports whether anything can still be done.
func (b batchBody) Open() bool { return b.Status == store.BatchOpen }

// Sitting says how far a session is.
func (p *page) Sitting(s *store.Status) string { return p.T("session_" + string(*s)) }

// agendaRow is a line of the agenda in its form.
type agendaRow struct {
	slotRow
	Order int
	Name  string // of the product
}

// toldItem is a product that an act did not reach, and why.
type toldItem struct {
	Name    string
	Problem *httpx.Problem
}

// fitting is how many products that may be taken in are offered at once.
const fitting = 200

func (s *Site) batch(p *page) error { return s.showBatch(p, nil) }

func (s *Site) showBatch(p *page, told []toldItem) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	actor := p.session.Actor
	v, err := s.Batches.Batch(p.ctx, actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	b := batchBody{Batch: v, Told: told, Mine: batch.Keeps(actor, v.Path), Draws: clerk.Makes(actor, "batch_results", v.Path)}
	results, err := s.Announce.Among(p.ctx, actor, v.Judged())
	if err != nil {
		return err
	}
	b.announced(actor, results)
	if b.Mine && b.Open() {
		if err := s.toKeep(p, &b); err != nil {
			return err
		}
	}
	return p.show("batch", v.Title, b)
}

// toKeep reads what the forms of an open batch choose from.
func (s *Site) toKeep(p *page, b *batchBody) error {
	all, err := s.Councils.Councils(p.ctx, p.session.Actor, "", 200)
	if err != nil {
		return err
	}
	b.Councils = slices.DeleteFunc(all, func(k store.Council) bool { return k.Unit.ID != b.Unit.ID })
	b.Begins = slices.ContainsFunc(b.Councils, func(k store.Council) bool { return k.ID == b.Council.ID && council.Runs(p.session.Actor, k) })
	others, err := s.Batches.Batches(p.ctx, p.session.Actor, store.BatchFilter{Unit: b.Unit.ID, Status: store.BatchOpen, Limit: perPage})
	if err != nil {
		return err
	}
	b.Others = slices.DeleteFunc(others, func(v batch.Batch) bool { return v.ID == b.ID })
	list, err := s.Desk.Products(p.ctx, p.session.Actor, store.Filter{Level: string(b.Level), Limit: fitting})
	if err != nil {
		return err
	}
	b.Fit = slices.DeleteFunc(list, func(x ocop.Product) bool {
		return slices.ContainsFunc(b.Items, func(i batch.Item) bool { return i.Product == x.ID && i.Status == store.ItemIn })
	})
	b.Rows = p.agendaRows(b.Batch)
	return nil
}

// agendaRows are the lines of the form: as typed, or those of the batch, its
// products without a time, and three more.
func (p *page) agendaRows(v batch.Batch) (out []agendaRow) {
	names := map[string]string{}
	waiting := []string{}
	for _, i := range v.Items {
		names[i.Product] = i.Name
		if i.Status == store.ItemIn {
			waiting = append(waiting, i.Product)
		}
	}
	if p.Typed("act") == "agenda" {
		return p.typedAgenda(names)
	}
	add := func(s slotRow) {
		s.N = len(out)
		out = append(out, agendaRow{s, len(out) + 1, names[s.Product]})
	}
	for _, s := range v.Agenda {
		waiting = slices.DeleteFunc(waiting, func(id string) bool { return id == s.Product })
		add(slotRow{Day: s.Day.String(), From: s.From, To: s.To, Place: s.Place, Text: s.Text, Product: s.Product})
	}
	for _, id := range waiting {
		add(slotRow{Product: id})
	}
	for range 3 {
		add(slotRow{})
	}
	return out
}

// typedAgenda are the lines of the form as typed.
func (p *page) typedAgenda(names map[string]string) (out []agendaRow) {
	n, _ := strconv.Atoi(p.Typed("rows")) // none when it is no number
	for i := range min(max(n, 0), 400) {
		x := strconv.Itoa(i)
		r := agendaRow{slotRow{i, p.Typed("day." + x), p.Typed("from." + x), p.Typed("to." + x), p.Typed("where." + x), p.Typed("text." + x), p.Typed("slot_product." + x)}, i + 1, ""}
		if order, err := strconv.Atoi(p.Typed("order." + x)); err == nil {
			r.Order = order
		}
		r.Name = names[r.Product]
		out = append(out, r)
	}
	return out
}

// agenda reads the lines that have a day, in the order that was given.
func (p *page) agenda() ([]store.Slot, error) {
	rows := p.typedAgenda(nil)
	slices.SortStableFunc(rows, func(a, b agendaRow) int { return cmp.Compare(a.Order, b.Order) })
	out, bad := []store.Slot{}, fault.New(fault.Invalid, "batch_wrong", "Nội dung đợt chưa đúng; chưa lưu gì.", "What was given for the batch is not right; nothing was saved.")
	for _, r := range rows {
		day, err := ocop.ParseDate(r.Day)
		switch {
		case err == nil && strings.TrimSpace(r.Text)+r.Product != "":
			out = append(out, store.Slot{Day: day, From: r.From, To: r.To, Place: strings.TrimSpace(r.Place), Text: strings.TrimSpace(r.Text), Product: r.Product})
		case r.Day != "" || r.From+r.To != "" || strings.TrimSpace(r.Text) != "":
			bad.At(fmt.Sprintf("body.agenda[%d].day", r.N), "Phải có ngày, và nội dung hoặc sản phẩm.", "A day is needed, and words or a product.")
		}
	}
	return out, bad.OrNil()
}

// layout is how the form gives time to products.
func (p *page) layout() batch.Layout {
	n, _ := strconv.Atoi(p.Typed("minutes")) // 0 is refused
	return batch.Layout{Day: p.typedDay("first"), From: p.Typed("from"), To: p.Typed("to"), PauseFrom: p.Typed("pause_from"), PauseTo: p.Typed("pause_to"), Minutes: n}
}

func (s *Site) batchAct(p *page) error {
	id := p.c.Param("id")
	r := batch.Request{ID: id, Actor: p.session.Actor, Key: p.key("batch " + id)}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		r.Version = &v
	}
	var done *batch.Done
	many := func(d batch.Done, err error) error { done = &d; return err }
	var err error
	switch p.Typed("act") {
	case "change":
		_, err = s.Batches.Change(p.ctx, r, p.batchPlan())
	case "agenda":
		var slots []store.Slot
		if slots, err = p.agenda(); err == nil {
			_, err = s.Batches.Change(p.ctx, r, batch.Plan{Agenda: slots})
		}
	case "layout":
		_, err = s.Batches.LayOut(p.ctx, r, p.layout())
	case "take":
		named := append(slices.Clone(p.c.Request.PostForm["product"]), strings.Fields(strings.ReplaceAll(p.Typed("codes"), ",", " "))...)
		err = many(s.Batches.TakeIn(p.ctx, r, named))
	case "leave":
		_, err = s.Batches.LeaveOut(p.ctx, r, p.Typed("product"), p.Typed("reason"))
	case "carry":
		_, err = s.Batches.CarryOver(p.ctx, r, p.Typed("product"), p.Typed("into"), p.Typed("reason"))
	case "begin":
		err = many(s.Batches.Begin(p.ctx, r, batch.Meeting{HeldOn: p.typedDay("held_on")}))
	case "announce":
		told, err := s.announceBatch(p, id)
		if err != nil {
			return p.retry(err, s.batch)
		}
		if len(told) > 0 {
			return s.showBatch(p, told)
		}
		return p.back("/batches/"+url.PathEscape(id)+"?saved=1", "/batches")
	case "close":
		_, err = s.Batches.Close(p.ctx, r)
	case "cancel":
		_, err = s.Batches.Cancel(p.ctx, r, p.Typed("reason"))
	default:
		err = fault.New(fault.Malformed, "malformed", "Không đọc được nội dung gửi lên.", "What was sent cannot be read.")
	}
	if err != nil {
		return p.retry(err, s.batch)
	}
	if done != nil {
		if told := s.toldOf(p, *done); len(told) > 0 {
			return s.showBatch(p, told)
		}
	}
	return p.back("/batches/"+url.PathEscape(id)+"?saved=1", "/batches")
}

// toldOf are the products that an act did not reach.
func (s *Site) toldOf(p *page, d batch.Done) (out []toldItem) {
	for _, x := range d.Items {
		if x.Fault == nil {
			continue
		}
		t := toldItem{x.Product, httpx.ProblemOf(x.Fault, p.L())}
		if known, err := s.Desk.Product(p.ctx, p.session.Actor, x.Product); err == nil {
			t.Name = known.Name
		}
		out = append(out, t)
	}
	return out
}
