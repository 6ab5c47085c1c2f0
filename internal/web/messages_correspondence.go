package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of the registers of papers.
func init() { maps.Copy(messages, correspondenceMessages) }

var correspondenceMessages = map[string]ocop.Text{
	"correspondence":                {Vi: "Sổ văn bản", En: "Papers received and sent"},
	"correspondence_hint":           {Vi: "Sổ đăng ký văn bản đến và văn bản đi của đơn vị, mỗi năm một sổ, số đến và số đi đếm riêng. Dòng đã vào sổ không sửa được: ghi nhầm thì hủy dòng, nêu lý do, rồi vào sổ dòng khác.", En: "The unit's registers of papers received and papers sent: one a year, each counted for itself. A line is never edited: one that is a mistake is voided with a reason, and another registered."},
	"correspondence_yours":          {Vi: "Văn bản đã gửi đến bạn.", En: "Papers that were sent to you."},
	"no_correspondence":             {Vi: "Không có văn bản nào.", En: "No papers."},
	"paper_search":                  {Vi: "Tìm trong số, trích yếu, nơi gửi nhận (không cần dấu)", En: "Search symbol, summary, from and to"},
	"direction":                     {Vi: "Sổ", En: "Register"},
	"direction_all":                 {Vi: "Đến và đi", En: "Both"},
	"direction_received":            {Vi: "Văn bản đến", En: "Received"},
	"direction_sent":                {Vi: "Văn bản đi", En: "Sent"},
	"paper_received":                {Vi: "Văn bản đến", En: "Paper received"},
	"paper_sent":                    {Vi: "Văn bản đi", En: "Paper sent"},
	"register_number":               {Vi: "Số trong sổ", En: "No. in the register"},
	"register_year":                 {Vi: "Năm", En: "Year"},
	"register_of":                   {Vi: "Sổ của", En: "Register of"},
	"registered_on":                 {Vi: "Ngày vào sổ", En: "Registered on"},
	"paper_dated":                   {Vi: "Ngày văn bản", En: "Dated"},
	"paper_received_on":             {Vi: "Ngày đến (chỉ văn bản đến)", En: "Received on (papers received)"},
	"paper_came":                    {Vi: "Ngày đến", En: "Received on"},
	"paper_kind":                    {Vi: "Loại văn bản", En: "Kind of paper"},
	"paper_from_to":                 {Vi: "Nơi gửi, nơi nhận", En: "From, to"},
	"paper_from":                    {Vi: "Nơi gửi", En: "From"},
	"paper_to":                      {Vi: "Nơi nhận", En: "To"},
	"paper_parties":                 {Vi: "Mã đơn vị, chủ thể gửi hoặc nhận, cách nhau bằng dấu phẩy", En: "Codes of units and producers it came from or goes to, with commas"},
	"paper_others":                  {Vi: "Nơi khác (ghi tên)", En: "Others (by name)"},
	"paper_products":                {Vi: "Mã sản phẩm liên quan (nếu có)", En: "Codes of products it concerns (if any)"},
	"paper_decision":                {Vi: "Là quyết định", En: "Is the decision"},
	"paper_scan":                    {Vi: "Bản chụp (PDF hoặc ảnh)", En: "Scan (PDF or picture)"},
	"attach_scan":                   {Vi: "Nộp bản chụp", En: "Attach the scan"},
	"register_paper":                {Vi: "Vào sổ văn bản", En: "Register a paper"},
	"paper_late":                    {Vi: "Vào sổ muộn", En: "Registered late"},
	"paper_due":                     {Vi: "chậm nhất", En: "at the latest"},
	"paper_voided":                  {Vi: "Đã hủy", En: "Void"},
	"void_paper":                    {Vi: "Hủy dòng", En: "Void the line"},
	"void_paper_hint":               {Vi: "Dòng vẫn còn trong sổ với số của nó, kèm lý do; không mở lại được.", En: "The line stays in the register under its number, with the reason; it cannot be taken back."},
	"register_rule":                 {Vi: "Vào sổ trong ngày, chậm nhất ngày làm việc tiếp theo", En: "Registered the same day, at the latest the next working day"},
	"drawn_paper":                   {Vi: "Văn bản do chương trình lập", En: "The paper, as the program wrote it"},
	"papers_of_product":             {Vi: "Văn bản", En: "Papers"},
	"mark_paper":                    {Vi: "Văn bản gửi đến", En: "A paper for you"},
	"event_register_paper":          {Vi: "Vào sổ văn bản", En: "Paper registered"},
	"event_void_paper":              {Vi: "Hủy dòng trong sổ văn bản", En: "Line of the register voided"},
	"event_scan_paper":              {Vi: "Nộp bản chụp văn bản", En: "Scan of a paper attached"},
	"table_correspondence":          {Vi: "sổ văn bản", En: "register of papers"},
	"table_correspondence_parties":  {Vi: "nơi gửi, nơi nhận văn bản", En: "parties of papers"},
	"table_correspondence_products": {Vi: "sản phẩm nêu trong văn bản", En: "products of papers"},
	"table_correspondence_files":    {Vi: "bản chụp văn bản", En: "scans of papers"},
}
