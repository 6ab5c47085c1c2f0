//go:build unix

package app

import (
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

// A producer brings documents to any of its products on one page, and a newer
// version takes the kind and the place of the one it replaces.
func TestAProducerBringsDocumentsOnOnePage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		who := o.browse("producer-"+fishSauce, "vi")
		product := o.product(fishSauce)
		who.shows("/documents", "Nộp giấy tờ", "Nước mắm Phú Sáng", "Chưa có tài liệu nào.", `data-replaces="Thay cho tài liệu"`)
		send := func(b *browser, name string, fields ...string) answer {
			form := url.Values{}
			for i := 0; i < len(fields); i += 2 {
				form.Set(fields[i], fields[i+1])
			}
			return b.sendFile("/documents", name, "%PDF-1.4 "+name, form)
		}
		o.must(200, send(who, "cu.pdf", "product", product, "kind", "quality_system", "whole", "true", "valid_to", "2024-04-01"))
		list := who.shows("/documents?saved=1", "cu.pdf", "còn 10 ngày", "Đã ghi nhận")
		_, id, _ := strings.Cut(list, "/api/v1/documents/")
		id, _, _ = strings.Cut(id, `"`)
		o.must(200, send(who, "moi.pdf", "product", product, "kind", "awards", "replaces", id))
		got := o.must(200, o.ask("office", "GET", "/api/v1/documents?kind=quality_system", nil)).items()
		if len(got) != 2 || got[1]["replaces"] != id || got[1]["product"] != nil || got[1]["name"] != "moi.pdf" {
			t.Errorf("the newer version: %v", got)
		}
		if list := who.shows("/documents", "bản trước"); strings.Contains(list, `<option value="`+id) {
			t.Error("what was replaced can be replaced again")
		}
		if text := o.browse("office", "vi").shows("/documents?lapses=all", "moi.pdf"); strings.Contains(text, "Nộp giấy tờ") {
			t.Error("the office is offered a producer's form")
		}
		for name, fields := range map[string][]string{"no such kind": {"product", product, "kind", "none"}, "a day that is none": {"product", product, "kind", "awards", "valid_to", "x"}} {
			if a := send(who, "x.pdf", fields...); a.status != 422 || !strings.Contains(a.text, "Nộp giấy tờ") {
				t.Errorf("%s: %d %.1000s", name, a.status, a.text)
			}
		}
		if a := send(who, "", "product", product, "kind", "awards"); a.status != 400 {
			t.Errorf("no file: %d", a.status)
		}
		o.must(404, send(who, "x.pdf", "product", o.product(simWine), "kind", "awards"))
		o.must(404, send(who, "x.pdf", "kind", "awards"))
		if a := send(o.browse("producer-"+simWine, "vi"), "x.pdf", "product", o.product(simWine), "kind", "quality_system", "replaces", id); a.status != 422 {
			t.Errorf("another's document is replaced: %d", a.status)
		}
		o.must(403, send(o.browse("auditor", "vi"), "x.pdf", "product", product, "kind", "awards"))
	})
}
