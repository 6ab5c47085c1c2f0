package paper

import (
	"fmt"
	"strings"

	"ocopflow/internal/council"
	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// Minutes are those of a session whose sheets were opened (form 1.9 of Decree
// 30/2020, annex III): who was there, what was agreed, the marks, the opinions,
// the result and why.
func Minutes(v council.View, set *criteria.Set, lang ocop.Lang) Document {
	m := minutes{v, set, lang}
	d := Document{
		Parent: v.Unit.Name, Issuer: m.t("Hội đồng đánh giá, phân hạng sản phẩm OCOP", "OCOP evaluation council"), Symbol: "BB-HĐ",
		Place: PlaceOf(v.Unit.Name), Day: v.HeldOn, Kind: m.t("Biên bản", "Minutes"), Lang: lang,
		Summary: m.t("Đánh giá, phân hạng sản phẩm ", "Evaluation of ") + v.Product.Name,
		Signers: [2]Signer{{Title: m.t("Thư ký", "Secretary"), Name: m.named(store.Secretary)}, {Title: m.t("Chủ trì", "Presiding"), Name: m.named(store.Chair)}},
	}
	if lang == ocop.En {
		d.Summary += " (translation; the Vietnamese text is the original)"
	}
	d.Blocks = append(d.Blocks, m.opening()...)
	d.Blocks = append(d.Blocks, heading(m.t("I. Thành phần", "I. Members")), m.members(), heading(m.t("II. Tiêu chí hội đồng thống nhất theo hồ sơ", "II. Criteria agreed on the papers")))
	if v.Agreed != nil {
		d.Blocks = append(d.Blocks, m.choices(*v.Agreed, criteria.Evidence))
	}
	d.Blocks = append(d.Blocks, heading(m.t("III. Điểm của các thành viên", "III. The members' marks")))
	d.Blocks = append(d.Blocks, m.marks(), heading(m.t("IV. Ý kiến", "IV. Opinions")))
	d.Blocks = append(d.Blocks, m.opinions()...)
	d.Blocks = append(d.Blocks, heading(m.t("V. Kết quả", "V. Result")))
	d.Blocks = append(d.Blocks, m.result()...)
	return d
}

// PlaceOf is a unit's name without its kind: documents are dated "Hà Tĩnh", not
// "Tỉnh Hà Tĩnh".
func PlaceOf(unit string) string {
	for _, kind := range []string{"Tỉnh ", "Thành phố ", "Huyện ", "Thị xã ", "Thị trấn ", "Xã ", "Phường ", "tỉnh ", "huyện "} {
		if rest, ok := strings.CutPrefix(unit, kind); ok {
			return rest
		}
	}
	return unit
}

type minutes struct {
	v    council.View
	set  *criteria.Set
	lang ocop.Lang
}

func (m minutes) t(vi, en string) string { return ocop.Text{Vi: vi, En: en}.In(m.lang) }

func (m minutes) tf(vi, en string, args ...any) string { return fmt.Sprintf(m.t(vi, en), args...) }

func (m minutes) named(p store.Position) string {
	for _, s := range m.v.Seats {
		if s.Position == p && !s.Recused {
			return s.Display
		}
	}
	return ""
}

func (m minutes) opening() []Block {
	v := m.v
	kind := m.t("họp", "in a meeting")
	if v.Kind == store.Written {
		kind = m.t("lấy ý kiến bằng văn bản", "by written opinions")
	}
	where := ""
	if v.Place != "" {
		where = m.t(", tại ", ", at ") + v.Place
	}
	out := []Block{
		para(m.tf("Ngày %s%s, %s (thành lập theo Quyết định số %s ngày %s) đã %s để đánh giá, phân hạng sản phẩm %s của %s, theo bộ tiêu chí số %d (%s).",
			"On %s%s, the %s (appointed by decision %s of %s) evaluated, %s, the product %s of %s, by criteria set %d (%s).",
			m.openingArgs(where, kind)...)),
	}
	if !v.Verified {
		out = append(out, para(m.t("Bộ tiêu chí của Quyết định 26/2026/QĐ-TTg được dùng tạm cho quy trình này; việc đó chưa được xác minh.",
			"The sheets of Decision 26/2026 stand in for those of this procedure; that is not verified.")))
	}
	return out
}

func (m minutes) openingArgs(where, kind string) []any {
	v := m.v
	return []any{v.HeldOn.In(m.lang), where, v.Council.Name, v.Decision, v.DecidedOn.In(m.lang), kind, v.Product.Name, v.Producer.Name, v.Set, m.set.Name.In(m.lang)}
}

var positions = map[store.Position]ocop.Text{
	store.Chair: {Vi: "Chủ tịch", En: "Chair"}, store.ViceChair: {Vi: "Phó Chủ tịch", En: "Vice-chair"},
	store.Member: {Vi: "Ủy viên", En: "Member"}, store.Secretary: {Vi: "Thư ký", En: "Secretary"},
}

func (m minutes) members() Block {
	t := &Table{Widths: []float64{0.08, 0.42, 0.2, 0.3}, Head: []string{m.t("TT", "No."), m.t("Họ tên", "Name"), m.t("Chức danh", "Position"), m.t("Tham gia", "Part")}}
	for i, s := range m.v.Seats {
		part := m.t("vắng", "absent")
		switch {
		case s.Recused:
			part = m.t("rút vì xung đột lợi ích", "recused for a conflict of interest")
		case s.Sealed:
			part = m.t("đã chấm", "scored")
		case !s.Scores:
			part = m.t("không chấm", "does not score")
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(i + 1), s.Display, positions[s.Position].In(m.lang), part})
	}
	return Block{Table: t}
}

