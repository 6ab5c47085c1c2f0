package web

import (
	"slices"
	"strings"

	"ocopflow/internal/clerk"
	"ocopflow/internal/council"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
)

// blank is a field of a paper's form, in one of the kinds "line", "lines", "day"
// and "choice".
type blank struct {
	Name, Kind, Value string
	Options           []choice
	Must              bool
}

type draftBody struct {
	Name   string
	Title  ocop.Text
	Blanks []blank
	Head   []blank // of the paper's head: all of them may stay empty
}

// draftBlanks are what the clerk fills in beside the head, in the order of the paper.
var draftBlanks = map[string][]blank{
	"notice":   {{Name: "campaign", Kind: "choice", Must: true}, {Name: "chair", Kind: "line"}},
	"decision": {{Name: "unit", Kind: "choice"}, {Name: "products", Kind: "lines"}, {Name: "campaign", Kind: "choice"}, {Name: "proposer", Kind: "line"}, {Name: "bases", Kind: "lines"}},
	"invitation": {{Name: "unit", Kind: "choice"}, {Name: "occasion", Kind: "line", Must: true}, {Name: "to", Kind: "lines"}, {Name: "chair", Kind: "line"}, {Name: "time", Kind: "line"}, {Name: "where", Kind: "line"},
		{Name: "products", Kind: "lines"}, {Name: "text", Kind: "lines"}, {Name: "contact", Kind: "line"}},
	"minutes": {{Name: "unit", Kind: "choice"}, {Name: "title", Kind: "line", Must: true}, {Name: "opened", Kind: "line"}, {Name: "where", Kind: "line"}, {Name: "present", Kind: "lines"}, {Name: "absent", Kind: "lines"},
		{Name: "chair", Kind: "line"}, {Name: "secretary", Kind: "line"}, {Name: "text", Kind: "lines"}, {Name: "conclusion", Kind: "lines"}, {Name: "closed", Kind: "line"}},
	"report": {{Name: "campaign", Kind: "choice", Must: true}, {Name: "period", Kind: "line"}, {Name: "difficulties", Kind: "lines"}, {Name: "proposals", Kind: "lines"}},
}

var headBlanks = []blank{{Name: "number", Kind: "line"}, {Name: "day", Kind: "day"}, {Name: "place", Kind: "line"}, {Name: "parent", Kind: "line"}, {Name: "issuer", Kind: "line"}, {Name: "signer", Kind: "line"}}

// draft is the form from which a paper is made.
func (s *Site) draft(p *page) error {
	name := p.c.Param("name")
	blanks, ok := draftBlanks[name]
	if !ok {
		return notFound()
	}
	if !p.Draws(name) {
		return fault.New(fault.Forbidden, "who_may_not", "Việc này không thuộc quyền của bạn.", "This is not yours to do.")
	}
	given, err := s.given(p, name)
	if err != nil {
		return err
	}
	b := draftBody{Name: name, Title: paper.Find(name).Title, Blanks: slices.Clone(blanks), Head: slices.Clone(headBlanks)}
	for _, list := range [][]blank{b.Blanks, b.Head} {
		for i := range list {
			x := &list[i]
			if x.Value = p.Typed(x.Name); x.Value == "" {
				x.Value = given[x.Name]
			}
			if err := s.options(p, name, x); err != nil {
				return err
			}
		}
	}
	return p.show("draft", p.T("draw_paper")+": "+b.Title.In(p.L()), b)
}

// given is what the page from which the reader came knows already.
func (s *Site) given(p *page, name string) (map[string]string, error) {
	out := map[string]string{"campaign": p.c.Query("campaign"), "period": p.c.Query("period")}
	if id := p.c.Query("product"); id != "" {
		product, err := s.Desk.Product(p.ctx, p.session.Actor, id)
		if err != nil {
			return nil, err
		}
		out["products"] = product.Code
		level, err := s.recognises(p, product)
		if err != nil {
			return nil, err
		}
		if at := product.Path.Upto(level); at != "" && clerk.Makes(p.session.Actor, name, at) {
			out["unit"] = at.Unit(level)
		}
	}
	if id := p.c.Query("session"); id != "" {
		v, err := s.Councils.Session(p.ctx, p.session.Actor, id)
		if err != nil {
			return nil, err
		}
		p.ofSession(out, v)
	}
	return out, nil
}

// recognises is the kind of unit that recognises a product's result.
func (s *Site) recognises(p *page, product *ocop.Product) (ocop.UnitKind, error) {
	standing, err := s.Desk.Standing(p.ctx, s.DB, product.ID, s.Clock())
	if err != nil {
		return "", err
	}
	return ocop.UnitKind(standing.Rules.RecognisedBy(clerk.Stars(standing))), nil
}

