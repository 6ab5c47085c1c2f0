package workflow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ocopflow/internal/ocop"
)

// Change is one difference between two versions, in words.
type Change struct {
	Part  string    `json:"part"` // such as transitions.confirm.needs
	Kind  string    `json:"kind"` // added, removed or changed
	Words ocop.Text `json:"words"`
}

// Diff says what changed from a to b, in the order of the language's parts.
func Diff(a, b *Rules) []Change {
	before, after := statements(a), statements(b)
	find := func(list []statement, key string) (statement, bool) {
		i := slices.IndexFunc(list, func(s statement) bool { return s.key == key })
		if i < 0 {
			return statement{}, false
		}
		return list[i], true
	}
	out := []Change{}
	for _, s := range before {
		switch t, there := find(after, s.key); {
		case !there:
			out = append(out, s.change("removed", "không còn (trước: %s)", "gone (it was: %s)", s.value))
		case t.value.Vi != s.value.Vi:
			out = append(out, s.change("changed", "%s → %s", "%s → %s", s.value, t.value))
		}
	}
	for _, t := range after {
		if _, there := find(before, t.key); !there {
			out = append(out, t.change("added", "mới: %s", "new: %s", t.value))
		}
	}
	slices.SortStableFunc(out, func(x, y Change) int { return rank(x.Part) - rank(y.Part) })
	return out
}

// statement is one thing that a procedure says.
type statement struct {
	key          string
	label, value ocop.Text
}

func (s statement) change(kind, vi, en string, values ...ocop.Text) Change {
	inVi, inEn := make([]any, len(values)), make([]any, len(values))
	for i, v := range values {
		inVi[i], inEn[i] = v.Vi, v.En
	}
	return Change{s.key, kind, ocop.Text{Vi: s.label.Vi + ": " + fmt.Sprintf(vi, inVi...), En: s.label.En + ": " + fmt.Sprintf(en, inEn...)}}
}

var parts = []string{"legal", "switches", "levels", "bands", "batches", "certificate", "council", "documents", "roles", "extend", "chase", "deadlines", "tracks", "states", "transitions"}

func rank(key string) int {
	head, _, _ := strings.Cut(key, ".")
	return slices.Index(parts, head)
}

// telling collects statements.
type telling struct{ list []statement }

func (t *telling) say(key string, label, value ocop.Text) {
	t.list = append(t.list, statement{key, label, value})
}

func same(s string) ocop.Text { return ocop.Text{Vi: s, En: s} }

func words[T any](list []T) ocop.Text { return same(strings.Trim(fmt.Sprint(list), "[]")) }

func joined(a, b ocop.Text, with string) ocop.Text {
	return ocop.Text{Vi: a.Vi + with + b.Vi, En: a.En + with + b.En}
}

func label(vi, en string) ocop.Text { return ocop.Text{Vi: vi, En: en} }

// statements are all that a procedure says, part by part.
func statements(r *Rules) []statement {
	t := new(telling)
	t.head(r)
	t.frame(r)
	for name, d := range r.Deadlines.All() {
		t.say("deadlines."+name, joined(label("Thời hạn", "Deadline"), quoted(d.Title), " "), r.Length(d))
	}
	for name, tr := range r.Transitions.All() {
		t.transition(r, name, tr)
	}
	return t.list
}

