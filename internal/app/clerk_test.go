//go:build unix

package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/campaign"
	"ocopflow/internal/clerk"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/paper"
	"ocopflow/workflows"
)

const papersPath = "/api/v1/papers"

// The notice says all that the plan says, in its words, and nothing of what the
// plan contradicts itself in.
func TestTheNoticeSaysWhatThePlanSays(t *testing.T) {
	t.Parallel()
	text, err := workflows.Files.ReadFile("campaigns/cam-xuyen-2024.yaml")
	if err != nil {
		t.Fatal(err)
	}
	plan, findings := campaign.Parse("plan", text, campaign.Nothing)
	if plan == nil {
		t.Fatal(findings)
	}
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		names := map[string]string{"producers": "Các cơ sở đăng ký tham gia", "communes": "Ủy ban nhân dân các xã, thị trấn có sản phẩm"}
		for _, u := range plan.Units {
			names[u.Code] = u.Name.Vi
		}
		for _, p := range plan.Producers {
			names[p.Code] = p.Name
		}
		var want []string
		for _, x := range plan.Duties {
			want = append(want, names[x.Unit], x.Title.Vi)
		}
		for _, x := range plan.Deadlines {
			want = append(want, x.Wording, x.Title.Vi)
			for _, who := range x.Who {
				want = append(want, names[who])
			}
		}
		for _, x := range plan.Targets {
			want = append(want, x.Title.Vi)
		}
		for _, x := range plan.Products {
			want = append(want, x.Name, names[x.Producer])
		}
		for _, x := range plan.Expectations {
			want = append(want, names[x.Unit])
		}
		for _, code := range plan.Participants {
			want = append(want, names[code])
		}
		want = append(want, "33 sản phẩm 3 sao", "148/QĐ-TTg", "21/3/2024", "THÔNG BÁO", "Số: ……/TB-UBND", "Cẩm Xuyên, ngày …… tháng …… năm 2024", "Lưu: VT, NTM.", "./.")
		path := "/api/v1/campaigns/cam-xuyen-2024/notice."
		got := wordText(t, []byte(o.must(200, o.ask("office", "GET", path+"docx", nil, "Accept-Language", "vi")).text))
		for _, w := range want {
			if w == "" || !strings.Contains(got, w) {
				t.Errorf("the notice does not say %q", w)
			}
		}
		for _, x := range plan.Conflicts {
			if strings.Contains(got, x.Note.Vi) {
				t.Errorf("the notice says %q", x.Note.Vi)
			}
		}
		doc, _, err := o.app.Clerk.NoticeOf(t.Context(), o.actor("office"), "cam-xuyen-2024", clerk.Heading{}, "", "vi")
		if err != nil {
			t.Fatal(err)
		}
		duties := 0
		for _, x := range doc.Organisations {
			duties += len(x.Duties)
		}
		if duties != len(plan.Duties) || len(doc.Deadlines) != len(plan.Deadlines) || len(doc.Targets) != len(plan.Targets) {
			t.Errorf("%d of %d duties, %d deadlines, %d targets", duties, len(plan.Duties), len(doc.Deadlines), len(doc.Targets))
		}
		filled := wordText(t, []byte(o.must(200, o.ask("leader", "GET", path+"docx?number=7&day=2024-03-25&chair=L%C3%AA+Ng%E1%BB%8Dc+H%C3%A0&signer=A", nil, "Accept-Language", "vi")).text))
		for _, w := range []string{"Số: 07/TB-UBND", "ngày 25 tháng 3 năm 2024", "đồng chí Lê Ngọc Hà chủ trì"} {
			if !strings.Contains(filled, w) {
				t.Errorf("filled in, the notice does not say %q", w)
			}
		}
		if en := wordText(t, []byte(o.must(200, o.ask("office", "GET", path+"docx?lang=en", nil)).text)); !strings.Contains(en, "translation; the Vietnamese text is the original") || !strings.Contains(en, "trước ngày 30/3/2024") {
			t.Error("the English notice does not say that it is a translation, or loses the plan's words")
		}
		if pdf := o.must(200, o.ask("office", "GET", path+"pdf", nil)); !strings.HasPrefix(pdf.text, "%PDF") {
			t.Error("no PDF")
		}
		o.must(422, o.ask("office", "GET", path+"pdf?day=25/3", nil))
		o.must(403, o.ask("producer-"+fishSauce, "GET", path+"pdf", nil))
		o.must(403, o.ask("commune-cam-my", "GET", path+"pdf", nil))
		o.must(404, o.ask("office", "GET", "/api/v1/campaigns/none/notice.pdf", nil))
		id := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
		o.must(201, o.ask("office", "POST", "/api/v1/deadlines/cam-xuyen-2024.D4/extension", map[string]any{"to": "2024-04-27", "reason": "x"}))
		if later := wordText(t, []byte(o.must(200, o.ask("office", "GET", path+"docx", nil, "Accept-Language", "vi")).text)); !strings.Contains(later, "trước ngày 20/4/2024 (gia hạn đến 27/4/2024)") {
			t.Error("the notice does not say that a deadline was extended")
		}
	})
}

