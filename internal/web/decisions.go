package web

import (
	"context"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/signature"
	"ocopflow/internal/store"
)

// mountDecisions adds the pages of decisions and their signed originals.
func (s *Site) mountDecisions(e *gin.Engine) {
	e.GET("/decisions", s.member(s.decisions))
	e.POST("/decisions", s.member(s.recordDecision))
	e.GET("/decisions/:id", s.member(s.decision))
	e.POST("/decisions/:id/original", s.member(s.fileOriginal))
}

type decisionsBody struct {
	State  string
	Number string
	Items  []store.Decision
	Next   string
	Units  []choice // in which the reader may record
}

// States are those that the list can be narrowed to.
func (decisionsBody) States() []string { return []string{"all", "pending", "filed", "none"} }

// Abouts are what decisions can be about.
func (decisionsBody) Abouts() []ocop.Event { return casework.DecisionKinds }

func (s *Site) decisions(p *page) error {
	p.saidSaved()
	b := decisionsBody{State: p.c.DefaultQuery("original", "all"), Number: p.c.Query("number")}
	f := store.DecisionFilter{State: store.OriginalState(b.State), Number: b.Number, After: p.c.Query("after"), Limit: perPage + 1}
	if b.State == "all" {
		f.State = ""
	}
	var err error
	if b.Items, err = s.Desk.Decisions(p.ctx, p.session.Actor, f); err != nil {
		return err
	}
	if len(b.Items) > perPage {
		b.Items = b.Items[:perPage]
		b.Next = "/decisions?" + url.Values{"original": {b.State}, "number": {b.Number}, "after": {b.Items[perPage-1].Cursor()}}.Encode()
	}
	if b.Units, err = s.keeps(p); err != nil {
		return err
	}
	return p.show("decisions", p.T("decisions"), b)
}

// keeps are the units whose papers the reader keeps.
func (s *Site) keeps(p *page) (out []choice, err error) {
	seen := map[string]bool{}
	for _, g := range p.session.Actor.Grants {
		if g.Role != access.Office && g.Role != access.Leader || seen[g.Unit] {
			continue
		}
		seen[g.Unit] = true
		u, err := store.Unit(p.ctx, s.DB, g.Unit)
		if err != nil {
			return nil, err
		}
		if u != nil {
			out = append(out, choice{Value: u.Code, Title: u.Name.In(p.L())})
		}
	}
	return out, nil
}

func (s *Site) recordDecision(p *page) error {
	r := casework.Recording{Unit: p.Typed("issuer"), Number: p.Typed("number"), DecidedOn: p.typedDay("decided_on"), About: ocop.Event(p.Typed("about")),
		Products: strings.Fields(strings.ReplaceAll(p.Typed("products"), ",", " ")), Signer: p.Typed("signer"), Summary: p.Typed("summary"),
		None: p.Typed("no_original") == "true", Actor: p.session.Actor, Key: p.key("decisions")}
	k, err := s.Desk.RecordDecision(p.ctx, r)
	if err != nil {
		return p.retry(err, s.decisions)
	}
	return p.back("/decisions/"+k.ID+"?saved=1", "/decisions")
}

type decisionBody struct {
	*casework.DecisionFile
	By         string // who put it on record
	Filers     map[string]string
	Signatures *signature.Findings
}

func (s *Site) decision(p *page) error {
	p.saidSaved()
	k, err := s.Desk.DecisionFile(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	b := decisionBody{DecisionFile: k}
	people := []string{k.RecordedBy}
	for _, o := range k.Originals {
		people = append(people, o.FiledBy)
	}
	if b.Filers, err = store.AccountNames(p.ctx, s.DB, people); err != nil {
		return err
	}
	b.By = b.Filers[k.RecordedBy]
	if len(k.Originals) > 0 {
		o := k.Originals[0]
		r, err := s.Signatures.Of(p.ctx, o.SHA256, o.Size, func(ctx context.Context) (io.ReadSeekCloser, error) { return s.Desk.Vault.Open(ctx, s.DB, o.SHA256) })
		if err != nil {
			return err
		}
		b.Signatures = &r
	}
	return p.show("decision", p.T("decision")+" "+k.Number, b)
}

func (s *Site) fileOriginal(p *page) error {
	id := p.c.Param("id")
	k, err := s.Desk.Decision(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	name, file, err := p.takeFile(k.Product)
	if err == nil && name == "" {
		err = unreadable()
	}
	if err != nil {
		return p.retry(err, s.decision)
	}
	f := casework.Filing{Decision: id, Name: name, Taken: file, Signer: p.Typed("signer"), Summary: p.Typed("summary"), Reason: p.Typed("reason"), Actor: p.session.Actor, Key: p.key("original " + id)}
	if n, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		f.Version = &n
	}
	if _, err := s.Desk.FileOriginal(p.ctx, f); err != nil {
		return p.retry(err, s.decision)
	}
	return p.back("/decisions/"+id+"?saved=1", "/decisions")
}
