package web

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// mountCorrections adds the pages on which the register is put right.
func (s *Site) mountCorrections(e *gin.Engine) {
	e.GET("/corrections", s.member(s.corrections))
	e.POST("/corrections/:id", s.member(s.decideCorrection))
	e.GET("/products/:id/corrections", s.member(s.productCorrections))
	e.POST("/products/:id/corrections", s.member(s.correctProduct))
	e.GET("/producers/:id/corrections", s.member(s.producerCorrections))
	e.POST("/producers/:id/corrections", s.member(s.correctProducer))
}

type correctionsBody struct {
	State    string
	Items    []correctionLine
	Next     string
	At       string // address of the page, where forms come back to
	Product  *ocop.Product
	Producer *ocop.Producer
	Unit     string // code of the product's unit
	Corrects bool   // the reader may propose
	Sets     []choice
	Forms    []choice

	Producers []choice // that are offered, by their code
	Units     []choice
}

// offered bounds the producers and units that a correction offers; others are typed.
const offered = 500

// offerPlaces names the producers and units in which the reader corrects.
func (p *page) offerPlaces(b *correctionsBody) error {
	if !b.Corrects {
		return nil
	}
	var places []ocop.Path
	for _, g := range p.session.Actor.Grants {
		if g.Role == access.Office {
			places = append(places, g.Path)
		}
	}
	producers, err := store.ProducersBelow(p.ctx, p.site.DB, places, "", "", offered)
	if err != nil {
		return err
	}
	for _, x := range producers {
		b.Producers = append(b.Producers, choice{Value: x.Code, Title: x.Name})
	}
	units, err := store.UnitsBelow(p.ctx, p.site.DB, places, "", offered)
	for _, u := range units {
		if u.Kind != ocop.Department && u.Kind != ocop.Producers {
			b.Units = append(b.Units, choice{Value: u.Code, Title: u.Name.In(p.L())})
		}
	}
	return err
}

// correctionLine is a correction with the names of people.
type correctionLine struct {
	store.Correction
	By, Decider string
	Decides     bool // the reader may confirm or decline it
	Declines    bool // only decline: it is the reader's own
}

// States are those that the list can be narrowed to.
func (correctionsBody) States() []string {
	return []string{"proposed", "applied", "declined", "all"}
}

func (s *Site) corrections(p *page) error {
	b := correctionsBody{State: p.c.DefaultQuery("state", "proposed"), At: "/corrections"}
	state := store.CorrectionState(b.State)
	if b.State == "all" {
		state = ""
	}
	list, err := s.Desk.Corrections(p.ctx, p.session.Actor, state, p.c.Query("after"), perPage+1)
	if err != nil {
		return err
	}
	if len(list) > perPage {
		list = list[:perPage]
		b.Next = "/corrections?" + url.Values{"state": {b.State}, "after": {list[perPage-1].ID}}.Encode()
	}
	if b.Items, err = p.correctionLines(list); err != nil {
		return err
	}
	return p.show("corrections", p.T("corrections"), b)
}

func (p *page) correctionLines(list []store.Correction) (out []correctionLine, err error) {
	var people []string
	for _, k := range list {
		people = append(people, k.ProposedBy, k.DecidedBy)
	}
	names, err := store.AccountNames(p.ctx, p.site.DB, people)
	if err != nil {
		return nil, err
	}
	for _, k := range list {
		x := correctionLine{Correction: k, By: names[k.ProposedBy], Decider: names[k.DecidedBy]}
		_, office := p.session.Actor.Holds(access.Office, k.Path)
		_, leader := p.session.Actor.Holds(access.Leader, k.Path)
		x.Decides = k.State == store.CorrectionProposed && (office || leader)
		x.Declines = x.Decides && k.ProposedBy == p.session.Account.ID
		out = append(out, x)
	}
	return out, nil
}

// Changed words one corrected value.
func (p *page) Changed(c store.Corrected, from bool) string {
	value, name := c.To, c.ToName
	if from {
		value, name = c.From, c.FromName
	}
	switch {
	case name != "":
		return name
	case value == "":
		return "–"
	case c.Field == "set":
		if n, err := strconv.Atoi(value); err == nil {
			return p.SetName(n)
		}
	case c.Field == "form":
		return p.Form(value)
	}
	return value
}

