package intake

import (
	"context"
	"strconv"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

func itoa(n int) string { return strconv.Itoa(n) }

// beginUnits makes units of lines. One whose code is on record with the same
// name, kind and place is there already.
func beginUnits(ctx context.Context, d *Desk, by access.Actor, f *workbook.Filled) (batch, error) {
	b := batch{already: map[int]bool{}, together: true, blame: blamed(map[string]string{"body.code": "code", "body.kind": "kind", "body.name.vi": "name", "body.name.en": "name_en", "body.parent": "parent", "exists": "code", "who_may_not": "parent"}, "code")}
	known, err := store.UnitsNamed(ctx, d.DB, append(texts(f, "code"), texts(f, "parent")...))
	if err != nil {
		return b, err
	}
	byCode, inFile := map[string]ocop.Unit{}, map[string]int{}
	for _, u := range known {
		byCode[u.Code] = u
	}
	within, seen := reach(by, access.Admin), twice{}
	list := make([]ocop.Unit, len(f.Lines))
	for i, l := range f.Lines {
		u := ocop.Unit{Code: l.Text("code"), Name: ocop.Text{Vi: l.Text("name"), En: l.Text("name_en")}, Kind: ocop.UnitKind(l.Text("kind")), Parent: l.Text("parent")}
		if u.Name.En == "" {
			u.Name.En = u.Name.Vi
		}
		if list[i] = u; l.Bad || seen.note(f, i, u.Code, "code") {
			continue
		}
		if inFile[u.Code] = i; u.Code == u.Parent {
			f.Wrong(i, "parent", "itself", "Đơn vị không thể trực thuộc chính nó.", "A unit cannot lie below itself.")
		}
		old, ok := byCode[u.Code]
		above := byCode[u.Parent]
		switch {
		case ok && within(old.Path) && old.Name.Vi == u.Name.Vi && old.Kind == u.Kind && old.Parent == above.ID:
			b.already[i] = true
		case ok:
			f.Wrong(i, "code", "exists", "Mã này đã dùng cho đơn vị khác.", "This code belongs to another unit.")
		}
	}
	b.order = parentsFirst(list, inFile)
	pick := func(lines []int) (out []ocop.Unit) {
		for _, i := range lines {
			out = append(out, list[i])
		}
		return out
	}
	b.try = func(ctx context.Context, lines []int) ([]error, error) {
		return d.People.TryUnits(ctx, by, pick(lines))
	}
	b.save = func(ctx context.Context, lines []int) error { return d.People.AddUnits(ctx, by, pick(lines)) }
	return b, nil
}

// parentsFirst orders units so that each stands behind the one above it. Those
// in a ring keep the file's order, and are refused for want of a unit above.
func parentsFirst(list []ocop.Unit, inFile map[string]int) (order []int) {
	placed := make([]bool, len(list))
	var place func(i, depth int)
	place = func(i, depth int) {
		if placed[i] || depth > 20 {
			return
		}
		if above, ok := inFile[list[i].Parent]; ok && above != i {
			place(above, depth+1)
		}
		if !placed[i] {
			placed[i], order = true, append(order, i)
		}
	}
	for i := range list {
		place(i, 0)
	}
	return order
}

// beginProducers makes producers of lines. One is there already if its code or,
// without one, its name in its commune is on record, and nothing else differs.
func beginProducers(ctx context.Context, d *Desk, by access.Actor, f *workbook.Filled) (batch, error) {
	b := batch{already: map[int]bool{}, blame: blamed(map[string]string{"body.name": "name", "body.code": "code", "body.form": "form", "body.unit": "unit", "body.parent": "unit", "exists": "code", "who_may_not": "unit"}, "name")}
	places, err := d.units(ctx, by, f, "unit", access.Office, access.Admin)
	if err != nil {
		return b, err
	}
	known, err := store.ProducersNamed(ctx, d.DB, append(texts(f, "code"), texts(f, "name")...))
	if err != nil {
		return b, err
	}
	byCode, byName := map[string]ocop.Producer{}, map[string]ocop.Producer{}
	for _, p := range known {
		byCode[p.Code], byName[p.Unit+" "+ocop.Fold(p.Name)] = p, p
	}
	seen := twice{}
	list := make([]ocop.Producer, len(f.Lines))
	for i, l := range f.Lines {
		if l.Bad {
			continue
		}
		p := ocop.Producer{Code: l.Text("code"), Name: l.Text("name"), Form: l.Text("form"), Unit: places[i].ID}
		list[i] = p
		key := p.Unit + " " + ocop.Fold(p.Name)
		if p.Code != "" && seen.note(f, i, "code "+p.Code, "code") || seen.note(f, i, key, "name") {
			continue
		}
		old, ok := byCode[p.Code]
		switch {
		case ok && old.Unit == p.Unit && ocop.Fold(old.Name) == ocop.Fold(p.Name) && old.Form == p.Form:
			b.already[i] = true
			continue
		case ok:
			f.Wrong(i, "code", "exists", "Mã này đã dùng cho chủ thể hoặc đơn vị khác.", "This code belongs to another producer or unit.")
			continue
		}
		if old, ok = byName[key]; ok && old.Form == p.Form && p.Code == "" {
			b.already[i] = true
		} else if ok {
			f.Wrong(i, "name", "exists", "Xã này đã có chủ thể cùng tên, mã "+old.Code+".", "The commune has a producer of this name already, with the code "+old.Code+".")
		}
	}
	pick := func(lines []int) (out []ocop.Producer) {
		for _, i := range lines {
			out = append(out, list[i])
		}
		return out
	}
	b.try = func(ctx context.Context, lines []int) ([]error, error) {
		return d.People.TryProducers(ctx, by, pick(lines))
	}
	b.save = func(ctx context.Context, lines []int) error { return d.People.AddProducers(ctx, by, pick(lines)) }
	return b, nil
}
