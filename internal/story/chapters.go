package story

import (
	"net/http"
	"time"

	"ocopflow/internal/ocop"
)

// Codes of the four products that the announcement names.
const (
	fishSauce    = "nuoc-mam-phu-sang"
	simWine      = "ruou-sim-dat-thom"
	rice         = "gao-xuyen-huong"
	essentialOil = "tinh-dau-sa-chanh"
)

// communes of the two products that go for 4 stars.
var communes = map[string]string{fishSauce: "commune-tt-thien-cam", simWine: "commune-cam-my"}

// decision is a simulated one, of the present day.
func (t *Teller) decision(number string) map[string]any {
	return map[string]any{"number": number, "decision": number + "/QĐ-UBND", "decided_on": t.day}
}

func visitors(day string, provincial bool) map[string]any {
	return map[string]any{"day": day, "participants": []string{"Văn phòng Điều phối (mô phỏng)"}, "provincial_council": provincial}
}

func (t *Teller) march() {
	t.say("Kế hoạch OCOP năm 2024 của huyện Cẩm Xuyên, diễn lại qua API. Chủ thể có thật; kết quả là mô phỏng.",
		"The OCOP campaign 2024 of Cẩm Xuyên district, played through the API. The producers are real; outcomes are simulated.")
	t.chapter("Tháng 3: kiểm tra thực tế cùng Hội đồng tỉnh, trước ngày 30/3 (D1)", "March: field inspection with the provincial council, before 30 March (D1)")
	t.on(2024, time.March, 28)
	for _, code := range []string{fishSauce, simWine} {
		t.visit("office", t.find(code), nil)
	}
}

func (t *Teller) ideas() {
	t.chapter("Đầu tháng 4: hai sản phẩm 3 sao đăng ký nâng hạng lên 4 sao (D3), xã xác nhận, huyện chấp thuận (D2)", "Early April: two 3-star products register for 4 stars (D3), their communes confirm, the district consents (D2)")
	t.on(2024, time.April, 1)
	for _, code := range []string{fishSauce, simWine} {
		t.move("producer-"+code, t.find(code), "begin_upgrade", map[string]any{"target": 4})
	}
	t.on(2024, time.April, 3)
	for _, code := range []string{fishSauce, simWine} {
		p, officer := t.find(code), map[string]any{"officer": communes[code]}
		t.refused(communes[code], p, "confirm", officer, "document_missing")
		t.upload("producer-"+code, p, "idea_form")
		t.move(communes[code], p, "confirm", officer)
	}
	t.refused("commune-cam-my", t.find(simWine), "accept_idea", nil, "role_missing", "same_person")
	t.on(2024, time.April, 5)
	t.move("leader", t.find(fishSauce), "accept_idea", nil)
}

func (t *Teller) april() {
	t.chapter("Tháng 4: phương án, sản phẩm mới của Cẩm Bình (D4), hồ sơ của hai sản phẩm hết hạn (D5)", "April: plans, a new product of Cẩm Bình (D4), the dossiers of the two expired products (D5)")
	t.on(2024, time.April, 12)
	wine := t.find(simWine)
	t.refused("leader", wine, "approve_plan", nil, "document_missing", "document_missing", "document_missing", "idea_accepted")
	t.move("leader", wine, "accept_idea", nil)
	for _, code := range []string{fishSauce, simWine} {
		t.upload("producer-"+code, t.find(code), "business_plan", "cost_estimate")
	}
	t.tick(wine, filled(t.set(15), 4, 76))
	t.tick(t.find(fishSauce), best(t.set(9), ticks{"9": 1}))
	t.missing(t.find(fishSauce), 4, "9")
	t.on(2024, time.April, 16)
	t.registerNew()
	t.on(2024, time.April, 18)
	for _, code := range []string{rice, essentialOil} {
		p, producer := t.find(code), "producer-"+code
		t.move(producer, p, "begin_renewal", nil)
		t.refused("office", p, "submit_dossier", nil, "dossier_filed")
		t.refused(producer, p, "file_dossier", nil, "document_missing")
		t.upload(producer, p, "renewal_dossier")
		t.move(producer, p, "file_dossier", nil)
		t.move("office", p, "submit_dossier", nil)
	}
}

