package campaign

import (
	"context"
	"fmt"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
	"ocopflow/internal/store"
)

// Imported says what an import added; a second import adds nothing.
type Imported struct {
	Campaign  string `json:"campaign"`
	Units     int    `json:"units"`
	Producers int    `json:"producers"`
	Products  int    `json:"products"`
	Added     bool   `json:"added"` // the campaign itself
}

// Wrong is the fault of a file with findings: all of them, each with its place.
func Wrong(findings []source.Finding) error {
	bad := fault.New(fault.Invalid, "campaign_file", "Tệp kế hoạch có lỗi; chưa lưu gì.", "The campaign file has errors; nothing was saved.")
	for _, x := range findings {
		if !x.Warning {
			bad.At(fmt.Sprintf("%s:%d:%d", x.File, x.Line, x.Column), x.Message.Vi, x.Message.En)
		}
	}
	return bad
}

// Import brings a campaign into the database: its units, producers, itself and
// its products with their certificates last. What is there already, by its code,
// is left alone, so an import that was cut off can be run again. Units and
// producers are an administrator's to bring.
//
// Faults: campaign_file (Invalid, with line and column of everything wrong);
// campaign_changed (Conflict): the code is known with another content; those of
// Create.
func (d *Desk) Import(ctx context.Context, by access.Actor, name string, text []byte) (Imported, error) {
	if by.ID != ocop.System && !by.Has(access.Admin) && !by.Has(access.Office) {
		return Imported{}, mayNot()
	}
	f, findings, err := d.read(ctx, name, text)
	if err != nil {
		return Imported{}, err
	}
	if f == nil {
		return Imported{}, Wrong(findings)
	}
	if len(f.Units)+len(f.Producers) > 0 && by.ID != ocop.System && !by.Has(access.Admin) {
		return Imported{}, fault.New(fault.Forbidden, "who_may_not", "Tệp có đơn vị hoặc chủ thể mới: việc này của người quản trị.", "The file brings units or producers: this is for an administrator.")
	}
	out := Imported{Campaign: f.Campaign}
	old, err := store.CampaignBy(ctx, d.DB, f.Campaign)
	if err != nil {
		return out, err
	}
	hash := store.SHA256(string(text))
	if old != nil && old.Hash != hash {
		return out, fault.New(fault.Conflict, "campaign_changed",
			fmt.Sprintf("Kế hoạch %q đã có với nội dung khác.", f.Campaign), fmt.Sprintf("The campaign %q is known with another content.", f.Campaign))
	}
	if out.Units, err = d.importUnits(ctx, by, f); err != nil {
		return out, err
	}
	if out.Producers, err = d.importProducers(ctx, by, f); err != nil {
		return out, err
	}
	if old == nil {
		if _, err := d.create(ctx, by, f, hash, "import_campaign", nil); err != nil {
			return out, err
		}
		out.Added = true
	}
	out.Products, err = d.importProducts(ctx, by, f)
	return out, err
}

func (d *Desk) importUnits(ctx context.Context, by access.Actor, f *File) (int, error) {
	added := 0
	ids := map[string]string{}
	// Successors stand after the units they follow, so they are added first.
	for _, later := range []bool{true, false} {
		for _, u := range f.Units {
			if (u.ValidFrom == nil) == later && u.Kind == ocop.Commune {
				continue
			}
			if ids[u.Code] != "" {
				continue
			}
			old, err := store.UnitByCode(ctx, d.DB, u.Code)
			if err != nil {
				return added, err
			}
			if old != nil {
				ids[u.Code] = old.ID
				continue
			}
			n, err := d.People.AddUnit(ctx, by, ocop.Unit{Code: u.Code, Name: u.Name, Kind: u.Kind, Parent: u.Parent,
				ValidFrom: u.ValidFrom, ValidTo: u.ValidTo, Successor: ids[u.Successor], Assumed: u.Assumed}, nil)
			if err != nil {
				return added, err
			}
			ids[u.Code] = n.ID
			added++
		}
	}
	return added, nil
}

func (d *Desk) importProducers(ctx context.Context, by access.Actor, f *File) (int, error) {
	added := 0
	for _, p := range f.Producers {
		old, err := store.UnitByCode(ctx, d.DB, p.Code)
		if err != nil {
			return added, err
		}
		if old != nil {
			continue
		}
		if _, err := d.People.AddProducer(ctx, by, ocop.Producer{Code: p.Code, Name: p.Name, Form: p.Form, Unit: p.Unit}, nil); err != nil {
			return added, err
		}
		added++
	}
	return added, nil
}

func (d *Desk) importProducts(ctx context.Context, by access.Actor, f *File) (int, error) {
	added := 0
	for _, p := range f.Products {
		old, err := store.ProductByCode(ctx, d.DB, p.Code)
		if err != nil {
			return added, err
		}
		if old != nil {
			continue
		}
		owner, err := store.UnitByCode(ctx, d.DB, p.Producer)
		if err != nil {
			return added, err
		}
		r := casework.Registration{Code: p.Code, Name: p.Name, Producer: owner.ID, Set: p.Set, Campaign: f.Campaign, Assumed: p.Certificate.Assumed}
		k := p.Certificate
		_, err = d.Products.Register(ctx, r, casework.Ask{Actor: importer(by, owner.Path), Event: "import", Data: map[string]any{
			"number": k.Number, "stars": int64(k.Stars), "issued_on": k.IssuedOn.String(), "assumed": k.Assumed}})
		if err != nil {
			return added, fmt.Errorf("product %s: %w", p.Code, err)
		}
		added++
	}
	return added, nil
}

// importer lets the one who sets the office up act as its coordination office
// there: before that, nobody else could.
func importer(by access.Actor, place ocop.Path) access.Actor {
	if by.ID != ocop.System {
		return by
	}
	top := place.Upto(ocop.Province)
	by.Grants = append([]access.Grant{{Role: access.Office, Unit: top.Unit(ocop.Province), Path: top}}, by.Grants...)
	return by
}
