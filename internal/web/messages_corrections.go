package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of corrections.
func init() { maps.Copy(messages, correctionMessages) }

var correctionMessages = map[string]ocop.Text{
	"corrections":              {Vi: "Đính chính", En: "Corrections"},
	"corrections_hint":         {Vi: "Giá trị cũ và mới được giữ mãi trong sổ cái. Khi đã có kết quả chấm hoặc giấy chứng nhận, đính chính phải được người khác xác nhận. Đổi bộ tiêu chí sau khi chấm thì lượt đánh giá quay lại bước chấm.", En: "Old and new values stay in the ledger for ever. Where a result or a certificate rests on the data, another person confirms. A criteria set that is changed after the scoring sends the round back to be scored."},
	"no_corrections":           {Vi: "Không có đính chính nào.", En: "No corrections."},
	"new_correction":           {Vi: "Đính chính", En: "Correct"},
	"correct_data":             {Vi: "Đính chính thông tin", En: "Correct the data"},
	"correct_producer":         {Vi: "Đính chính chủ thể", En: "Correct the producer"},
	"back_to_product":          {Vi: "Về sản phẩm", En: "Back to the product"},
	"correction_proposed":      {Vi: "Chờ xác nhận", En: "To be confirmed"},
	"correction_applied":       {Vi: "Đã đính chính", En: "Corrected"},
	"correction_declined":      {Vi: "Không chấp nhận", En: "Declined"},
	"correction_all":           {Vi: "Tất cả", En: "All"},
	"correction_note":          {Vi: "Nội dung xem xét (bắt buộc khi không chấp nhận)", En: "What was considered (needed to decline)"},
	"correction_own":           {Vi: "Bạn là người đề nghị: cần người khác xác nhận. Bạn vẫn bỏ được đề nghị của mình.", En: "You proposed it: another person must confirm. You can still drop it."},
	"confirm_correction":       {Vi: "Xác nhận đính chính", En: "Confirm the correction"},
	"decline_correction":       {Vi: "Không chấp nhận", En: "Decline"},
	"decided_by":               {Vi: "Người quyết định", En: "Decided by"},
	"corrected_name":           {Vi: "Tên", En: "Name"},
	"corrected_set":            {Vi: "Bộ tiêu chí", En: "Criteria set"},
	"corrected_producer":       {Vi: "Chủ thể", En: "Producer"},
	"corrected_unit":           {Vi: "Xã hoặc đơn vị", En: "Commune or unit"},
	"corrected_form":           {Vi: "Loại hình", En: "Legal form"},
	"corrected_registration":   {Vi: "Số đăng ký kinh doanh hoặc đăng ký hợp tác xã", En: "Registration of the business or cooperative"},
	"producer_code":            {Vi: "Mã chủ thể", En: "Code of the producer"},
	"event_correct":            {Vi: "Đính chính", En: "Corrected"},
	"event_propose_correction": {Vi: "Đề nghị đính chính", En: "Correction proposed"},
	"event_confirm_correction": {Vi: "Xác nhận đính chính", En: "Correction confirmed"},
	"event_decline_correction": {Vi: "Không chấp nhận đính chính", En: "Correction declined"},
	"table_corrections":        {Vi: "đính chính", En: "corrections"},
	"place_registration":       {Vi: "Số đăng ký", En: "Registration"},
}
