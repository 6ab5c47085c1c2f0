package casework

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/vault"
)

// Upload is a file with what it is.
type Upload struct {
	Product   string
	Kind      string
	Name      string       // of the file
	Taken     *vault.Taken // the file, which lies in the vault
	Whole     bool         // it is the producer's, and counts for all its products
	Replaces  string       // the document whose place it takes; "" for none
	ValidFrom *ocop.Date
	ValidTo   *ocop.Date
	Actor     access.Actor
	Key       *commit.Key
}

// AddDocument keeps a file as evidence of a product. Who may bring which kind
// is said by the procedure; content of the same hash is kept once.
//
// Faults: not_found; document_wrong (Invalid); who_may_not (Forbidden).
func (d *Desk) AddDocument(ctx context.Context, u Upload) (store.Document, error) {
	doc, err := d.addDocument(ctx, u)
	return doc, errors.Join(err, d.Vault.Settle(context.WithoutCancel(ctx), u.Taken))
}

func (d *Desk) addDocument(ctx context.Context, u Upload) (store.Document, error) {
	doc := u.document()
	family, err := d.family(ctx, u)
	if err != nil {
		return doc, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		files, err := d.dossiers(ctx, q, family)
		if err != nil {
			return commit.Outcome{}, err
		}
		x := files[u.Product]
		if x == nil || !sees(u.Actor, x.product) {
			return commit.Outcome{}, NotFound()
		}
		if err := d.mayAdd(x, u, ocop.DateOf(now)); err != nil {
			return commit.Outcome{}, err
		}
		doc.Producer, doc.UploadedAt = x.product.Producer.ID, now
		if u.Whole {
			doc.Product = ""
		}
		plans, err := d.agendasWith(files, doc, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{documentDraft(doc, u)},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				if err := store.InsertDocument(ctx, tx, doc, u.Taken.Content); err != nil {
					return err
				}
				for _, id := range slices.Sorted(maps.Keys(plans)) {
					if err := plans[id].save(ctx, tx, id, now); err != nil {
						return err
					}
				}
				return nil
			}),
			Answer: func([]ledger.Entry) any { return doc },
		}, nil
	}
	return commit.Do[store.Document](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: u.Key,
		Locks: ProductLocks(family)})
}

// document is what an upload becomes.
func (u Upload) document() store.Document {
	return store.Document{
		ID: NewID(), Product: u.Product, Kind: u.Kind, Name: baseName(u.Name), Size: u.Taken.Size,
		MediaType: plainType(sniff(u.Taken.Head)), SHA256: u.Taken.SHA256, Replaces: u.Replaces, ValidFrom: u.ValidFrom, ValidTo: u.ValidTo, UploadedBy: u.Actor.ID,
	}
}

// family are the products for which a new document counts.
func (d *Desk) family(ctx context.Context, u Upload) ([]string, error) {
	if !u.Whole {
		return []string{u.Product}, nil
	}
	p, err := d.Product(ctx, u.Actor, u.Product)
	if err != nil {
		return nil, err
	}
	return store.ProductsOf(ctx, d.DB, p.Producer.ID)
}

// ProductLocks are the locks of acts about products.
func ProductLocks(products []string) []string {
	out := make([]string, len(products))
	for i, id := range products {
		out[i] = "product:" + id
	}
	return out
}

// agendasWith works out what time asks of each product once the document is there.
func (d *Desk) agendasWith(files map[string]*dossier, doc store.Document, now time.Time) (map[string]agenda, error) {
	out := make(map[string]agenda, len(files))
	for id, x := range files {
		x.documents = append(x.documents, doc)
		plan, err := d.agenda(x, now)
		if err != nil {
			return nil, err
		}
		out[id] = plan
	}
	return out, nil
}

