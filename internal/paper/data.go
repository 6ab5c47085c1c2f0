package paper

// The data of papers. A template sees the exported fields of one of these and
// nothing else: strings, whole numbers, yes or no, and lists of such, without methods. The
// tags of each field say in both languages what its placeholder holds; pages and
// docs/papers.md take it from there.

// Head stands on every paper.
type Head struct {
	Parent string `vi:"cơ quan cấp trên" en:"body above the issuing one"`
	Issuer string `vi:"cơ quan ban hành" en:"body that issues it"`
	Number string `vi:"số; để trống thì ghi tay" en:"number; empty is left to the hand"`
	Place  string `vi:"địa danh" en:"place"`
	Day    string `vi:"ngày ký, dạng 2024-04-05; để trống thì ghi tay" en:"day of signing, such as 2024-04-05; empty is left to the hand"`
	Year   int    `vi:"năm của văn bản" en:"year of the paper"`
	Signer string `vi:"họ tên người ký; để trống thì ghi tay" en:"name of who signs; empty is left to the hand"`
}

// Notice tells the conclusion of a meeting: what a campaign asks of whom, by when.
type Notice struct {
	Head
	Title         string         `vi:"tên kế hoạch" en:"title of the plan"`
	Meeting       string         `vi:"ngày họp" en:"day of the meeting"`
	Chair         string         `vi:"người chủ trì, kết luận" en:"who chaired it and concluded"`
	Legal         []string       `vi:"số hiệu văn bản mà kế hoạch căn cứ" en:"numbers of the acts that the plan rests on"`
	Participants  []string       `vi:"cơ quan, đơn vị dự họp" en:"who was present"`
	Held          []HeldStars    `vi:"số sản phẩm đã có ở đầu kỳ, theo sao" en:"products recognised at the start, by stars"`
	Targets       []string       `vi:"mục tiêu, đúng lời kế hoạch" en:"targets, in the plan's words"`
	Tracks        []NoticeTrack  `vi:"sản phẩm theo luồng" en:"products by track"`
	Expectations  []Expectation  `vi:"sản phẩm mới mà xã phải có" en:"new products that communes are to bring"`
	Organisations []Organisation `vi:"việc của từng cơ quan, đơn vị" en:"what each organisation is to do"`
	Deadlines     []NoticeDue    `vi:"thời hạn, đúng lời kế hoạch" en:"deadlines, in the plan's words"`
}

// HeldStars is how many products were recognised before the campaign.
type HeldStars struct {
	Stars int `vi:"số sao" en:"stars"`
	Count int `vi:"số sản phẩm" en:"number of products"`
}

// NoticeTrack are the products of one track.
type NoticeTrack struct {
	Name     string          `vi:"tên luồng" en:"name of the track"`
	Products []NoticeProduct `vi:"các sản phẩm" en:"its products"`
}

// NoticeProduct takes part in the campaign.
type NoticeProduct struct {
	Name     string `vi:"tên sản phẩm" en:"product"`
	Producer string `vi:"chủ thể" en:"producer"`
	Place    string `vi:"xã, thị trấn; trống khi kế hoạch không nêu" en:"commune; empty where the plan names none"`
	Stars    int    `vi:"số sao đã được công nhận" en:"stars it has"`
	Target   int    `vi:"số sao hướng tới" en:"stars it aims at"`
}

// Expectation is a first product that a commune is to bring.
type Expectation struct {
	Unit  string `vi:"xã, thị trấn" en:"commune"`
	Stars int    `vi:"số sao tối thiểu" en:"stars at least"`
	Count int    `vi:"số sản phẩm" en:"number of products"`
}

// Organisation is who has something to do.
type Organisation struct {
	Name   string `vi:"tên cơ quan, đơn vị" en:"name of the organisation"`
	Duties []Duty `vi:"các việc" en:"its duties"`
}

// Duty is what an organisation is asked to do.
type Duty struct {
	Text     string `vi:"nội dung việc" en:"what is to be done"`
	About    string `vi:"sản phẩm hoặc chủ thể liên quan; có thể trống" en:"product or producer it is about; may be empty"`
	Deadline string `vi:"thời hạn, đúng lời kế hoạch; trống khi không có" en:"deadline, in the plan's words; empty without one"`
}

