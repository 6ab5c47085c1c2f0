package web

import (
	"maps"

	"ocopflow/internal/ocop"
)

// The words of petitions and support plans.
func init() { maps.Copy(messages, petitionMessages) }

var petitionMessages = map[string]ocop.Text{
	"department_in_charge":       {Vi: "Phòng phụ trách", En: "Department"},
	"support":                    {Vi: "Hỗ trợ", En: "Support"},
	"ask_support":                {Vi: "Đề xuất hỗ trợ", En: "Ask for support"},
	"requests":                   {Vi: "Đề xuất", En: "Requests"},
	"no_requests":                {Vi: "Không có đề xuất nào trong phạm vi của bạn.", En: "No requests in your view."},
	"requests_waiting":           {Vi: "Đề xuất chờ bạn xử lý", En: "Requests that wait for you"},
	"code":                       {Vi: "Mã", En: "Code"},
	"asker":                      {Vi: "Bên đề nghị", En: "Who asks"},
	"request_topic":              {Vi: "Nội dung", En: "About"},
	"new_request":                {Vi: "Tạo đề xuất", En: "New request"},
	"for_product":                {Vi: "Cho sản phẩm", En: "For the product"},
	"for_no_product":             {Vi: "Không cho riêng sản phẩm nào", En: "For no single product"},
	"asks_for":                   {Vi: "Đề nghị thay cho", En: "Asked on behalf of"},
	"asks_by_product":            {Vi: "Chủ thể của sản phẩm", En: "The product's producer"},
	"decided_where":              {Vi: "Nơi giải quyết", En: "Decided by"},
	"given_so_far":               {Vi: "Đã ghi nhận", En: "On record"},
	"no_given":                   {Vi: "Chưa có gì được ghi nhận.", En: "Nothing is on record yet."},
	"petition_documents":         {Vi: "Tài liệu kèm theo", En: "Documents"},
	"support_plans":              {Vi: "Phương án hỗ trợ", En: "Support plans"},
	"no_support_plans":           {Vi: "Chưa có phương án hỗ trợ nào.", En: "No support plans yet."},
	"begin_support_plan":         {Vi: "Lập phương án hỗ trợ", En: "Begin a support plan"},
	"propose_support_plan":       {Vi: "Trình phương án", En: "Propose the plan"},
	"approve_support_plan":       {Vi: "Duyệt phương án", En: "Approve the plan"},
	"return_support_plan":        {Vi: "Trả lại phương án", En: "Return the plan"},
	"put_all_waiting":            {Vi: "Đưa vào mọi đề xuất đang chờ", En: "Put in all requests that wait"},
	"take_out":                   {Vi: "Bỏ ra", En: "Take out"},
	"not_approved":               {Vi: "Các đề xuất chưa duyệt được", En: "Requests that could not be approved"},
	"total_money":                {Vi: "Tổng số tiền (đồng)", En: "Money in all (dong)"},
	"money_source":               {Vi: "Nguồn kinh phí", En: "Source of the money"},
	"asked_appraised":            {Vi: "Đề nghị / thẩm định", En: "Asked / appraised"},
	"amount_of":                  {Vi: "Số tiền (đồng)", En: "Amount (dong)"},
	"granted_amount":             {Vi: "số tiền được duyệt", En: "amount granted"},
	"decision_number":            {Vi: "Số văn bản duyệt", En: "Number of the paper"},
	"by_department":              {Vi: "Theo phòng chuyên môn", En: "By department"},
	"by_source":                  {Vi: "Theo nguồn kinh phí", En: "By source"},
	"by_product":                 {Vi: "Theo sản phẩm", En: "By product"},
	"by_kind":                    {Vi: "Theo nội dung hỗ trợ", En: "By kind of support"},
	"support_papers":             {Vi: "Văn bản", En: "Papers"},
	"support_paper":              {Vi: "Kế hoạch hỗ trợ", En: "Support plan"},
	"support_annex":              {Vi: "Phụ lục", En: "Annex"},
	"plan_state_draft":           {Vi: "Đang lập", En: "Draft"},
	"plan_state_proposed":        {Vi: "Đã trình", En: "Proposed"},
	"plan_state_approved":        {Vi: "Đã duyệt", En: "Approved"},
	"event_create_support_plan":  {Vi: "Lập phương án hỗ trợ", En: "Support plan begun"},
	"event_change_support_plan":  {Vi: "Sửa phương án hỗ trợ", En: "Support plan changed"},
	"event_propose_support_plan": {Vi: "Trình phương án hỗ trợ", En: "Support plan proposed"},
	"event_return_support_plan":  {Vi: "Trả lại phương án hỗ trợ", En: "Support plan returned"},
	"event_approve_support_plan": {Vi: "Duyệt phương án hỗ trợ", En: "Support plan approved"},
	"table_petitions":            {Vi: "đơn, đề xuất", En: "petitions"},
	"table_petition_moves":       {Vi: "bước chuyển của đề xuất", En: "moves of petitions"},
	"table_petition_parties":     {Vi: "đơn vị được giao đề xuất", En: "units that petitions go to"},
	"table_petition_documents":   {Vi: "tài liệu của đề xuất", En: "documents of petitions"},
	"table_support_plans":        {Vi: "phương án hỗ trợ", En: "support plans"},
	"table_support_plan_lines":   {Vi: "dòng của phương án hỗ trợ", En: "lines of support plans"},
}
