package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of written notices of results.
func init() { maps.Copy(messages, announceMessages) }

var announceMessages = map[string]ocop.Text{
	"result_notice":            {Vi: "Thông báo kết quả", En: "Notice of the result"},
	"result_notices":           {Vi: "Thông báo kết quả", En: "Notices of results"},
	"noticed_by":               {Vi: "Đã thông báo:", En: "Noticed by"},
	"notice_lacking":           {Vi: "Chưa thông báo", En: "No notice yet"},
	"notices_lack":             {Vi: "Kết quả chưa thông báo cho xã và chủ thể", En: "Results without a notice to commune and producer"},
	"all_noticed":              {Vi: "Mọi kết quả đã được thông báo.", En: "Notice was given of every result."},
	"send_notice":              {Vi: "Gửi thông báo", En: "Send the notice"},
	"send_notices":             {Vi: "Gửi thông báo cho các kết quả chưa thông báo", En: "Send notices of results that lack one"},
	"send_notice_hint":         {Vi: "Lập thông báo theo mẫu của đơn vị, vào sổ văn bản đi, báo cho xã và chủ thể trong chương trình và qua thư.", En: "Draws the notice by the unit's template, registers it as sent, and tells commune and producer here and by mail."},
	"send_notices_hint":        {Vi: "Mỗi sản phẩm một thông báo, một dòng trong sổ văn bản đi; xã và chủ thể được báo trong chương trình và qua thư.", En: "A notice and a line in the register for each product; commune and producer are told here and by mail."},
	"notice_draft":             {Vi: "Xem trước", En: "Preview"},
	"event_send_result_notice": {Vi: "Thông báo kết quả cho xã và chủ thể", En: "Notice of the result to commune and producer"},
	"table_result_notices":     {Vi: "thông báo kết quả", En: "notices of results"},
}
