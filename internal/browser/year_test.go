//go:build unix

package browser

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/emersion/go-smtp"

	"ocopflow/internal/workbook"
)

// A year of the office: it brings 500 products in from a workbook after mending
// seven bad cells, holds an inspection and a training, runs after what is late,
// puts a deadline off, sees a request for support through three offices, draws up
// the notice and the decision, and clones the plan for the next year; reminders
// reach a mail server.
func TestAYearOfTheOffice(t *testing.T) {
	t.Parallel()
	box := newPostbox(t)
	d := &day{office: serve(t, "--smtp=smtp+plain://"+box.address, "--mail-from=OCOP <ocop@ocop.test>", "--public-url=https://ocop.test", "--sweep=2s"), t: t, lang: "vi", scripts: true}
	d.o = d.office
	p := d.as("office")
	d.reminded(p, box)
	d.brought(p)
	p.open("/")
	held := d.inspected(p)

	// It is the middle of April: what is late is run after.
	p.open("/campaigns/cam-xuyen-2024")
	p.fill("Ngày thử nghiệm", "2024-04-16")
	p.press("Chuyển tới")
	p.open("/campaigns/cam-xuyen-2024/board")
	p.see("quá hạn")
	p.see("Dự báo đến")
	late := box.await(t, "office@don-vi.test")
	if !strings.Contains(late, "Nước mắm Phú Sáng") {
		t.Errorf("the reminder does not name the fish sauce: %s", late)
	}
	p.open("/campaigns/cam-xuyen-2024")
	p.find("selector", "#deadline-D3 summary")
	p.do(chromedp.Click(marked))
	p.find("selector", "#deadline-D3 input[type=date]")
	p.do(chromedp.SetValue(marked, "2024-04-30"))
	p.find("selector", "#deadline-D3 textarea")
	p.do(chromedp.SendKeys(marked, "Chờ dự toán (mô phỏng)"))
	p.find("selector", "#deadline-D3 form button")
	p.going(chromedp.Click(marked))
	p.see("30/4/2024")

	d.remedied(p, held)
	d.supported()
	d.duty()
	d.recognised()

	p.open("/campaigns/cam-xuyen-2024")
	p.press("Soạn thông báo")
	d.drawn(p.paper(), "thong-bao", "THÔNG BÁO", "Thị trấn Thiên Cầm", "30/3/2024")

	// The next year is cloned from this one, and its report drawn up.
	p.open("/campaigns/cam-xuyen-2024")
	p.unfold("Lập kế hoạch năm sau từ kế hoạch này")
	p.find("selector", `form[action$="/clone"] button`)
	p.going(chromedp.Click(marked))
	p.see("Cần xem lại")
	p.press("Chương trình OCOP năm 2025 huyện Cẩm Xuyên")
	p.see("chậm nhất trước ngày 15/4/2025")
	for _, path := range []string{"/campaigns/cam-xuyen-2025", "/support"} {
		p.accessible(path)
		p.fits(path, "light")
	}
}

// reminded gives an address and confirms it by the letter that comes.
func (d *day) reminded(p *person, box *postbox) {
	p.open("/settings/reminders")
	p.find("selector", "#address")
	p.do(chromedp.SendKeys(marked, "office@don-vi.test"))
	p.press("Lưu")
	letter := box.await(d.t, "office@don-vi.test")
	ticket := regexp.MustCompile(`/settings/reminders/confirm\?ticket=[\w.~-]+`).FindString(letter)
	if ticket == "" {
		d.t.Fatalf("the letter has no address to open: %s", letter)
	}
	p.open(ticket)
	p.find("selector", `form[action="/settings/reminders/confirm"] button`)
	p.going(chromedp.Click(marked))
	p.see("Địa chỉ đã được xác nhận")
}

// brought are 500 products of a workbook, after seven bad cells are mended.
func (d *day) brought(p *person) {
	rows := make([][]any, 500)
	for i := range rows {
		rows[i] = []any{fmt.Sprintf("mo-phong-%d", i), fmt.Sprintf("Sản phẩm mô phỏng %d", i), "giong-cay-trong-ha-tinh", i%26 + 1, 3}
	}
	p.open("/import")
	p.choose("Bảng", "Sản phẩm")
	p.bring("Tệp Excel (.xlsx) đã điền; tài liệu: tệp ZIP", "san-pham.xlsx", sheetOf(d.t, spoiled(rows)))
	p.press("Nhập")
	p.see("Chưa nhập gì, vì còn ô sai.")
	for _, cell := range []string{"B5", "C12", "D12", "A79", "A122", "D302", "B501"} {
		if !tell[bool](p, fmt.Sprintf(`[...document.querySelectorAll("th[scope=row]")].some((e) => e.innerText === %q)`, cell)) {
			p.fail("the bad cell %s is not named", cell)
		}
	}
	p.choose("Bảng", "Sản phẩm")
	p.bring("Tệp Excel (.xlsx) đã điền; tài liệu: tệp ZIP", "san-pham.xlsx", sheetOf(d.t, rows))
	p.press("Nhập")
	p.see("Đã nhập.")
	p.open("/products?q=mo+phong")
	p.see("Sản phẩm mô phỏng")
}

// spoiled is a copy of rows with seven bad cells.
func spoiled(rows [][]any) [][]any {
	out := make([][]any, len(rows))
	for i := range rows {
		out[i] = append([]any{}, rows[i]...)
	}
	out[3][1], out[10][2], out[10][3], out[77][0], out[120][0], out[300][3], out[499][1] = "", "htx-nao-do", 27, "Mã Xấu", "mo-phong-5", "năm", "***"
	return out
}

