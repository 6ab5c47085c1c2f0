package petition

import (
	"context"
	"io"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
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
	Petition string
	Kind     string
	Name     string
	Taken    *vault.Taken // the file, which lies in the vault
	Actor    access.Actor
	Key      *commit.Key
}

// maxDocuments of one petition.
const maxDocuments = 50

// AddDocument keeps a file with a petition that is under way. Who may bring which
// kind is said by the procedure.
//
// Faults: not_found; document_wrong (Invalid); who_may_not (Forbidden);
// petition_closed (Conflict).
func (d *Desk) AddDocument(ctx context.Context, u Upload) (store.PetitionDocument, error) {
	return casework.Keeping(ctx, d.Cases.Vault, u.Taken, func() (store.PetitionDocument, error) {
		return commit.Do[store.PetitionDocument](ctx, d.Cases.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(d.adding(u)), Key: u.Key,
			Locks: []string{"petition:" + u.Petition}})
	})
}

func (d *Desk) adding(u Upload) commit.Alone {
	return func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		x, rules, err := d.load(ctx, q, u.Actor, u.Petition)
		if err != nil {
			return commit.Outcome{}, err
		}
		doc := store.PetitionDocument{ID: casework.NewID(), Petition: u.Petition, Kind: u.Kind, Size: u.Taken.Size, SHA256: u.Taken.SHA256, UploadedBy: u.Actor.ID, UploadedAt: now}
		bad := fault.New(fault.Invalid, "document_wrong", "Tài liệu chưa đúng.", "The document is not right.")
		rule, known := rules.Documents.Get(u.Kind)
		if !known {
			bad.At("kind", "Quy trình không có loại tài liệu này.", "The procedure has no such kind of document.")
		}
		doc.Name, doc.MediaType = casework.CheckFile(bad, u.Name, u.Taken)
		if len(x.documents) >= maxDocuments {
			bad.At("file", "Hồ sơ đã có đủ 50 tài liệu.", "The case has 50 documents already.")
		}
		switch {
		case len(bad.Fields) > 0:
			return commit.Outcome{}, bad
		case !x.brings(rules, rule, u.Actor):
			return commit.Outcome{}, mayNotBring(rule)
		case x.petition.Track == ocop.NoTrack:
			return commit.Outcome{}, fault.New(fault.Conflict, "petition_closed", "Hồ sơ đã kết thúc; không nhận thêm tài liệu.", "The case is closed; no documents are taken any more.")
		}
		draft := x.lines(rules, Ask{Actor: u.Actor, Event: "add_document", Key: u.Key}, ledger.KindRecord)
		draft.From, draft.Track = "", ""
		draft.Data = ledger.Map{"id": doc.ID, "kind": doc.Kind, "media_type": doc.MediaType, "size": doc.Size}
		draft.Refs = []string{"sha256:" + doc.SHA256}
		return commit.Outcome{
			Drafts: []ledger.Draft{draft},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				return store.InsertPetitionDocument(ctx, tx, doc, u.Taken.Content)
			}),
			Answer: func([]ledger.Entry) any { return doc },
		}, nil
	}
}

// brings reports whether the actor holds a role that brings a kind of document.
func (x *file) brings(rules *workflow.Rules, rule workflow.DocumentRule, a access.Actor) bool {
	places := x.subject(rules).Places
	for _, role := range rule.By {
		if _, ok := a.Holds(rules.Held(role), places[rules.RoleScope(role)]); ok {
			return true
		}
	}
	return false
}

func mayNotBring(rule workflow.DocumentRule) error {
	f := fault.New(fault.Forbidden, "who_may_not", "Việc này không thuộc quyền của bạn.", "This is not yours to do.")
	f.Reasons = []fault.Reason{{Code: "role_missing", Who: true, CureBy: rule.By, Verified: true, Message: ocop.Text{
		Vi: "Vai trò của bạn không nộp loại tài liệu này.", En: "Your role does not bring this kind of document."}}}
	return f
}

// Kind is a kind of document that the actor can bring to a petition now.
type Kind struct {
	Kind  string
	Title ocop.Text
}

// Kinds are those that the actor can bring to a petition now.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Kinds(ctx context.Context, a access.Actor, id string) ([]Kind, error) {
	x, rules, err := d.load(ctx, d.Cases.DB, a, id)
	if err != nil {
		return nil, err
	}
	var out []Kind
	for name, rule := range rules.Documents.All() {
		if x.petition.Track != ocop.NoTrack && x.brings(rules, rule, a) {
			out = append(out, Kind{name, rule.Title})
		}
	}
	return out, nil
}

// Documents are the files of a petition in the actor's view, oldest first.
//
// Faults: not_found; procedure_missing.
func (d *Desk) Documents(ctx context.Context, a access.Actor, id string) ([]store.PetitionDocument, error) {
	x, _, err := d.load(ctx, d.Cases.DB, a, id)
	if err != nil {
		return nil, err
	}
	return append([]store.PetitionDocument{}, x.documents...), nil
}

// Document opens a file of a petition in the actor's view.
//
// Faults: not_found.
func (d *Desk) Document(ctx context.Context, a access.Actor, id string) (*store.PetitionDocument, io.ReadSeekCloser, error) {
	doc, err := store.PetitionDocumentByID(ctx, d.Cases.DB, id)
	if err != nil {
		return nil, nil, err
	}
	if doc == nil {
		return nil, nil, casework.NotFound()
	}
	if _, _, err := d.load(ctx, d.Cases.DB, a, doc.Petition); err != nil {
		return nil, nil, err
	}
	content, err := d.Cases.Vault.Open(ctx, d.Cases.DB, doc.SHA256)
	return doc, content, err
}
