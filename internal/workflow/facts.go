package workflow

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"

	"ocopflow/internal/ocop"
)

// Facts are what guards may know, by full name such as "certificate.last_day".
// Values are bool, int64 (days too, counted from 1970-01-01), string, []int64
// and []string. A name that is missing is an absent fact. No fact is a
// personal value, because every fact read stands in the ledger for good.
type Facts map[string]any

// FactType is the type of a fact.
type FactType string

// Types of facts.
const (
	FactBool    FactType = "bool"
	FactInt     FactType = "int"
	FactDay     FactType = "day"
	FactString  FactType = "string"
	FactInts    FactType = "list(int)"
	FactStrings FactType = "list(string)"
)

// Fact describes one fact that guards may read.
type Fact struct {
	Name     string    `json:"name"`
	Type     FactType  `json:"type"`
	Optional bool      `json:"optional"` // may be absent: ask with has() first
	Meaning  ocop.Text `json:"meaning"`
}

// Catalogue lists every fact, except those of a move's own form, which are
// form.NAME, and those of petitions, which are PROCEDURE.NAME: both come from
// the file.
var Catalogue = []Fact{
	{"product.state", FactString, true, ocop.Text{Vi: "trạng thái của sản phẩm", En: "the product's state"}},
	{"product.set", FactInt, false, ocop.Text{Vi: "số của bộ tiêu chí, 1 đến 26", En: "number of the criteria set, 1 to 26"}},
	{"product.has_commune", FactBool, false, ocop.Text{Vi: "đã biết xã của sản phẩm", En: "the product's commune is known"}},
	{"round.level", FactString, true, ocop.Text{Vi: "cấp đang đánh giá của lượt", En: "level that the round stands at"}},
	{"round.last_level", FactBool, true, ocop.Text{Vi: "đang ở cấp cao nhất", En: "the round stands at the highest level"}},
	{"round.target", FactInt, true, ocop.Text{Vi: "hạng sao đăng ký", En: "stars aimed at"}},
	{"round.idea_accepted", FactBool, true, ocop.Text{Vi: "đã được chấp thuận tham gia", En: "consent to take part was given"}},
	{"round.late", FactBool, true, ocop.Text{Vi: "hồ sơ đánh giá lại nộp trễ hạn", En: "the renewal dossier was filed late"}},
	{"round.rules_end", FactDay, true, ocop.Text{Vi: "ngày các lượt theo quy trình này phải kết thúc", En: "day by which rounds of these rules must have ended"}},
	{"round.filed_on", FactDay, true, ocop.Text{Vi: "ngày nộp hồ sơ đánh giá lại", En: "day on which the renewal dossier was filed"}},
	{"documents.valid", FactStrings, false, ocop.Text{Vi: "các loại tài liệu đang có hiệu lực", En: "kinds of documents valid today"}},
	{"inspection.held", FactBool, false, ocop.Text{Vi: "đã kiểm tra thực tế trong lượt hoặc trong kế hoạch năm", En: "a field inspection was held in this round or campaign"}},
	{"inspection.open_remedies", FactInt, false, ocop.Text{Vi: "số nội dung phải khắc phục chưa xong", En: "remedies not yet closed"}},
	{"session.closed", FactBool, false, ocop.Text{Vi: "phiên chấm ở cấp hiện tại đã kết thúc", En: "a scoring session of this level is closed"}},
	{"session.written", FactBool, true, ocop.Text{Vi: "phiên lấy ý kiến bằng văn bản", En: "the session was one of written opinions"}},
	{"session.chair_present", FactBool, true, ocop.Text{Vi: "người chủ trì đã chấm", En: "whoever presides handed in a sheet"}},
	{"session.entitled", FactInt, true, ocop.Text{Vi: "số thành viên được chấm, không kể người rút vì xung đột lợi ích", En: "members entitled to score, those recused not counted"}},
	{"session.sheets", FactInt, true, ocop.Text{Vi: "số phiếu điểm", En: "sheets handed in"}},
	{"session.spread", FactInt, true, ocop.Text{Vi: "chênh lệch giữa phiếu cao nhất và thấp nhất, điểm", En: "points between the highest and the lowest sheet"}},
	{"result.stars", FactInt, true, ocop.Text{Vi: "hạng sao cuối cùng của kết quả ở cấp hiện tại", En: "final stars of the result at this level"}},
	{"result.band_stars", FactInt, true, ocop.Text{Vi: "hạng sao theo điểm trung bình", En: "stars by the mean"}},
	{"result.floor_stars", FactInt, true, ocop.Text{Vi: "hạng sao theo yêu cầu tối thiểu", En: "stars by the floors"}},
	{"result.sum", FactInt, true, ocop.Text{Vi: "tổng điểm của các thành viên", En: "sum of the members' totals"}},
	{"result.members", FactInt, true, ocop.Text{Vi: "số phiếu điểm", En: "number of sheets"}},
	{"result.missed", FactStrings, true, ocop.Text{Vi: "tiêu chí chưa đạt yêu cầu tối thiểu", En: "criteria whose floor was missed"}},
	{"result.given_on", FactDay, true, ocop.Text{Vi: "ngày ghi kết quả chấm ở cấp hiện tại", En: "day on which the result of this level was put on record"}},
	{"ended.given_on", FactDay, true, ocop.Text{Vi: "ngày ghi kết quả của lượt có kết quả đã kết thúc gần nhất, khi không có lượt nào đang mở; chỉ cho hồ sơ về sản phẩm", En: "day on which the result of the newest round that ended with one was put on record, while none is open; for petitions about a product"}},
	{"certificate.stars", FactInt, true, ocop.Text{Vi: "hạng sao của giấy chứng nhận mới nhất", En: "stars of the newest certificate"}},
	{"certificate.in_force", FactBool, false, ocop.Text{Vi: "giấy chứng nhận đang còn hiệu lực", En: "a certificate is in force"}},
	{"certificate.issued_on", FactDay, true, ocop.Text{Vi: "ngày cấp", En: "day of issue"}},
	{"certificate.last_day", FactDay, true, ocop.Text{Vi: "ngày cuối cùng có hiệu lực", En: "last day in force"}},
	{"certificate.revoked_on", FactDay, true, ocop.Text{Vi: "ngày thu hồi", En: "day of revocation"}},
	{"certificate.number_free", FactBool, false, ocop.Text{Vi: "số giấy chứng nhận ghi trong mẫu chưa được dùng", En: "the certificate number in the form is not in use"}},
	{"proposal.open", FactBool, false, ocop.Text{Vi: "có đề nghị thu hồi chưa được quyết định", En: "a proposal to revoke is undecided"}},
	{"proposal.concluded_on", FactDay, true, ocop.Text{Vi: "ngày có kết luận hoặc xác nhận làm căn cứ thu hồi", En: "day of the conclusion or confirmation that the proposal rests on"}},
	{"assessment.topics", FactInt, false, ocop.Text{Vi: "số nội dung xã đã đánh giá (trong bốn)", En: "topics assessed by the commune (of four)"}},
	{"level.recognises", FactInts, false, ocop.Text{Vi: "các hạng sao mà cấp này hoặc cấp dưới công nhận", En: "stars that this level or a lower one recognises"}},
	{"level.forwards_from", FactInt, true, ocop.Text{Vi: "điểm trung bình để chuyển cấp trên", En: "mean from which the next level takes over"}},
	{"council.quorum_part", FactInt, true, ocop.Text{Vi: "tử số của tỷ lệ dự họp", En: "numerator of the quorum"}},
	{"council.quorum_whole", FactInt, true, ocop.Text{Vi: "mẫu số của tỷ lệ dự họp", En: "denominator of the quorum"}},
	{"council.max_spread", FactInt, true, ocop.Text{Vi: "chênh lệch điểm tối đa", En: "largest spread of totals"}},
	{"today", FactDay, false, ocop.Text{Vi: "ngày hôm nay", En: "today"}},
}

