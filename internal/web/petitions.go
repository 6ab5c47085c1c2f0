package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/store"
	"ocopflow/internal/support"
	"ocopflow/internal/workflow"
)

// petitions are the pages of what runs on one procedure of petitions.
type petitions struct {
	*Site
	base      string // such as /support
	procedure string
	api       string // where its files are
}

// support are the pages of support requests.
func (s *Site) support() petitions {
	return petitions{s, "/support", "support", "/api/v1/support-requests"}
}

// complaints are the pages of complaints.
func (s *Site) complaints() petitions {
	return petitions{s, "/complaints", "complaint", "/api/v1/complaints"}
}

// petitionsOf are the pages of each procedure of petitions that has some.
func (s *Site) petitionsOf() []petitions { return []petitions{s.support(), s.complaints()} }

// Word is what a page says of petitions of a procedure, or of all.
func (p *page) Word(procedure, key string) string {
	if m, ok := messages[procedure+"_"+key]; ok {
		return m.In(p.L())
	}
	return p.T(key)
}

func (t petitions) mount(e *gin.Engine) {
	e.GET(t.base, t.member(t.list))
	e.POST(t.base, t.member(t.open))
	e.GET(t.base+"/new", t.member(t.fresh))
	e.GET(t.base+"/requests/:id", t.member(t.one))
	e.POST(t.base+"/requests/:id/moves", t.member(t.move))
	e.POST(t.base+"/requests/:id/documents", t.member(t.bring))
	e.POST(t.base+"/requests/:id/deadlines", t.member(t.extend))
}

// asked is a petition as a page lists it.
type asked struct {
	petition.Petition
	Link  string
	Topic string // the first choice that was made in its forms
	State string
	Late  bool
}

func (t petitions) asked(p *page, x petition.Petition) asked {
	out := asked{Petition: x, Link: t.base + "/requests/" + x.ID, State: p.State(x.State), Late: p.Overdue(x.Due)}
	if rules, err := t.Petitions.InForce(x.Procedure, ocop.DateOf(x.OpenedAt)); err == nil {
		out.State = procedure{rules}.state(x.State).In(p.L())
		out.Topic = p.topic(rules, x)
	}
	return out
}

// topic is the first choice that was made in a petition's forms, in words.
func (p *page) topic(rules *workflow.Rules, x petition.Petition) string {
	for _, fact := range rules.Gathered() {
		f, _ := rules.Field(strings.TrimPrefix(fact.Name, rules.Name+"."))
		if f.Type == workflow.FieldChoice && x.Facts[f.Name] != nil {
			return p.given(f, x)
		}
	}
	return ""
}

// given is what a form was given, in words.
func (p *page) given(f workflow.Field, x petition.Petition) string {
	switch v := x.Facts[f.Name].(type) {
	case bool:
		return p.T(strconv.FormatBool(v))
	case int64:
		if f.Type == workflow.FieldDay {
			return p.Day(ocop.Date(v))
		}
		return p.Count(v)
	case string:
		if u, ok := x.Parties[f.Name]; ok {
			return u.Name
		}
		for _, o := range f.Options {
			if o.Value == v {
				return o.Title.In(p.L())
			}
		}
		return v
	case nil:
		return ""
	default:
		return strings.Trim(fmt.Sprint(v), "[]")
	}
}

type petitionsBody struct {
	Of                        string // procedure
	Base, State, Topic, Party string
	States, Topics            []choice
	Tasks                     []task
	Items                     []asked
	Next                      string
	MayOpen                   bool
	Plans                     bool // there are plans for the reader to see
}

// toldIn says which petition an entry of a product tells of, and how that stands.
func (p *page) toldIn(data map[string]any) []string {
	code, told := data["code"].(string)
	name, _ := data["procedure"].(string)
	event, _ := data["move"].(string)
	rules, err := p.site.Petitions.InForce(name, p.site.Desk.Today())
	if !told || err != nil {
		return nil
	}
	text := rules.Title.In(p.L()) + " " + code
	if t, ok := (procedure{rules}).event(event); ok {
		text += ": " + t.In(p.L())
	}
	return []string{text}
}

// task is a petition that waits for the reader.
type task struct {
	asked
	Actions []casework.Action
}

