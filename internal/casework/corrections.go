package casework

import (
	"context"
	"slices"
	"strconv"
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

// Fix is what somebody wants put right. Nil fields stay as they are.
type Fix struct {
	Name         *string
	Set          *int    // of a product
	Producer     *string // of a product: id or code
	Unit         *string // of a product: id or code of the commune, or of the authority above where it is not known
	Form         *string // of a producer
	Registration *string // of a producer
	Reason       string
	Version      *int64 // of the product or producer, as the caller saw it; nil accepts any
	Actor        access.Actor
	Key          *commit.Key
}

// Choice is a decision on a correction that waits.
type Choice struct {
	Correction string
	Note       string
	Version    *int64 // of the correction
	Actor      access.Actor
	Key        *commit.Key
}

const (
	maxReason       = 2000
	maxRegistration = 40
)

func correctionWrong() *fault.Error {
	return fault.New(fault.Invalid, "correction_wrong", "Nội dung đính chính chưa đúng.", "The correction is not right.")
}

func correctionPending() *fault.Error {
	return fault.New(fault.Conflict, "correction_pending", "Đang có một đính chính chờ xác nhận; hãy xác nhận hoặc từ chối đính chính đó trước.",
		"A correction waits to be confirmed; confirm or decline that one first.")
}

func checkReason(bad *fault.Error, place, text string) {
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n == 0 || n > maxReason {
		bad.At(place, "Phải ghi lý do, tối đa 2000 ký tự.", "A reason must be given, at most 2000 characters.")
	}
}

// CorrectProduct puts right what was wrong about a product: name, criteria set,
// producer, unit. It applies at once, unless a result or a certificate rests on
// the product: then another person confirms it first.
//
// Faults: not_found; who_may_not (Forbidden); stale; product_withdrawn,
// correction_pending (Conflict); correction_wrong (Invalid).
func (d *Desk) CorrectProduct(ctx context.Context, id string, f Fix) (store.Correction, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		files, err := d.dossiers(ctx, q, []string{id})
		if err != nil {
			return commit.Outcome{}, err
		}
		x := files[id]
		if x == nil || !sees(f.Actor, x.product) {
			return commit.Outcome{}, NotFound()
		}
		if err := f.may(x.product.Path, x.product.Version); err != nil {
			return commit.Outcome{}, err
		}
		k := store.Correction{ID: NewID(), Product: id, Of: x.product.Name, Path: x.product.Path, Reason: strings.TrimSpace(f.Reason), ProposedBy: f.Actor.ID, ProposedAt: now, Version: 1}
		if k.Changes, err = x.fixes(ctx, q, f, ocop.DateOf(now)); err != nil {
			return commit.Outcome{}, err
		}
		before, err := store.CorrectionsOfProduct(ctx, q, id)
		if err != nil {
			return commit.Outcome{}, err
		}
		if k.Second, err = store.RestsOnProduct(ctx, q, id); err != nil {
			return commit.Outcome{}, err
		}
		return f.enter(k, before, func(k store.Correction) (correcting, error) { return d.correct(ctx, q, x, k, now) })
	}
	return commit.Do[store.Correction](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: f.Key, Locks: []string{"product:" + id}})
}

// may is the gate before every correction: the role at the place, and the version
// that was seen.
func (f Fix) may(place ocop.Path, version int64) error {
	if err := mayCorrect(f.Actor, place); err != nil {
		return err
	}
	if f.Version != nil && *f.Version != version {
		return staleCorrection(version)
	}
	return nil
}

// enter lets a correction stand beside those before it: applied at once or, where
// a result rests on it, waiting for a second person.
func (f Fix) enter(k store.Correction, before []store.Correction, apply func(store.Correction) (correcting, error)) (commit.Outcome, error) {
	if waits(before) {
		return commit.Outcome{}, correctionPending()
	}
	if k.Second {
		k.State = store.CorrectionProposed
		return correctionOutcome(k, "propose_correction", f.Actor, f.Key, k.Reason, nil), nil
	}
	k.State, k.DecidedBy, k.DecidedAt = store.CorrectionApplied, f.Actor.ID, &k.ProposedAt
	c, err := apply(k)
	if err != nil {
		return commit.Outcome{}, err
	}
	return correctionOutcome(k, "correct", f.Actor, f.Key, k.Reason, c), nil
}

