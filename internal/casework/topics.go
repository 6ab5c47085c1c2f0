package casework

import "ocopflow/internal/ocop"

// Topics are what the findings of an inspection can be about. They are proposed
// for convenience, no law names them; any other words may be written.
var Topics = []ocop.Text{
	{Vi: "An toàn thực phẩm", En: "Food safety"},
	{Vi: "Điều kiện sản xuất, nhà xưởng", En: "Production, workshop"},
	{Vi: "Nhãn, bao bì, mã số mã vạch", En: "Labels, packaging, barcodes"},
	{Vi: "Môi trường", En: "Environment"},
	{Vi: "Năng lực, quy mô sản xuất", En: "Capacity, scale of production"},
	{Vi: "Nguồn gốc, vùng nguyên liệu", En: "Origin, raw material area"},
	{Vi: "Phòng cháy, chữa cháy", En: "Fire safety"},
	{Vi: "Hồ sơ, giấy tờ", En: "Papers"},
}
