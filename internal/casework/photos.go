package casework

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Kinds of documents that there are whatever the procedure: pictures taken at an
// inspection, what shows that a remedy was done, and a producer's paper from which
// something is done in its place.
const (
	PhotoKind    = "inspection_photo"
	EvidenceKind = "remedy_evidence"
	ScanKind     = "producer_paper"
)

var ownKinds = map[string]workflow.DocumentRule{
	PhotoKind: {Title: ocop.Text{Vi: "Ảnh kiểm tra thực tế", En: "Photo of a field inspection"}, By: []ocop.Role{access.Office, access.Secretary}},
	EvidenceKind: {Title: ocop.Text{Vi: "Minh chứng đã khắc phục", En: "Evidence of a remedy"},
		By: []ocop.Role{access.Producer, access.Commune, access.Office, access.Secretary}},
	ScanKind: {Title: ocop.Text{Vi: "Bản chụp giấy tờ của chủ thể", En: "Scan of the producer's paper"}, By: []ocop.Role{access.Office, access.Commune}},
}

// pictures are the types that a photo may have: those that every browser shows.
var pictures = []string{"image/jpeg", "image/png", "image/webp", "image/gif"}

// DocumentRule is what a procedure says about a kind of document, or what holds in
// all of them.
func DocumentRule(rules *workflow.Rules, kind string) (workflow.DocumentRule, bool) {
	if rule, ok := rules.Documents.Get(kind); ok {
		return rule, true
	}
	rule, ok := ownKinds[kind]
	return rule, ok
}

// checkPicture refuses a photo that is not a picture.
func checkPicture(bad *fault.Error, kind, mediaType string) {
	if kind == PhotoKind && !slices.Contains(pictures, mediaType) {
		bad.At("file", "Ảnh phải là JPEG, PNG, WebP hoặc GIF.", "A photo must be a JPEG, PNG, WebP or GIF.")
	}
}

// Attachment puts a picture, uploaded as a document, to an inspection.
type Attachment struct {
	Inspection string
	Document   string
	Finding    string // id; "" for the whole inspection
	Actor      access.Actor
	Key        *commit.Key
}

// AttachPhoto puts a picture to an inspection or to one of its findings.
//
// Faults: not_found; who_may_not (Forbidden); photo_wrong (Invalid).
func (d *Desk) AttachPhoto(ctx context.Context, a Attachment) (store.Photo, error) {
	first, err := d.Inspection(ctx, a.Actor, a.Inspection)
	if err != nil {
		return store.Photo{}, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
		files, err := d.dossiers(ctx, q, []string{first.Product})
		if err != nil {
			return commit.Outcome{}, err
		}
		x := files[first.Product]
		if err := mayVisit(a.Actor, x); err != nil {
			return commit.Outcome{}, err
		}
		p, err := x.photo(ctx, q, a)
		if err != nil {
			return commit.Outcome{}, err
		}
		draft := ledger.Draft{Stream: "product:" + p.Product, Kind: ledger.KindRecord, Event: "attach_photo", Product: p.Product, Actor: ActorOf(a.Actor),
			Data: ledger.Map{"inspection": p.Inspection, "document": p.Document, "finding": p.Finding}}
		if a.Key != nil {
			draft.Key = a.Key.Key
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{draft},
			State:  commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error { return store.InsertPhoto(ctx, tx, p) }),
			Answer: func([]ledger.Entry) any { return p },
		}, nil
	}
	return commit.Do[store.Photo](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: a.Key, Locks: []string{"product:" + first.Product}})
}

// maxPhotos of one inspection.
const maxPhotos = 200

func (x *dossier) photo(ctx context.Context, q sqldb.Querier, a Attachment) (store.Photo, error) {
	bad := fault.New(fault.Invalid, "photo_wrong", "Ảnh kiểm tra chưa đúng.", "The photo is not right.")
	i, err := store.InspectionByID(ctx, q, a.Inspection)
	if err != nil {
		return store.Photo{}, err
	}
	there, err := store.Photos(ctx, q, a.Inspection)
	if err != nil {
		return store.Photo{}, err
	}
	taken, err := store.PhotoTaken(ctx, q, a.Document)
	if err != nil {
		return store.Photo{}, err
	}
	at := slices.IndexFunc(x.documents, func(f store.Document) bool {
		return f.ID == a.Document && f.Kind == PhotoKind && f.Product == i.Product
	})
	switch {
	case at < 0:
		return store.Photo{}, bad.At("body.document", "Phải là ảnh kiểm tra của sản phẩm này, tải lên trước.", "Must be an inspection photo of this product that was uploaded before.")
	case taken:
		return store.Photo{}, bad.At("body.document", "Ảnh này đã có trong một biên bản.", "The photo belongs to an inspection already.")
	case len(there) >= maxPhotos:
		return store.Photo{}, bad.At("body.document", "Biên bản đã có 200 ảnh.", "The inspection has 200 photos already.")
	case a.Finding != "" && !slices.ContainsFunc(i.Findings, func(f store.Found) bool { return f.ID == a.Finding }):
		return store.Photo{}, bad.At("body.finding", "Không có phát hiện này trong biên bản.", "The inspection has no such finding.")
	}
	f := x.documents[at]
	return store.Photo{Document: f.ID, Inspection: i.ID, Product: i.Product, Finding: a.Finding, Name: f.Name, MediaType: f.MediaType, Size: f.Size}, nil
}

// Photos are those of an inspection that the actor may see.
//
// Faults: not_found.
func (d *Desk) Photos(ctx context.Context, a access.Actor, inspection string) ([]store.Photo, error) {
	if _, err := d.Inspection(ctx, a, inspection); err != nil {
		return nil, err
	}
	return store.Photos(ctx, d.DB, inspection)
}