// ofSession fills a paper about a council's session in.
func (p *page) ofSession(out map[string]string, v council.View) {
	about := ocop.Text{Vi: "phiên chấm sản phẩm " + v.Product.Name, En: "the session that scores " + v.Product.Name}.In(p.L())
	out["occasion"], out["title"] = about, ocop.Text{Vi: "Phiên chấm sản phẩm ", En: "Session on "}.In(p.L())+v.Product.Name
	out["to"], out["products"], out["where"] = v.Council.Name, v.Product.Code, v.Place
	out["time"] = v.HeldOn.In(p.L())
	out["opened"] = out["time"]
	var present []string
	for _, seat := range v.Seats {
		switch {
		case seat.Position == store.Chair:
			out["chair"] = seat.Display
		case seat.Position == store.Secretary:
			out["secretary"] = seat.Display
		}
		if !seat.Recused {
			present = append(present, seat.Display+", "+strings.ToLower(p.T("position_"+string(seat.Position))))
		}
	}
	out["present"] = strings.Join(present, "\n")
	out["unit"] = v.Unit.ID
}

// options are what a choice is made from.
func (s *Site) options(p *page, name string, x *blank) (err error) {
	switch x.Name {
	case "campaign":
		x.Options, err = s.campaignChoices(p)
	case "unit":
		x.Options, err = p.issuers(name, x.Value)
	}
	return err
}

// issuers are the units for which the reader makes a paper: those of the
// reader's own duties, and the one that is asked for.
func (p *page) issuers(name, asked string) ([]choice, error) {
	var ids []string
	for _, g := range p.session.Actor.Grants {
		if slices.Contains(clerk.Makers(name), g.Role) && !slices.Contains(ids, g.Unit) {
			ids = append(ids, g.Unit)
		}
	}
	if asked != "" && !slices.Contains(ids, asked) {
		ids = append(ids, asked)
	}
	var out []choice
	for _, id := range ids {
		u, err := store.Unit(p.ctx, p.site.DB, id)
		if err != nil {
			return nil, err
		}
		if u != nil {
			out = append(out, choice{Value: u.ID, Title: u.Name.In(p.L())})
		}
	}
	return out, nil
}

// drawPaper answers with the paper, or with the form and what is wrong in it.
func (s *Site) drawPaper(p *page) error {
	name := p.c.Param("name")
	if _, ok := draftBlanks[name]; !ok {
		return notFound()
	}
	doc, err := s.drawn(p, name)
	if err != nil {
		return p.retry(ofDraft(err), s.draft)
	}
	return p.file(doc, fileNames[name], p.Typed("format"))
}

var fileNames = map[string]string{"notice": "thong-bao", "decision": "quyet-dinh", "invitation": "giay-moi", "minutes": "bien-ban", "report": "bao-cao"}

func (s *Site) drawn(p *page, name string) (paper.Document, error) {
	a, lang := p.session.Actor, ocop.Lang(p.Typed("lang"))
	if lang != ocop.En {
		lang = ocop.Vi
	}
	t := p.Typed
	h := clerk.Heading{Unit: t("unit"), Parent: t("parent"), Issuer: t("issuer"), Number: t("number"), Day: t("day"), Place: t("place"), Signer: t("signer")}
	switch name {
	case "notice":
		return s.Clerk.Notice(p.ctx, a, t("campaign"), h, t("chair"), lang)
	case "decision":
		return s.Clerk.Decision(p.ctx, a, clerk.Recognition{Heading: h, Products: lines(t("products")), Campaign: t("campaign"), Bases: lines(t("bases")), Proposer: t("proposer")}, lang)
	case "invitation":
		return s.Clerk.Invitation(p.ctx, a, clerk.Letter{Heading: h, To: lines(t("to")), Occasion: t("occasion"), Chair: t("chair"), Time: t("time"), Where: t("where"),
			Text: lines(t("text")), Contact: t("contact"), Products: lines(t("products"))}, lang)
	case "minutes":
		return s.Clerk.Minutes(p.ctx, a, clerk.Meeting{Heading: h, Title: t("title"), Opened: t("opened"), Where: t("where"), Present: lines(t("present")), Absent: lines(t("absent")),
			Chair: t("chair"), Secretary: t("secretary"), Text: lines(t("text")), Conclusion: lines(t("conclusion")), Closed: t("closed")}, lang)
	}
	return s.Clerk.Report(p.ctx, a, clerk.Account{Heading: h, Campaign: t("campaign"), Period: t("period"), Difficulties: lines(t("difficulties")), Proposals: lines(t("proposals"))}, lang)
}

// ofDraft names the places of a fault as the form's labels do.
func ofDraft(err error) error {
	f := *fault.Of(err)
	f.Fields = slices.Clone(f.Fields)
	for i, x := range f.Fields {
		_, name, _ := strings.Cut(x.Place, ".")
		f.Fields[i].Place = "paper." + name
	}
	return &f
}

// decides reports whether the reader may draw the decision about a product.
func (p *page) decides(product *ocop.Product) bool {
	return (product.State == "council_scored" || product.State == "certified") && clerk.Makes(p.session.Actor, "decision", product.Path)
}
