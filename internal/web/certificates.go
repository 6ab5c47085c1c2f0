package web

import (
	"net/url"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type certificatesBody struct {
	Month string // YYYY-MM, or ""
	All   bool   // those that ended too
	Items []certificateRow
	Next  string
	Span  *span // of days on which certificates end; nil for all
}

type span struct{ From, To ocop.Date }

type certificateRow struct {
	store.OfProduct
	Status ocop.CertificateStatus
}

// certificates lists what the reader may see, by the day on which it ends.
func (s *Site) certificates(p *page) error {
	b := certificatesBody{Month: p.c.Query("month"), All: p.c.Query("all") == "true"}
	today := s.Desk.Today()
	f := store.CertificateFilter{View: p.session.Actor.Products(), From: today, InForce: true, After: p.c.Query("after"), Limit: perPage + 1}
	if b.All {
		f.From, f.InForce = 0, false
	}
	if m, err := time.Parse("2006-01", b.Month); err == nil {
		first, _ := ocop.ParseDate(m.Format(time.DateOnly)) // a day that Format wrote
		f.From, f.To = max(f.From, first), first.AddMonths(1)-1
		b.Span = &span{first, f.To}
	}
	rows, err := store.ListCertificates(p.ctx, s.DB, f)
	if err != nil {
		return err
	}
	if len(rows) > perPage {
		rows = rows[:perPage]
		q := url.Values{"after": {rows[perPage-1].Cursor()}, "month": {b.Month}}
		if b.All {
			q.Set("all", "true")
		}
		b.Next = "/certificates?" + q.Encode()
	}
	for _, x := range rows {
		b.Items = append(b.Items, certificateRow{x, x.StatusOn(today)})
	}
	return p.show("certificates", p.T("certificates"), b)
}

// brief are the figures of the first page, for those who look after more than
// one product.
type brief struct {
	Funnel  []bar
	Overdue int64
	Soon    int64 // certificates that end within 90 days
	Goals   []goal
	Plan    string // code of the campaign that the goals are of
}

func (s *Site) figures(p *page) (*brief, error) {
	if !p.holds([]ocop.Role{access.Office, access.Leader, access.Secretary, access.Commune, access.Auditor}) {
		return nil, nil
	}
	r, err := s.Desk.Brief(p.ctx, p.session.Actor)
	if err != nil {
		return nil, err
	}
	b := &brief{Overdue: r.Overdue, Soon: r.Soon}
	b.Funnel = p.funnel(r.States, true)
	plans, err := s.Campaigns.List(p.ctx, p.session.Actor, "", perPage)
	if err != nil {
		return nil, err
	}
	for _, c := range plans {
		if c.Year != s.Desk.Today().Year() || len(c.Targets) == 0 {
			continue
		}
		progress, err := s.Campaigns.Progress(p.ctx, c)
		if err != nil {
			return nil, err
		}
		b.Plan, b.Goals = c.Code, goals(progress)
		break
	}
	return b, nil
}
