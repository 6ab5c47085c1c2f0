package inspect

import (
	"context"
	"strings"
	"sync"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/past"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Archive answers questions about the past: it makes the data of a moment again
// from the entries up to it, and asks that by the same code as the present.
type Archive struct {
	DB      *sqldb.DB
	Library *workflow.Library
	Plans   casework.Plans
	Clock   func() time.Time

	mu sync.Mutex // one past at a time: making one takes a processor
}

// Moment is the programme as it stood: what was entered by then, and nothing
// that came after.
type Moment struct {
	At   time.Time
	Desk *casework.Desk
	past *past.Past
}

// At gives do the moment. Product narrows it to what one product's answers need,
// which is much quicker; "" takes all. The end of today stands for now.
//
// Faults: not_yet (Invalid), for a moment still to come.
func (a *Archive) At(ctx context.Context, at time.Time, product string, do func(*Moment) error) error {
	now := a.Clock()
	if today := ocop.DateOf(now); at.Equal(endOf(today)) { // of which as much has passed as has
		at = now
	}
	if at.After(now) {
		return fault.New(fault.Invalid, "not_yet", "Thời điểm này chưa đến.", "That moment is still to come.").
			At("query.as_of", "Thời điểm này chưa đến.", "That moment is still to come.")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		p, err := past.Open(ctx, kept{ctx, q})
		if err != nil {
			return err
		}
		defer p.Close()
		if err := tellUntil(ctx, q, p, at, product, nil); err != nil {
			return err
		}
		m, err := a.moment(ctx, p, at)
		if err != nil {
			return err
		}
		return do(m)
	})
}

func (a *Archive) moment(ctx context.Context, p *past.Past, at time.Time) (*Moment, error) {
	desk := &casework.Desk{DB: p.DB, Library: a.Library, Plans: a.Plans, Clock: func() time.Time { return at }}
	return &Moment{at, desk, p}, desk.ReadCalendars(ctx)
}

// tellUntil lets a past hear the entries up to a moment, and also the caller.
func tellUntil(ctx context.Context, q sqldb.Querier, p *past.Past, at time.Time, product string, also func(store.Line)) error {
	const page = 1000
	for from := p.Size; ; {
		lines, err := store.LinesUntil(ctx, q, from, at, product, page)
		if err != nil {
			return err
		}
		for _, l := range lines {
			told, err := ledger.Read([]byte(l.Body))
			if err == nil {
				err = p.Tell(told.Rows)
			}
			if err != nil {
				return err
			}
			if p.Full() {
				if err := p.Settle(ctx); err != nil {
					return err
				}
			}
			if from = l.Index + 1; also != nil {
				also(l)
			}
		}
		if p.Size = from; len(lines) < page {
			return p.Settle(ctx)
		}
	}
}

// Actor is an account with the roles that it held then.
//
// Faults: not_found.
func (m *Moment) Actor(ctx context.Context, account string) (access.Actor, error) {
	acc, err := store.AccountBy(ctx, m.past.DB, account)
	if err != nil {
		return access.Actor{}, err
	}
	if acc == nil {
		return access.Actor{}, casework.NotFound()
	}
	grants, err := store.Grants(ctx, m.past.DB, acc.ID)
	if err != nil {
		return access.Actor{}, err
	}
	sits, err := store.Sits(ctx, m.past.DB, acc.ID)
	return access.Actor{ID: acc.ID, Name: acc.Name, Grants: grants, Sits: sits}, err
}

// Published is a procedure that was known, in the order of publishing.
type Published struct {
	Name        string    `json:"name"`
	Version     string    `json:"version"`
	Hash        string    `json:"hash"`
	PublishedAt time.Time `json:"published_at"`
}

// Procedures are those published by then.
func (m *Moment) Procedures(ctx context.Context) ([]Published, error) {
	rows, err := store.Published(ctx, m.past.DB)
	out := make([]Published, len(rows))
	for i, r := range rows {
		out[i] = Published(r)
	}
	return out, err
}

