package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of bringing workbooks in.
func init() { maps.Copy(messages, importMessages) }

var importMessages = map[string]ocop.Text{
	"import":           {Vi: "Nhập từ Excel", En: "Import from Excel"},
	"import_templates": {Vi: "Tệp mẫu", En: "Templates"},
	"import_take":      {Vi: "Tải tệp mẫu", En: "Download the template"},
	"import_file":      {Vi: "Tệp Excel (.xlsx) đã điền; tài liệu: tệp ZIP", En: "Filled-in Excel file (.xlsx); documents: a ZIP"},
	"import_kind":      {Vi: "Bảng", En: "Table"},
	"import_mode":      {Vi: "Nếu có ô sai", En: "If a cell is wrong"},
	"import_mode_all":  {Vi: "Không nhập gì: tất cả hoặc không", En: "Enter nothing: all or none"},
	"import_mode_rows": {Vi: "Nhập các dòng đúng, trả lại các dòng sai", En: "Enter the rows that are right, give back the others"},
	"import_check":     {Vi: "Kiểm tra thử", En: "Try it"},
	"import_do":        {Vi: "Nhập", En: "Import"},
	"import_mark":      {Vi: "Tải tệp có đánh dấu ô sai", En: "Download the file with bad cells marked"},
	"import_hint": {Vi: "Dòng đã có trong hệ thống được giữ nguyên, nên nhập lại cùng một tệp không tạo bản thứ hai.",
		En: "Rows that are on record already are left alone, so that the same file twice adds nothing twice."},
	"import_result":    {Vi: "Kết quả", En: "Result"},
	"import_tried":     {Vi: "Kiểm tra thử, chưa lưu gì.", En: "Tried out; nothing was saved."},
	"import_nothing":   {Vi: "Chưa nhập gì, vì còn ô sai. Hãy sửa tệp rồi gửi lại.", En: "Nothing was entered, for some cells are wrong. Mend the file and send it again."},
	"import_entered":   {Vi: "Đã nhập.", En: "Entered."},
	"import_rows":      {Vi: "Dòng trong tệp", En: "Rows in the file"},
	"import_added":     {Vi: "Đã nhập", En: "Entered"},
	"import_would_add": {Vi: "Sẽ nhập", En: "Would be entered"},
	"import_already":   {Vi: "Đã có từ trước", En: "On record already"},
	"import_bad_rows":  {Vi: "Dòng có ô sai", En: "Rows with a bad cell"},
	"import_bad":       {Vi: "Các ô sai", En: "Bad cells"},
	"import_cell":      {Vi: "Ô", En: "Cell"},
	"import_column":    {Vi: "Cột", En: "Column"},
	"import_wrong":     {Vi: "Điều cần sửa", En: "What to mend"},
	"export_scores":    {Vi: "Tổng hợp điểm (Excel)", En: "Summary of scores (Excel)"},
	"export_sessions":  {Vi: "Danh sách phiên chấm (Excel)", En: "List of sessions (Excel)"},
	"export_councils":  {Vi: "Danh sách hội đồng (Excel)", En: "List of councils (Excel)"},
	"export_excel":     {Vi: "Tải về Excel", En: "Download for Excel"},
	"import_more":      {Vi: "ô sai nữa; tệp có đánh dấu có đủ.", En: "more bad cells; the marked file has them all."},
}
