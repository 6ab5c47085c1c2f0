package web

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
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
	Base, State, Topic, Party string
	States, Topics            []choice
	Tasks                     []task
	Items                     []asked
	Next                      string
	MayOpen                   bool
	Plans                     bool // there are plans for the reader to see
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
	b := petitionsBody{Base: t.base, State: p.c.Query("state"), Topic: p.c.Query("topic"), MayOpen: t.mayOpen(p, rules),
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
	Base, Product string
	Find          string // words of the products that are offered
	Event         ocop.Event
	Form          []workflow.Field
	Products      []choice
	Search        bool // there are more products than one list holds
	More          bool // more are found than are shown
	Askers        []choice
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
	b := openingBody{Base: t.base, Event: rules.Openings()[0], Product: p.c.Query("product")}
	b.Form = rules.Form(s, b.Event)
	if p.Typed("product") != "" {
		b.Product = p.Typed("product")
	}
	if err := t.offer(p, &b); err != nil {
		return err
	}
	if b.Askers, err = p.askers(); err != nil {
		return err
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

// askers are the communes and producers that the reader acts for.
func (p *page) askers() (out []choice, err error) {
	for _, g := range p.session.Actor.Grants {
		u, err := store.Unit(p.ctx, p.site.DB, g.Unit)
		if err != nil {
			return nil, err
		}
		if u != nil && (u.Kind == ocop.Commune || u.Kind == ocop.Producers) && !slices.ContainsFunc(out, func(c choice) bool { return c.Value == u.Code }) {
			out = append(out, choice{Value: u.Code, Title: u.Name.In(p.L())})
		}
	}
	return out, nil
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
	done, err := t.Petitions.Move(p.ctx, ask)
	if err != nil {
		return p.retry(err, t.fresh)
	}
	return p.back(t.base+"/requests/"+url.PathEscape(done.Petition.ID)+"?saved=1", t.base)
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

type petitionBody struct {
	asked
	Base, API  string
	Steps      []step
	Actions    []petition.Action
	AnyAllowed bool
	AnyBlocked bool
	Open       string
	Given      []part
	Texts      []part
	History    []line
	Deadlines  []deadline
	Documents  []store.PetitionDocument
	Kinds      []petition.Kind
	Officers   []store.Account
	units      map[string][]choice
	kinds      workflow.Ordered[workflow.DocumentRule]
	lang       ocop.Lang
}

// UnitsOf are the units that a field may name.
func (b petitionBody) UnitsOf(f workflow.Field) []choice { return b.units[f.Name] }

// KindOf names a kind of document.
func (b petitionBody) KindOf(kind string) string {
	rule, _ := b.kinds.Get(kind)
	return rule.Title.In(b.lang)
}

func (t petitions) one(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	return t.show(p, p.c.Query("open"))
}

func (t petitions) show(p *page, open string) error {
	actor, id := p.session.Actor, p.c.Param("id")
	x, err := t.Petitions.Get(p.ctx, actor, id)
	if err != nil {
		return err
	}
	if x.Procedure != t.procedure {
		return casework.NotFound()
	}
	rules, _, err := t.Petitions.Way(p.ctx, actor, id)
	if err != nil {
		return err
	}
	p.rules = rules
	b := petitionBody{asked: t.asked(p, x), Base: t.base, API: t.api, Open: open, kinds: rules.Documents, lang: p.L()}
	if b.Actions, err = t.Petitions.Actions(p.ctx, actor, id); err != nil {
		return err
	}
	for _, a := range b.Actions {
		b.AnyAllowed, b.AnyBlocked = b.AnyAllowed || a.Allowed, b.AnyBlocked || !a.Allowed
	}
	if b.units, err = t.choices(p, id, b.Actions); err != nil {
		return err
	}
	entries, err := t.Petitions.History(p.ctx, actor, id, 0, 1000)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(entries) {
		b.History = append(b.History, p.line(e))
	}
	b.Steps = p.stepper(rules.StatesToGoal(trackOf(rules, x)), x.State, entries)
	b.Given, b.Texts = p.gathered(rules, x)
	dues, marks, err := t.Petitions.Deadlines(p.ctx, actor, id)
	if err != nil {
		return err
	}
	for _, x := range p.withMarks(dues, marks) {
		x.CanExtend = x.CanExtend && x.Source != "campaign" // of that, on its own page
		b.Deadlines = append(b.Deadlines, x)
	}
	if b.Documents, err = t.Petitions.Documents(p.ctx, actor, id); err != nil {
		return err
	}
	if b.Kinds, err = t.Petitions.Kinds(p.ctx, actor, id); err != nil {
		return err
	}
	return p.show("petition", x.Code, b)
}

// choices are the units that forms of actions may name.
func (t petitions) choices(p *page, id string, actions []petition.Action) (map[string][]choice, error) {
	out := map[string][]choice{}
	for _, a := range actions {
		for _, f := range a.Form {
			if f.Type != workflow.FieldUnit || !a.Allowed {
				continue
			}
			units, err := t.Petitions.Units(p.ctx, p.session.Actor, id, f)
			if err != nil {
				return nil, err
			}
			for _, u := range units {
				out[f.Name] = append(out[f.Name], choice{Value: u.ID, Title: u.Name.In(p.L())})
			}
		}
	}
	return out, nil
}

// trackOf is the track that a petition is in or, closed, the first that there is.
func trackOf(rules *workflow.Rules, x petition.Petition) ocop.Track {
	if x.Track == nil {
		return ocop.Track(rules.Tracks.Keys()[0])
	}
	return *x.Track
}

// gathered are what forms were given, and what was said in words.
func (p *page) gathered(rules *workflow.Rules, x petition.Petition) (given, texts []part) {
	for _, fact := range rules.Gathered() {
		f, _ := rules.Field(strings.TrimPrefix(fact.Name, rules.Name+"."))
		if text := p.given(f, x); text != "" {
			given = append(given, part{Name: f.Name, Title: f.Title.In(p.L()), Value: text})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(x.Texts)) {
		if f, ok := rules.Field(name); ok {
			texts = append(texts, part{Name: name, Title: f.Title.In(p.L()), Value: x.Texts[name]})
		}
	}
	return given, texts
}

func (t petitions) move(p *page) error {
	id, event := p.c.Param("id"), ocop.Event(p.Typed("event"))
	actions, err := t.Petitions.Actions(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	ask := petition.Ask{Petition: id, Actor: p.session.Actor, Event: event, Comment: p.Typed("comment"), Data: map[string]any{}, Key: p.key("move " + id)}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		ask.Version = &v
	}
	for _, a := range actions {
		if a.Event == event {
			ask.Data = p.formData(a.Form)
		}
	}
	if _, err := t.Petitions.Move(p.ctx, ask); err != nil {
		return t.again(p, err, string(event))
	}
	return p.back(t.base+"/requests/"+url.PathEscape(id)+"?saved=1", t.base)
}

// again shows the petition with what went wrong, keeping what was typed.
func (t petitions) again(p *page, err error, open string) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.NotFound {
		return err
	}
	p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
	return t.show(p, open)
}

// extend puts a deadline of the petition off.
func (t petitions) extend(p *page) error {
	id := p.c.Param("id")
	if x, err := t.Petitions.Get(p.ctx, p.session.Actor, id); err != nil {
		return err
	} else if x.Procedure != t.procedure {
		return casework.NotFound()
	}
	if _, err := t.Desk.Extend(p.ctx, p.extension("")); err != nil {
		return t.again(p, err, "")
	}
	return p.back(t.base+"/requests/"+url.PathEscape(id)+"?saved=1", t.base)
}

func (t petitions) bring(p *page) error {
	name, file, err := p.takeFile("")
	if err == nil && name == "" {
		err = errors.Join(unreadable(), t.Desk.Vault.Settle(p.ctx, file))
	}
	if err != nil {
		return t.again(p, err, "")
	}
	if _, err := t.Petitions.AddDocument(p.ctx, petition.Upload{Petition: p.c.Param("id"), Kind: p.Typed("kind"), Name: name, Taken: file, Actor: p.session.Actor}); err != nil {
		return t.again(p, err, "")
	}
	return p.back(t.base+"/requests/"+url.PathEscape(p.c.Param("id"))+"?saved=1", t.base)
}
