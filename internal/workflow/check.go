package workflow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ocopflow/internal/calendar"
	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
)

// checker proves a procedure before it is loaded. Each method below is a group
// of rules of the language; each finding has a code, a place and a sentence.
type checker struct {
	p         *Procedure
	file      *source.File
	rules     map[question]*rule
	built     map[string][]*rule // of each event, its arms in the order of the file
	languages map[string]*language
	types     map[string]FieldType // of fields, by name
}

func (c *checker) add(code, path, vi, en string)  { c.file.Error(code, path, vi, en) }
func (c *checker) warn(code, path, vi, en string) { c.file.Warn(code, path, vi, en) }

func (c *checker) check() {
	c.head()
	c.scores()
	c.names()
	c.limits()
	c.petition()
	c.compile()
	if !c.file.Failed() {
		c.guards()
		c.graph()
	}
}

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	codeForm    = regexp.MustCompile(`^[A-Z]{1,8}$`)
	versionForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]*$`)
)

// reserved names would collide with looplab's wildcards or with our own.
var reserved = []string{"state", "event", "none", "enter", "leave", "before", "after"}

func (c *checker) name(name, path string) {
	if !nameForm.MatchString(name) {
		c.add("name_wrong", path, fmt.Sprintf("Tên %q chỉ được gồm chữ thường không dấu, chữ số và gạch dưới.", name),
			fmt.Sprintf("The name %q may hold only lower-case letters, digits and underscores.", name))
	}
	if slices.Contains(reserved, name) {
		c.add("name_reserved", path, fmt.Sprintf("Tên %q được dành riêng.", name), fmt.Sprintf("The name %q is reserved.", name))
	}
}

func (c *checker) head() {
	c.name(c.p.Name, "procedure")
	if !versionForm.MatchString(c.p.Version) {
		c.add("version_wrong", "version", "Phiên bản phải là chữ và số, ví dụ \"2023\".", "The version must be letters and digits, such as \"2023\".")
	}
	c.file.Text(c.p.Title, "title")
	c.note(c.p.Note, "note")
	if c.p.Legal.Act == "" {
		c.add("legal_missing", "legal", "Phải ghi văn bản làm căn cứ (legal.act).", "The act it rests on is needed (legal.act).")
	}
	if l := c.p.Legal; l.Until != nil && *l.Until < l.Effective {
		c.add("legal_dates", "legal.until", "Ngày kết thúc sớm hơn ngày có hiệu lực.", "It ends before it takes effect.")
	}
	if c.p.Calendar != "" && calendar.BuiltIn(c.p.Calendar) == nil {
		c.add("unknown_calendar", "calendar", fmt.Sprintf("Không có lịch %q.", c.p.Calendar), fmt.Sprintf("There is no calendar %q.", c.p.Calendar))
	}
	if c.p.Criteria != "" && criteria.BuiltIn(c.p.Criteria) == nil {
		c.add("unknown_criteria", "criteria", fmt.Sprintf("Không có bộ tiêu chí %q.", c.p.Criteria), fmt.Sprintf("There are no criteria %q.", c.p.Criteria))
	}
	if of := criteria.Decision(c.p.Criteria); of != "" && of != c.p.Legal.Act && !c.p.unverified() {
		c.warn("unverified", "criteria", fmt.Sprintf("Bộ tiêu chí là của Quyết định %s, dùng tạm cho quy trình này đến khi có phụ lục của chính nó.", of),
			fmt.Sprintf("The score sheets are those of Decision %s, standing in until this procedure's own annex is at hand.", of))
	}
	if c.p.unverified() {
		c.warn("unverified", "verified", "Cả quy trình chưa được kiểm chứng. "+reasonOr(c.p.Note.Vi, "Chưa ghi lý do (note)."),
			"The whole procedure is unverified. "+reasonOr(c.p.Note.En, "It does not say why (note)."))
	}
}

// unseen warns of a rule that was not seen in a source, with the reason the
// file gives. Where the whole file says so, each rule need not.
func (c *checker) unseen(note ocop.Text, path string) {
	if c.p.unverified() {
		return
	}
	c.warn("unverified", path, "Quy định chưa được kiểm chứng. "+reasonOr(note.Vi, "Chưa ghi lý do (note)."),
		"This rule is unverified. "+reasonOr(note.En, "It does not say why (note)."))
}

func reasonOr(note, otherwise string) string {
	if strings.TrimSpace(note) == "" {
		return otherwise
	}
	return note
}

// provenance warns of what says that it was not seen.
func (c *checker) provenance(x Provenance, path string) {
	c.note(x.Note, path)
	if x.Verified != nil && !*x.Verified {
		c.unseen(x.Note, path)
	}
}

// note must speak both languages if it speaks at all.
func (c *checker) note(t ocop.Text, path string) {
	if !t.IsZero() {
		if path != "note" {
			path += ".note"
		}
		c.file.Text(t, path)
	}
}

// names checks that everything named exists.
func (c *checker) names() {
	p := c.p
	if len(p.States.Keys()) == 0 || len(p.Tracks.Keys()) == 0 || len(p.Transitions.Keys()) == 0 {
		c.add("empty", "procedure", "Quy trình phải có tracks, states và transitions.", "A procedure needs tracks, states and transitions.")
		return
	}
	for name, d := range p.Documents.All() {
		c.name(name, "documents."+name)
		c.file.Text(d.Title, "documents."+name+".title")
		c.provenance(d.Provenance, "documents."+name)
		c.roles(d.By, "documents."+name+".by")
		c.remind(d.Remind, "documents."+name+".remind")
	}
	for name, r := range p.Roles.All() {
		c.name(name, "roles."+name)
		c.file.Text(r.Title, "roles."+name+".title")
		c.scope(r.Scope, "roles."+name+".scope")
		if r.Scope == "" && name != ocop.System {
			c.add("scope_missing", "roles."+name, fmt.Sprintf("Vai trò %q chưa có phạm vi (scope).", name), fmt.Sprintf("The role %q has no scope.", name))
		}
	}
	c.roles(p.Alone, "alone")
	if p.Goal != "" {
		c.state(p.Goal, "goal")
	}
	for name, t := range p.Tracks.All() {
		c.name(name, "tracks."+name)
		c.state(t.Entry, "tracks."+name+".entry")
	}
	for name, s := range p.States.All() {
		c.name(name, "states."+name)
		c.file.Text(s.Title, "states."+name+".title")
		if s.Resting && s.Final {
			c.add("resting_and_final", "states."+name, "Một trạng thái không thể vừa nghỉ vừa kết thúc.", "A state cannot be both resting and final.")
		}
	}
	for name, t := range p.Transitions.All() {
		c.transition(name, t)
	}
}

func (c *checker) transition(name string, t Transition) {
	path := "transitions." + name
	c.name(name, path)
	c.file.Text(t.Title, path+".title")
	if t.Reason != "" && t.Reason != "required" {
		c.add("reason_wrong", path+".reason", `Chỉ được ghi "required".`, `Only "required" can be said here.`)
	}
	if len(t.Arms) == 0 {
		c.add("no_arms", path, fmt.Sprintf("Thao tác %q không dẫn đi đâu (arms).", name), fmt.Sprintf("The event %q leads nowhere (arms).", name))
	}
	c.provenance(t.Provenance, path)
	c.requires(t.Requires, path)
	c.effects(t.Do, path)
	c.moves(t.Moves, path+".moves")
	for i, a := range t.Arms {
		c.arm(a, fmt.Sprintf("%s.arms[%d]", path, i))
	}
}

func (c *checker) arm(a Arm, path string) {
	if len(a.Tracks) == 0 || len(a.From) == 0 || len(a.By) == 0 {
		c.add("arm_incomplete", path, "Mỗi nhánh phải có tracks, from và by.", "Every arm needs tracks, from and by.")
	}
	for i, t := range a.Tracks {
		if t != ocop.NoTrack {
			c.track(t, fmt.Sprintf("%s.tracks[%d]", path, i))
		}
	}
	for i, s := range a.From {
		if s != ocop.State(ocop.NoState) {
			c.state(s, fmt.Sprintf("%s.from[%d]", path, i))
		} else if a.Stay || !slices.Equal(a.Tracks, []ocop.Track{ocop.NoTrack}) {
			c.add("none_wrong", path, "from: [none] chỉ đi với tracks: [none] và một trạng thái đến.", "from: [none] goes only with tracks: [none] and a state to go to.")
		}
	}
	c.roles(a.By, path+".by")
	c.scope(a.Scope, path+".scope")
	switch {
	case a.Stay == (a.To != ""):
		c.add("to_or_stay", path, "Ghi to hoặc stay: true, đúng một trong hai.", "Say either to or stay: true, exactly one of them.")
	case !a.Stay:
		c.state(a.To, path+".to")
	}
	c.requires(a.Requires, path)
	c.effects(a.Do, path)
	c.opening(a, path)
}

// opening checks what opens and ends a round.
func (c *checker) opening(a Arm, path string) {
	outside := slices.Contains(a.Tracks, ocop.NoTrack)
	if a.Opens != "" {
		c.track(a.Opens, path+".opens")
		if t, ok := c.p.Tracks.Get(string(a.Opens)); ok && (a.Stay || t.Entry != a.To) {
			c.add("opens_elsewhere", path+".opens", fmt.Sprintf("Lượt %q phải bắt đầu ở %q.", a.Opens, t.Entry), fmt.Sprintf("A round of %q must start in %q.", a.Opens, t.Entry))
		}
		if len(a.Tracks) != 1 || !outside {
			c.add("opens_inside", path+".opens", "Chỉ mở lượt khi chưa có lượt nào đang mở (tracks: [none]).", "A round opens only where none is open (tracks: [none]).")
		}
	}
	if a.Closes && outside {
		c.add("closes_outside", path+".closes", "Không có lượt nào để đóng.", "There is no round to close.")
	}
	if slices.Contains(a.Do, OpenRound) && a.Opens == "" {
		c.add("opens_missing", path+".do", "open_round cần có opens.", "open_round needs opens.")
	}
}

func (c *checker) requires(r Requires, path string) {
	for i, kind := range r.Needs {
		if !c.p.Documents.Has(kind) {
			at := fmt.Sprintf("%s.needs[%d]", path, i)
			c.unknown("document", "tài liệu", kind, at)
		}
	}
	for i, e := range r.ApartFrom {
		c.event(e, fmt.Sprintf("%s.apart_from[%d]", path, i))
	}
	for i, g := range r.When {
		at := fmt.Sprintf("%s.when[%d]", path, i)
		c.name(g.Code, at+".code")
		c.file.Text(g.Else, at+".else")
		c.roles(g.CureBy, at+".cure_by")
		c.note(g.Note, at)
		if !g.Verified {
			c.unseen(g.Note, at)
		}
	}
	c.fields(r.Form, path)
	for _, w := range place(r.Window, path+".window") {
		c.window(w.Window, r.Form, w.path)
	}
}

func (c *checker) fields(form []Field, path string) {
	seen := map[string]bool{}
	for i, f := range form {
		at := fmt.Sprintf("%s.form[%d]", path, i)
		c.name(f.Name, at+".name")
		c.file.Text(f.Title, at+".title")
		if seen[f.Name] {
			c.add("field_twice", at+".name", fmt.Sprintf("Ô %q khai báo hai lần.", f.Name), fmt.Sprintf("The field %q is declared twice.", f.Name))
		}
		seen[f.Name] = true
		if _, ok := formFact(f); !ok && f.Type != FieldText && f.Type != FieldTexts {
			c.unknown("field type", "kiểu ô", string(f.Type), at+".type")
		}
		c.fieldOf(f, at)
		c.alike(f, at)
		for j, o := range f.Options {
			c.file.Text(o.Title, fmt.Sprintf("%s.options[%d].title", at, j))
		}
		if (f.Type == FieldChoice) != (len(f.Options) > 0) {
			c.add("options_wrong", at, "Ô lựa chọn phải có options; ô khác thì không.", "A choice needs options; other fields take none.")
		}
	}
}
