package intake

import (
	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workbook"
)

// order in which an office needs the tables: each names what the one before holds.
var order = []string{"units", "producers", "products", "certificates", "documents"}

var kinds = map[string]kind{
	"units":        {form: Units, roles: []ocop.Role{access.Admin}, begin: beginUnits},
	"producers":    {form: Producers, roles: []ocop.Role{access.Office, access.Admin}, begin: beginProducers, lists: communes},
	"products":     {form: Products, roles: []ocop.Role{access.Office}, begin: beginProducts, lists: owners},
	"documents":    {form: Documents, roles: []ocop.Role{access.Office}, begin: beginDocuments, most: casework.MaxDocuments, lists: kindsOffered},
	"certificates": {form: Certificates, roles: []ocop.Role{access.Office}, begin: beginCertificates, lists: owners},
}

func say(vi, en string) ocop.Text { return ocop.Text{Vi: vi, En: en} }

func choice(value, vi, en string) workbook.Choice {
	return workbook.Choice{Value: value, Title: say(vi, en)}
}

var code = workbook.Field{Code: "code", Title: say("Mã", "Code"), Type: workbook.TextField, Max: 63, Example: "nuoc-mam-cam-nhuong",
	Note: say("Chữ thường không dấu, chữ số, gạch ngang. Để trống thì hệ thống tự đặt.", "Lower-case letters, digits, hyphens. One is made if it is left empty.")}

// Units are the authorities, each below another.
var Units = workbook.Form{Code: "units", Title: say("Đơn vị", "Units"),
	Note: say("Mỗi dòng một đơn vị. Đơn vị cấp trên đã có trong hệ thống hoặc nằm ngay trong tệp này.", "One unit a row. The unit above is on record already, or stands in this file."),
	Fields: []workbook.Field{
		{Code: "code", Title: say("Mã đơn vị", "Unit code"), Type: workbook.TextField, Required: true, Max: 63, Example: "xa-cam-nhuong", Note: say("Chữ thường không dấu, chữ số, gạch ngang.", "Lower-case letters, digits, hyphens.")},
		{Code: "name", Title: say("Tên đơn vị", "Unit name"), Type: workbook.TextField, Required: true, Max: 200, Example: "Xã Cẩm Nhượng", Note: say("Tên đầy đủ bằng tiếng Việt.", "Full name in Vietnamese.")},
		{Code: "name_en", Title: say("Tên tiếng Anh", "Name in English"), Type: workbook.TextField, Max: 200, Example: "Cẩm Nhượng Commune", Note: say("Để trống thì dùng tên tiếng Việt.", "The Vietnamese name is used if it is left empty.")},
		{Code: "kind", Title: say("Cấp, loại", "Kind"), Type: workbook.ChoiceField, Required: true, Example: "commune", Note: say("Loại đơn vị.", "What kind of unit it is."), Choices: []workbook.Choice{
			choice("ministry", "Bộ", "Ministry"), choice("province", "Tỉnh, thành phố", "Province"), choice("district", "Huyện", "District"), choice("commune", "Xã, phường, thị trấn", "Commune"),
			choice("department", "Phòng, sở chuyên môn", "Department"), choice("office", "Văn phòng", "Office"), choice("council", "Hội đồng", "Council")}},
		{Code: "parent", Title: say("Mã đơn vị cấp trên", "Code of the unit above"), Type: workbook.TextField, Required: true, Max: 63, Example: "ha-tinh", Note: say("Mã của đơn vị mà đơn vị này trực thuộc.", "Code of the unit that it belongs to.")},
	}}

// Producers are the chủ thể.
var Producers = workbook.Form{Code: "producers", Title: say("Chủ thể", "Producers"),
	Note: say("Mỗi dòng một chủ thể sản xuất.", "One producer a row."),
	Fields: []workbook.Field{
		{Code: "code", Title: say("Mã chủ thể", "Producer code"), Type: code.Type, Max: code.Max, Example: "htx-phu-khuong", Note: code.Note},
		{Code: "name", Title: say("Tên chủ thể", "Producer name"), Type: workbook.TextField, Required: true, Max: 200, Example: "HTX Phú Khương", Note: say("Tên như trong giấy đăng ký.", "As it is registered.")},
		{Code: "form", Title: say("Loại hình", "Form"), Type: workbook.ChoiceField, Required: true, Example: "cooperative", Note: say("Loại hình tổ chức.", "What kind of organisation it is."), Choices: []workbook.Choice{
			choice("cooperative", "Hợp tác xã", "Cooperative"), choice("cooperative_group", "Tổ hợp tác", "Cooperative group"), choice("household", "Hộ kinh doanh", "Household business"),
			choice("company", "Công ty TNHH", "Limited company"), choice("joint_stock_company", "Công ty cổ phần", "Joint-stock company"), choice("private_enterprise", "Doanh nghiệp tư nhân", "Private enterprise"),
			choice("farm", "Trang trại", "Farm"), choice("association", "Hội, hiệp hội", "Association"), choice("operating_centre", "Trung tâm điều hành (du lịch)", "Operating centre (tourism)"), choice("other", "Loại hình khác", "Other")}},
		{Code: "unit", Title: say("Xã (mã hoặc tên)", "Commune (code or name)"), Type: workbook.TextField, Required: true, Max: 200, Example: "cam-nhuong", Note: say("Mã hoặc tên đầy đủ của xã nơi đặt trụ sở; chưa rõ xã thì ghi huyện hoặc tỉnh.", "Code or full name of the commune where it sits; the district or province where that is not known.")},
		{Code: "unit_name", Title: say("Tên xã", "Commune name"), Type: workbook.InfoField},
	}}

