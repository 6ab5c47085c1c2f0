// Package announce owns the written notices by which a producer and its commune
// learn of a result: which results there are to tell, that each is told once, and
// what stands in the notice. The line in the register is package
// correspondence's, the template package clerk's.
package announce

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/clerk"
	"ocopflow/internal/correspondence"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Desk is where results are announced.
type Desk struct {
	DB        *sqldb.DB
	Clock     func() time.Time
	Cases     *casework.Desk
	Clerk     *clerk.Desk
	Registers *correspondence.Desk
	Library   *workflow.Library
}

// MaxTogether bounds the notices of one act.
const MaxTogether = 200

// Scored is a product's newest result, and the notices of it.
type Scored struct {
	Product     ocop.Ref             `json:"product"`
	Session     string               `json:"session"`
	Level       ocop.Level           `json:"level"`
	HeldOn      ocop.Date            `json:"held_on"`
	Mean        string               `json:"mean"`
	Stars       int                  `json:"stars"`
	Certificate string               `json:"certificate,omitempty"` // issued on it
	Unit        ocop.Ref             `json:"unit"`                  // whose council scored, and whose office gives notice
	Notice      *store.ResultNotice  `json:"notice" doc:"the notice that stands of this result; null while it is lacking"`
	Earlier     []store.ResultNotice `json:"earlier"` // of other results, of the time before the certificate, and void ones

	standing *casework.Standing
	session  store.Session
	k        *ocop.Certificate // issued on it
	council  store.Council
}

// Lacks reports whether nobody was given notice of the result yet.
func (r Scored) Lacks() bool { return r.Notice == nil }

// results are the newest results that stand, by product. A round that was put back
// to be scored again has none.
func (d *Desk) results(ctx context.Context, q sqldb.Querier, products []string, now time.Time) (map[string]*Scored, error) {
	standings, err := d.Cases.Standings(ctx, q, products, now)
	if err != nil {
		return nil, err
	}
	sessions, err := store.SessionsOfAll(ctx, q, products)
	if err != nil {
		return nil, err
	}
	certificates, err := store.NewestCertificates(ctx, q, products)
	if err != nil {
		return nil, err
	}
	notices, err := store.ResultNotices(ctx, q, products)
	if err != nil {
		return nil, err
	}
	councils, out := map[string]*store.Council{}, map[string]*Scored{}
	for id, s := range standings {
		x := newest(sessions[id])
		if x == nil || !stands(s, *x) {
			continue
		}
		if councils[x.Council] == nil {
			if councils[x.Council], err = store.CouncilByID(ctx, q, x.Council); err != nil {
				return nil, err
			}
		}
		r := &Scored{Product: ocop.Ref{ID: id, Code: s.Product.Code, Name: s.Product.Name}, Session: x.ID, Level: x.Level, HeldOn: x.HeldOn, Mean: x.Result.Result.Mean, Stars: x.Result.Result.Stars,
			Unit: councils[x.Council].Unit, Earlier: []store.ResultNotice{}, standing: s, session: *x, council: *councils[x.Council]}
		if k := certificates[id]; k != nil && k.Round == x.Round {
			r.Certificate, r.k = k.Number, k
		}
		r.tell(notices[id])
		out[id] = r
	}
	return out, nil
}

// tell parts the notice of this very result from others.
func (r *Scored) tell(list []store.ResultNotice) {
	for _, n := range list {
		if !n.Void && n.Session == r.Session && n.Certificate == r.Certificate {
			r.Notice = &n
		} else {
			r.Earlier = append(r.Earlier, n)
		}
	}
}

// newest is the last session that was closed with a result.
func newest(list []store.Session) *store.Session {
	for _, x := range slices.Backward(list) {
		if x.Status == store.Closed && x.Result != nil {
			return &x
		}
	}
	return nil
}

// stands reports whether a session's result still counts: its round is over, went
// on to another level, or rests on it.
func stands(s *casework.Standing, x store.Session) bool {
	r := s.Round
	return r == nil || r.ID != x.Round || r.Level != x.Level || r.Data.Session != nil && r.Data.Session.ID == x.ID
}

// Of is the result of a product that the actor sees; nil when there is none.
//
// Faults: not_found.
func (d *Desk) Of(ctx context.Context, a access.Actor, product string) (*Scored, error) {
	if _, err := d.Cases.Product(ctx, a, product); err != nil {
		return nil, err
	}
	all, err := d.results(ctx, d.DB, []string{product}, d.Clock())
	return all[product], err
}

// Among are the results of products that the actor sees, in the order asked;
// products without one are left out.
func (d *Desk) Among(ctx context.Context, a access.Actor, products []string) ([]Scored, error) {
	all, err := d.results(ctx, d.DB, products, d.Clock())
	out := []Scored{}
	for _, id := range products {
		if r := all[id]; r != nil && sees(a, *r) {
			out = append(out, *r)
		}
	}
	return out, err
}

func sees(a access.Actor, r Scored) bool {
	p := r.standing.Product
	return a.Products().Sees(p.ID, p.Path, p.Producer.ID)
}

// Gives reports whether the actor gives notice of a result.
func (r Scored) Gives(a access.Actor) bool {
	return clerk.Makes(a, "result_notice", r.council.Path) && correspondence.Keeps(a, r.council.Path)
}

// Lacking are results of the councils of the units in which the actor keeps the
// register, of which nobody was given notice: the newest first.
func (d *Desk) Lacking(ctx context.Context, a access.Actor, limit int) ([]Scored, error) {
	var units []string
	for _, g := range a.Grants {
		if (g.Role == access.Office || g.Role == access.Secretary) && !slices.Contains(units, g.Unit) {
			units = append(units, g.Unit)
		}
	}
	found, err := store.Unnoticed(ctx, d.DB, units, limit)
	if err != nil || len(found) == 0 {
		return []Scored{}, err
	}
	slices.Sort(found)
	list, err := d.Among(ctx, a, slices.Compact(found))
	list = slices.DeleteFunc(list, func(r Scored) bool { return !r.Lacks() || !slices.Contains(units, r.Unit.ID) })
	slices.SortFunc(list, func(a, b Scored) int { return cmp.Compare(b.Session, a.Session) })
	return list, err
}

func noResult() *fault.Error {
	return fault.New(fault.Conflict, "no_result", "Sản phẩm không có kết quả chấm nào còn hiệu lực để thông báo.", "The product has no result that stands, of which notice could be given.")
}

func noticed(n store.ResultNotice) *fault.Error {
	return fault.New(fault.Conflict, "result_noticed", fmt.Sprintf("Kết quả này đã được thông báo bằng văn bản %s ngày %s. Nếu gửi nhầm, hãy hủy dòng trong sổ văn bản đi trước.", n.Symbol, n.SentOn.In(ocop.Vi)),
		fmt.Sprintf("Notice of this result was given by %s of %s. If that is a mistake, void its line in the register first.", n.Symbol, n.SentOn.In(ocop.En)))
}

func mayNot() *fault.Error {
	return fault.New(fault.Forbidden, "who_may_not", "Kết quả do Văn phòng Điều phối hoặc thư ký của đơn vị có hội đồng chấm thông báo.", "Notice of a result is given by the coordination office or the secretary of the unit whose council scored.")
}
