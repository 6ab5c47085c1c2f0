package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of documents.
func init() { maps.Copy(messages, documentMessages) }

var documentMessages = map[string]ocop.Text{
	"documents_menu":       {Vi: "Hồ sơ, giấy tờ", En: "Documents"},
	"lapses_in":            {Vi: "còn %d ngày là hết hạn", En: "lapses in %d days"},
	"lapses_within":        {Vi: "Sắp hết hạn trong", En: "Lapses within"},
	"days_unit":            {Vi: "ngày", En: "days"},
	"no_lapsing":           {Vi: "Không có giấy tờ nào sắp hết hạn.", En: "No document is about to lapse."},
	"earlier_version":      {Vi: "bản trước", En: "earlier version"},
	"of_producer":          {Vi: "chung của chủ thể", En: "of the producer"},
	"evidence_for":         {Vi: "minh chứng cho tiêu chí", En: "evidence for"},
	"dossier_pdf":          {Vi: "Tải cả hồ sơ (PDF)", En: "Whole dossier (PDF)"},
	"valid_from":           {Vi: "Có giá trị từ", En: "Valid from"},
	"valid_to":             {Vi: "Có giá trị đến", En: "Valid until"},
	"replaces":             {Vi: "Thay cho tài liệu", En: "Takes the place of"},
	"replaces_none":        {Vi: "Không, là tài liệu mới", En: "None, it is a new document"},
	"whole_producer":       {Vi: "Giấy tờ chung của chủ thể, dùng cho mọi sản phẩm (ví dụ giấy phép, HACCP)", En: "It is the producer's own and counts for all its products (a licence, HACCP)"},
	"missing_title":        {Vi: "Hồ sơ còn thiếu", En: "What is missing"},
	"missing_column":       {Vi: "Còn thiếu hoặc hết hạn", En: "Missing or lapsed"},
	"nothing_missing":      {Vi: "Không có sản phẩm nào trong trang này thiếu tài liệu.", En: "No product on this page lacks a document."},
	"report_list":          {Vi: "Minh chứng theo Mẫu số 02", En: "Evidence by form 02"},
	"report_list_hint":     {Vi: "Danh mục của Báo cáo tự đánh giá (Mẫu số 02, Quyết định 26/2026/QĐ-TTg). Nộp những gì sản phẩm có.", En: "The list of the self-assessment report (form 02 of Decision 26/2026/QĐ-TTg). Bring what the product has."},
	"paper_not_there":      {Vi: "chưa nộp", En: "not brought"},
	"drop_hint":            {Vi: "Có thể kéo thả nhiều tệp vào đây.", En: "Several files can be dropped here."},
	"drop_each":            {Vi: "Loại của tệp", En: "Kind of file"},
	"drop_sent":            {Vi: "đã nộp", En: "uploaded"},
	"drop_failed":          {Vi: "Không gửi được tệp. Kiểm tra kết nối rồi thử lại.", En: "The file could not be sent. Check the connection and try again."},
	"mark_lapses":          {Vi: "Giấy tờ sắp hết hạn", En: "A document lapses soon"},
	"mark_lapsed":          {Vi: "Giấy tờ hết hiệu lực", En: "A document has lapsed"},
	"event_refuse_malware": {Vi: "Từ chối tệp có mã độc", En: "File with malware refused"},
	"bring_documents":      {Vi: "Nộp giấy tờ", En: "Bring documents"},
	"drop_all":             {Vi: "Nộp các tệp này", En: "Upload these files"},
}
