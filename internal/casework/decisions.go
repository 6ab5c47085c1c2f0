package casework

import (
	"context"
	"fmt"
	"io"
	"slices"
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
	"ocopflow/internal/vault"
)

const (
	mediaPDF      = "application/pdf"
	maxNumber     = 60  // characters of the number of a paper
	maxNamed      = 100 // products that are recorded with a decision at once
	maxOriginals  = 20  // files of one decision
	maxSigner     = 200
	maxSummarised = 500
)

var notPDF = ocop.Text{Vi: "Bản ký phải là tệp PDF.", En: "The signed original must be a PDF."}

// files reports whether the actor keeps the papers of a unit.
func files(a access.Actor, place ocop.Path) bool {
	_, office := a.Holds(access.Office, place)
	_, leader := a.Holds(access.Leader, place)
	return office || leader
}

// DecisionKinds are the moves that decisions are about.
var DecisionKinds = []ocop.Event{"certify", "revoke"}

// Recording is a decision that is put on record without a move: one on which an
// earlier recognition rests.
type Recording struct {
	Unit      string // id or code of the issuer
	Number    string
	DecidedOn *ocop.Date
	About     ocop.Event
	Products  []string // ids or codes
	Signer    string
	Summary   string
	None      bool // no original is kept of it
	Actor     access.Actor
	Key       *commit.Key
}

// RecordDecision puts a decision on record. Its original is awaited, unless none
// is kept.
//
// Faults: not_found; who_may_not (Forbidden); decision_wrong (Invalid);
// decision_number_used (Conflict).
func (d *Desk) RecordDecision(ctx context.Context, r Recording) (store.Decision, error) {
	unit, err := store.UnitBy(ctx, d.DB, r.Unit)
	if err != nil {
		return store.Decision{}, err
	}
	if unit == nil || !files(r.Actor, unit.Path) {
		return store.Decision{}, notTheirs()
	}
	products, err := d.checkRecording(ctx, r)
	if err != nil {
		return store.Decision{}, err
	}
	k := store.Decision{ID: decisionID(unit.ID, r.DecidedOn.Year(), r.Number), Unit: ocop.Ref{ID: unit.ID, Code: unit.Code, Name: unit.Name.Vi}, Path: unit.Path, Year: r.DecidedOn.Year(), Number: strings.TrimSpace(r.Number),
		DecidedOn: *r.DecidedOn, About: r.About, Product: products[0], State: store.OriginalPending, Signer: strings.TrimSpace(r.Signer), Summary: strings.TrimSpace(r.Summary),
		RecordedBy: r.Actor.ID, Version: 1}
	if r.None {
		k.State = store.OriginalNone
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		k.RecordedAt = now
		old, err := store.DecisionNumbered(ctx, q, k.Unit.ID, k.Year, k.Number)
		if err != nil {
			return commit.Outcome{}, err
		}
		if old != nil {
			return commit.Outcome{}, numberUsed(*old)
		}
		plan, err := d.awaiting(ctx, q, k, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{Drafts: []ledger.Draft{decisionDraft(k, r.Actor, r.Key, "record_decision")},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				if err := store.InsertDecisions(ctx, tx, []store.Decision{k}); err != nil {
					return err
				}
				var named []store.NamedIn
				for _, id := range products {
					named = append(named, store.NamedIn{Decision: k.ID, Product: id})
				}
				if err := store.InsertNamed(ctx, tx, named); err != nil {
					return err
				}
				return plan.save(ctx, tx, k.Product, now)
			}),
			Answer: func([]ledger.Entry) any { return k }}, nil
	}
	return commit.Do[store.Decision](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: r.Key,
		Locks: []string{decisionLock(r.Number), "product:" + k.Product}})
}

