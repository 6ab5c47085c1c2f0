package paper

// The data of papers. A template sees the exported fields of one of these and
// nothing else: strings, whole numbers, yes or no, and lists of such, without methods. The
// comment of each field is what docs/papers.md says of its placeholder.

// Head stands on every paper.
type Head struct {
	Parent string // cơ quan cấp trên
	Issuer string // cơ quan ban hành
	Number string // số; để trống thì ghi tay
	Place  string // địa danh
	Day    string // ngày ký, dạng 2024-04-05; để trống thì ghi tay
	Year   int    // năm của văn bản
	Signer string // họ tên người ký; để trống thì ghi tay
}

// Notice tells the conclusion of a meeting: what a campaign asks of whom, by when.
type Notice struct {
	Head
	Title         string         // tên kế hoạch
	Meeting       string         // ngày họp
	Chair         string         // người chủ trì, kết luận
	Legal         []string       // số hiệu văn bản mà kế hoạch căn cứ
	Participants  []string       // cơ quan, đơn vị dự họp
	Held          []HeldStars    // số sản phẩm đã có ở đầu kỳ, theo sao
	Targets       []string       // mục tiêu, đúng lời kế hoạch
	Tracks        []NoticeTrack  // sản phẩm theo luồng
	Expectations  []Expectation  // sản phẩm mới mà xã phải có
	Organisations []Organisation // việc của từng cơ quan, đơn vị
	Deadlines     []NoticeDue    // thời hạn, đúng lời kế hoạch
}

// HeldStars is how many products were recognised before the campaign.
type HeldStars struct {
	Stars int // số sao
	Count int // số sản phẩm
}

// NoticeTrack are the products of one track.
type NoticeTrack struct {
	Name     string          // tên luồng
	Products []NoticeProduct // các sản phẩm
}

// NoticeProduct takes part in the campaign.
type NoticeProduct struct {
	Name     string // tên sản phẩm
	Producer string // chủ thể
	Place    string // xã, thị trấn; trống khi kế hoạch không nêu
	Stars    int    // số sao đã được công nhận
	Target   int    // số sao hướng tới
}

// Expectation is a first product that a commune is to bring.
type Expectation struct {
	Unit  string // xã, thị trấn
	Stars int    // số sao tối thiểu
	Count int    // số sản phẩm
}

// Organisation is who has something to do.
type Organisation struct {
	Name   string // tên cơ quan, đơn vị
	Duties []Duty // các việc
}

// Duty is what an organisation is asked to do.
type Duty struct {
	Text     string // nội dung việc
	About    string // sản phẩm hoặc chủ thể liên quan; có thể trống
	Deadline string // thời hạn, đúng lời kế hoạch; trống khi không có
}

// NoticeDue is a deadline of the campaign.
type NoticeDue struct {
	Code    string   // mã thời hạn
	Title   string   // nội dung
	Who     []string // cơ quan, đơn vị thực hiện
	Wording string   // thời hạn, đúng lời kế hoạch
	Later   string   // ngày cuối sau khi gia hạn; trống khi không gia hạn
}

// Decision recognises products.
type Decision struct {
	Head
	Authority  string            // người ban hành, ví dụ Chủ tịch Ủy ban nhân dân huyện
	Act        string            // số hiệu quyết định về đánh giá, phân hạng
	ActDay     string            // ngày của quyết định ấy
	Unverified bool              // quy trình chưa được đối chiếu với văn bản gốc
	Bases      []string          // căn cứ khác, mỗi dòng một căn cứ
	Proposer   string            // cơ quan trình
	Months     int               // thời hạn của giấy chứng nhận, tháng
	Count      int               // số sản phẩm
	Products   []DecisionProduct // sản phẩm được công nhận
}

// DecisionProduct is recognised.
type DecisionProduct struct {
	Number   int    // số thứ tự
	Name     string // tên sản phẩm
	Code     string // mã sản phẩm
	Producer string // chủ thể
	Place    string // xã, thị trấn
	Stars    int    // số sao
	Mean     string // điểm trung bình
}

// Invitation asks people to an inspection, a training or a session of a council.
type Invitation struct {
	Head
	To       []string       // kính gửi
	Occasion string         // dự việc gì
	Chair    string         // người chủ trì
	Time     string         // thời gian
	Where    string         // địa điểm
	Text     []string       // nội dung khác, từng đoạn
	Products []PaperProduct // các sản phẩm
	Agenda   []AgendaItem   // chương trình làm việc
	Contact  string         // đầu mối liên hệ
}

