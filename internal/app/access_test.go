//go:build unix

package app

import (
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
)

const accountsPath = "/api/v1/accounts"

// person makes an account that holds a role in a unit, and a token for it; gives its id.
func (o *office) person(name string, role ocop.Role, unit string) string {
	o.t.Helper()
	ctx := o.t.Context()
	acc, err := o.app.People.Add(ctx, access.SystemActor, accounts.NewAccount{Name: name}, nil)
	if err == nil {
		_, err = o.app.People.Grant(ctx, access.SystemActor, acc.ID, role, unit, nil)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	secret, err := o.app.People.Token(ctx, access.Actor{ID: acc.ID, Name: name}, "test", 0)
	if err != nil {
		o.t.Fatal(err)
	}
	o.tokens[name] = secret.Secret
	return acc.ID
}

func (o *office) grant(who, account, role, unit string) answer {
	o.t.Helper()
	return o.ask(who, "POST", accountsPath+"/"+account+"/roles", map[string]any{"role": role, "unit": unit})
}

// said fails the test unless a refusal has the status, the code and its sentence in both languages.
func (o *office) said(status int, code, vi, en string, ask func(headers ...string) answer) {
	o.t.Helper()
	for lang, want := range map[string]string{"vi": vi, "en": en} {
		if a := o.must(status, ask("Accept-Language", lang)); a.code() != code || !strings.Contains(a.text, want) {
			o.t.Errorf("%s: %s, want %s with %q", lang, a.text, code, want)
		}
	}
}

func TestRolesAreGivenAndTakenBackByTheAdministratorsOfTheirUnit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.person("admin-district", access.Admin, "cam-xuyen")
		lan := o.person("lan", access.Office, "ha-tinh")
		hoa := o.person("hoa", access.Department, "cam-my")
		roles := accountsPath + "/" + hoa + "/roles"
		given := o.must(201, o.grant("admin-district", hoa, "office", "cam-xuyen")).body["id"].(string)
		o.must(200, o.ask("hoa", "GET", "/api/v1/products/"+o.product(simWine), nil))
		o.said(403, "who_may_not", "Việc này của người quản trị.", "This is for an administrator.", func(h ...string) answer {
			return o.ask("office", "DELETE", roles+"/"+given, nil, h...)
		})
		o.said(404, "not_found", "Không có tài khoản này.", "There is no such account.", func(h ...string) answer {
			return o.ask("admin-district", "POST", accountsPath+"/"+lan+"/roles", map[string]any{"role": "office", "unit": "cam-xuyen"}, h...)
		})
		o.said(403, "who_may_not", "Vai trò này do người quản trị từ cấp tỉnh trở lên giao.", "This role is given by an administrator of a province or above.", func(h ...string) answer {
			return o.ask("admin-district", "POST", roles, map[string]any{"role": "auditor", "unit": "cam-xuyen"}, h...)
		})
		o.must(403, o.grant("admin-district", hoa, "admin", "ha-tinh"))
		o.must(201, o.grant("admin-district", hoa, "admin", "cam-my"))
		o.must(201, o.grant("admin", hoa, "auditor", "cam-xuyen"))
		o.must(204, o.ask("admin-district", "DELETE", roles+"/"+given, nil))
		o.said(404, "not_found", "Tài khoản không có vai trò này.", "The account does not hold this role.", func(h ...string) answer {
			return o.ask("admin-district", "DELETE", roles+"/"+given, nil, h...)
		})
		p := o.must(200, o.ask("admin-district", "GET", accountsPath+"/"+hoa, nil))
		if strings.Contains(p.text, `"office"`) || len(p.body["roles"].([]any)) != 3 {
			t.Errorf("after one role was taken back: %s", p.text)
		}
	})
}

func TestAccountsOfOtherUnitsAreNotThere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.person("admin-commune", access.Admin, "cam-my")
		lan := o.person("lan", access.Office, "ha-tinh")
		names := []string{}
		for _, x := range o.must(200, o.ask("admin-commune", "GET", accountsPath+"?limit=200", nil)).items() {
			names = append(names, x["name"].(string))
		}
		if got := strings.Join(names, " "); got != "admin-commune commune-cam-my producer-ruou-sim-dat-thom" {
			t.Errorf("the administrator of a commune lists %s", got)
		}
		for _, x := range o.must(200, o.ask("admin", "GET", accountsPath+"?q=LAN", nil)).items() {
			if !strings.Contains(x["name"].(string), "lan") {
				t.Errorf("a search for lan found %v", x)
			}
		}
		for _, way := range [][2]string{{"GET", ""}, {"POST", "/disable"}, {"POST", "/enable"}, {"DELETE", "/roles/" + lan}} {
			o.must(404, o.ask("admin-commune", way[0], accountsPath+"/"+lan+way[1], nil))
		}
		o.must(403, o.ask("office", "GET", accountsPath, nil))
		o.must(404, o.ask("office", "GET", accountsPath+"/"+lan, nil))
	})
}

func TestADisabledAccountIsSignedOutUntilItIsOpenedAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		boss := o.person("admin-district", access.Admin, "cam-xuyen")
		hoa := o.person("hoa", access.Office, "cam-xuyen")
		o.must(200, o.ask("hoa", "GET", "/api/v1/products", nil))
		o.said(403, "who_may_not", "Việc này của người quản trị.", "This is for an administrator.", func(h ...string) answer {
			return o.ask("office", "POST", accountsPath+"/"+hoa+"/disable", nil, h...)
		})
		o.said(409, "own_account", "Không thể tự khóa tài khoản của mình.", "Nobody disables their own account.", func(h ...string) answer {
			return o.ask("admin-district", "POST", accountsPath+"/"+boss+"/disable", nil, h...)
		})
		if a := o.must(200, o.ask("admin-district", "POST", accountsPath+"/"+hoa+"/disable", nil)); a.body["disabled"] != true {
			t.Errorf("disabled: %s", a.text)
		}
		o.must(401, o.ask("hoa", "GET", "/api/v1/products", nil))
		o.must(200, o.ask("admin-district", "POST", accountsPath+"/"+hoa+"/enable", nil))
		o.must(401, o.ask("hoa", "GET", "/api/v1/products", nil))
		o.must(201, o.grant("admin", hoa, "office", "ha-tinh"))
		o.must(403, o.ask("admin-district", "POST", accountsPath+"/"+hoa+"/disable", nil))
	})
}
