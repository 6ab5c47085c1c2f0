package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/correspondence"
	"ocopflow/internal/fault"
	"ocopflow/internal/lists"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// mountCorrespondence adds the pages of the registers of papers.
func (s *Site) mountCorrespondence(e *gin.Engine) {
	e.GET("/correspondence", s.member(s.correspondence))
	e.POST("/correspondence", s.member(s.registerPaper))
	e.GET("/correspondence/:id", s.member(s.paperLine))
	e.POST("/correspondence/:id", s.member(s.paperAct))
}

// correspondents are the roles that keep registers, read them, or are written to.
var correspondents = []ocop.Role{access.Office, access.Leader, access.Secretary, access.Commune, access.Producer, access.Department, access.Auditor}

type correspondenceBody struct {
	Unit, Direction, Year, Q string
	Keeps                    bool
	Reads                    bool     // registers, and not only what was sent to the reader
	Units                    []choice // whose registers the reader keeps
	Items                    []store.Paper
	Rule                     correspondence.Rule
	Next, Export             string
}

// Kinds of papers.
func (correspondenceBody) Kinds() []correspondence.Kind { return correspondence.Kinds }

func (s *Site) correspondence(p *page) error {
	p.saidSaved()
	actor := p.session.Actor
	b := correspondenceBody{Unit: p.c.Query("unit"), Direction: p.c.Query("direction"), Year: p.c.Query("year"), Q: p.c.Query("q"), Rule: correspondence.RegistrationRule(),
		Reads: len(actor.Oversees().Units) > 0}
	f := store.PaperFilter{Unit: b.Unit, Direction: store.Direction(b.Direction), Text: b.Q, After: p.c.Query("after"), Limit: perPage + 1}
	if year, err := strconv.Atoi(b.Year); err == nil {
		f.Year = year
	}
	var err error
	if b.Items, err = s.Correspondence.Papers(p.ctx, actor, f); err != nil {
		return err
	}
	narrow := url.Values{"unit": {b.Unit}, "direction": {b.Direction}, "year": {b.Year}, "q": {b.Q}}
	if len(b.Items) > perPage {
		b.Items = b.Items[:perPage]
		narrow.Set("after", b.Items[perPage-1].ID)
		b.Next = "/correspondence?" + narrow.Encode()
	}
	whole := url.Values{}
	for name, v := range map[string]string{"unit": b.Unit, "direction": b.Direction, "q": b.Q} {
		if v != "" {
			whole.Set(name, v)
		}
	}
	if f.Year > 0 {
		whole.Set("year", strconv.Itoa(f.Year))
	}
	b.Export = "/api/v1/exports/correspondence.xlsx?" + whole.Encode()
	if b.Units, err = s.registers(p); err != nil {
		return err
	}
	b.Keeps = len(b.Units) > 0
	return p.show("correspondence", p.T("correspondence"), b)
}

// registers are the units whose registers the reader keeps.
func (s *Site) registers(p *page) (out []choice, err error) {
	for _, g := range p.session.Actor.Grants {
		u, err := store.Unit(p.ctx, s.DB, g.Unit)
		if err != nil {
			return nil, err
		}
		if u == nil || (g.Role != access.Office && g.Role != access.Secretary) || slices.ContainsFunc(out, func(c choice) bool { return c.Value == u.Code }) {
			continue
		}
		out = append(out, choice{Value: u.Code, Title: u.Name.In(p.L())})
	}
	return out, nil
}

func (s *Site) registerPaper(p *page) error {
	name, file, err := p.takeFile("")
	if err != nil {
		return p.retry(err, s.correspondence)
	}
	e := correspondence.Entry{Unit: p.Typed("unit"), Direction: store.Direction(p.Typed("direction")), Symbol: p.Typed("symbol"), Dated: p.typedDay("dated"), ReceivedOn: p.typedDay("received_on"),
		Kind: p.Typed("kind"), Parties: words(p.Typed("parties")), Others: p.Typed("others"), Summary: p.Typed("summary"), Products: words(p.Typed("products")), Decision: p.Typed("decision"),
		Actor: p.session.Actor, Key: p.key("correspondence")}
	if name != "" {
		e.FileName, e.Taken = name, file
	} else if err := s.Desk.Vault.Settle(p.ctx, file); err != nil {
		return err
	}
	if e.Direction == store.Sent {
		e.ReceivedOn = nil // the form has one field for both
	}
	l, err := s.Correspondence.Register(p.ctx, e)
	if err != nil {
		return p.retry(err, s.correspondence)
	}
	return p.back("/correspondence/"+l.ID+"?saved=1", "/correspondence")
}

// words are codes with commas or spaces between them.
func words(text string) []string { return strings.Fields(strings.ReplaceAll(text, ",", " ")) }

type paperLineBody struct {
	store.Paper
	Keeps bool
	Rule  correspondence.Rule
	Names map[string]string // of who registered, voided and filed
}

func (s *Site) paperLine(p *page) error {
	p.saidSaved()
	l, err := s.Correspondence.Paper(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	b := paperLineBody{Paper: *l, Keeps: correspondence.Keeps(p.session.Actor, l.Path), Rule: correspondence.RegistrationRule()}
	people := []string{l.RegisteredBy, l.VoidedBy}
	if l.File != nil {
		people = append(people, l.File.FiledBy)
	}
	if b.Names, err = store.AccountNames(p.ctx, s.DB, people); err != nil {
		return err
	}
	title := p.T("paper_received")
	if l.Direction == store.Sent {
		title = p.T("paper_sent")
	}
	if l.Symbol != "" {
		title += " " + l.Symbol
	}
	return p.show("paper-line", title, b)
}

func (s *Site) paperAct(p *page) error {
	id := p.c.Param("id")
	if _, err := s.Correspondence.Paper(p.ctx, p.session.Actor, id); err != nil {
		return err
	}
	var err error
	switch {
	case strings.HasPrefix(p.c.ContentType(), "multipart/"):
		err = s.attachScan(p, id)
	case p.Typed("act") == "void":
		v := correspondence.Voiding{ID: id, Reason: p.Typed("reason"), Actor: p.session.Actor, Key: p.key("paper " + id)}
		if n, bad := strconv.ParseInt(p.Typed("version"), 10, 64); bad == nil {
			v.Version = &n
		}
		_, err = s.Correspondence.Void(p.ctx, v)
	default:
		err = fault.New(fault.Malformed, "malformed", "Không đọc được nội dung gửi lên.", "What was sent cannot be read.")
	}
	if err != nil {
		return p.retry(err, s.paperLine)
	}
	return p.back("/correspondence/"+url.PathEscape(id)+"?saved=1", "/correspondence")
}

func (s *Site) attachScan(p *page, id string) error {
	name, file, err := p.takeFile("")
	if err == nil && name == "" {
		err = unreadable()
	}
	if err != nil {
		return err
	}
	_, err = s.Correspondence.Attach(p.ctx, correspondence.Scan{ID: id, Name: name, Taken: file, Actor: p.session.Actor, Key: p.key("scan " + id)})
	return err
}

// KindOfPaper names a kind of papers.
func (p *page) KindOfPaper(code string) string {
	if k := correspondence.KindOf(code); k != nil {
		return k.Title.In(p.L())
	}
	return code
}

// FromOrTo is from whom a paper came, or to whom it went.
func (p *page) FromOrTo(l store.Paper) string { return lists.Correspondents(l) }
