// Package petition runs what somebody asks of an authority on small procedures of
// their own: a petition is opened, goes from desk to desk, gathers what is said
// there, and is answered. It owns the kinds of acts about petitions, and asks
// casework for what one does to its product; what the steps are is a procedure's
// to say.
package petition

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Desk is where petitions are worked on.
type Desk struct {
	Cases *casework.Desk
}

// Ask is one move that somebody asks for.
type Ask struct {
	Petition string   // id; "" opens a new one
	New      *Opening // of that
	Actor    access.Actor
	Event    ocop.Event // "" opens by the only event that does
	Version  *int64     // the one the caller saw; nil accepts any
	Comment  string
	Data     map[string]any
	Key      *commit.Key
	OnBehalf casework.OnBehalf // of the producer that asks; zero for nobody
	quiet    bool              // leave no entry of a refusal: a dry run
	scan     *store.Document   // of what is done in place of the producer
}

// Opening is a petition that is not there yet. Who asks follows from the product,
// else it is the producer or the commune that is named, else the only one for
// which the actor acts.
type Opening struct {
	Procedure string
	Product   string // id or code
	Asker     string // id or code of a producer or a commune
	Campaign  string // id or code; "" takes the product's
}

// file is a petition with everything that deciding about it needs.
type file struct {
	petition  *store.Petition
	fresh     bool // it is not there yet
	acts      []store.PetitionAct
	documents []store.PetitionDocument
	units     map[string]*ocop.Unit // that its facts name
	about     *casework.About       // the product; nil for none, and where nothing is decided
}

// files reads many petitions with a constant number of statements.
func files(ctx context.Context, q sqldb.Querier, list []string) (map[string]*file, error) {
	petitions, err := store.Petitions(ctx, q, list)
	if err != nil {
		return nil, err
	}
	acts, err := store.PetitionActs(ctx, q, list)
	if err != nil {
		return nil, err
	}
	documents, err := store.PetitionDocuments(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var named []string
	for _, n := range petitions {
		for _, v := range n.Facts {
			if id, ok := v.(string); ok {
				named = append(named, id)
			}
		}
	}
	units, err := store.UnitsByID(ctx, q, named)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*file, len(petitions))
	for id, n := range petitions {
		out[id] = &file{petition: n, acts: acts[id], documents: documents[id], units: units}
	}
	return out, nil
}

// known reads many petitions for deciding, with the products that they are about.
func known(ctx context.Context, q sqldb.Querier, list []string) (map[string]*file, error) {
	out, err := files(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var products []string
	for _, x := range out {
		if x.petition.Product != nil {
			products = append(products, x.petition.Product.ID)
		}
	}
	if len(products) == 0 {
		return out, nil
	}
	about, err := casework.Abouts(ctx, q, products)
	for _, x := range out {
		if x.petition.Product != nil {
			a := about[x.petition.Product.ID]
			x.about = &a
		}
	}
	return out, err
}

// rules that decide about the petition: those to which it is pinned. It stays
// with them, so that what was gathered keeps its meaning.
//
// Faults: procedure_missing (Conflict).
func (d *Desk) rules(n *store.Petition) (*workflow.Rules, error) {
	r := d.Cases.Library.Pinned(n.Procedure, n.Edition)
	if r == nil || r.Hash != n.Hash || r.Petition == nil {
		return nil, fault.New(fault.Conflict, "procedure_missing",
			"Quy trình mà hồ sơ này gắn với không còn được nạp; báo người quản trị.",
			"The procedure that this case is pinned to is not loaded; tell the administrator.")
	}
	return r, nil
}

// Stream is the ledger's of a petition.
func Stream(procedure, id string) string { return procedure + ":" + id }

func (x *file) stream() string { return Stream(x.petition.Procedure, x.petition.ID) }

// subject is where the petition stands.
func (x *file) subject(r *workflow.Rules) workflow.Subject {
	n := x.petition
	s := workflow.Subject{Track: n.Track, State: n.State, Version: n.Version, Acted: map[ocop.Event][]string{}, Places: map[workflow.Scope]ocop.Path{
		workflow.ScopeRound: n.UnitPath, workflow.ScopeResult: n.UnitPath}}
	if n.AskerKind == ocop.Producers {
		s.Places[workflow.ScopeProducer] = n.AskerPath
	}
	if commune := n.Place.Upto(ocop.Commune); commune != "" {
		s.Places[workflow.ScopeCommune] = commune
	}
	for _, scope := range r.UnitScopes() {
		id, _ := n.Facts[strings.TrimPrefix(string(scope), r.Name+".")].(string)
		if u := x.units[id]; u != nil {
			s.Places[scope] = u.Path
		}
	}
	for _, a := range x.acts {
		s.Acted[a.Event] = append(s.Acted[a.Event], a.Actor)
		s.Done = append(s.Done, workflow.Happened{Event: a.Event, Day: ocop.DateOf(a.At)})
	}
	return s
}

// facts are what guards may know of the petition, and of the product that it is
// about, on a day.
func (x *file) facts(today ocop.Date) workflow.Facts {
	f := workflow.Facts{}
	if x.about != nil {
		f = x.about.Facts(today)
	}
	kinds := []string{}
	for _, d := range x.documents {
		kinds = append(kinds, d.Kind)
	}
	slices.Sort(kinds)
	f["documents.valid"] = slices.Compact(kinds)
	for name, v := range x.petition.Facts {
		f[x.petition.Procedure+"."+name] = v
	}
	return f
}

// ViewOf says which petitions an actor may see: office, leader, secretary,
// auditor and data protection officer those of their unit and below, a commune
// its own, a producer its own, a department those that go to it.
func ViewOf(a access.Actor) (v store.PetitionView) {
	for _, g := range a.Grants {
		switch g.Role {
		case access.Office, access.Leader, access.Secretary, access.Auditor, access.Privacy, access.Commune:
			v.Units = append(v.Units, g.Path)
		case access.Producer:
			v.Producers = append(v.Producers, g.Unit)
		case access.Department:
			v.Departments = append(v.Departments, g.Path)
		}
	}
	return v
}

// seenBy reports whether the petition is in the actor's view.
func (x *file) seenBy(a access.Actor, r *workflow.Rules) bool {
	v, n := ViewOf(a), x.petition
	if slices.ContainsFunc(v.Units, n.Place.Within) || slices.Contains(v.Producers, n.Asker.ID) {
		return true
	}
	s := x.subject(r)
	return slices.ContainsFunc(r.UnitScopes(), func(scope workflow.Scope) bool {
		return slices.ContainsFunc(v.Departments, s.Places[scope].Within)
	})
}

// code of a petition: HT-2024-001.
func code(r *workflow.Rules, year, number int64) string {
	return fmt.Sprintf("%s-%d-%03d", r.Petition.Code, year, number)
}
