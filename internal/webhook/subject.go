package webhook

import (
	"context"
	"slices"
	"strings"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// subject is what an event is about, and where that lies.
type subject struct {
	product  *product
	petition *petition
	duty     *duty
	places   []ocop.Path
}

// within reports whether the subject lies at or below a place.
func (s *subject) within(place ocop.Path) bool {
	return slices.ContainsFunc(s.places, func(p ocop.Path) bool { return p.Within(place) })
}

// subjects are what entries are about, by their index, with one statement for each
// kind. What is about nothing that is told of is not among them.
func subjects(ctx context.Context, q sqldb.Querier, lines []store.Line) (map[int64]*subject, error) {
	of := map[string][]string{} // ids by the kind of stream
	for _, l := range lines {
		kind, id, _ := strings.Cut(l.Stream, ":")
		if kind != "product" && kind != "campaign" {
			kind = "petition"
		}
		of[kind] = append(of[kind], id)
	}
	products, err := store.Products(ctx, q, of["product"])
	if err != nil {
		return nil, err
	}
	petitions, err := store.Petitions(ctx, q, of["petition"])
	if err != nil {
		return nil, err
	}
	out := map[int64]*subject{}
	var duties []store.Line
	for _, l := range lines {
		kind, id, _ := strings.Cut(l.Stream, ":")
		if p := products[id]; kind == "product" && p != nil {
			out[l.Index] = &subject{product: &product{p.ID, p.Code, p.Name, p.Unit}, places: []ocop.Path{p.Path}}
		} else if n := petitions[id]; n != nil && n.Procedure == kind {
			s := &subject{petition: &petition{ID: n.ID, Code: n.Code, Procedure: n.Procedure, Unit: n.Unit.ID, Asker: n.Asker.ID}, places: []ocop.Path{n.Place}}
			if n.Product != nil {
				s.petition.Product = n.Product.ID
			}
			out[l.Index] = s
		} else if kind == "campaign" {
			duties = append(duties, l)
		}
	}
	return out, addDuties(ctx, q, of["campaign"], duties, out)
}

// addDuties finds the duties of organisations that entries of campaigns are about.
// They lie where the organisation does, and where the plan was made.
func addDuties(ctx context.Context, q sqldb.Querier, campaigns []string, lines []store.Line, out map[int64]*subject) error {
	if len(lines) == 0 {
		return nil
	}
	plans, err := store.CampaignsByID(ctx, q, campaigns)
	if err != nil {
		return err
	}
	named := make([]duty, len(lines))
	var ids, codes []string
	for i, l := range lines {
		t, err := telling(l)
		if err != nil {
			return err
		}
		named[i] = duty{Code: t.text("duty"), Organisation: t.text("organisation"), State: t.text("state")}
		if _, mark, ok := strings.Cut(t.text("deadline"), "."); ok { // of a duty: campaign.duty@organisation
			named[i].Code, named[i].Organisation, _ = strings.Cut(mark, "@")
		}
		ids, codes = append(ids, named[i].Organisation), append(codes, named[i].Organisation)
	}
	byID, err := store.UnitsByID(ctx, q, ids)
	if err != nil {
		return err
	}
	byCode, err := store.UnitsByCode(ctx, q, codes)
	if err != nil {
		return err
	}
	for i, l := range lines {
		u := byID[named[i].Organisation]
		if u == nil {
			u = byCode[named[i].Organisation]
		}
		at := slices.IndexFunc(plans, func(c store.Campaign) bool { return "campaign:"+c.ID == l.Stream })
		if u == nil || at < 0 {
			continue
		}
		named[i].Organisation, named[i].Campaign = u.ID, plans[at].Code
		out[l.Index] = &subject{duty: &named[i], places: []ocop.Path{u.Path, plans[at].UnitPath}}
	}
	return nil
}