var (
	productName = workbook.Field{Code: "name", Title: say("Tên sản phẩm", "Product name"), Type: workbook.TextField, Required: true, Max: 200, Example: "Nước mắm Cẩm Nhượng", Note: say("Tên như trên nhãn.", "As on its label.")}
	owner       = workbook.Field{Code: "producer", Title: say("Chủ thể (mã hoặc tên)", "Producer (code or name)"), Type: workbook.TextField, Required: true, Max: 200, Example: "htx-phu-khuong",
		Note: say("Mã, hoặc tên đầy đủ nếu không trùng.", "Its code, or its full name if no other has the same.")}
	ownerName = workbook.Field{Code: "producer_name", Title: say("Tên chủ thể", "Producer name"), Type: workbook.InfoField}
	set       = workbook.Field{Code: "set", Title: say("Bộ tiêu chí", "Criteria set"), Type: workbook.WholeField, Required: true, Min: 1, Max: 26, Example: "9", Note: say("Số của bộ tiêu chí, từ 1 đến 26.", "Number of the criteria set, 1 to 26.")}
)

// Products are new ideas: each row opens a round.
var Products = workbook.Form{Code: "products", Title: say("Sản phẩm", "Products"),
	Note: say("Mỗi dòng một sản phẩm mới đăng ký. Sản phẩm đã được công nhận thì dùng mẫu Giấy chứng nhận.", "One new product a row. For products recognised earlier, use the form Certificates."),
	Fields: []workbook.Field{code, productName, owner, ownerName, set,
		{Code: "campaign", Title: say("Mã kế hoạch năm", "Campaign code"), Type: workbook.TextField, Max: 100, Example: "", Note: say("Để trống nếu không thuộc kế hoạch nào.", "Left empty if it is in no campaign.")},
		{Code: "target", Title: say("Hạng sao phấn đấu", "Stars aimed at"), Type: workbook.WholeField, Min: 3, Max: 5, Example: "3", Note: say("Từ 3 đến 5; có thể để trống.", "3 to 5; may be left empty.")},
	}}

// Certificates are products that were recognised earlier.
var Certificates = workbook.Form{Code: "certificates", Title: say("Giấy chứng nhận", "Certificates"),
	Note: say("Mỗi dòng một sản phẩm đã được công nhận, với giấy chứng nhận của nó.", "One product recognised earlier a row, with its certificate."),
	Fields: []workbook.Field{code, productName, owner, ownerName, set,
		{Code: "number", Title: say("Số giấy chứng nhận", "Certificate number"), Type: workbook.TextField, Required: true, Max: 40, Example: "HT-2024-001", Note: say("Chữ in hoa không dấu, chữ số, dấu chấm, gạch ngang.", "Capital letters, digits, dots, hyphens.")},
		{Code: "stars", Title: say("Hạng sao", "Stars"), Type: workbook.WholeField, Required: true, Min: 3, Max: 5, Example: "4", Note: say("Từ 3 đến 5.", "3 to 5.")},
		{Code: "issued_on", Title: say("Ngày cấp", "Issued on"), Type: workbook.DayField, Required: true, Example: "2024-12-20", Note: say("Ngày ghi trên giấy, dd/mm/yyyy.", "Day on the paper, dd/mm/yyyy.")},
		{Code: "assumed", Title: say("Số, ngày là giả định", "Assumed"), Type: workbook.YesField, Note: say("Ghi \"có\" khi số hoặc ngày không có trong tài liệu gốc.", "\"yes\" where number or day are not in a source.")},
		{Code: "last_day", Title: say("Ngày hết hạn", "Last day"), Type: workbook.InfoField},
		{Code: "status", Title: say("Tình trạng", "Status"), Type: workbook.InfoField},
	}}
