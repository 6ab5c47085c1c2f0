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
	codes map[string]string // of units and producers, with the place of each
}

var (
	codeForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	numberForm = regexp.MustCompile(`^[A-Z0-9.-]{1,120}$`)
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
	if _, ok := c.codes[code]; !ok {
		c.unknown(code, path)
	}
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

func (c *checker) products() {
	seen := map[string]bool{}
	for i, p := range c.f.Products {
		path := fmt.Sprintf("products[%d]", i)
		c.code(p.Code, path+".code")
		if seen[p.Code] {
			c.bad("code_twice", path+".code", fmt.Sprintf("Mã %q khai báo hai lần.", p.Code), fmt.Sprintf("The code %q is declared twice.", p.Code))
		}
		seen[p.Code] = true
		if !slices.ContainsFunc(c.f.Producers, func(x Producer) bool { return x.Code == p.Producer }) {
			c.unknown(p.Producer, path+".producer")
		}
		if strings.TrimSpace(p.Name) == "" {
			c.bad("text_missing", path, "Sản phẩm phải có tên.", "A product needs a name.")
		}
		if p.Set < 1 || p.Set > 26 {
			c.bad("set_wrong", path+".set", "Bộ tiêu chí từ 1 đến 26.", "Criteria sets go from 1 to 26.")
		}
		if k := p.Certificate; !numberForm.MatchString(k.Number) {
			c.bad("number_wrong", path+".certificate.number", "Số giấy chứng nhận chỉ gồm A-Z, 0-9, dấu chấm, gạch ngang.", "A certificate number holds only A-Z, 0-9, dots and hyphens.")
		}
		if k := p.Certificate; k.Stars < 3 || k.Stars > 5 {
			c.bad("stars_wrong", path+".certificate.stars", "Giấy chứng nhận có từ 3 đến 5 sao.", "A certificate has 3 to 5 stars.")
		}
		if !slices.Contains([]ocop.Track{"first", "upgrade", "renewal"}, p.Plan.Track) {
			c.bad("track_wrong", path+".plan.track", fmt.Sprintf("Không có loại lượt %q.", p.Plan.Track), fmt.Sprintf("There is no track %q.", p.Plan.Track))
		}
	}
}

func (c *checker) deadlines() {
	seen := map[string]bool{}
	for i, d := range c.f.Deadlines {
		path := fmt.Sprintf("deadlines[%d]", i)
		if d.Code == "" || seen[d.Code] {
			c.bad("code_twice", path+".code", "Mỗi thời hạn cần một mã riêng.", "Each deadline needs a code of its own.")
		}
		seen[d.Code] = true
		c.src.Text(d.Title, path+".title")
		if d.Kind != calendar.Before && d.Kind != calendar.By {
			c.bad("kind_wrong", path+".kind", "Loại thời hạn là before (trước ngày) hoặc by (chậm nhất ngày).", "The kind of a deadline is before or by.")
		}
		for j, who := range d.Who {
			if who != "producers" && who != "communes" {
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
	for i, t := range c.f.Targets {
		path := fmt.Sprintf("targets[%d]", i)
		c.src.Text(t.Title, path+".title")
		if t.Unit != "" {
			c.known(t.Unit, path+".unit")
		}
		if t.Stars < 1 || t.Stars > 5 || t.More < 0 || t.Baseline < 0 {
			c.bad("stars_wrong", path, "Sao từ 1 đến 5, số lượng không âm.", "Stars go from 1 to 5, numbers are not negative.")
		}
	}
	for i, d := range c.f.Duties {
		path := fmt.Sprintf("duties[%d]", i)
		c.src.Text(d.Title, path+".title")
		if d.Unit != "producers" && d.Unit != "communes" {
			c.known(d.Unit, path+".unit")
		}
		if d.Deadline != "" {
			c.deadline(d.Deadline, path+".deadline")
		}
		if _, unit := c.codes[d.About]; d.About != "" && !unit && !slices.ContainsFunc(c.f.Products, func(p Product) bool { return p.Code == d.About }) {
			c.unknown(d.About, path+".about")
		}
	}
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