// Difference is a column that changed between two moments.
type Difference struct {
	Table  string `json:"table"`
	Row    string `json:"row"`
	Column string `json:"column"` // "" for a row that came or went
	From   any    `json:"from"`
	To     any    `json:"to"`
}

// Diff says what changed of a product between two moments, by the rows that the
// entries between them tell.
//
// Faults: not_yet; sizes_wrong (Invalid), for a second moment before the first.
func (a *Archive) Diff(ctx context.Context, from, to time.Time, product string) ([]Difference, error) {
	if to.Before(from) {
		return nil, fault.New(fault.Invalid, "sizes_wrong", "Thời điểm sau phải không sớm hơn thời điểm trước.", "The second moment must not come before the first.")
	}
	out := []Difference{}
	err := a.At(ctx, to, product, func(later *Moment) error {
		return a.DB.Snapshot(ctx, func(q sqldb.Querier) error {
			earlier, err := past.Open(ctx, kept{ctx, q})
			if err != nil {
				return err
			}
			defer earlier.Close()
			if err := tellUntil(ctx, q, earlier, from, product, nil); err != nil {
				return err
			}
			for _, t := range store.Tables {
				if t.Product == "" { // what is not of a product is not of this question
					continue
				}
				list, err := differences(ctx, t, earlier.DB, later.past.DB)
				if err != nil {
					return err
				}
				out = append(out, list...)
			}
			return nil
		})
	})
	return out, err
}

// differences compares a table in two databases.
func differences(ctx context.Context, t *store.Table, a, b *sqldb.DB) (out []Difference, err error) {
	was := map[string][]any{}
	if err := store.Pages(ctx, a, t, func(rows [][]any) error {
		for _, r := range rows {
			was[t.NameOf(r)] = r
		}
		return nil
	}); err != nil {
		return nil, err
	}
	err = store.Pages(ctx, b, t, func(rows [][]any) error {
		for _, r := range rows {
			old := was[t.NameOf(r)]
			delete(was, t.NameOf(r))
			if old == nil {
				out = append(out, Difference{Table: t.Name, Row: t.NameOf(r), To: named(t, r)})
				continue
			}
			for i, c := range t.Columns {
				if shown(c, old[i]) != shown(c, r[i]) {
					out = append(out, Difference{t.Name, t.NameOf(r), c.Name, shown(c, old[i]), shown(c, r[i])})
				}
			}
		}
		return nil
	})
	for key, r := range was {
		out = append(out, Difference{Table: t.Name, Row: key, From: named(t, r)})
	}
	return out, err
}

// named is a whole row, by column; what a seal hides is left out.
func named(t *store.Table, row []any) map[string]any {
	out := map[string]any{}
	for i, c := range t.Columns {
		if v := shown(c, row[i]); v != nil {
			out[c.Name] = v
		}
	}
	return out
}

// shown is a value as a person reads it.
func shown(c store.Column, v any) any {
	switch v := v.(type) {
	case []byte:
		return nil
	case int64:
		if c.Name == "at" || strings.HasSuffix(c.Name, "_at") {
			return sqldb.Time(v).Format(time.RFC3339Nano)
		}
		switch c.Name {
		case "due", "day", "was", "last_day", "held_on", "decided_on", "issued_on", "superseded_on", "revoked_on", "extended_to", "valid_from", "valid_to":
			return ocop.Date(v).String()
		}
	}
	return v
}

// kept finds values where they are kept today.
type kept struct {
	ctx context.Context
	q   sqldb.Querier
}

// Text implements past.Values. What was erased, and what nobody reads back, is
// empty.
func (k kept) Text(c store.Column, s string) string {
	if sum, ok := strings.CutPrefix(s, "sha256:"); ok && c.Body() {
		content, _ := store.Blob(k.ctx, k.q, sum)
		return string(content)
	}
	if commitment, ok := strings.CutPrefix(s, "committed:"); ok {
		if found, err := store.HiddenBy(k.ctx, k.q, []string{commitment}); err == nil && found[commitment].Commitment != "" {
			return found[commitment].Value
		}
	}
	return c.Erased()
}
