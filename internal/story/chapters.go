package story

import (
	"net/http"
	"time"
)

// Codes of the four products that the announcement names.
const (
	fishSauce    = "nuoc-mam-phu-sang"
	simWine      = "ruou-sim-dat-thom"
	rice         = "gao-xuyen-huong"
	essentialOil = "tinh-dau-sa-chanh"
)

// officer of a product's commune, and its account.
func commune(code string) string {
	return map[string]string{fishSauce: "commune-tt-thien-cam", simWine: "commune-cam-my"}[code]
}

func score(floor int, missed []string, totals ...int) map[string]any {
	d := map[string]any{"totals": totals, "members": len(totals), "chair_present": true, "floor_stars": floor}
	if missed != nil {
		d["missed"] = missed
	}
	return d
}

func (t *Teller) beginning() {
	t.say("Kế hoạch OCOP năm 2024 của huyện Cẩm Xuyên, diễn lại qua API. Chủ thể có thật; kết quả là mô phỏng.",
		"The OCOP campaign 2024 of Cẩm Xuyên district, played through the API. The producers are real; outcomes are simulated.")
	t.chapter("Kiểm tra thực tế cùng Hội đồng tỉnh, trước ngày 30/3 (D1)", "Field inspection with the provincial council, before 30 March (D1)")
	t.on(2024, time.March, 28)
	for _, code := range []string{fishSauce, simWine} {
		p := t.find(code)
		t.visit("office", p.ID, nil)
		t.line("office", "✓ "+p.Name)
	}
}

func (t *Teller) ideas() {
	t.chapter("Hai sản phẩm 3 sao đăng ký nâng hạng lên 4 sao (D3); xã xác nhận, huyện chấp thuận (D2)", "Two 3-star products register for 4 stars (D3); the commune confirms, the district consents (D2)")
	t.on(2024, time.April, 1)
	for _, code := range []string{fishSauce, simWine} {
		p := t.find(code)
		t.move("producer-"+code, p.ID, "begin_upgrade", p.Name+": nâng hạng", map[string]any{"target": 4})
	}
	t.on(2024, time.April, 3)
	for _, code := range []string{fishSauce, simWine} {
		p := t.find(code)
		t.refused(commune(code), p.ID, "confirm", p.Name+": xác nhận", map[string]any{"officer": commune(code)}, "document_missing")
		t.upload("producer-"+code, p.ID, "idea_form")
		t.move(commune(code), p.ID, "confirm", p.Name+": xác nhận", map[string]any{"officer": commune(code)})
	}
	t.refused("commune-cam-my", t.find(simWine).ID, "accept_idea", "Chấp thuận", nil, "role_missing", "same_person")
	t.on(2024, time.April, 5)
	t.move("leader", t.find(fishSauce).ID, "accept_idea", "Nước mắm: chấp thuận", nil)
}

func (t *Teller) plans() {
	t.chapter("Phương án và dự toán, huyện duyệt trước ngày 05/5 (D8)", "Plans and estimates, approved before 5 May (D8)")
	t.on(2024, time.April, 12)
	wine := t.find(simWine)
	t.refused("leader", wine.ID, "approve_plan", "Rượu sim: duyệt phương án", nil,
		"document_missing", "document_missing", "document_missing", "idea_accepted")
	t.move("leader", wine.ID, "accept_idea", "Rượu sim: chấp thuận", nil)
	for _, code := range []string{fishSauce, simWine} {
		t.upload("producer-"+code, t.find(code).ID, "business_plan", "cost_estimate", "self_score")
	}
	t.on(2024, time.May, 3)
	for _, code := range []string{fishSauce, simWine} {
		p := t.find(code)
		t.move("leader", p.ID, "approve_plan", p.Name+": duyệt phương án", nil)
	}
}

func (t *Teller) inspections() {
	t.chapter("Mở kiểm tra thực tế; sản phẩm 4 sao phải mời Hội đồng tỉnh", "The inspection opens; 4-star candidates must invite the provincial council")
	t.on(2024, time.May, 20)
	visit := map[string]any{"day": "2024-05-24", "participants": []string{"Văn phòng Điều phối (mô phỏng)"}}
	invited := map[string]any{"day": "2024-05-24", "participants": []string{"Văn phòng Điều phối (mô phỏng)"}, "provincial_council": true}
	p := t.find(fishSauce)
	t.refused("office", p.ID, "open_inspection", p.Name+": mở kiểm tra", visit, "provincial_council_invited")
	for _, code := range []string{fishSauce, simWine} {
		p := t.find(code)
		t.move("office", p.ID, "open_inspection", p.Name+": mở kiểm tra", invited)
	}
}

