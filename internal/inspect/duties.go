package inspect

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
)

// duty is a part in a round that others should have.
type duty string

const (
	registers duty = "register"
	confirms  duty = "confirm"
	approves  duty = "approve_plan"
	scores    duty = "score"
	certifies duty = "certify"
)

// dutyOf is the duty of an event.
var dutyOf = map[string]duty{
	"register": registers, "begin_upgrade": registers, "begin_renewal": registers, "file_dossier": registers,
	"confirm": confirms, "approve_plan": approves, "score": scores, "score_in_writing": scores, "certify": certifies,
}

// consents are the events by which an authority says yes.
var consents = []string{"confirm", "accept_idea", "approve_plan", "score", "score_in_writing", "certify"}

// apart reports whether two duties should be two people's. Approving a plan and
// certifying are both the leader's signature, by every procedure that we know.
func apart(a, b duty) bool {
	return a != b && (a != approves || b != certifies) && (a != certifies || b != approves)
}

// conflicts reports whether a duty should be apart from one of those held.
func conflicts(d duty, held map[duty]bool) bool {
	for other := range held {
		if d != "" && other != "" && apart(d, other) {
			return true
		}
	}
	return false
}

// byPerson groups lines by a place, such as a round, and the person.
func byPerson(list []line, place func(line) string) map[[2]string][]line {
	out := map[[2]string][]line{}
	for _, l := range list {
		if at := place(l); at != "" && l.Actor != ocop.System {
			key := [2]string{at, l.Actor}
			out[key] = append(out[key], l)
		}
	}
	return out
}

func roundOf(l line) string   { return l.Round }
func productOf(l line) string { return l.Product }

// duties finds people with two duties of one round that should be apart.
func (h *history) duties() {
	for _, mine := range sorted(byPerson(h.moves, roundOf)) {
		all := map[duty]bool{}
		for _, m := range mine {
			all[dutyOf[m.Event]] = true
		}
		held := slices.DeleteFunc(slices.Clone(mine), func(m line) bool { return !conflicts(dutyOf[m.Event], all) })
		if len(held) > 0 {
			vi, en := h.titles(held)
			h.flag(FlagDuties, held, ocop.Text{Vi: "{who} làm nhiều việc cần tách người trong cùng một lượt: " + vi + ".",
				En: "{who} held several duties of one round that should be apart: " + en + "."}, map[string]any{"rule": "round", "events": events(held), "round": held[0].Round})
		}
	}
}

// producers finds people who registered a product for its producer and said yes
// to it for an authority, in whatever round.
func (h *history) producers() {
	for _, mine := range sorted(byPerson(h.moves, productOf)) {
		first := slices.IndexFunc(mine, func(m line) bool { return dutyOf[m.Event] == registers && m.as(access.Producer) })
		yes := slices.IndexFunc(mine, func(m line) bool { return slices.Contains(consents, m.Event) })
		if first < 0 || yes < 0 || h.flagged(mine[first], mine[yes]) {
			continue
		}
		pair := []line{mine[min(first, yes)], mine[max(first, yes)]}
		vi, en := h.titles(pair)
		h.flag(FlagDuties, pair, ocop.Text{Vi: "{who} vừa đứng về phía chủ thể, vừa chấp thuận sản phẩm: " + vi + ".",
			En: "{who} acted for the producer and said yes for an authority: " + en + "."}, map[string]any{"rule": "producer_side", "events": events(pair)})
	}
}

// flagged reports whether a flag about duties names both entries already.
func (h *history) flagged(a, b line) bool {
	return slices.ContainsFunc(h.flags, func(f Flag) bool { return slices.Contains(f.Entries, a.Index) && slices.Contains(f.Entries, b.Index) })
}

// councils finds members who sealed a sheet about a product that they dealt with
// in the same round as an officer: for its producer, its commune or the
// coordination office, or as the officer assigned to it.
func (h *history) councils() {
	sealed := byPerson(h.records["seal_sheet"], roundOf)
	acted := byPerson(h.moves, roundOf)
	assigned := h.assigned()
	for key, sheets := range sealed {
		did := append([]line{}, assigned[key]...)
		for _, m := range acted[key] {
			if m.as(access.Producer) || m.as(access.Commune) || m.as(access.Office) {
				did = append(did, m)
			}
		}
		if len(did) == 0 {
			continue
		}
		list := append(did, sheets[0])
		slices.SortFunc(list, func(a, b line) int { return int(a.Index - b.Index) })
		list = slices.CompactFunc(list, func(a, b line) bool { return a.Index == b.Index })
		vi, en := h.titles(did)
		h.flag(FlagDuties, list, ocop.Text{Vi: "{who}: thành viên hội đồng đã chấm sản phẩm mà mình là cán bộ xử lý trong cùng lượt (" + vi + ").",
			En: "{who}: a council member scored a product that the same person dealt with as an officer in that round (" + en + ")."},
			map[string]any{"rule": "council", "events": events(did), "round": key[0]})
		h.flags[len(h.flags)-1].Who = []Person{{ID: key[1]}} // not whoever assigned the officer
	}
}

// assigned are the moves that made somebody the officer of a round, by the round
// and that person.
func (h *history) assigned() map[[2]string][]line {
	out := map[[2]string][]line{}
	for _, m := range h.moves {
		if officer, ok := m.Data["officer"].(string); ok && m.Round != "" {
			out[[2]string{m.Round, officer}] = []line{m}
		}
	}
	return out
}

// as reports whether an entry's actor used a role.
func (l line) as(role ocop.Role) bool {
	return slices.ContainsFunc(l.By.Grants, func(g struct{ Role, Unit string }) bool { return g.Role == string(role) })
}

// sorted are the groups in the order of their first entries, so that the same
// history gives the same flags.
func sorted(groups map[[2]string][]line) [][]line {
	return slices.SortedFunc(maps.Values(groups), func(a, b []line) int { return int(a[0].Index - b[0].Index) })
}

// titles names events, each once, in both languages.
func (h *history) titles(list []line) (vi, en string) {
	var in [2][]string
	for _, event := range events(list) {
		t := h.title(event)
		in[0], in[1] = append(in[0], fmt.Sprintf("“%s”", t.Vi)), append(in[1], fmt.Sprintf("“%s”", t.En))
	}
	return strings.Join(in[0], ", "), strings.Join(in[1], ", ")
}

func events(list []line) []string {
	var out []string
	for _, l := range list {
		if !slices.Contains(out, l.Event) {
			out = append(out, l.Event)
		}
	}
	return out
}
