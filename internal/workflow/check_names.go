package workflow

import (
	"fmt"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
)

func (c *checker) unknown(what, whatVi, name, path string) {
	c.add("unknown_name", path, fmt.Sprintf("Không có %s %q.", whatVi, name), fmt.Sprintf("There is no %s %q.", what, name))
}

func (c *checker) state(s ocop.State, path string) {
	if !c.p.States.Has(string(s)) {
		c.unknown("state", "trạng thái", string(s), path)
	}
}

func (c *checker) track(t ocop.Track, path string) {
	if !c.p.Tracks.Has(string(t)) {
		c.unknown("track", "loại lượt", string(t), path)
	}
}

func (c *checker) event(e ocop.Event, path string) {
	if !c.p.Transitions.Has(string(e)) {
		c.unknown("event", "thao tác", string(e), path)
	}
}

func (c *checker) roles(roles []ocop.Role, path string) {
	for i, r := range roles {
		if !c.p.Roles.Has(string(r)) && r != access.System {
			c.unknown("role", "vai trò", string(r), fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

func (c *checker) scope(s Scope, path string) {
	if s != "" && !slices.Contains([]Scope{ScopeCommune, ScopeProducer, ScopeRound, ScopeResult}, s) && !slices.Contains(c.p.UnitScopes(), s) {
		c.unknown("scope", "phạm vi", string(s), path)
	}
}

func (c *checker) effects(list []Effect, path string) {
	for i, e := range list {
		if known := effects[e] && c.p.Petition == nil || c.p.Petition != nil && slices.Contains(petitionEffects, e); !known {
			c.unknown("effect", "hệ quả", string(e), fmt.Sprintf("%s.do[%d]", path, i))
		}
	}
}

// factNamed finds a fact of the catalogue, or one that the procedure gathers.
func (p *Procedure) factNamed(name string) (Fact, bool) {
	for _, f := range slices.Concat(Catalogue, p.Gathered()) {
		if f.Name == name {
			return f, true
		}
	}
	return Fact{}, false
}

// compile builds the rule of each event, track and state, of which there may
// be one at most.
func (c *checker) compile() {
	c.rules, c.built = map[question]*rule{}, map[string][]*rule{}
	for name, t := range c.p.Transitions.All() {
		for i, arm := range t.Arms {
			r := c.compileArm(ocop.Event(name), t, i)
			c.built[name] = append(c.built[name], r)
			for _, track := range arm.Tracks {
				for _, state := range arm.From {
					q := question{track, state, ocop.Event(name)}
					if c.rules[q] != nil {
						c.add("arm_twice", fmt.Sprintf("transitions.%s.arms[%d]", name, i),
							fmt.Sprintf("Hai nhánh cùng xuất phát từ %q của %q.", state, track),
							fmt.Sprintf("Two arms start from %q of %q.", state, track))
						continue
					}
					copied := *r
					c.rules[q] = &copied
				}
			}
		}
	}
	c.windows()
}

// scores checks bands, levels, certificate and council.
func (c *checker) scores() {
	p := c.p
	for i, b := range p.Bands {
		at := fmt.Sprintf("bands[%d]", i)
		if i > 0 && b.From >= p.Bands[i-1].From {
			c.add("bands_order", at+".from", "Các mức điểm phải giảm dần.", "The bands must strictly descend.")
		}
		if slices.ContainsFunc(p.Bands[:i], func(x Band) bool { return x.Stars == b.Stars }) {
			c.add("bands_twice", at+".stars", fmt.Sprintf("Hạng %d sao ghi hai lần.", b.Stars), fmt.Sprintf("%d stars are named twice.", b.Stars))
		}
		if b.Stars < 1 || b.Stars > 5 || b.From < 0 || b.From > 100 {
			c.add("bands_range", at, "Sao từ 1 đến 5, điểm từ 0 đến 100.", "Stars go from 1 to 5, points from 0 to 100.")
		}
		if i > 0 && b.Stars >= p.Bands[i-1].Stars {
			c.add("bands_order", at+".stars", "Hạng sao phải giảm dần theo điểm.", "Stars must descend with the points.")
		}
	}
	if n := len(p.Bands); n > 0 && p.Bands[n-1].From != 0 {
		c.add("bands_gap", fmt.Sprintf("bands[%d].from", n-1), "Mức cuối phải bắt đầu từ 0 điểm.", "The last band must start at 0 points.")
	}
	c.levels()
	if p.Certificate != nil {
		c.provenance(p.Certificate.Provenance, "certificate")
	}
	if p.Certificate != nil && (p.Certificate.Months < 1 || p.Certificate.Months > 600 || p.Certificate.LastDay != "inclusive" && p.Certificate.LastDay != "exclusive") {
		c.add("certificate_wrong", "certificate", "Thời hạn từ 1 đến 600 tháng, last_day là inclusive hoặc exclusive.", "The term is 1 to 600 months, last_day inclusive or exclusive.")
	}
	if k := p.Council; k != nil {
		c.provenance(k.Provenance, "council")
		for i, t := range k.Written {
			c.track(t, fmt.Sprintf("council.written[%d]", i))
		}
		if _, _, ok := fraction(k.Quorum); !ok {
			c.add("quorum_wrong", "council.quorum", "Tỷ lệ dự họp phải là phân số không quá 1, ví dụ 3/4.", "The quorum must be a fraction of at most 1, such as 3/4.")
		}
		if !slices.Contains([]string{"mean", "all", "majority"}, k.Floors) {
			c.add("floors_wrong", "council.floors", "floors là mean, all hoặc majority.", "floors is mean, all or majority.")
		}
		if k.MaxSpread < 0 || k.MaxSpread > 100 {
			c.add("spread_wrong", "council.max_spread", "Chênh lệch từ 0 đến 100 điểm.", "The spread goes from 0 to 100 points.")
		}
	}
}

func (c *checker) levels() {
	for i, l := range c.p.Levels {
		at := fmt.Sprintf("levels[%d]", i)
		if slices.ContainsFunc(c.p.Levels[:i], func(x LevelRule) bool { return x.Level == l.Level }) {
			c.add("level_twice", at+".level", fmt.Sprintf("Cấp %q ghi hai lần.", l.Level), fmt.Sprintf("The level %q is named twice.", l.Level))
		}
		last := i == len(c.p.Levels)-1
		if last {
			if l.ForwardsFrom != 0 {
				c.add("forward_beyond", at+".forwards_from", "Cấp cao nhất không có cấp trên để chuyển.", "The highest level has none above to forward to.")
			}
			continue
		}
		if !slices.ContainsFunc(c.p.Bands, func(b Band) bool { return b.From == l.ForwardsFrom && b.From > 0 }) {
			c.add("forward_band", at, fmt.Sprintf("forwards_from của cấp %q phải là điểm bắt đầu của một mức.", l.Level), fmt.Sprintf("forwards_from of %q must be the lower bound of a band.", l.Level))
		}
		if !c.p.Transitions.Has("forward") {
			c.add("level_unreachable", fmt.Sprintf("levels[%d].level", i+1), "Không có thao tác forward để lên cấp này.", "There is no event forward that leads to this level.")
		}
	}
}

// fraction reads "3/4".
func fraction(s string) (part, whole int64, ok bool) {
	n, err := fmt.Sscanf(s, "%d/%d", &part, &whole)
	return part, whole, err == nil && n == 2 && part > 0 && whole > 0 && part <= whole && s == fmt.Sprintf("%d/%d", part, whole)
}
