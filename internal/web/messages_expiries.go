package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of what will expire.
func init() { maps.Copy(messages, expiryMessages) }

var expiryMessages = map[string]ocop.Text{
	"expiries":          {Vi: "Giấy chứng nhận sắp hết hạn", En: "Certificates that will end"},
	"expiries_count":    {Vi: "Số giấy", En: "Certificates"},
	"expiries_communes": {Vi: "Theo xã", En: "By commune"},
	"months_ahead":      {Vi: "Số tháng tới (1–120)", En: "Months ahead (1–120)"},
	"expiries_total":    {Vi: "Số giấy chứng nhận hết hạn trong thời gian này", En: "Certificates that end in this time"},
	"expiries_hint":     {Vi: "Tháng không có giấy nào thì không ghi. Theo Quyết định 148 (2023), cơ quan cấp báo chủ thể bằng văn bản chậm nhất 30 ngày trước ngày hết hạn; theo Quyết định 26/2026, hồ sơ đánh giá lại nộp từ 180 đến 120 ngày trước ngày hết hạn.", En: "Months without any are left out. Under Decision 148 (2023) the issuing body writes to the producer at the latest 30 days before the end; under Decision 26/2026 a renewal is filed from 180 to 120 days before it."},
	"no_expiries":       {Vi: "Không có giấy chứng nhận nào hết hạn trong thời gian này.", En: "No certificate ends in this time."},

	"recognised":          {Vi: "Sản phẩm OCOP được công nhận", En: "Recognised OCOP products"},
	"recognised_lead":     {Vi: "Danh sách công khai: sản phẩm, chủ thể, hạng sao, giấy chứng nhận và quyết định công nhận mới nhất. Bấm số giấy chứng nhận để kiểm tra.", En: "Open to everyone: products, producers, stars, the newest certificate and the decision behind it. The number of a certificate leads to its check."},
	"recognised_words":    {Vi: "Tên sản phẩm, chủ thể", En: "Product or producer"},
	"recognised_in_force": {Vi: "Còn hiệu lực", En: "In force"},
	"recognised_expired":  {Vi: "Đã hết hạn", En: "Expired"},
	"recognised_revoked":  {Vi: "Đã bị thu hồi", En: "Revoked"},
	"recognised_all":      {Vi: "Tất cả", En: "All"},
	"no_recognised":       {Vi: "Không có sản phẩm nào khớp với điều kiện tìm.", En: "No product matches."},

	"endings":         {Vi: "Thư báo trước khi giấy chứng nhận hết hạn", En: "Letters before certificates end"},
	"endings_lead":    {Vi: "Giấy chứng nhận đến lúc phải báo chủ thể, và thư đã gửi. Thư đã gửi được ghi vào sổ văn bản đi, chủ thể thấy thông báo.", En: "Certificates whose producers are to be written to, and letters that went out. A letter gets its line in the register of papers sent, and its producers are told."},
	"endings_open":    {Vi: "Chưa gửi", En: "Not written"},
	"endings_due":     {Vi: "Đến lúc gửi", En: "Due"},
	"endings_overdue": {Vi: "Quá ngày", En: "Overdue"},
	"endings_written": {Vi: "Đã gửi", En: "Written"},
	"endings_window":  {Vi: "Nộp hồ sơ từ – đến", En: "File from – until"},
	"endings_by":      {Vi: "Gửi chậm nhất", En: "Write by"},
	"endings_line":    {Vi: "Sổ đi số", En: "Register, line"},
	"endings_unit":    {Vi: "Cơ quan gửi", En: "Sent by"},
	"endings_suffix":  {Vi: "Ký hiệu (ví dụ TB-VPĐP)", En: "Symbol (such as TB-VPĐP)"},
	"endings_write":   {Vi: "Ghi là đã gửi hôm nay", En: "Enter as sent today"},
	"endings_hint":    {Vi: "Đánh dấu các giấy rồi soạn thư; gửi xong thì ghi là đã gửi. Một thư gửi được nhiều chủ thể.", En: "Tick certificates and draw the letter up; once it is sent, enter it. One letter may go to several producers."},
	"no_endings":      {Vi: "Không có giấy chứng nhận nào ở mục này.", En: "There are no certificates here."},
	"expiries_warned": {Vi: "Đã báo", En: "Written to"},
	"mark_warning":    {Vi: "Giấy chứng nhận sắp hết hạn", En: "A certificate ends"},
}
