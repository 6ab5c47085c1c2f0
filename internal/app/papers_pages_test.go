//go:build unix

package app

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

// sendFile posts a form with a file.
func (b *browser) sendFile(path, name, text string, fields url.Values) answer {
	b.o.t.Helper()
	return b.sendIn("file", path, name, text, fields)
}

// sendIn posts a form with a file in one of its fields.
func (b *browser) sendIn(field, path, name, text string, fields url.Values) answer {
	b.o.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for key, list := range fields {
		for _, v := range list {
			if err := form.WriteField(key, v); err != nil {
				b.o.t.Fatal(err)
			}
		}
	}
	if name != "" {
		file, err := form.CreateFormFile(field, name)
		if err != nil {
			b.o.t.Fatal(err)
		}
		if _, err := file.Write([]byte(text)); err != nil {
			b.o.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.o.t.Fatal(err)
	}
	r := must(http.NewRequest("POST", b.o.address+path, &body))
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r)
}

// An office reads the template of a paper, puts its own in place, and goes back,
// all by the pages; what is wrong in it is told with its line.
func TestAnOfficeReplacesATemplateByThePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		office, english := o.browse("office", "vi"), o.browse("office", "en")
		at := "/papers/notice/templates/vi"
		list := office.shows("/papers", "Thông báo kết luận", "Mẫu kèm phần mềm", at, "Huyện Cẩm Xuyên", `href="/papers/notice/draw"`, `href="/inspections"`)
		if !strings.Contains(list, `aria-current="page">Mẫu văn bản`) {
			t.Error("the menu does not lead to the papers")
		}
		english.shows("/papers", "Notice of a conclusion", "Comes with the program")
		office.shows(at, ".Organisations.Duties.Deadline", "thời hạn, đúng lời kế hoạch; trống khi không có", "{{range $i, $x := .Organisations}}", "join", "/api/v1/papers/notice/vi/shipped.md?unit=cam-xuyen")
		english.shows(at, "deadline, in the plan&#39;s words; empty without one")
		size := o.ledgerSize()
		form := func(act, text string) url.Values {
			return url.Values{"act": {act}, "unit": {"cam-xuyen"}, "version": {"0"}, "text": {text}}
		}
		broken := strings.Replace(ownNotice, "{{.Title}}", "{{.Titel}}\n{{.Nobody}} "+evil, 1)
		for _, act := range []string{"keep", "try_pdf"} {
			got := office.sendFile(at, "", "", form(act, strings.ReplaceAll(broken, "\n", "\r\n")))
			if got.status != 422 || !strings.Contains(got.text, "Dòng 8, cột 14: Không có chỗ điền") || !strings.Contains(got.text, "Dòng 9, cột 3: ") || strings.Contains(got.text, evil) || !strings.Contains(got.text, "{{.Nobody}}") {
				t.Errorf("%s: %d %.3000s", act, got.status, got.text)
			}
		}
		if got := english.sendFile(at, "x.md", broken, form("keep", "")); got.status != 422 || !strings.Contains(got.text, "Line 8, column 14: There is no placeholder") {
			t.Errorf("a wrong file: %d %.2000s", got.status, got.text)
		}
		tried := office.sendFile(at, "", "", form("try_docx", ownNotice))
		if got := wordText(t, []byte(o.must(200, tried).text)); !strings.Contains(got, "Mẫu riêng: Chương trình OCOP năm 2024") {
			t.Errorf("tried: %s", got)
		}
		if o.ledgerSize() != size {
			t.Error("trying left something behind")
		}
		o.must(200, office.sendFile(at, "mau.md", ownNotice, form("keep", "x")))
		kept := office.shows(at, "Huyện Cẩm Xuyên", "Dùng từ", "Mẫu riêng: {{.Title}}")
		if !strings.Contains(kept, "Bỏ mẫu của đơn vị") {
			t.Error("the office cannot go back")
		}
		office.shows("/papers", "Huyện Cẩm Xuyên <small")
		o.browse("leader", "vi").shows(at, "Mẫu riêng: {{.Title}}")
		if text := o.browse("leader", "vi").shows(at); strings.Contains(text, "Dùng mẫu này") {
			t.Error("the leader is offered what only office and administrator may do")
		}
		o.must(403, o.browse("leader", "vi").post(at, form("keep", ownNotice)))
		o.must(412, office.post(at, form("keep", ownNotice+"x")))
		back := form("drop", "")
		back.Set("version", "1")
		o.must(200, office.post(at, back))
		office.shows(at, "Mẫu kèm phần mềm")
		if got := o.must(200, o.ask("office", "GET", papersPath+"/notice/vi/shipped.md", nil)); !strings.HasPrefix(got.text, "---\npaper: notice") || got.header.Get("Content-Type") != "text/markdown; charset=utf-8" {
			t.Errorf("%.200s", got.text)
		}
		o.must(200, o.ask("office", "POST", papersPath+"/notice/vi/try.pdf", map[string]any{"text": ownNotice}))
		o.must(403, o.ask("leader", "POST", papersPath+"/notice/vi/try.pdf", map[string]any{"text": ownNotice}))
		o.must(400, office.post(at, form("fly", "")))
		o.must(413, office.sendFile(at, "x.md", strings.Repeat("x", 70<<20), form("keep", "")))
		if got := office.sendFile(at, "x.md", strings.Repeat("x", 70_000), form("keep", "")); got.status != 422 || !strings.Contains(got.text, "64 KiB") {
			t.Errorf("a long file: %d", got.status)
		}
		for path, want := range map[string]int{"/papers/none/templates/vi": 404, "/papers/notice/templates/fr": 404, "/papers?unit=none": 404, "/papers?unit=ha-tinh": 403, "/papers/support_plan/draw": 404} {
			o.must(want, office.get(path))
		}
		for _, who := range []string{"producer-" + fishSauce, "auditor"} {
			o.must(403, o.browse(who, "vi").get("/papers"))
			if strings.Contains(o.browse(who, "vi").get("/").text, `href="/papers"`) {
				t.Errorf("%s sees papers in the menu", who)
			}
		}
	})
}