func (s *Site) productCorrections(p *page) error {
	actor, id := p.session.Actor, p.c.Param("id")
	product, err := s.Desk.Product(p.ctx, actor, id)
	if err != nil {
		return err
	}
	p.saidSaved()
	b := correctionsBody{Product: product, At: "/products/" + id + "/corrections"}
	_, b.Corrects = actor.Holds(access.Office, product.Path)
	list, err := s.Desk.CorrectionsOf(p.ctx, actor, id)
	if err != nil {
		return err
	}
	if b.Items, err = p.correctionLines(list); err != nil {
		return err
	}
	unit, err := store.Unit(p.ctx, s.DB, product.Unit)
	if err != nil {
		return err
	}
	b.Unit = unit.Code
	if err := p.offerPlaces(&b); err != nil {
		return err
	}
	for n := 1; n <= 26; n++ {
		b.Sets = append(b.Sets, choice{Value: strconv.Itoa(n), Title: p.SetName(n)})
	}
	return p.show("corrections", p.T("corrections")+": "+product.Name, b)
}

func (p *page) saidSaved() {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
}

func (s *Site) producerCorrections(p *page) error {
	actor, id := p.session.Actor, p.c.Param("id")
	list, err := s.Desk.CorrectionsOfProducer(p.ctx, actor, id)
	if err != nil {
		return err
	}
	p.saidSaved()
	b := correctionsBody{At: "/producers/" + id + "/corrections"}
	if b.Producer, err = store.Producer(p.ctx, s.DB, id); err != nil {
		return err
	}
	_, b.Corrects = actor.Holds(access.Office, b.Producer.Path)
	if b.Items, err = p.correctionLines(list); err != nil {
		return err
	}
	for _, f := range accounts.Forms {
		b.Forms = append(b.Forms, choice{Value: f, Title: p.T("form_" + f)})
	}
	return p.show("corrections", p.T("corrections")+": "+b.Producer.Name, b)
}

// changedFrom is what was typed into a field, nil when it still holds what it held.
func (p *page) changedFrom(field, present string) *string {
	v := strings.TrimSpace(p.Typed(field))
	if v == strings.TrimSpace(present) {
		return nil
	}
	return &v
}

func (p *page) fix() casework.Fix {
	f := casework.Fix{Reason: p.Typed("reason"), Actor: p.session.Actor, Key: p.key("correct " + p.c.Param("id"))}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		f.Version = &v
	}
	return f
}

func (s *Site) correctProduct(p *page) error {
	id := p.c.Param("id")
	product, err := s.Desk.Product(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	unit, err := store.Unit(p.ctx, s.DB, product.Unit)
	if err != nil {
		return err
	}
	f := p.fix()
	f.Name = p.changedFrom("name", product.Name)
	f.Producer = p.changedFrom("producer", product.Producer.Code)
	f.Unit = p.changedFrom("unit", unit.Code)
	if n, err := strconv.Atoi(p.Typed("set")); err == nil && n != product.Set {
		f.Set = &n
	}
	if _, err := s.Desk.CorrectProduct(p.ctx, id, f); err != nil {
		return p.orAgain(err, s.productCorrections)
	}
	return p.back("/products/"+id+"/corrections?saved=1", "/products")
}

func (s *Site) correctProducer(p *page) error {
	id := p.c.Param("id")
	n, err := store.Producer(p.ctx, s.DB, id)
	if err != nil {
		return err
	}
	if n == nil {
		return casework.NotFound()
	}
	f := p.fix()
	f.Name, f.Form, f.Registration = p.changedFrom("name", n.Name), p.changedFrom("form", n.Form), p.changedFrom("registration", n.Registration)
	if _, err := s.Desk.CorrectProducer(p.ctx, id, f); err != nil {
		return p.orAgain(err, s.producerCorrections)
	}
	return p.back("/producers/"+id+"/corrections?saved=1", "/producers")
}

// orAgain shows a page again with what was wrong.
func (p *page) orAgain(err error, show handler) error {
	if fault.Is(err, fault.NotFound) {
		return err
	}
	if err = p.wrong(err); err != nil {
		return err
	}
	return show(p)
}

func (s *Site) decideCorrection(p *page) error {
	act := p.Typed("act")
	if act != "confirm" && act != "decline" {
		return fault.New(fault.Malformed, "malformed", "Không có thao tác này.", "There is no such act.")
	}
	c := casework.Choice{Correction: p.c.Param("id"), Note: p.Typed("note"), Actor: p.session.Actor, Key: p.key("correction " + p.c.Param("id"))}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		c.Version = &v
	}
	if _, err := s.Desk.DecideCorrection(p.ctx, c, act == "confirm"); err != nil {
		return p.orAgain(err, s.corrections)
	}
	return p.back(p.Typed("back"), "/corrections")
}

// correctedIn words the changes that an entry of a correction holds.
func (p *page) correctedIn(data map[string]any) (out []string) {
	text, err := json.Marshal(data["changes"])
	var changes []store.Corrected
	if err != nil || data["correction"] == nil || json.Unmarshal(text, &changes) != nil {
		return nil
	}
	for _, c := range changes {
		out = append(out, p.T("corrected_"+c.Field)+": "+p.Changed(c, true)+" → "+p.Changed(c, false)+".")
	}
	return out
}
