package casework

import (
	"context"
	"encoding/json"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// behalf are the rows of acts in place of producers that an entry tells.
func (r Recorded) behalf(op string) []ledger.ToldRow {
	return slices.DeleteFunc(slices.Clone(r.Rows), func(t ledger.ToldRow) bool { return t.Table != "on_behalf" || t.Op != op })
}

// TouchesBehalf reports whether a record says that something was done in place of a
// producer, or that one answered that. Further rows of an act are judged with its own entry.
func (r Recorded) TouchesBehalf() bool {
	return r.Event != "rows" && (r.OnBehalf().Given() || len(r.behalf(string(sqldb.OpPut))) > 0 || len(r.behalf(string(sqldb.OpSet))) > 0)
}

// JudgeOnBehalf looks again at a record of an act in place of a producer, or at the
// answer to one, from the rows as they stood before: what stands against it, "" for
// nothing. Moves are judged with all that their procedure says.
func JudgeOnBehalf(ctx context.Context, q sqldb.Querier, r Recorded) (string, error) {
	units, err := PlacesOf(ctx, q, []Recorded{r})
	if err != nil {
		return "", err
	}
	if set := r.behalf(string(sqldb.OpSet)); len(set) > 0 {
		return r.answers(ctx, q, set[0])
	}
	b, put := r.OnBehalf(), r.behalf(string(sqldb.OpPut))
	if len(put) != 1 || !b.Given() {
		return "what it says of an act in place of a producer is not what it leaves for the producer to answer", nil
	}
	told := store.OnBehalf{}
	said := map[string]*string{"producer": &told.Producer, "scan": &told.Scan, "actor": &told.Actor, "state": &told.State, "product": &told.Product}
	for column, into := range said {
		_ = json.Unmarshal(put[0].Values[column], into) // what cannot be read is not what it must be
	}
	_ = json.Unmarshal(put[0].Values["event"], &told.Event)
	if told.Producer != b.Producer || told.Scan != b.Scan || told.Actor != r.Told.Actor.ID || string(told.Event) != r.Event || told.Product != r.Product || told.State != store.BehalfWaiting {
		return "what it says of an act in place of a producer is not what it leaves for the producer to answer", nil
	}
	return r.judgeInstead(ctx, q, b, r.Who(units))
}

// judgeInstead checks who acted for whom, and from which paper.
func (r Recorded) judgeInstead(ctx context.Context, q sqldb.Querier, b OnBehalf, who access.Actor) (string, error) {
	i := Instead{Actor: who, Producer: b.Producer, Product: r.Product, Theirs: true}
	n, err := store.Unit(ctx, q, b.Producer)
	if err != nil {
		return "", err
	}
	if n == nil {
		return "it was done in place of a producer that no entry knows", nil
	}
	if r.Product != "" {
		p, err := store.Product(ctx, q, r.Product)
		if err != nil {
			return "", err
		}
		if p == nil || p.Producer.ID != b.Producer {
			return "it was done in place of another producer than its product's", nil
		}
	}
	i.Place = n.Path
	if i.Brings = r.brought(b.Scan); i.Brings != nil && !i.paper(i.Brings) {
		return "it was done from a paper that is not the producer's", nil
	}
	if _, err := b.Check(ctx, q, i, ocop.DateOf(r.At)); err != nil {
		return "it could not have been done in place of that producer: " + err.Error(), nil
	}
	if _, ok := who.InPlaceOf(n.Path); !ok {
		return "its actor held no role in which one acts for that producer", nil
	}
	return "", nil
}

// brought is a document that the record itself tells; nil where it tells none of
// that id.
func (r Recorded) brought(id string) *store.Document {
	for _, t := range r.Rows {
		d := store.Document{}
		for column, into := range map[string]*string{"id": &d.ID, "producer": &d.Producer, "product": &d.Product} {
			_ = json.Unmarshal(t.Values[column], into)
		}
		if t.Table == "documents" && d.ID == id {
			return &d
		}
	}
	return nil
}

// answers checks that the producer's own people answered, once.
func (r Recorded) answers(ctx context.Context, q sqldb.Querier, t ledger.ToldRow) (string, error) {
	var entry int64
	var state, by string
	_ = json.Unmarshal(t.Values["entry"], &entry)
	_ = json.Unmarshal(t.Values["state"], &state)
	_ = json.Unmarshal(t.Values["answered_by"], &by)
	before, err := store.OnBehalfByEntry(ctx, q, entry)
	if err != nil {
		return "", err
	}
	want := map[string]string{"confirm_on_behalf": store.BehalfConfirmed, "object_on_behalf": store.BehalfObjected}[r.Event]
	switch own := slices.ContainsFunc(r.Told.Actor.Grants, func(g ledger.Grant) bool {
		return before != nil && g.Role == string(access.Producer) && g.Unit == before.Producer
	}); {
	case before == nil || before.State != store.BehalfWaiting:
		return "it answers an act in place of a producer that waits for no answer", nil
	case !own || by != r.Told.Actor.ID || want == "" || state != want:
		return "it is not an answer of the producer in whose place something was done", nil
	}
	return "", nil
}