// DecideCorrection confirms or declines a correction that waits. Who proposed
// it, or made the entry that it corrects, cannot confirm it.
//
// Faults: not_found; who_may_not, same_person (Forbidden); stale;
// correction_decided, product_withdrawn, correction_overtaken (Conflict);
// correction_wrong (Invalid).
func (d *Desk) DecideCorrection(ctx context.Context, c Choice, confirm bool) (store.Correction, error) {
	before, err := d.Correction(ctx, c.Actor, c.Correction)
	if err != nil {
		return store.Correction{}, err
	}
	locks := []string{"product:" + before.Product}
	if before.Producer != "" {
		locks = []string{"producer:" + before.Producer}
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		k, err := store.CorrectionByID(ctx, q, c.Correction)
		if err != nil {
			return commit.Outcome{}, err
		}
		if err := d.mayDecide(ctx, q, *k, c, confirm); err != nil {
			return commit.Outcome{}, err
		}
		k.DecidedBy, k.DecidedAt, k.Note, k.Version = c.Actor.ID, &now, strings.TrimSpace(c.Note), k.Version+1
		if !confirm {
			k.State = store.CorrectionDeclined
			return correctionOutcome(*k, "decline_correction", c.Actor, c.Key, k.Note, nil), nil
		}
		k.State = store.CorrectionApplied
		var done correcting
		if k.Producer != "" {
			done, err = d.correctOwner(ctx, q, *k)
		} else {
			done, err = d.confirmed(ctx, q, *k, now)
		}
		if err != nil {
			return commit.Outcome{}, err
		}
		return correctionOutcome(*k, "confirm_correction", c.Actor, c.Key, k.Note, done), nil
	}
	return commit.Do[store.Correction](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: c.Key, Locks: locks})
}

func (d *Desk) confirmed(ctx context.Context, q sqldb.Querier, k store.Correction, now time.Time) (correcting, error) {
	files, err := d.dossiers(ctx, q, []string{k.Product})
	if err != nil {
		return nil, err
	}
	return d.correct(ctx, q, files[k.Product], k, now)
}

func (d *Desk) mayDecide(ctx context.Context, q sqldb.Querier, k store.Correction, c Choice, confirm bool) error {
	_, office := c.Actor.Holds(access.Office, k.Path)
	_, leader := c.Actor.Holds(access.Leader, k.Path)
	bad := correctionWrong()
	switch {
	case !office && !leader:
		return fault.New(fault.Forbidden, "who_may_not", "Việc này của Văn phòng Điều phối hoặc lãnh đạo.", "This is for the coordination office or a leader.")
	case c.Version != nil && *c.Version != k.Version:
		return staleCorrection(k.Version)
	case k.State != store.CorrectionProposed:
		return fault.New(fault.Conflict, "correction_decided", "Đính chính này đã được quyết định.", "This correction was decided already.")
	case !confirm:
		if checkReason(bad, "body.note", c.Note); len(bad.Fields) > 0 {
			return bad
		}
		return nil
	case utf8.RuneCountInString(c.Note) > maxReason:
		return bad.At("body.note", "Dài quá 2000 ký tự.", "Longer than 2000 characters.")
	}
	authors, err := authors(ctx, q, k)
	if err != nil {
		return err
	}
	if slices.Contains(authors, c.Actor.ID) {
		return fault.New(fault.Forbidden, "same_person", "Người đề nghị đính chính, hoặc người đã nhập nội dung bị đính chính, không tự xác nhận được; cần người khác.",
			"Who proposed the correction, or entered what it corrects, cannot confirm it; another person must.")
	}
	return nil
}

