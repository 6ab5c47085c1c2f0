package workflow_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// plain is a procedure as anybody reads it from YAML: what follows knows
// nothing of package workflow, so that it can be held against it.
type plain struct {
	Goal   string
	Levels []struct{ Level string }
	Roles  map[string]struct{ As string }
	Tracks map[string]struct{ Entry string }
	States map[string]struct {
		Resting, Final bool
		Timers         []struct{ Event string }
	}
	Transitions map[string]struct {
		Arms []struct {
			Tracks, From, By []string
			To, Opens        string
			Stay, Closes     bool
		}
	}
}

type place struct{ track, state string }

type move struct {
	event    string
	from, to place
	by       []string
}

func (p plain) moves() (out []move) {
	for event, t := range p.Transitions {
		for _, a := range t.Arms {
			for _, track := range a.Tracks {
				for _, from := range a.From {
					to := place{track, a.To}
					if a.Stay {
						to.state = from
					}
					if a.Opens != "" {
						to.track = a.Opens
					}
					if a.Closes {
						to.track = "none"
					}
					out = append(out, move{event, place{track, from}, to, a.By})
				}
			}
		}
	}
	return out
}

// closure of a start over the moves that use accepts, by going round until
// nothing is added.
func closure(start place, moves []move, use func(move) bool) map[place]bool {
	seen := map[place]bool{start: true}
	for grown := true; grown; {
		grown = false
		for _, m := range moves {
			if seen[m.from] && !seen[m.to] && use(m) {
				seen[m.to], grown = true, true
			}
		}
	}
	return seen
}

func always(move) bool { return true }

// broken says which rules of the graph do not hold, each with the name that the
// finding must stand at.
func (p plain) broken() map[string][]string {
	out := map[string][]string{}
	bad := func(code, name string) {
		if !slices.Contains(out[code], name) {
			out[code] = append(out[code], name)
		}
	}
	moves := p.moves()
	seen := closure(place{"none", "none"}, moves, always)
	for name, s := range p.States {
		come, leave := false, false
		for at := range seen {
			come = come || at.state == name
		}
		for _, m := range moves {
			leave = leave || m.from.state == name && m.to.state != name
		}
		if !come {
			bad("state_unreachable", name)
		} else if s.Final && leave {
			bad("final_with_exit", name)
		} else if !s.Final && !leave {
			bad("dead_end", name)
		}
		for _, timer := range s.Timers {
			fires := slices.ContainsFunc(moves, func(m move) bool {
				return m.event == timer.Event && m.from.state == name && m.to.state != name && slices.Contains(m.by, "system")
			})
			if !fires {
				bad("timer_stuck", "timers")
			}
		}
	}
	for at := range seen {
		if at.state == "none" {
			continue
		}
		if p.States[at.state].Resting && at.track != "none" {
			bad("resting_in_round", at.state)
		}
		ends := false
		for to := range closure(at, moves, always) {
			ends = ends || to.track == "none" && (p.States[to.state].Resting || p.States[to.state].Final)
		}
		if !ends {
			bad("no_ending", at.state)
		}
	}
	p.walks(moves, bad)
	if len(p.Levels) > 1 && !slices.ContainsFunc(moves, func(m move) bool { return m.event == "forward" && seen[m.from] }) {
		bad("level_unreachable", "forward")
	}
	for event, t := range p.Transitions {
		for _, a := range t.Arms {
			if a.Opens != "" && p.Tracks[a.Opens].Entry != a.To {
				bad("opens_elsewhere", event)
			}
		}
	}
	return out
}

func (p plain) walks(moves []move, bad func(code, name string)) {
	goal := place{"none", cmp.Or(p.Goal, "certified")}
	held := func(role string) string { return cmp.Or(p.Roles[role].As, role) }
	for name, t := range p.Tracks {
		start := place{name, t.Entry}
		arrives := func(by string) bool {
			return closure(start, moves, func(m move) bool {
				return m.event != "abandon" && m.event != "import" && (m.to.track == name || m.to == goal) && (by == "" || slices.ContainsFunc(m.by, func(role string) bool { return held(role) == by }))
			})[goal]
		}
		if !arrives("") {
			bad("no_certificate", name)
		}
		for _, role := range []string{"producer", "commune", "office", "leader", "secretary", "system"} {
			if arrives(role) {
				bad("one_role_alone", name)
			}
		}
	}
}

// graphEdits retarget arrows and hand moves to other roles; whether that breaks
// a rule is for the plain reading to say.
func graphEdits(t *testing.T, text string) []mutant {
	t.Helper()
	var whole plain
	if err := yaml.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	states := slices.Sorted(maps.Keys(whole.States))
	var out []mutant
	add := func(list []mutant) {
		for _, m := range spread(list) {
			var p plain
			if err := yaml.Unmarshal([]byte(m.text), &p); err != nil {
				t.Fatalf("%s: %v", m.what, err)
			}
			out = append(out, expecting(m, p.broken()))
		}
	}
	for _, state := range states {
		list := onLine(text, "retarget an arrow", `to: ([a-z_]+),`, func(m []string, line string) string {
			return strings.Replace(line, m[0], "to: "+state+",", 1)
		})
		add(list[:min(8, len(list))])
	}
	for _, role := range []string{"office", "leader", "producer"} {
		add(onLine(text, "give a move to another role", `by: \[([a-z]+)\]`, func(m []string, line string) string {
			if !strings.Contains(line, "tracks: [") {
				return line
			}
			return strings.Replace(line, m[0], "by: ["+role+"]", 1)
		}))
	}
	add(onLine(text, "leave a round open", `, closes: true`, func(m []string, line string) string { return strings.Replace(line, m[0], "", 1) }))
	add(onLine(text, "a state that may rest", `^  ([a-z_]+): \{title: (.*)\}\}$`, func(m []string, line string) string {
		if !slices.Contains(states, m[1]) {
			return line
		}
		return strings.TrimSuffix(line, "}") + ", resting: true}"
	}))
	add(onLine(text, "a state that may not rest", `, resting: true`, func(m []string, line string) string { return strings.Replace(line, m[0], "", 1) }))
	return out
}

// expecting turns what is broken into what must be found.
func expecting(m mutant, broken map[string][]string) mutant {
	m.codes, m.where = nil, nil
	var names []string
	for code, list := range broken {
		m.codes = append(m.codes, code)
		names = append(names, list...)
	}
	slices.Sort(m.codes)
	m.what = fmt.Sprintf("%s; breaks %v", m.what, broken)
	if len(m.codes) > 0 {
		m.where = func(_ int, text string) bool {
			return slices.ContainsFunc(names, func(n string) bool {
				return strings.HasPrefix(strings.TrimSpace(text), n+":") || strings.Contains(text, "opens: ")
			})
		}
	}
	return m
}
