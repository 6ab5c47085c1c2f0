package casework

import (
	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// EvidenceItem is a line of the evidence that a producer's report names.
type EvidenceItem struct {
	Kind  string
	Title ocop.Text
	Whole bool // as a rule the producer's own, for all its products
}

// Report02 is the list of evidence in form Mẫu số 02 of Decision 26/2026/QĐ-TTg,
// seen in its annex. Each is brought where the product has it; the act asks for
// production certificates "where required", so none is demanded here.
var Report02 = []EvidenceItem{
	{"business_registration", ocop.Text{Vi: "Giấy đăng ký kinh doanh", En: "Business registration"}, true},
	{"production_certificate", ocop.Text{Vi: "Giấy chứng nhận cơ sở đủ điều kiện sản xuất", En: "Certificate of conditions of production (food safety)"}, true},
	{"material_origin", ocop.Text{Vi: "Nguồn gốc nguyên liệu, vùng nguyên liệu, liên kết chuỗi", En: "Origin of materials, links of the chain"}, false},
	{"environment", ocop.Text{Vi: "Bảo vệ môi trường, công nghệ bền vững", En: "Protection of the environment"}, false},
	{"local_labour", ocop.Text{Vi: "Sử dụng lao động địa phương", En: "Local labour"}, true},
	{"growth", ocop.Text{Vi: "Tăng trưởng sản xuất kinh doanh", En: "Growth"}, true},
	{"intellectual_property", ocop.Text{Vi: "Sở hữu trí tuệ", En: "Intellectual property"}, false},
	{"market_development", ocop.Text{Vi: "Phát triển thị trường, xúc tiến thương mại", En: "Development of markets"}, false},
	{"promotion", ocop.Text{Vi: "Quảng bá sản phẩm", En: "Promotion"}, false},
	{"product_story", ocop.Text{Vi: "Câu chuyện sản phẩm", En: "Story of the product"}, false},
	{"quality_declaration", ocop.Text{Vi: "Bản công bố chất lượng", En: "Declaration of quality"}, false},
	{"test_results", ocop.Text{Vi: "Phiếu kết quả kiểm nghiệm", En: "Test results"}, false},
	{"barcode", ocop.Text{Vi: "Mã số mã vạch, tem truy xuất nguồn gốc", En: "Barcode, traceability stamp"}, false},
	{"quality_system", ocop.Text{Vi: "Hệ thống quản lý chất lượng (ISO, HACCP…)", En: "Quality system (ISO, HACCP …)"}, true},
	{"awards", ocop.Text{Vi: "Giải thưởng, bình chọn", En: "Awards"}, false},
}

func init() {
	for _, x := range Report02 {
		ownKinds[x.Kind] = workflow.DocumentRule{Title: x.Title, By: []ocop.Role{access.Producer, access.Commune, access.Office}}
	}
}
