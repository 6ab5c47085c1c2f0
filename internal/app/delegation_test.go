//go:build unix

package app

import (
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
)

const delegationsPath = "/api/v1/delegations"

// lend delegates a role and gives the delegation's id.
func (o *office) lend(who, role, unit, to, from, until string) string {
	o.t.Helper()
	return o.must(201, o.delegate(who, role, unit, to, from, until)).body["id"].(string)
}

func (o *office) delegate(who, role, unit, to, from, until string, headers ...string) answer {
	o.t.Helper()
	return o.ask(who, "POST", delegationsPath, map[string]any{"role": role, "unit": unit, "to": to, "from": from, "until": until, "reason": "Nghỉ phép"}, headers...)
}

// toConfirm brings the sim wine to where its commune confirms.
func (o *office) toConfirm() string {
	o.t.Helper()
	id := o.product(simWine)
	o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
	o.must(201, o.upload("producer-"+simWine, id, "idea_form", []byte("x")))
	return id
}

var officer = map[string]any{"officer": "commune-cam-my"}

func TestADelegateActsForAnotherFromADayToADay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.person("thu", access.Department, "cam-my")
		id := o.toConfirm()
		o.lend("commune-cam-my", "commune", "cam-my", "thu", "2024-03-25", "2024-03-26")
		o.must(403, o.move("thu", id, "confirm", officer))
		o.clock("2024-03-26")
		o.must(200, o.move("thu", id, "confirm", officer))
		text := o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+id+"/history", nil)).text
		giver := o.must(200, o.ask("commune-cam-my", "GET", "/api/v1/auth/session", nil)).body["id"].(string)
		if !strings.Contains(text, `"for":"`+giver+`"`) {
			t.Errorf("the entry does not name for whom it was: %s", text)
		}
		o.clock("2024-03-27")
		o.must(403, o.move("thu", id, "send_back", nil))
		o.forgedPeriod(t)
	})
}

// forgedPeriod rewrites who acted for whom, and when that was allowed.
func (o *office) forgedPeriod(t *testing.T) {
	o.t.Helper()
	f := o.forger()
	if r := f.verify(t, f.entries); !r.OK {
		o.t.Fatalf("chained again without a lie: %+v", r.Findings)
	}
	move := slices.IndexFunc(f.entries, func(e string) bool { return strings.Contains(e, `"for":"`) })
	given := slices.IndexFunc(f.entries, func(e string) bool { return strings.Contains(e, `"event":"delegate"`) })
	if move < 0 || given < 0 {
		o.t.Fatal("nobody acted for another")
	}
	for what, lie := range map[string]func([]string) []string{
		"it ended before": func(all []string) []string {
			all[given] = strings.Replace(all[given], `"last_day":19808`, `"last_day":19807`, 1)
			return all
		},
		"it began later": func(all []string) []string {
			all[given] = strings.Replace(all[given], `"first_day":19807`, `"first_day":19809`, 1)
			return all
		},
		"it was never given": func(all []string) []string { return slices.Delete(all, given, given+1) },
		"for somebody else": func(all []string) []string {
			all[move] = strings.Replace(all[move], `"for":"`, `"for":"x`, 1)
			return all
		},
	} {
		forged := lie(slices.Clone(f.entries))
		if slices.Equal(forged, f.entries) {
			o.t.Fatalf("%s: nothing was changed in %s", what, f.entries[given])
		}
		if r := f.verify(t, forged); !slices.ContainsFunc(r.Findings, func(x audit.Finding) bool { return strings.Contains(x.Text, "did not hold the role commune") }) {
			o.t.Errorf("%s: not found: %v", what, r.Findings)
		}
	}
}

