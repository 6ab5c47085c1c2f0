package criteria

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"ocopflow/internal/source"
	"ocopflow/workflows"
)

// Parse reads and checks one sheet; without a set the findings say why.
func Parse(name string, text []byte) (*Set, []source.Finding) {
	s := new(Set)
	f, bad := source.Parse(name, text, s)
	if bad != nil {
		return nil, []source.Finding{*bad}
	}
	c := checker{s, f}
	c.check()
	if f.Failed() {
		return nil, f.Findings()
	}
	return s, f.Findings()
}

type checker struct {
	set  *Set
	file *source.File
}

// partMax are the points of the parts (Decision 26/2026, annex II): the
// product and the community, marketing, quality.
var partMax = map[string]int{"A": 40, "B": 25, "C": 35}

func (c checker) check() {
	s := c.set
	if s.Number < 1 || s.Number > 26 {
		c.file.Error("set_wrong", "set", "Bộ tiêu chí từ 1 đến 26.", "Sets go from 1 to 26.")
	}
	c.file.Text(s.Name, "name")
	total := 0
	var names string
	for i, p := range s.Parts {
		at := fmt.Sprintf("parts[%d]", i)
		c.file.Text(p.Name, at+".name")
		names += p.Part
		total += p.Max
		if want, ok := partMax[p.Part]; ok && want != p.Max {
			c.file.Error("part_max", at+".max", fmt.Sprintf("Phần %s có %d điểm.", p.Part, want), fmt.Sprintf("Part %s has %d points.", p.Part, want))
		}
		c.sections(p, at)
	}
	if names != "ABC" {
		c.file.Error("parts_wrong", "parts", "Phải có đúng ba phần A, B, C.", "There must be the three parts A, B, C.")
	}
	c.sum(total, s.Total, "total")
	if s.Total != 100 {
		c.file.Error("total_wrong", "total", "Tổng điểm phải là 100.", "The total must be 100.")
	}
	c.counts()
	for i, k := range s.Knockouts {
		c.knockout(k, fmt.Sprintf("knockouts[%d]", i))
	}
}

func (c checker) sum(got, want int, path string) {
	if got != want {
		c.file.Error("sum_wrong", path, fmt.Sprintf("Cộng lại được %d, không phải %d.", got, want), fmt.Sprintf("The parts add up to %d, not %d.", got, want))
	}
}

func (c checker) sections(p Part, at string) {
	total := 0
	for i, x := range p.Sections {
		path := fmt.Sprintf("%s.sections[%d]", at, i)
		c.file.Text(x.Name, path+".name")
		total += x.Max
		points := 0
		for j, k := range x.Criteria {
			points += k.Max
			c.criterion(k, fmt.Sprintf("%s.criteria[%d]", path, j))
		}
		c.sum(points, x.Max, path+".max")
		for j, sub := range x.Subsections {
			points = 0
			for _, k := range x.Criteria {
				if k.Subsection == sub.Code {
					points += k.Max
				}
			}
			c.sum(points, sub.Max, fmt.Sprintf("%s.subsections[%d].max", path, j))
		}
	}
	c.sum(total, p.Max, at+".max")
}

func (c checker) criterion(k Criterion, at string) {
	c.file.Text(k.Name, at+".name")
	if n := slices.IndexFunc(c.set.All(), func(o Criterion) bool { return o.Code == k.Code }); k.Code == "" || c.set.All()[n].Name != k.Name {
		c.file.Error("code_twice", at+".code", fmt.Sprintf("Mã tiêu chí %q trống hoặc ghi hai lần.", k.Code), fmt.Sprintf("The code %q is empty or stands twice.", k.Code))
	}
	if k.Kind != Evidence && k.Kind != Sensory {
		c.file.Error("kind_wrong", at+".kind", "kind là evidence hoặc sensory.", "kind is evidence or sensory.")
	}
	if q := k.Condition; q != nil && q.Requires != nil {
		if _, ok := c.set.Criterion(q.Requires.Criterion); !ok {
			c.file.Error("unknown_criterion", at+".condition", fmt.Sprintf("Không có tiêu chí %q.", q.Requires.Criterion), fmt.Sprintf("There is no criterion %q.", q.Requires.Criterion))
		}
	}
	if k.Knockout != nil {
		c.knockout(*k.Knockout, at+".knockout")
	}
	c.options(k, at)
}

