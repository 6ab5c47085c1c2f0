package clerk

import (
	"context"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/campaign"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
)

// Notice draws up the notice of a campaign: what it says is what the plan says,
// its deadlines in their own words. Contradictions of the plan are not in it.
//
// Faults: not_found; who_may_not (Forbidden); paper_wrong (Invalid).
func (d *Desk) Notice(ctx context.Context, a access.Actor, key string, h Heading, chair string, lang ocop.Lang) (paper.Document, error) {
	data, u, err := d.NoticeOf(ctx, a, key, h, chair, lang)
	if err != nil {
		return paper.Document{}, err
	}
	return d.Write(ctx, u.Path, "notice", lang, data)
}

// NoticeOf is the data of a campaign's notice, and the unit that issues it.
func (d *Desk) NoticeOf(ctx context.Context, a access.Actor, key string, h Heading, chair string, lang ocop.Lang) (paper.Notice, *ocop.Unit, error) {
	c, u, err := d.campaign(ctx, a, key, "notice")
	if err != nil {
		return paper.Notice{}, nil, err
	}
	head, err := d.head(u, h, c.Year, lang)
	if err != nil {
		return paper.Notice{}, nil, err
	}
	bad := wrong()
	if line(bad, "query.chair", chair); len(bad.Fields) > 0 {
		return paper.Notice{}, nil, bad
	}
	n := &names{d: d, lang: lang, known: map[string]string{}}
	out := paper.Notice{Head: head, Title: c.Title.In(lang), Chair: chair, Legal: c.Source.Legal}
	if c.Source.Meeting != nil {
		out.Meeting = c.Source.Meeting.In(lang)
	}
	for _, code := range c.Participants {
		out.Participants = append(out.Participants, n.of(ctx, code))
	}
	for _, t := range c.Targets {
		out.Targets = append(out.Targets, t.Title.In(lang))
		if t.Unit == "" {
			out.Held = append(out.Held, paper.HeldStars{Stars: t.Stars, Count: t.Baseline})
		}
	}
	out.Tracks = n.tracks(ctx, c)
	for _, x := range c.Expectations {
		if slices.ContainsFunc(c.Targets, func(t campaign.Target) bool { return t.Unit == x.Unit && t.Stars >= x.Stars && t.More >= x.Count }) {
			continue // a target says it already
		}
		out.Expectations = append(out.Expectations, paper.Expectation{Unit: n.of(ctx, x.Unit), Stars: x.Stars, Count: x.Count})
	}
	out.Organisations = n.duties(ctx, c)
	out.Deadlines = n.deadlines(ctx, c)
	return out, u, n.err
}

// campaign finds one of which the actor may make a paper, with its unit.
func (d *Desk) campaign(ctx context.Context, a access.Actor, key, name string) (campaign.Campaign, *ocop.Unit, error) {
	c, err := d.Campaigns.Get(ctx, a, key)
	if err != nil {
		return c, nil, err
	}
	u, err := d.unit(ctx, a, c.Unit, makers[name])
	return c, u, err
}

// names turns the codes of a plan into what people read.
type names struct {
	d     *Desk
	lang  ocop.Lang
	known map[string]string
	err   error
}

// all stand for every producer or commune that takes part.
var all = map[string]ocop.Text{
	"producers": {Vi: "Các cơ sở đăng ký tham gia Chương trình OCOP", En: "Producers that take part in the OCOP programme"},
	"communes":  {Vi: "Ủy ban nhân dân các xã, thị trấn có sản phẩm đăng ký tham gia Chương trình", En: "People's Committees of the communes and towns with products"},
}

// of names a unit or a producer; a code that nothing has stays as it is.
func (n *names) of(ctx context.Context, code string) string {
	if text, ok := all[code]; ok {
		return text.In(n.lang)
	}
	if name, ok := n.known[code]; ok || n.err != nil {
		return name
	}
	u, err := store.UnitByCode(ctx, n.d.DB, code)
	if n.err = err; err != nil {
		return ""
	}
	name := code
	if u != nil {
		name = u.Name.In(n.lang)
	}
	n.known[code] = name
	return name
}

// place is the commune of a producer, "" where no source names it.
func (n *names) place(ctx context.Context, producer string) string {
	u, err := store.UnitByCode(ctx, n.d.DB, producer)
	if err == nil && u != nil {
		if id := u.Path.Unit(ocop.Commune); id != "" {
			u, err = store.Unit(ctx, n.d.DB, id)
			if err == nil && u != nil {
				return u.Name.In(n.lang)
			}
		}
	}
	if err != nil {
		n.err = err
	}
	return ""
}

var trackNames = []struct {
	track ocop.Track
	name  ocop.Text
}{
	{"upgrade", ocop.Text{Vi: "Sản phẩm nâng hạng", En: "Products to be upgraded"}},
	{"first", ocop.Text{Vi: "Sản phẩm đánh giá lần đầu", En: "Products evaluated for the first time"}},
	{"renewal", ocop.Text{Vi: "Sản phẩm đánh giá lại", En: "Products to be renewed"}},
}

func (n *names) tracks(ctx context.Context, c campaign.Campaign) []paper.NoticeTrack {
	var out []paper.NoticeTrack
	for _, t := range trackNames {
		x := paper.NoticeTrack{Name: t.name.In(n.lang)}
		for _, p := range c.Products {
			if p.Plan.Track == t.track {
				x.Products = append(x.Products, paper.NoticeProduct{Name: p.Name, Producer: n.of(ctx, p.Producer), Place: n.place(ctx, p.Producer),
					Stars: p.Stars(), Target: p.Plan.Target})
			}
		}
		if len(x.Products) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// duties are those of each organisation, in the order in which the plan first
// names it.
func (n *names) duties(ctx context.Context, c campaign.Campaign) []paper.Organisation {
	products := map[string]string{}
	for _, p := range c.Products {
		products[p.Code] = p.Name
	}
	wording := map[string]string{}
	for _, x := range c.Deadlines {
		wording[x.Code] = x.Wording
	}
	var order []string
	byUnit := map[string][]paper.Duty{}
	for _, x := range c.Duties {
		if !slices.Contains(order, x.Unit) {
			order = append(order, x.Unit)
		}
		about := products[x.About]
		if about == "" && x.About != "" {
			about = n.of(ctx, x.About)
		}
		byUnit[x.Unit] = append(byUnit[x.Unit], paper.Duty{Text: x.Title.In(n.lang), About: about, Deadline: wording[x.Deadline]})
	}
	var out []paper.Organisation
	for _, code := range order {
		out = append(out, paper.Organisation{Name: n.of(ctx, code), Duties: byUnit[code]})
	}
	return out
}

func (n *names) deadlines(ctx context.Context, c campaign.Campaign) []paper.NoticeDue {
	var out []paper.NoticeDue
	for _, x := range c.Deadlines {
		due := paper.NoticeDue{Code: x.Code, Title: x.Title.In(n.lang), Wording: x.Wording}
		for _, code := range x.Who {
			due.Who = append(due.Who, n.of(ctx, code))
		}
		if x.Was != nil {
			due.Later = x.LastDay.In(n.lang)
		}
		out = append(out, due)
	}
	return out
}
