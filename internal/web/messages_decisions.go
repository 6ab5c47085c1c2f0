package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of decisions and their signed originals.
func init() { maps.Copy(messages, decisionMessages) }

var decisionMessages = map[string]ocop.Text{
	"decisions":               {Vi: "Quyết định", En: "Decisions"},
	"decisions_hint":          {Vi: "Quyết định công nhận, thu hồi và bản ký của từng quyết định. Một số chỉ dùng cho một quyết định của cơ quan ban hành trong năm; một quyết định có thể nêu nhiều sản phẩm. Bản ký chưa có thì chương trình nhắc cho đến khi có.", En: "Decisions of recognition and revocation with the signed original of each. A number stands for one decision of its issuer in a year; a decision may name many products. An original that is not there is asked for until it is."},
	"no_decisions":            {Vi: "Không có quyết định nào.", En: "No decisions."},
	"decision_day":            {Vi: "Ngày ký", En: "Date"},
	"paper_number":            {Vi: "Số, ký hiệu", En: "Number"},
	"paper_summary":           {Vi: "Trích yếu", En: "Summary"},
	"issuer":                  {Vi: "Cơ quan ban hành", En: "Issuer"},
	"signer":                  {Vi: "Người ký", En: "Signer"},
	"signer_unknown":          {Vi: "Chưa ghi người ký", En: "Signer not named"},
	"about":                   {Vi: "Về việc", En: "About"},
	"about_certify":           {Vi: "Công nhận sản phẩm", En: "Recognition"},
	"about_revoke":            {Vi: "Thu hồi giấy chứng nhận", En: "Revocation"},
	"signed_original":         {Vi: "Bản ký", En: "Signed original"},
	"original_all":            {Vi: "Tất cả", En: "All"},
	"original_pending":        {Vi: "Chờ bản ký", En: "Awaited"},
	"original_filed":          {Vi: "Đã có bản ký", En: "On file"},
	"original_none":           {Vi: "Quyết định cũ, không lưu bản ký", En: "Earlier decision, no original kept"},
	"record_decision":         {Vi: "Ghi quyết định đã ban hành", En: "Record a decision"},
	"record_decision_hint":    {Vi: "Dùng cho quyết định đã ký trước khi dùng chương trình. Khi công nhận hoặc thu hồi, quyết định được ghi cùng lúc.", En: "For decisions signed before the program was in use. Those of recognitions and revocations made here are recorded with them."},
	"decision_products":       {Vi: "Mã các sản phẩm, cách nhau bằng dấu phẩy hoặc xuống dòng", En: "Codes of the products, with commas or on lines of their own"},
	"no_original_kept":        {Vi: "Không còn lưu bản ký của quyết định này (không nhắc)", En: "No original of it is kept (it is not asked for)"},
	"file_original":           {Vi: "Nộp bản ký (PDF)", En: "File the original (PDF)"},
	"replace_original":        {Vi: "Thay bản ký (PDF)", En: "Replace the original (PDF)"},
	"on_record":               {Vi: "Ghi vào sổ", En: "Put on record"},
	"digital_signatures":      {Vi: "Chữ ký số trong tệp", En: "Digital signatures in the file"},
	"signatures_none":         {Vi: "Tệp không có chữ ký số.", En: "The file holds no digital signature."},
	"signatures_unread":       {Vi: "Không đọc được chữ ký số trong tệp (tệp quá lớn, mã hóa hoặc sai cấu trúc): chưa kiểm tra gì.", En: "The file could not be read for signatures (too large, encrypted or malformed): nothing was checked."},
	"signatures_hint":         {Vi: "Tên và thời điểm là theo lời của chính chữ ký. Chương trình chỉ kiểm tra nội dung có bị sửa sau khi ký hay không; muốn biết người ký đúng là ai, hãy kiểm tra bằng công cụ của tổ chức chứng thực.", En: "Name and moment are the signature's own word. The program only checks whether what was signed was changed since; use the tool of the certification authority to learn whether the signer is who it says."},
	"integrity_intact":        {Vi: "Toàn vẹn: có – tệp không đổi sau khi ký.", En: "Integrity: yes – the file is as it was signed."},
	"integrity_part_intact":   {Vi: "Toàn vẹn: phần đã ký không đổi, nhưng tệp được bổ sung sau khi ký.", En: "Integrity: what was signed is unchanged, but the file was added to since."},
	"integrity_changed":       {Vi: "Toàn vẹn: KHÔNG – nội dung đã đổi sau khi ký, hoặc chữ ký không đúng.", En: "Integrity: NO – the content was changed since, or the signature is not right."},
	"integrity_unknown":       {Vi: "Toàn vẹn: không kiểm tra được.", En: "Integrity: could not be checked."},
	"chain_not_checked":       {Vi: "Chuỗi chứng thư: không kiểm tra, tổ chức cấp chưa biết", En: "Certificate chain: not checked, issuer unknown"},
	"certificate_issuer":      {Vi: "ghi là", En: "says"},
	"mark_original":           {Vi: "Chờ bản ký quyết định", En: "Signed original awaited"},
	"event_record_decision":   {Vi: "Ghi quyết định", En: "Decision recorded"},
	"event_file_original":     {Vi: "Nộp bản ký quyết định", En: "Signed original filed"},
	"table_decisions":         {Vi: "quyết định", En: "decisions"},
	"table_decision_products": {Vi: "sản phẩm nêu trong quyết định", En: "products of decisions"},
	"table_originals":         {Vi: "bản ký quyết định", En: "originals of decisions"},
}