// NoticeDue is a deadline of the campaign.
type NoticeDue struct {
	Code    string   `vi:"mã thời hạn" en:"code of the deadline"`
	Title   string   `vi:"nội dung" en:"what it is for"`
	Who     []string `vi:"cơ quan, đơn vị thực hiện" en:"who is to do it"`
	Wording string   `vi:"thời hạn, đúng lời kế hoạch" en:"deadline, in the plan's words"`
	Later   string   `vi:"ngày cuối sau khi gia hạn; trống khi không gia hạn" en:"last day once extended; empty if it was not"`
}

// Decision recognises products.
type Decision struct {
	Head
	Authority  string            `vi:"người ban hành, ví dụ Chủ tịch Ủy ban nhân dân huyện" en:"who decides, such as the chairman of the people's committee"`
	Act        string            `vi:"số hiệu quyết định về đánh giá, phân hạng" en:"number of the decision on evaluation"`
	ActDay     string            `vi:"ngày của quyết định ấy" en:"day of that decision"`
	Unverified bool              `vi:"quy trình chưa được đối chiếu với văn bản gốc" en:"the procedure was not held against the text of the act"`
	Bases      []string          `vi:"căn cứ khác, mỗi dòng một căn cứ" en:"what else it rests on, one to a line"`
	Proposer   string            `vi:"cơ quan trình" en:"body that proposes"`
	Months     int               `vi:"thời hạn của giấy chứng nhận, tháng" en:"months for which certificates hold"`
	Count      int               `vi:"số sản phẩm" en:"number of products"`
	Products   []DecisionProduct `vi:"sản phẩm được công nhận" en:"products that are recognised"`
}

// DecisionProduct is recognised.
type DecisionProduct struct {
	Number   int    `vi:"số thứ tự" en:"number in the list"`
	Name     string `vi:"tên sản phẩm" en:"product"`
	Code     string `vi:"mã sản phẩm" en:"code of the product"`
	Producer string `vi:"chủ thể" en:"producer"`
	Place    string `vi:"xã, thị trấn" en:"commune"`
	Stars    int    `vi:"số sao" en:"stars"`
	Mean     string `vi:"điểm trung bình" en:"mean of the points"`
}

// Invitation asks people to an inspection, a training or a session of a council.
type Invitation struct {
	Head
	To       []string       `vi:"kính gửi" en:"who is invited"`
	Occasion string         `vi:"dự việc gì" en:"to what"`
	Chair    string         `vi:"người chủ trì" en:"who is in the chair"`
	Time     string         `vi:"thời gian" en:"when"`
	Where    string         `vi:"địa điểm" en:"where"`
	Text     []string       `vi:"nội dung khác, từng đoạn" en:"what else there is to say, by paragraph"`
	Products []PaperProduct `vi:"các sản phẩm" en:"products"`
	Agenda   []AgendaItem   `vi:"chương trình làm việc" en:"programme"`
	Contact  string         `vi:"đầu mối liên hệ" en:"whom to ask"`
}

// PaperProduct is a product that a paper speaks of.
type PaperProduct struct {
	Number   int    `vi:"số thứ tự" en:"number in the list"`
	Name     string `vi:"tên sản phẩm" en:"product"`
	Producer string `vi:"chủ thể" en:"producer"`
	Place    string `vi:"xã, thị trấn" en:"commune"`
}

// AgendaItem is a part of a programme.
type AgendaItem struct {
	Day   string `vi:"ngày" en:"day"`
	Hours string `vi:"giờ" en:"hours"`
	Place string `vi:"địa điểm" en:"place"`
	Text  string `vi:"nội dung" en:"what is done"`
}

// MeetingMinutes are those of any meeting; a scoring has minutes of its own.
type MeetingMinutes struct {
	Head
	Title      string   `vi:"về việc gì" en:"what the meeting was about"`
	Opened     string   `vi:"bắt đầu lúc" en:"when it began"`
	Where      string   `vi:"địa điểm" en:"where"`
	Present    []string `vi:"người tham dự" en:"who was present"`
	Absent     []string `vi:"người vắng mặt" en:"who was absent"`
	Chair      string   `vi:"chủ trì" en:"who was in the chair"`
	Secretary  string   `vi:"thư ký" en:"secretary"`
	Text       []string `vi:"nội dung, từng đoạn" en:"what was said, by paragraph"`
	Conclusion []string `vi:"kết luận, từng đoạn" en:"conclusion, by paragraph"`
	Closed     string   `vi:"kết thúc lúc" en:"when it ended"`
}

