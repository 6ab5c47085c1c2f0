package workflow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
)

// Certified is the state that rounds work towards, unless a procedure names
// another goal.
const Certified ocop.State = "certified"

// goal is the state that rounds work towards, "" when there is none.
func (p *Procedure) goal() ocop.State {
	if p.Goal == "" && p.States.Has(string(Certified)) {
		return Certified
	}
	return p.Goal
}

// node is where a product can stand: in a track, in a state.
type node struct {
	track ocop.Track
	state ocop.State
}

var nowhere = node{ocop.NoTrack, ocop.NoState}

// edge is an arm seen from one node.
type edge struct {
	event ocop.Event
	to    node
	by    []ocop.Role
}

func (q question) node() node { return node{q.track, q.state} }

// target is where a rule leads from q.
func (r *rule) target(q question) node {
	to := node{q.track, r.arm.To}
	if r.arm.Stay {
		to.state = q.state
	}
	if r.arm.Opens != "" {
		to.track = r.arm.Opens
	}
	if r.arm.Closes {
		to.track = ocop.NoTrack
	}
	return to
}

// graph proves what can be reached, guards left aside.
func (c *checker) graph() {
	edges := map[node][]edge{}
	for q, r := range c.rules {
		edges[q.node()] = append(edges[q.node()], edge{q.event, r.target(q), r.arm.By})
	}
	seen := reach(edges, nowhere, nil)
	c.reachable(edges, seen)
	c.endings(edges, seen)
	c.walks(edges)
	c.timers()
	c.forwarding(seen)
}

// reach are the nodes that can be come to from start over edges that use accepts.
func reach(edges map[node][]edge, start node, use func(edge) bool) map[node]bool {
	seen := map[node]bool{start: true}
	for todo := []node{start}; len(todo) > 0; {
		n := todo[0]
		todo = todo[1:]
		for _, e := range edges[n] {
			if !seen[e.to] && (use == nil || use(e)) {
				seen[e.to] = true
				todo = append(todo, e.to)
			}
		}
	}
	return seen
}

func (c *checker) reachable(edges map[node][]edge, seen map[node]bool) {
	for name, s := range c.p.States.All() {
		path := "states." + name
		found, out := false, false
		for n := range seen {
			found = found || n.state == ocop.State(name)
		}
		for n, list := range edges {
			out = out || n.state == ocop.State(name) && slices.ContainsFunc(list, func(e edge) bool { return e.to.state != n.state })
		}
		switch {
		case !found:
			c.add("state_unreachable", path, fmt.Sprintf("Không có đường nào đến trạng thái %q.", name), fmt.Sprintf("Nothing leads to the state %q.", name))
		case s.Final && out:
			c.add("final_with_exit", path, fmt.Sprintf("Trạng thái kết thúc %q lại có lối ra.", name), fmt.Sprintf("The final state %q has a way out.", name))
		case !s.Final && !out:
			c.add("dead_end", path, fmt.Sprintf("Trạng thái %q không có lối ra mà không phải trạng thái kết thúc.", name), fmt.Sprintf("The state %q has no way out and is not final.", name))
		}
	}
}

// endings: from everywhere some rest outside any round can still be reached.
func (c *checker) endings(edges map[node][]edge, seen map[node]bool) {
	for _, n := range sortedNodes(seen) {
		s, _ := c.p.States.Get(string(n.state))
		path := "states." + string(n.state)
		if s.Resting && n.track != ocop.NoTrack {
			c.add("resting_in_round", path, fmt.Sprintf("Trạng thái nghỉ %q lại nằm trong lượt %q.", n.state, n.track), fmt.Sprintf("The resting state %q lies inside a round of %q.", n.state, n.track))
		}
		ends := false
		for m := range reach(edges, n, nil) {
			t, _ := c.p.States.Get(string(m.state))
			ends = ends || m.track == ocop.NoTrack && (t.Resting || t.Final)
		}
		if !ends {
			c.add("no_ending", path, fmt.Sprintf("Từ %q của %q không thể đến nơi kết thúc.", n.state, n.track), fmt.Sprintf("From %q of %q no ending can be reached.", n.state, n.track))
		}
	}
}

// walks: each track leads to a certificate, and no single role can walk it alone.
func (c *checker) walks(edges map[node][]edge) {
	if c.p.goal() == "" {
		return
	}
	goal := node{ocop.NoTrack, c.p.goal()}
	for name, t := range c.p.Tracks.All() {
		start := node{ocop.Track(name), t.Entry}
		inside := func(use func(edge) bool) bool {
			return reach(edges, start, func(e edge) bool {
				return e.event != "abandon" && e.event != "import" && (e.to.track == start.track || e.to == goal) && use(e)
			})[goal]
		}
		if !inside(func(edge) bool { return true }) {
			c.add("no_certificate", "tracks."+name, fmt.Sprintf("Lượt %q không dẫn đến %q.", name, c.p.goal()), fmt.Sprintf("The track %q does not lead to %q.", name, c.p.goal()))
		}
		for role := range c.p.Roles.All() {
			alone := inside(func(e edge) bool {
				return slices.ContainsFunc(e.by, func(by ocop.Role) bool { return c.p.Held(by) == c.p.Held(ocop.Role(role)) })
			})
			if alone && !slices.Contains(c.p.Alone, ocop.Role(role)) {
				c.add("one_role_alone", "tracks."+name, fmt.Sprintf("Một mình vai trò %q có thể đi hết lượt %q.", role, name), fmt.Sprintf("The role %q can walk the track %q alone.", role, name))
			}
		}
	}
}

// timers must point to events that time may fire and that leave the state.
func (c *checker) timers() {
	for name, s := range c.p.States.All() {
		for i, t := range s.Timers {
			path := fmt.Sprintf("states.%s.timers[%d]", name, i)
			if t.At != "certificate.ends" {
				c.unknown("moment", "thời điểm", t.At, path+".at")
			}
			leaves := false
			for q, r := range c.rules {
				if q.event == t.Event && q.state == ocop.State(name) && slices.Contains(r.arm.By, access.System) {
					leaves = leaves || r.target(q).state != q.state
				}
			}
			if !leaves {
				c.add("timer_stuck", path+".event", fmt.Sprintf("Thao tác %q do hệ thống không đưa ra khỏi trạng thái %q.", t.Event, name), fmt.Sprintf("The event %q, fired by the system, does not leave the state %q.", t.Event, name))
			}
		}
	}
}

// forwarding: with several levels, forward must be reachable.
func (c *checker) forwarding(seen map[node]bool) {
	if len(c.p.Levels) < 2 || !c.p.Transitions.Has("forward") {
		return // the missing event was reported with the levels
	}
	for q := range c.rules {
		if q.event == "forward" && seen[q.node()] {
			return
		}
	}
	c.add("level_unreachable", "transitions.forward", "Không đến được thao tác forward nên không lên được cấp trên.", "The event forward cannot be reached, so no higher level can.")
}

func sortedNodes(seen map[node]bool) []node {
	list := slices.SortedFunc(maps.Keys(seen), func(a, b node) int {
		return cmp.Or(cmp.Compare(a.track, b.track), cmp.Compare(a.state, b.state))
	})
	return slices.DeleteFunc(list, func(n node) bool { return n == nowhere })
}
