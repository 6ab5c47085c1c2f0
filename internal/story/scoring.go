package story

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ocopflow/internal/criteria"
)

// ticks are choices: criterion to points.
type ticks = map[string]int

// set reads a score sheet from the API.
func (t *Teller) set(number int) *criteria.Set {
	s := new(criteria.Set)
	if t.err == nil {
		if err := t.c.call("office", http.MethodGet, fmt.Sprintf("/criteria/2026/%d", number), nil, s); err != nil {
			t.fail("criteria: %v", err)
		}
	}
	return s
}

// filled ticks a sheet with about so many points and never more: first the
// floors of so many stars, then whatever still fits.
func filled(s *criteria.Set, stars, points int) ticks {
	out, total := ticks{}, 0
	for _, c := range s.All() {
		for _, o := range c.Options {
			if o.Floor > 0 && o.Floor <= stars && o.Points > out[c.Code] {
				out[c.Code] = o.Points
			}
		}
		total += out[c.Code]
	}
	for _, c := range s.All() {
		for _, o := range slices.Backward(c.Options) {
			needs := c.Condition != nil && c.Condition.Requires != nil && out[c.Condition.Requires.Criterion] < c.Condition.Requires.MinPoints
			if more := o.Points - out[c.Code]; more > 0 && total+more <= points && !needs {
				out[c.Code], total = o.Points, total+more
				break
			}
		}
	}
	return out
}

// best ticks the best option everywhere but where it says otherwise.
func best(s *criteria.Set, but ticks) ticks {
	out := filled(s, 5, 100)
	maps.Copy(out, but)
	return out
}

// tick lets a producer score its own product.
func (t *Teller) tick(p product, choices ticks) {
	if t.err != nil {
		return
	}
	who := "producer-" + p.Code
	if t.c.tokens[who] == "" {
		who = "office"
	}
	var own struct {
		Result struct {
			Sum   int64
			Stars int
		}
	}
	if err := t.c.call(who, http.MethodPost, "/products/"+p.ID+"/self-score", map[string]any{"choices": choices}, &own); err != nil {
		t.fail("self-score of %s: %v", p.Code, err)
		return
	}
	t.line(who, fmt.Sprintf("%s: ☑ %d, %d ★", p.Name, own.Result.Sum, own.Result.Stars))
}

// missing tells what a product lacks for so many stars, and fails unless that
// is exactly what the story says.
func (t *Teller) missing(p product, stars int, want ...string) {
	if t.err != nil {
		return
	}
	var path struct {
		Message struct{ Vi, En string }
		Steps   []struct{ Criterion string }
	}
	if err := t.c.call("office", http.MethodGet, fmt.Sprintf("/products/%s/path?stars=%d", p.ID, stars), nil, &path); err != nil {
		t.fail("path of %s: %v", p.Code, err)
		return
	}
	var got []string
	for _, s := range path.Steps {
		got = append(got, s.Criterion)
	}
	if !slices.Equal(got, want) {
		t.fail("%s lacks %v for %d stars, want %v", p.Code, got, stars, want)
	}
	t.say("  "+path.Message.Vi, "  "+path.Message.En)
}

// seats of the levels' councils.
var seats = map[string]string{"district": "cam-xuyen", "province": "ha-tinh"}

const members = 5

// council is the one of a level, appointed when it is first needed.
func (t *Teller) council(level string) string {
	if id := t.councils[level]; id != "" || t.err != nil {
		return id
	}
	list := []map[string]string{{"account": "secretary-" + level, "position": "secretary"}}
	for i := range members {
		position := "member"
		if i == 0 {
			position = "chair"
		}
		list = append(list, map[string]string{"account": member(level, i), "position": position})
	}
	var k struct{ ID string }
	in := map[string]any{"unit": seats[level], "decision": "MP-HD/QĐ-UBND", "decided_on": t.day, "members": list}
	if err := t.c.call("secretary-"+level, http.MethodPost, "/councils", in, &k); err != nil {
		t.fail("council: %v", err)
	}
	t.councils[level] = k.ID
	return k.ID
}

func member(level string, i int) string { return fmt.Sprintf("member-%s-%d", level, i+1) }

