//go:build unix

package app

import (
	"net/url"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

// An office plans a trip, holds it, puts on record what was found, and closes
// what the producer reports, all by the pages.
func TestAnInspectionIsHeldByThePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		office, producer := o.browse("office", "vi"), o.browse("producer-"+fishSauce, "en")
		product := o.product(fishSauce)
		office.shows("/inspections", "Lập chuyến kiểm tra", "Không có việc nào phải khắc phục.")
		office.shows("/inspections/new?stars=3", "Nước mắm Phú Sáng", "Phòng Kinh tế – Hạ tầng")
		form := url.Values{"title": {"Đi xem xưởng"}, "first_day": {"2024-03-22"}, "product": {product, o.product(simWine)}, "unit": {"kinh-te-ha-tang"}, "guests": {"Thường trực Huyện ủy\nBà Hồng"},
			"day.0": {"2024-03-22"}, "from.0": {"08:00"}, "text.0": {"Thiên Cầm"}, "provincial_council": {"1"}}
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		bad.Set("first_day", "")
		if a := office.post("/trips", bad); a.status != 422 || !strings.Contains(a.text, "Phải có ngày đi.") || !strings.Contains(a.text, "Đi xem xưởng") {
			t.Errorf("without a day: %d %.2000s", a.status, a.text)
		}
		trip := office.post("/trips", form)
		if trip.status != 200 {
			t.Fatalf("%d %.3000s", trip.status, trip.text)
		}
		at := "/trips/" + o.must(200, o.ask("office", "GET", tripsPath, nil)).items()[0]["id"].(string)
		office.shows(at, "Đi xem xưởng", "Bà Hồng", "Thường trực Huyện ủy", "Phòng Kinh tế – Hạ tầng", "08:00")
		if text := producer.shows(at, "Đi xem xưởng"); strings.Contains(text, "Bà Hồng") || strings.Contains(text, "Put on record") {
			t.Error("the producer is shown what is not theirs")
		}
		o.browse("dept-kinh-te-ha-tang", "vi").shows(at, "Chúng tôi sẽ dự")
		if a := office.post(at, url.Values{"act": {"hold"}, "version": {"1"}, "held_on": {"2024-03-22"}}); a.status != 200 {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		if a := office.post(at, url.Values{"act": {"cancel"}, "version": {"1"}, "reason": {"x"}}); a.status != 412 && a.status != 409 {
			t.Errorf("a stale form: %d", a.status)
		}
		i := "/inspections/" + o.must(200, o.ask("office", "GET", "/api/v1/products/"+product+"/inspections", nil)).items()[0]["id"].(string)
		if a := office.post(i, url.Values{"act": {"record"}, "participants": {"Bà Hồng\nÔng Nam"}, "topic.0": {"An toàn thực phẩm"}, "remedy.0": {"Lát nền " + evil}, "by.0": {"2024-03-26"}, "topic.1": {"Môi trường"}}); a.status != 200 {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		text := producer.shows(i, "Report as done", "An toàn thực phẩm", "Ông Nam")
		if strings.Contains(text, evil) {
			t.Error("hostile text is shown as it is")
		}
		producer.shows("/", "Remedies: late, due within a week, to be confirmed")
		_, f, _ := strings.Cut(text, `id="f-`)
		f, _, _ = strings.Cut(f, `"`)
		if a := producer.post(i, url.Values{"act": {"confirm"}, "remedy": {f}}); a.status != 403 {
			t.Errorf("the producer confirms: %d", a.status)
		}
		if a := producer.post(i, url.Values{"act": {"report"}, "remedy": {f}, "comment": {"Đã lát"}}); a.status != 200 {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		office.shows("/", "đã báo xong, chờ xác nhận")
		office.shows(i, "đã báo xong, chờ xác nhận", "Đã lát")
		if a := office.post(i, url.Values{"act": {"confirm"}, "remedy": {f}}); a.status != 200 {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		office.shows(i, "đã khắc phục")
		if a := office.post(i, url.Values{"act": {"fly"}}); a.status != 400 {
			t.Errorf("an act that is none: %d", a.status)
		}
		if a := o.browse("producer-"+simWine, "vi").get(i); a.status != 404 {
			t.Errorf("another producer reads the record: %d", a.status)
		}
	})
}

func TestATrainingIsHeldByThePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		office := o.browse("office", "en")
		office.shows("/training", "Plan a training", "No training.")
		made := office.post("/training", url.Values{"title": {"Tập huấn tiêu chí"}, "first_day": {"2024-03-22"}, "capacity": {"10"}, "lecturers": {"Bà Giảng"}, "campaign": {"cam-xuyen-2024"},
			"units": {"htx-phu-sang, cam-my"}, "people": {"Ông Lạ; 0912345678"}, "day.0": {"2024-03-22"}, "text.0": {"Tiêu chí"}})
		if made.status != 200 {
			t.Fatalf("%d %.3000s", made.status, made.text)
		}
		at := "/training/" + o.must(200, o.ask("office", "GET", trainingsPath, nil)).items()[0]["id"].(string)
		office.shows(at, "0912345678", "Bà Giảng", "Save the attendance")
		if text := o.browse("producer-"+fishSauce, "vi").shows(at, "Tập huấn tiêu chí"); strings.Contains(text, "0912345678") || strings.Contains(text, "Ghi điểm danh") {
			t.Error("the producer is shown what is not theirs")
		}
		if a := office.post(at, url.Values{"act": {"hold"}, "trainee": {"1", "2", "3"}, "came.1": {"2024-03-22"}}); a.status != 200 {
			t.Fatalf("%d %.2000s", a.status, a.text)
		}
		office.shows("/products/"+o.product(fishSauce), "Training taken part in", "Tập huấn tiêu chí")
		office.shows("/training", "Who took part, by commune", "Thiên Cầm")
		if a := office.post(at, url.Values{"act": {"cancel"}, "reason": {"x"}}); a.status != 409 {
			t.Errorf("cancelled after it was held: %d", a.status)
		}
		if a := o.browse("producer-"+fishSauce, "vi").post(at, url.Values{"act": {"hold"}}); a.status != 403 {
			t.Errorf("a producer takes the attendance: %d", a.status)
		}
	})
}
