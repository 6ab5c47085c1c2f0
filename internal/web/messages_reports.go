package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of reports and pictures.
func init() { maps.Copy(messages, reportMessages) }

var reportMessages = map[string]ocop.Text{
	"reports":              {Vi: "Báo cáo", En: "Reports"},
	"report_on":            {Vi: "Số liệu ngày", En: "Figures of"},
	"report_empty":         {Vi: "Chưa có sản phẩm nào để báo cáo.", En: "There are no products to report on yet."},
	"funnel":               {Vi: "Sản phẩm theo trạng thái", En: "Products by state"},
	"stars_by_year":        {Vi: "Giấy chứng nhận cấp theo năm và hạng sao", En: "Certificates issued by year and stars"},
	"show_figures":         {Vi: "Xem số liệu", En: "Show the figures"},
	"ending_soon":          {Vi: "Giấy chứng nhận hết hạn trong 90 ngày", En: "Certificates that end within 90 days"},
	"ends_in_month":        {Vi: "Hết hạn trong tháng", En: "Ends in the month"},
	"ended_too":            {Vi: "Cả giấy đã hết hiệu lực", En: "Those that ended, too"},
	"no_certificates_here": {Vi: "Không có giấy chứng nhận nào khớp. Hãy chọn tháng khác, hoặc xem cả giấy đã hết hiệu lực.", En: "No certificate matches. Choose another month, or show those that ended, too."},
	"picture":              {Vi: "Biểu đồ", En: "Picture"},
	"year":                 {Vi: "Năm", En: "Year"},
	"month":                {Vi: "Tháng", En: "Month"},
	"certificates":         {Vi: "Giấy chứng nhận", En: "Certificates"},
	"no_certificates":      {Vi: "Chưa cấp giấy chứng nhận nào.", En: "No certificate was issued yet."},
	"stays":                {Vi: "Thời gian ở mỗi trạng thái", En: "Time in each state"},
	"stays_by_commune":     {Vi: "Số ngày trung vị ở mỗi trạng thái, theo xã", En: "Median days in each state, by commune"},
	"median_days":          {Vi: "Trung vị (ngày)", En: "Median (days)"},
	"nine_in_ten":          {Vi: "9 trên 10 lượt không quá", En: "9 in 10 took no more than"},
	"times":                {Vi: "Số lượt", En: "Times"},
	"stays_from":           {Vi: "Tính từ", En: "From the newest"},
	"stays_moves":          {Vi: "bước chuyển gần nhất trong phạm vi của bạn.", En: "moves in your scope."},
	"no_stays":             {Vi: "Chưa có sản phẩm nào đi qua hai trạng thái.", En: "No product has passed two states yet."},
	"ending":               {Vi: "Giấy chứng nhận sẽ hết hạn trong 36 tháng tới", En: "Certificates that end within 36 months"},
	"none_ending":          {Vi: "Không có giấy chứng nhận nào hết hạn trong 36 tháng tới.", En: "None ends within 36 months."},
	"timeline":             {Vi: "Thời hạn trong năm", En: "Deadlines of the year"},
	"week_days":            {Vi: "T2 T3 T4 T5 T6 T7 CN", En: "Mo Tu We Th Fr Sa Su"},
	"gross":                {Vi: "Tính gộp", En: "Gross"},
	"net":                  {Vi: "Tính ròng", En: "Net"},
	"target_held":          {Vi: "Đang còn hiệu lực", En: "In force today"},
	"target_baseline":      {Vi: "đầu kỳ", En: "at the start"},
	"target_hint":          {Vi: "Mục tiêu đếm giấy chứng nhận còn hiệu lực có trong hệ thống này; số đầu kỳ là số văn bản nêu.", En: "Targets count certificates in force that this system holds; the figure at the start is the paper's."},
	"no_targets":           {Vi: "Kế hoạch không nêu mục tiêu.", En: "The plan names no targets."},
	"by_part":              {Vi: "Điểm theo phần A, B, C", En: "Points by part A, B, C"},
}