// InspectionRecord is what a field inspection found.
type InspectionRecord struct {
	Head
	HeldOn       string        `vi:"ngày kiểm tra" en:"day of the inspection"`
	Product      string        `vi:"sản phẩm" en:"product"`
	Code         string        `vi:"mã sản phẩm" en:"code of the product"`
	Producer     string        `vi:"chủ thể" en:"producer"`
	Commune      string        `vi:"xã, thị trấn" en:"commune"`
	Provincial   bool          `vi:"có mời hội đồng cấp tỉnh" en:"the provincial council was invited"`
	Participants []string      `vi:"thành phần" en:"who took part"`
	Findings     []PaperRemedy `vi:"nội dung kiểm tra" en:"what was found"`
}

// PaperRemedy is what was found and has to be put right.
type PaperRemedy struct {
	Number int    `vi:"số thứ tự" en:"number in the list"`
	Topic  string `vi:"lĩnh vực, nhận xét" en:"topic and remark"`
	Remedy string `vi:"việc phải khắc phục" en:"what is to be put right"`
	Owner  string `vi:"bên khắc phục" en:"who sees to it"`
	By     string `vi:"thời hạn" en:"by when"`
	State  string `vi:"tình trạng" en:"how far it is"`
}

// Report tells the province how a campaign goes.
type Report struct {
	Head
	Title        string         `vi:"tên kế hoạch" en:"title of the plan"`
	Period       string         `vi:"kỳ báo cáo" en:"period"`
	On           string         `vi:"ngày lấy số liệu" en:"day of the figures"`
	Products     int            `vi:"số sản phẩm" en:"number of products"`
	Overdue      int            `vi:"số sản phẩm quá hạn" en:"number that are overdue"`
	States       []Count        `vi:"số sản phẩm theo bước" en:"products by step"`
	Targets      []ReportTarget `vi:"mục tiêu và kết quả" en:"targets and how far they are"`
	Steps        []ReportStep   `vi:"thời gian ở từng bước" en:"time in each step"`
	Certified    []ReportStars  `vi:"giấy chứng nhận cấp trong kỳ" en:"certificates issued in the period"`
	Late         []ReportLate   `vi:"sản phẩm quá hạn" en:"products past a deadline"`
	Undone       []ReportDuty   `vi:"nhiệm vụ quá hạn" en:"duties past their day"`
	Waits        []ReportWait   `vi:"điểm nghẽn, nơi chờ lâu nhất trước" en:"bottlenecks, the longest first"`
	Years        []YearStars    `vi:"giấy chứng nhận cấp theo năm" en:"certificates by year of issue"`
	Ending       []Count        `vi:"giấy chứng nhận hết hạn theo tháng" en:"certificates that end, by month"`
	Deadlines    []NoticeDue    `vi:"thời hạn của kế hoạch" en:"deadlines of the plan"`
	Difficulties []string       `vi:"khó khăn, vướng mắc, từng đoạn" en:"difficulties, by paragraph"`
	Proposals    []string       `vi:"kiến nghị, từng đoạn" en:"proposals, by paragraph"`
}

// Count is a figure with its name.
type Count struct {
	Name  string `vi:"tên" en:"name"`
	Count int    `vi:"số" en:"number"`
}

// YearStars are the certificates of one year.
type YearStars struct {
	Year  int `vi:"năm" en:"year"`
	Three int `vi:"3 sao" en:"of 3 stars"`
	Four  int `vi:"4 sao" en:"of 4 stars"`
	Five  int `vi:"5 sao" en:"of 5 stars"`
}

// ReportTarget is how far a target is reached.
type ReportTarget struct {
	Title string `vi:"mục tiêu" en:"target"`
	More  int    `vi:"phải đạt thêm" en:"to be reached beyond those held"`
	New   int    `vi:"đạt mới trong năm" en:"reached this year"`
	Held  int    `vi:"đang còn hiệu lực" en:"valid today"`
	Net   int    `vi:"tăng so với đầu năm" en:"above the start of the year"`
	Short int    `vi:"còn thiếu" en:"still missing"`
}

