//go:build unix

package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"ocopflow/internal/criteria"
)

const (
	maker  = "producer-nuoc-mam-phu-sang"
	today  = "2024-03-22"
	number = "MP-2024-09"
)

// The day of everybody, from a producer's idea to a certificate that the public
// checks: in Vietnamese, in English, and without JavaScript.
func TestEverybodysDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, lang string
		scripts    bool
	}{{"vi", "vi", true}, {"en", "en", true}, {"without-scripts", "vi", false}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := &day{office: serve(t), t: t, lang: c.lang, scripts: c.scripts, pictures: *updateGuides && c.name == "vi"}
			d.o = d.office
			d.producer()
			d.commune()
			d.approval()
			d.inspection()
			d.scoring()
			d.certificate()
			d.audit()
			d.administration()
			if c.name == "vi" {
				d.everyPage(d.session)
			}
		})
	}
}

type day struct {
	*office
	o        *office
	t        *testing.T
	lang     string
	scripts  bool
	pictures bool
	id       string // of the product
	name     string
	second   string // another product, that goes along
	session  string // its page
}

func (d *day) as(name string) *person {
	d.t.Helper()
	return d.o.enter(d.t, d.lang, name, d.scripts)
}

// picture keeps what a person sees for the guides.
func (d *day) picture(p *person, name string) {
	d.t.Helper()
	if !d.pictures {
		return
	}
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.MkdirAll("../../docs/guides/images", 0o750); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("../../docs/guides/images", name+".png"), shot, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// producer registers a product, brings its papers and scores itself.
func (d *day) producer() {
	p := d.as(maker)
	d.picture(p, "producer-1-today")
	p.press(p.w("Sản phẩm", "Products"))
	p.press(p.w("Đăng ký sản phẩm mới", "Register a new product"))
	d.name = "Mắm ruốc Thiên Cầm"
	p.fill(p.w("Sản phẩm", "Product"), d.name)
	p.choose(p.w("Bộ tiêu chí", "Criteria set"), "9 ·")
	d.picture(p, "producer-2-register")
	p.press(p.w("Đăng ký", "Register"))
	p.see(d.name)
	d.id = strings.TrimPrefix(p.at(), "/products/")
	p.see(p.w("còn thiếu", "missing"))
	p.press(p.w("Nộp tài liệu này", "Bring this document"))
	p.bring(p.w("Tệp", "File"), "phieu-y-tuong.txt", []byte("Phiếu đăng ký ý tưởng (mô phỏng)"))
	p.press(p.w("Tải lên", "Upload"))
	p.see("phieu-y-tuong.txt")
	d.picture(p, "producer-3-documents")
	p.choose(p.w("Loại tài liệu", "Kind of document"), p.w("Phương án sản xuất kinh doanh", "Business plan"))
	p.bring(p.w("Tệp", "File"), "phuong-an.txt", []byte("Phương án (mô phỏng)"))
	p.press(p.w("Tải lên", "Upload"))
	p.press(p.w("Chưa tự chấm.", "Not scored yet."))
	d.tickAll(p, "", sheet())
	p.press(p.w("Lưu", "Save"))
	p.see("3 ★")
	d.picture(p, "producer-4-self-score")
}

// sheet is a score sheet of set 9 that is worth three stars.
func sheet() map[string]int { return threeStars(9) }

// threeStars is such a sheet of a set.
func threeStars(number int) map[string]int { return worth(number, 3, 62) }

// worth is a sheet of a set that reaches the floor of so many stars, and as many
// points as it can up to a number.
func worth(number, stars, points int) map[string]int {
	set := criteria.BuiltIn("2026")[number]
	out, total := map[string]int{}, 0
	for _, c := range set.All() {
		for _, o := range c.Options {
			if o.Floor > 0 && o.Floor <= stars && o.Points > out[c.Code] {
				out[c.Code] = o.Points
			}
		}
		total += out[c.Code]
	}
	for _, c := range set.All() {
		for _, o := range slices.Backward(c.Options) {
			if more := o.Points - out[c.Code]; more > 0 && total+more <= points && c.Condition == nil {
				out[c.Code], total = o.Points, total+more
				break
			}
		}
	}
	return out
}

// tickAll clicks the options of a sheet that are of a kind, "" for all.
func (d *day) tickAll(p *person, kind criteria.Kind, points map[string]int) {
	d.t.Helper()
	for _, c := range criteria.BuiltIn("2026")[9].All() {
		if n, ok := points[c.Code]; ok && (kind == "" || c.Kind == kind) {
			p.tick(fmt.Sprintf(`main input[name="c.%s"][value="%d"]`, c.Code, n))
		}
	}
}

func (d *day) commune() {
	p := d.as("commune-tt-thien-cam")
	p.see(d.name)
	d.picture(p, "commune-1-today")
	p.press(p.w("Xác nhận ý tưởng", "Confirm the idea"))
	p.choose(p.w("Cán bộ theo dõi", "Assigned officer"), "commune-tt-thien-cam")
	d.picture(p, "commune-2-confirm")
	p.press(p.w("Xác nhận ý tưởng", "Confirm the idea"))
	p.see(p.w("Đã ghi nhận.", "It is on record."))
}

// approval is the leader's; another product comes along by the API.
func (d *day) approval() {
	p := d.as("leader")
	p.see(d.name)
	d.picture(p, "leader-1-today")
	p.press(p.w("Chấp thuận tham gia Chương trình", "Consent to take part"))
	p.press(p.w("Chấp thuận tham gia Chương trình", "Consent to take part"))
	p.unfold(p.w("Duyệt phương án", "Approve the plan"))
	d.picture(p, "leader-2-approve")
	p.find("selector", `details[open] form[action$="/moves"] button.btn-primary`)
	p.going(chromedp.Click(marked))
	p.see(p.w("Phương án được duyệt", "Plan approved"))

	owner := d.o.ask("office", "GET", "/products/"+d.id, nil)["producer"].(map[string]any)["id"]
	d.second = d.o.ask("office", "POST", "/products", map[string]any{"name": "Mắm tôm Thiên Cầm", "producer": owner, "set": 9})["id"].(string)
	d.o.ask(maker, "POST", "/products/"+d.second+"/self-score", map[string]any{"choices": sheet()})
	q := d.as(maker)
	for i, kind := range []string{p.w("Phiếu đăng ký ý tưởng", "Product idea form"), p.w("Phương án sản xuất kinh doanh", "Business plan")} {
		q.open("/products/" + d.second)
		q.choose(q.w("Loại tài liệu", "Kind of document"), kind)
		q.bring(q.w("Tệp", "File"), fmt.Sprintf("giay-%d.txt", i), []byte(kind))
		q.press(q.w("Tải lên", "Upload"))
	}
	for _, m := range []struct{ who, event string }{{"commune-tt-thien-cam", "confirm"}, {"leader", "accept_idea"}, {"leader", "approve_plan"}} {
		body := map[string]any{"event": m.event}
		if m.event == "confirm" {
			body["data"] = map[string]any{"officer": "commune-tt-thien-cam"}
		}
		d.o.ask(m.who, "POST", "/products/"+d.second+"/transitions", body)
	}
}

// inspection opens the visits of both products at once, from the list.
func (d *day) inspection() {
	p := d.as("office")
	d.picture(p, "office-1-today")
	p.press(p.w("Sản phẩm", "Products"))
	p.choose(p.w("Trạng thái", "State"), p.w("Phương án được duyệt", "Plan approved"))
	p.press(p.w("Lọc", "Filter"))
	d.picture(p, "office-2-list")
	p.tick(`input[name="all"]`)
	p.choose(p.w("Chọn thao tác…", "Choose a move…"), p.w("Mở kiểm tra thực tế", "Open the field inspection"))
	p.press(p.w("Xem trước", "Preview"))
	p.fill(p.w("Ngày kiểm tra", "Day of the visit"), today)
	p.fill(p.w("Thành phần tham gia", "Participants"), "Văn phòng Điều phối (mô phỏng)")
	p.press(p.w("Xem trước lại", "Preview again"))
	p.see(p.w("Sẽ thực hiện được: 2 / 2", "Would stand: 2 / 2"))
	d.picture(p, "office-3-preview")
	p.press(p.w("Thực hiện (2)", "Go ahead (2)"))
	p.see(p.w("Đã thực hiện: 2 / 2", "Done: 2 / 2"))
	d.picture(p, "office-4-done")
	p.press(d.name)
	p.fill(p.w("Ngày đã kiểm tra", "Held on"), today)
	p.press(p.w("Lưu", "Save"))
	p.see(p.w("đã kiểm tra ngày", "held on"))
	d.picture(p, "office-5-product")
	p.press(p.w("Báo cáo", "Reports"))
	p.see(p.w("Sản phẩm theo trạng thái", "Products by state"))
	d.picture(p, "office-6-reports")
}

// scoring appoints a council and holds a session.
func (d *day) scoring() {
	s := d.as("secretary-district")
	s.open("/councils")
	s.unfold(s.w("Thành lập hội đồng: Huyện Cẩm Xuyên", "Appoint a council: Cẩm Xuyên district"))
	s.fill(s.w("Quyết định", "Decision"), "7/QĐ-UBND")
	s.fill(s.w("Ngày quyết định", "Decided on"), "2024-03-20")
	s.choose("member-district-1", s.w("Chủ tịch", "Chair"))
	s.choose("member-district-2", s.w("Ủy viên", "Member"))
	s.choose("member-district-3", s.w("Ủy viên", "Member"))
	s.choose("secretary-district", s.w("Thư ký", "Secretary"))
	d.picture(s, "secretary-1-council")
	s.press(s.w("Thành lập hội đồng", "Appoint a council"))
	s.see("7/QĐ-UBND")
	s.open("/products/" + d.id)
	s.find("selector", `form[action$="/sessions"] button`)
	s.going(chromedp.Click(marked))
	d.session = s.at()
	d.tickAll(s, criteria.Evidence, sheet())
	d.picture(s, "secretary-2-agreed")
	s.press(s.w("Ghi phần thống nhất", "Enter what was agreed"))
	for i := range 3 {
		m := d.as(fmt.Sprintf("member-district-%d", i+1))
		m.see(d.name)
		m.open(d.session)
		m.press(m.w("Tôi không có xung đột lợi ích", "I have no conflict of interest"))
		d.tickAll(m, criteria.Sensory, sheet())
		m.fill(m.w("Ý kiến", "Opinion"), "Sản phẩm thơm, bao bì gọn (mô phỏng)")
		if i == 0 {
			d.picture(m, "member-1-sheet")
		}
		m.press(m.w("Niêm phong phiếu", "Seal the sheet"))
		m.see(m.w("Phiếu đã niêm phong", "Your sheet is sealed"))
	}
	s.open(d.session)
	s.press(s.w("Mở phiếu cùng lúc", "Open all sheets together"))
	s.see(s.w("Điểm theo phần A, B, C", "Points by part A, B, C"))
	d.picture(s, "secretary-3-result")
	s.press(s.w("Kết thúc phiên", "Close the session"))
	s.open("/products/" + d.id)
	s.find("press", s.w("Ghi kết quả chấm của hội đồng", "Record the council's scoring"))
	s.unfold(s.w("Ghi kết quả chấm của hội đồng", "Record the council's scoring"))
	s.find("selector", `details[open] form[action$="/moves"] button.btn-primary`)
	s.going(chromedp.Click(marked))
	s.see(s.w("Hội đồng đã chấm", "Council scored"))
}

// certificate is the leader's, and the public's to check.
func (d *day) certificate() {
	p := d.as("leader")
	p.see(d.name)
	if d.lang == "vi" && d.scripts {
		p.open("/products/" + d.id)
		p.press("Soạn quyết định công nhận")
		decision := p.paper()
		if text := wordText(d.t, decision); !strings.Contains(text, d.name) {
			d.t.Errorf("the decision does not name the product: %.300s", text)
		}
		opened(d.t, decision, "quyet-dinh")
	}
	p.open("/products/" + d.id + "?open=certify")
	p.fill(p.w("Số giấy chứng nhận", "Certificate number"), number)
	p.fill(p.w("Số quyết định", "Decision number"), "2394/QĐ-UBND")
	p.fill(p.w("Ngày quyết định", "Day of the decision"), today)
	d.picture(p, "leader-3-certify")
	p.find("selector", `details[open] form[action$="/moves"] button.btn-primary`)
	p.going(chromedp.Click(marked))
	p.see(number)
	guest := d.o.visit(d.t, d.lang, d.scripts)
	guest.open("/verify")
	guest.fill(guest.w("Tra cứu giấy chứng nhận theo số", "Check a certificate by its number"), number)
	guest.press(guest.w("Tra cứu", "Check"))
	guest.see(d.name)
	guest.see(guest.w("còn hiệu lực", "valid"))
	d.picture(guest, "public-1-check")
}

// audit looks the product up, opens an entry and checks the ledger.
func (d *day) audit() {
	p := d.as("auditor")
	d.picture(p, "auditor-1-today")
	p.press(p.w("Kiểm toán", "Audit"))
	p.open("/audit?q=&product=" + d.id)
	p.see(p.w("Mở phiếu điểm", "Sheets opened"))
	d.picture(p, "auditor-2-search")
	p.open("/audit/integrity")
	p.see("ocopflow/")
	d.picture(p, "auditor-3-integrity")
}

// administration adds a person.
func (d *day) administration() {
	p := d.as("admin")
	p.press(p.w("Tài khoản", "Accounts"))
	p.unfold(p.w("Thêm tài khoản", "Add an account"))
	p.fill(p.w("Tên đăng nhập", "Name"), "can-bo-moi")
	p.fill(p.w("Họ tên hiển thị", "Name to show"), "Cán bộ mới (mô phỏng)")
	p.choose(p.w("Vai trò", "Role"), p.w("UBND xã", "Commune"))
	p.fill(p.w("Đơn vị (mã)", "Unit (code)"), "cam-my")
	d.picture(p, "admin-1-account")
	p.find("selector", `form[action="/accounts"][method="post"] button.btn-primary`)
	p.going(chromedp.Click(marked))
	p.see(p.w("Mật khẩu dùng một lần", "A password that serves once"))
	d.picture(p, "admin-2-password")
}

// The program's own acts appear on a colleague's page without asking.
func TestAColleaguesMoveAppears(t *testing.T) {
	t.Parallel()
	o := serve(t)
	id := o.product("nuoc-mam-phu-sang")
	p := o.enter(t, "vi", "office", true)
	p.open("/products/" + id)
	o.ask(maker, "POST", "/products/"+id+"/transitions", map[string]any{"event": "begin_upgrade"})
	p.await(`document.querySelector("li[aria-current=step]").innerText.includes("Đã đăng ký ý tưởng")`, "the new state does not appear")
	// In the middle of something the page is left alone, and says so.
	p.find("selector", `details:has(form[action$="/moves"]) > summary`)
	p.do(chromedp.Click(marked))
	o.ask(maker, "POST", "/products/"+id+"/transitions", map[string]any{"event": "abandon", "comment": "đổi ý"})
	p.see("vừa được thay đổi bởi")
}

// A long list moves in parts, and its progress is seen.
func TestALongListMovesInParts(t *testing.T) {
	t.Parallel()
	o := serve(t)
	owner := o.ask("office", "GET", "/products/"+o.product("nuoc-mam-phu-sang"), nil)["producer"].(map[string]any)["id"]
	const many = 120
	for i := range many {
		o.ask("office", "POST", "/products", map[string]any{"name": fmt.Sprintf("Hàng mô phỏng %d", i), "producer": owner, "set": 9})
	}
	p := o.enter(t, "vi", "office", true)
	p.open("/products?state=idea_registered")
	p.tick(`input[name="all"]`)
	p.choose("Chọn thao tác…", "Rút đăng ký")
	p.press("Xem trước")
	p.fill("Lý do", "Thử nghiệm")
	p.press("Xem trước lại")
	p.find("press", fmt.Sprintf("Thực hiện (%d)", many))
	p.do(chromedp.Click(marked))
	p.see(fmt.Sprintf("Đã thực hiện: %d / %d", many, many))
	if n := len(o.ask("office", "GET", "/products?state=withdrawn&limit=200", nil)["items"].([]any)); n != many {
		t.Errorf("%d were withdrawn", n)
	}
}