func (t *Teller) simWine() {
	t.chapter("Rượu sim Đạt Thơm: huyện chấm, chuyển tỉnh, đạt 4 sao", "Sim wine: scored by the district, forwarded, 4 stars at the province")
	id := t.find(simWine).ID
	t.on(2024, time.June, 10)
	t.refused("secretary-district", id, "score", "Huyện chấm", score(4, nil, 61, 75, 74, 76, 73), "spread")
	t.move("secretary-district", id, "score", "Huyện chấm lại", score(4, nil, 71, 75, 74, 76, 73))
	t.refused("leader", id, "certify", "Huyện công nhận 4 sao",
		map[string]any{"number": "MP-2024-00", "decision": "MP-00/QĐ-UBND", "decided_on": "2024-06-10"}, "out_of_scope", "recognised_here")
	t.move("office", id, "forward", "Chuyển hồ sơ lên tỉnh", nil)
	t.on(2024, time.September, 25)
	t.move("secretary-province", id, "score", "Tỉnh chấm", score(4, nil, 74, 78, 76, 77, 75))
	t.on(2024, time.October, 15)
	t.move("leader-province", id, "certify", "Công nhận 4 sao",
		map[string]any{"number": "MP-2024-01", "decision": "MP-01/QĐ-UBND", "decided_on": "2024-10-15"})
	t.expect(simWine, "certified", 4)
}

func (t *Teller) fishSauce() {
	t.chapter("Nước mắm Phú Sáng: điểm cao nhưng thiếu HACCP, bị từ chối, khắc phục, rồi đạt 4 sao", "Fish sauce: points enough but no HACCP, refused, cured, then 4 stars")
	id := t.find(fishSauce).ID
	t.on(2024, time.October, 20)
	t.move("secretary-district", id, "score", "Huyện chấm", score(4, nil, 84, 86, 85, 88, 82))
	t.move("office", id, "forward", "Chuyển hồ sơ lên tỉnh", nil)
	t.on(2024, time.October, 28)
	t.move("secretary-province", id, "score", "Tỉnh chấm: 96 điểm, tiêu chí 9 chỉ có giấy an toàn thực phẩm", score(3, []string{"9"}, 96, 96, 96, 96, 96))
	t.refused("leader", id, "certify", "Công nhận",
		map[string]any{"number": "MP-2024-02", "decision": "MP-02/QĐ-UBND", "decided_on": "2024-10-28"}, "above_present_stars")
	t.move("office-province", id, "improve", "Hoàn thiện thêm", nil, "Tiêu chí 9: cần chứng nhận HACCP để đạt 4 sao (mô phỏng).")
	t.on(2024, time.November, 15)
	t.upload("producer-"+fishSauce, id, "haccp")
	t.move("office", id, "open_inspection", "Kiểm tra lại",
		map[string]any{"day": "2024-11-18", "participants": []string{"Hội đồng tỉnh (mô phỏng)"}, "provincial_council": true})
	t.on(2024, time.November, 18)
	visit := t.visit("office", id, []map[string]any{{"topic": "Nhãn (mô phỏng)", "remedy": "Bổ sung ngày sản xuất", "closed": false}})
	t.refused("secretary-district", id, "score", "Huyện chấm", score(4, nil, 84, 86, 85, 88, 82), "no_open_remedy")
	t.record("office", visit, map[string]any{"findings": []map[string]any{{"topic": "Nhãn (mô phỏng)", "remedy": "Bổ sung ngày sản xuất", "closed": true}}})
	t.move("secretary-district", id, "score", "Huyện chấm", score(4, nil, 84, 86, 85, 88, 82))
	t.move("office", id, "forward", "Chuyển hồ sơ lên tỉnh", nil)
	t.on(2024, time.December, 10)
	t.move("secretary-province", id, "score", "Tỉnh chấm", score(4, nil, 86, 87, 85, 88, 84))
	t.on(2024, time.December, 20)
	t.move("leader-province", id, "certify", "Công nhận 4 sao",
		map[string]any{"number": "MP-2024-03", "decision": "MP-03/QĐ-UBND", "decided_on": "2024-12-20"})
	t.expect(fishSauce, "certified", 4)
}

