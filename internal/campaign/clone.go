package campaign

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Copy is what a campaign is cloned into. Empty fields follow from the old one.
type Copy struct {
	Code string
	Year int
	Unit string // code, where the old unit has ended
}

// Cloned is a new campaign with what could not be taken over as it was.
type Cloned struct {
	Campaign Campaign    `json:"campaign"`
	Notes    []ocop.Text `json:"notes"`
}

// Clone plans another year after a campaign: days and wordings move by the years
// between, baselines are what is held today, ended units give way to their
// successors, products whose certificates end that year are to be renewed, and
// contradictions are looked for anew. All its deadlines are assumed until the
// new year's paper is there.
//
// Faults: not_found; who_may_not (Forbidden); clone_wrong, campaign_file
// (Invalid); code_taken (Conflict).
func (d *Desk) Clone(ctx context.Context, a access.Actor, key string, into Copy, k *commit.Key) (Cloned, error) {
	old, err := store.CampaignBy(ctx, d.DB, key)
	if err != nil {
		return Cloned{}, err
	}
	if old == nil || !sees(a, *old) {
		return Cloned{}, casework.NotFound()
	}
	x, err := d.parse(ctx, d.DB, *old)
	if err != nil {
		return Cloned{}, err
	}
	c := cloning{Desk: d, ctx: ctx, old: x.file, into: into, notes: []ocop.Text{}}
	f, err := c.file()
	if err != nil {
		return Cloned{}, err
	}
	u, err := store.UnitByCode(ctx, d.DB, f.Unit)
	if err != nil {
		return Cloned{}, err
	}
	if u == nil || !may(a, u.Path) {
		return Cloned{}, mayNot()
	}
	made, err := d.create(ctx, a, f, "clone:"+old.Hash+":"+f.Campaign, "clone_campaign", k)
	return Cloned{made, c.notes}, err
}

// cloning makes the file of the new year.
type cloning struct {
	*Desk
	ctx   context.Context
	old   File
	into  Copy
	notes []ocop.Text
	err   error
}

func (c *cloning) note(vi, en string) { c.notes = append(c.notes, ocop.Text{Vi: vi, En: en}) }

func (c *cloning) file() (*File, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	f := &File{Campaign: c.into.Code, Year: c.into.Year, Title: c.years(c.old.Title), Unit: c.into.Unit, Procedure: c.old.Procedure, Counting: c.old.Counting,
		From: c.old.Campaign, Source: Source{Type: c.old.Source.Type, Issuer: c.old.Source.Issuer, Legal: c.old.Source.Legal}}
	place, err := store.UnitByCode(c.ctx, c.DB, f.Unit)
	if err != nil {
		return nil, err
	}
	if place == nil {
		return nil, wrongCopy("unit", "Không có đơn vị này.", "There is no such unit.")
	}
	if place.ValidTo != nil && *place.ValidTo < c.first() {
		return nil, wrongCopy("unit", fmt.Sprintf("%s đã kết thúc trước năm %d: hãy chọn đơn vị khác.", place.Name.Vi, f.Year),
			fmt.Sprintf("%s ended before %d: choose another unit.", place.Name.En, f.Year))
	}
	for _, x := range c.old.Deadlines {
		x.Title, x.Wording, x.Date = c.years(x.Title), c.year(x.Wording), x.Date.AddMonths(12*c.apart())
		x.Who, x.Assumed = c.units(x.Who), true
		x.Flags = mixed(x)
		f.Deadlines = append(f.Deadlines, x)
	}
	for _, x := range c.old.Duties {
		x.Title, x.Unit, x.Only = c.years(x.Title), c.unit(x.Unit), c.units(x.Only)
		f.Duties = append(f.Duties, x)
	}
	f.Participants = c.units(c.old.Participants)
	c.targets(f, place.Path)
	c.products(f, place.Path)
	if c.err != nil {
		return nil, c.err
	}
	rules, err := c.Products.Library.InForce(f.Procedure, c.Products.Today())
	if err != nil {
		return nil, err
	}
	f.Conflicts = contradictions(f, rules)
	return f, nil
}

func wrongCopy(field, vi, en string) error {
	return fault.New(fault.Invalid, "clone_wrong", "Không lập được kế hoạch từ kế hoạch cũ.", "The campaign cannot be cloned like this.").At("body."+field, vi, en)
}

func (c *cloning) check() error {
	if c.into.Year == 0 {
		c.into.Year = c.old.Year + 1
	}
	if c.into.Code == "" {
		c.into.Code = c.year(c.old.Campaign)
	}
	c.into.Unit = cmp.Or(c.into.Unit, c.old.Unit)
	switch {
	case c.into.Year <= c.old.Year || c.into.Year > c.old.Year+20:
		return wrongCopy("year", "Năm mới phải sau năm cũ, trong vòng 20 năm.", "The new year must come after the old one, within 20 years.")
	case !codeForm.MatchString(c.into.Code):
		return wrongCopy("code", "Mã chỉ gồm chữ thường không dấu, chữ số và gạch ngang.", "A code holds only lower-case letters, digits and hyphens.")
	}
	return nil
}

func (c *cloning) apart() int { return c.into.Year - c.old.Year }

// first day of the new year.
func (c *cloning) first() ocop.Date { return ocop.Day(c.into.Year, time.January, 1) }

