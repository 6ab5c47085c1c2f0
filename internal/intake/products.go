package intake

import (
	"context"
	"regexp"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

var codeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

var blameProduct = blamed(map[string]string{"body.name": "name", "body.set": "set", "body.producer": "producer", "data.number": "number", "data.stars": "stars", "data.issued_on": "issued_on",
	"data.target": "target", "not_future": "issued_on", "number_form": "number", "number_free": "number", "not_found": "producer", "who_may_not": "producer"}, "name")

// entering are products that lines stand for, as far as they can be told.
type entering struct {
	desk *Desk
	by   access.Actor
	list []casework.Entering
	seen twice
	file *workbook.Filled
	of   map[int]ocop.Producer
	old  map[string]*ocop.Product     // on record, by code
	same map[store.Named]ocop.Product // on record, by producer and folded name
}

// gather finds the owners of lines, and what is on record under their codes and names.
func gather(ctx context.Context, d *Desk, by access.Actor, f *workbook.Filled) (*entering, error) {
	e := &entering{desk: d, by: by, file: f, list: make([]casework.Entering, len(f.Lines)), seen: twice{}, same: map[store.Named]ocop.Product{}}
	var err error
	if e.of, err = d.owners(ctx, by, f); err != nil {
		return nil, err
	}
	if e.old, err = store.ProductsByCode(ctx, d.DB, texts(f, "code")); err != nil {
		return nil, err
	}
	var names []store.Named
	for i, l := range f.Lines {
		if owner, ok := e.of[i]; ok {
			names = append(names, store.Named{Producer: owner.ID, Name: l.Text("name")})
		}
	}
	list, err := store.ProductsNamed(ctx, d.DB, names)
	for _, p := range list {
		e.same[store.Named{Producer: p.Producer.ID, Name: ocop.Fold(p.Name)}] = p
	}
	if by.ID == ocop.System {
		e.by = asOffice(by, e.of)
	}
	return e, err
}

// asOffice lets a command on the server act as the coordination office of the
// places of these producers.
func asOffice(by access.Actor, of map[int]ocop.Producer) access.Actor {
	tops := map[ocop.Path]bool{}
	by.Grants = nil
	for _, p := range of {
		if top := p.Path.Upto(ocop.Province); top != "" && !tops[top] {
			tops[top] = true
			by.Grants = append(by.Grants, access.Grant{Role: access.Office, Unit: top.Unit(ocop.Province), Path: top})
		}
	}
	return by
}

// line makes a registration of a line. It gives the product that is on record
// under the same code or, in want of one, the same name; false when the line
// cannot be taken.
func (e *entering) line(i int) (old *ocop.Product, ok bool) {
	l := e.file.Lines[i]
	if l.Bad {
		return nil, false
	}
	r := casework.Registration{Code: l.Text("code"), Name: l.Text("name"), Producer: e.of[i].ID, Set: l.Whole("set"), Campaign: l.Text("campaign"), Assumed: l.Yes("assumed")}
	e.list[i].Registration = r
	if r.Code != "" && !codeForm.MatchString(r.Code) {
		e.file.Wrong(i, "code", "code_form", "Mã gồm chữ thường không dấu, chữ số và gạch ngang.", "A code holds lower-case letters, digits and hyphens.")
		return nil, false
	}
	name := store.Named{Producer: r.Producer, Name: ocop.Fold(r.Name)}
	if r.Code != "" && e.seen.note(e.file, i, "code "+r.Code, "code") || e.seen.note(e.file, i, "name "+name.Producer+" "+name.Name, "name") {
		return nil, false
	}
	if p := e.old[r.Code]; p != nil {
		if p.Producer.ID != r.Producer || ocop.Fold(p.Name) != name.Name || p.Set != r.Set {
			e.file.Wrong(i, "code", "exists", "Mã này đã dùng cho sản phẩm khác.", "This code belongs to another product.")
			return nil, false
		}
		return p, true
	}
	p, there := e.same[name]
	switch {
	case there && r.Code != "":
		e.file.Wrong(i, "code", "exists", "Chủ thể đã có sản phẩm cùng tên, mã "+p.Code+".", "The producer has a product of this name already, with the code "+p.Code+".")
		return nil, false
	case there && p.Set != r.Set:
		e.file.Wrong(i, "set", "exists", "Sản phẩm này đã có, với bộ tiêu chí "+itoa(p.Set)+".", "This product is there already, with criteria set "+itoa(p.Set)+".")
		return nil, false
	case there:
		return &p, true
	}
	return nil, true
}

func (e *entering) batch(already map[int]bool) batch {
	pick := func(lines []int) (out []casework.Entering) {
		for _, i := range lines {
			out = append(out, e.list[i])
		}
		return out
	}
	return batch{already: already, blame: blameProduct,
		try: func(ctx context.Context, lines []int) ([]error, error) {
			return e.desk.Products.TryRegister(ctx, e.by, pick(lines)), nil
		},
		save: func(ctx context.Context, lines []int) error {
			_, err := e.desk.Products.RegisterAll(ctx, e.by, pick(lines))
			return err
		}}
}

// beginProducts makes new products of lines.
func beginProducts(ctx context.Context, d *Desk, by access.Actor, f *workbook.Filled) (batch, error) {
	e, err := gather(ctx, d, by, f)
	if err != nil {
		return batch{}, err
	}
	already, campaigns := map[int]bool{}, map[string]bool{}
	for i := range f.Lines {
		old, ok := e.line(i)
		if !ok {
			continue
		}
		if old != nil {
			already[i] = true
			continue
		}
		e.list[i].Event = "register"
		if target := f.Lines[i].Whole("target"); target > 0 {
			e.list[i].Data = map[string]any{"target": int64(target)}
		}
		if key := e.list[i].Campaign; key != "" {
			known, asked := campaigns[key]
			if !asked {
				if known, err = d.sees(ctx, e.by, key); err != nil {
					return batch{}, err
				}
				campaigns[key] = known
			}
			if !known {
				f.Wrong(i, "campaign", "unknown", "Không có kế hoạch này.", "There is no such campaign.")
			}
		}
	}
	return e.batch(already), nil
}

// sees reports whether there is such a campaign that the actor may see.
func (d *Desk) sees(ctx context.Context, by access.Actor, campaign string) (bool, error) {
	_, err := d.Products.Plans.PlanOf(ctx, d.DB, by, campaign)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// beginCertificates makes products that were recognised earlier of lines. A
// certificate that is on record as it stands is there already.
func beginCertificates(ctx context.Context, d *Desk, by access.Actor, f *workbook.Filled) (batch, error) {
	e, err := gather(ctx, d, by, f)
	if err != nil {
		return batch{}, err
	}
	numbers, err := store.CertificatesByNumber(ctx, d.DB, texts(f, "number"))
	if err != nil {
		return batch{}, err
	}
	already := map[int]bool{}
	for i, l := range f.Lines {
		old, ok := e.line(i)
		if !ok || e.seen.note(f, i, "number "+l.Text("number"), "number") {
			continue
		}
		k, taken := numbers[l.Text("number")]
		switch {
		case taken && old != nil && k.Product == old.ID && k.Stars == l.Whole("stars") && k.IssuedOn == *l.Day("issued_on"):
			already[i] = true
		case taken:
			f.Wrong(i, "number", "number_free", "Số giấy chứng nhận này đã được dùng.", "This certificate number is in use.")
		case old != nil:
			f.Wrong(i, "name", "exists", "Sản phẩm này đã có trong hệ thống, mã "+old.Code+"; bảng này chỉ nhập sản phẩm chưa có.", "This product is on record already, with the code "+old.Code+"; this table only brings in new ones.")
		}
		e.list[i].Event = "import"
		e.list[i].Data = map[string]any{"number": l.Text("number"), "stars": int64(l.Whole("stars")), "issued_on": l.Day("issued_on").String(), "assumed": l.Yes("assumed")}
	}
	return e.batch(already), nil
}
