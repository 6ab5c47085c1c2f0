package register

import (
	"context"

	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Recognised is a product that was recognised, as anybody may read of it: what
// stands on its certificate and in the decision, and nothing that is internal.
type Recognised struct {
	Number    string                 `json:"number"`
	Name      string                 `json:"name"`
	Producer  string                 `json:"producer"`
	Commune   *Place                 `json:"commune" doc:"null where it is not known"`
	Set       int                    `json:"set" doc:"number of the criteria set"`
	Kind      ocop.Text              `json:"kind" doc:"name of the criteria set"`
	Stars     int                    `json:"stars"`
	Decision  string                 `json:"decision"`
	DecidedOn *ocop.Date             `json:"decided_on"`
	IssuedOn  ocop.Date              `json:"issued_on"`
	LastDay   ocop.Date              `json:"last_day" doc:"inclusive; with an extension, where there is one"`
	Status    ocop.CertificateStatus `json:"status" enum:"valid,extended,expired,revoked"`
	Assumed   bool                   `json:"assumed" doc:"number or day were not in the source"`
	Verify    string                 `json:"verify" doc:"page on which the certificate is checked"`
	Cursor    string                 `json:"-"`
}

// Place is a commune by its public code.
type Place struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Statuses are what the public may narrow the list to.
func Statuses() []string { return []string{store.InForce, store.Expired, store.Revoked, "all"} }

// ListRecognised gives one page of recognised products, those issued last first.
// An unknown status is that of certificates in force. The commune is given by its code.
func ListRecognised(ctx context.Context, q sqldb.Querier, f store.RecognisedFilter, sheets string) ([]Recognised, error) {
	switch f.Status {
	case store.Expired, store.Revoked:
	case "all":
		f.Status = ""
	default:
		f.Status = store.InForce
	}
	if f.Commune != "" {
		u, err := store.UnitByCode(ctx, q, f.Commune)
		if err != nil || u == nil {
			return []Recognised{}, err
		}
		f.Commune = u.ID
	}
	list, err := store.ListRecognised(ctx, q, f)
	out := make([]Recognised, 0, len(list))
	for _, x := range list {
		r := Recognised{Number: x.Number, Name: x.Name, Producer: x.Producer, Set: x.Set, Stars: x.Stars, Decision: x.Decision, DecidedOn: x.DecidedOn,
			IssuedOn: x.IssuedOn, LastDay: x.LastDay, Status: x.StatusOn(f.On), Assumed: x.Assumed, Verify: "/verify/" + x.Number, Cursor: x.Cursor()}
		if x.ExtendedTo != nil {
			r.LastDay = *x.ExtendedTo
		}
		if set := criteria.BuiltIn(sheets)[x.Set]; set != nil {
			r.Kind = set.Name
		}
		if x.Commune != nil {
			r.Commune = &Place{x.Commune.Code, x.Commune.Name}
		}
		out = append(out, r)
	}
	return out, err
}

// Busy is the answer when too many lists are being written for the public.
func Busy() error {
	return fault.New(fault.TooMany, "too_many", "Quá nhiều yêu cầu; hãy đợi một lát rồi thử lại.", "Too many requests; wait a moment and try again.")
}
