package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of inspections and training.
func init() { maps.Copy(messages, fieldworkMessages) }

var fieldworkMessages = map[string]ocop.Text{
	"event_cancel_inspection": {Vi: "Hủy lần kiểm tra thực tế", En: "Inspection cancelled"},
	"event_report_remedy":     {Vi: "Báo đã khắc phục", En: "Remedy reported"},
	"event_confirm_remedy":    {Vi: "Xác nhận đã khắc phục", En: "Remedy confirmed"},
	"event_return_remedy":     {Vi: "Trả lại báo cáo khắc phục", En: "Report of a remedy sent back"},
	"event_attach_photo":      {Vi: "Thêm ảnh kiểm tra", En: "Inspection photo added"},
	"event_plan_trip":         {Vi: "Lập chuyến kiểm tra", En: "Trip planned"},
	"event_change_trip":       {Vi: "Sửa chuyến kiểm tra", En: "Trip changed"},
	"event_answer_trip":       {Vi: "Trả lời lời mời kiểm tra", En: "Invitation to a trip answered"},
	"event_hold_trip":         {Vi: "Ghi chuyến kiểm tra đã diễn ra", En: "Trip held"},
	"event_cancel_trip":       {Vi: "Hủy chuyến kiểm tra", En: "Trip cancelled"},
	"event_plan_training":     {Vi: "Lập lớp tập huấn", En: "Training planned"},
	"event_change_training":   {Vi: "Sửa lớp tập huấn", En: "Training changed"},
	"event_invite_training":   {Vi: "Mời dự tập huấn", En: "Invited to a training"},
	"event_hold_training":     {Vi: "Điểm danh lớp tập huấn", En: "Attendance of a training"},
	"event_cancel_training":   {Vi: "Hủy lớp tập huấn", En: "Training cancelled"},
	"event_add_material":      {Vi: "Thêm tài liệu tập huấn", En: "Training material added"},
	"table_remedies":          {Vi: "việc phải khắc phục", En: "remedies"},
	"table_inspection_photos": {Vi: "ảnh kiểm tra", En: "inspection photos"},
	"table_trips":             {Vi: "chuyến kiểm tra", En: "trips"},
	"table_trip_guests":       {Vi: "khách mời của chuyến", En: "guests of a trip"},
	"table_trainings":         {Vi: "lớp tập huấn", En: "training"},
	"table_trainees":          {Vi: "người dự tập huấn", En: "trainees"},
	"table_materials":         {Vi: "tài liệu tập huấn", En: "training materials"},
}