// A decision recognises what was scored, of stars that its level recognises.
func TestADecisionRecognisesWhatWasScored(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		id := o.waiting("Nước mắm **quý** | <b>ngon</b>")
		path := papersPath + "/decision."
		ask := func(who string, body map[string]any, h ...string) answer {
			return o.ask(who, "POST", path+"docx", body, h...)
		}
		o.said(422, "paper_wrong", "chưa có kết quả", "no result", func(h ...string) answer {
			return ask("office-province", map[string]any{"products": []string{id}}, h...)
		})
		o.scored("province", id, 9, worth(t, 9, 4, 75))
		o.must(200, o.move("secretary-province", id, "score", nil))
		code := o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil)).body["code"].(string)
		for _, body := range []map[string]any{{"products": []string{id, code}}, {"products": []string{code}, "bases": []string{"", "Tờ trình 1"}, "proposer": "Sở"}} {
			got := wordText(t, []byte(o.must(200, ask("office-province", body, "Accept-Language", "vi")).text))
			for _, want := range []string{"Nước mắm **quý** | <b>ngon</b>", "4 sao", "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH HÀ TĨNH", "26/2026/QĐ-TTg", "01 sản phẩm", "36 tháng", "Hà Tĩnh, ngày …… tháng …… năm 2026", "Điều 4."} {
				if !strings.Contains(got, want) {
					t.Errorf("%v: the decision does not say %q: %s", body, want, got)
				}
			}
			if body["proposer"] != nil && !strings.Contains(got, "Căn cứ Tờ trình 1;") {
				t.Error("what was typed is lost")
			}
		}
		o.said(422, "paper_wrong", "không do cấp của đơn vị này công nhận", "not recognised by the level", func(h ...string) answer {
			return ask("office", map[string]any{"unit": "cam-xuyen", "products": []string{id}}, h...)
		})
		o.said(422, "paper_wrong", "Chưa chọn sản phẩm nào", "No product with a result", func(h ...string) answer { return ask("office-province", map[string]any{}, h...) })
		o.said(422, "paper_wrong", "Không có sản phẩm này", "no such product", func(h ...string) answer {
			return ask("other-office", map[string]any{"products": []string{id}}, h...)
		})
		for who, want := range map[string]int{"member-province-1": 403, "commune-cam-my": 403, "producer-" + fishSauce: 403, "auditor": 403} {
			o.must(want, ask(who, map[string]any{"products": []string{id}}))
		}
		o.must(403, ask("office", map[string]any{"unit": "ha-tinh", "products": []string{id}}))
		o.must(404, ask("office", map[string]any{"unit": "none", "products": []string{id}}))
		o.must(422, ask("office-province", map[string]any{"products": []string{id}, "proposer": strings.Repeat("x", 501)}))
		o.must(422, ask("office-province", map[string]any{"products": []string{id}, "day": "hôm nay"}))
	})
}