// PaperProduct is a product that a paper speaks of.
type PaperProduct struct {
	Number   int    // số thứ tự
	Name     string // tên sản phẩm
	Producer string // chủ thể
	Place    string // xã, thị trấn
}

// AgendaItem is a part of a programme.
type AgendaItem struct {
	Day   string // ngày
	Hours string // giờ
	Place string // địa điểm
	Text  string // nội dung
}

// MeetingMinutes are those of any meeting; a scoring has minutes of its own.
type MeetingMinutes struct {
	Head
	Title      string   // về việc gì
	Opened     string   // bắt đầu lúc
	Where      string   // địa điểm
	Present    []string // người tham dự
	Absent     []string // người vắng mặt
	Chair      string   // chủ trì
	Secretary  string   // thư ký
	Text       []string // nội dung, từng đoạn
	Conclusion []string // kết luận, từng đoạn
	Closed     string   // kết thúc lúc
}

// InspectionRecord is what a field inspection found.
type InspectionRecord struct {
	Head
	HeldOn       string        // ngày kiểm tra
	Product      string        // sản phẩm
	Code         string        // mã sản phẩm
	Producer     string        // chủ thể
	Commune      string        // xã, thị trấn
	Provincial   bool          // có mời hội đồng cấp tỉnh
	Participants []string      // thành phần
	Findings     []PaperRemedy // nội dung kiểm tra
}

// PaperRemedy is what was found and has to be put right.
type PaperRemedy struct {
	Number int    // số thứ tự
	Topic  string // lĩnh vực, nhận xét
	Remedy string // việc phải khắc phục
	Owner  string // bên khắc phục
	By     string // thời hạn
	State  string // tình trạng
}

// Report tells the province how a campaign goes.
type Report struct {
	Head
	Title        string         // tên kế hoạch
	Period       string         // kỳ báo cáo
	On           string         // ngày lấy số liệu
	Products     int            // số sản phẩm
	Overdue      int            // số sản phẩm quá hạn
	States       []Count        // số sản phẩm theo bước
	Targets      []ReportTarget // mục tiêu và kết quả
	Years        []YearStars    // giấy chứng nhận cấp theo năm
	Ending       []Count        // giấy chứng nhận hết hạn theo tháng
	Deadlines    []NoticeDue    // thời hạn của kế hoạch
	Difficulties []string       // khó khăn, vướng mắc, từng đoạn
	Proposals    []string       // kiến nghị, từng đoạn
}

// Count is a figure with its name.
type Count struct {
	Name  string // tên
	Count int    // số
}

// YearStars are the certificates of one year.
type YearStars struct {
	Year  int // năm
	Three int // 3 sao
	Four  int // 4 sao
	Five  int // 5 sao
}

// ReportTarget is how far a target is reached.
type ReportTarget struct {
	Title string // mục tiêu
	More  int    // phải đạt thêm
	New   int    // đạt mới trong năm
	Held  int    // đang còn hiệu lực
}

// SupportPlan says what producers are given, with an annex by product.
type SupportPlan struct {
	Head
	Title        string        // tên kế hoạch năm
	Lines        []SupportLine // từng đề xuất được hỗ trợ
	Total        int           // tổng kinh phí, đồng
	BySource     []Amount      // theo nguồn kinh phí
	ByDepartment []Amount      // theo phòng, ban phụ trách
	ByProduct    []Amount      // theo sản phẩm
	Deadline     string        // thời hạn phê duyệt, đúng lời kế hoạch
}

// SupportLine is one request that is granted.
type SupportLine struct {
	Number     int    // số thứ tự
	Code       string // mã đề xuất
	Product    string // sản phẩm
	Producer   string // chủ thể
	Kind       string // loại hỗ trợ
	Request    string // nội dung
	Department string // phòng, ban phụ trách
	Source     string // nguồn kinh phí
	Asked      int    // đề nghị, đồng
	Granted    int    // hỗ trợ, đồng
}

// Amount is money with what it is for.
type Amount struct {
	Name   string // tên
	Amount int    // số tiền, đồng
}
