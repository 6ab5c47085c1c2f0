package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of the list and of acts on many products at once.
func init() { maps.Copy(messages, listMessages) }

var listMessages = map[string]ocop.Text{
	"more_filters":       {Vi: "Điều kiện khác", En: "More filters"},
	"set_short":          {Vi: "Bộ", En: "Set"},
	"sort":               {Vi: "Sắp xếp theo", En: "Sort by"},
	"by_code":            {Vi: "Mã sản phẩm", En: "Code"},
	"products_found":     {Vi: "sản phẩm", En: "products"},
	"more_than":          {Vi: "hơn", En: "more than"},
	"chip_remove":        {Vi: "bỏ điều kiện này", En: "drop this condition"},
	"chip_none":          {Vi: "Bỏ mọi điều kiện", En: "Drop all conditions"},
	"tick":               {Vi: "Chọn", En: "Tick"},
	"bulk":               {Vi: "Làm cùng lúc cho nhiều sản phẩm", En: "For many products at once"},
	"bulk_all":           {Vi: "Tất cả sản phẩm khớp điều kiện", En: "All products that match"},
	"bulk_event":         {Vi: "Chọn thao tác…", En: "Choose a move…"},
	"bulk_try":           {Vi: "Xem trước", En: "Preview"},
	"bulk_try_again":     {Vi: "Xem trước lại", En: "Preview again"},
	"bulk_would":         {Vi: "Sẽ thực hiện được", En: "Would stand"},
	"bulk_hint":          {Vi: "Đây là bản xem trước, chưa có gì thay đổi. Điền nội dung chung, xem trước lại nếu cần, rồi thực hiện; sản phẩm bị người khác thay đổi trong lúc đó sẽ được báo riêng.", En: "This is a preview; nothing has changed yet. Fill in what is common to all, preview again if need be, then go ahead; a product that somebody changes meanwhile is told apart."},
	"bulk_do":            {Vi: "Thực hiện", En: "Go ahead"},
	"bulk_back":          {Vi: "Về danh sách", En: "Back to the list"},
	"bulk_outcome":       {Vi: "Kết quả", En: "Outcome"},
	"bulk_can":           {Vi: "làm được", En: "would stand"},
	"bulk_moved":         {Vi: "đã thực hiện", En: "done"},
	"bulk_done":          {Vi: "Đã thực hiện", En: "Done"},
	"bulk_running":       {Vi: "Đang thực hiện…", En: "Working…"},
	"bulk_failed":        {Vi: "Kết nối bị gián đoạn. Bấm Thực hiện lần nữa: việc đã xong không bị làm lại.", En: "The connection broke. Press Go ahead again: what is done is not done twice."},
	"find_producer":      {Vi: "Tìm chủ thể theo tên (không cần dấu)", En: "Find the producer by name (diacritics not needed)"},
	"more_producers":     {Vi: "Còn nhiều chủ thể khác; hãy tìm theo tên.", En: "There are more; search by name."},
	"no_producers":       {Vi: "Không có chủ thể nào mà bạn được đăng ký sản phẩm thay. Hãy tìm tên khác, hoặc đề nghị Văn phòng Điều phối nhập chủ thể.", En: "There is no producer that you may register for. Search another name, or ask the coordination office to enter the producer."},
	"recognised_earlier": {Vi: "Sản phẩm đã được công nhận trước đây", En: "A product recognised earlier"},
	"enter_certificate":  {Vi: "Nhập cùng giấy chứng nhận đã cấp", En: "Enter it with its certificate"},
	"certificate_number": {Vi: "Số giấy chứng nhận", En: "Certificate number"},
}
