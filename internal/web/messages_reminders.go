package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of reminders outside of the pages.
func init() { maps.Copy(messages, reminderMessages) }

var reminderMessages = map[string]ocop.Text{
	"reminders":             {Vi: "Nhắc việc", En: "Reminders"},
	"reminders_lead":        {Vi: "Thông báo luôn có trong chương trình. Ở đây chọn thêm cách nhắc bằng thư và lịch.", En: "Notices are always in the program. Choose here how you are reminded by mail and in your calendar too."},
	"reminders_saved":       {Vi: "Đã lưu.", En: "Saved."},
	"by_mail":               {Vi: "Bằng thư điện tử", En: "By mail"},
	"mail_off":              {Vi: "Máy chủ này chưa được đặt để gửi thư. Hãy hỏi người quản trị.", En: "This server is not set up to send mail. Ask the administrator."},
	"address":               {Vi: "Địa chỉ thư", En: "Address"},
	"address_hint":          {Vi: "Chỉ dùng để nhắc việc của bạn; không ai khác thấy. Để trống là không nhận thư.", En: "Used for your reminders alone; nobody else sees it. Leave it empty to get no mail."},
	"address_right":         {Vi: "Địa chỉ đã xác nhận.", En: "The address is confirmed."},
	"address_waits":         {Vi: "Địa chỉ chưa xác nhận: hãy mở thư vừa gửi tới đó. Trước khi xác nhận, không có thư nhắc nào được gửi.", En: "The address is not confirmed: open the letter that was sent to it. No reminder is sent before."},
	"address_asked":         {Vi: "Đã gửi thư xác nhận. Hãy mở thư và bấm liên kết trong 48 giờ.", En: "A letter was sent. Open it and follow its link within 48 hours."},
	"address_again":         {Vi: "Gửi lại thư xác nhận", En: "Send the letter again"},
	"address_confirm":       {Vi: "Xác nhận địa chỉ thư", En: "Confirm the address"},
	"address_confirm_lead":  {Vi: "Bấm nút dưới đây để nhận thư nhắc việc ở địa chỉ này.", En: "Press the button to get reminders at this address."},
	"address_confirmed":     {Vi: "Địa chỉ đã được xác nhận.", En: "The address is confirmed."},
	"delivery":              {Vi: "Nhận thư", En: "Mails come"},
	"delivery_each":         {Vi: "Ngay khi có nhắc việc", En: "As soon as there is something"},
	"delivery_daily":        {Vi: "Gộp mỗi ngày một thư, vào lúc hết giờ yên lặng", En: "Together once a day, when the quiet hours end"},
	"delivery_none":         {Vi: "Không nhận thư nhắc", En: "Not at all"},
	"quiet_from":            {Vi: "Yên lặng từ", En: "Quiet from"},
	"quiet_until":           {Vi: "đến", En: "until"},
	"quiet_hint":            {Vi: "Trong các giờ này không có thư; thư gửi sau đó gộp những gì đã có. Cùng một giờ là không có giờ yên lặng.", En: "No mail comes in these hours; the one after them tells all. The same hour twice means none."},
	"rest_days":             {Vi: "Gửi cả vào ngày nghỉ, ngày lễ", En: "On days off and holidays too"},
	"mail_lang":             {Vi: "Ngôn ngữ của thư", En: "Language of the mails"},
	"unsubscribe":           {Vi: "Thôi nhận thư nhắc", En: "Stop reminders by mail"},
	"unsubscribe_lead":      {Vi: "Bạn sẽ không nhận thư nhắc việc nữa. Thông báo trong chương trình vẫn còn; có thể nhận thư lại ở trang Thiết lập của tôi.", En: "You will get no more reminders by mail. Notices in the program stay, and mails can be switched on again under My settings."},
	"unsubscribed":          {Vi: "Đã thôi gửi thư nhắc.", En: "No more reminders will be sent by mail."},
	"mails":                 {Vi: "Thư đã gửi", En: "Mails sent"},
	"mails_lead":            {Vi: "Thư nhắc gửi tới những tài khoản bạn quản trị, mới nhất trước. Nội dung và địa chỉ không được giữ ở đây; thư đã xong được xóa sau 90 ngày.", En: "Mails to the accounts that you administer, newest first. Neither text nor address is kept here; mails that are over are forgotten after 90 days."},
	"no_mails":              {Vi: "Chưa có thư nào.", En: "No mails."},
	"mail_account":          {Vi: "Tài khoản", En: "Account"},
	"mail_kind":             {Vi: "Loại", En: "Kind"},
	"mail_kind_reminder":    {Vi: "Nhắc việc", En: "Reminder"},
	"mail_kind_digest":      {Vi: "Gộp trong ngày", En: "Digest"},
	"mail_kind_confirm":     {Vi: "Xác nhận địa chỉ", En: "Confirmation"},
	"mail_kind_webhook":     {Vi: "Webhook bị tắt", En: "Webhook switched off"},
	"mail_state":            {Vi: "Tình trạng", En: "State"},
	"mail_waiting":          {Vi: "Đang chờ", En: "Waiting"},
	"mail_sent":             {Vi: "Đã gửi", En: "Sent"},
	"mail_dropped":          {Vi: "Không còn cần", En: "Not needed any more"},
	"mail_failed":           {Vi: "Không gửi được", En: "Failed"},
	"mail_tries":            {Vi: "Số lần thử", En: "Tries"},
	"mail_next":             {Vi: "Thử lại lúc", En: "Tried again at"},
	"mail_error":            {Vi: "Máy chủ thư trả lời", En: "The mail server said"},
	"mail_any":              {Vi: "Mọi tình trạng", En: "Any state"},
	"place_address":         {Vi: "Địa chỉ thư", En: "Address"},
	"place_delivery":        {Vi: "Nhận thư", En: "Mails come"},
	"place_quiet_from":      {Vi: "Yên lặng từ", En: "Quiet from"},
	"place_quiet_until":     {Vi: "Yên lặng đến", En: "Quiet until"},
	"place_lang":            {Vi: "Ngôn ngữ của thư", En: "Language of the mails"},
	"table_contacts":        {Vi: "Nơi nhận thư nhắc", En: "Where people are written to"},
	"table_calendar_feeds":  {Vi: "Lịch thời hạn", En: "Calendar feeds"},
	"event_set_contact":     {Vi: "Đổi cách nhắc việc", En: "Reminders set"},
	"event_confirm_contact": {Vi: "Xác nhận địa chỉ thư", En: "Address confirmed"},
	"event_unsubscribe":     {Vi: "Thôi nhận thư nhắc", En: "Reminders by mail stopped"},
}