// Each paper is made by a form that says what is wrong beside its labels, and
// is offered where it belongs.
func TestPapersAreDrawnByThePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		office := o.browse("office", "vi")
		office.shows("/campaigns/cam-xuyen-2024", "/papers/notice/draw?campaign=cam-xuyen-2024")
		office.shows("/reports", "/papers/report/draw")
		office.shows("/papers/notice/draw?campaign=cam-xuyen-2024", `value="cam-xuyen-2024" selected`, "Người chủ trì")
		says := func(name string, form url.Values, want ...string) {
			t.Helper()
			got := office.post("/papers/"+name+"/draw", form)
			if disposition := got.header.Get("Content-Disposition"); got.status != 200 || !strings.HasPrefix(disposition, "attachment; filename=") {
				t.Fatalf("%s: %d %q %.2000s", name, got.status, disposition, got.text)
			}
			text := wordText(t, []byte(got.text))
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s does not say %q: %s", name, w, text)
				}
			}
		}
		head := func(more ...string) url.Values {
			out := url.Values{"format": {"docx"}}
			for i := 0; i < len(more); i += 2 {
				out.Set(more[i], more[i+1])
			}
			return out
		}
		says("notice", head("campaign", "cam-xuyen-2024"), "Số: ……/TB-UBND", "trước ngày 30/3/2024")
		says("notice", head("campaign", "cam-xuyen-2024", "number", "7", "day", "2024-03-25", "chair", "Bà A", "lang", "en"), "No. 07/TB-UBND", "chaired by Bà A", "translation; the Vietnamese")
		says("invitation", head("occasion", "tập huấn", "to", "Xã A\n\nXã B", "products", fishSauce, "text", "Đoạn 1\nĐoạn 2"), "Tập huấn", "- Xã A;", "- Xã B;", "Nước mắm Phú Sáng", "Đoạn 2", "HUYỆN CẨM XUYÊN")
		says("minutes", head("title", "Họp giao ban", "present", "Ông A\nBà B"), "Họp giao ban", "2. Bà B;")
		says("report", head("campaign", "cam-xuyen-2024", "period", "quý I", "proposals", "Cấp thêm"), "quý I", "Cấp thêm")
		if got := office.post("/papers/minutes/draw", url.Values{"title": {"x"}, "format": {"pdf"}}); !strings.HasPrefix(got.text, "%PDF") {
			t.Errorf("%.200s", got.text)
		}
		wrong := office.post("/papers/invitation/draw", head("occasion", "", "day", "2024-02-30", "to", "Xã A "+evil))
		if wrong.status != 422 || !strings.Contains(wrong.text, "Ngày ký: Ngày viết dạng") || !strings.Contains(wrong.text, "Xã A ") || strings.Contains(wrong.text, evil) {
			t.Errorf("%d %.2000s", wrong.status, wrong.text)
		}
		if got := office.post("/papers/invitation/draw", head()); got.status != 422 || !strings.Contains(got.text, "Mời dự việc gì: Phải ghi mời dự việc gì.") {
			t.Errorf("%d %.2000s", got.status, got.text)
		}
		if got := office.post("/papers/minutes/draw", head("title", "x", "present", strings.Repeat("x\n", 201))); got.status != 422 || !strings.Contains(got.text, "Người tham dự: Quá nhiều mục") {
			t.Errorf("%d %.2000s", got.status, got.text)
		}
		if got := office.post("/papers/decision/draw", head("products", fishSauce+"\nnone")); got.status != 422 || !strings.Contains(got.text, "Sản phẩm (mã): Không có sản phẩm này.") {
			t.Errorf("%d %.2000s", got.status, got.text)
		}
		o.must(404, office.post("/papers/none/draw", head()))
		o.must(404, office.post("/papers/notice/draw", head("campaign", "none")))
		o.must(404, o.browse("producer-"+simWine, "vi").get("/papers/none/draw"))
		for who, name := range map[string]string{"producer-" + fishSauce: "invitation", "commune-cam-my": "notice", "auditor": "report", "dept-kinh-te-ha-tang": "decision"} {
			o.must(403, o.browse(who, "vi").get("/papers/"+name+"/draw"))
			o.must(403, o.browse(who, "vi").post("/papers/"+name+"/draw", head("campaign", "cam-xuyen-2024", "occasion", "x", "title", "x")))
		}
		o.browse("commune-cam-my", "en").shows("/papers/minutes/draw", "Cẩm Mỹ")
	})
}

// Where a product has a result, its page leads to the decision; the page of a
// session leads to what is written about it.
func TestAResultLeadsToItsPapers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm Kỳ Anh")
		session := o.session("province", o.council("province", panel("province", 3)...), id)
		office := o.browse("office-province", "vi")
		if strings.Contains(office.shows("/products/"+id), "/papers/decision/draw") {
			t.Error("a decision is offered before there is a result")
		}
		o.browse("secretary-province", "vi").shows("/sessions/"+session, "/papers/invitation/draw?session="+session, "/papers/minutes/draw?session="+session)
		o.browse("secretary-province", "vi").shows("/papers/invitation/draw?session="+session, "phiên chấm sản phẩm Nước mắm Kỳ Anh", "Tỉnh Hà Tĩnh")
		if strings.Contains(o.browse("member-province-1", "vi").shows("/sessions/"+session), "/papers/") {
			t.Error("a member is offered papers")
		}
		o.must(404, o.browse("commune-cam-my", "vi").get("/papers/minutes/draw?session="+session))
	})
}
