package paper

import "ocopflow/internal/ocop"

// ResultNotice tells a producer and its commune what a council's scoring came to.
type ResultNotice struct {
	Head
	To          []string      `vi:"kính gửi" en:"to whom it goes"`
	Product     string        `vi:"sản phẩm" en:"product"`
	Code        string        `vi:"mã sản phẩm" en:"code of the product"`
	Producer    string        `vi:"chủ thể" en:"producer"`
	Commune     string        `vi:"xã, phường; có thể trống" en:"commune; may be empty"`
	Set         int           `vi:"bộ tiêu chí" en:"criteria set"`
	Council     string        `vi:"hội đồng" en:"council"`
	Level       string        `vi:"cấp đánh giá, ví dụ cấp tỉnh" en:"level, such as province"`
	HeldOn      string        `vi:"ngày chấm" en:"day of the scoring"`
	Sheets      int           `vi:"số phiếu" en:"number of sheets"`
	Mean        string        `vi:"điểm trung bình" en:"mean of the points"`
	BandStars   int           `vi:"hạng sao theo điểm" en:"stars by points"`
	FloorStars  int           `vi:"hạng sao theo yêu cầu tối thiểu" en:"stars by floors"`
	Stars       int           `vi:"hạng sao" en:"stars"`
	Missed      []MissedFloor `vi:"yêu cầu tối thiểu chưa đạt, của các hạng mà điểm đã đạt" en:"floors that were missed, of the stars that the points reach"`
	KnockedOut  []string      `vi:"quy định bị loại" en:"rules by which it was put out"`
	Recognised  bool          `vi:"đã được công nhận" en:"it was recognised"`
	Certificate string        `vi:"số giấy chứng nhận" en:"number of the certificate"`
	Decision    string        `vi:"số quyết định công nhận" en:"number of the decision"`
	DecidedOn   string        `vi:"ngày quyết định" en:"day of the decision"`
	LastDay     string        `vi:"ngày cuối của giấy chứng nhận" en:"last day of the certificate"`
	Forwarded   string        `vi:"cấp đã được chuyển lên; trống khi chưa chuyển" en:"level it was forwarded to; empty if it was not"`
	Forwards    string        `vi:"cấp sẽ được chuyển lên vì đủ điểm; trống khi không" en:"level it will be forwarded to for its points; empty if not"`
	Decides     string        `vi:"cấp quyết định công nhận; trống khi không đủ hạng sao" en:"level that decides on recognition; empty below it"`
	From        int           `vi:"được công nhận từ mấy sao" en:"stars from which products are recognised"`
	Days        int           `vi:"số ngày được khiếu nại; 0 khi không rõ" en:"days to complain; 0 if not known"`
	Act         string        `vi:"văn bản về khiếu nại" en:"act on complaints"`
	Unverified  bool          `vi:"thời hạn khiếu nại chưa được đối chiếu với văn bản" en:"the time to complain was not held against the act"`
}

// MissedFloor is a floor that was missed.
type MissedFloor struct {
	Criterion string `vi:"mã tiêu chí" en:"code of the criterion"`
	Name      string `vi:"tên tiêu chí" en:"criterion"`
	Stars     int    `vi:"yêu cầu của hạng mấy sao" en:"floor of how many stars"`
	Have      int    `vi:"tổng điểm các phiếu" en:"points of all sheets"`
	Need      int    `vi:"tổng điểm cần có" en:"points needed"`
}

// Decimals writes a mean with the comma of the language.
func Decimals(mean string, lang ocop.Lang) string { return decimals(mean, lang) }

func exampleResultNotice(lang ocop.Lang) any {
	t := speaker(lang)
	h := exampleHead(lang)
	h.Parent, h.Issuer = h.Issuer, t.t("Văn phòng Điều phối nông thôn mới", "Coordination office")
	return ResultNotice{Head: h, To: []string{t.t("UBND xã Thiên Cầm", "Thiên Cầm commune"), "HTX Phú Sáng"}, Product: "Nước mắm Phú Sáng", Code: "nuoc-mam-phu-sang", Producer: "HTX Phú Sáng",
		Commune: t.t("Xã Thiên Cầm", "Thiên Cầm commune"), Set: 9, Council: t.t("Hội đồng cấp tỉnh", "Provincial council"), Level: t.t("cấp tỉnh", "province"), HeldOn: t.t("15/6/2026", "15 June 2026"),
		Sheets: 5, Mean: decimals("96.20", lang), BandStars: 5, FloorStars: 3, Stars: 3, Missed: []MissedFloor{{"9", t.t("Tiêu chuẩn sản phẩm", "Product standards"), 4, 10, 15}},
		Decides: t.t("cấp xã", "commune"), From: 3, Days: 90, Act: "Luật Khiếu nại 2011", Unverified: true}
}