// choices lists what was ticked for criteria of one kind; "" for all.
func (m minutes) choices(sheet criteria.Sheet, kind criteria.Kind) Block {
	t := &Table{Widths: []float64{0.1, 0.34, 0.44, 0.12}, Right: []bool{false, false, false, true},
		Head: []string{m.t("Mã", "Code"), m.t("Tiêu chí", "Criterion"), m.t("Lựa chọn", "Chosen"), m.t("Điểm", "Points")}}
	for _, c := range m.set.All() {
		if kind != "" && c.Kind != kind {
			continue
		}
		p := c.Pick(sheet.Choices[c.Code], sheet.Case)
		t.Rows = append(t.Rows, []string{c.Code, c.Name.In(m.lang), p.Text.In(m.lang), fmt.Sprintf("%d/%d", p.Points, c.Max)})
	}
	return Block{Table: t}
}

func (m minutes) marks() Block {
	t := &Table{Widths: []float64{0.1, 0.36, 0.14, 0.4}, Right: []bool{false, false, true, false},
		Head: []string{m.t("Lần", "Turn"), m.t("Thành viên", "Member"), m.t("Tổng điểm", "Total"), m.t("Niêm phong (SHA-256) trong sổ cái", "Seal (SHA-256) in the ledger")}}
	for _, s := range m.v.Sheets {
		seal := s.Seal
		if len(seal) > 16 {
			seal = seal[:16] + "…"
		}
		if !s.Intact {
			seal += m.t(" (KHÔNG KHỚP)", " (DOES NOT MATCH)")
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(s.Turn), s.Display, fmt.Sprint(s.Total), seal})
	}
	return Block{Table: t}
}

func (m minutes) opinions() []Block {
	var out []Block
	for _, s := range m.v.Sheets {
		if s.Opinion != "" {
			out = append(out, para(s.Display+": "+s.Opinion))
		}
	}
	if out == nil {
		out = append(out, para(m.t("Không có ý kiến nào khác.", "No opinions were given.")))
	}
	return out
}

func (m minutes) result() []Block {
	r := m.v.Result
	if r == nil {
		return []Block{para(m.t("Chưa có kết quả.", "There is no result yet."))}
	}
	out := []Block{
		para(m.tf("Số phiếu %d trên %d thành viên được chấm (tối thiểu %d); chênh lệch giữa các phiếu %d điểm (cho phép %d).",
			"%d sheets of %d members entitled to score (at least %d); spread %d points (%d allowed).", r.Members, m.v.Entitled, m.v.Quorum, *m.v.Spread, m.v.MaxSpread)),
		para(m.tf("Tổng %d điểm, trung bình %s điểm: hạng %d sao theo điểm. Theo yêu cầu tối thiểu: hạng %d sao.",
			"Sum %d points, mean %s: %d stars by points. By floors: %d stars.", r.Sum, m.t(strings.Replace(r.Mean, ".", ",", 1), r.Mean), r.BandStars, r.FloorStars)),
	}
	for _, f := range m.v.Floors {
		var chosen []string
		for _, p := range f.Chosen {
			chosen = append(chosen, fmt.Sprintf("%d (%s)", p.Points, p.Text.In(m.lang)))
		}
		out = append(out, para(m.tf("- Thiếu yêu cầu tối thiểu của hạng %d sao ở tiêu chí %s (%s): đã chọn %s; cần %d (%s).",
			"- Misses the floor of %d stars under criterion %s (%s): chosen %s; needed %d (%s).",
			f.Floor, f.Criterion, f.Name.In(m.lang), strings.Join(chosen, "; "), f.Needed.Points, f.Needed.Text.In(m.lang))))
	}
	for _, k := range r.KnockedOut {
		out = append(out, para(m.tf("- Bị loại theo quy định %s.", "- Put out by rule %s.", k.Code)))
	}
	return append(out, heading(m.tf("Kết luận: %d sao.", "Conclusion: %d stars.", r.Stars)),
		para(m.t("Biên bản lập từ hệ thống; điểm đã niêm phong trước khi mở và có thể đối chiếu với sổ cái./.", "Drawn up by the system; marks were sealed before they were opened and can be checked against the ledger.")))
}

// ScoreSheet is one member's opened sheet.
func ScoreSheet(v council.View, s council.Shown, set *criteria.Set, lang ocop.Lang) Document {
	m := minutes{v, set, lang}
	d := Document{Parent: v.Unit.Name, Issuer: m.t("Hội đồng đánh giá, phân hạng sản phẩm OCOP", "OCOP evaluation council"), Symbol: "PĐG-HĐ", Place: PlaceOf(v.Unit.Name), Day: v.HeldOn,
		Kind: m.t("Phiếu đánh giá sản phẩm", "Score sheet"), Summary: v.Product.Name, Lang: lang,
		Signers: [2]Signer{{}, {Title: m.t("Thành viên hội đồng", "Council member"), Name: s.Display}}}
	d.Blocks = []Block{
		para(m.tf("Chủ thể: %s. Mã sản phẩm: %s. Bộ tiêu chí số %d: %s. Lần chấm: %d.", "Producer: %s. Product code: %s. Criteria set %d: %s. Turn: %d.",
			v.Producer.Name, v.Product.Code, v.Set, set.Name.In(lang), s.Turn)),
		m.choices(s.Sheet, ""),
		heading(m.tf("Tổng cộng: %d điểm.", "Total: %d points.", s.Total)),
	}
	if s.Opinion != "" {
		d.Blocks = append(d.Blocks, para(m.t("Ý kiến: ", "Opinion: ")+s.Opinion))
	}
	d.Blocks = append(d.Blocks, para(m.t("Niêm phong trong sổ cái: ", "Seal in the ledger: ")+s.Seal))
	return d
}
