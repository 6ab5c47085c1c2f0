package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of the page of the program's health.
func init() { maps.Copy(messages, healthMessages) }

var healthMessages = map[string]ocop.Text{
	"health":           {Vi: "Tình trạng hệ thống", En: "Health of the program"},
	"health_all_good":  {Vi: "Mọi thứ đều tốt.", En: "All is good."},
	"health_todo":      {Vi: "Cần làm", En: "To do"},
	"health_thing":     {Vi: "Nội dung", En: "Thing"},
	"health_state":     {Vi: "Tình trạng", En: "State"},
	"health_value":     {Vi: "Hiện tại", En: "Now"},
	"health_good":      {Vi: "Tốt", En: "Good"},
	"health_look":      {Vi: "Cần xem", En: "To be looked at"},
	"health_act":       {Vi: "Cần xử lý ngay", En: "Act now"},
	"health_runbook":   {Vi: "Hướng dẫn", En: "Runbook"},
	"health_this_time": {Vi: "Xem lúc", En: "Looked at"},
}
