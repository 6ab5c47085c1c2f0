package workflow

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// scope of a role on an arm: the arm's own, else the role's.
func (r *Rules) scope(a Arm, role ocop.Role) Scope {
	if a.Scope != "" {
		return a.Scope
	}
	rule, _ := r.Roles.Get(string(role))
	return rule.Scope
}

// who finds the grant that lets the actor make the move, or the reasons that
// are about who acts.
func (r *Rules) who(rule *rule, s Subject, cmd Command) (access.Grant, []fault.Reason) {
	actor := cmd.Actor
	var reasons []fault.Reason
	var used access.Grant
	found, elsewhere := false, false
	for _, role := range rule.arm.By {
		scope := r.scope(rule.arm, role)
		place := s.Places[scope]
		if g, ok := r.fills(rule.arm, role, s, cmd); ok {
			used, found = g, true
			break
		}
		if cmd.InPlace {
			elsewhere = elsewhere || actor.StandsIn()
		} else {
			elsewhere = elsewhere || actor.Has(r.Held(role))
		}
		if place == "" && scope == ScopeCommune {
			reasons = append(reasons, communeUnknown())
		}
	}
	if !found {
		missing := r.roleMissing(rule.arm.By, cmd)
		if elsewhere {
			missing.Code = "out_of_scope"
			noun := r.noun()
			missing.Message = ocop.Text{Vi: "Vai trò của bạn không thuộc đơn vị phụ trách " + noun.Vi + " này.", En: "Your role is not in the unit that is responsible for this " + noun.En + "."}
		}
		reasons = append([]fault.Reason{missing}, reasons...)
	} else {
		reasons = nil
	}
	for _, e := range rule.apart {
		if slices.Contains(s.Acted[e], actor.ID) {
			reasons = append(reasons, r.samePerson(rule, e))
		}
	}
	return used, append(reasons, r.ownCase(rule, s, actor, used)...)
}

// fills finds the grant with which the actor fills a role of an arm. In place of the
// producer only its role is filled, by those who take in its papers.
func (r *Rules) fills(a Arm, role ocop.Role, s Subject, cmd Command) (access.Grant, bool) {
	place := s.Places[r.scope(a, role)]
	switch {
	case !cmd.InPlace:
		return cmd.Actor.Holds(r.Held(role), place)
	case r.Held(role) == access.Producer:
		return cmd.Actor.InPlaceOf(place)
	}
	return access.Grant{}, false
}

func communeUnknown() fault.Reason {
	return fault.Reason{
		Code: "commune_unknown", CureBy: []ocop.Role{access.Office}, Verified: true,
		Message: ocop.Text{
			Vi: "Chưa biết sản phẩm thuộc xã nào; Văn phòng Điều phối cần bổ sung xã của cơ sở.",
			En: "The product's commune is not known; the coordination office must add it to the producer.",
		},
	}
}

func (r *Rules) roleMissing(roles []ocop.Role, cmd Command) fault.Reason {
	var vi, en, have []string
	if cmd.InPlace {
		roles = []ocop.Role{access.Office, access.Commune}
	}
	for _, role := range roles {
		title := r.roleTitle(role)
		vi, en = append(vi, title.Vi), append(en, title.En)
	}
	for _, g := range cmd.Actor.Grants {
		if !slices.Contains(have, string(g.Role)) {
			have = append(have, string(g.Role))
		}
	}
	return fault.Reason{
		Code: "role_missing", Who: true, Verified: true, CureBy: roles,
		Actual: strings.Join(have, ", "), Required: joinRoles(roles),
		Message: ocop.Text{Vi: "Việc này của: " + strings.Join(vi, ", ") + ".", En: "This is for: " + strings.Join(en, ", ") + "."},
	}
}

func joinRoles(roles []ocop.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

func (r *Rules) roleTitle(role ocop.Role) ocop.Text {
	if rule, ok := r.Roles.Get(string(role)); ok {
		return rule.Title
	}
	return ocop.Text{Vi: "hệ thống", En: "the system"}
}

func (r *Rules) samePerson(rule *rule, event ocop.Event) fault.Reason {
	t, _ := r.Transitions.Get(string(event))
	return fault.Reason{
		Code: "same_person", Who: true, Verified: true, CureBy: rule.arm.By,
		Actual: string(event), Required: "another person",
		Message: ocop.Text{
			Vi: fmt.Sprintf("Người đã %s không được làm việc này; phải là người khác.", lower(t.Title.Vi)),
			En: fmt.Sprintf("Whoever did %q may not do this; it takes another person.", t.Title.En),
		},
	}
}

// reasons are all the rules that stand against the move, other than who acts.
func (r *Rules) reasons(rule *rule, s Subject, facts Facts, form Form, cmd Command, today ocop.Date) []fault.Reason {
	var out []fault.Reason
	if rule.reason && strings.TrimSpace(cmd.Comment) == "" && !cmd.Preview {
		out = append(out, missingInput("comment_missing", "comment", ocop.Text{Vi: "Phải ghi lý do.", En: "A reason must be given."}, rule))
	}
	if !cmd.Preview {
		for _, f := range form.missing {
			out = append(out, missingInput("form_missing", f.Name, ocop.Text{
				Vi: "Chưa nhập: " + f.Title.Vi + ".", En: "Not filled in: " + f.Title.En + "."}, rule))
		}
	}
	out = append(out, r.missingDocuments(rule, facts)...)
	for _, list := range rule.windows {
		if list.asked() && (cmd.Preview || form.lacks(list.arounds())) {
			continue // like a guard that reads the form
		}
		if _, open := r.window(list, facts, today); !open {
			out = append(out, r.outside(list, facts, today, rule))
		}
	}
	for _, g := range rule.guards {
		if g.form && (cmd.Preview || form.lacks(g.test.reads)) {
			continue // judged when the form is there; what is missing is a reason already
		}
		if ok, err := g.test.holds(facts); !ok {
			out = append(out, g.reason(facts, err))
		}
	}
	return out
}

func missingInput(code, name string, message ocop.Text, rule *rule) fault.Reason {
	return fault.Reason{Code: code, Message: message, Required: name, CureBy: rule.arm.By, Verified: true}
}

func (r *Rules) missingDocuments(rule *rule, facts Facts) []fault.Reason {
	have, _ := facts["documents.valid"].([]string)
	var out []fault.Reason
	for _, kind := range rule.needs {
		if slices.Contains(have, kind) {
			continue
		}
		d, _ := r.Documents.Get(kind)
		out = append(out, fault.Reason{
			Code: "document_missing", Actual: "", Required: kind, CureBy: d.By, Legal: d.Legal, Verified: d.Verified != nil && *d.Verified,
			Message: ocop.Text{Vi: "Thiếu tài liệu còn hiệu lực: " + d.Title.Vi + ".", En: "A valid document is missing: " + d.Title.En + "."},
		})
	}
	return out
}

func (g guard) reason(facts Facts, err error) fault.Reason {
	out := fault.Reason{
		Code: g.Code, Message: g.Else, Actual: g.actual.text(facts), Required: g.required.text(facts),
		CureBy: g.CureBy, Legal: g.Legal, Verified: g.Verified,
	}
	if err != nil && out.Actual == "" {
		out.Actual = "unknown"
	}
	return out
}
