package campaign

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
)

// checker finds everything wrong in a campaign file before anything is saved.
type checker struct {
	f     *File
	src   *source.File
	there Known
	codes map[string]string // of units and producers, with the place of each
}

var (
	codeForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	numberForm = regexp.MustCompile(`^[A-Z0-9.-]{1,120}$`)
	rowForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,39}$`) // of deadlines, targets, duties
)

var unitKinds = []ocop.UnitKind{ocop.Ministry, ocop.Province, ocop.District, ocop.Commune, ocop.Department, ocop.Office, ocop.Council}

func (c *checker) bad(code, path, vi, en string) { c.src.Error(code, path, vi, en) }

func (c *checker) check() {
	f := c.f
	c.code(f.Campaign, "campaign")
	c.src.Text(f.Title, "title")
	if f.Year < 2018 || f.Year > 2200 {
		c.bad("year_wrong", "year", "Năm không hợp lệ.", "The year is out of range.")
	}
	if f.Procedure == "" {
		c.bad("procedure_missing", "campaign", "Phải ghi quy trình (procedure).", "The procedure is needed.")
	}
	if !slices.Contains([]Counting{Undecided, Net, Gross}, f.Counting) {
		c.bad("counting_wrong", "counting", "Cách tính là net (tính ròng) hoặc gross (tính gộp).", "The counting is net or gross.")
	}
	c.sizes()
	c.units()
	c.producers()
	c.known(f.Unit, "unit")
	c.products()
	c.deadlines()
	c.rest()
}

func (c *checker) code(code, path string) {
	if !codeForm.MatchString(code) {
		c.bad("code_wrong", path, fmt.Sprintf("Mã %q chỉ gồm chữ thường không dấu, chữ số và gạch ngang.", code),
			fmt.Sprintf("The code %q may hold only lower-case letters, digits and hyphens.", code))
	}
}

func (c *checker) known(code, path string) {
	if !c.unit(code) {
		c.unknown(code, path)
	}
}

// unit reports whether a code is of a unit or producer, declared or known.
func (c *checker) unit(code string) bool {
	_, ok := c.codes[code]
	return ok || c.there.Unit(code)
}

// product reports whether a code is of a product, of the plan or known.
func (c *checker) product(code string) bool {
	return slices.ContainsFunc(c.f.Products, func(p Product) bool { return p.Code == code }) || c.there.Product(code)
}

func (c *checker) unknown(code, path string) {
	c.bad("unknown_code", path, fmt.Sprintf("Không có mã %q.", code), fmt.Sprintf("There is no code %q.", code))
}

func (c *checker) declare(code, path string) {
	c.code(code, path)
	if _, twice := c.codes[code]; twice {
		c.bad("code_twice", path, fmt.Sprintf("Mã %q khai báo hai lần.", code), fmt.Sprintf("The code %q is declared twice.", code))
	}
	c.codes[code] = path
}

// units must stand after their parents, so that a loop cannot be written.
func (c *checker) units() {
	c.codes = map[string]string{}
	for i, u := range c.f.Units {
		path := fmt.Sprintf("units[%d]", i)
		if u.Parent != "" {
			c.known(u.Parent, path+".parent")
		}
		c.declare(u.Code, path+".code")
		c.src.Text(u.Name, path+".name")
		if !slices.Contains(unitKinds, u.Kind) {
			c.bad("kind_wrong", path+".kind", fmt.Sprintf("Không có loại đơn vị %q.", u.Kind), fmt.Sprintf("There is no kind of unit %q.", u.Kind))
		}
		if u.ValidFrom != nil && u.ValidTo != nil && *u.ValidFrom > *u.ValidTo {
			c.bad("dates_wrong", path+".valid_to", "Đơn vị kết thúc trước khi bắt đầu.", "The unit ends before it begins.")
		}
	}
	for i, u := range c.f.Units {
		if u.Successor != "" {
			c.known(u.Successor, fmt.Sprintf("units[%d].successor", i))
		}
	}
}

func (c *checker) producers() {
	for i, p := range c.f.Producers {
		path := fmt.Sprintf("producers[%d]", i)
		c.known(p.Unit, path+".unit")
		c.declare(p.Code, path+".code")
		if strings.TrimSpace(p.Name) == "" || p.Form == "" {
			c.bad("producer_wrong", path, "Chủ thể phải có tên và loại hình.", "A producer needs a name and a form.")
		}
	}
}

// Limits of a plan, far above what an office needs.
const (
	maxProducts = 2000
	maxRows     = 500 // of anything else
)

func (c *checker) sizes() {
	f := c.f
	for _, x := range []struct {
		path    string
		n, most int
	}{
		{"products", len(f.Products), maxProducts}, {"deadlines", len(f.Deadlines), maxRows}, {"targets", len(f.Targets), maxRows},
		{"duties", len(f.Duties), maxRows}, {"expectations", len(f.Expectations), maxRows}, {"participants", len(f.Participants), maxRows},
		{"conflicts", len(f.Conflicts), maxRows},
	} {
		if x.n > x.most {
			c.bad("too_many", x.path, fmt.Sprintf("Nhiều nhất %d mục.", x.most), fmt.Sprintf("At most %d of these.", x.most))
		}
	}
}

func (c *checker) products() {
	seen := map[string]bool{}
	for i, p := range c.f.Products {
		path := fmt.Sprintf("products[%d]", i)
		c.code(p.Code, path+".code")
		if seen[p.Code] {
			c.bad("code_twice", path+".code", fmt.Sprintf("Mã %q khai báo hai lần.", p.Code), fmt.Sprintf("The code %q is declared twice.", p.Code))
		}
		seen[p.Code] = true
		c.track(p.Plan.Track, path+".plan.track")
		if p.Plan.Target < 3 || p.Plan.Target > 5 {
			c.bad("stars_wrong", path+".plan.target", "Mục tiêu từ 3 đến 5 sao.", "The target goes from 3 to 5 stars.")
		}
		if !c.there.Product(p.Code) {
			c.earlier(p, path)
		}
	}
}

func (c *checker) track(t ocop.Track, path string) {
	if !slices.Contains([]ocop.Track{"first", "upgrade", "renewal"}, t) {
		c.bad("track_wrong", path, fmt.Sprintf("Không có loại lượt %q.", t), fmt.Sprintf("There is no track %q.", t))
	}
}

// earlier checks a product that is to be entered with the certificate it has.
func (c *checker) earlier(p Product, path string) {
	if p.Producer == "" && p.Certificate == nil {
		c.bad("unknown_code", path+".code", fmt.Sprintf("Không có sản phẩm %q; nếu đã được công nhận trước đây, hãy ghi tên, chủ thể, bộ tiêu chí và giấy chứng nhận.", p.Code),
			fmt.Sprintf("There is no product %q; if it was recognised earlier, give name, producer, set and certificate.", p.Code))
		return
	}
	c.known(p.Producer, path+".producer")
	if strings.TrimSpace(p.Name) == "" {
		c.bad("text_missing", path, "Sản phẩm phải có tên.", "A product needs a name.")
	}
	if p.Set < 1 || p.Set > 26 {
		c.bad("set_wrong", path+".set", "Bộ tiêu chí từ 1 đến 26.", "Criteria sets go from 1 to 26.")
	}
	k := p.Certificate
	if k == nil {
		k = &Certificate{}
	}
	if !numberForm.MatchString(k.Number) {
		c.bad("number_wrong", path+".certificate.number", "Số giấy chứng nhận chỉ gồm A-Z, 0-9, dấu chấm, gạch ngang.", "A certificate number holds only A-Z, 0-9, dots and hyphens.")
	}
	if k.Stars < 3 || k.Stars > 5 {
		c.bad("stars_wrong", path+".certificate.stars", "Giấy chứng nhận có từ 3 đến 5 sao.", "A certificate has 3 to 5 stars.")
	}
}

// own wants a code that no other row of the same kind has.
func (c *checker) own(seen map[string]bool, code, path string) {
	if !rowForm.MatchString(code) {
		c.bad("code_wrong", path+".code", fmt.Sprintf("Mã %q chỉ gồm chữ không dấu, chữ số và gạch ngang, nhiều nhất 40.", code),
			fmt.Sprintf("The code %q may hold only letters, digits and hyphens, at most 40.", code))
	} else if seen[code] {
		c.bad("code_twice", path+".code", fmt.Sprintf("Mã %q khai báo hai lần.", code), fmt.Sprintf("The code %q is declared twice.", code))
	}
	seen[code] = true
}

func (c *checker) deadlines() {
	seen := map[string]bool{}
	for i, d := range c.f.Deadlines {
		path := fmt.Sprintf("deadlines[%d]", i)
		c.own(seen, d.Code, path)
		c.src.Text(d.Title, path+".title")
		if y := d.Date.Year(); y < 2018 || y > 2200 {
			c.bad("date_wrong", path+".date", "Ngày của thời hạn không hợp lệ.", "The deadline's day is out of range.")
		}
		if d.Kind != calendar.Before && d.Kind != calendar.By {
			c.bad("kind_wrong", path+".kind", "Loại thời hạn là before (trước ngày) hoặc by (chậm nhất ngày).", "The kind of a deadline is before or by.")
		}
		for j, who := range d.Who {
			if !everybody(who) {
				c.known(who, fmt.Sprintf("%s.who[%d]", path, j))
			}
		}
		if m := d.Meets; m.Duty != "" && !slices.ContainsFunc(c.f.Duties, func(x Duty) bool { return x.Code == m.Duty }) {
			c.unknown(m.Duty, path+".meets.duty")
		}
		if m := d.Meets; len(m.Events)+len(m.Documents) == 0 && m.Duty == "" && !m.Inspection {
			c.bad("meets_missing", path+".meets", "Phải ghi điều gì làm cho thời hạn được đáp ứng (meets).", "What meets the deadline is needed (meets).")
		}
	}
}

func (c *checker) deadline(code, path string) {
	if !slices.ContainsFunc(c.f.Deadlines, func(d calendar.Deadline) bool { return d.Code == code }) {
		c.unknown(code, path)
	}
}

func (c *checker) rest() {
	for i, e := range c.f.Expectations {
		c.known(e.Unit, fmt.Sprintf("expectations[%d].unit", i))
	}
	seen := map[string]bool{}
	for i, t := range c.f.Targets {
		path := fmt.Sprintf("targets[%d]", i)
		c.own(seen, t.Code, path)
		c.src.Text(t.Title, path+".title")
		if t.Unit != "" {
			c.known(t.Unit, path+".unit")
		}
		if t.Stars < 1 || t.Stars > 5 || t.More < 0 || t.Baseline < 0 {
			c.bad("stars_wrong", path, "Sao từ 1 đến 5, số lượng không âm.", "Stars go from 1 to 5, numbers are not negative.")
		}
	}
	c.duties()
	for i, p := range c.f.Participants {
		c.known(p, fmt.Sprintf("participants[%d]", i))
	}
	for i, k := range c.f.Conflicts {
		path := fmt.Sprintf("conflicts[%d]", i)
		c.src.Text(k.Note, path+".note")
		for j, d := range k.Between {
			c.deadline(d, fmt.Sprintf("%s.between[%d]", path, j))
		}
	}
}

func (c *checker) duties() {
	seen := map[string]bool{}
	for i, d := range c.f.Duties {
		path := fmt.Sprintf("duties[%d]", i)
		c.src.Text(d.Title, path+".title")
		c.own(seen, d.Code, path)
		if !everybody(d.Unit) {
			c.known(d.Unit, path+".unit")
		}
		for j, code := range d.Only {
			c.known(code, fmt.Sprintf("%s.only[%d]", path, j))
		}
		for j, t := range d.Tracks {
			c.track(t, fmt.Sprintf("%s.tracks[%d]", path, j))
		}
		if len(d.Tracks) > 0 && d.Unit != "producers" {
			c.bad("tracks_wrong", path+".tracks", "Loại lượt chỉ ghi cho nhiệm vụ của các cơ sở (producers).", "Tracks are for duties of producers alone.")
		}
		if d.Deadline != "" {
			c.deadline(d.Deadline, path+".deadline")
		}
		if !slices.Contains([]Record{ByReport, BySupportPlan, ByTraining}, d.Record) {
			c.bad("record_wrong", path+".record", "Ghi nhận theo support_plan hoặc training.", "The record is support_plan or training.")
		}
		if d.About != "" && !c.unit(d.About) && !c.product(d.About) {
			c.unknown(d.About, path+".about")
		}
	}
}

// everybody reports whether a plan means all producers or communes that take part.
func everybody(code string) bool { return code == "producers" || code == "communes" }
