package clerk

import (
	"bytes"
	"context"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
	"ocopflow/internal/support"
	"ocopflow/internal/workbook"
)

// Backing asks for the paper of a support plan.
type Backing struct {
	Heading
	Plan string // id
}

// SupportPlan draws up the paper of a support plan with its annex.
//
// Faults: not_found; who_may_not (Forbidden); paper_wrong (Invalid).
func (d *Desk) SupportPlan(ctx context.Context, a access.Actor, b Backing, lang ocop.Lang) (paper.Document, error) {
	p, err := d.backed(ctx, a, b.Plan)
	if err != nil {
		return paper.Document{}, err
	}
	u, err := found(store.Unit(ctx, d.DB, p.Unit.ID))
	if err != nil {
		return paper.Document{}, err
	}
	head, err := d.head(u, b.Heading, d.year(), lang)
	if err != nil {
		return paper.Document{}, err
	}
	if head.Number == "" {
		head.Number = p.Decision
	}
	out := paper.SupportPlan{Head: head, Title: p.CampaignTitle.In(lang), Total: int(p.Total),
		BySource:     d.amounts(p.Totals.Source, func(x support.Amount) string { return d.Support.Source(x.Key).In(lang) }),
		ByDepartment: d.amounts(p.Totals.Department, func(x support.Amount) string { return x.Name }),
		ByProduct:    d.amounts(p.Totals.Product, func(x support.Amount) string { return x.Name })}
	for i, l := range p.Lines {
		x := paper.SupportLine{Number: i + 1, Code: l.Code, Product: l.Asker.Name, Kind: d.Support.Kind(l.Kind).In(lang), Request: l.What, Department: l.Department.Name,
			Source: d.Support.Source(l.Source).In(lang), Asked: int(l.Asked), Granted: int(l.Amount)}
		if l.Product != nil {
			x.Product, x.Producer = l.Product.Name, l.Asker.Name
		}
		out.Lines = append(out.Lines, x)
	}
	return d.Write(ctx, p.Path, "support_plan", lang, out)
}

// backed is a plan whose paper the actor may make.
func (d *Desk) backed(ctx context.Context, a access.Actor, plan string) (support.Plan, error) {
	p, err := d.Support.Get(ctx, a, plan)
	if err != nil {
		return p, err
	}
	own, err := d.Support.Plans(ctx, a, p.Path)
	if err == nil && !own && !Makes(a, "support_plan", p.Path) {
		err = notYours()
	}
	return p, err
}

func (d *Desk) amounts(list []support.Amount, name func(support.Amount) string) []paper.Amount {
	var out []paper.Amount
	for _, x := range list {
		out = append(out, paper.Amount{Name: name(x), Amount: int(x.Amount)})
	}
	return out
}

// Annex is the annex of a support plan as a workbook: its lines, and what they
// come to by department, source, product and kind.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) Annex(ctx context.Context, a access.Actor, plan string, lang ocop.Lang) ([]byte, error) {
	p, err := d.backed(ctx, a, plan)
	if err != nil {
		return nil, err
	}
	book, err := workbook.New()
	if err != nil {
		return nil, err
	}
	defer book.Close()
	t := func(vi, en string) string { return ocop.Text{Vi: vi, En: en}.In(lang) }
	money := func(vi, en string) workbook.Column { return workbook.Column{Title: t(vi, en), Kind: workbook.Money} }
	lines, err := book.Sheet(t("Phụ lục", "Annex"), workbook.Column{Title: t("TT", "No."), Kind: workbook.Whole}, workbook.Column{Title: t("Mã", "Code")},
		workbook.Column{Title: t("Sản phẩm", "Product")}, workbook.Column{Title: t("Chủ thể, đơn vị đề nghị", "Who asks")}, workbook.Column{Title: t("Loại hỗ trợ", "Kind")},
		workbook.Column{Title: t("Nội dung", "What"), Width: 40}, workbook.Column{Title: t("Phòng phụ trách", "Department")}, workbook.Column{Title: t("Nguồn kinh phí", "Source")},
		money("Đề nghị (đồng)", "Asked for (đồng)"), money("Thẩm định (đồng)", "Appraised (đồng)"), money("Phương án (đồng)", "Planned (đồng)"), money("Được duyệt (đồng)", "Granted (đồng)"))
	if err != nil {
		return nil, err
	}
	for i, l := range p.Lines {
		product := ""
		if l.Product != nil {
			product = l.Product.Name
		}
		if err := lines.Row(i+1, l.Code, product, l.Asker.Name, d.Support.Kind(l.Kind).In(lang), l.What, l.Department.Name, d.Support.Source(l.Source).In(lang),
			l.Asked, l.Appraised, l.Planned, l.Granted); err != nil {
			return nil, err
		}
	}
	for _, part := range []struct {
		vi, en string
		list   []paper.Amount
	}{
		{"Theo phòng", "By department", d.amounts(p.Totals.Department, func(x support.Amount) string { return x.Name })},
		{"Theo nguồn", "By source", d.amounts(p.Totals.Source, func(x support.Amount) string { return d.Support.Source(x.Key).In(lang) })},
		{"Theo sản phẩm", "By product", d.amounts(p.Totals.Product, func(x support.Amount) string { return x.Name })},
		{"Theo loại", "By kind", d.amounts(p.Totals.Kind, func(x support.Amount) string { return d.Support.Kind(x.Key).In(lang) })},
	} {
		sheet, err := book.Sheet(t(part.vi, part.en), workbook.Column{Title: t(part.vi, part.en), Width: 40}, money("Số tiền (đồng)", "Amount (đồng)"))
		if err != nil {
			return nil, err
		}
		for _, x := range part.list {
			if err := sheet.Row(x.Name, x.Amount); err != nil {
				return nil, err
			}
		}
	}
	var b bytes.Buffer
	_, err = book.WriteTo(&b)
	return b.Bytes(), err
}
