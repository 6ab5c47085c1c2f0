//go:build unix

package app

import (
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

// The office plans a year by pages alone: it clones, changes a part in rows and
// the whole as a file, and everybody reports what they have done.
func TestACampaignIsPlannedInPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		o.clock("2025-01-06")
		office := o.browse("office", "vi")
		page := "/campaigns/cam-xuyen-2025"
		a := office.post("/campaigns/cam-xuyen-2024/clone", url.Values{"year": {"2025"}, "idempotency_key": {"k"}})
		if a.status != 200 || !strings.Contains(a.text, page) || !strings.Contains(a.text, "giả định") {
			t.Fatalf("cloned: %d %s", a.status, a.text)
		}
		if a := office.post("/campaigns/cam-xuyen-2024/clone", url.Values{"year": {"soon"}}); a.status != 422 || !strings.Contains(a.text, "Năm mới") {
			t.Errorf("a year that is none: %d", a.status)
		}
		for path, words := range map[string][]string{
			page:                  {"trước ngày 15/4/2025", "Sửa kế hoạch"},
			page + "/board":       {"Để đạt mục tiêu cần", "Theo xã"},
			page + "/duties":      {"chưa làm", "HTX Dịch vụ"},
			page + "/edit":        {"campaign: cam-xuyen-2025"},
			"/campaigns":          {"lập từ"},
			page + "/edit/duties": {"vp-training"},
		} {
			text := office.get(path).text
			for _, w := range words {
				if !strings.Contains(text, w) {
					t.Errorf("%s does not say %q", path, w)
				}
			}
		}
		form := url.Values{"version": {"1"}, "0.code": {"T1"}, "0.title.vi": {"Thêm 2"}, "0.title.en": {"Two more"}, "0.stars": {"3"}, "0.more": {"2"}, "1.code": {""}, "2.code": {""}, "3.code": {""}, "4.code": {""}}
		if a := office.post(page+"/edit/targets", form); a.status != 200 {
			t.Fatalf("targets changed: %d %s", a.status, a.text)
		}
		c := o.must(200, o.ask("office", "GET", campaignsPath+"/cam-xuyen-2025", nil)).body
		if list := c["targets"].([]any); len(list) != 1 || list[0].(map[string]any)["more"] != 2.0 || c["version"] != 2.0 {
			t.Errorf("targets: %v", list)
		}
		if a := office.post(page+"/edit/targets", form); a.status != 412 {
			t.Errorf("an older version: %d", a.status)
		}
		form.Set("version", "2")
		form.Set("0.more", "nhiều")
		if a := office.post(page+"/edit/targets", form); a.status != 422 || !strings.Contains(a.text, "nhiều") {
			t.Errorf("what is no number: %d", a.status)
		}
		if a := office.get(page + "/edit/nothing"); a.status != 404 {
			t.Errorf("a part that is none: %d", a.status)
		}
		if a := office.post(page+"/edit", url.Values{"version": {"2"}, "yaml": {"}{"}}); a.status != 422 {
			t.Errorf("what is no file: %d", a.status)
		}
		producer := o.browse("producer-"+fishSauce, "en")
		report := url.Values{"duty": {"pr-goal"}, "organisation": {"htx-phu-sang"}, "state": {"done"}, "version": {"0"}}
		if a := producer.post("/campaigns/cam-xuyen-2024/duties", report); a.status != 200 {
			t.Errorf("a producer reports: %d %s", a.status, a.text)
		}
		if text := producer.get("/campaigns/cam-xuyen-2024/duties").text; !strings.Contains(text, "done") || strings.Contains(text, "Tâm Mộc Hương") {
			t.Error("a producer's duties")
		}
		if a := producer.get(page + "/edit"); a.status != 403 && a.status != 404 {
			t.Errorf("a producer edits: %d", a.status)
		}
		o.verified(0)
	})
}
