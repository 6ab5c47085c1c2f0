package web

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// limits are the windows of an event that count from a day in its own form.
func (p *page) limits(rules *workflow.Rules, event ocop.Event) (out []window) {
	t, _ := rules.Transitions.Get(string(event))
	for _, w := range t.Window {
		f, asked := rules.Field(strings.TrimPrefix(w.Around, "form."))
		if !asked || w.To == nil {
			continue
		}
		out = append(out, window{fmt.Sprintf(p.T("within_days_of"), *w.To, f.Title.In(p.L())), w.Legal, w.Note.In(p.L()), w.Verified})
	}
	return out
}

// within are the last days of the windows that a petition went through, by the
// days that its form was given.
func (p *page) within(rules *workflow.Rules, x petition.Petition) (out []part) {
	for _, event := range rules.Openings() {
		t, _ := rules.Transitions.Get(string(event))
		for _, w := range t.Window {
			day, given := x.Facts[strings.TrimPrefix(w.Around, "form.")].(int64)
			if given && w.To != nil {
				out = append(out, part{Title: fmt.Sprintf(p.T("petition_last_day"), t.Title.In(p.L())), Value: p.Day(ocop.Date(day) + ocop.Date(*w.To))})
			}
		}
	}
	return out
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
	Behalf     []store.OnBehalf // done in place of the producer that asks
	Scans      []store.Document // from which something may be done so
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
		b.AnyAllowed, b.AnyBlocked = b.AnyAllowed || a.Allowed || a.Instead, b.AnyBlocked || !a.Allowed && !a.Instead
	}
	if b.Behalf, err = t.Desk.OnBehalfOfPetition(p.ctx, id); err != nil {
		return err
	}
	if slices.ContainsFunc(b.Actions, func(a petition.Action) bool { return a.Instead }) {
		if b.Scans, err = t.papersOf(p, x.Asker.ID, productOf(x)); err != nil {
			return err
		}
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
	b.Given = append(b.Given, p.within(rules, x)...)
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
			if f.Type != workflow.FieldUnit || !a.Allowed && !a.Instead {
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
	x, err := t.Petitions.Get(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	err = p.inPlace(x.Asker.ID, productOf(x), func(b casework.OnBehalf) error {
		ask.OnBehalf = b
		_, err := t.Petitions.Try(p.ctx, ask)
		return err
	}, func(b casework.OnBehalf) error {
		ask.OnBehalf = b
		_, err := t.Petitions.Move(p.ctx, ask)
		return err
	})
	if err != nil {
		return t.again(p, err, string(event))
	}
	return p.back(t.base+"/requests/"+url.PathEscape(id)+"?saved=1", t.base)
}

// productOf is the product that a petition is about; "" for none.
func productOf(x petition.Petition) string {
	if x.Product == nil {
		return ""
	}
	return x.Product.ID
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
