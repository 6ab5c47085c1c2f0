package main

import (
	"fmt"
	"io"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/app"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type initCmd struct {
	database
	Unit  []string `required:"" sep:"none" help:"Unit as CODE:KIND:NAME, from the highest down, each below the one before, such as ha-tinh:province:'Tỉnh Hà Tĩnh'. Repeatable." placeholder:"CODE:KIND:NAME"`
	Admin string   `help:"Name with which the administrator signs in." default:"quan-tri"`
	JSON  bool     `help:"Print JSON."`
}

// firstDay is what an administrator needs to sign in for the first time.
type firstDay struct {
	Account  string   `json:"account"`
	Password string   `json:"password"` // must be changed at the first sign-in
	Units    []string `json:"units"`
}

// Run sets an empty office up: its first units, and an administrator of the
// highest one.
func (c initCmd) Run(w world) error {
	units, err := c.units()
	if err != nil {
		return err
	}
	done, err := on(w, c.database, func(a *app.App) (firstDay, error) { return c.setUp(w, a, units) })
	if err != nil {
		return err
	}
	return w.print(c.JSON, done, func(out io.Writer) {
		fmt.Fprintf(out, "Quản trị viên / administrator: %s\nMật khẩu, phải đổi khi đăng nhập lần đầu / password, to be changed at the first sign-in: %s\nĐơn vị / units: %s\n",
			done.Account, done.Password, strings.Join(done.Units, ", "))
	})
}

func (c initCmd) units() ([]ocop.Unit, error) {
	var out []ocop.Unit
	for _, text := range c.Unit {
		parts := strings.SplitN(text, ":", 3)
		if len(parts) != 3 || parts[2] == "" {
			return nil, fault.New(fault.Malformed, "unit_wrong", "--unit có dạng MÃ:LOẠI:TÊN, ví dụ ha-tinh:province:'Tỉnh Hà Tĩnh'.",
				"--unit is CODE:KIND:NAME, such as ha-tinh:province:'Tỉnh Hà Tĩnh'.").At(text, "Không đọc được.", "It cannot be read.")
		}
		u := ocop.Unit{Code: parts[0], Kind: ocop.UnitKind(parts[1]), Name: ocop.Text{Vi: parts[2], En: parts[2]}}
		if len(out) > 0 {
			u.Parent = out[len(out)-1].Code
		}
		out = append(out, u)
	}
	return out, nil
}

func (c initCmd) setUp(w world, a *app.App, units []ocop.Unit) (done firstDay, err error) {
	have, err := store.Accounts(w.ctx, a.DB, "", 1)
	if err != nil {
		return done, err
	}
	if len(have) > 0 {
		return done, fault.New(fault.Conflict, "set_up", "Cơ sở dữ liệu này đã được thiết lập; hãy dùng account add, unit add, account role.",
			"This database is set up already; use account add, unit add, account role.")
	}
	for _, u := range units {
		// A run that broke off is taken up again.
		if _, err := a.People.AddUnit(w.ctx, access.SystemActor, u, nil); err != nil && fault.Of(err).Code != "exists" {
			return done, err
		}
		done.Units = append(done.Units, u.Code)
	}
	acc, err := a.People.Add(w.ctx, access.SystemActor, accounts.NewAccount{Name: c.Admin, Display: c.Admin}, nil)
	if err != nil {
		return done, err
	}
	if _, err := a.People.Grant(w.ctx, access.SystemActor, c.Admin, ocop.Role("admin"), units[0].Code, nil); err != nil {
		return done, err
	}
	done.Account = c.Admin
	done.Password, err = a.People.Reset(w.ctx, access.SystemActor, acc.ID)
	return done, err
}