// year moves the year in a text.
func (c *cloning) year(text string) string {
	return strings.ReplaceAll(text, strconv.Itoa(c.old.Year), strconv.Itoa(c.into.Year))
}

func (c *cloning) years(t ocop.Text) ocop.Text { return ocop.Text{Vi: c.year(t.Vi), En: c.year(t.En)} }

// unit is the code of the unit that stands in a unit's place in the new year.
func (c *cloning) unit(code string) string {
	if everybody(code) || c.err != nil {
		return code
	}
	u, err := store.UnitByCode(c.ctx, c.DB, code)
	for n := 0; err == nil && u != nil && u.ValidTo != nil && *u.ValidTo < c.first() && u.Successor != "" && n < 5; n++ {
		u, err = store.Unit(c.ctx, c.DB, u.Successor)
	}
	c.err = err
	if u == nil || u.Code == code {
		return code
	}
	c.note(fmt.Sprintf("%s thay cho %s.", u.Code, code), fmt.Sprintf("%s stands in the place of %s.", u.Code, code))
	return u.Code
}

func (c *cloning) units(codes []string) []string {
	var out []string
	for _, code := range codes {
		if code = c.unit(code); !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

// targets start from what is held today; a commune that has its product is not
// asked for the first one again.
func (c *cloning) targets(f *File, place ocop.Path) {
	held := func(code string, stars int, exactly bool) int {
		path := place
		if code != "" {
			u, err := store.UnitByCode(c.ctx, c.DB, code)
			if err != nil || u == nil {
				c.err = cmp.Or(c.err, err)
				return 0
			}
			path = u.Path
		}
		today := c.Products.Today()
		n, _, err := store.Reached(c.ctx, c.DB, store.Reaching{Place: path, Stars: stars, Exactly: exactly, On: today, Since: today, Until: today})
		c.err = cmp.Or(c.err, err)
		return int(n)
	}
	for _, t := range c.old.Targets {
		if t.Unit != "" {
			t.Unit = c.unit(t.Unit)
		}
		t.Title, t.Baseline = c.years(t.Title), held(t.Unit, t.Stars, t.Exactly)
		f.Targets = append(f.Targets, t)
	}
	for _, e := range c.old.Expectations {
		if e.Unit = c.unit(e.Unit); held(e.Unit, e.Stars, false) == 0 {
			f.Expectations = append(f.Expectations, e)
		}
	}
}

// products are those whose certificates end in the year or ran out before it,
// to be renewed. One that is in a round, or in a campaign whose year is not over,
// stays there: the plan that runs does not lose it to the one that is made.
func (c *cloning) products(f *File, place ocop.Path) {
	view := access.View{Units: []ocop.Path{place}}
	last := c.first().AddMonths(12) - 1
	filter := store.CertificateFilter{View: view, From: c.first().AddMonths(-36), To: last, InForce: true, Limit: 500}
	stay := map[string][]string{} // names, by the campaign where they stay
	for len(f.Products) < maxProducts {
		page, err := store.ListCertificates(c.ctx, c.DB, filter)
		if err != nil {
			c.err = err
			return
		}
		known, running, err := c.holders(page)
		if err != nil {
			c.err = err
			return
		}
		for _, k := range page {
			p := known[k.Product]
			switch {
			case p == nil || p.Certificate != k.Number || len(f.Products) == maxProducts:
			case p.Round != "" || running[p.Campaign]:
				stay[p.Plan] = append(stay[p.Plan], p.Name)
			default:
				f.Products = append(f.Products, Product{Code: p.Code, Plan: Plan{Track: "renewal", Target: k.Stars}})
			}
		}
		if len(page) < filter.Limit {
			break
		}
		filter.After = page[len(page)-1].Cursor()
	}
	for _, plan := range slices.Sorted(maps.Keys(stay)) {
		c.staying(plan, stay[plan])
	}
}

// holders are the products of certificates, and the campaigns among theirs whose
// year is not over.
func (c *cloning) holders(page []store.OfProduct) (known map[string]*ocop.Product, running map[string]bool, err error) {
	var list, campaigns []string
	for _, k := range page {
		list = append(list, k.Product)
	}
	if known, err = store.Products(c.ctx, c.DB, list); err != nil {
		return nil, nil, err
	}
	for _, p := range known {
		if p.Campaign != "" {
			campaigns = append(campaigns, p.Campaign)
		}
	}
	rows, err := store.CampaignsByID(c.ctx, c.DB, unique(campaigns))
	running = map[string]bool{}
	for _, row := range rows {
		running[row.ID] = row.Year >= c.Products.Today().Year()
	}
	return known, running, err
}

// mostNames are named in a note; the rest are counted.
const mostNames = 20

// staying notes the products that a campaign keeps, to be added when it is over.
func (c *cloning) staying(plan string, names []string) {
	list := strings.Join(names[:min(len(names), mostNames)], ", ")
	if len(names) > mostNames {
		list += ", …"
	}
	plan = cmp.Or(plan, "–")
	c.note(fmt.Sprintf("%d sản phẩm sẽ phải đánh giá lại còn trong kế hoạch %s: ở lại đó đến khi lượt đánh giá hoặc năm kế hoạch kết thúc, rồi thêm vào đây: %s.", len(names), plan, list),
		fmt.Sprintf("%d products that will have to be renewed are in the campaign %s: they stay there until their round or its year is over, and are added here then: %s.", len(names), plan, list))
}
