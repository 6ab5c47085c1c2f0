package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"github.com/looplab/fsm"

	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
)

// Rules is a procedure that was proved and compiled, ready to be asked. It is
// immutable and safe for many goroutines.
type Rules struct {
	Procedure
	Hash     string    // SHA-256 of the file, hex
	Text     []byte    // the file
	Warnings []Finding // of its check
	arms     map[question]*rule
}

// question asks what an event does in a state of a track.
type question struct {
	track ocop.Track
	state ocop.State
	event ocop.Event
}

// rule is one arm with all that its event adds, compiled.
type rule struct {
	event   ocop.Event
	arm     Arm
	to      ocop.State // where looplab/fsm says that the arrow leads
	reason  bool       // a comment is required
	needs   []string
	form    []Field
	guards  guards
	windows []Windows // of each, one window must be open
	apart   []ocop.Event
	effects []Effect
	moves   ocop.Event // of the product that a petition is about
	legal   Provenance
}

// guards must all hold.
type guards []guard

func (list guards) hold(facts Facts) bool {
	return !slices.ContainsFunc(list, func(g guard) bool { ok, _ := g.test.holds(facts); return !ok })
}

// guard is a Guard with its CEL compiled.
type guard struct {
	Guard
	test, actual, required expression
	form                   bool // reads the move's form
}

func (r *Rules) rule(track ocop.Track, state ocop.State, event ocop.Event) *rule {
	return r.arms[question{track, state, event}]
}

// unverified reports whether nothing of the whole file was seen in a source.
func (p *Procedure) unverified() bool { return p.Verified != nil && !*p.Verified }

// Finding is something wrong, or worth a look, at one place of a file.
type Finding = source.Finding

// Load parses, checks and compiles a file. The findings hold every error and
// warning; rules are given only when there is no error.
func Load(name string, text []byte) (*Rules, []Finding) {
	p := new(Procedure)
	file, bad := source.Parse(name, text, p)
	if bad != nil {
		return nil, []Finding{*bad}
	}
	c := &checker{p: p, file: file}
	c.check()
	if file.Failed() {
		return nil, file.Findings()
	}
	r := &Rules{Procedure: *p, Hash: file.Hash, Text: text, Warnings: file.Findings(), arms: c.rules}
	if err := r.askMachines(); err != nil {
		c.add("machine", "transitions", "Không dựng được máy trạng thái: "+err.Error(), "The state machine cannot be built: "+err.Error())
		return nil, file.Findings()
	}
	return r, file.Findings()
}

// askMachines puts every question to looplab/fsm once, each to a fresh machine
// without callbacks, and keeps the answers: they depend on nothing else.
func (r *Rules) askMachines() error {
	arrows := map[ocop.Track][]fsm.EventDesc{}
	for q, rule := range r.arms {
		dst := rule.arm.To
		if rule.arm.Stay {
			dst = q.state
		}
		arrows[q.track] = append(arrows[q.track], fsm.EventDesc{Name: string(q.event), Src: []string{string(q.state)}, Dst: string(dst)})
	}
	for q, rule := range r.arms {
		m := fsm.NewFSM(string(q.state), arrows[q.track], nil)
		err := m.Event(context.Background(), string(q.event))
		if stays := (fsm.NoTransitionError{}); err != nil && !errors.As(err, &stays) {
			return fmt.Errorf("%s in %s of %s: %w", q.event, q.state, q.track, err)
		}
		rule.to = ocop.State(m.Current())
	}
	return nil
}

// compileArm joins an arm with its event and compiles its guards.
func (c *checker) compileArm(event ocop.Event, t Transition, i int) *rule {
	arm := t.Arms[i]
	r := &rule{
		event: event, arm: arm, reason: t.Reason == "required", legal: t.Provenance,
		needs: join(t.Needs, arm.Needs), form: join(t.Form, arm.Form),
		apart: join(t.ApartFrom, arm.ApartFrom), effects: join(t.Do, arm.Do), moves: t.Moves,
	}
	lang := c.language(r.form)
	if lang == nil {
		return r
	}
	base := "transitions." + string(event)
	for j, g := range t.When {
		r.guards = append(r.guards, c.compileGuard(lang, g, fmt.Sprintf("%s.when[%d]", base, j)))
	}
	for j, g := range arm.When {
		r.guards = append(r.guards, c.compileGuard(lang, g, fmt.Sprintf("%s.arms[%d].when[%d]", base, i, j)))
	}
	for _, w := range []Windows{t.Window, arm.Window} {
		if len(w) > 0 {
			r.windows = append(r.windows, w)
		}
	}
	return r
}

func (c *checker) compileGuard(lang *language, g Guard, path string) guard {
	out := guard{Guard: g}
	out.Verified = g.Verified && !c.p.unverified()
	out.test = c.expression(lang, g.Guard, path+".guard", cel.BoolType)
	if g.Actual != "" {
		out.actual = c.expression(lang, g.Actual, path+".actual", nil)
	}
	if g.Required != "" {
		out.required = c.expression(lang, g.Required, path+".required", nil)
	}
	out.form = slices.ContainsFunc(out.test.reads, func(name string) bool {
		return strings.HasPrefix(name, "form.") || name == "assessment.topics" && lang.assesses
	})
	return out
}

func (c *checker) expression(lang *language, text, path string, want *cel.Type) expression {
	x, problems := lang.compile(text, want)
	for _, p := range problems {
		c.add(p.code, path, p.vi, p.en)
	}
	return x
}

// language gives CEL over the catalogue and the fields of one form.
func (c *checker) language(form []Field) *language {
	facts := append(slices.Clone(Catalogue), c.p.Gathered()...)
	key := ""
	for _, f := range form {
		if fact, ok := formFact(f); ok {
			facts = append(facts, fact)
			key += f.Name + ":" + string(f.Type) + ":" + strconv.FormatBool(f.Required) + " "
		}
	}
	if l, ok := c.languages[key]; ok {
		return l
	}
	l, err := newLanguage(facts, slices.ContainsFunc(form, func(f Field) bool { return slices.Contains(topics, f.Name) }))
	if err != nil {
		c.add("form_wrong", "transitions", "Mẫu nhập không dùng được: "+err.Error(), "A form cannot be used: "+err.Error())
		return nil
	}
	if c.languages == nil {
		c.languages = map[string]*language{}
	}
	c.languages[key] = l
	return l
}

func join[T any](a, b []T) []T {
	return append(slices.Clone(a), b...)
}
