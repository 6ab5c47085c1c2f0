package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of notices.
func init() { maps.Copy(messages, noticeMessages) }

var noticeMessages = map[string]ocop.Text{
	"notices":      {Vi: "Thông báo", En: "Notices"},
	"notices_lead": {Vi: "Những lời nhắc về thời hạn của sản phẩm, hồ sơ và nhiệm vụ thuộc phần việc của bạn, mới nhất trước.", En: "What was said about deadlines of products, cases and duties that are yours to see to, newest first."},
	"no_notices":   {Vi: "Chưa có thông báo nào.", En: "No notices."},
	"notice_new":   {Vi: "Mới", En: "New"},
	"notices_read": {Vi: "Đánh dấu đã đọc", En: "Mark as read"},
	"unread":       {Vi: "chưa đọc", En: "unread"},
}
