package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// maxBulk is how many products one act on the list may be about, as with the API.
const maxBulk = 5000

// perItem is the form's field that differs from product to product.
const perItem = "number"

// bulkBody is one event for many products: first tried, then done.
type bulkBody struct {
	Event    ocop.Event
	Title    string
	Form     []workflow.Field
	Numbered bool // each product gets a number of its own
	Comment  bool // must be given
	Items    []bulkItem
	Good     int // that would stand, or stood
	Done     bool
	Key      string // of the act, so that it counts once
	Back     string // the list with its filter

	// what the fields of a form choose from, as on a product's page
	Officers  []store.Account
	Documents []store.Document
}

// bulkItem is a product with what came of it.
type bulkItem struct {
	Product casework.Product
	Version int64  // that it was tried at
	Number  string // as typed
	OK      bool
	Ticked  bool // it would stand, or lacks only what the form asks for
	To      string
	Problem *httpx.Problem
	Changed []line // by others since it was tried
}

// bulkEvents are the events that the reader may bring about for many products
// at once, by the procedure in force: those that ask for no file.
func (p *page) bulkEvents() []choice {
	rules := p.newest()
	if rules.Rules == nil {
		return nil
	}
	var out []choice
	for name, t := range rules.Transitions.All() {
		if form, mine := p.bulkForm(t); mine && !slices.ContainsFunc(form, func(f workflow.Field) bool { return f.Required && f.Type == workflow.FieldDocument }) {
			out = append(out, choice{Value: name, Title: t.Title.In(p.L())})
		}
	}
	return out
}

// bulkForm joins what the arms of an event ask for, and says whether any is
// the reader's. A field that not every arm asks for is offered, not required.
func (p *page) bulkForm(t workflow.Transition) (form []workflow.Field, mine bool) {
	form = slices.Clone(t.Form)
	for _, arm := range t.Arms {
		if slices.Contains(arm.From, "none") || !p.holds(arm.By) {
			continue
		}
		mine = true
		for _, f := range arm.Form {
			if !slices.ContainsFunc(form, func(g workflow.Field) bool { return g.Name == f.Name }) {
				f.Required = f.Required && len(t.Arms) == 1
				form = append(form, f)
			}
		}
	}
	form = slices.DeleteFunc(form, func(f workflow.Field) bool { return f.Type == workflow.FieldDocument && !f.Required })
	return form, mine
}

// tryBulk shows what an event would do to each product that was ticked.
func (s *Site) tryBulk(p *page) error {
	b, err := s.bulk(p)
	if err != nil {
		return err
	}
	asks := make([]casework.Ask, len(b.Items))
	for i, x := range b.Items {
		asks[i] = p.bulkAsk(b, x)
		asks[i].Version = nil // whatever is there now
	}
	_, errs := s.Desk.Try(p.ctx, asks)
	for i, err := range errs {
		b.took(p, i, err)
		b.Items[i].Version = b.Items[i].Product.Version
	}
	b.Key = p.FreshKey()
	return p.show("bulk", b.Title, b)
}

// doBulk makes the moves; each stands or falls alone.
func (s *Site) doBulk(p *page) error {
	b, err := s.bulk(p)
	if err != nil {
		return err
	}
	if b.Key = p.Typed("idempotency_key"); b.Key == "" || len(b.Key) > 100 {
		return fault.New(fault.Invalid, "shape", "Biểu mẫu không đầy đủ; hãy bắt đầu lại từ danh sách.", "The form is not whole; begin again from the list.")
	}
	asks := make([]casework.Ask, len(b.Items))
	for i, x := range b.Items {
		asks[i] = p.bulkAsk(b, x)
		asks[i].Key = &commit.Key{Account: p.session.Account.ID, Route: "page bulk", Key: b.Key + ":" + x.Product.ID,
			Fingerprint: fmt.Sprint(asks[i].Event, x.Version, asks[i].Comment, asks[i].Data)}
	}
	moved, errs := s.Desk.MoveMany(p.ctx, asks)
	for i, err := range errs {
		if err == nil {
			b.Items[i].To = p.State(moved[i].Product.State)
		}
		b.took(p, i, err)
		if fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) {
			if err := s.overtaken(p, &b.Items[i]); err != nil {
				return err
			}
		}
	}
	b.Done = true
	return p.show("bulk", b.Title, b)
}

// took notes what came of an item.
func (b *bulkBody) took(p *page, i int, err error) {
	if err == nil {
		b.Items[i].OK, b.Items[i].Ticked = true, true
		b.Good++
		return
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		p.site.Log.ErrorContext(p.ctx, "bulk move failed", "err", f.Err)
	}
	b.Items[i].Ticked = typeable(f)
	b.Items[i].Problem = httpx.ProblemOf(f, p.L())
}

// typeable reports whether all that stands against a move is what nobody has
// typed yet.
func typeable(f *fault.Error) bool {
	if f.Kind == fault.Invalid {
		return true
	}
	return f.Kind == fault.Refused && !slices.ContainsFunc(f.Reasons, func(r fault.Reason) bool { return r.Code != "form_missing" && r.Code != "comment_missing" })
}

// overtaken finds who changed a product since it was tried.
func (s *Site) overtaken(p *page, x *bulkItem) error {
	seen, err := strconv.ParseInt(p.Typed("seen"), 10, 64)
	if err != nil {
		return nil // the form says nothing about when
	}
	entries, err := s.Desk.History(p.ctx, p.session.Actor, x.Product.ID, seen, 20)
	x.Changed = p.changed(entries)
	return err
}

