package workflow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ocopflow/internal/ocop"
)

// maxCases bounds the cases that are tried for one guard.
const maxCases = 20_000

// domain is every value that a fact can have, nil for its absence; ok is false
// when they cannot be listed.
func (c *checker) domain(name string, form []Field) (values []any, ok bool) {
	fact, known := c.p.factNamed(name)
	span, bounded := bounds[name]
	for _, f := range form {
		if x, readable := formFact(f); readable && x.Name == name {
			fact, known = x, true
			if bounded = f.Min != nil && f.Max != nil; bounded {
				span = [2]int64{*f.Min, *f.Max}
			}
			for _, o := range f.Options {
				values = append(values, o.Value)
			}
		}
	}
	switch {
	case !known:
		return nil, false
	case fact.Type == FactBool:
		values = []any{true, false}
	case fact.Type == FactInt && bounded && span[1]-span[0] <= maxCases:
		for n := span[0]; n <= span[1]; n++ {
			values = append(values, n)
		}
	case len(values) == 0:
		return nil, false
	}
	if fact.Optional {
		values = append(values, nil)
	}
	return values, true
}

// cases calls try with every combination of the values that the facts read can
// have; it reports whether they could be listed.
func (c *checker) cases(reads []string, form []Field, try func(Facts)) bool {
	domains, total := make([][]any, len(reads)), 1
	for i, name := range reads {
		values, ok := c.domain(name, form)
		if total *= len(values); !ok || total == 0 || total > maxCases {
			return false
		}
		domains[i] = values
	}
	facts := Facts{}
	var fill func(int)
	fill = func(i int) {
		if i == len(reads) {
			try(facts)
			return
		}
		for _, v := range domains[i] {
			if facts[reads[i]] = v; v == nil {
				delete(facts, reads[i])
			}
			fill(i + 1)
		}
	}
	fill(0)
	return true
}

// guards tries each guard over whole numbers with bounds, choices and truths in
// every case there is: one that never holds bars the way for good, one that
// always holds says nothing.
func (c *checker) guards() {
	for name, t := range c.p.Transitions.All() {
		for i, r := range c.built[name] {
			for j, g := range r.guards {
				path := fmt.Sprintf("transitions.%s.when[%d]", name, j)
				if j >= len(t.When) {
					path = fmt.Sprintf("transitions.%s.arms[%d].when[%d]", name, i, j-len(t.When))
				}
				c.tried(g, r.form, path+".guard")
			}
		}
	}
	c.branches()
}

func (c *checker) tried(g guard, form []Field, path string) {
	if g.test.program == nil {
		return
	}
	holds, fails := false, false
	listed := c.cases(g.test.reads, form, func(facts Facts) {
		ok, _ := g.test.holds(facts)
		holds, fails = holds || ok, fails || !ok
	})
	switch {
	case !listed:
	case !holds:
		c.add("guard_never", path, fmt.Sprintf("Điều kiện %q không bao giờ đúng với mọi giá trị có thể có.", g.Guard.Guard), fmt.Sprintf("The guard %q holds for no value that its facts can have.", g.Guard.Guard))
	case !fails:
		c.warn("guard_always", path, fmt.Sprintf("Điều kiện %q luôn đúng.", g.Guard.Guard), fmt.Sprintf("The guard %q always holds.", g.Guard.Guard))
	}
}

// branches compares the ways out of a state that are told apart by guards over
// one and the same bounded number: a value that none takes is a gap, one that
// two take an overlap. Every value is tried.
func (c *checker) branches() {
	type branch struct {
		n    node
		fact string
	}
	ways := map[branch][]*rule{}
	for q, r := range c.rules {
		if fact, ok := c.splits(r); ok && !c.aside(q.event) {
			b := branch{q.node(), fact}
			ways[b] = append(ways[b], r)
		}
	}
	order := slices.SortedFunc(maps.Keys(ways), func(a, b branch) int {
		return cmp.Or(cmp.Compare(a.n.state, b.n.state), cmp.Compare(a.n.track, b.n.track), cmp.Compare(a.fact, b.fact))
	})
	for _, b := range order {
		if len(ways[b]) > 1 {
			slices.SortFunc(ways[b], func(x, y *rule) int { return cmp.Compare(x.event, y.event) })
			c.compare(b.n, b.fact, ways[b])
		}
	}
}

func (c *checker) aside(e ocop.Event) bool {
	t, _ := c.p.Transitions.Get(string(e))
	return t.Aside
}

// splits gives the one bounded number that all guards of a rule read.
func (c *checker) splits(r *rule) (string, bool) {
	var reads []string
	for _, g := range r.guards {
		reads = append(reads, g.test.reads...)
	}
	slices.Sort(reads)
	reads = slices.Compact(reads)
	_, bounded := bounds[strings.Join(reads, " ")]
	return strings.Join(reads, " "), len(reads) == 1 && bounded
}

func (c *checker) compare(n node, fact string, ways []*rule) {
	var gap, overlap []string
	var names []string
	for _, r := range ways {
		names = append(names, string(r.event))
	}
	c.cases([]string{fact}, nil, func(facts Facts) {
		taken := 0
		for _, r := range ways {
			if r.guards.hold(facts) {
				taken++
			}
		}
		value := "–"
		if facts[fact] != nil {
			value = fmt.Sprint(facts[fact])
		}
		switch {
		case taken == 0 && facts[fact] != nil:
			gap = append(gap, value)
		case taken > 1:
			overlap = append(overlap, value)
		}
	})
	list, path := strings.Join(names, ", "), "transitions."+names[0]
	if len(gap) > 0 {
		c.warn("guards_gap", path, fmt.Sprintf("Ở %q, các thao tác %s không nhận giá trị %s của %s.", n.state, list, strings.Join(gap, ", "), fact),
			fmt.Sprintf("In %q, %s leave out the value %s of %s.", n.state, list, strings.Join(gap, ", "), fact))
	}
	if len(overlap) > 0 {
		c.warn("guards_overlap", path, fmt.Sprintf("Ở %q, các thao tác %s cùng nhận giá trị %s của %s.", n.state, list, strings.Join(overlap, ", "), fact),
			fmt.Sprintf("In %q, more than one of %s takes the value %s of %s.", n.state, list, strings.Join(overlap, ", "), fact))
	}
}
