package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// mountDocuments adds the pages of documents about to lapse and of what is missing.
func (s *Site) mountDocuments(e *gin.Engine) {
	e.GET("/documents", s.member(s.documents))
	e.POST("/documents", s.member(s.bring))
	e.GET("/documents/missing", s.member(s.missing))
}

// soon is how many days before its last day a document is called about to lapse.
const soon = 30

// LapsesIn says that a document is about to lapse; "" when it is not.
func (p *page) LapsesIn(last *ocop.Date) string {
	if last == nil {
		return ""
	}
	left := int(*last - p.site.Desk.Today())
	if left < 0 || left > soon {
		return ""
	}
	return fmt.Sprintf(p.T("lapses_in"), left)
}

// Superseded reports whether a newer version of a document is there.
func (b productBody) Superseded(id string) bool {
	return slices.ContainsFunc(b.Documents, func(d store.Document) bool { return d.Replaces == id })
}

// UsedFor names the criteria for which a document is evidence.
func (b productBody) UsedFor(id string) string { return strings.Join(b.uses[id], ", ") }

// versions says where documents are evidence, and which a new version can replace.
// Documents are put newest version first, with the earlier below.
func (s *Site) versions(p *page, rules *workflow.Rules, product string, b *productBody) error {
	uses, err := s.Desk.Uses(p.ctx, p.session.Actor, product)
	if err != nil {
		return err
	}
	b.uses = map[string][]string{}
	for _, u := range uses {
		if !slices.Contains(b.uses[u.Document], u.Criterion) {
			b.uses[u.Document] = append(b.uses[u.Document], u.Criterion)
		}
	}
	lacks, err := s.Desk.Missing(p.ctx, p.session.Actor, product)
	if err != nil {
		return err
	}
	for _, l := range lacks {
		if !l.Required {
			b.Suggested = append(b.Suggested, l)
		}
	}
	var ordered []store.Document
	var put func(d store.Document)
	put = func(d store.Document) {
		ordered = append(ordered, d)
		for _, old := range b.Documents {
			if old.ID == d.Replaces {
				put(old)
			}
		}
	}
	for _, d := range b.Documents {
		if b.Superseded(d.ID) {
			continue
		}
		put(d)
		if x, ok := p.replaceable(rules, product, d); ok {
			b.Replaceable = append(b.Replaceable, x)
		}
	}
	b.Documents = ordered
	return nil
}

// MarkName says what a mark is.
func (p *page) MarkName(m store.Mark) string {
	if strings.HasPrefix(m.Matter, store.PaperMatter) {
		return p.T("mark_paper")
	}
	if strings.HasPrefix(m.Deadline, casework.DecisionPrefix) {
		return p.T("mark_original")
	}
	if strings.HasPrefix(m.Deadline, casework.WarningPrefix) {
		return p.T("mark_warning")
	}
	if !strings.HasPrefix(m.Deadline, casework.LapsePrefix) {
		return p.T("mark_" + string(m.Kind))
	}
	if m.Kind == store.TimerOverdue {
		return p.T("mark_lapsed")
	}
	return p.T("mark_lapses")
}

// MarkAbout names the document or decision that a mark is about, "" for other marks.
func (p *page) MarkAbout(m store.Mark) (string, error) {
	if id, ok := strings.CutPrefix(m.Deadline, casework.DecisionPrefix); ok {
		k, err := store.DecisionByID(p.ctx, p.site.DB, id)
		if err != nil || k == nil {
			return "", err
		}
		return k.Number, nil
	}
	if about, ok := strings.CutPrefix(m.Deadline, casework.WarningPrefix); ok {
		if parts := strings.Split(about, ":"); len(parts) > 1 {
			return parts[1], nil
		}
		return "", nil
	}
	id, ok := strings.CutPrefix(m.Deadline, casework.LapsePrefix)
	if !ok {
		return "", nil
	}
	doc, err := store.DocumentByID(p.ctx, p.site.DB, id)
	if err != nil || doc == nil {
		return "", err
	}
	return p.KindTitle(doc.Kind), nil
}

type documentsBody struct {
	Lapses int
	Kind   string
	Items  []store.Listed
	Next   string
	Bring  *bringForm // for producers
}

// KindTitle names a kind of document, by the procedure in force.
func (p *page) KindTitle(kind string) string {
	rules := &workflow.Rules{}
	if newest := p.newest(); newest.Rules != nil {
		rules = newest.Rules
	}
	if rule, ok := casework.DocumentRule(rules, kind); ok {
		return rule.Title.In(p.L())
	}
	return kind
}

func (s *Site) documents(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	b := documentsBody{}
	var err error
	if b.Bring, err = s.bringing(p); err != nil {
		return err
	}
	asked := p.c.Query("lapses")
	if asked == "" && b.Bring != nil { // producers look for all that they brought
		asked = "all"
	}
	f := store.DocumentFilter{After: p.c.Query("after"), Limit: perPage + 1}
	days, wrong := strconv.Atoi(asked)
	if wrong == nil && days >= 0 && days <= 3660 {
		b.Lapses = days
	} else if asked != "all" {
		b.Lapses = soon
	}
	if b.Lapses > 0 {
		b.Items, err = s.Desk.Lapsing(p.ctx, p.session.Actor, b.Lapses, f)
	} else {
		b.Items, err = s.Desk.Documents(p.ctx, p.session.Actor, f)
	}
	if err != nil {
		return err
	}
	if len(b.Items) > perPage {
		b.Items = b.Items[:perPage]
		lapses := "all"
		if b.Lapses > 0 {
			lapses = strconv.Itoa(b.Lapses)
		}
		b.Next = "/documents?" + url.Values{"lapses": {lapses}, "after": {b.Items[perPage-1].Cursor()}}.Encode()
	}
	return p.show("documents", p.T("documents_menu"), b)
}

type missingBody struct {
	Campaign  string
	Campaigns []choice
	Items     []casework.Wanting
	Next      string
}

// missing goes through products a page at a time; a page may hold fewer, as
// those that lack nothing are left out.
func (s *Site) missing(p *page) error {
	b := missingBody{Campaign: p.c.Query("campaign")}
	f := store.Filter{Campaign: b.Campaign, After: p.c.Query("after"), Limit: perPage}
	products, err := s.Desk.Products(p.ctx, p.session.Actor, f)
	if err != nil {
		return err
	}
	if b.Items, err = s.Desk.WantingProducts(p.ctx, p.session.Actor, f); err != nil {
		return err
	}
	if len(products) == perPage {
		b.Next = "/documents/missing?" + url.Values{"campaign": {b.Campaign}, "after": {products[perPage-1].Code}}.Encode()
	}
	if b.Campaigns, err = s.campaignChoices(p); err != nil {
		return err
	}
	return p.show("documents-missing", p.T("missing_title"), b)
}

// LapseChoices are the numbers of days that the list of documents offers.
func (p *page) LapseChoices() []int { return []int{7, 30, 90, 365} }
