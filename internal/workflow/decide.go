package workflow

import (
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

// Subject is where a product stands, as far as deciding needs it.
type Subject struct {
	Track   ocop.Track
	State   ocop.State
	Level   ocop.Level // of the open round; "" stands for the first level
	Version int64
	Places  map[Scope]ocop.Path     // a scope that is missing is not known
	Acted   map[ocop.Event][]string // who made which move of this round
	Done    []Happened              // those moves, oldest first
}

// Command is what somebody asks for.
type Command struct {
	Event   ocop.Event
	Actor   access.Actor
	Version *int64 // the one the caller saw; nil accepts any
	Comment string
	Data    map[string]any // JSON values, by form field
	Preview bool           // suppose form and comment rightly filled in
	InPlace bool           // of the producer, by who may do so instead of it
}

// Decision is the move that stands, or the fault that says why none does.
type Decision struct {
	Move    *Move
	Refusal *fault.Error
}

// Move is what a decision lets happen.
type Move struct {
	Event   ocop.Event
	From    ocop.State
	To      ocop.State
	Track   ocop.Track // of the round in which it happens, or that it opens
	Opens   bool
	Closes  bool
	Effects []Effect
	Moves   ocop.Event // that the product makes with a petition's move; "" for none
	Form    Form
	Grant   access.Grant // the one that was used
	Flags   []string     // of the windows that were used
	Reads   Facts        // every fact that the guards read; nil where absent
}

// Decide judges a command in the order of the contract: shape, who acts,
// version, state, rules. It reads nothing but its arguments, so that a dry run,
// a bulk move, the auditor's replay and the real move cannot differ.
//
// Faults: unknown_event, form_wrong (Invalid); who_may_not (Forbidden, with all
// reasons); stale (Stale); wrong_state (Conflict); refused (Refused, with all
// reasons).
func (r *Rules) Decide(s Subject, facts Facts, cmd Command, today ocop.Date) Decision {
	t, ok := r.Transitions.Get(string(cmd.Event))
	if !ok {
		return refuse(fault.New(fault.Invalid, "unknown_event",
			fmt.Sprintf("Quy trình %s không có thao tác %q.", r.Version, cmd.Event),
			fmt.Sprintf("Procedure %s has no event %q.", r.Version, cmd.Event)))
	}
	rule := r.rule(s.Track, s.State, cmd.Event)
	if rule == nil {
		return refuse(r.noArm(s, t, cmd))
	}
	if cmd.Preview {
		cmd.Comment, cmd.Data = "", nil
	}
	form, bad := readForm(rule.form, cmd)
	if bad != nil {
		return refuse(bad)
	}
	grant, who := r.who(rule, s, cmd)
	facts = r.complete(facts, s, form, today)
	reasons := append(who, r.reasons(rule, s, facts, form, cmd, today)...)
	switch {
	case slices.ContainsFunc(reasons, func(x fault.Reason) bool { return x.Who }):
		return refuse(whoMayNot(reasons))
	case cmd.Version != nil && *cmd.Version != s.Version:
		return refuse(Stale(s.Version))
	case len(reasons) > 0:
		f := fault.New(fault.Refused, "refused", "Chưa đủ điều kiện để thực hiện.", "The conditions for this are not all met.")
		f.Reasons = reasons
		return refuse(f)
	}
	return Decision{Move: &Move{
		Event: cmd.Event, From: s.State, To: rule.to, Track: trackOf(rule, s), Opens: rule.arm.Opens != "",
		Closes: rule.arm.Closes, Effects: rule.effects, Moves: rule.moves, Form: form, Grant: grant,
		Flags: r.flags(rule, facts, today), Reads: rule.reads(facts),
	}}
}

func refuse(f *fault.Error) Decision { return Decision{Refusal: f} }

func whoMayNot(reasons []fault.Reason) *fault.Error {
	f := fault.New(fault.Forbidden, "who_may_not", "Việc này không thuộc quyền của bạn.", "This is not yours to do.")
	f.Reasons = reasons
	return f
}

// Stale is the fault of one who acts on an older version than the present one.
func Stale(now int64) *fault.Error {
	return fault.New(fault.Stale, "stale",
		fmt.Sprintf("Có người đã thay đổi trong lúc bạn xem (nay là phiên bản %d). Hãy tải lại rồi thử lại.", now),
		fmt.Sprintf("Someone changed this while you were looking at it (now version %d). Reload and try again.", now))
}

func trackOf(rule *rule, s Subject) ocop.Track {
	if rule.arm.Opens != "" {
		return rule.arm.Opens
	}
	return s.Track
}

// noArm is the answer where the event does not start from this state: 403 when
// the actor could not do it anywhere, then 412, then 409.
func (r *Rules) noArm(s Subject, t Transition, cmd Command) *fault.Error {
	var roles []ocop.Role
	held := false
	for _, a := range t.Arms {
		for _, role := range a.By {
			if !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
			_, ok := r.fills(a, role, s, cmd)
			held = held || ok
		}
	}
	state, _ := r.States.Get(string(s.State))
	wrong := fault.Reason{
		Code: "wrong_state", Actual: string(s.State), Required: strings.Join(startsFrom(t), ", "), CureBy: roles,
		Message: ocop.Text{
			Vi: fmt.Sprintf("Không thể %s khi %s đang ở trạng thái \"%s\"%s.", lower(t.Title.Vi), r.noun().Vi, state.Title.Vi, r.inTrack(s, "", " của lượt này", "; chưa mở lượt đánh giá")),
			En: fmt.Sprintf("%q is not possible in the state %q%s.", t.Title.En, state.Title.En, r.inTrack(s, "", " of this round", " without an open round")),
		}, Verified: true,
	}
	switch {
	case !held:
		return whoMayNot([]fault.Reason{r.roleMissing(roles, cmd), wrong})
	case cmd.Version != nil && *cmd.Version != s.Version:
		return Stale(s.Version)
	}
	f := fault.New(fault.Conflict, "wrong_state", wrong.Message.Vi, wrong.Message.En)
	f.Reasons = []fault.Reason{wrong}
	return f
}

// inTrack says whether a round is open, which petitions need not be told.
func (r *Rules) inTrack(s Subject, unborn, inside, outside string) string {
	switch {
	case s.State == ocop.NoState || r.Petition != nil:
		return unborn
	case s.Track == ocop.NoTrack:
		return outside
	}
	return inside
}

func startsFrom(t Transition) []string {
	var out []string
	for _, a := range t.Arms {
		for _, s := range a.From {
			if !slices.Contains(out, string(s)) {
				out = append(out, string(s))
			}
		}
	}
	return out
}

// Events that start from where the subject stands, in the order of the file.
func (r *Rules) Events(s Subject) []ocop.Event {
	var out []ocop.Event
	for _, name := range r.Transitions.Keys() {
		if r.rule(s.Track, s.State, ocop.Event(name)) != nil {
			out = append(out, ocop.Event(name))
		}
	}
	return out
}

// Form is what an event asks for from where the subject stands.
func (r *Rules) Form(s Subject, event ocop.Event) []Field {
	if rule := r.rule(s.Track, s.State, event); rule != nil {
		return rule.form
	}
	return nil
}

// By are the roles of which one is enough for an event from where the subject
// stands.
func (r *Rules) By(s Subject, event ocop.Event) []ocop.Role {
	if rule := r.rule(s.Track, s.State, event); rule != nil {
		return rule.arm.By
	}
	return nil
}

// Offer is what a person is shown of an event before choosing it.
type Offer struct {
	Event   ocop.Event
	Title   ocop.Text
	To      ocop.State
	Needs   []string
	Form    []Field
	Comment bool // must be given
	System  bool // only time fires it
	Aside   bool // nobody's task
	Quiet   bool // a task only once it is possible
	Opens   ocop.Track
}

// Has reports whether an event from where the subject stands has an effect.
func (r *Rules) Has(s Subject, event ocop.Event, effect Effect) bool {
	rule := r.rule(s.Track, s.State, event)
	return rule != nil && slices.Contains(rule.effects, effect)
}

// Offer describes an event that starts from where the subject stands.
func (r *Rules) Offer(s Subject, event ocop.Event) Offer {
	t, _ := r.Transitions.Get(string(event))
	rule := r.rule(s.Track, s.State, event)
	return Offer{event, t.Title, rule.to, rule.needs, rule.form, rule.reason,
		slices.Equal(rule.arm.By, []ocop.Role{access.System}), t.Aside, t.Quiet, rule.arm.Opens}
}

// reads are the facts that the rule's guards look at, with their values.
func (r *rule) reads(facts Facts) Facts {
	out := Facts{}
	for _, g := range r.guards {
		for _, name := range g.test.reads {
			out[name] = facts[name]
		}
	}
	for _, list := range r.windows {
		for _, w := range list {
			out[w.Around] = facts[w.Around]
			out["today"] = facts["today"]
		}
	}
	if len(r.needs) > 0 {
		out["documents.valid"] = facts["documents.valid"]
	}
	return out
}