// checkRecording checks what is said of a decision and finds its products, all of which
// the actor must see.
func (d *Desk) checkRecording(ctx context.Context, r Recording) (products []string, err error) {
	bad := decisionWrong()
	if n := utf8.RuneCountInString(strings.TrimSpace(r.Number)); n == 0 || n > maxNumber {
		bad.At("body.number", fmt.Sprintf("Phải có số, tối đa %d ký tự.", maxNumber), fmt.Sprintf("Give the number, of at most %d characters.", maxNumber))
	}
	switch {
	case r.DecidedOn == nil:
		bad.At("body.decided_on", "Phải có ngày ký.", "Give the day.")
	case *r.DecidedOn > d.Today():
		bad.At("body.decided_on", "Ngày ký không được ở tương lai.", "The day must not lie in the future.")
	}
	if !slices.Contains(DecisionKinds, r.About) {
		bad.At("body.about", "Phải là công nhận hoặc thu hồi.", "Must be certify or revoke.")
	}
	checkSigned(bad, r.Signer, r.Summary)
	if len(r.Products) == 0 || len(r.Products) > maxNamed {
		bad.At("body.products", fmt.Sprintf("Phải nêu từ 1 đến %d sản phẩm.", maxNamed), fmt.Sprintf("Name 1 to %d products.", maxNamed))
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	named, err := store.ProductIDs(ctx, d.DB, r.Products)
	if err != nil {
		return nil, err
	}
	found, err := store.Products(ctx, d.DB, named)
	if err != nil {
		return nil, err
	}
	for i, id := range named {
		if p := found[id]; p == nil || !sees(r.Actor, p) {
			bad.At(fmt.Sprintf("body.products[%d]", i), "Không có sản phẩm "+r.Products[i]+".", "There is no product "+r.Products[i]+".")
		} else if !slices.Contains(products, id) {
			products = append(products, id)
		}
	}
	return products, bad.OrNil()
}

func checkSigned(bad *fault.Error, signer, summary string) {
	if utf8.RuneCountInString(signer) > maxSigner {
		bad.At("body.signer", fmt.Sprintf("Tối đa %d ký tự.", maxSigner), fmt.Sprintf("At most %d characters.", maxSigner))
	}
	if utf8.RuneCountInString(summary) > maxSummarised {
		bad.At("body.summary", fmt.Sprintf("Tối đa %d ký tự.", maxSummarised), fmt.Sprintf("At most %d characters.", maxSummarised))
	}
}

func decisionWrong() *fault.Error {
	return fault.New(fault.Invalid, "decision_wrong", "Thông tin về quyết định chưa đúng.", "What is said of the decision is not right.")
}

func notTheirs() *fault.Error {
	return fault.New(fault.Forbidden, "who_may_not", "Việc này của văn phòng hoặc lãnh đạo của cơ quan ban hành.", "This is for the office or the leader of the unit that issues.")
}

// awaiting works out what time asks of the first product of a decision once the
// decision stands so.
func (d *Desk) awaiting(ctx context.Context, q sqldb.Querier, k store.Decision, now time.Time) (agenda, error) {
	files, err := d.dossiers(ctx, q, []string{k.Product})
	if err != nil {
		return agenda{}, err
	}
	x := files[k.Product]
	x.awaited = (&naming{decision: k, product: k.Product}).onto(x.awaited)
	return d.agenda(x, now)
}

// Filing is the signed original of a decision.
type Filing struct {
	Decision string
	Name     string // of the file
	Taken    *vault.Taken
	Signer   string // "" leaves what is known
	Summary  string // "" leaves what is known
	Reason   string // why it takes the place of the one that is there
	Version  *int64
	Actor    access.Actor
	Key      *commit.Key
}

// FileOriginal puts the signed file to a decision, which is then awaited no more.
// One that is there already is replaced with a reason, and stays on record.
//
// Faults: not_found; who_may_not (Forbidden); stale; original_wrong (Invalid).
func (d *Desk) FileOriginal(ctx context.Context, f Filing) (store.Decision, error) {
	return Keeping(ctx, d.Vault, f.Taken, func() (store.Decision, error) { return d.fileOriginal(ctx, f) })
}

func (d *Desk) fileOriginal(ctx context.Context, f Filing) (store.Decision, error) {
	first, err := d.Decision(ctx, f.Actor, f.Decision)
	if err != nil {
		return store.Decision{}, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		k, err := store.DecisionByID(ctx, q, f.Decision)
		if err != nil {
			return commit.Outcome{}, err
		}
		o, err := d.judgeOriginal(ctx, q, f, *k, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		k.State, k.SHA256, k.Version = store.OriginalFiled, o.SHA256, k.Version+1
		k.Signer, k.Summary = orKept(f.Signer, k.Signer), orKept(f.Summary, k.Summary)
		plan, err := d.awaiting(ctx, q, *k, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		draft := decisionDraft(*k, f.Actor, f.Key, "file_original")
		draft.Refs = []string{"sha256:" + o.SHA256}
		return commit.Outcome{Drafts: []ledger.Draft{draft},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				if err := store.KeepContent(ctx, tx, f.Taken.Content); err != nil {
					return err
				}
				if err := store.InsertOriginals(ctx, tx, []store.Original{o}); err != nil {
					return err
				}
				if err := store.StepDecision(ctx, tx, *k); err != nil {
					return err
				}
				return plan.save(ctx, tx, k.Product, now)
			}),
			Answer: func([]ledger.Entry) any { return *k }}, nil
	}
	return commit.Do[store.Decision](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: f.Key,
		Locks: []string{decisionLock(first.Number), "product:" + first.Product}})
}

func orKept(given, kept string) string {
	if given = strings.TrimSpace(given); given != "" {
		return given
	}
	return kept
}

