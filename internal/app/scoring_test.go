//go:build unix

package app

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/criteria"
)

// worth fills a sheet of a set with exactly so many points, all floors of so
// many stars met.
func worth(t testing.TB, set, stars, points int) criteria.Sheet {
	t.Helper()
	s := criteria.BuiltIn("2026")[set]
	sheet := criteria.Sheet{Choices: map[string]int{}}
	for _, x := range s.Path(sheet, stars, 0).Steps {
		sheet.Choices[x.Criterion] = x.To.Points
	}
	all := s.All()
	slices.SortStableFunc(all, func(a, b criteria.Criterion) int { return b.Max - a.Max })
	for range 3 {
		for _, c := range all {
			had, pick := sheet.Choices[c.Code], sheet.Choices[c.Code]
			if q := c.Condition; q != nil && q.Requires != nil && sheet.Choices[q.Requires.Criterion] < q.Requires.MinPoints {
				continue
			}
			for _, o := range c.Options {
				if o.Points > pick && int(sheet.Total())-had+o.Points <= points {
					pick = o.Points
				}
			}
			sheet.Choices[c.Code] = pick
		}
	}
	if got := sheet.Total(); got != int64(points) {
		t.Fatalf("set %d, %d stars: a sheet of %d points, want %d", set, stars, got, points)
	}
	return sheet
}

// split takes a whole sheet apart: what papers decide, and what senses do.
func split(set int, whole criteria.Sheet) (agreed, own map[string]any) {
	agreed, own = map[string]any{}, map[string]any{}
	for code, points := range whole.Choices {
		if c, _ := criteria.BuiltIn("2026")[set].Criterion(code); c.Kind == criteria.Evidence {
			agreed[code] = points
		} else {
			own[code] = points
		}
	}
	return map[string]any{"choices": agreed}, map[string]any{"choices": own}
}

// panel is who sits on the demo's council of a level.
func panel(level string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("member-%s-%d", level, i+1))
	}
	return out
}

var seatOf = map[string]string{"district": "cam-xuyen", "province": "ha-tinh", "ministry": "bo-nnptnt"}

// council appoints one; the first scorer is the chair.
func (o *office) council(level string, scorers ...string) string {
	o.t.Helper()
	members := []map[string]any{{"account": "secretary-" + level, "position": "secretary"}}
	for i, name := range scorers {
		position := "member"
		if i == 0 {
			position = "chair"
		}
		members = append(members, map[string]any{"account": name, "position": position})
	}
	return o.must(201, o.ask("secretary-"+level, "POST", "/api/v1/councils", map[string]any{"unit": seatOf[level], "decision": "1/QĐ-UBND",
		"decided_on": "2024-03-01", "members": members})).body["id"].(string)
}

// more are further members of a level, with accounts of their own.
func (o *office) more(level string, n int) []string {
	o.t.Helper()
	names := panel(level, min(n, 5))
	for i := len(names); i < n; i++ {
		name := fmt.Sprintf("member-%s-%d", level, i+1)
		if names = append(names, name); o.tokens[name] != "" {
			continue
		}
		acc, err := o.app.People.Add(o.t.Context(), access.SystemActor, accounts.NewAccount{Name: name}, nil)
		if err != nil {
			o.t.Fatal(err)
		}
		if _, err := o.app.People.Grant(o.t.Context(), access.SystemActor, acc.ID, access.Member, seatOf[level], nil); err != nil {
			o.t.Fatal(err)
		}
		token, err := o.app.People.Token(o.t.Context(), access.Actor{ID: acc.ID, Name: name}, "test", 0)
		if err != nil {
			o.t.Fatal(err)
		}
		o.tokens[name] = token.Secret
	}
	return names
}

func (o *office) session(level, council, product string) string {
	o.t.Helper()
	return o.must(201, o.ask("secretary-"+level, "POST", "/api/v1/scoring-sessions", map[string]any{"product": product, "council": council})).body["id"].(string)
}

func sessionPath(id, rest string) string { return "/api/v1/scoring-sessions/" + id + rest }

// sealed lets members declare, fill in and seal.
func (o *office) sealed(session string, own map[string]map[string]any) {
	o.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(own)) {
		o.must(200, o.ask(name, "POST", sessionPath(session, "/declaration"), map[string]any{"conflict": false}))
		o.must(200, o.ask(name, "PUT", sessionPath(session, "/sheets/me"), own[name]))
		o.must(200, o.ask(name, "POST", sessionPath(session, "/sheets/me/seal"), nil))
	}
}

// scored runs a whole session in which every member hands in the same sheet,
// and closes it.
func (o *office) scored(level, product string, set int, whole criteria.Sheet) string {
	o.t.Helper()
	id := o.session(level, o.council(level, panel(level, 3)...), product)
	agreed, own := split(set, whole)
	o.must(200, o.ask("secretary-"+level, "PUT", sessionPath(id, "/agreed"), agreed))
	all := map[string]map[string]any{}
	for _, name := range panel(level, 3) {
		all[name] = own
	}
	o.sealed(id, all)
	o.must(200, o.ask("secretary-"+level, "POST", sessionPath(id, "/open"), nil))
	o.must(200, o.ask("secretary-"+level, "POST", sessionPath(id, "/close"), nil))
	return id
}