func (t *telling) head(r *Rules) {
	t.say("legal.act", label("Căn cứ", "Legal act"), same(r.Legal.Act))
	t.say("legal.effective", label("Có hiệu lực từ", "In force from"), same(r.Legal.Effective.String()))
	if r.Legal.Until != nil {
		t.say("legal.until", label("Lượt đang dở phải kết thúc trước hết ngày", "Running rounds must have ended by"), same(r.Legal.Until.String()))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Switches)) {
		t.say("switches."+name, label("Công tắc "+name, "Switch "+name), same(fmt.Sprint(r.Switches[name])))
	}
	for _, l := range r.Levels {
		t.say("levels."+string(l.Level)+".recognises", label("Cấp "+string(l.Level)+" công nhận hạng", "Level "+string(l.Level)+" recognises stars"), words(l.Recognises))
		if l.ForwardsFrom > 0 {
			t.say("levels."+string(l.Level)+".forwards_from", label("Cấp "+string(l.Level)+" chuyển lên từ", "Level "+string(l.Level)+" passes on from"), same(fmt.Sprint(l.ForwardsFrom)))
		}
	}
	for _, b := range r.Bands {
		t.say(fmt.Sprintf("bands.%d", b.Stars), label(fmt.Sprintf("%d sao từ", b.Stars), fmt.Sprintf("%d stars from", b.Stars)), same(fmt.Sprint(b.From)))
	}
	for _, b := range r.Batches {
		t.say(fmt.Sprintf("batches.%s.%s", b.Level, b.RequestedBefore), label("Đợt cấp "+string(b.Level)+" cho đề nghị trước "+b.RequestedBefore, "Batch of the "+string(b.Level)+" for requests before "+b.RequestedBefore),
			label("họp trước "+b.HeldBefore, "held before "+b.HeldBefore))
	}
}

// frame tells the certificate, the council, documents, roles, tracks and states.
func (t *telling) frame(r *Rules) {
	if k := r.Certificate; k != nil {
		t.say("certificate.months", label("Thời hạn giấy chứng nhận, tháng", "Term of a certificate, months"), same(fmt.Sprint(k.Months)))
		t.say("certificate.last_day", label("Ngày cuối", "Last day"), same(k.LastDay))
		t.say("certificate.extend_days", label("Kéo dài nhiều nhất, ngày", "Extended at most, days"), same(fmt.Sprint(k.ExtendDays)))
	}
	if k := r.Council; k != nil {
		t.say("council", label("Hội đồng", "Council"), same(fmt.Sprintf("%s, chair %v, spread %d, secretary %v, floors %s, written %v",
			k.Quorum, k.ChairRequired, k.MaxSpread, k.SecretaryScores, k.Floors, k.Written)))
	}
	for name, d := range r.Documents.All() {
		t.say("documents."+name, label("Loại tài liệu", "Kind of document"), joined(d.Title, words(d.By), "; "))
	}
	for name, x := range r.Roles.All() {
		t.say("roles."+name, label("Vai trò", "Role"), joined(x.Title, same(string(x.Scope)), "; "))
	}
	t.say("extend", label("Ai được gia hạn thời hạn của kế hoạch năm", "Who may extend a campaign's deadline"), words(r.Extend))
	for name, x := range r.Tracks.All() {
		value := string(x.Entry)
		if x.Until != nil {
			value += ", " + x.Until.String()
		}
		t.say("tracks."+name, label("Loại lượt "+name+" bắt đầu ở", "Track "+name+" starts in"), same(value))
	}
	for name, x := range r.States.All() {
		t.say("states."+name, label("Trạng thái", "State"), joined(x.Title, same(fmt.Sprintf("resting %v, final %v", x.Resting, x.Final)), "; "))
	}
}

func (t *telling) transition(r *Rules, name string, tr Transition) {
	key, title := "transitions."+name, quoted(tr.Title)
	t.say(key, label("Thao tác "+name, "Event "+name), title)
	if tr.Reason != "" {
		t.say(key+".reason", joined(title, label("phải ghi lý do", "needs a reason"), " "), same(tr.Reason))
	}
	t.requires(r, key, title, tr.Requires)
	for _, a := range tr.Arms {
		for _, track := range a.Tracks {
			for _, from := range a.From {
				at := r.stateTitle(from)
				place := label(fmt.Sprintf("%s, %s, từ “%s”", title.Vi, track, at.Vi), fmt.Sprintf("%s, %s, from “%s”", title.En, track, at.En))
				t.say(fmt.Sprintf("%s.%s.%s", key, track, from), place, r.leads(a))
				t.requires(r, fmt.Sprintf("%s.%s.%s", key, track, from), place, a.Requires)
			}
		}
	}
}