func TestInvitationsMinutesAndReports(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		says := func(a answer, want ...string) {
			t.Helper()
			got := wordText(t, []byte(o.must(200, a).text))
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("%q is not said: %s", w, got)
				}
			}
		}
		vi := []string{"Accept-Language", "vi"}
		says(o.ask("office", "POST", papersPath+"/invitation.docx", map[string]any{"occasion": "tập huấn | Bộ tiêu chí", "to": []string{"# Chủ thể"}, "time": "08 giờ", "products": []string{fishSauce}, "text": []string{"- Mang theo hồ sơ"}}, vi...),
			"Tập huấn | Bộ tiêu chí", "- # Chủ thể;", "Nước mắm Phú Sáng", "- Mang theo hồ sơ", "GM-UBND")
		says(o.ask("commune-cam-my", "POST", papersPath+"/minutes.docx", map[string]any{"title": "Họp xã", "present": []string{"Ông A", "Bà B"}, "conclusion": []string{"Thống nhất"}, "chair": "Ông C"}, vi...),
			"Họp xã", "2. Bà B;", "Thống nhất", "Chủ trì (chủ tọa): Ông C", "ỦY BAN NHÂN DÂN XÃ CẨM MỸ", "Cẩm Mỹ, ngày …… tháng …… năm 2024")
		says(o.ask("office", "POST", papersPath+"/report.docx", map[string]any{"campaign": "cam-xuyen-2024", "period": "tháng 3", "difficulties": []string{"Thiếu đất"}}, vi...),
			"Có thêm tối thiểu 4 sản phẩm đạt chuẩn 3 sao", "Thiếu đất", "sản phẩm đang theo dõi: 04", "BÁO CÁO", "Đã được công nhận", "số liệu đến ngày 22/3/2024")
		o.said(422, "paper_wrong", "Phải ghi mời dự việc gì", "Say what it is", func(h ...string) answer {
			return o.ask("office", "POST", papersPath+"/invitation.pdf", map[string]any{"occasion": " "}, h...)
		})
		o.said(422, "paper_wrong", "Phải ghi họp về việc gì", "Say what the meeting", func(h ...string) answer {
			return o.ask("office", "POST", papersPath+"/minutes.pdf", map[string]any{"title": ""}, h...)
		})
		o.must(404, o.ask("office", "POST", papersPath+"/report.pdf", map[string]any{"campaign": "none"}))
		o.must(403, o.ask("commune-cam-my", "POST", papersPath+"/report.pdf", map[string]any{"campaign": "cam-xuyen-2024"}))
		o.must(422, o.ask("office", "POST", papersPath+"/minutes.pdf", map[string]any{"title": "x", "present": make([]string, 201)}))
		o.must(422, o.ask("office", "POST", papersPath+"/minutes.pdf", map[string]any{"title": "x", "text": []string{strings.Repeat("x", 4001)}}))
	})
}

const ownNotice = "---\npaper: notice\nlang: vi\nkind: Thông báo\nsymbol: TB-VP\nissuer: \"{{.Issuer}}\"\n---\nMẫu riêng: {{.Title}}./.\n"