func (t petitions) list(p *page) error {
	rules, err := t.Petitions.InForce(t.procedure, t.Desk.Today())
	if err != nil {
		return err
	}
	p.rules = rules
	b := petitionsBody{Of: t.procedure, Base: t.base, State: p.c.Query("state"), Topic: p.c.Query("topic"), MayOpen: t.mayOpen(p, rules),
		Plans: t.procedure == support.Procedure && p.holds([]ocop.Role{access.Office, access.Leader, access.Department, access.Auditor})}
	for name, s := range rules.States.All() {
		b.States = append(b.States, choice{Value: name, Title: s.Title.In(p.L())})
	}
	f := store.PetitionFilter{Procedure: t.procedure, State: b.State, Product: p.c.Query("product"), After: p.c.Query("after"), Limit: perPage, Facts: map[string]string{}}
	if field, ok := firstChoice(rules); ok {
		for _, o := range field.Options {
			b.Topics = append(b.Topics, choice{Value: o.Value, Title: o.Title.In(p.L())})
		}
		if b.Topic != "" {
			f.Facts[field.Name] = b.Topic
		}
	}
	list, next, err := t.Petitions.List(p.ctx, p.session.Actor, f)
	if err != nil {
		return err
	}
	for _, x := range list {
		b.Items = append(b.Items, t.asked(p, x))
	}
	if next != "" {
		b.Next = t.base + "?" + url.Values{"state": {b.State}, "topic": {b.Topic}, "product": {f.Product}, "after": {next}}.Encode()
	}
	if b.Tasks, err = t.tasks(p, perPage); err != nil {
		return err
	}
	return p.show("petitions", p.T(t.procedure), b)
}

// about lists the newest petitions about a product that the reader sees.
func (t petitions) about(p *page, product string) (out []asked, err error) {
	list, _, err := t.Petitions.List(p.ctx, p.session.Actor, store.PetitionFilter{Procedure: t.procedure, Product: product, Limit: atStart})
	for _, x := range list {
		out = append(out, t.asked(p, x))
	}
	return out, err
}

// firstChoice is the first choice of the form that opens a petition.
func firstChoice(rules *workflow.Rules) (workflow.Field, bool) {
	for _, fact := range rules.Gathered() {
		if f, _ := rules.Field(strings.TrimPrefix(fact.Name, rules.Name+".")); f.Type == workflow.FieldChoice {
			return f, true
		}
	}
	return workflow.Field{}, false
}

func (t petitions) tasks(p *page, limit int) ([]task, error) {
	list, _, err := t.Petitions.Worklist(p.ctx, p.session.Actor, t.procedure, "", limit)
	var out []task
	for _, x := range list {
		out = append(out, task{t.asked(p, x.Petition), x.Actions})
	}
	return out, err
}

// waiting are the petitions of a procedure that wait for the reader.
type waiting struct {
	Of, Base string
	Tasks    []task
}

// requests are the petitions of all procedures that wait for the reader.
func (s *Site) requests(p *page, limit int) (out []waiting, err error) {
	for _, t := range s.petitionsOf() {
		list, err := t.tasks(p, limit)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			out = append(out, waiting{t.procedure, t.base, list})
		}
	}
	return out, nil
}

// mayOpen reports whether the reader holds a role that opens petitions.
func (t petitions) mayOpen(p *page, rules *workflow.Rules) bool {
	for _, event := range rules.Openings() {
		x, _ := rules.Transitions.Get(string(event))
		if slices.ContainsFunc(x.Arms, func(a workflow.Arm) bool { return p.holds(a.By) }) {
			return true
		}
	}
	return false
}

type openingBody struct {
	Of, Base, Product string
	Find              string // words of the products that are offered
	Event             ocop.Event
	Form              []workflow.Field
	Products          []choice
	Search            bool // there are more products than one list holds
	More              bool // more are found than are shown
	Askers            []choice
	Instead           bool // the reader may ask in place of a producer
	Scans             []store.Document
	Limits            []window // of time, on opening it
}

// window is a span of days in which something is possible, in words.
type window struct {
	Text, Legal, Note string
	Verified          bool
}

// UnitsOf has nothing to offer before there is a petition.
func (openingBody) UnitsOf(workflow.Field) []choice { return nil }

func (t petitions) fresh(p *page) error {
	rules, err := t.Petitions.InForce(t.procedure, t.Desk.Today())
	if err != nil {
		return err
	}
	p.rules = rules
	s := workflow.Subject{Track: ocop.NoTrack, State: ocop.NoState}
	b := openingBody{Of: t.procedure, Base: t.base, Event: rules.Openings()[0], Product: p.c.Query("product")}
	b.Form, b.Limits = rules.Form(s, b.Event), p.limits(rules, b.Event)
	if p.Typed("product") != "" {
		b.Product = p.Typed("product")
	}
	if err := t.offer(p, &b); err != nil {
		return err
	}
	if b.Askers, err = p.askers(); err != nil {
		return err
	}
	if b.Instead = p.session.Actor.StandsIn(); b.Instead && b.Product != "" {
		x, err := store.ProductByCode(p.ctx, t.DB, b.Product)
		if err == nil && x != nil && p.session.Actor.Products().Sees(x.ID, x.Path, x.Producer.ID) {
			b.Scans, err = t.papersOf(p, x.Producer.ID, x.ID)
		}
		if err != nil {
			return err
		}
	}
	title, _ := procedure{rules}.event(string(b.Event))
	return p.show("petition-new", title.In(p.L()), b)
}

