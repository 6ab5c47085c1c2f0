package intake

import (
	"context"
	"slices"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

// reach says what the actor's roles reach; the system's reach everything.
func reach(by access.Actor, roles ...ocop.Role) func(ocop.Path) bool {
	places := placesOf(by, roles...)
	return func(p ocop.Path) bool {
		return by.ID == ocop.System || slices.ContainsFunc(places, func(top ocop.Path) bool { return p.Within(top) })
	}
}

func placesOf(by access.Actor, roles ...ocop.Role) (out []ocop.Path) {
	for _, g := range by.Grants {
		if slices.Contains(roles, g.Role) {
			out = append(out, g.Path)
		}
	}
	return out
}

// texts are what a field holds in the lines of a file, each once.
func texts(f *workbook.Filled, field string) (out []string) {
	for _, l := range f.Lines {
		if l.Has(field) {
			out = append(out, l.Text(field))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// twice notes that a key of a line stood in an earlier one.
type twice map[string]int

func (t twice) note(f *workbook.Filled, i int, key, field string) bool {
	row, ok := t[key]
	if !ok {
		t[key] = f.Lines[i].Row
		return false
	}
	f.Wrong(i, field, "twice", "Trùng với dòng "+itoa(row)+" của tệp.", "The same as row "+itoa(row)+" of the file.")
	return true
}

// units finds the authorities that lines name in a field, by code or by name,
// within reach. What cannot be told apart is noted in the file.
func (d *Desk) units(ctx context.Context, by access.Actor, f *workbook.Filled, field string, roles ...ocop.Role) (map[int]ocop.Unit, error) {
	list, err := store.UnitsNamed(ctx, d.DB, texts(f, field))
	if err != nil {
		return nil, err
	}
	within, today := reach(by, roles...), d.Products.Today()
	codes, names := map[string]ocop.Unit{}, map[string][]ocop.Unit{}
	for _, u := range list {
		if within(u.Path) {
			codes[u.Code] = u
			if u.ValidTo == nil || *u.ValidTo >= today {
				names[u.Name.Vi] = append(names[u.Name.Vi], u)
			}
		}
	}
	return choose(f, field, codes, names, "Không có đơn vị này trong phạm vi của bạn.", "There is no such unit in your reach."), nil
}

// owners finds the producers that lines name, by code or by name, within reach
// of the actor's office.
func (d *Desk) owners(ctx context.Context, by access.Actor, f *workbook.Filled) (map[int]ocop.Producer, error) {
	list, err := store.ProducersNamed(ctx, d.DB, texts(f, "producer"))
	if err != nil {
		return nil, err
	}
	within := reach(by, access.Office)
	codes, names := map[string]ocop.Producer{}, map[string][]ocop.Producer{}
	for _, p := range list {
		if within(p.Path) {
			codes[p.Code] = p
			names[ocop.Fold(p.Name)] = append(names[ocop.Fold(p.Name)], p)
		}
	}
	return choose(f, "producer", codes, names, "Không có chủ thể này trong phạm vi của bạn; hãy nhập chủ thể trước.", "There is no such producer in your reach; bring producers in first."), nil
}

// choose takes what a line names: by its code, else by its name if only one has it.
func choose[T any](f *workbook.Filled, field string, codes map[string]T, names map[string][]T, vi, en string) map[int]T {
	out := map[int]T{}
	for i, l := range f.Lines {
		said := l.Text(field)
		if said == "" {
			continue // noted when it was read
		}
		named := names[said]
		if named == nil {
			named = names[ocop.Fold(said)]
		}
		if x, ok := codes[strings.ToLower(said)]; ok {
			out[i] = x
		} else if len(named) == 1 {
			out[i] = named[0]
		} else if len(named) > 1 {
			f.Wrong(i, field, "ambiguous", "Có nhiều mục cùng tên này; hãy ghi mã.", "Several have this name; write the code.")
		} else {
			f.Wrong(i, field, "unknown", vi, en)
		}
	}
	return out
}

// most is how many entries a list of a template offers.
const most = 3000

// communes offers the places in reach to a template, by their codes.
func communes(ctx context.Context, d *Desk, by access.Actor) (map[string][]string, error) {
	list, err := store.CommunesBelow(ctx, d.DB, placesOf(by, access.Office, access.Admin), d.Products.Today(), most)
	var out []string
	for _, u := range list {
		out = append(out, u.Code)
	}
	return map[string][]string{"unit": out}, err
}

// owners offers the producers in reach to a template, by their codes.
func owners(ctx context.Context, d *Desk, by access.Actor) (map[string][]string, error) {
	list, err := store.ProducersBelow(ctx, d.DB, placesOf(by, access.Office), "", "", most)
	var out []string
	for _, p := range list {
		out = append(out, p.Code)
	}
	return map[string][]string{"producer": out}, err
}