func TestADelegationEndsEarlyAndWithTheRoleItself(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.person("thu", access.Department, "cam-my")
		id := o.toConfirm()
		d := o.lend("commune-cam-my", "commune", "cam-my", "thu", "2024-03-22", "2024-03-30")
		o.said(404, "not_found", "Không có ủy quyền này.", "There is no such delegation.", func(h ...string) answer {
			return o.ask("office", "DELETE", delegationsPath+"/"+d, nil, h...)
		})
		for who, n := range map[string]int{"thu": 1, "commune-cam-my": 1, "office": 0} {
			if got := o.must(200, o.ask(who, "GET", delegationsPath, nil)).items(); len(got) != n {
				t.Errorf("%s lists %v", who, got)
			}
		}
		o.must(204, o.ask("thu", "DELETE", delegationsPath+"/"+d, nil))
		o.said(409, "delegation_ended", "Ủy quyền này đã kết thúc.", "This delegation has ended.", func(h ...string) answer {
			return o.ask("commune-cam-my", "DELETE", delegationsPath+"/"+d, nil, h...)
		})
		o.must(403, o.move("thu", id, "confirm", officer))
		o.lend("commune-cam-my", "commune", "cam-my", "thu", "2024-03-22", "2024-03-30")
		giver := o.must(200, o.ask("commune-cam-my", "GET", "/api/v1/auth/session", nil)).body["id"].(string)
		held := o.must(200, o.ask("admin", "GET", accountsPath+"/"+giver, nil)).body["roles"].([]any)[0].(map[string]any)["id"].(string)
		o.must(204, o.ask("admin", "DELETE", accountsPath+"/"+giver+"/roles/"+held, nil))
		o.must(403, o.move("thu", id, "confirm", officer))
	})
}

func TestADelegateDoesNotJudgeTheirOwnCase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.toConfirm()
		o.lend("commune-cam-my", "commune", "cam-my", "producer-"+simWine, "2024-03-22", "2024-03-30")
		o.must(403, o.delegate("producer-"+simWine, "commune", "cam-my", "office", "2024-03-22", "2024-03-30"))
		for lang, want := range map[string]string{"vi": "Người được ủy quyền không được dùng quyền đó", "en": "A delegate may not use the role on a case of their own"} {
			a := o.must(403, o.move("producer-"+simWine, id, "confirm", officer, "Accept-Language", lang))
			if !slices.Contains(a.reasons(), "own_case") || !strings.Contains(a.text, want) {
				t.Errorf("%s: %s", lang, a.text)
			}
		}
		o.lend("office", "office", "cam-xuyen", "commune-cam-my", "2024-03-22", "2024-03-30")
		o.must(200, o.move("commune-cam-my", id, "confirm", officer))
		if a := o.must(403, o.move("commune-cam-my", id, "send_back", nil)); !slices.Contains(a.reasons(), "own_case") {
			t.Errorf("the commune for the office: %s", a.text)
		}
	})
}

func TestADelegationIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.said(403, "who_may_not", "Chỉ người được giao vai trò ở đơn vị này mới ủy quyền được.", "Only who was granted the role in this unit can delegate it.", func(h ...string) answer {
			return o.delegate("office", "leader", "cam-xuyen", "auditor", "2024-03-22", "2024-03-30", h...)
		})
		o.said(404, "not_found", "Không có đơn vị này.", "There is no such unit.", func(h ...string) answer {
			return o.delegate("office", "office", "nowhere", "auditor", "2024-03-22", "2024-03-30", h...)
		})
		for _, x := range [][6]string{
			{"admin", "bo-nnptnt", "office", "2024-03-22", "2024-03-30", "Không ủy quyền được vai trò này."},
			{"office", "cam-xuyen", "office", "2024-03-22", "2024-03-30", "Không ủy quyền được cho tài khoản này."},
			{"office", "cam-xuyen", "leader", "2024-03-21", "2024-03-30", "Ngày bắt đầu phải từ hôm nay trở đi."},
			{"office", "cam-xuyen", "leader", "2024-03-25", "2024-03-24", "Ngày cuối phải từ ngày bắt đầu"},
			{"office", "cam-xuyen", "leader", "2024-03-25", "2025-03-26", "trong vòng 366 ngày."},
		} {
			o.said(422, "delegation_wrong", x[5], "The delegation is not right.", func(h ...string) answer {
				return o.delegate("office", x[0], x[1], x[2], x[3], x[4], h...)
			})
		}
		o.said(422, "delegation_wrong", "Phải ghi lý do", "A reason must be given", func(h ...string) answer {
			return o.ask("office", "POST", delegationsPath, map[string]any{"role": "office", "unit": "cam-xuyen", "to": "leader", "from": "2024-03-22", "until": "2024-03-22", "reason": " "}, h...)
		})
	})
}