// maxListed bounds the products that a form offers at a time; others are found by
// words.
const maxListed = 50

// offer puts products to choose from into a form: that for which it was opened
// first, then those that are found.
func (t petitions) offer(p *page, b *openingBody) error {
	add := func(x ocop.Product) {
		c := choice{Value: x.Code, Title: x.Name + " · " + x.Producer.Name}
		if !slices.Contains(b.Products, c) {
			b.Products = append(b.Products, c)
		}
	}
	if b.Product != "" {
		x, err := store.ProductByCode(p.ctx, t.DB, b.Product)
		if err != nil {
			return err
		}
		if x != nil && p.session.Actor.Products().Sees(x.ID, x.Path, x.Producer.ID) {
			add(*x)
		}
	}
	b.Find = p.Typed("find")
	found, err := t.Desk.Products(p.ctx, p.session.Actor, store.Filter{Text: ocop.Fold(b.Find), Limit: maxListed + 1})
	if err != nil {
		return err
	}
	b.More = len(found) > maxListed
	b.Search = b.More || b.Find != ""
	for _, x := range found[:min(len(found), maxListed)] {
		add(x)
	}
	return nil
}

// askers are the communes and producers that the reader acts for, and those in whose
// place it may.
func (p *page) askers() (out []choice, err error) {
	var places []ocop.Path
	for _, g := range p.session.Actor.Grants {
		if g.Role == access.Office || g.Role == access.Commune {
			places = append(places, g.Path)
		}
		u, err := store.Unit(p.ctx, p.site.DB, g.Unit)
		if err != nil {
			return nil, err
		}
		if u != nil && (u.Kind == ocop.Commune || u.Kind == ocop.Producers) && !slices.ContainsFunc(out, func(c choice) bool { return c.Value == u.Code }) {
			out = append(out, choice{Value: u.Code, Title: u.Name.In(p.L())})
		}
	}
	if len(places) == 0 {
		return out, nil
	}
	producers, err := store.ProducersBelow(p.ctx, p.site.DB, places, "", "", maxListed)
	for _, x := range producers {
		out = append(out, choice{Value: x.Code, Title: x.Name})
	}
	return out, err
}

func (t petitions) open(p *page) error {
	rules, err := t.Petitions.InForce(t.procedure, t.Desk.Today())
	if err != nil {
		return err
	}
	if p.Typed("search") != "" { // for a product: nothing is asked yet
		return t.fresh(p)
	}
	event := rules.Openings()[0]
	ask := petition.Ask{New: &petition.Opening{Procedure: t.procedure, Product: p.Typed("product"), Asker: p.Typed("asker")}, Actor: p.session.Actor, Event: event,
		Comment: p.Typed("comment"), Data: p.formData(rules.Form(workflow.Subject{Track: ocop.NoTrack, State: ocop.NoState}, event)), Key: p.key("open " + t.base)}
	producer, product, err := t.askedFor(p)
	if err != nil {
		return err
	}
	var done petition.Stepped
	err = p.inPlace(producer, product, func(b casework.OnBehalf) error {
		ask.OnBehalf = b
		_, err := t.Petitions.Try(p.ctx, ask)
		return err
	}, func(b casework.OnBehalf) (err error) {
		ask.OnBehalf = b
		done, err = t.Petitions.Move(p.ctx, ask)
		return err
	})
	if err != nil {
		return p.retry(err, t.fresh)
	}
	return p.back(t.base+"/requests/"+url.PathEscape(done.Petition.ID)+"?saved=1", t.base)
}

// askedFor is the producer for which a new petition asks, with the product that it is
// about; "" for none.
func (t petitions) askedFor(p *page) (producer, product string, err error) {
	if code := p.Typed("product"); code != "" {
		x, err := store.ProductByCode(p.ctx, t.DB, code)
		if err != nil || x == nil || !p.session.Actor.Products().Sees(x.ID, x.Path, x.Producer.ID) {
			return "", "", err
		}
		return x.Producer.ID, x.ID, nil
	}
	u, err := store.UnitBy(p.ctx, t.DB, p.Typed("asker"))
	if err != nil || u == nil || u.Kind != ocop.Producers {
		return "", "", err
	}
	return u.ID, "", nil
}

// formData reads the fields of a form.
func (p *page) formData(form []workflow.Field) map[string]any {
	data := map[string]any{}
	for _, f := range form {
		if v := p.value(f); v != nil {
			data[f.Name] = v
		}
	}
	return data
}

// Filled is what a field of a form shows: what was typed, else what is proposed.
func (p *page) Filled(event any, name string, proposed any) string {
	if p.c.Request.PostFormValue("event") == fmt.Sprint(event) {
		return p.Typed("data." + name)
	}
	if values, ok := proposed.(map[string]any); ok && values[name] != nil {
		return fmt.Sprint(values[name])
	}
	return ""
}
