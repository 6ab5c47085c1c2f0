package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of webhooks.
func init() { maps.Copy(messages, webhookMessages) }

var webhookMessages = map[string]ocop.Text{
	"webhooks":                         {Vi: "Webhook", En: "Webhooks"},
	"webhooks_lead":                    {Vi: "Báo cho chương trình khác biết việc xảy ra với sản phẩm, đề xuất, khiếu nại và nhiệm vụ trong đơn vị: mỗi sự kiện là một CloudEvent, ký theo Standard Webhooks.", En: "Tell other programs what happens to products, requests, complaints and duties of your unit: each event is a CloudEvent, signed as Standard Webhooks says."},
	"webhook_once":                     {Vi: "Khóa ký, chỉ hiện một lần. Hãy đưa cho nơi nhận:", En: "The secret, shown this once. Give it to the receiver:"},
	"webhook_url":                      {Vi: "Địa chỉ nhận", En: "Address of the receiver"},
	"webhook_unit":                     {Vi: "Mã đơn vị (để trống: đơn vị của tôi)", En: "Code of the unit (empty: my own)"},
	"webhook_types":                    {Vi: "Loại sự kiện", En: "Events"},
	"webhook_type_deadline.remind":     {Vi: "Nhắc sắp đến hạn", En: "A deadline comes near"},
	"webhook_type_deadline.overdue":    {Vi: "Quá hạn", En: "A deadline has passed"},
	"webhook_type_deadline.escalate":   {Vi: "Báo cấp trên", En: "A deadline was escalated"},
	"webhook_type_product.move":        {Vi: "Sản phẩm chuyển bước", En: "A product moved"},
	"webhook_type_product.record":      {Vi: "Ghi nhận về sản phẩm (tài liệu, kiểm tra …)", En: "Something about a product was put on record (document, inspection …)"},
	"webhook_type_duty.report":         {Vi: "Báo tình trạng nhiệm vụ của đơn vị", En: "An organisation reported on a duty"},
	"webhook_type_petition.move":       {Vi: "Đề xuất, khiếu nại chuyển bước", En: "A request or a complaint moved"},
	"webhook_type_petition.record":     {Vi: "Ghi nhận về đề xuất, khiếu nại (tài liệu, gia hạn)", En: "Something about a request or a complaint was put on record (document, extension)"},
	"webhook_type_product.certificate": {Vi: "Cấp giấy chứng nhận", En: "A certificate was issued"},
	"no_webhooks":                      {Vi: "Chưa có webhook nào.", En: "No webhooks."},
	"webhook_new":                      {Vi: "Đăng ký webhook", En: "Register a webhook"},
	"webhook_register":                 {Vi: "Đăng ký", En: "Register"},
	"webhook_on":                       {Vi: "Đang gửi", En: "On"},
	"webhook_off":                      {Vi: "Đã tắt", En: "Off"},
	"webhook_failing":                  {Vi: "Nơi nhận không nhận từ", En: "The receiver takes nothing since"},
	"webhook_off_why":                  {Vi: "Nơi nhận không nhận sự kiện nào trong ba ngày, hoặc trả lời 410, nên webhook đã bị tắt. Khi bật lại, những gì chưa nhận được gửi tiếp.", En: "The receiver took nothing for three days, or answered 410, so that the webhook was switched off. Switched on again, it goes on with what was not taken."},
	"webhook_old_until":                {Vi: "Khóa cũ vẫn ký kèm đến", En: "The old secret signs too until"},
	"webhook_enable":                   {Vi: "Bật lại", En: "Switch on again"},
	"webhook_ping":                     {Vi: "Gửi thử", En: "Send a ping"},
	"webhook_rotate":                   {Vi: "Đổi khóa ký", En: "Change the secret"},
	"webhook_remove":                   {Vi: "Xóa webhook", En: "Remove the webhook"},
	"webhook_remove_sure":              {Vi: "Sự kiện đang chờ và nhật ký gửi cũng bị xóa.", En: "What waits for it and its log go too."},
	"webhook_log":                      {Vi: "Nhật ký gửi", En: "Log of deliveries"},
	"webhook_event":                    {Vi: "Sự kiện", En: "Event"},
	"webhook_subject":                  {Vi: "Xem", En: "Look"},
	"webhook_attempts":                 {Vi: "Các lần gửi", En: "Attempts"},
	"webhook_again":                    {Vi: "Gửi lại", En: "Send again"},
	"webhook_replay":                   {Vi: "Gửi lại một khoảng", En: "Send a range again"},
	"webhook_from":                     {Vi: "Từ bản ghi", En: "From entry"},
	"webhook_to":                       {Vi: "Đến bản ghi", En: "To entry"},
	"replayed":                         {Vi: "Số sự kiện sẽ gửi lại", En: "Events that are sent again"},
	"no_deliveries":                    {Vi: "Chưa gửi gì.", En: "Nothing was sent."},
	"delivery_waiting":                 {Vi: "Đang chờ", En: "Waiting"},
	"delivery_done":                    {Vi: "Đã nhận", En: "Taken"},
	"delivery_failed":                  {Vi: "Bị từ chối", En: "Refused"},
	"table_webhooks":                   {Vi: "Webhook", En: "Webhooks"},
	"place_url":                        {Vi: "Địa chỉ nhận", En: "Address of the receiver"},
	"place_types":                      {Vi: "Loại sự kiện", En: "Events"},
	"event_register_webhook":           {Vi: "Đăng ký webhook", En: "Webhook registered"},
	"event_remove_webhook":             {Vi: "Xóa webhook", En: "Webhook removed"},
	"event_rotate_webhook_secret":      {Vi: "Đổi khóa ký của webhook", En: "Webhook's secret changed"},
	"event_disable_webhook":            {Vi: "Webhook bị tắt", En: "Webhook switched off"},
	"event_enable_webhook":             {Vi: "Bật lại webhook", En: "Webhook switched on"},
}
