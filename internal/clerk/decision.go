package clerk

import (
	"context"
	"fmt"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Recognition asks for a decision: of the products named, or of all that were
// scored in a campaign.
type Recognition struct {
	Heading
	Products []string // ids or codes
	Campaign string   // id or code; "" for the products alone
	Bases    []string // what else it rests on
	Proposer string
}

// Decision draws up the decision that recognises products: each has a result on
// record, of stars that the issuing unit's level recognises.
//
// Faults: not_found; who_may_not (Forbidden); paper_wrong (Invalid, with each
// product that stands against it).
func (d *Desk) Decision(ctx context.Context, a access.Actor, r Recognition, lang ocop.Lang) (paper.Document, error) {
	u, err := d.unit(ctx, a, r.Unit, makers["decision"])
	if err != nil {
		return paper.Document{}, err
	}
	head, err := d.head(u, r.Heading, d.year(), lang)
	if err != nil {
		return paper.Document{}, err
	}
	bad := wrong()
	list(bad, "body.bases", r.Bases)
	line(bad, "body.proposer", r.Proposer)
	cases, err := d.scored(ctx, a, r, bad)
	if err != nil {
		return paper.Document{}, err
	}
	data := paper.Decision{Head: head, Authority: chairman(u, head.Issuer, lang), Bases: filled(r.Bases), Proposer: r.Proposer}
	d.recognise(&data, u, cases, bad, lang)
	if len(bad.Fields) > 0 {
		return paper.Document{}, bad
	}
	return d.Write(ctx, u.Path, "decision", lang, data)
}

// chairman is who decides: the chairman of a committee, otherwise the body itself.
func chairman(u *ocop.Unit, issuer string, lang ocop.Lang) string {
	switch u.Kind {
	case ocop.Commune, ocop.District, ocop.Province:
		return ocop.Text{Vi: "Chủ tịch " + issuer, En: "Chairman of the " + issuer}.In(lang)
	}
	return issuer
}

// filled leaves out lines that hold nothing.
func filled(lines []string) (out []string) {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// scored reads the products of a decision.
func (d *Desk) scored(ctx context.Context, a access.Actor, r Recognition, bad *fault.Error) ([]*casework.Standing, error) {
	ids, err := d.named(ctx, a, "body.products", r.Products, bad)
	if err != nil {
		return nil, err
	}
	if r.Campaign != "" {
		c, err := d.Campaigns.Get(ctx, a, r.Campaign)
		if err != nil {
			return nil, err
		}
		rows, err := d.Cases.Products(ctx, a, store.Filter{Campaign: c.ID, State: "council_scored", Limit: maxItems})
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			if s, err := d.Cases.Standing(ctx, d.DB, p.ID, d.Clock()); err == nil && Stars(s) >= recognisedFrom(s.Rules) {
				ids = append(ids, p.ID)
			}
		}
	}
	if len(ids) == 0 && len(bad.Fields) == 0 {
		bad.At("body.products", "Chưa chọn sản phẩm nào đã có kết quả.", "No product with a result was chosen.")
	}
	var out []*casework.Standing
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		s, err := d.Cases.Standing(ctx, d.DB, id, d.Clock())
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// named turns ids and codes of products into ids; one that is not in view is
// wrong like one that is not there.
func (d *Desk) named(ctx context.Context, a access.Actor, place string, keys []string, bad *fault.Error) ([]string, error) {
	if len(keys) > maxItems {
		bad.At(place, "Quá nhiều sản phẩm (tối đa 200).", "There are too many products (200 at most).")
		return nil, nil
	}
	var out []string
	for i, key := range keys {
		key = strings.TrimSpace(key)
		p, err := store.ProductByCode(ctx, d.DB, key)
		if err != nil {
			return nil, err
		}
		if p != nil {
			key = p.ID
		}
		if _, err := d.Cases.Product(ctx, a, key); fault.Is(err, fault.NotFound) {
			bad.At(fmt.Sprintf("%s[%d]", place, i), "Không có sản phẩm này.", "There is no such product.")
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, key)
	}
	return out, nil
}

func recognisedFrom(r *workflow.Rules) int {
	if r.Certificate == nil {
		return 3
	}
	return r.Certificate.RecognisedFrom
}

// Stars are those of the result on record, or of the certificate.
func Stars(s *casework.Standing) int {
	if s.Round != nil {
		if s.Round.Data.Result != nil && s.Product.State == "council_scored" {
			return s.Round.Data.Result.Stars
		}
		return 0
	}
	if s.Product.State == "certified" {
		return s.Product.Stars
	}
	return 0
}

// recognise fills in the products, and what the procedure says of all of them.
func (d *Desk) recognise(data *paper.Decision, u *ocop.Unit, cases []*casework.Standing, bad *fault.Error, lang ocop.Lang) {
	for i, s := range cases {
		place, stars := fmt.Sprintf("body.products[%d]", i), Stars(s)
		level := s.Rules.RecognisedBy(stars)
		switch {
		case !s.Product.Path.Within(u.Path):
			bad.At(place, fmt.Sprintf("%s không thuộc đơn vị ban hành.", s.Product.Name), fmt.Sprintf("%s does not belong to the issuing unit.", s.Product.Name))
			continue
		case stars < recognisedFrom(s.Rules):
			bad.At(place, fmt.Sprintf("%s chưa có kết quả từ %d sao.", s.Product.Name, recognisedFrom(s.Rules)), fmt.Sprintf("%s has no result of %d stars or more.", s.Product.Name, recognisedFrom(s.Rules)))
			continue
		case string(level) != string(u.Kind):
			bad.At(place, fmt.Sprintf("%s: hạng %d sao không do cấp của đơn vị này công nhận.", s.Product.Name, stars), fmt.Sprintf("%s: %d stars are not recognised by the level of this unit.", s.Product.Name, stars))
			continue
		}
		x := paper.DecisionProduct{Number: len(data.Products) + 1, Name: s.Product.Name, Code: s.Product.Code, Producer: s.Product.Producer.Name, Stars: stars}
		if s.Product.Commune != nil {
			x.Place = s.Product.Commune.Name
		}
		if s.Round != nil {
			x.Mean = s.Round.Data.Result.Mean
		}
		data.Products = append(data.Products, x)
		d.rests(data, s.Rules, lang, bad, place)
	}
	data.Count = len(data.Products)
}

// rests takes what the decision rests on from the procedure, one for all.
func (d *Desk) rests(data *paper.Decision, r *workflow.Rules, lang ocop.Lang, bad *fault.Error, place string) {
	if data.Act != "" && data.Act != r.Legal.Act {
		bad.At(place, "Các sản phẩm theo quy trình khác nhau; lập quyết định riêng.", "The products are under different procedures; make a decision of its own.")
		return
	}
	data.Act = r.Legal.Act
	if r.Legal.Date != nil {
		data.ActDay = r.Legal.Date.In(lang)
	}
	data.Unverified = r.Verified != nil && !*r.Verified
	if r.Certificate != nil {
		data.Months = r.Certificate.Months
	}
}
