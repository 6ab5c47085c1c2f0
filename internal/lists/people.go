package lists

import (
	"context"
	"slices"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/intake"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

// Producers are those in the reader's view, with the columns by which they are
// taken in.
func (d *Desk) Producers(r Reader) Table {
	w := d.words(r.Lang)
	view := r.Actor.Products()
	places := view.Units
	for _, g := range r.Actor.Grants {
		if g.Role == access.Admin {
			places = append(slices.Clip(places), g.Path)
		}
	}
	return Table{Name: "chu-the", Title: intake.Producers.Title.In(r.Lang), Columns: w.columnsOf(intake.Producers),
		rows: func(ctx context.Context, row func(cells ...any) error) error {
			units := codes{d, map[string]*ocop.Unit{}}
			write := func(rows []ocop.Producer) error {
				for _, p := range rows {
					u, err := units.of(ctx, p.Unit)
					if err != nil {
						return err
					}
					if err := row(p.Code, p.Name, w.chosen(intake.Producers, "form", p.Form), u.Code, u.Name.In(r.Lang)); err != nil {
						return err
					}
				}
				return nil
			}
			if len(places) == 0 {
				own, err := store.ProducersByID(ctx, d.DB, view.Producers)
				if err != nil {
					return err
				}
				var list []ocop.Producer
				for _, id := range view.Producers {
					if p, ok := own[id]; ok {
						list = append(list, p)
					}
				}
				return write(list)
			}
			return paged("", page, func(after string, limit int) ([]ocop.Producer, error) {
				return store.ProducersBelow(ctx, d.DB, places, "", after, limit)
			}, func(p ocop.Producer) string { return p.Code }, write)
		}}
}

// Units are the authorities at and below the reader's places, each behind the
// one above it, with the columns by which they are taken in.
func (d *Desk) Units(r Reader) Table {
	w := d.words(r.Lang)
	var places []ocop.Path
	for _, g := range r.Actor.Grants {
		if g.Role != access.Producer {
			places = append(places, g.Path)
		}
	}
	return Table{Name: "don-vi", Title: intake.Units.Title.In(r.Lang), Columns: w.columnsOf(intake.Units),
		rows: func(ctx context.Context, row func(cells ...any) error) error {
			above := codes{d, map[string]*ocop.Unit{}}
			return paged("", page, func(after string, limit int) ([]ocop.Unit, error) {
				return store.UnitsBelow(ctx, d.DB, places, ocop.Path(after), limit)
			}, func(u ocop.Unit) string { return string(u.Path) }, func(rows []ocop.Unit) error {
				for _, u := range rows {
					parent, err := above.of(ctx, u.Parent)
					if err != nil {
						return err
					}
					if err := row(u.Code, u.Name.Vi, u.Name.En, w.chosen(intake.Units, "kind", string(u.Kind)), parent.Code); err != nil {
						return err
					}
				}
				return nil
			})
		}}
}

// Accounts are those that the reader looks after, with the roles that they hold.
//
// Faults, from its rows: who_may_not (Forbidden).
func (d *Desk) Accounts(r Reader) Table {
	w := d.words(r.Lang)
	return Table{Name: "tai-khoan", Title: w.column("Tài khoản", "Accounts", 0).Title, Columns: []workbook.Column{
		w.column("Tên đăng nhập", "Name to sign in with", workbook.Text), w.column("Tên hiển thị", "Name shown", workbook.Text),
		w.column("Đã khóa", "Disabled", workbook.Text), w.column("Ngày tạo", "Made on", workbook.Day), w.column("Vai trò", "Roles", workbook.Text)},
		rows: func(ctx context.Context, row func(cells ...any) error) error {
			units := codes{d, map[string]*ocop.Unit{}}
			return paged("", page, func(after string, limit int) ([]store.Account, error) {
				return d.People.List(ctx, r.Actor, after, "", limit)
			}, func(a store.Account) string { return a.Name }, func(rows []store.Account) error {
				for _, a := range rows {
					held, err := store.HeldBy(ctx, d.DB, a.ID)
					if err != nil {
						return err
					}
					var roles []string
					for _, g := range held {
						u, err := units.of(ctx, g.Unit)
						if err != nil {
							return err
						}
						roles = append(roles, w.role(g.Role)+" · "+u.Name.In(r.Lang))
					}
					if err := row(a.Name, a.Display, w.yes(a.Disabled), ocop.DateOf(a.CreatedAt), strings.Join(roles, "; ")); err != nil {
						return err
					}
				}
				return nil
			})
		}}
}

func (w words) role(name ocop.Role) string {
	if w.rules != nil {
		if x, ok := w.rules.Roles.Get(string(name)); ok {
			return x.Title.In(w.lang)
		}
	}
	return string(name)
}