// authors are those whose acts a correction is about: who proposed it, who entered
// the product or producer, and who put the same value in by an earlier correction.
func authors(ctx context.Context, q sqldb.Querier, k store.Correction) ([]string, error) {
	stream, read, id := "product:"+k.Product, store.CorrectionsOfProduct, k.Product
	if k.Producer != "" {
		stream, read, id = "producer:"+k.Producer, store.CorrectionsOfProducer, k.Producer
	}
	first, err := store.StreamAuthor(ctx, q, stream)
	if err != nil {
		return nil, err
	}
	out := []string{k.ProposedBy, first}
	before, err := read(ctx, q, id)
	for _, b := range before {
		same := slices.ContainsFunc(b.Changes, func(x store.Corrected) bool {
			return slices.ContainsFunc(k.Changes, func(y store.Corrected) bool { return x.Field == y.Field && x.To == y.From })
		})
		if b.State == store.CorrectionApplied && same {
			out = append(out, b.ProposedBy)
		}
	}
	return out, err
}

func mayCorrect(a access.Actor, place ocop.Path) error {
	if _, office := a.Holds(access.Office, place); !office {
		return fault.New(fault.Forbidden, "who_may_not", "Việc này của Văn phòng Điều phối.", "This is for the coordination office.")
	}
	return nil
}

func waits(list []store.Correction) bool {
	return slices.ContainsFunc(list, func(k store.Correction) bool { return k.State == store.CorrectionProposed })
}

func staleCorrection(now int64) error {
	n := strconv.FormatInt(now, 10)
	return fault.New(fault.Stale, "stale", "Dữ liệu đã thay đổi (nay là phiên bản "+n+"). Hãy tải lại.", "The data was changed (now version "+n+"). Reload.")
}

// Correction reads one whose product or producer the actor may see.
//
// Faults: not_found.
func (d *Desk) Correction(ctx context.Context, a access.Actor, id string) (store.Correction, error) {
	k, err := store.CorrectionByID(ctx, d.DB, id)
	if err != nil {
		return store.Correction{}, err
	}
	if k == nil {
		return store.Correction{}, NotFound()
	}
	if k.Product != "" {
		_, err = d.Product(ctx, a, k.Product)
	} else if !a.Products().Sees("", k.Path, k.Producer) {
		err = NotFound()
	}
	return *k, err
}

// CorrectionsOf lists those of a product that the actor may see.
//
// Faults: not_found.
func (d *Desk) CorrectionsOf(ctx context.Context, a access.Actor, product string) ([]store.Correction, error) {
	if _, err := d.Product(ctx, a, product); err != nil {
		return nil, err
	}
	return store.CorrectionsOfProduct(ctx, d.DB, product)
}

// Corrections lists those in the actor's view, the newest first.
func (d *Desk) Corrections(ctx context.Context, a access.Actor, state store.CorrectionState, before string, limit int) ([]store.Correction, error) {
	return store.Corrections(ctx, d.DB, a.Products(), state, before, limit)
}

// correcting writes the rows that a correction changes.
type correcting interface {
	rows(ctx context.Context, tx *sqldb.Tx) error
	tell(d *ledger.Draft)
}

// correctionOutcome is the entry of a step of a correction: old and new value
// stay readable in it for ever.
func correctionOutcome(k store.Correction, event string, a access.Actor, key *commit.Key, said string, done correcting) commit.Outcome {
	changes := make([]any, len(k.Changes))
	for i, c := range k.Changes {
		changes[i] = ledger.Map{"field": c.Field, "from": c.From, "to": c.To, "from_name": c.FromName, "to_name": c.ToName}
	}
	draft := ledger.Draft{Stream: "product:" + k.Product, Kind: ledger.KindRecord, Event: event, Product: k.Product, Actor: ActorOf(a),
		Data: ledger.Map{"correction": k.ID, "changes": changes}}
	if k.Producer != "" {
		draft.Stream, draft.Data["producer"] = "producer:"+k.Producer, k.Producer
	}
	if said != "" {
		draft.Private = []ledger.Private{NewPrivate("comment", said)}
	}
	if key != nil {
		draft.Key = key.Key
	}
	if done != nil {
		done.tell(&draft)
	}
	return commit.Outcome{
		Drafts: []ledger.Draft{draft},
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			save := store.DecideCorrection
			if k.Version == 1 {
				save = store.InsertCorrection
			}
			if err := save(ctx, tx, k); err != nil || done == nil {
				return err
			}
			return done.rows(ctx, tx)
		}),
		Answer: func([]ledger.Entry) any { return k },
	}
}