// registerNew brings the first product of Cẩm Bình, whose name the
// announcement does not give.
func (t *Teller) registerNew() {
	if t.err != nil {
		return
	}
	var owner struct{ ID string }
	if err := t.c.call("office", http.MethodPost, "/producers", map[string]any{"name": "Cơ sở mô phỏng xã Cẩm Bình", "form": "household", "unit": "cam-binh"}, &owner); err != nil {
		t.fail("producer: %v", err)
		return
	}
	in := map[string]any{"name": "Sản phẩm mô phỏng Cẩm Bình", "producer": owner.ID, "set": 3, "campaign": "cam-xuyen-2024"}
	if err := t.c.call("office", http.MethodPost, "/products", in, &t.newcomer); err != nil {
		t.fail("register: %v", err)
		return
	}
	p := t.newcomer
	t.line("office", p.Name+": "+t.titles["register"]+" → "+t.titles[p.State])
	t.upload("office", p, "idea_form")
	t.move("commune-cam-binh", p, "send_back", nil, "Bổ sung nguồn gốc nguyên liệu (mô phỏng).")
	t.move("commune-cam-binh", p, "confirm", map[string]any{"officer": "commune-cam-binh"})
	t.move("leader", p, "accept_idea", nil)
	t.upload("office", p, "business_plan")
	t.tick(p, filled(t.set(3), 3, 58))
}

func (t *Teller) may() {
	t.chapter("Tháng 5: huyện duyệt phương án trước ngày 05/5 (D8), mở kiểm tra, chấm sản phẩm đánh giá lại", "May: plans approved before 5 May (D8), inspections opened, renewals scored")
	t.on(2024, time.May, 3)
	products := []product{t.find(fishSauce), t.find(simWine), t.newcomer}
	for _, p := range products {
		t.move("leader", p, "approve_plan", nil)
	}
	t.on(2024, time.May, 20)
	t.refused("office", products[0], "open_inspection", visitors("2024-05-24", false), "provincial_council_invited")
	for _, p := range products {
		t.move("office", p, "open_inspection", visitors("2024-05-24", true))
	}
	t.on(2024, time.May, 30)
	t.refused("secretary-district", t.find(rice), "score", nil, "session_closed")
	t.score("district", t.find(rice), 3, filled(t.set(3), 3, 63), "score", false)
	t.score("district", t.find(essentialOil), 20, filled(t.set(20), 3, 64), "score", false)
}

func (t *Teller) summer() {
	t.chapter("Tháng 6: công nhận lại; rượu sim được huyện chấm và chuyển tỉnh", "June: renewals certified; the sim wine scored by the district and forwarded")
	t.on(2024, time.June, 10)
	wine := t.find(simWine)
	t.score("district", wine, 15, filled(t.set(15), 4, 76), "score", true)
	t.refused("leader", wine, "certify", t.decision("MP-2024-00"), "out_of_scope", "recognised_here")
	t.move("office", wine, "forward", nil)
	t.on(2024, time.June, 14)
	t.move("leader", t.find(rice), "certify", t.decision("MP-2024-01"))
	t.move("leader", t.find(essentialOil), "certify", t.decision("MP-2024-02"))
	t.expect(rice, "certified", 3)
	t.expect(essentialOil, "certified", 3)
}

func (t *Teller) autumn() {
	t.chapter("Tháng 9, 10: rượu sim đạt 4 sao; nước mắm đủ điểm nhưng thiếu HACCP", "September and October: the sim wine gets 4 stars; the fish sauce has the points but no HACCP")
	t.on(2024, time.September, 25)
	t.score("province", t.find(simWine), 15, filled(t.set(15), 4, 78), "score", false)
	sauce := t.find(fishSauce)
	noHACCP := best(t.set(9), ticks{"9": 1})
	t.score("district", sauce, 9, noHACCP, "score", false)
	t.move("office", sauce, "forward", nil)
	t.on(2024, time.October, 15)
	t.move("leader-province", t.find(simWine), "certify", t.decision("MP-2024-03"))
	t.expect(simWine, "certified", 4)
	t.on(2024, time.October, 28)
	t.say("  Nước mắm: phiếu tới 96 điểm, nhưng tiêu chí 9 mới có giấy an toàn thực phẩm, chưa có HACCP.", "  Fish sauce: sheets of up to 96 points, but criterion 9 rests on a food-safety certificate alone, without HACCP.")
	t.score("province", sauce, 9, noHACCP, "score", false)
	t.refused("leader", sauce, "certify", t.decision("MP-2024-04"), "above_present_stars", "floors_missed")
	t.move("office-province", sauce, "improve", nil, "Tiêu chí 9: cần chứng nhận HACCP để đạt 4 sao (mô phỏng).")
}

