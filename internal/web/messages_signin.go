package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of second factors, tokens and other providers.
func init() { maps.Copy(messages, signInMessages) }

var signInMessages = map[string]ocop.Text{
	"second_factor":            {Vi: "Xác thực hai bước", En: "Second factor"},
	"factor_on":                {Vi: "Đang bật: khi đăng nhập cần thêm mã của ứng dụng trên điện thoại. Số mã dự phòng còn lại:", En: "It is on: signing in also takes a code of the app on your phone. Recovery codes left:"},
	"factor_off":               {Vi: "Chưa bật. Khi bật, đăng nhập cần thêm mã sáu chữ số của ứng dụng xác thực trên điện thoại.", En: "It is off. When on, signing in also takes a six-digit code of an authenticator app."},
	"factor_add":               {Vi: "Bật xác thực hai bước", En: "Turn it on"},
	"factor_drop":              {Vi: "Tắt xác thực hai bước", En: "Turn it off"},
	"factor_scan":              {Vi: "Quét mã này bằng ứng dụng xác thực trên điện thoại (Google Authenticator, FreeOTP, Aegis …).", En: "Scan this with an authenticator app (Google Authenticator, FreeOTP, Aegis …)."},
	"factor_qr":                {Vi: "Mã QR cho ứng dụng xác thực; khóa bằng chữ ở ngay bên dưới", En: "QR code for the authenticator app; the key in letters stands below"},
	"factor_secret":            {Vi: "Hoặc nhập khóa này:", En: "Or type this key:"},
	"factor_first":             {Vi: "Mã sáu chữ số mà ứng dụng đang hiện", En: "The six digits that the app shows"},
	"factor_code":              {Vi: "Mã xác thực", En: "Code"},
	"factor_code_hint":         {Vi: "Sáu chữ số của ứng dụng, hoặc một mã dự phòng.", En: "The six digits of the app, or a recovery code."},
	"sign_in_again":            {Vi: "Đăng nhập lại từ đầu", En: "Begin again"},
	"recovery_title":           {Vi: "Mã dự phòng", En: "Recovery codes"},
	"recovery_hint":            {Vi: "Đã bật. Hãy in hoặc chép các mã này và cất nơi an toàn: mỗi mã thay điện thoại được một lần. Chúng không hiện lại lần nữa.", En: "It is on. Print or copy these and keep them safe: each stands in for the phone once. They are not shown again."},
	"recovery_kept":            {Vi: "Tôi đã cất các mã", En: "I have kept them"},
	"factor_must":              {Vi: "Vai trò của bạn cần xác thực hai bước. Hãy bật trước khi làm việc khác.", En: "Your role needs a second factor. Turn it on before anything else."},
	"factor_reset":             {Vi: "Tắt xác thực hai bước của người này", En: "Turn off this person's second factor"},
	"event_add_second_factor":  {Vi: "Bật xác thực hai bước", En: "Second factor turned on"},
	"event_drop_second_factor": {Vi: "Tắt xác thực hai bước", En: "Second factor turned off"},
	"event_link_identity":      {Vi: "Liên kết với nhà cung cấp đăng nhập", En: "Identity linked"},
	"event_unlink_identity":    {Vi: "Bỏ liên kết với nhà cung cấp đăng nhập", En: "Identity unlinked"},
	"sign_in_with":             {Vi: "Đăng nhập qua", En: "Sign in with"},
	"identities":               {Vi: "Cách đăng nhập khác", En: "Other ways to sign in"},
	"link_with":                {Vi: "Liên kết với", En: "Link with"},
	"link_identity":            {Vi: "Liên kết danh tính", En: "Link the identity"},
	"link_hint":                {Vi: "Từ nay ai đăng nhập được ở nhà cung cấp này bằng danh tính dưới đây sẽ vào được tài khoản của bạn. Chỉ liên kết danh tính của chính bạn.", En: "From now on whoever signs in there with the identity below comes into your account. Link only your own."},
	"link_who":                 {Vi: "Danh tính", En: "Identity"},
	"link_issuer":              {Vi: "Nhà cung cấp", En: "Provider"},
	"unlink":                   {Vi: "Bỏ liên kết", En: "Unlink"},
	"token_once":               {Vi: "Khóa mới, chỉ hiện lần này:", En: "The new token, shown this time only:"},
	"token_label":              {Vi: "Dùng cho", En: "Used for"},
	"token_scope":              {Vi: "Được làm", En: "May"},
	"token_read":               {Vi: "chỉ đọc", En: "read only"},
	"token_write":              {Vi: "đọc và ghi", En: "read and write"},
	"token_days":               {Vi: "Số ngày", En: "Days"},
	"token_add":                {Vi: "Tạo khóa", En: "Make a token"},
}
