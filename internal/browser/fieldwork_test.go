//go:build unix

package browser

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"

	"ocopflow/internal/criteria"
)

// visit is the page of the inspection that the office holds in the year.
type visit struct{ trip, page string }

// inspected plans a trip and holds an inspection with a photograph, which finds
// what is to be put right; its record is drawn up, and a training held. Every page
// of theirs is held against WCAG and looked at in three widths.
func (d *day) inspected(p *person) (v visit) {
	p.press("Kiểm tra thực tế")
	p.press("Lập chuyến kiểm tra")
	newTrip := p.at()
	p.tick(`input[name="product"]`)
	p.fill("Tên gọi", "Kiểm tra các cơ sở (mô phỏng)")
	p.tick(`input[name="unit"][value="kinh-te-ha-tang"]`)
	p.fill("Người, tổ chức khác được mời", "Thường trực Huyện ủy")
	p.press("Lập chuyến và lên lịch kiểm tra từng sản phẩm")
	p.see("Thường trực Huyện ủy")
	v.trip = p.at()
	p.press("Ghi chuyến đã diễn ra")
	p.see("đã kiểm tra ngày")
	p.press("Gạo Xuyên Hương")
	v.page = p.at()
	p.unfold("Ghi biên bản kiểm tra")
	p.fill("Lĩnh vực, nhận xét", "An toàn thực phẩm")
	p.fill("Việc phải khắc phục", "Lát lại nền xưởng")
	p.fill("Thời hạn", "2024-04-10")
	p.press("Lưu")
	p.see("Lát lại nền xưởng")
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		d.t.Fatal(err)
	}
	p.bring("Ảnh (JPEG, PNG, WebP, GIF) *", "xuong.png", picture.Bytes())
	p.press("Thêm ảnh")
	p.await(`[...document.images].some((i) => i.src.includes("/photos/") && i.naturalWidth === 40)`, "the photo is not shown")
	d.drawn(p.taken(`a[href$="/record.docx"]`), "bien-ban-kiem-tra", "BIÊN BẢN", "Lát lại nền xưởng")
	p.open(v.trip)
	d.drawn(p.taken(`a[href$="/invitation.docx"]`), "giay-moi", "GIẤY MỜI", "Thường trực Huyện ủy")

	p.press("Tập huấn")
	p.unfold("Lập lớp tập huấn")
	p.fill("Tên gọi", "Tập huấn tiêu chí (mô phỏng)")
	p.fill("Ngày đầu", today)
	p.fill("Mã đơn vị, chủ thể được mời, cách nhau bằng dấu cách", "htx-phu-sang")
	p.press("Lập lớp và mời")
	p.see("Tập huấn tiêu chí (mô phỏng)")
	training := p.at()
	p.tick(`input[name="came.1"]`)
	p.press("Ghi điểm danh")
	p.see("đã diễn ra")
	for _, path := range []string{"/inspections", newTrip, v.trip, v.page, "/training", training} {
		p.accessible(path)
		p.fits(path, "light")
	}
	return v
}

// remedied runs after the remedy, which is late: its owner reports it and the
// office confirms it.
func (d *day) remedied(p *person, v visit) {
	p.open("/inspections")
	p.see("Lát lại nền xưởng")
	p.see("quá hạn")
	owner := d.as("producer-gao-xuyen-huong")
	owner.press("Lát lại nền xưởng")
	owner.unfold("Báo đã khắc phục")
	owner.fill("Đã làm gì *", "Đã lát xong")
	owner.press("Gửi báo cáo")
	owner.see("đã báo xong, chờ xác nhận")
	p.open(v.page)
	p.see("Đã lát xong")
	p.press("Xác nhận đã khắc phục")
	p.see("đã khắc phục")
}

// recognised sees the renewal of the inspected product through its council, and
// draws up the decision that recognises it.
func (d *day) recognised() {
	id, producer := d.o.product("gao-xuyen-huong"), "producer-gao-xuyen-huong"
	owner := d.as(producer)
	d.o.ask(producer, "POST", "/products/"+id+"/transitions", map[string]any{"event": "begin_renewal"})
	owner.open("/products/" + id)
	owner.choose("Loại tài liệu", "Hồ sơ đánh giá, phân hạng lại")
	owner.bring("Tệp", "ho-so.txt", []byte("Hồ sơ đánh giá lại (mô phỏng)"))
	owner.press("Tải lên")
	d.o.ask(producer, "POST", "/products/"+id+"/transitions", map[string]any{"event": "file_dossier"})
	d.o.ask("office", "POST", "/products/"+id+"/transitions", map[string]any{"event": "submit_dossier"})
	d.scored(id, 3)
	p := d.as("leader")
	p.open("/products/" + id)
	p.press("Soạn quyết định công nhận")
	d.drawn(p.paper(), "quyet-dinh-nam", "QUYẾT ĐỊNH", "Gạo Xuyên Hương", "3 sao", "Điều 1")
}

// scored holds a session of the district's council by the API: three members who
// agree on three stars.
func (d *day) scored(product string, set int) {
	secretary := "secretary-district"
	seats := []map[string]string{{"account": secretary, "position": "secretary"}, {"account": "member-district-1", "position": "chair"}, {"account": "member-district-2", "position": "member"}, {"account": "member-district-3", "position": "member"}}
	council := d.o.ask(secretary, "POST", "/councils", map[string]any{"unit": "cam-xuyen", "decision": "7/QĐ-UBND", "decided_on": "2024-03-20", "members": seats})["id"]
	session := "/scoring-sessions/" + d.o.ask(secretary, "POST", "/scoring-sessions", map[string]any{"product": product, "council": council})["id"].(string)
	d.o.judged(session, "district", set, threeStars(set))
	d.o.ask(secretary, "POST", "/products/"+product+"/transitions", map[string]any{"event": "score"})
}

// drawn reads a paper and lets LibreOffice open it.
func (d *day) drawn(paper []byte, name string, says ...string) {
	d.t.Helper()
	text := wordText(d.t, paper)
	for _, want := range says {
		if !strings.Contains(text, want) {
			d.t.Errorf("%s does not say %q: %.600s", name, want, text)
		}
	}
	opened(d.t, paper, name)
}

// judged fills in, seals, opens and closes a session whose three members agree.
func (o *office) judged(session, level string, set int, sheet map[string]int) {
	o.t.Helper()
	agreed, own := map[string]int{}, map[string]int{}
	for code, points := range sheet {
		if c, _ := criteria.BuiltIn("2026")[set].Criterion(code); c.Kind == criteria.Evidence {
			agreed[code] = points
		} else {
			own[code] = points
		}
	}
	o.ask("secretary-"+level, "PUT", session+"/agreed", map[string]any{"choices": agreed})
	for i := range 3 {
		member := fmt.Sprintf("member-%s-%d", level, i+1)
		o.ask(member, "POST", session+"/declaration", map[string]any{"conflict": false})
		o.ask(member, "PUT", session+"/sheets/me", map[string]any{"choices": own})
		o.ask(member, "POST", session+"/sheets/me/seal", nil)
	}
	for _, step := range []string{"/open", "/close"} {
		o.ask("secretary-"+level, "POST", session+step, nil)
	}
}
