// Package faulty lets a database or a disk fail at a chosen step, for tests alone:
// before the step took effect, after it did but before anybody heard, or with the
// whole process. It stands between SQLite's driver and its users, and on the wire
// to Postgres; the program knows nothing of it. What must hold afterwards is left
// to the tests.
package faulty

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"syscall"
)

// How a step fails.
type How int

// The ways to fail.
const (
	None   How = iota
	Before     // the step did nothing, and says so
	After      // the step took effect, its caller hears of a failure
	Killed     // the step took effect, then everything stopped
)

func (h How) String() string {
	return [...]string{"none", "before it took effect", "after it took effect", "process killed"}[h]
}

// ErrInjected is what a disk fails with.
var ErrInjected = fmt.Errorf("faulty: %w", syscall.EIO)

// Seam is one place in which things fail. Steps pass it from any goroutine.
type Seam struct {
	mu    sync.Mutex
	step  string // that fails next; "" for the at-th of any name
	at    int
	how   How
	hit   bool
	dead  bool
	full  bool
	seen  []string
	times map[string]int // how often a name was seen
	death []func()
}

// New is a seam in which nothing fails yet.
func New() *Seam { return &Seam{times: map[string]int{}} }

// Arm lets the next step of a name fail, and forgets what was seen.
func (s *Seam) Arm(step string, how How) { s.arm(step, 0, how) }

// ArmAt lets the n-th step from now fail, counted from 0.
func (s *Seam) ArmAt(n int, how How) { s.arm("", n, how) }

func (s *Seam) arm(step string, at int, how How) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.step, s.at, s.how, s.hit, s.seen, s.times = step, at, how, false, nil, map[string]int{}
}

// Disarm lets nothing fail any more and says whether something did.
func (s *Seam) Disarm() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how = None
	return s.hit
}

// Seen are the names of the steps since the last Arm, in the order of their first time.
func (s *Seam) Seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	done := map[string]bool{}
	for _, name := range s.seen {
		if !done[name] {
			done[name] = true
			out = append(out, name)
		}
	}
	return out
}

// Count is the number of steps since the last Arm.
func (s *Seam) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

// Refuse lets no commit through until it is told otherwise: a disk that is full.
func (s *Seam) Refuse(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = yes
}

// Dead reports whether the process was killed.
func (s *Seam) Dead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

// OnDeath is called once, in the moment of death.
func (s *Seam) OnDeath(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.death = append(s.death, fn)
}

// Die ends the process as far as anybody can see from outside.
func (s *Seam) Die() {
	s.mu.Lock()
	if s.dead {
		s.mu.Unlock()
		return
	}
	s.dead = true
	list := s.death
	s.mu.Unlock()
	for _, fn := range list {
		fn()
	}
}

// meet says what becomes of a step.
func (s *Seam) meet(name string) How {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead || s.full && name == "commit" {
		return Before
	}
	n := len(s.seen)
	if name == "commit" || name == "begin" { // of several transactions each is a step of its own
		if s.times[name]++; s.times[name] > 1 {
			name = fmt.Sprintf("%s %d", name, s.times[name])
		}
	}
	s.seen = append(s.seen, name)
	if s.how == None || s.hit || s.step != "" && s.step != name || s.step == "" && s.at != n {
		return None
	}
	s.hit = true
	return s.how
}

// around runs a step as it was decided to go.
func (s *Seam) around(name string, fault error, step func() error) error {
	switch how := s.meet(name); how {
	case None:
		return step()
	case Before:
		return fault
	default:
		if err := step(); err != nil {
			return err
		}
		if how == Killed {
			s.Die()
		}
		return fault
	}
}

var (
	spaces  = regexp.MustCompile(`\s+`)
	comment = regexp.MustCompile(`(?m)--.*$|/\*.*?\*/`)
	first   = regexp.MustCompile(`^(insert into|update|delete from|create table|create index|create unique index|alter table|drop table|create trigger) (if not exists )?"?([\w.]+)`)
	source  = regexp.MustCompile(`\b(?:from|join) "?([a-z_][\w.]*)`)
)

// Name is a statement in a word or two: what it does and to which table.
func Name(text string) string {
	text = strings.ToLower(strings.TrimSpace(spaces.ReplaceAllString(comment.ReplaceAllString(text, " "), " ")))
	verbs := map[string]string{"insert into": "insert", "delete from": "delete", "create unique index": "create index", "alter table": "alter"}
	if m := first.FindStringSubmatch(text); m != nil {
		verb := m[1]
		if v, ok := verbs[verb]; ok {
			verb = v
		}
		return verb + " " + m[3]
	}
	if strings.HasPrefix(text, "select") || strings.HasPrefix(text, "with") {
		found := source.FindAllStringSubmatch(text, -1)
		switch {
		case len(found) == 0:
			return "read"
		case strings.HasPrefix(text, "with"): // what it is for stands behind what it begins with
			return "read " + found[len(found)-1][1]
		}
		return "read " + found[0][1]
	}
	if strings.Contains(text, "read only") {
		return "begin snapshot"
	}
	word, _, _ := strings.Cut(strings.TrimSuffix(text, ";"), " ")
	return word
}
