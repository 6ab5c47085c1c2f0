package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/app"
	"ocopflow/internal/campaign"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
	"ocopflow/internal/store"
)

type campaignCmd struct {
	Import campaignImportCmd `cmd:"" help:"Bring a campaign file in: units, producers, products, deadlines. A second import changes nothing."`
}

type campaignImportCmd struct {
	database
	File string `arg:"" help:"Campaign file (YAML)." type:"existingfile"`
	JSON bool   `help:"Print JSON."`
}

func (c campaignImportCmd) Run(w world) error {
	text, err := readSmall(c.File)
	if err != nil {
		return err
	}
	done, err := on(w, c.database, func(a *app.App) (campaign.Imported, error) {
		return a.Campaigns.Import(w.ctx, access.SystemActor, c.File, text)
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, done, func(out io.Writer) {
		fmt.Fprintf(out, "%s: +%d đơn vị/units, +%d chủ thể/producers, +%d sản phẩm/products\n", done.Campaign, done.Units, done.Producers, done.Products)
	})
}

// readSmall reads a file that a person wrote; a huge one is refused unread.
func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, source.MaxFile+1))
	if err == nil && len(text) > source.MaxFile {
		err = fault.New(fault.TooLarge, "too_large", "Tệp lớn hơn 512 KiB.", "The file is larger than 512 KiB.").At(name, "Quá lớn.", "Too large.")
	}
	return text, err
}

type accountCmd struct {
	Add   accountAddCmd   `cmd:"" help:"Make an account; the password is read from OCOPFLOW_PASSWORD or standard input."`
	Token accountTokenCmd `cmd:"" help:"Make a bearer token for an account; it is shown once."`
	Role  accountRoleCmd  `cmd:"" help:"Give an account a role in a unit."`
}

type accountAddCmd struct {
	database
	Name     string `arg:"" help:"Name to sign in with."`
	Display  string `help:"Name to show."`
	Password string `help:"Password; better given in OCOPFLOW_PASSWORD." env:"OCOPFLOW_PASSWORD"`
	JSON     bool   `help:"Print JSON."`
}

func (c accountAddCmd) Run(w world) error {
	acc, err := on(w, c.database, func(a *app.App) (store.Account, error) {
		return a.People.Add(w.ctx, access.SystemActor, accounts.NewAccount{Name: c.Name, Display: c.Display, Password: c.Password}, nil)
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, acc, func(out io.Writer) { fmt.Fprintln(out, acc.ID) })
}

type accountTokenCmd struct {
	database
	Name  string `arg:"" help:"Account."`
	Label string `help:"What the token is for."`
	Days  int    `help:"Days until it runs out." default:"365"`
	JSON  bool   `help:"Print JSON."`
}

func (c accountTokenCmd) Run(w world) error {
	secret, err := on(w, c.database, func(a *app.App) (accounts.Secret, error) {
		acc, err := store.AccountByName(w.ctx, a.DB, c.Name)
		switch {
		case err != nil:
			return accounts.Secret{}, err
		case acc == nil:
			return accounts.Secret{}, fault.New(fault.NotFound, "not_found", "Không có tài khoản này.", "There is no such account.")
		}
		return a.People.Token(w.ctx, access.Actor{ID: acc.ID, Name: acc.Name}, c.Label, time.Duration(c.Days)*24*time.Hour)
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, secret, func(out io.Writer) { fmt.Fprintln(out, secret.Secret) })
}

type accountRoleCmd struct {
	database
	Name string `arg:"" help:"Account."`
	Role string `arg:"" help:"Role: admin, office, leader, secretary, member, commune, producer, department, auditor, privacy."`
	Unit string `arg:"" help:"Unit, by code."`
	JSON bool   `help:"Print JSON."`
}

func (c accountRoleCmd) Run(w world) error {
	_, err := on(w, c.database, func(a *app.App) (access.Grant, error) {
		return a.People.Grant(w.ctx, access.SystemActor, c.Name, ocop.Role(c.Role), c.Unit, nil)
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, map[string]string{"account": c.Name, "role": c.Role, "unit": c.Unit}, func(out io.Writer) { fmt.Fprintf(out, "%s: %s, %s\n", c.Name, c.Role, c.Unit) })
}

type unitCmd struct {
	Add unitAddCmd `cmd:"" help:"Add a unit."`
}

type unitAddCmd struct {
	database
	Code   string `arg:"" help:"Code: lower-case letters, digits, hyphens."`
	Kind   string `arg:"" help:"ministry, province, district, commune, department, office or council."`
	Vi     string `help:"Name in Vietnamese." required:""`
	En     string `help:"Name in English." required:""`
	Parent string `help:"Code of the unit above."`
	JSON   bool   `help:"Print JSON."`
}

func (c unitAddCmd) Run(w world) error {
	u, err := on(w, c.database, func(a *app.App) (ocop.Unit, error) {
		return a.People.AddUnit(w.ctx, access.SystemActor, ocop.Unit{Code: c.Code, Kind: ocop.UnitKind(c.Kind), Name: ocop.Text{Vi: c.Vi, En: c.En}, Parent: c.Parent}, nil)
	})
	if err != nil {
		return err
	}
	return w.print(c.JSON, u, func(out io.Writer) { fmt.Fprintln(out, u.ID) })
}