func (p *page) bulkAsk(b *bulkBody, x bulkItem) casework.Ask {
	version := x.Version
	ask := casework.Ask{Product: x.Product.ID, Actor: p.session.Actor, Event: b.Event, Version: &version, Comment: p.Typed("comment"), Data: map[string]any{}}
	for _, f := range b.Form {
		if v := p.value(f); v != nil {
			ask.Data[f.Name] = v
		}
	}
	if x.Number != "" {
		ask.Data[perItem] = x.Number
	}
	return ask
}

// bulk reads what an act on the list is about.
//
// Faults: shape (Invalid): no event, nothing ticked, too many.
func (s *Site) bulk(p *page) (*bulkBody, error) {
	if err := p.watch(""); err != nil { // notes where the ledger stands
		return nil, err
	}
	filter, err := url.ParseQuery(p.Typed("filter"))
	if err != nil {
		filter = url.Values{}
	}
	f, kept := s.filterOf(filter)
	b := &bulkBody{Event: ocop.Event(p.Typed("event")), Back: "/products?" + kept.Encode()}
	t, known := p.newest().Transitions.Get(string(b.Event))
	if !known {
		return nil, fault.New(fault.Invalid, "shape", "Hãy chọn một thao tác, rồi bấm Xem trước.", "Choose a move, then press Preview.")
	}
	b.Title, b.Comment = t.Title.In(p.L()), t.Reason == "required"
	b.Form, _ = p.bulkForm(t)
	if i := slices.IndexFunc(b.Form, func(f workflow.Field) bool { return f.Name == perItem }); i >= 0 {
		b.Form, b.Numbered = slices.Delete(b.Form, i, i+1), true
	}
	if b.Items, err = s.bulkItems(p, f); err != nil {
		return nil, err
	}
	return b, s.bulkOfficers(p, b)
}

// bulkItems are the products ticked, or all that the filter lets through.
func (s *Site) bulkItems(p *page, f store.Filter) ([]bulkItem, error) {
	ticked := p.c.Request.PostForm["item"]
	if p.Typed("all") == "true" {
		return s.everyItem(p, f)
	}
	if len(ticked) == 0 {
		return nil, fault.New(fault.Invalid, "shape", "Chưa chọn sản phẩm nào. Hãy đánh dấu ở danh sách.", "Nothing is ticked. Tick products in the list.")
	}
	if len(ticked) > maxBulk {
		return nil, tooMany()
	}
	out := make([]bulkItem, 0, len(ticked))
	known := map[string]bool{}
	for _, text := range ticked {
		id, version, _ := strings.Cut(text, ":")
		if id == "" || len(id) > 100 || known[id] {
			continue
		}
		known[id] = true
		n, _ := strconv.ParseInt(version, 10, 64) // none when it is being tried
		out = append(out, bulkItem{Product: casework.Product{ID: id, Name: id}, Version: n, Number: strings.TrimSpace(p.Typed("number." + id))})
	}
	return out, s.named(p, out)
}

// named fills in the products that the reader may see; another is known by
// what was sent, and is not found when its turn comes.
func (s *Site) named(p *page, items []bulkItem) error {
	list := make([]string, len(items))
	for i, x := range items {
		list[i] = x.Product.ID
	}
	found, err := store.Products(p.ctx, s.DB, list)
	if err != nil {
		return err
	}
	view := p.session.Actor.Products()
	for i, x := range items {
		if f := found[x.Product.ID]; f != nil && view.Sees(f.ID, f.Path, f.Producer.ID) {
			items[i].Product = casework.View(*f)
		}
	}
	return nil
}

func (s *Site) everyItem(p *page, f store.Filter) ([]bulkItem, error) {
	var out []bulkItem
	for f.Limit = 500; ; {
		rows, err := s.Desk.Products(p.ctx, p.session.Actor, f)
		if err != nil {
			return nil, err
		}
		for _, x := range rows {
			out = append(out, bulkItem{Product: casework.View(x), Version: x.Version})
		}
		if len(out) > maxBulk {
			return nil, tooMany()
		}
		if len(rows) < f.Limit {
			break
		}
		f.After = f.Cursor(rows[len(rows)-1])
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "shape", "Không có sản phẩm nào khớp với điều kiện lọc.", "No product matches the filter.")
	}
	return out, nil
}

func tooMany() error {
	return fault.New(fault.Invalid, "shape", fmt.Sprintf("Một lần chỉ xử lý tối đa %d sản phẩm. Hãy lọc hẹp hơn.", maxBulk),
		fmt.Sprintf("At most %d products at once. Narrow the filter.", maxBulk))
}

// bulkOfficers fills what a field for a person chooses from: those of the
// communes that the reader acts for.
func (s *Site) bulkOfficers(p *page, b *bulkBody) error {
	if !slices.ContainsFunc(b.Form, func(f workflow.Field) bool { return f.Type == workflow.FieldAccount }) {
		return nil
	}
	for _, g := range p.session.Actor.Grants {
		if g.Role != access.Commune {
			continue
		}
		people, err := store.AccountsIn(p.ctx, s.DB, g.Unit)
		if err != nil {
			return err
		}
		b.Officers = append(b.Officers, people...)
	}
	return nil
}
