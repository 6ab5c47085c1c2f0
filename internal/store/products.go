package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

const productColumns = `p.id, p.code, p.name, p.producer, pu.code, pu.name_vi, pu.path, p.commune, c.code, c.name_vi,
	p.unit, p.path, p.criteria_set, p.state, p.track, p.level, p.round, p.version, p.campaign, g.code, p.stars, p.certificate,
	p.due, p.rejected, p.assumed, p.proposal, p.updated_at`

const productFrom = ` FROM products p JOIN units pu ON pu.id = p.producer LEFT JOIN units c ON c.id = p.commune LEFT JOIN campaigns g ON g.id = p.campaign `

const sqlProduct = `SELECT ` + productColumns + productFrom + `WHERE p.id = $1`

const sqlProductByCode = `SELECT ` + productColumns + productFrom + `WHERE p.code = $1`

var (
	setProducts = sqldb.Set{
		SQL:     `SELECT ` + productColumns + productFrom + `WHERE p.id IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setProductsByCode = sqldb.Set{
		SQL:     `SELECT ` + productColumns + productFrom + `WHERE p.code IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeProducts = inserts(tableProducts)
	// The version is the lock: a product that someone else moved matches no row.
	writeMoved = updates(tableProducts, "state", "track", "level", "round", "version", "campaign", "stars", "certificate", "due", "rejected", "proposal", "updated_at").next()
	writeDue   = updates(tableProducts, "due")
)

func scanProduct(s scanner) (p ocop.Product, err error) {
	var commune, communeCode, communeName, round, campaign, plan, certificate sql.NullString
	var due sql.NullInt64
	var proposal string
	var updated int64
	err = s.Scan(&p.ID, &p.Code, &p.Name, &p.Producer.ID, &p.Producer.Code, &p.Producer.Name, &p.OwnerPath, &commune, &communeCode, &communeName,
		&p.Unit, &p.Path, &p.Set, &p.State, &p.Track, &p.Level, &round, &p.Version, &campaign, &plan, &p.Stars, &certificate,
		&due, &p.Rejected, &p.Assumed, &proposal, &updated)
	if err != nil {
		return p, err
	}
	if commune.Valid {
		p.Commune = &ocop.Ref{ID: commune.String, Code: communeCode.String, Name: communeName.String}
	}
	p.Round, p.Campaign, p.Plan, p.Certificate, p.Due, p.UpdatedAt = round.String, campaign.String, plan.String, certificate.String, day(due), sqldb.Time(updated)
	if proposal != "" {
		p.Proposal = new(ocop.Proposal)
		err = json.Unmarshal([]byte(proposal), p.Proposal)
	}
	return p, err
}

// Product finds a product by its id; nil when there is none.
func Product(ctx context.Context, q sqldb.Querier, id string) (*ocop.Product, error) {
	return one(q.QueryRow(ctx, sqlProduct, id), "product", scanProduct)
}

// ProductByCode finds a product by its code; nil when there is none.
func ProductByCode(ctx context.Context, q sqldb.Querier, code string) (*ocop.Product, error) {
	return one(q.QueryRow(ctx, sqlProductByCode, code), "product by code", scanProduct)
}

// Products finds many by their ids; unknown ids are not in the answer.
func Products(ctx context.Context, q sqldb.Querier, list []string) (map[string]*ocop.Product, error) {
	rows, err := sqldb.QuerySet(ctx, q, setProducts, ids(list))
	out := make(map[string]*ocop.Product, len(list))
	_, err = collect(rows, err, "products", func(s scanner) (struct{}, error) {
		p, err := scanProduct(s)
		out[p.ID] = &p
		return struct{}{}, err
	})
	return out, err
}

// ProductsByCode finds many by their codes; unknown codes are not in the answer.
func ProductsByCode(ctx context.Context, q sqldb.Querier, codes []string) (map[string]*ocop.Product, error) {
	rows, err := sqldb.QuerySet(ctx, q, setProductsByCode, ids(codes))
	out := make(map[string]*ocop.Product, len(codes))
	_, err = collect(rows, err, "products by code", func(s scanner) (struct{}, error) {
		p, err := scanProduct(s)
		out[p.Code] = &p
		return struct{}{}, err
	})
	return out, err
}

// ProductIDs are those of products named by id or code; an unknown name stays as
// it is.
func ProductIDs(ctx context.Context, q sqldb.Querier, named []string) ([]string, error) {
	out := make([]string, len(named))
	for i, key := range named {
		out[i] = strings.TrimSpace(key)
	}
	byCode, err := ProductsByCode(ctx, q, out)
	for i, key := range out {
		if p := byCode[key]; p != nil {
			out[i] = p.ID
		}
	}
	return out, err
}

// InsertProducts adds new products.
func InsertProducts(ctx context.Context, tx *sqldb.Tx, list []*ocop.Product) error {
	var rows [][]any
	for _, p := range list {
		proposal, err := proposalText(p)
		if err != nil {
			return err
		}
		var commune any
		if p.Commune != nil {
			commune = p.Commune.ID
		}
		rows = append(rows, []any{p.ID, p.Code, p.Name, ocop.Fold(p.Name), p.Producer.ID, p.Unit, commune, string(p.Path), int64(p.Set),
			string(p.State), string(p.Track), string(p.Level), nullText(p.Round), p.Version, nullText(p.Campaign), int64(p.Stars),
			nullText(p.Certificate), nullDay(p.Due), p.Rejected, p.Assumed, proposal, sqldb.Micros(p.UpdatedAt)})
	}
	if err := writeProducts.all(ctx, tx, "insert products", rows); err != nil {
		return err
	}
	return saveWords(ctx, tx, list)
}

// MoveProducts saves products that were decided upon.
func MoveProducts(ctx context.Context, tx *sqldb.Tx, list []*ocop.Product) error {
	var rows [][]any
	for _, p := range list {
		proposal, err := proposalText(p)
		if err != nil {
			return err
		}
		rows = append(rows, []any{p.ID, string(p.State), string(p.Track), string(p.Level), nullText(p.Round), p.Version, nullText(p.Campaign),
			int64(p.Stars), nullText(p.Certificate), nullDay(p.Due), p.Rejected, proposal, sqldb.Micros(p.UpdatedAt)})
	}
	return writeMoved.all(ctx, tx, "move products", rows)
}

// SetDue saves the nearest open deadline of products.
func SetDue(ctx context.Context, tx *sqldb.Tx, due map[string]*ocop.Date) error {
	var rows [][]any
	for id, d := range due {
		rows = append(rows, []any{id, nullDay(d)})
	}
	return writeDue.all(ctx, tx, "set due", rows)
}

func proposalText(p *ocop.Product) (string, error) {
	if p.Proposal == nil {
		return "", nil
	}
	b, err := json.Marshal(p.Proposal)
	return string(b), err
}

// Filter narrows a list of products. Zero fields do not.
type Filter struct {
	View     access.View
	State    string
	Commune  string // id or code
	Track    string
	Level    string
	Campaign string // id or code
	Producer string
	Set      int
	Stars    int
	Overdue  *ocop.Date // due before this day
	Text     string     // folded; every word must begin a word of the name, the code or the producer's name
	ByDue    bool       // order by deadline, those without one last
	After    string     // code of the last one seen, or "due|code" by due
	Limit    int
}

// where builds the filter's conditions with bound arguments.
func (f Filter) where(w way) (string, []any) {
	var conds []string
	var b binder
	bind := b.bind
	add := func(format string, v any) { conds = append(conds, fmt.Sprintf(format, bind(v))) }
	conds = append(conds, w.viewCondition(f.View, bind))
	column := func(name string) string { // one that an index could be used for
		if w.few {
			return hidden(name)
		}
		return name
	}
	if f.State != "" {
		add(column("p.state")+" = %s", f.State)
	}
	if f.Track != "" {
		add("p.track = %s", f.Track)
	}
	if f.Level != "" {
		add("p.level = %s AND p.round IS NOT NULL", f.Level)
	}
	if f.Commune != "" {
		n := bind(f.Commune)
		conds = append(conds, fmt.Sprintf("%s = COALESCE((SELECT u.id FROM units u WHERE u.code = %s), %s)", column("p.commune"), n, n))
	}
	if f.Campaign != "" {
		n := bind(f.Campaign)
		conds = append(conds, fmt.Sprintf("%s = COALESCE((SELECT g.id FROM campaigns g WHERE g.code = %s), %s)", column("p.campaign"), n, n))
	}
	if f.Producer != "" {
		add("p.producer = %s", f.Producer)
	}
	if f.Set > 0 {
		add("p.criteria_set = %s", f.Set)
	}
	if f.Stars > 0 {
		add("p.stars = %s", f.Stars)
	}
	if f.Overdue != nil {
		conds = append(conds, dueOrNever+" < "+bind(int64(*f.Overdue)))
	}
	words := split(f.Text)
	if f.Text != "" && len(words) == 0 {
		conds = append(conds, "FALSE") // signs alone are no word
	}
	if w.few {
		conds = append(conds, w.condition("p.id", bind))
	}
	for _, word := range words {
		if !slices.Contains(w.words, word) {
			conds = append(conds, having("p.id", bind(word), bind(word+end)))
		}
	}
	if f.ByDue {
		if day, code, ok := byDue(f.After); ok {
			conds = append(conds, fmt.Sprintf("(%s, p.code) > (%s, %s)", dueOrNever, bind(day), bind(code)))
		}
	} else if f.After != "" {
		add("p.code > %s", f.After)
	}
	return strings.Join(conds, " AND "), b.args
}

// Cursor is the place in the filter's order after a product.
func (f Filter) Cursor(p ocop.Product) string {
	switch {
	case !f.ByDue:
		return p.Code
	case p.Due == nil:
		return "|" + p.Code
	}
	return fmt.Sprintf("%s|%s", p.Due, p.Code)
}

// byDue reads a cursor in the order of deadlines; false for none.
func byDue(cursor string) (day int64, code string, ok bool) {
	due, code, ok := strings.Cut(cursor, "|")
	if due == "" {
		return never, code, ok
	}
	n, _ := ocop.ParseDate(due) // what is no day is before all
	return int64(n), code, ok
}

// never sorts products without a deadline behind all others.
const (
	never      = 1 << 40
	dueOrNever = `COALESCE(p.due, 1099511627776)`
)

// ListProducts gives one page of what the filter lets through.
func ListProducts(ctx context.Context, q sqldb.Querier, f Filter) ([]ocop.Product, error) {
	w, err := f.wayOf(ctx, q)
	if err != nil {
		return nil, err
	}
	where, args := f.where(w)
	order := "p.code"
	if f.ByDue {
		order = dueOrNever + ", p.code"
	}
	args = append(args, f.Limit)
	// The page first, and then what is shown of it: nothing is joined that is not.
	page := fmt.Sprintf("SELECT p.id FROM products p WHERE %s ORDER BY %s LIMIT $%d", where, order, len(args))
	text := fmt.Sprintf("SELECT %s%sWHERE p.id IN (SELECT x.id FROM (%s) x) ORDER BY %s", productColumns, productFrom, page, order)
	rows, err := q.Query(ctx, text, args...)
	return collect(rows, err, "list products", scanProduct)
}

// CountByState counts the products in view by state.
func CountByState(ctx context.Context, q sqldb.Querier, f Filter) (map[ocop.State]int64, error) {
	f.After = ""
	where, args := f.where(way{view: true})
	rows, err := q.Query(ctx, "SELECT p.state, count(*) FROM products p WHERE "+where+" GROUP BY p.state", args...)
	out := map[ocop.State]int64{}
	_, err = collect(rows, err, "count products", func(s scanner) (struct{}, error) {
		var state ocop.State
		var n int64
		err := s.Scan(&state, &n)
		out[state] = n
		return struct{}{}, err
	})
	return out, err
}

// CountProducts counts what the filter lets through, but no further than one
// above Most.
func CountProducts(ctx context.Context, q sqldb.Querier, f Filter) (int64, error) {
	f.After, f.ByDue = "", false
	w, err := f.wayOf(ctx, q)
	if err != nil {
		return 0, err
	}
	where, args := f.where(w)
	return upTo(ctx, q, "products p WHERE "+where, args)
}

// Most is how far CountProducts counts.
const Most = few
