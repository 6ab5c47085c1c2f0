package app

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/workflows"
)

// demoCampaign is the file that the demo loads.
const demoCampaign = "campaigns/cam-xuyen-2024.yaml"

const demoSetting = "demo"

// ErrNotDemo says that the database holds something else than the demo.
var ErrNotDemo = errors.New("this database holds something else than the demo; give the demo a database of its own")

// DemoAccount is an account of the demo with working credentials.
type DemoAccount struct {
	Name     string    `json:"name"`
	Role     ocop.Role `json:"role"`
	Unit     string    `json:"unit"`
	Password string    `json:"password"`
	Token    string    `json:"token"`
}

// seat is a demo account's role in a unit, by code.
type seat struct {
	name string
	role ocop.Role
	unit string
}

// LoadDemo brings the campaign of Cẩm Xuyên 2024 in, with one account for each
// role, and gives working credentials, new ones each time.
func (a *App) LoadDemo(ctx context.Context) ([]DemoAccount, error) {
	if err := a.ownDemo(ctx); err != nil {
		return nil, err
	}
	text, err := workflows.Files.ReadFile(demoCampaign)
	if err != nil {
		return nil, err
	}
	if _, err := a.Campaigns.Import(ctx, access.SystemActor, "cam-xuyen-2024.yaml", text); err != nil {
		return nil, fmt.Errorf("demo campaign: %w", err)
	}
	seats, err := a.seats(ctx)
	if err != nil {
		return nil, err
	}
	password := newPassword()
	hash, err := a.People.HashPassword(password)
	if err != nil {
		return nil, err
	}
	var out []DemoAccount
	for _, s := range seats {
		token, err := a.seat(ctx, s, hash)
		if err != nil {
			return nil, fmt.Errorf("demo account %s: %w", s.name, err)
		}
		out = append(out, DemoAccount{s.name, s.role, s.unit, password, token})
	}
	return out, nil
}

// ownDemo marks an empty database as the demo's and refuses any other.
func (a *App) ownDemo(ctx context.Context) error {
	mark, err := store.Setting(ctx, a.DB, demoSetting)
	if err != nil || mark != "" {
		return err
	}
	units, err := store.Units(ctx, a.DB, "", 1)
	if err != nil {
		return err
	}
	people, err := store.Accounts(ctx, a.DB, "", 1)
	if err != nil {
		return err
	}
	if len(units)+len(people) > 0 {
		return ErrNotDemo
	}
	return a.saveSetting(ctx, demoSetting, "cam-xuyen-2024")
}

// seats are the demo's accounts: those of the district, the province, the
// councils, one for each commune, department and product.
func (a *App) seats(ctx context.Context) ([]seat, error) {
	list := []seat{
		{"admin", access.Admin, "bo-nnptnt"}, {"office", access.Office, "cam-xuyen"}, {"leader", access.Leader, "cam-xuyen"},
		{"office-province", access.Office, "ha-tinh"}, {"leader-province", access.Leader, "ha-tinh"},
		{"office-ministry", access.Office, "bo-nnptnt"}, {"leader-ministry", access.Leader, "bo-nnptnt"},
		{"auditor", access.Auditor, "ha-tinh"}, {"privacy", access.Privacy, "ha-tinh"},
	}
	for level, unit := range map[string]string{"district": "cam-xuyen", "province": "ha-tinh", "ministry": "bo-nnptnt"} {
		list = append(list, seat{"secretary-" + level, access.Secretary, unit})
		for n := 1; n <= 5; n++ {
			list = append(list, seat{fmt.Sprintf("member-%s-%d", level, n), access.Member, unit})
		}
	}
	units, err := store.Units(ctx, a.DB, "", 1000)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		switch u.Kind {
		case ocop.Commune:
			list = append(list, seat{"commune-" + u.Code, access.Commune, u.Code})
		case ocop.Department:
			list = append(list, seat{"dept-" + u.Code, access.Department, u.Code})
		}
	}
	for _, code := range []string{"nuoc-mam-phu-sang", "ruou-sim-dat-thom", "gao-xuyen-huong", "tinh-dau-sa-chanh"} {
		p, err := store.ProductByCode(ctx, a.DB, code)
		if err != nil || p == nil {
			return nil, errors.Join(fmt.Errorf("demo product %s is missing", code), err)
		}
		list = append(list, seat{"producer-" + code, access.Producer, p.Producer.Code})
	}
	return list, nil
}

func (a *App) seat(ctx context.Context, s seat, hash string) (string, error) {
	acc, err := a.People.AddHashed(ctx, access.SystemActor, accounts.NewAccount{Name: s.name, Display: s.name}, hash)
	if fault.Is(err, fault.Conflict) {
		acc, err = a.People.ResetHashed(ctx, s.name, hash)
	} else if err == nil {
		_, err = a.People.Grant(ctx, access.SystemActor, acc.ID, s.role, s.unit, nil)
	}
	if err != nil {
		return "", err
	}
	token, err := a.People.Token(ctx, access.Actor{ID: acc.ID, Name: acc.Name}, "demo", 0)
	return token.Secret, err
}

func newPassword() string {
	b := make([]byte, 10)
	rand.Read(b)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b))
}
