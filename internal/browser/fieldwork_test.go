//go:build unix

package browser

import (
	"bytes"
	"image"
	"image/png"
	"testing"
)

// The office plans a trip and holds an inspection, the producer reports what was
// put right, the office confirms it, and takes the attendance of a training.
// Every page of theirs is held against WCAG and looked at in three widths.
func TestAnInspectionAndATraining(t *testing.T) {
	t.Parallel()
	d := &day{office: serve(t), t: t, lang: "vi", scripts: true}
	d.o = d.office
	p := d.as("office")
	p.press("Kiểm tra thực tế")
	p.press("Lập chuyến kiểm tra")
	newTrip := p.at()
	p.tick(`input[name="product"]`)
	p.fill("Tên gọi", "Kiểm tra các cơ sở (mô phỏng)")
	p.tick(`input[name="unit"][value="kinh-te-ha-tang"]`)
	p.fill("Người, tổ chức khác được mời", "Thường trực Huyện ủy")
	p.press("Lập chuyến và lên lịch kiểm tra từng sản phẩm")
	p.see("Thường trực Huyện ủy")
	trip := p.at()
	p.press("Ghi chuyến đã diễn ra")
	p.see("đã kiểm tra ngày")
	p.press("Gạo Xuyên Hương")
	visit := p.at()
	p.unfold("Ghi biên bản kiểm tra")
	p.fill("Lĩnh vực, nhận xét", "An toàn thực phẩm")
	p.fill("Việc phải khắc phục", "Lát lại nền xưởng")
	p.fill("Thời hạn", "2024-03-26")
	p.press("Lưu")
	p.see("Lát lại nền xưởng")
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	p.bring("Ảnh (JPEG, PNG, WebP, GIF) *", "xuong.png", picture.Bytes())
	p.press("Thêm ảnh")
	p.await(`[...document.images].some((i) => i.src.includes("/photos/") && i.naturalWidth === 40)`, "the photo is not shown")
	owner := d.as("producer-gao-xuyen-huong")
	owner.press("Lát lại nền xưởng")
	owner.unfold("Báo đã khắc phục")
	owner.fill("Đã làm gì *", "Đã lát xong")
	owner.press("Gửi báo cáo")
	owner.see("đã báo xong, chờ xác nhận")
	p.open(visit)
	p.see("Đã lát xong")
	p.press("Xác nhận đã khắc phục")
	p.see("đã khắc phục")

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
	for _, path := range []string{"/inspections", newTrip, trip, visit, "/training", training} {
		p.accessible(path)
		p.fits(path, "light")
	}
}