func (t *Teller) winter() {
	t.chapter("Tháng 11, 12: nước mắm khắc phục và đạt 4 sao; sản phẩm mới của Cẩm Bình đạt 3 sao", "November and December: the fish sauce is cured and gets 4 stars; the newcomer of Cẩm Bình gets 3")
	t.on(2024, time.November, 18)
	sauce := t.find(fishSauce)
	t.upload("producer-"+fishSauce, sauce, "haccp")
	t.move("office", sauce, "open_inspection", visitors("2024-11-18", true))
	finding := map[string]any{"topic": "Nhãn (mô phỏng)", "remedy": "Bổ sung ngày sản xuất", "closed": false}
	visit := t.visit("office", sauce, []map[string]any{finding})
	t.refused("secretary-district", sauce, "score", nil, "session_closed", "no_open_remedy")
	finding["closed"] = true
	t.record("office", visit, map[string]any{"findings": []map[string]any{finding}})
	cured := filled(t.set(9), 4, 87)
	t.tick(sauce, cured)
	t.missing(sauce, 4)
	t.score("district", sauce, 9, cured, "score", false)
	t.move("office", sauce, "forward", nil)
	t.refused("secretary-district", t.newcomer, "score", nil, "session_closed", "inspection_held")
	t.visit("office", t.newcomer, nil)
	t.score("district", t.newcomer, 3, filled(t.set(3), 3, 58), "score", false)
	t.on(2024, time.November, 25)
	t.move("leader", t.newcomer, "certify", t.decision("MP-2024-05"))
	t.on(2024, time.December, 10)
	t.score("province", sauce, 9, filled(t.set(9), 4, 88), "score", false)
	t.on(2024, time.December, 20)
	t.move("leader-province", sauce, "certify", t.decision("MP-2024-06"))
	t.expect(fishSauce, "certified", 4)
	t.expect(t.newcomer.Code, "certified", 3)
}

func (t *Teller) later() {
	t.chapter("Ba năm sau: giấy chứng nhận của gạo hết hạn theo đồng hồ, sản phẩm vào đánh giá lại", "Three years later: the certificate of the rice runs out by the clock and the product enters renewal")
	t.on(2027, time.June, 14)
	t.expect(rice, "certified", 3)
	t.on(2027, time.June, 15)
	t.expect(rice, "expired", 3)
	p := t.find(rice)
	t.line(ocop.System, p.Name+": "+t.titles["expire"]+" → "+t.titles[p.State])
	t.move("producer-"+rice, p, "begin_renewal", nil)
	t.expect(rice, "renewal", 3)
	t.say("Từ 22/5/2026 theo Quyết định 26/2026: không còn cấp huyện, tỉnh đánh giá lại trong 45 ngày.",
		"Since 22 May 2026 Decision 26/2026 applies: the district is gone, the province decides the renewal within 45 days.")
	t.on(2027, time.June, 21)
	t.upload("producer-"+rice, p, "renewal_dossier")
	t.move("producer-"+rice, p, "file_dossier", nil)
	t.refused("office", p, "submit_dossier", nil, "out_of_scope")
	t.on(2027, time.July, 12)
	t.say("  Đánh giá lại: hội đồng tỉnh lấy ý kiến bằng văn bản, không họp.", "  A renewal: the provincial council gives its opinions in writing, without a meeting.")
	t.score("province", p, 3, filled(t.set(3), 3, 66), "score_in_writing", false)
	t.on(2027, time.July, 20)
	t.move("leader-province", p, "certify", t.decision("MP-2027-01"))
	t.expect(rice, "certified", 3)
}