// leads says where an arm goes and who may take it.
func (r *Rules) leads(a Arm) ocop.Text {
	out := joined(label("ở lại", "stays"), r.rolesTitle(a.By), ", ")
	if !a.Stay {
		out = joined(joined(same("→"), r.stateTitle(a.To), " "), r.rolesTitle(a.By), ", ")
	}
	if a.Scope != "" {
		out = joined(out, same(string(a.Scope)), ", ")
	}
	if a.Opens != "" {
		out = joined(out, label("mở lượt "+string(a.Opens), "opens "+string(a.Opens)), ", ")
	}
	if a.Closes {
		out = joined(out, label("đóng lượt", "closes the round"), ", ")
	}
	return out
}

func (r *Rules) stateTitle(s ocop.State) ocop.Text {
	if st, ok := r.States.Get(string(s)); ok {
		return st.Title
	}
	return same(string(s))
}

func (r *Rules) rolesTitle(roles []ocop.Role) ocop.Text {
	var vi, en []string
	for _, role := range roles {
		title := r.roleTitle(role)
		vi, en = append(vi, title.Vi), append(en, title.En)
	}
	return label(strings.Join(vi, " / "), strings.Join(en, " / "))
}

func (t *telling) requires(r *Rules, key string, title ocop.Text, q Requires) {
	for _, kind := range q.Needs {
		d, _ := r.Documents.Get(kind)
		t.say(key+".needs."+kind, joined(title, label("cần", "needs"), " "), d.Title)
	}
	for _, f := range q.Form {
		t.say(key+".form."+f.Name, joined(title, label("có ô", "asks for"), " "), joined(f.Title, same(fmt.Sprintf("%s, required %v", f.Type, f.Required)), "; "))
	}
	for _, g := range q.When {
		t.say(key+".when."+g.Code, joined(title, label("có điều kiện", "has the condition"), " "), joined(same(g.Guard), g.Else, " – "))
	}
	for _, w := range q.Window {
		from, to := w.span()
		value := fmt.Sprintf("%s %+d … %+d", w.Around, from, to)
		if w.From == nil || w.To == nil {
			value = strings.NewReplacer(fmt.Sprintf("%+d", farAway), "∞", fmt.Sprintf("%+d", -farAway), "−∞").Replace(value)
		}
		if w.Switch != "" {
			value += ", " + w.Switch
		}
		t.say(key+".window."+value, joined(title, label("trong khoảng ngày", "within the days"), " "), same(value))
	}
	for _, e := range q.ApartFrom {
		t.say(key+".apart_from."+string(e), joined(title, label("không do người đã làm", "not by who did"), " "), same(string(e)))
	}
}

// Length says what a limit is counted from and how long it is.
func (r *Rules) Length(d DeadlineRule) ocop.Text {
	start := r.begins(d)
	count := func(n int, vi, en string) ocop.Text {
		return label(fmt.Sprintf("%d %s, từ: %s", n, vi, start.Vi), fmt.Sprintf("%d %s from: %s", n, en, start.En))
	}
	switch {
	case d.Days != nil:
		return count(*d.Days, "ngày", "days")
	case d.WorkingDays != nil:
		return count(*d.WorkingDays, "ngày làm việc", "working days")
	case d.Months != nil:
		return count(*d.Months, "tháng", "months")
	}
	return label("theo đợt, từ: "+start.Vi, "by batch, from: "+start.En)
}

// begins names what starts a limit: a day that is known, or moves.
func (r *Rules) begins(d DeadlineRule) ocop.Text {
	if fact, ok := r.factNamed(d.Around); ok {
		return fact.Meaning
	}
	var vi, en []string
	for _, e := range d.After {
		t, _ := r.Transitions.Get(string(e))
		vi, en = append(vi, t.Title.Vi), append(en, t.Title.En)
	}
	return label(strings.Join(vi, " / "), strings.Join(en, " / "))
}

func quoted(t ocop.Text) ocop.Text {
	return ocop.Text{Vi: "“" + t.Vi + "”", En: "“" + t.En + "”"}
}
