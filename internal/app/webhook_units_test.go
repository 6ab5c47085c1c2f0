//go:build unix

package app

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
)

func TestWebhooksBelongToTheirUnit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.person("office-elsewhere", access.Office, "tt-thien-cam")
		for _, bad := range []string{"", "x", "http://ocop.example.vn/", "https://", "https://user:pw@ocop.example.vn/", "https://ocop.example.vn/#x", "ftp://ocop.example.vn/", "https://127.0.0.1/", "https://localhost/",
			"https://10.1.2.3/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data", "https://[::1]/", "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://100.64.0.1/", "https://0.0.0.0/",
			"https://ocop.example.vn/" + strings.Repeat("a", 2000)} {
			if got := o.ask("office", "POST", webhooksPath, map[string]any{"url": bad}); got.status != 422 {
				t.Errorf("%.60q is taken: %d %s", bad, got.status, got.text)
			}
		}
		o.must(422, o.ask("office", "POST", webhooksPath, map[string]any{"url": "https://ocop.example.vn/", "types": []string{"everything"}}))
		o.said(403, "who_may_not", "Văn phòng Điều phối", "coordination office", func(h ...string) answer {
			return o.ask("leader", "POST", webhooksPath, map[string]any{"url": "https://ocop.example.vn/"}, h...)
		})
		o.must(403, o.ask("office", "POST", webhooksPath, map[string]any{"url": "https://ocop.example.vn/", "unit": "ha-tinh"}))
		o.must(404, o.ask("office", "POST", webhooksPath, map[string]any{"url": "https://ocop.example.vn/", "unit": "none"}))
		made := o.must(201, o.ask("office", "POST", webhooksPath, map[string]any{"url": "https://ocop.example.vn/hook"}))
		id := made.body["id"].(string)
		if list := o.must(200, o.ask("office", "GET", webhooksPath, nil)); len(list.items()) != 1 || strings.Contains(list.text, "whsec_") {
			t.Errorf("%s", list.text)
		}
		o.must(200, o.ask("admin", "GET", webhooksPath+"/"+id, nil))
		if got := o.must(200, o.ask("office-elsewhere", "GET", webhooksPath, nil)).items(); len(got) != 0 {
			t.Errorf("another unit's office is shown %v", got)
		}
		for _, way := range [][2]string{{"GET", ""}, {"DELETE", ""}, {"POST", "/secret"}, {"POST", "/enable"}, {"POST", "/ping"}, {"GET", "/deliveries"}} {
			for _, who := range []string{"office-elsewhere", "leader", "producer-" + simWine} {
				o.must(404, o.ask(who, way[0], webhooksPath+"/"+id+way[1], nil))
			}
			o.must(401, o.ask("", way[0], webhooksPath+"/"+id+way[1], nil))
		}
		o.must(204, o.ask("office", "DELETE", webhooksPath+"/"+id, nil))
		o.must(404, o.ask("office", "GET", webhooksPath+"/"+id, nil))
	})
}

// A name that resolves to where only this server can reach is not dialled.
func TestPrivateNetworksAreNotDialled(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t), private)
	r := newReceiver(t)
	id := o.listensAt("office", r, nil)
	o.app.Webhooks.Private = false // the setting is taken back; as a name that leads there would
	o.must(202, o.ask("office", "POST", webhooksPath+"/"+id+"/ping", nil))
	o.deliver()
	if len(r.got) != 0 {
		t.Error("it was dialled")
	}
	if got := o.must(200, o.ask("office", "GET", webhooksPath+"/"+id+"/deliveries", nil)).text; !strings.Contains(got, "private network") {
		t.Errorf("%s", got)
	}
}

// Only products of the webhook's unit are told of.
func TestAWebhookTellsOfItsUnitAlone(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t), private)
	o.person("admin-commune", access.Admin, "cam-my")
	commune, all := newReceiver(t), newReceiver(t)
	o.listensAt("admin-commune", commune, nil)
	o.listensAt("office", all, map[string]any{"types": []string{"product.move"}})
	wine, sauce := o.product(simWine), o.product(fishSauce)
	o.must(200, o.move("producer-"+simWine, wine, "begin_upgrade", nil))
	o.must(200, o.move("producer-"+fishSauce, sauce, "begin_upgrade", map[string]any{"target": 4}))
	o.deliver()
	for _, x := range commune.taken() {
		if x.product != wine {
			t.Errorf("the commune's receiver is told of %v", x.body)
		}
	}
	var told []string
	for _, x := range all.taken() {
		told = append(told, x.product)
	}
	slices.Sort(told)
	want := []string{wine, sauce}
	slices.Sort(want)
	if !slices.Equal(told, want) || len(commune.taken()) != 1 {
		t.Errorf("told of %v; the commune's of %d", told, len(commune.taken()))
	}
}

func TestWebhooksAreKeptOnTheirPages(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t), private)
	r := newReceiver(t)
	office := o.browse("office", "vi")
	if got := office.post("/webhooks", url.Values{"url": {"http://10.0.0.1/"}, "types": {"product.move"}}); got.status != 422 || !strings.Contains(got.text, "phải bắt đầu bằng https") {
		t.Errorf("%d %s", got.status, got.text)
	}
	page := office.post("/webhooks", url.Values{"url": {r.URL}, "types": {"product.move"}})
	if page.status != 200 || !strings.Contains(page.text, "whsec_") {
		t.Fatalf("%s", page.text)
	}
	hook := o.must(200, o.ask("office", "GET", webhooksPath, nil)).items()[0]
	at := "/webhooks/" + hook["id"].(string)
	office.post(at, url.Values{"act": {"ping"}})
	o.deliver()
	if page := office.get(at).text; !strings.Contains(page, "401 Unauthorized") || strings.Contains(page, "whsec_") || !strings.Contains(page, "Nơi nhận không nhận từ") {
		t.Errorf("%s", page)
	}
	page = office.post(at, url.Values{"act": {"rotate"}})
	if !strings.Contains(page.text, "whsec_") || !strings.Contains(page.text, "Khóa cũ vẫn ký kèm đến") {
		t.Errorf("%s", page.text)
	}
	if page := office.post(at, url.Values{"act": {"replay"}, "from": {"-1"}, "to": {"9999"}}).text; !strings.Contains(page, "Số sự kiện sẽ gửi lại: 1") {
		t.Errorf("%s", page)
	}
	if got := office.post(at, url.Values{"act": {"dance"}}); got.status != 422 {
		t.Errorf("%d", got.status)
	}
	if got := o.browse("leader", "vi").get(at); got.status != 404 {
		t.Errorf("%d", got.status)
	}
	if page := office.post(at, url.Values{"act": {"remove"}}).text; !strings.Contains(page, "Chưa có webhook nào") {
		t.Errorf("%s", page)
	}
}