// bounds of whole-number facts, both included; others have none.
var bounds = map[string][2]int64{
	"product.set": {1, 26}, "round.target": {1, 5}, "certificate.stars": {3, 5}, "assessment.topics": {0, int64(len(topics))},
	"result.stars": {0, 5}, "result.band_stars": {0, 5}, "result.floor_stars": {0, 5},
	"level.forwards_from": {0, 100}, "council.max_spread": {0, 100},
}

// formFact is the fact that a form field gives, if guards may read it.
func formFact(f Field) (Fact, bool) {
	t, ok := map[FieldType]FactType{
		FieldChoice: FactString, FieldCode: FactString, FieldCodes: FactStrings, FieldInt: FactInt,
		FieldInts: FactInts, FieldBool: FactBool, FieldDay: FactDay, FieldAccount: FactString, FieldDocument: FactString, FieldUnit: FactString,
	}[f.Type]
	return Fact{Name: "form." + f.Name, Type: t, Optional: !f.Required, Meaning: f.Title}, ok
}

func (t FactType) cel() *types.Type {
	switch t {
	case FactBool:
		return types.BoolType
	case FactInt, FactDay:
		return types.IntType
	case FactInts:
		return types.NewListType(types.IntType)
	case FactStrings:
		return types.NewListType(types.StringType)
	}
	return types.StringType
}

// groups are the first parts of dotted names, sorted.
func groups(facts []Fact) []string {
	var out []string
	for _, f := range facts {
		if g, _, dotted := strings.Cut(f.Name, "."); dotted && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	slices.Sort(out)
	return out
}
