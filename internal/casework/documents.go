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
	"ocopflow/internal/workflow"
)

// Upload is a file with what it is.
type Upload struct {
	Product   string
	Producer  string // whose own it is, where it is for no product
	Kind      string
	Name      string       // of the file
	Taken     *vault.Taken // the file, which lies in the vault
	Whole     bool         // it is the producer's, and counts for all its products
	Replaces  string       // the document whose place it takes; "" for none
	ValidFrom *ocop.Date
	ValidTo   *ocop.Date
	OnBehalf  OnBehalf // of whom; the file itself is the scan unless another is named
	Actor     access.Actor
	Key       *commit.Key
}

// AddDocument keeps a file as evidence of a product, or as a producer's own. Who may
// bring which kind is said by the procedure, and what is the producer's to bring may
// be brought in its place; content of the same hash is kept once.
//
// Faults: not_found; document_wrong (Invalid); who_may_not (Forbidden); those of
// OnBehalf.Check.
func (d *Desk) AddDocument(ctx context.Context, u Upload) (store.Document, error) {
	return Keeping(ctx, d.Vault, u.Taken, func() (store.Document, error) { return d.addDocument(ctx, u) })
}

// Keeping does an act that names a file in the vault. Afterwards the vault lets go of
// what no act named.
func Keeping[T any](ctx context.Context, v *vault.Vault, file *vault.Taken, act func() (T, error)) (T, error) {
	done, err := act()
	return done, errors.Join(err, v.Settle(context.WithoutCancel(ctx), file))
}

func (d *Desk) addDocument(ctx context.Context, u Upload) (store.Document, error) {
	u.Whole = u.Whole || u.Product == ""
	doc := u.document()
	family, err := d.family(ctx, u)
	if err != nil {
		return doc, err
	}
	locks := ProductLocks(family)
	if u.Product == "" {
		locks = append(locks, "producer:"+u.Producer)
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		files, err := d.dossiers(ctx, q, family)
		if err != nil {
			return commit.Outcome{}, err
		}
		x := files[u.Product]
		if u.Product == "" {
			x, err = ownDossier(ctx, q, u.Producer)
		}
		if err != nil {
			return commit.Outcome{}, err
		}
		if x == nil || !sees(u.Actor, x.product) {
			return commit.Outcome{}, NotFound()
		}
		if doc.Producer, doc.UploadedAt = x.product.Producer.ID, now; u.Whole {
			doc.Product = ""
		}
		rule, err := d.fits(x, u, ocop.DateOf(now))
		if err != nil {
			return commit.Outcome{}, err
		}
		behalf, i := u.OnBehalf, Instead{Actor: u.Actor, Event: "add_document", Producer: doc.Producer, Place: x.product.OwnerPath, Product: u.Product, Theirs: slices.Contains(rule.By, access.Producer)}
		if behalf.Given() && behalf.Scan == "" {
			behalf.Scan, i.Brings = doc.ID, &doc
		}
		scan, err := behalf.Check(ctx, q, i, ocop.DateOf(now))
		if err == nil {
			err = x.brings(rule, u)
		}
		if err != nil {
			return commit.Outcome{}, err
		}
		plans, err := d.agendasWith(files, doc, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		draft := documentDraft(doc, u)
		if behalf.Tell(&draft, scan); scan == &doc {
			draft.Refs = draft.Refs[:1]
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{draft},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
				if err := store.InsertDocument(ctx, tx, doc, u.Taken.Content); err != nil {
					return err
				}
				if err := i.keep(ctx, tx, behalf, entries, now); err != nil {
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
	return commit.Do[store.Document](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: u.Key, Locks: locks})
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
	switch {
	case u.Product == "":
		return store.ProductsOf(ctx, d.DB, u.Producer)
	case !u.Whole:
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

// ownDossier is what a producer's own documents are brought to; nil when there is no
// such producer.
func ownDossier(ctx context.Context, q sqldb.Querier, producer string) (*dossier, error) {
	n, err := store.Producer(ctx, q, producer)
	if err != nil || n == nil {
		return nil, err
	}
	x := &dossier{product: &ocop.Product{Producer: ocop.Ref{ID: n.ID, Code: n.Code, Name: n.Name}, OwnerPath: n.Path, Path: n.Path.Parent()}}
	x.documents, err = store.ProducerDocuments(ctx, q, producer)
	return x, err
}

// SeesProducer tells whether an actor may know of a producer by its id.
//
// Faults: not_found.
func (d *Desk) SeesProducer(ctx context.Context, a access.Actor, id string) error {
	n, err := store.Producer(ctx, d.DB, id)
	if err == nil && (n == nil || !a.Products().Sees("", n.Path, n.ID)) {
		err = NotFound()
	}
	return err
}

// fits checks kind and file, and gives what is said of the kind.
func (d *Desk) fits(x *dossier, u Upload, today ocop.Date) (workflow.DocumentRule, error) {
	rules, err := d.rules(x, today)
	if err != nil {
		return workflow.DocumentRule{}, err
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
	return rule, bad.OrNil()
}

// brings refuses who may not bring a kind of document: neither in a role of its own
// nor in place of the producer, where that is asked for.
func (x *dossier) brings(rule workflow.DocumentRule, u Upload) error {
	if _, ok := u.Actor.InPlaceOf(x.product.OwnerPath); ok && u.OnBehalf.Given() {
		return nil
	}
	for _, role := range rule.By {
		place := x.product.Path
		if role == access.Producer {
			place = x.product.OwnerPath
		}
		if _, ok := u.Actor.Holds(role, place); ok && !u.OnBehalf.Given() {
			return nil
		}
	}
	f := fault.New(fault.Forbidden, "who_may_not", "Việc này không thuộc quyền của bạn.", "This is not yours to do.")
	if _, ok := u.Actor.InPlaceOf(x.product.OwnerPath); ok {
		f = fault.New(fault.Forbidden, "who_may_not", "Vai trò của bạn không nộp loại tài liệu này; nếu nộp thay chủ thể theo hồ sơ giấy thì ghi rõ là làm thay.",
			"Your role does not bring this kind of document; if you bring it on behalf of the producer, from its paper, say so.")
	}
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
// producer's own, the producer or one of its products.
func (d *Desk) mayRead(ctx context.Context, a access.Actor, doc *store.Document) error {
	products := []string{doc.Product}
	if doc.Product == "" {
		n, err := store.Producer(ctx, d.DB, doc.Producer)
		if err != nil || n != nil && a.Products().Sees("", n.Path, n.ID) {
			return err
		}
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
	if u.Product == "" {
		d.Stream = "producer:" + doc.Producer
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