// ReportStep is a step with what went through it in the period.
type ReportStep struct {
	Name   string `vi:"tên bước" en:"name of the step"`
	Now    int    `vi:"số sản phẩm cuối kỳ" en:"products in it at the end"`
	Came   int    `vi:"số lượt đến trong kỳ" en:"times that one came in the period"`
	Left   int    `vi:"số lượt đi tiếp trong kỳ" en:"times that one went on in the period"`
	Median string `vi:"số ngày thường ở lại" en:"days that one usually stayed"`
}

// ReportStars is a certificate issued in the period.
type ReportStars struct {
	Product string `vi:"tên sản phẩm" en:"name of the product"`
	Number  string `vi:"số giấy chứng nhận" en:"number of the certificate"`
	Stars   int    `vi:"số sao" en:"stars"`
	Day     string `vi:"ngày cấp" en:"day of issue"`
}

// ReportLate is a product past a deadline.
type ReportLate struct {
	Product  string `vi:"tên sản phẩm" en:"name of the product"`
	Producer string `vi:"chủ thể" en:"producer"`
	Step     string `vi:"đang ở bước" en:"step that it is in"`
	Codes    string `vi:"thời hạn đã qua" en:"deadlines that are past"`
}

// ReportDuty is a duty past its day.
type ReportDuty struct {
	Organisation string `vi:"cơ quan, đơn vị" en:"organisation"`
	Text         string `vi:"nhiệm vụ" en:"duty"`
	Day          string `vi:"ngày cuối" en:"last day"`
}

// ReportWait is a step in which products wait.
type ReportWait struct {
	Name    string `vi:"tên bước" en:"name of the step"`
	Waiting int    `vi:"số sản phẩm đang chờ" en:"products that wait"`
	Median  string `vi:"số ngày chờ thường gặp" en:"days that they usually wait"`
	Longest string `vi:"số ngày chờ lâu nhất" en:"days of the longest wait"`
	Usual   string `vi:"số ngày thường cần (cả tỉnh)" en:"days usually needed (in the province)"`
	Product string `vi:"sản phẩm chờ lâu nhất" en:"product that waits longest"`
}

// SupportPlan says what producers are given, with an annex by product.
type SupportPlan struct {
	Head
	Title        string        `vi:"tên kế hoạch năm" en:"title of the plan"`
	Lines        []SupportLine `vi:"từng đề xuất được hỗ trợ" en:"requests that are granted"`
	Total        int           `vi:"tổng kinh phí, đồng" en:"money in all, in đồng"`
	BySource     []Amount      `vi:"theo nguồn kinh phí" en:"by source of money"`
	ByDepartment []Amount      `vi:"theo phòng, ban phụ trách" en:"by department"`
	ByProduct    []Amount      `vi:"theo sản phẩm" en:"by product"`
	Deadline     string        `vi:"thời hạn phê duyệt, đúng lời kế hoạch" en:"deadline for approval, in the plan's words"`
}

// SupportLine is one request that is granted.
type SupportLine struct {
	Number     int    `vi:"số thứ tự" en:"number in the list"`
	Code       string `vi:"mã đề xuất" en:"code of the request"`
	Product    string `vi:"sản phẩm" en:"product"`
	Producer   string `vi:"chủ thể" en:"producer"`
	Kind       string `vi:"loại hỗ trợ" en:"kind of support"`
	Request    string `vi:"nội dung" en:"what is asked for"`
	Department string `vi:"phòng, ban phụ trách" en:"department in charge"`
	Source     string `vi:"nguồn kinh phí" en:"source of money"`
	Asked      int    `vi:"đề nghị, đồng" en:"asked for, in đồng"`
	Granted    int    `vi:"hỗ trợ, đồng" en:"granted, in đồng"`
}

// Amount is money with what it is for.
type Amount struct {
	Name   string `vi:"tên" en:"name"`
	Amount int    `vi:"số tiền, đồng" en:"money, in đồng"`
}
