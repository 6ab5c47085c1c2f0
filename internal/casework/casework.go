// Package casework moves products: it gathers the facts of a product, lets
// package workflow decide, and carries out what stands: rounds, documents,
// inspections, certificates, timers. It owns the kinds of acts about products;
// when and in which transaction they are written is package commit's, what the
// law says is a procedure's.
package casework

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/vault"
	"ocopflow/internal/workflow"
)

// ProcedureName is the procedure that products run on.
const ProcedureName = "ocop"

// Desk is where products are worked on.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Library   *workflow.Library
	Clock     func() time.Time
	Plans     Plans
	Vault     *vault.Vault // where the bytes of documents lie
	Matters   []Keeper     // of what has days and is no product
	LapseDays []int        // before a document lapses, on which it is said; nil for the program's own

	reckoned  atomic.Bool                               // matters that were there before were taken up
	looking   sqldb.Jointly[string, *ocop.Product]      // by id
	memory    *memory                                   // nil without one
	calendars atomic.Pointer[map[string]*calendar.Days] // as published; nil for those built in
}

// Plans finds what campaigns ask of products.
type Plans interface {
	// Plans are those of campaigns, by their ids.
	Plans(ctx context.Context, q sqldb.Querier, campaigns []string) (map[string]Plan, error)
	// PlanOf is that of a campaign, by its code, if the actor may see it.
	//
	// Faults: not_found.
	PlanOf(ctx context.Context, q sqldb.Querier, a access.Actor, code string) (Plan, error)
}

// Plan is what a campaign asks of products.
type Plan struct {
	Campaign  string // id
	Code      string
	Unit      ocop.Path // whose campaign it is
	Procedure string
	Extended  map[string]store.Extension // of the whole campaign, by the deadline's code
	Deadlines []calendar.Deadline
	Answers   map[string]Answer        // by which petitions are answered, by their procedure
	Tracks    map[string]ocop.Track    // planned for a product, by its code
	Kinds     map[string]ocop.UnitKind // of the units that deadlines name, by code
}

// Answer is the deadline by which a campaign has petitions answered.
type Answer struct {
	Deadline string       // code
	Events   []ocop.Event // that answer one
}

// NewID makes an id: a UUID of version 7, so that ids sort by time.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Today is the day by the desk's clock.
func (d *Desk) Today() ocop.Date { return ocop.DateOf(d.Clock()) }

// dossier is a product with everything that deciding about it needs.
type dossier struct {
	product     *ocop.Product
	round       *ocop.Round
	certificate *ocop.Certificate
	acts        []store.Act
	documents   []store.Document
	inspections []store.Inspection
	remedies    []store.Remedy             // that wait
	extensions  map[string]store.Extension // by the deadline's id
	marks       []store.Mark
	plan        Plan
	awaited     []store.Decision // whose original is awaited, told at this product
	letters     []store.Warning  // that went out about its certificates
	taken       map[string]bool  // certificate numbers in use, among those asked for
	numbered    []store.Decision // of the numbers asked for, whosever they are

	// Read for moves alone.
	waiting []store.Timer
	rounds  int  // that the product had, open and closed
	scoring bool // a session of it is running
}

// dossiers reads many products with a constant number of statements.
func (d *Desk) dossiers(ctx context.Context, q sqldb.Querier, list []string) (map[string]*dossier, error) {
	products, err := store.Products(ctx, q, list)
	if err != nil {
		return nil, err
	}
	rounds, err := store.OpenRounds(ctx, q, list)
	if err != nil {
		return nil, err
	}
	certificates, err := store.NewestCertificates(ctx, q, list)
	if err != nil {
		return nil, err
	}
	acts, err := store.Acts(ctx, q, list)
	if err != nil {
		return nil, err
	}
	documents, err := store.Documents(ctx, q, list)
	if err != nil {
		return nil, err
	}
	inspections, err := store.Inspections(ctx, q, list)
	if err != nil {
		return nil, err
	}
	remedies, err := store.Remedies(ctx, q, list)
	if err != nil {
		return nil, err
	}
	extensions, err := store.Extensions(ctx, q, list)
	if err != nil {
		return nil, err
	}
	marks, err := store.Marks(ctx, q, list)
	if err != nil {
		return nil, err
	}
	awaited, err := store.AwaitedOriginals(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var letters map[string][]store.Warning
	if len(certificates) > 0 {
		if letters, err = store.Warnings(ctx, q, list); err != nil {
			return nil, err
		}
	}
	plans, err := d.plansOf(ctx, q, products)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*dossier, len(products))
	for id, p := range products {
		out[id] = &dossier{product: p, round: rounds[id], certificate: certificates[id], acts: acts[id],
			documents: documents[id], inspections: inspections[id], remedies: remedies[id], extensions: extensions[id], marks: marks[id], awaited: awaited[id], letters: letters[id], plan: plans[p.Campaign]}
	}
	return out, nil
}

// dossiersOf reads those of a page of products.
func (d *Desk) dossiersOf(ctx context.Context, page []ocop.Product) (map[string]*dossier, error) {
	list := make([]string, len(page))
	for i, p := range page {
		list[i] = p.ID
	}
	return d.dossiers(ctx, d.DB, list)
}

func (d *Desk) plansOf(ctx context.Context, q sqldb.Querier, products map[string]*ocop.Product) (map[string]Plan, error) {
	seen := map[string]bool{}
	var campaigns []string
	for _, p := range products {
		if p.Campaign != "" && !seen[p.Campaign] {
			seen[p.Campaign] = true
			campaigns = append(campaigns, p.Campaign)
		}
	}
	if len(campaigns) == 0 || d.Plans == nil {
		return nil, nil
	}
	return d.Plans.Plans(ctx, q, campaigns)
}

// rules that decide about the dossier: those its round is pinned to, else those
// in force on the day.
func (d *Desk) rules(x *dossier, today ocop.Date) (*workflow.Rules, error) {
	if x.round == nil {
		return d.Library.InForce(ProcedureName, today)
	}
	r := d.Library.Pinned(x.round.Procedure, x.round.Version)
	if r == nil || r.Hash != x.round.Hash {
		return nil, fault.New(fault.Conflict, "procedure_missing",
			"Quy trình mà lượt đánh giá này gắn với không còn được nạp; báo người quản trị.",
			"The procedure that this round is pinned to is not loaded; tell the administrator.")
	}
	return r, nil
}

// sees reports whether the actor may know of the product. The system sees all.
func sees(a access.Actor, p *ocop.Product) bool {
	return a.ID == ocop.System || a.Products().Sees(p.ID, p.Path, p.Producer.ID)
}

// NotFound is the answer for what is absent and for what is not the caller's
// to see: the two cannot be told apart.
func NotFound() *fault.Error {
	return fault.New(fault.NotFound, "not_found", "Không tìm thấy.", "Not found.")
}
