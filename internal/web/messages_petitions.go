package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of petitions and support plans.
func init() { maps.Copy(messages, petitionMessages) }

var petitionMessages = map[string]ocop.Text{
	"support":                  {Vi: "Hỗ trợ", En: "Support"},
	"ask_support":              {Vi: "Đề xuất hỗ trợ", En: "Ask for support"},
	"requests":                 {Vi: "Đề xuất", En: "Requests"},
	"no_requests":              {Vi: "Không có đề xuất nào trong phạm vi của bạn.", En: "No requests in your view."},
	"requests_waiting":         {Vi: "Đề xuất chờ bạn xử lý", En: "Requests that wait for you"},
	"code":                     {Vi: "Mã", En: "Code"},
	"asker":                    {Vi: "Bên đề nghị", En: "Who asks"},
	"topic":                    {Vi: "Nội dung", En: "About"},
	"new_request":              {Vi: "Tạo đề xuất", En: "New request"},
	"for_product":              {Vi: "Cho sản phẩm", En: "For the product"},
	"for_no_product":           {Vi: "Không cho riêng sản phẩm nào", En: "For no single product"},
	"asks_for":                 {Vi: "Đề nghị thay cho", En: "Asked on behalf of"},
	"asks_by_product":          {Vi: "Chủ thể của sản phẩm", En: "The product's producer"},
	"decided_by":               {Vi: "Nơi giải quyết", En: "Decided by"},
	"given_so_far":             {Vi: "Đã ghi nhận", En: "On record"},
	"no_given":                 {Vi: "Chưa có gì được ghi nhận.", En: "Nothing is on record yet."},
	"petition_documents":       {Vi: "Tài liệu kèm theo", En: "Documents"},
	"table_petitions":          {Vi: "đơn, đề xuất", En: "petitions"},
	"table_petition_moves":     {Vi: "bước chuyển của đề xuất", En: "moves of petitions"},
	"table_petition_parties":   {Vi: "đơn vị được giao đề xuất", En: "units that petitions go to"},
	"table_petition_documents": {Vi: "tài liệu của đề xuất", En: "documents of petitions"},
	"table_support_plans":      {Vi: "phương án hỗ trợ", En: "support plans"},
	"table_support_plan_lines": {Vi: "dòng của phương án hỗ trợ", En: "lines of support plans"},
}
