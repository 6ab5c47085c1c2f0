package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
)

// grid is a score sheet to be filled in, or to be read.
type grid struct {
	Set    *criteria.Set
	Parts  []gridPart
	Cases  []criteria.Case // of set 26; none for the others
	Case   int
	Total  int64
	Fixed  bool // nothing can be changed
	Agreed int64
	Bands  string // "5:90 4:70 …" for the running total
	Knocks []knock
}

type gridPart struct {
	criteria.Part
	Rows []row
}

// row is one criterion with what is chosen.
type row struct {
	criteria.Criterion
	Section string
	Points  int
	Chosen  bool
	Open    bool // can be changed here
	Own     int  // what the producer chose; -1 for nothing
	Papers  int  // that the producer brought as evidence
	Floors  string
}

type knock struct {
	Code string
	Gist ocop.Text
	Set  bool
}

// shown lays a sheet out. Only says which criteria are shown ("" for all) and
// open which of them can be changed.
func shown(set *criteria.Set, sheet criteria.Sheet, only criteria.Kind, open func(criteria.Criterion) bool) grid {
	g := grid{Set: set, Case: sheet.Case, Total: sheet.Total(), Fixed: true}
	for _, p := range set.Parts {
		part := gridPart{Part: p}
		for _, s := range p.Sections {
			for i, c := range s.Criteria {
				if only != "" && c.Kind != only {
					continue
				}
				points, chosen := sheet.Choices[c.Code]
				r := row{Criterion: c, Points: points, Chosen: chosen, Own: -1, Open: open != nil && open(c), Floors: floorsOf(c)}
				if i == 0 {
					r.Section = fmt.Sprintf("%d", s.Section)
				}
				g.Fixed = g.Fixed && !r.Open
				part.Rows = append(part.Rows, r)
				if len(c.Cases) > 0 {
					g.Cases = c.Cases
				}
			}
		}
		if len(part.Rows) > 0 {
			g.Parts = append(g.Parts, part)
		}
	}
	for i, k := range set.Knockouts {
		code := fmt.Sprintf("dossier-%d", i+1)
		g.Knocks = append(g.Knocks, knock{code, k.Gist, slices.Contains(sheet.Knockouts, code)})
	}
	for _, c := range set.All() {
		if c.Knockout != nil && c.Knockout.WhenPoints == nil {
			g.Knocks = append(g.Knocks, knock{c.Code, c.Knockout.Gist, slices.Contains(sheet.Knockouts, c.Code)})
		}
	}
	return g
}

// floorsOf writes a criterion's floors for the running total: "3:1 4:3".
func floorsOf(c criteria.Criterion) string {
	var out []string
	for _, o := range c.Options {
		if o.Floor > 0 {
			out = append(out, fmt.Sprintf("%d:%d", o.Floor, o.Points))
		}
	}
	return strings.Join(out, " ")
}

// ticked reads a filled-in grid.
func (p *page) ticked(set *criteria.Set) criteria.Sheet {
	out := criteria.Sheet{Choices: map[string]int{}}
	for _, c := range set.All() {
		if n, err := strconv.Atoi(p.Typed("c." + c.Code)); err == nil {
			out.Choices[c.Code] = n
		}
		if p.Typed("k."+c.Code) != "" {
			out.Knockouts = append(out.Knockouts, c.Code)
		}
	}
	for i := range set.Knockouts {
		if code := fmt.Sprintf("dossier-%d", i+1); p.Typed("k."+code) != "" {
			out.Knockouts = append(out.Knockouts, code)
		}
	}
	out.Case, _ = strconv.Atoi(p.Typed("case"))
	return out
}
