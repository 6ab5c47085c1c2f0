package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Upload is a file with what it is.
type Upload struct {
	Product   string
	Kind      string
	Name      string // of the file
	Content   []byte
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
	sum := sha256.Sum256(u.Content)
	doc := store.Document{
		ID: NewID(), Product: u.Product, Kind: u.Kind, Name: baseName(u.Name), Size: int64(len(u.Content)),
		MediaType: plainType(sniff(u.Content)), SHA256: hex.EncodeToString(sum[:]), ValidFrom: u.ValidFrom, ValidTo: u.ValidTo, UploadedBy: u.Actor.ID,
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		files, err := d.dossiers(ctx, q, []string{u.Product})
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
		x.documents = append(x.documents, doc)
		plan, err := d.agenda(x, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{documentDraft(doc, u)},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				if err := store.InsertDocument(ctx, tx, doc, u.Content); err != nil {
					return err
				}
				return plan.save(ctx, tx, u.Product, now)
			}),
			Answer: func([]ledger.Entry) any { return doc },
		}, nil
	}
	return commit.Do[store.Document](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: u.Key,
		Locks: []string{"product:" + u.Product}})
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
	if len(u.Content) == 0 {
		bad.At("file", "Tệp rỗng.", "The file is empty.")
	}
	if name := baseName(u.Name); name == "" || utf8.RuneCountInString(name) > maxName {
		bad.At("file", "Tên tệp phải có từ 1 đến 200 ký tự.", "The file's name must have 1 to 200 characters.")
	}
	if u.ValidFrom != nil && u.ValidTo != nil && *u.ValidFrom > *u.ValidTo {
		bad.At("valid_to", "Ngày hết hiệu lực sớm hơn ngày có hiệu lực.", "It ends before it begins.")
	}
	checkType(bad, baseName(u.Name), u.Content)
	checkPicture(bad, u.Kind, plainType(sniff(u.Content)))
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

func baseName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" || strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r == utf8.RuneError }) {
		return ""
	}
	return name
}

// Document reads a document's description and content, if its product is in
// the actor's view.
//
// Faults: not_found.
func (d *Desk) Document(ctx context.Context, a access.Actor, id string) (*store.Document, []byte, error) {
	doc, err := store.DocumentByID(ctx, d.DB, id)
	if err != nil {
		return nil, nil, err
	}
	if doc == nil {
		return nil, nil, NotFound()
	}
	if _, err := d.Product(ctx, a, doc.Product); err != nil {
		return nil, nil, err
	}
	content, err := store.Blob(ctx, d.DB, doc.SHA256)
	return doc, content, err
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
