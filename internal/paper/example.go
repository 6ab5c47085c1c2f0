package paper

import "ocopflow/internal/ocop"

// The examples are of the programme of Cẩm Xuyên in 2024; what is not in the
// district's announcement is made up and reads so.

func exampleHead(lang ocop.Lang) Head {
	t := speaker(lang)
	return Head{Parent: t.t("Tỉnh Hà Tĩnh", "Hà Tĩnh province"), Issuer: t.t("Ủy ban nhân dân huyện Cẩm Xuyên", "People's Committee of Cẩm Xuyên district"), Place: "Cẩm Xuyên", Year: 2024}
}

func exampleNotice(lang ocop.Lang) any {
	t := speaker(lang)
	office := t.t("Văn phòng Điều phối nông thôn mới huyện", "District coordination office")
	town := t.t("Thị trấn Thiên Cầm", "Thiên Cầm town")
	return Notice{
		Head: exampleHead(lang), Title: t.t("Chương trình OCOP năm 2024 huyện Cẩm Xuyên", "OCOP programme 2024 of Cẩm Xuyên district"), Meeting: t.t("21/3/2024", "21 March 2024"),
		Legal: []string{"148/QĐ-TTg"}, Participants: []string{office, town}, Held: []HeldStars{{3, 33}},
		Targets:       []string{t.t("Ít nhất 1 sản phẩm đạt chuẩn 4 sao", "At least 1 product at 4 stars")},
		Tracks:        []NoticeTrack{{t.t("Nâng hạng", "Upgrade"), []NoticeProduct{{"Nước mắm Phú Sáng", "HTX Phú Sáng", town, 3, 4}}}},
		Expectations:  []Expectation{{t.t("Xã Cẩm Bình", "Cẩm Bình commune"), 3, 1}},
		Organisations: []Organisation{{office, []Duty{{t.t("Tổ chức tập huấn", "Hold the training"), "", ""}, {t.t("Mời kiểm tra thực tế", "Invite to the inspection"), "Nước mắm Phú Sáng", "trước ngày 30/3/2024"}}}},
		Deadlines:     []NoticeDue{{"D1", t.t("Kiểm tra thực tế", "Field inspection"), []string{office}, "trước ngày 30/3/2024", t.t("05/4/2024", "5 April 2024")}},
	}
}

func exampleDecision(lang ocop.Lang) any {
	t := speaker(lang)
	return Decision{
		Head: exampleHead(lang), Authority: t.t("Chủ tịch Ủy ban nhân dân huyện Cẩm Xuyên", "Chairman of the People's Committee of Cẩm Xuyên district"),
		Act: "148/QĐ-TTg", ActDay: t.t("24/02/2023", "24 February 2023"), Bases: []string{t.t("Biên bản của Hội đồng đánh giá, phân hạng sản phẩm OCOP", "Minutes of the OCOP evaluation council")},
		Proposer: t.t("Văn phòng Điều phối nông thôn mới huyện", "District coordination office"), Months: 36, Count: 2,
		Products: []DecisionProduct{{1, "Gạo Xuyên Hương", "gao-xuyen-huong", "Công ty CP Giống cây trồng và TM Hà Tĩnh", "", 3, "72.50"},
			{2, "Tinh dầu sả chanh Tâm Mộc Hương", "tinh-dau-sa-chanh", "Công ty TNHH Tâm Mộc Hương", "", 3, "68.00"}},
	}
}

func exampleInvitation(lang ocop.Lang) any {
	t := speaker(lang)
	return Invitation{
		Head: exampleHead(lang), To: []string{t.t("Hội đồng đánh giá, phân hạng sản phẩm OCOP tỉnh", "Provincial OCOP evaluation council"), t.t("Ủy ban nhân dân thị trấn Thiên Cầm", "People's Committee of Thiên Cầm town")},
		Occasion: t.t("kiểm tra thực tế các sản phẩm đăng ký 4 sao", "the field inspection of the candidates for 4 stars"), Time: t.t("08 giờ 00, ngày 28/3/2024", "8:00, 28 March 2024"),
		Where: t.t("HTX Phú Sáng, thị trấn Thiên Cầm", "HTX Phú Sáng, Thiên Cầm town"), Products: []PaperProduct{{1, "Nước mắm Phú Sáng", "HTX Phú Sáng", t.t("Thị trấn Thiên Cầm", "Thiên Cầm town")}},
		Agenda: []AgendaItem{{t.t("28/3/2024", "28 March 2024"), "08:00", "HTX Phú Sáng", t.t("Kiểm tra dây chuyền", "Inspection of the line")}},
		Text:   []string{t.t("Đề nghị các đại biểu đến dự đúng giờ.", "Please be on time.")}, Contact: t.t("Văn phòng Điều phối nông thôn mới huyện", "District coordination office"),
	}
}

