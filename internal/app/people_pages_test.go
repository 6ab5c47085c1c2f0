//go:build unix

package app

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

var oneTime = regexp.MustCompile(`<code class="fs-3">([A-Z2-7]+)</code>`)

// An administrator adds a person with a role, who signs in with the password
// shown once; then takes the role back, closes the account and opens it.
func TestAnAdministratorLooksAfterPeopleAtThePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database)
		b := o.browse("admin", "vi")
		got := b.post("/accounts", url.Values{"name": {"can-bo-moi"}, "display": {"Cán bộ mới"}, "role": {"commune"}, "unit": {"cam-my"}})
		m := oneTime.FindStringSubmatch(got.text)
		if m == nil || !strings.Contains(got.text, "Xã Cẩm Mỹ") || got.header.Get("Cache-Control") != "no-store" {
			t.Fatalf("no password: %d", got.status)
		}
		newcomer := o.browse("", "vi")
		if got := newcomer.post("/sign-in", url.Values{"name": {"can-bo-moi"}, "password": {m[1]}}); !strings.Contains(got.text, "Hãy đổi mật khẩu") {
			t.Error("the newcomer is not asked for a password of their own")
		}
		list := b.get("/accounts?q=can+bo+moi").text
		id := regexp.MustCompile(`href="/accounts/([^"]+)">Cán bộ mới`).FindStringSubmatch(list)
		if id == nil || strings.Contains(list, "member-district-1") {
			t.Fatal("the list does not find the newcomer alone")
		}
		page := "/accounts/" + id[1]
		grant := regexp.MustCompile(`name="grant" value="([^"]+)"`).FindStringSubmatch(b.get(page).text)
		if got := b.post(page, url.Values{"act": {"revoke"}, "grant": {grant[1]}}); !strings.Contains(got.text, "Chưa có vai trò nào") {
			t.Error("the role is not taken back")
		}
		if got := b.post(page, url.Values{"act": {"disable"}}); !strings.Contains(got.text, "đã khóa") {
			t.Error("the account is not closed")
		}
		if got := newcomer.get("/settings"); !strings.Contains(got.text, `action="/sign-in"`) {
			t.Error("a closed account is still signed in")
		}
		if got := b.post(page, url.Values{"act": {"enable"}}); strings.Contains(got.text, "đã khóa") {
			t.Error("the account is not opened again")
		}
		if got := b.post(page, url.Values{"act": {"reset"}}); oneTime.FindStringSubmatch(got.text) == nil {
			t.Error("no new password")
		}
	})
}

// What an administrator may not is said on the page, with what was typed.
func TestAnAdministratorIsRefusedAtThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.elsewhere()
	here, there := o.browse("admin", "en"), o.browse("other-admin", "en")
	if got := here.post("/accounts", url.Values{"name": {"Tên Sai"}, "display": {"Một Người"}}); got.status != 422 || !strings.Contains(got.text, `value="Một Người"`) || !strings.Contains(got.text, "Name: ") {
		t.Errorf("a wrong name: %d", got.status)
	}
	if got := here.post("/accounts", url.Values{"name": {"office"}}); got.status != 409 {
		t.Errorf("a name that is taken: %d", got.status)
	}
	id := regexp.MustCompile(`href="/accounts/([^"]+)">office<`).FindStringSubmatch(here.get("/accounts?q=office").text)[1]
	if got := there.get("/accounts/" + id); got.status != 404 {
		t.Errorf("an account of another unit: %d", got.status)
	}
	for _, act := range []string{"reset", "disable", "grant", "revoke"} {
		if got := there.post("/accounts/"+id, url.Values{"act": {act}, "role": {"office"}, "unit": {"tinh-khac"}}); got.status != 404 && got.status != 403 {
			t.Errorf("%s from another unit: %d", act, got.status)
		}
	}
	if got := here.post("/accounts/"+id, url.Values{"act": {"grant"}, "role": {"office"}, "unit": {"khong-co"}}); got.status < 400 {
		t.Errorf("a unit that is not there: %d", got.status)
	}
	if got := there.get("/accounts?q=office"); strings.Contains(got.text, "/accounts/"+id) {
		t.Error("another unit's account is listed")
	}
	for _, who := range []string{"office", "auditor", "producer-" + fishSauce} {
		if got := o.browse(who, "en").get("/accounts"); got.status != 403 {
			t.Errorf("%s at the accounts: %d", who, got.status)
		}
	}
}

func TestUnitsAndProducersAtThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	admin, office := o.browse("admin", "vi"), o.browse("office", "vi")
	unit := url.Values{"code": {"xa-moi"}, "name_vi": {"Xã Mới"}, "name_en": {"New Commune"}, "kind": {"commune"}, "parent": {"cam-xuyen"}}
	if got := admin.post("/units", unit); got.status != 200 || !strings.Contains(got.text, "Xã Mới") {
		t.Errorf("a unit: %d", got.status)
	}
	unit.Set("code", "Xã")
	if got := admin.post("/units", unit); got.status != 422 || !strings.Contains(got.text, `value="New Commune"`) {
		t.Errorf("a wrong code: %d", got.status)
	}
	if got := office.post("/units", url.Values{"code": {"xa-kia"}, "name_vi": {"x"}, "name_en": {"x"}, "kind": {"commune"}, "parent": {"cam-xuyen"}}); got.status != 403 {
		t.Errorf("an office adds a unit: %d", got.status)
	}
	if got := office.post("/producers", url.Values{"name": {"HTX Mới"}, "form": {"cooperative"}, "unit": {"xa-moi"}}); !strings.Contains(got.text, "HTX Mới") || !strings.Contains(got.text, "Hợp tác xã") {
		t.Errorf("a producer: %d", got.status)
	}
	link := regexp.MustCompile(`href="(/products\?producer=[^"]+)"`).FindStringSubmatch(office.get("/producers?q=phu+sang").text)
	if link == nil || strings.Count(office.get(link[1]).text, `name="item"`) != 1 {
		t.Error("a producer's products are not listed")
	}
	for who, want := range map[string]string{"producer-" + simWine: "Phan Khắc Đạt", "office": "HTX Mới"} {
		if got := o.browse(who, "vi").get("/producers"); !strings.Contains(got.text, want) {
			t.Errorf("%s does not see %s", who, want)
		}
	}
	if got := o.browse("producer-"+simWine, "vi").get("/producers"); strings.Contains(got.text, "HTX Mới") {
		t.Error("a producer sees others")
	}
}

// A leader lets another act; the history says for whom, until it is ended.
func TestADelegationAtThePages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	b := o.browse("office", "vi")
	form := url.Values{"role": {"office cam-xuyen"}, "to": {"member-district-5"}, "from": {"2024-03-22"}, "until": {"2024-03-30"}, "reason": {"Đi công tác"}}
	if got := b.post("/delegations", form); got.status != 200 || !strings.Contains(got.text, "Đi công tác") {
		t.Fatalf("delegated: %d", got.status)
	}
	form.Set("until", "2024-03-01")
	if got := b.post("/delegations", form); got.status != 422 || !strings.Contains(got.text, "Đến hết ngày: ") || !strings.Contains(got.text, ">Đi công tác</textarea>") {
		t.Errorf("a wrong day: %d", got.status)
	}
	o.must(200, o.move("member-district-5", id, upgrade, nil))
	for lang, want := range map[string]string{"vi": "member-district-5, thay mặt office", "en": "member-district-5, acting for office"} {
		if got := o.browse("leader", lang).get("/products/" + id); !strings.Contains(got.text, want) {
			t.Errorf("the history does not say %q", want)
		}
	}
	delegate := o.browse("member-district-5", "vi")
	end := regexp.MustCompile(`action="(/delegations/[^"]+/end)"`).FindStringSubmatch(delegate.get("/delegations").text)
	if end == nil {
		t.Fatal("the delegate does not see it")
	}
	if got := o.browse("leader", "vi").post(end[1], nil); got.status != 404 && got.status != 403 {
		t.Errorf("a stranger ends it: %d", got.status)
	}
	if got := delegate.post(end[1], nil); !strings.Contains(got.text, "kết thúc lúc") {
		t.Error("it does not end")
	}
	if got := o.browse("auditor", "vi").get("/delegations"); !strings.Contains(got.text, "không có vai trò nào ủy quyền được") {
		t.Error("an auditor may delegate")
	}
}