// mayAdd checks kind, size and who brings it.
func (d *Desk) mayAdd(x *dossier, u Upload, today ocop.Date) error {
	rules, err := d.rules(x, today)
	if err != nil {
		return err
	}
	bad := fault.New(fault.Invalid, "document_wrong", "Tài liệu chưa đúng.", "The document is not right.")
	rule, known := DocumentRule(rules, u.Kind)
	if !known {
		bad.At("kind", fmt.Sprintf("Quy trình không có loại tài liệu %q.", u.Kind), fmt.Sprintf("The procedure has no kind of document %q.", u.Kind))
	}
	_, mediaType := CheckFile(bad, u.Name, u.Taken)
	if u.ValidFrom != nil && u.ValidTo != nil && *u.ValidFrom > *u.ValidTo {
		bad.At("valid_to", "Ngày hết hiệu lực sớm hơn ngày có hiệu lực.", "It ends before it begins.")
	}
	checkPicture(bad, u.Kind, mediaType)
	x.checkReplaces(bad, u)
	if len(bad.Fields) > 0 {
		return bad
	}
	for _, role := range rule.By {
		place := x.product.Path
		if role == access.Producer {
			place = x.product.OwnerPath
		}
		if _, ok := u.Actor.Holds(role, place); ok {
			return nil
		}
	}
	f := fault.New(fault.Forbidden, "who_may_not", "Việc này không thuộc quyền của bạn.", "This is not yours to do.")
	f.Reasons = []fault.Reason{{Code: "role_missing", Who: true, CureBy: rule.By, Verified: true, Message: ocop.Text{
		Vi: "Vai trò của bạn không nộp loại tài liệu này.", En: "Your role does not bring this kind of document."}}}
	return f
}

// checkReplaces wants a version of the same kind that nothing replaced yet, of
// the same product or, as the new one, of its producer.
func (x *dossier) checkReplaces(bad *fault.Error, u Upload) {
	if u.Replaces == "" {
		return
	}
	old := x.document(u.Replaces)
	switch {
	case old == nil || old.Kind != u.Kind || (old.Product == "") != u.Whole:
		bad.At("replaces", "Không có tài liệu cùng loại này để thay.", "There is no such document of this kind to replace.")
	case x.replaced(u.Replaces):
		bad.At("replaces", "Tài liệu này đã có bản mới hơn; hãy thay bản mới nhất.", "This document has a newer version already; replace the newest.")
	}
}

// baseName is a file's name without folders; "" for one that could deceive.
func baseName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	deceives := func(r rune) bool {
		return unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)
	}
	if name == "." || name == ".." || name == "/" || strings.ContainsFunc(name, deceives) {
		return ""
	}
	return name
}

// Document opens a document: its description and its content as a stream, if its product is in
// the actor's view.
//
// Faults: not_found.
func (d *Desk) Document(ctx context.Context, a access.Actor, id string) (*store.Document, io.ReadSeekCloser, error) {
	doc, err := store.DocumentByID(ctx, d.DB, id)
	if err != nil {
		return nil, nil, err
	}
	if doc == nil {
		return nil, nil, NotFound()
	}
	if err := d.mayRead(ctx, a, doc); err != nil {
		return nil, nil, err
	}
	content, err := d.Vault.Open(ctx, d.DB, doc.SHA256)
	return doc, content, err
}

// mayRead lets those read a document who see its product or, if it is the
// producer's own, one of the producer's products.
func (d *Desk) mayRead(ctx context.Context, a access.Actor, doc *store.Document) error {
	products := []string{doc.Product}
	if doc.Product == "" {
		var err error
		if products, err = store.ProductsOf(ctx, d.DB, doc.Producer); err != nil {
			return err
		}
	}
	for _, id := range products {
		if _, err := d.Product(ctx, a, id); err == nil {
			return nil
		} else if fault.Of(err).Kind != fault.NotFound {
			return err
		}
	}
	return NotFound()
}

// Evidence lists the documents of a product in the actor's view.
func (d *Desk) Evidence(ctx context.Context, a access.Actor, product string) ([]store.Document, error) {
	if _, err := d.Product(ctx, a, product); err != nil {
		return nil, err
	}
	all, err := store.Documents(ctx, d.DB, []string{product})
	return all[product], err
}

// documentDraft is the entry of an upload. The file's name may hold a person's
// name, so it is private.
func documentDraft(doc store.Document, u Upload) ledger.Draft {
	d := ledger.Draft{
		Stream: "product:" + doc.Product, Kind: ledger.KindRecord, Event: "add_document", Product: doc.Product, Actor: ActorOf(u.Actor),
		Data:    ledger.Map{"id": doc.ID, "kind": doc.Kind, "media_type": doc.MediaType, "size": doc.Size},
		Refs:    []string{"sha256:" + doc.SHA256},
		Private: []ledger.Private{NewPrivate("name", doc.Name)},
	}
	if doc.Product == "" {
		d.Product, d.Data["producer"] = u.Product, doc.Producer
		d.Stream = "product:" + u.Product
	}
	if doc.Replaces != "" {
		d.Data["replaces"] = doc.Replaces
	}
	if doc.ValidFrom != nil {
		d.Data["valid_from"] = doc.ValidFrom.String()
	}
	if doc.ValidTo != nil {
		d.Data["valid_to"] = doc.ValidTo.String()
	}
	if u.Key != nil {
		d.Key = u.Key.Key
	}
	return d
}