func TestAUnitsOwnTemplate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		path := papersPath + "/notice/vi"
		notice := func() string {
			return wordText(t, []byte(o.must(200, o.ask("office", "GET", "/api/v1/campaigns/cam-xuyen-2024/notice.docx?lang=vi", nil)).text))
		}
		before := notice()
		shipped := o.must(200, o.ask("office", "GET", path, nil)).body
		if shipped["origin"] != "shipped" || shipped["version"] != 0.0 || shipped["unit"] != nil {
			t.Errorf("%v", shipped)
		}
		size := o.ledgerSize()
		o.said(422, "template_wrong", "Không có chỗ điền", "There is no placeholder", func(h ...string) answer {
			return o.ask("office", "PUT", path, map[string]any{"text": strings.Replace(ownNotice, ".Title", ".Titel", 1)}, h...)
		})
		wrong := o.ask("office", "PUT", path, map[string]any{"text": strings.Replace(ownNotice, ".Title", ".Titel", 1)})
		if !strings.Contains(wrong.text, "body.text:8:14") {
			t.Errorf("the place of the error: %s", wrong.text)
		}
		o.must(422, o.ask("office", "PUT", papersPath+"/decision/vi", map[string]any{"text": ownNotice}))
		o.must(422, o.ask("office", "PUT", papersPath+"/notice/en", map[string]any{"text": ownNotice}))
		o.must(422, o.ask("office", "PUT", path, map[string]any{"text": strings.Repeat("x", 66_000)}))
		o.must(404, o.ask("office", "PUT", papersPath+"/none/vi", map[string]any{"text": ownNotice}))
		o.must(404, o.ask("office", "PUT", papersPath+"/notice/fr", map[string]any{"text": ownNotice}))
		for _, who := range []string{"leader", "commune-cam-my", "producer-" + fishSauce, "auditor", "secretary-district"} {
			o.must(403, o.ask(who, "PUT", path, map[string]any{"text": ownNotice}))
		}
		o.must(403, o.ask("other-office", "PUT", path+"?unit=cam-xuyen", map[string]any{"text": ownNotice}))
		o.must(403, o.ask("office", "PUT", path+"?unit=ha-tinh", map[string]any{"text": ownNotice}))
		o.must(404, o.ask("office", "DELETE", path, nil))
		if o.ledgerSize() != size {
			t.Error("a refused template left something behind")
		}
		o.must(200, o.ask("office-province", "PUT", path, map[string]any{"text": strings.Replace(ownNotice, "riêng", "tỉnh", 1)}))
		if got := notice(); !strings.Contains(got, "Mẫu tỉnh") {
			t.Errorf("the province's counts below it: %s", got)
		}
		kept := o.must(200, o.ask("office", "PUT", path, map[string]any{"text": ownNotice}, "Idempotency-Key", "k", "If-Match", `"0"`)).body
		o.must(200, o.ask("office", "PUT", path, map[string]any{"text": ownNotice}, "Idempotency-Key", "k", "If-Match", `"0"`))
		if kept["origin"] != "unit" || kept["version"] != 1.0 || kept["unit"].(map[string]any)["code"] != "cam-xuyen" || o.ledgerSize() != size+2 {
			t.Errorf("%v, %d entries", kept, o.ledgerSize()-size)
		}
		if got := notice(); !strings.Contains(got, "Mẫu riêng: Chương trình OCOP năm 2024") || !strings.Contains(got, "TB-VP") {
			t.Errorf("the nearest counts: %s", got)
		}
		o.must(412, o.ask("office", "PUT", path, map[string]any{"text": ownNotice + "x", "version": 0}))
		o.must(412, o.ask("office", "DELETE", path, nil, "If-Match", `"9"`))
		if other := o.must(200, o.ask("other-office", "GET", path, nil)).body; other["origin"] != "shipped" {
			t.Errorf("another province has %v", other)
		}
		o.must(204, o.ask("office", "DELETE", path, nil))
		o.must(404, o.ask("office", "DELETE", path, nil))
		o.must(200, o.ask("admin", "GET", papersPath+"?unit=cam-xuyen", nil))
		o.must(204, o.ask("office-province", "DELETE", path, nil))
		if got := notice(); got != before {
			t.Error("back to the shipped one, the notice is another")
		}
		again := o.must(200, o.ask("office", "PUT", path, map[string]any{"text": ownNotice})).body
		if again["version"] != 3.0 {
			t.Errorf("kept again: %v", again)
		}
		list := o.must(200, o.ask("commune-cam-my", "GET", papersPath, nil))
		if len(list.items()) != len(paper.Papers) || !strings.Contains(list.text, `".Organisations.Duties.Deadline"`) {
			t.Errorf("%s", list.text)
		}
		o.must(403, o.ask("producer-"+fishSauce, "GET", papersPath, nil))
		if pdf := o.must(200, o.ask("office", "GET", path+"/example.pdf", nil)); !strings.HasPrefix(pdf.text, "%PDF") {
			t.Error("no example")
		}
		o.must(404, o.ask("office", "GET", papersPath+"/none/vi/example.pdf", nil))
	})
}

// The folder of the office's own files holds papers as well.
func TestPapersOfAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "papers"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "papers", "thong-bao.md")
	if err := os.WriteFile(file, []byte(ownNotice), 0o600); err != nil {
		t.Fatal(err)
	}
	o := openOffice(t, dbtest.SQLite(t), func(c *Config) { c.Own = dir })
	if got := o.must(200, o.ask("office", "GET", papersPath+"/notice/vi", nil)).body; got["origin"] != "folder" || got["text"] != ownNotice {
		t.Errorf("%v", got)
	}
	if err := os.WriteFile(file, []byte(ownNotice+"{{.None}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Database: dbtest.SQLite(t), Data: t.TempDir(), Own: dir, Idle: true}); err == nil || !strings.Contains(err.Error(), "papers/thong-bao.md:9:3") {
		t.Errorf("a wrong file: %v", err)
	}
}

// keptTemplates fills the table of templates for the tests that walk all tables.
func (o *office) keptTemplates() {
	o.t.Helper()
	for _, lang := range []string{"vi", "en"} {
		o.must(200, o.ask("office", "PUT", papersPath+"/notice/"+lang, map[string]any{"text": strings.Replace(ownNotice, "lang: vi", "lang: "+lang, 1)}))
	}
	o.must(204, o.ask("office", "DELETE", papersPath+"/notice/en", nil))
}

// actor is who holds an account.
func (o *office) actor(name string) access.Actor {
	o.t.Helper()
	s, err := o.app.People.Recognise(o.t.Context(), o.tokens[name])
	if err != nil || s == nil {
		o.t.Fatal(err)
	}
	return s.Actor
}