func sheetOf(t *testing.T, rows [][]any) []byte {
	t.Helper()
	b, err := workbook.New()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	s, err := b.Sheet("Sản phẩm", workbook.Column{Title: "Mã"}, workbook.Column{Title: "Tên sản phẩm"}, workbook.Column{Title: "Chủ thể (mã hoặc tên)"}, workbook.Column{Title: "Bộ tiêu chí"}, workbook.Column{Title: "Hạng sao phấn đấu"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := s.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := b.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// supported sees a request through commune, department, finance and leader.
func (d *day) supported() {
	p := d.as("producer-nuoc-mam-phu-sang")
	p.open("/support/new")
	p.choose("Nội dung hỗ trợ", "Máy móc, thiết bị")
	p.find("selector", "#product")
	p.do(chromedp.SetValue(marked, tell[string](p, `[...document.querySelector("#product").options].find((o) => o.text.includes("Nước mắm Phú Sáng")).value`)))
	p.fill("Số tiền đề nghị (đồng)", "300000000")
	p.fill("Đề nghị cụ thể", "Dây chuyền chiết rót (mô phỏng)")
	p.press("Đề xuất hỗ trợ")
	request := p.at()
	step := func(who, event string, fill func(*person)) {
		x := d.as(who)
		x.open(request + "?open=" + event)
		fill(x)
		x.find("selector", `details[open] form[action$="/moves"] button.btn-primary`)
		x.going(chromedp.Click(marked))
	}
	step("commune-tt-thien-cam", "review", func(x *person) { x.choose("Vượt khả năng của xã", "Có") })
	step("office", "route", func(x *person) { x.choose("Phòng trả lời", "Phòng Kinh tế") })
	step("dept-kinh-te-ha-tang", "appraise", func(x *person) { x.fill("Ý kiến thẩm định", "Cần thiết (mô phỏng)") })
	step("dept-tai-chinh-ke-hoach", "plan", func(x *person) { x.choose("Nguồn kinh phí", "Ngân sách huyện") })
	step("leader", "approve", func(x *person) { x.fill("Số văn bản", "12/QĐ-UBND") })
	p.open(request)
	p.see("12/QĐ-UBND")
	p.accessible(request)
	p.fits(request, "light")
}

// duty is reported on by the commune that has it.
func (d *day) duty() {
	p := d.as("commune-cam-binh")
	p.open("/campaigns/cam-xuyen-2024/duties")
	p.unfold("Báo tình trạng")
	p.choose("Tình trạng", "đã xong")
	p.press("Lưu")
	p.see("đã xong")
}

// paper takes the paper that the form on the page would save, as DOCX.
func (p *person) paper() []byte {
	p.t.Helper()
	return p.document(`(() => { const f = document.querySelector('form[action^="/papers/"]'); const d = new URLSearchParams(new FormData(f)); d.set("format", "docx"); return fetch(f.action, { method: "POST", body: d }); })()`)
}

// taken is the document that a link of the page leads to.
func (p *person) taken(link string) []byte {
	p.t.Helper()
	return p.document(fmt.Sprintf(`fetch(document.querySelector(%s).href)`, quote(link)))
}

// document is what a script fetches, a DOCX.
func (p *person) document(fetch string) []byte {
	p.t.Helper()
	const read = `(async () => { const b = new Uint8Array(await (await %s).arrayBuffer()); let s = ""; for (const x of b) s += String.fromCharCode(x); return btoa(s); })()`
	text := tell[string](p, fmt.Sprintf(read, fetch), chromedp.EvalAwaitPromise)
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !bytes.HasPrefix(body, []byte("PK")) {
		p.fail("no paper was drawn up: %.200s", body)
	}
	return body
}

// wordText is what a DOCX says.
func wordText(t *testing.T, body []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`<[^>]+>`).ReplaceAllString(string(text), "")
}

// opened lets LibreOffice open a paper, and keeps its pages to be looked at.
func opened(t *testing.T, body []byte, name string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, name+".docx")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir, file).CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice does not open it: %v %s", err, out)
	}
	pdf, err := os.ReadFile(filepath.Join(dir, name+".pdf"))
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) || len(pdf) < 5000 {
		t.Fatalf("LibreOffice makes no PDF of it: %v, %d bytes", err, len(pdf))
	}
	if err := os.WriteFile(filepath.Join(output, name+".pdf"), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
}

// postbox is a mail server that keeps what it takes.
type postbox struct {
	address string
	mu      sync.Mutex
	letters map[string]chan string
}

func newPostbox(t *testing.T) *postbox {
	t.Helper()
	b := &postbox{letters: map[string]chan string{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &posting{box: b}, nil }))
	server.Domain = "mail.test"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address = l.Addr().String()
	go func() { _ = server.Serve(l) }() // ends when it is closed
	t.Cleanup(func() { _ = server.Close() })
	return b
}

func (b *postbox) of(to string) chan string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.letters[to] == nil {
		b.letters[to] = make(chan string, 100)
	}
	return b.letters[to]
}

// await waits for the next letter to somebody.
func (b *postbox) await(t *testing.T, to string) string {
	t.Helper()
	select {
	case text := <-b.of(to):
		return text
	case <-t.Context().Done():
	case <-after():
	}
	t.Fatalf("no letter came to %s", to)
	return ""
}

type posting struct {
	box *postbox
	to  string
}

func (s *posting) Reset()                                    {}
func (s *posting) Logout() error                             { return nil }
func (s *posting) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *posting) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }
func (s *posting) Data(r io.Reader) error {
	text, err := plainText(r)
	if err == nil {
		s.box.of(s.to) <- text
	}
	return err
}

// plainText is the first part of a letter, as a person reads it.
func plainText(r io.Reader) (string, error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return "", err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextPart() // decodes quoted-printable
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(part)
	return string(text), err
}

// after is when a letter is no longer waited for.
func after() <-chan time.Time { return time.After(patience) }
