package paper

import "ocopflow/internal/ocop"

// EndingLetter tells producers that certificates end, or when to file for renewal.
type EndingLetter struct {
	Head
	To           []string            `vi:"kính gửi" en:"whom it is sent to"`
	Act          string              `vi:"số hiệu quyết định làm căn cứ" en:"number of the decision it rests on"`
	Unverified   bool                `vi:"căn cứ chưa được đối chiếu với văn bản gốc" en:"what it rests on was not held against the text of the act"`
	Window       bool                `vi:"có khoảng ngày nộp hồ sơ đánh giá lại" en:"there are days between which a renewal is filed"`
	From         int                 `vi:"nộp sớm nhất trước ngày hết hạn bao nhiêu ngày; 0 khi không có khoảng" en:"filed so many days before the end at the earliest; 0 without such days"`
	Until        int                 `vi:"nộp muộn nhất trước ngày hết hạn bao nhiêu ngày; 0 khi không có khoảng" en:"filed so many days before the end at the latest; 0 without such days"`
	Count        int                 `vi:"số giấy chứng nhận" en:"number of certificates"`
	Certificates []EndingCertificate `vi:"các giấy chứng nhận" en:"certificates"`
	Contact      string              `vi:"đầu mối liên hệ" en:"whom to ask"`
}

// EndingCertificate is one that ends.
type EndingCertificate struct {
	Number      int    `vi:"số thứ tự" en:"number in the list"`
	Name        string `vi:"tên sản phẩm" en:"product"`
	Producer    string `vi:"chủ thể" en:"producer"`
	Place       string `vi:"xã, thị trấn" en:"commune"`
	Certificate string `vi:"số giấy chứng nhận" en:"number of the certificate"`
	Stars       int    `vi:"số sao" en:"stars"`
	Issued      string `vi:"ngày cấp" en:"day of issue"`
	LastDay     string `vi:"ngày cuối cùng còn hiệu lực" en:"last day on which it is valid"`
	Opens       string `vi:"ngày đầu được nộp hồ sơ; trống khi không có" en:"first day to file; empty without one"`
	Closes      string `vi:"ngày cuối được nộp hồ sơ; trống khi không có" en:"last day to file; empty without one"`
}

func exampleEnding(lang ocop.Lang) any {
	t := speaker(lang)
	return EndingLetter{Head: exampleHead(lang), To: []string{"HTX Phú Sáng"}, Act: "26/2026/QĐ-TTg", Window: true, From: 180, Until: 120, Count: 1,
		Certificates: []EndingCertificate{{1, "Nước mắm Phú Sáng", "HTX Phú Sáng", t.t("Thị trấn Thiên Cầm", "Thiên Cầm town"), "HT-2024-01", 4, t.t("15/10/2024", "15 October 2024"),
			t.t("15/10/2027", "15 October 2027"), t.t("18/4/2027", "18 April 2027"), t.t("17/6/2027", "17 June 2027")}}, Contact: t.t("Văn phòng Điều phối nông thôn mới huyện", "District coordination office")}
}