// options never exceed the criterion's points, the best reaches them, and of
// two floors the one for more stars asks for more points.
func (c checker) options(k Criterion, at string) {
	best, floors := 0, map[int]int{}
	for i, o := range k.Options {
		path := fmt.Sprintf("%s.options[%d]", at, i)
		c.file.Text(o.Gist, path+".gist")
		best = max(best, o.Points)
		if o.Points < 0 || o.Points > k.Max {
			c.file.Error("points_wrong", path+".points", fmt.Sprintf("Điểm từ 0 đến %d.", k.Max), fmt.Sprintf("Points go from 0 to %d.", k.Max))
		}
		if o.Floor != 0 && (o.Floor < 3 || o.Floor > 5) {
			c.file.Error("floor_wrong", path+".floor", "Yêu cầu tối thiểu là cho 3, 4 hoặc 5 sao.", "A floor is for 3, 4 or 5 stars.")
		}
		if (o.Case == 0) != (len(k.Cases) == 0) {
			c.file.Error("case_wrong", path, "Lựa chọn phải ghi trường hợp (case) khi tiêu chí có trường hợp, và chỉ khi đó.", "An option names its case where the criterion has cases, and only there.")
		}
		if o.Floor != 0 {
			floors[o.Floor] = o.Points
		}
	}
	if best != k.Max {
		c.file.Error("max_wrong", at+".max", fmt.Sprintf("Lựa chọn cao nhất được %d điểm, không phải %d.", best, k.Max), fmt.Sprintf("The best option gives %d points, not %d.", best, k.Max))
	}
	for low := 3; low < 5; low++ {
		for high := low + 1; high <= 5; high++ {
			if a, b := floors[low], floors[high]; b != 0 && a >= b {
				c.file.Error("floor_order", at+".options", fmt.Sprintf("Yêu cầu của %d sao không thấp hơn của %d sao.", low, high), fmt.Sprintf("The floor of %d stars is not below that of %d.", low, high))
			}
		}
	}
}

func (c checker) knockout(k Knockout, at string) {
	c.file.Text(k.Gist, at+".gist")
	if k.Kind != "reject" && k.Kind != "stop" {
		c.file.Error("knockout_wrong", at+".kind", "kind là reject hoặc stop.", "kind is reject or stop.")
	}
}

// counts counts again what the file says of itself.
func (c checker) counts() {
	got := Counts{}
	for _, k := range c.set.All() {
		got.Criteria++
		for _, o := range k.Options {
			if o.Printed != nil && !*o.Printed {
				got.Unprinted++
			} else {
				got.Options++
			}
		}
	}
	if got != c.set.Counts {
		c.file.Error("counts_wrong", "counts", fmt.Sprintf("Đếm được %d tiêu chí, %d lựa chọn in, %d không in.", got.Criteria, got.Options, got.Unprinted),
			fmt.Sprintf("There are %d criteria, %d printed options and %d others.", got.Criteria, got.Options, got.Unprinted))
	}
}

// builtIn are the shipped sheets, by version and number.
var builtIn = sync.OnceValues(func() (map[string]map[int]*Set, error) {
	names, err := fs.Glob(workflows.Files, "criteria/*/*.yaml")
	if err != nil {
		return nil, err
	}
	out := map[string]map[int]*Set{}
	for _, name := range names {
		text, err := workflows.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		s, findings := Parse(name, text)
		if s == nil {
			return nil, fmt.Errorf("built-in criteria: %v", findings)
		}
		version := strings.Split(name, "/")[1]
		if out[version] == nil {
			out[version] = map[int]*Set{}
		}
		if out[version][s.Number] != nil {
			return nil, fmt.Errorf("built-in criteria: set %d of %s stands twice", s.Number, version)
		}
		out[version][s.Number] = s
	}
	return out, nil
})

// BuiltIn are the shipped sheets of a version, by number; nil when there are
// none.
func BuiltIn(version string) map[int]*Set {
	all, err := builtIn()
	if err != nil {
		panic(err) // the program's own files; a test reads them
	}
	return all[version]
}

// Decision is the act that a version of the sheets belongs to, "" for none.
func Decision(version string) string {
	for _, s := range BuiltIn(version) {
		return s.Decision // all of a version are of one act; a test looks
	}
	return ""
}

// Versions of sheets that are shipped, the oldest first.
func Versions() []string {
	all, err := builtIn()
	if err != nil {
		panic(err)
	}
	return slices.Sorted(maps.Keys(all))
}