func (t *Teller) renewals() {
	t.chapter("Hai sản phẩm hết hạn được đánh giá lại", "The two expired products are renewed")
	t.on(2025, time.January, 6)
	for i, code := range []string{rice, essentialOil} {
		p := t.find(code)
		producer := "producer-" + code
		t.move(producer, p.ID, "begin_renewal", p.Name+": đánh giá lại", nil)
		t.refused("office", p.ID, "submit_dossier", "Chuyển hồ sơ", nil, "dossier_filed")
		t.refused(producer, p.ID, "file_dossier", "Nộp hồ sơ", nil, "document_missing")
		t.upload(producer, p.ID, "renewal_dossier")
		t.move(producer, p.ID, "file_dossier", "Nộp hồ sơ", nil)
		t.move("office", p.ID, "submit_dossier", "Chuyển hồ sơ", nil)
		t.move("secretary-district", p.ID, "score", "Huyện chấm", score(3, nil, 60+i, 62, 64, 61, 63))
		number := []string{"MP-2025-04", "MP-2025-05"}[i]
		t.move("leader", p.ID, "certify", "Công nhận lại 3 sao", map[string]any{"number": number, "decision": "MP-04/QĐ-UBND", "decided_on": "2025-01-06"})
		t.expect(code, "certified", 3)
	}
}

func (t *Teller) newProduct() {
	t.chapter("Một sản phẩm mới của xã Cẩm Bình, từ ý tưởng đến chứng nhận", "A new product of Cẩm Bình, from idea to certificate")
	t.on(2025, time.January, 10)
	if t.err != nil {
		return
	}
	var owner, p struct{ ID string }
	if err := t.c.call("office", http.MethodPost, "/producers", map[string]any{"name": "Cơ sở mô phỏng xã Cẩm Bình", "form": "household", "unit": "cam-binh"}, &owner); err != nil {
		t.fail("producer: %v", err)
		return
	}
	if err := t.c.call("office", http.MethodPost, "/products", map[string]any{"name": "Sản phẩm mô phỏng Cẩm Bình", "producer": owner.ID, "set": 3, "campaign": "cam-xuyen-2024"}, &p); err != nil {
		t.fail("register: %v", err)
		return
	}
	t.line("office", "Đăng ký ý tưởng → idea_registered")
	t.upload("office", p.ID, "idea_form")
	t.move("commune-cam-binh", p.ID, "send_back", "Xã trả lại để bổ sung", nil, "Bổ sung nguồn gốc nguyên liệu (mô phỏng).")
	t.move("commune-cam-binh", p.ID, "confirm", "Xã xác nhận", map[string]any{"officer": "commune-cam-binh"})
	t.move("leader", p.ID, "accept_idea", "Chấp thuận", nil)
	t.upload("office", p.ID, "business_plan", "self_score")
	t.on(2025, time.February, 10)
	t.move("leader", p.ID, "approve_plan", "Duyệt phương án", nil)
	t.move("office", p.ID, "open_inspection", "Mở kiểm tra", map[string]any{"day": "2025-02-12", "participants": []string{"Văn phòng Điều phối (mô phỏng)"}})
	t.on(2025, time.February, 12)
	t.refused("secretary-district", p.ID, "score", "Huyện chấm", score(3, nil, 55, 57, 58), "inspection_held")
	t.visit("office", p.ID, nil)
	t.move("secretary-district", p.ID, "score", "Huyện chấm", score(3, nil, 55, 57, 58))
	t.on(2025, time.March, 3)
	t.move("leader", p.ID, "certify", "Công nhận 3 sao", map[string]any{"number": "MP-2025-06", "decision": "MP-06/QĐ-UBND", "decided_on": "2025-03-03"})
}

func (t *Teller) expiry() {
	t.chapter("Ba năm sau: giấy chứng nhận hết hạn theo đồng hồ, sản phẩm vào đánh giá lại", "Three years later: a certificate runs out by the clock and the product enters renewal")
	t.on(2028, time.January, 6)
	t.expect(rice, "certified", 3)
	t.line("–", "Gạo Xuyên Hương: ngày cuối cùng còn hiệu lực")
	t.on(2028, time.January, 7)
	t.expect(rice, "expired", 3)
	t.line("system", "Gạo Xuyên Hương → expired")
	t.move("producer-"+rice, t.find(rice).ID, "begin_renewal", "Gạo Xuyên Hương: đánh giá lại", nil)
	t.expect(rice, "renewal", 3)
}