func exampleMinutes(lang ocop.Lang) any {
	t := speaker(lang)
	return MeetingMinutes{
		Head: exampleHead(lang), Title: t.t("Họp triển khai Chương trình OCOP năm 2024", "Meeting on the OCOP programme 2024"), Opened: t.t("08 giờ 00, ngày 21/3/2024", "8:00, 21 March 2024"),
		Where: t.t("Trụ sở Ủy ban nhân dân huyện", "Seat of the People's Committee"), Present: []string{t.t("Văn phòng Điều phối nông thôn mới huyện", "District coordination office"), t.t("Ủy ban nhân dân xã Cẩm Bình", "People's Committee of Cẩm Bình commune")},
		Absent: []string{t.t("Ủy ban nhân dân xã Cẩm Mỹ", "People's Committee of Cẩm Mỹ commune")}, Text: []string{t.t("Văn phòng báo cáo kết quả thực hiện.", "The office reported.")},
		Conclusion: []string{t.t("Thống nhất kế hoạch năm 2024.", "The plan of 2024 was agreed.")}, Closed: t.t("11 giờ 30 cùng ngày", "11:30 the same day"),
	}
}

func exampleInspection(lang ocop.Lang) any {
	t := speaker(lang)
	return InspectionRecord{
		Head: exampleHead(lang), HeldOn: t.t("28/3/2024", "28 March 2024"), Product: "Nước mắm Phú Sáng", Code: "nuoc-mam-phu-sang", Producer: "HTX Phú Sáng", Commune: t.t("Thị trấn Thiên Cầm", "Thiên Cầm town"), Provincial: true,
		Participants: []string{t.t("Văn phòng Điều phối nông thôn mới huyện", "District coordination office")},
		Findings:     []PaperRemedy{{1, t.t("Nhãn hàng hóa", "Labels"), t.t("Bổ sung hạn sử dụng", "Add the day of expiry"), "HTX Phú Sáng", t.t("15/4/2024", "15 April 2024"), t.t("chưa khắc phục", "open")}},
	}
}

func exampleReport(lang ocop.Lang) any {
	t := speaker(lang)
	return Report{
		Head: exampleHead(lang), Title: t.t("Chương trình OCOP năm 2024 huyện Cẩm Xuyên", "OCOP programme 2024 of Cẩm Xuyên district"), Period: t.t("tháng 4 năm 2024", "April 2024"), On: t.t("30/4/2024", "30 April 2024"),
		Products: 4, Overdue: 1, States: []Count{{t.t("Phương án được duyệt", "Plan approved"), 2}, {t.t("Hội đồng đã chấm", "Scored"), 2}},
		Targets: []ReportTarget{{t.t("Ít nhất 1 sản phẩm đạt chuẩn 4 sao", "At least 1 product at 4 stars"), 1, 0, 0, 0, 1}}, Years: []YearStars{{2022, 2, 0, 0}},
		Steps:     []ReportStep{{t.t("Phương án được duyệt", "Plan approved"), 2, 2, 1, lang.Tenths(12.5)}},
		Certified: []ReportStars{{"Gạo Xuyên Hương", "3-2024/GCN", 3, t.t("26/4/2024", "26 April 2024")}},
		Late:      []ReportLate{{"Nước mắm Phú Sáng", "HTX Phú Sáng", t.t("Phương án được duyệt", "Plan approved"), "D1, D3"}},
		Undone:    []ReportDuty{{t.t("Văn phòng Điều phối nông thôn mới huyện", "District coordination office"), t.t("Mời kiểm tra thực tế", "Invite to the inspection"), t.t("29/3/2024", "29 March 2024")}},
		Waits:     []ReportWait{{t.t("Phương án được duyệt", "Plan approved"), 2, lang.Tenths(20), lang.Tenths(31), lang.Tenths(12.5), "Nước mắm Phú Sáng"}},
		Ending:    []Count{{"02/2025", 2}}, Deadlines: []NoticeDue{{"D1", t.t("Kiểm tra thực tế", "Field inspection"), []string{"VP NTM"}, "trước ngày 30/3/2024", ""}},
		Difficulties: []string{t.t("Thiếu đất mở rộng kho xưởng.", "Land for warehouses is missing.")}, Proposals: []string{t.t("Hỗ trợ kinh phí dây chuyền.", "Support the line with money.")},
	}
}

func exampleSupportPlan(lang ocop.Lang) any {
	t := speaker(lang)
	budget, department := t.t("Ngân sách huyện", "District budget"), t.t("Phòng Tài chính – Kế hoạch", "Finance and Planning Department")
	return SupportPlan{
		Head: exampleHead(lang), Title: t.t("Chương trình OCOP năm 2024 huyện Cẩm Xuyên", "OCOP programme 2024 of Cẩm Xuyên district"), Total: 250_000_000, Deadline: "chậm nhất trước ngày 30/4/2024",
		Lines: []SupportLine{{1, "HT-2024-001", "Nước mắm Phú Sáng", "HTX Phú Sáng", t.t("Thiết bị", "Equipment"), t.t("Dây chuyền chiết rót", "Filling line"), department, budget, 300_000_000, 200_000_000},
			{2, "HT-2024-002", "Rượu sim Đạt Thơm Kẽ Gõ", "Hộ kinh doanh Phan Khắc Đạt", t.t("Nhãn hàng hóa", "Labels"), t.t("Thiết kế nhãn", "Label design"), department, budget, 50_000_000, 50_000_000}},
		BySource: []Amount{{budget, 250_000_000}}, ByDepartment: []Amount{{department, 250_000_000}}, ByProduct: []Amount{{"Nước mắm Phú Sáng", 200_000_000}, {"Rượu sim Đạt Thơm Kẽ Gõ", 50_000_000}},
	}
}
