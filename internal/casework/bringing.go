package casework

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// MaxDocuments bounds the documents of one act.
const MaxDocuments = 1000

// AddDocuments keeps many files in one act, all or none, each with an entry of its
// own. The decisions are those of AddDocument. The files lie in the vault, and are
// the caller's to settle.
//
// Faults: import_changed (Conflict, with each that does not stand); too_large;
// those of commit.Do.
func (d *Desk) AddDocuments(ctx context.Context, list []Upload) error {
	if len(list) > MaxDocuments {
		return fault.New(fault.TooLarge, "too_large", fmt.Sprintf("Một lần chỉ nhập trọn gói được %d tài liệu; hãy chia thành nhiều tệp.", MaxDocuments),
			fmt.Sprintf("No more than %d documents are entered together; split the file.", MaxDocuments))
	}
	families, err := d.families(ctx, d.DB, list)
	if err != nil {
		return err
	}
	_, err = commit.Do[any](ctx, d.Committer, commit.Act{Kind: bringing{d}, Ask: list, Locks: ProductLocks(families)})
	return err
}

// TryDocuments says what stands against each of many documents, and writes
// nothing; the bytes need not lie in the vault.
func (d *Desk) TryDocuments(ctx context.Context, list []Upload) ([]error, error) {
	asks := make([]any, len(list))
	for i, u := range list {
		asks[i] = []Upload{u}
	}
	outcomes, _, err := d.Rehearse(ctx, bringing{d}, asks)
	if err != nil {
		return nil, err
	}
	errs := make([]error, len(list))
	for i, o := range outcomes {
		if s, ok := o.State.(*brought); ok && s.against != nil {
			errs[i] = s.against
		} else if o.Fault != nil {
			errs[i] = o.Fault
		}
	}
	return errs, nil
}

// families are all products for which any of the documents counts.
func (d *Desk) families(ctx context.Context, q sqldb.Querier, list []Upload) ([]string, error) {
	seen := map[string]bool{}
	var whole []string
	for _, u := range list {
		if seen[u.Product] = true; u.Whole {
			whole = append(whole, u.Product)
		}
	}
	if len(whole) > 0 {
		products, err := store.Products(ctx, q, whole)
		if err != nil {
			return nil, err
		}
		owners := map[string]bool{}
		for _, p := range products {
			if owners[p.Producer.ID] {
				continue
			}
			owners[p.Producer.ID] = true
			all, err := store.ProductsOf(ctx, q, p.Producer.ID)
			if err != nil {
				return nil, err
			}
			for _, id := range all {
				seen[id] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

// bringing is the kind of act that keeps many documents, all or none.
type bringing struct{ *Desk }

// brought is what such an act leaves behind.
type brought struct {
	documents []store.Document
	uploads   []Upload
	plans     map[string]agenda // of the products for which they count
	against   *fault.Error      // of one that is only tried
	now       time.Time
}

// Decide implements commit.Kind.
func (b bringing) Decide(ctx context.Context, q sqldb.Querier, now time.Time, asks []any) ([]commit.Outcome, error) {
	var all []Upload
	for _, a := range asks {
		all = append(all, a.([]Upload)...)
	}
	families, err := b.families(ctx, q, all)
	if err != nil {
		return nil, err
	}
	files, err := b.dossiers(ctx, q, families)
	if err != nil {
		return nil, err
	}
	out := make([]commit.Outcome, len(asks))
	for i, a := range asks {
		list := a.([]Upload)
		s := &brought{uploads: list, plans: map[string]agenda{}, now: now}
		var against refused
		for j, u := range list {
			doc, err := b.bring(files, u, now)
			if err != nil {
				f := fault.Of(err)
				if f.Kind == fault.Internal {
					return nil, err
				}
				s.against = f
				against.note(j, f)
				continue
			}
			s.documents = append(s.documents, doc)
			out[i].Drafts = append(out[i].Drafts, documentDraft(doc, u))
		}
		if against.f != nil {
			out[i] = commit.Outcome{State: s, Fault: against.f}
			continue
		}
		if err := b.work(files, s); err != nil {
			return nil, err
		}
		out[i].State = s
	}
	return out, nil
}

// bring decides about one document and puts it to the dossiers for which it counts.
func (b bringing) bring(files map[string]*dossier, u Upload, now time.Time) (store.Document, error) {
	x := files[u.Product]
	if x == nil || !sees(u.Actor, x.product) {
		return store.Document{}, NotFound()
	}
	rule, err := b.fits(x, u, ocop.DateOf(now))
	if err == nil {
		err = x.brings(rule, u)
	}
	if err != nil {
		return store.Document{}, err
	}
	doc := u.document()
	doc.Producer, doc.UploadedAt = x.product.Producer.ID, now
	if u.Whole {
		doc.Product = ""
	}
	for _, y := range files {
		if y.product.ID == doc.Product || doc.Product == "" && y.product.Producer.ID == doc.Producer {
			y.documents = append(y.documents, doc)
		}
	}
	return doc, nil
}

// work puts down what time asks of each product afterwards.
func (b bringing) work(files map[string]*dossier, s *brought) error {
	for id, x := range files {
		if !slices.ContainsFunc(s.documents, func(doc store.Document) bool {
			return doc.Product == id || doc.Product == "" && doc.Producer == x.product.Producer.ID
		}) {
			continue
		}
		plan, err := b.agenda(x, s.now)
		if err != nil {
			return err
		}
		s.plans[id] = plan
	}
	return nil
}

// Save implements commit.Kind.
func (bringing) Save(ctx context.Context, tx *sqldb.Tx, placed []commit.Placed) error {
	for _, p := range placed {
		s := p.State.(*brought)
		for i, doc := range s.documents {
			if err := store.InsertDocument(ctx, tx, doc, s.uploads[i].Taken.Content); err != nil {
				return err
			}
		}
		for _, id := range slices.Sorted(maps.Keys(s.plans)) {
			if err := s.plans[id].save(ctx, tx, id, s.now); err != nil {
				return err
			}
		}
	}
	return nil
}