// session is what the story looks at of one.
type session struct {
	ID     string
	Spread int
	Result struct {
		Mean                         string
		Stars                        int
		BandStars                    int `json:"band_stars"`
		FloorStars                   int `json:"floor_stars"`
		Missed                       []struct{ Criterion string }
		KnockedOut                   []any `json:"knocked_out"`
		Sum, Members, Turn, Entitled int
	}
	Set int
}

// act is one act on a session that must stand.
func (t *Teller) act(who, method, path string, in any, out *session) {
	if t.err != nil {
		return
	}
	if err := t.c.call(who, method, "/scoring-sessions"+path, in, out); err != nil {
		t.fail("session, %s by %s: %v", path, who, err)
	}
}

// score holds a session of a level and puts its result on record. Members differ
// by a point or so; one that is apart by more sends the council back.
func (t *Teller) score(level string, p product, number int, whole ticks, event string, apart bool) {
	if t.err != nil {
		return
	}
	s, secretary := t.set(number), "secretary-"+level
	var x session
	t.act(secretary, http.MethodPost, "", map[string]any{"product": p.ID, "council": t.council(level)}, &x)
	agreed, own := ticks{}, ticks{}
	for code, points := range whole {
		if c, _ := s.Criterion(code); c.Kind == criteria.Evidence {
			agreed[code] = points
		} else {
			own[code] = points
		}
	}
	t.act(secretary, http.MethodPut, "/"+x.ID+"/agreed", map[string]any{"choices": agreed}, &x)
	for i := range members {
		t.act(member(level, i), http.MethodPost, "/"+x.ID+"/declaration", map[string]any{"conflict": false}, &x)
	}
	t.fill(level, s, x, own, apart)
	if apart && t.err == nil {
		err := t.c.call(secretary, http.MethodPost, "/scoring-sessions/"+x.ID+"/close", nil, nil)
		if err == nil || !strings.Contains(err.Error(), "spread") {
			t.fail("closing with a spread of %d: %v", x.Spread, err)
			return
		}
		t.line(secretary, p.Name+": ✗ "+err.Error())
		t.act(secretary, http.MethodPost, "/"+x.ID+"/rescore", nil, &x)
		t.fill(level, s, x, own, false)
	}
	t.act(secretary, http.MethodPost, "/"+x.ID+"/close", nil, &x)
	if r := x.Result; t.err == nil {
		t.line(secretary, fmt.Sprintf("%s: %d ☑ ⌀ %s (%d ★), %d ★ → %d ★", p.Name, r.Members, r.Mean, r.BandStars, r.FloorStars, r.Stars))
	}
	var data map[string]any
	if event == "score_in_writing" {
		data = map[string]any{"large_change": false}
	}
	t.move(secretary, p, event, data)
}

// fill lets every member seal a sheet, and opens them together.
func (t *Teller) fill(level string, s *criteria.Set, x session, own ticks, apart bool) {
	for i := range members {
		mine := maps.Clone(own)
		switch {
		case apart && i == members-1:
			for code := range mine {
				mine[code] = lower(s, code, -1)
			}
		case i > 0:
			codes := slices.Sorted(maps.Keys(mine))
			for j := range codes {
				code := codes[(i+j)%len(codes)]
				if to := lower(s, code, mine[code]); to < mine[code] {
					mine[code] = to
					break
				}
			}
		}
		who := member(level, i)
		t.act(who, http.MethodPut, "/"+x.ID+"/sheets/me", map[string]any{"choices": mine}, &x)
		t.act(who, http.MethodPost, "/"+x.ID+"/sheets/me/seal", nil, &x)
	}
	t.act("secretary-"+level, http.MethodPost, "/"+x.ID+"/open", nil, &x)
}

// lower is the option next below some points, unless that misses a floor or is
// a knock-out; the lowest of all below 0.
func lower(s *criteria.Set, code string, points int) int {
	c, _ := s.Criterion(code)
	out := c.Options[0].Points
	for _, o := range c.Options {
		if o.Points < points {
			out = max(out, o.Points)
		}
		if o.Floor > 0 && o.Points == points {
			return points
		}
	}
	if c.Knockout != nil && c.Knockout.WhenPoints != nil && out == *c.Knockout.WhenPoints {
		return points
	}
	return out
}