// judgeOriginal checks the file, and who files it.
func (d *Desk) judgeOriginal(ctx context.Context, q sqldb.Querier, f Filing, k store.Decision, now time.Time) (o store.Original, err error) {
	if !files(f.Actor, k.Path) {
		return o, notTheirs()
	}
	if f.Version != nil && *f.Version != k.Version {
		return o, fault.New(fault.Stale, "stale", fmt.Sprintf("Quyết định đã thay đổi (nay là phiên bản %d). Hãy tải lại.", k.Version), fmt.Sprintf("The decision was changed (now version %d). Reload.", k.Version))
	}
	there, err := store.Originals(ctx, q, k.ID)
	if err != nil {
		return o, err
	}
	bad := fault.New(fault.Invalid, "original_wrong", "Bản ký chưa đúng.", "The signed original is not right.")
	name, kind := CheckFile(bad, f.Name, f.Taken)
	if kind != mediaPDF {
		bad.At("file", notPDF.Vi, notPDF.En)
	}
	checkSigned(bad, f.Signer, f.Summary)
	reason := strings.TrimSpace(f.Reason)
	switch n := utf8.RuneCountInString(reason); {
	case len(there) == 0:
		reason = ""
	case len(there) >= maxOriginals:
		bad.At("file", "Quyết định có quá nhiều tệp.", "The decision has too many files.")
	case there[0].SHA256 == f.Taken.SHA256:
		bad.At("file", "Đây chính là tệp đang có.", "This is the file that is there.")
	case n == 0 || n > maxWords:
		bad.At("reason", fmt.Sprintf("Đã có bản ký: thay thì phải ghi lý do, tối đa %d ký tự.", maxWords), fmt.Sprintf("There is an original: to replace it give a reason of at most %d characters.", maxWords))
	}
	o = store.Original{ID: NewID(), Decision: k.ID, Name: name, Size: f.Taken.Size, SHA256: f.Taken.SHA256, Reason: reason, FiledBy: f.Actor.ID, FiledAt: now}
	return o, bad.OrNil()
}

// decisionDraft stands in the stream of the decision's first product.
func decisionDraft(k store.Decision, a access.Actor, key *commit.Key, event string) ledger.Draft {
	d := ledger.Draft{Stream: "product:" + k.Product, Kind: ledger.KindRecord, Event: event, Product: k.Product, Actor: ActorOf(a),
		Data: ledger.Map{"id": k.ID, "decision": k.Number, "decided_on": k.DecidedOn.String(), "issuer": k.Unit.ID, "original": string(k.State)}}
	if key != nil {
		d.Key = key.Key
	}
	return d
}

// Decisions lists those that the actor may see.
func (d *Desk) Decisions(ctx context.Context, a access.Actor, f store.DecisionFilter) ([]store.Decision, error) {
	f.View = a.Products()
	return store.Decisions(ctx, d.DB, f)
}

// Decision reads one that the actor may see.
//
// Faults: not_found.
func (d *Desk) Decision(ctx context.Context, a access.Actor, id string) (*store.Decision, error) {
	list, err := d.Decisions(ctx, a, store.DecisionFilter{ID: id, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, NotFound()
	}
	return &list[0], nil
}

// DecisionFile is a decision with its files and the products that it names, as
// far as the actor sees them.
type DecisionFile struct {
	store.Decision
	Products  []ocop.Ref       `json:"products"`
	Originals []store.Original `json:"originals"` // the newest first
	Files     bool             `json:"-"`         // the actor may put an original to it
}

// DecisionFile reads a decision with all that belongs to it.
//
// Faults: not_found.
func (d *Desk) DecisionFile(ctx context.Context, a access.Actor, id string) (*DecisionFile, error) {
	k, err := d.Decision(ctx, a, id)
	if err != nil {
		return nil, err
	}
	out := DecisionFile{Decision: *k, Products: []ocop.Ref{}, Files: files(a, k.Path)}
	if out.Originals, err = store.Originals(ctx, d.DB, id); err != nil {
		return nil, err
	}
	named, err := store.NamedByDecision(ctx, d.DB, id)
	if err != nil {
		return nil, err
	}
	products, err := store.Products(ctx, d.DB, named)
	if err != nil {
		return nil, err
	}
	for _, of := range named {
		if p := products[of]; p != nil && sees(a, p) {
			out.Products = append(out.Products, ocop.Ref{ID: p.ID, Code: p.Code, Name: p.Name})
		}
	}
	return &out, nil
}

// DecisionsOf are the decisions that name a product.
//
// Faults: not_found.
func (d *Desk) DecisionsOf(ctx context.Context, a access.Actor, product string) ([]store.Decision, error) {
	if _, err := d.Product(ctx, a, product); err != nil {
		return nil, err
	}
	return store.DecisionsOf(ctx, d.DB, product)
}

// OpenOriginal opens the newest original of a decision, or an earlier one by its id.
//
// Faults: not_found.
func (d *Desk) OpenOriginal(ctx context.Context, a access.Actor, decision, original string) (*store.Original, io.ReadSeekCloser, error) {
	if _, err := d.Decision(ctx, a, decision); err != nil {
		return nil, nil, err
	}
	list, err := store.Originals(ctx, d.DB, decision)
	if err != nil {
		return nil, nil, err
	}
	at := slices.IndexFunc(list, func(o store.Original) bool { return original == "" || o.ID == original })
	if at < 0 {
		return nil, nil, NotFound()
	}
	content, err := d.Vault.Open(ctx, d.DB, list[at].SHA256)
	return &list[at], content, err
}
