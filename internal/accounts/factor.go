package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Codes by time (RFC 6238) as authenticator apps make them: six digits, 30
// seconds; the step before and the one after count too, for clocks that differ.
const (
	stepSeconds = 30
	skew        = 1
	enrolLife   = 15 * time.Minute
)

// Recovery codes stand in for the app, each once: 16 letters of base 32.
const (
	recoveryCodes  = 10
	recoveryLength = 16
)

// Enrolment is a second factor that is not confirmed yet.
type Enrolment struct {
	Secret string `json:"secret" doc:"in base 32, to be typed into an authenticator app"`
	URI    string `json:"uri" doc:"otpauth, to be shown as a QR code"`
	Ticket string `json:"ticket" doc:"to be sent with the first code"`
}

// Enrol begins a second factor for the session's account.
//
// Faults: exists (Conflict): it has one already.
func (p *People) Enrol(ctx context.Context, s Session) (Enrolment, error) {
	if f, err := store.FactorOf(ctx, p.DB, s.Account.ID); err != nil || f != nil {
		return Enrolment{}, hasFactor(err)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "ocopflow", AccountName: s.Account.Name})
	if err != nil {
		return Enrolment{}, err
	}
	return p.enrolment(s, key)
}

// Resume is Enrol with the secret of a ticket that was given before.
//
// Faults: ticket_wrong (Invalid).
func (p *People) Resume(s Session, ticket string) (Enrolment, error) {
	uri, err := p.ReadTicket("enrol "+s.Account.ID, ticket)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := otp.NewKeyFromURL(uri)
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{key.Secret(), uri, ticket}, nil
}

func (p *People) enrolment(s Session, key *otp.Key) (e Enrolment, err error) {
	e = Enrolment{Secret: key.Secret(), URI: key.URL()}
	e.Ticket, err = p.Ticket("enrol "+s.Account.ID, e.URI, enrolLife)
	return e, err
}

func hasFactor(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "exists", "Tài khoản đã bật xác thực hai bước.", "The account has a second factor already.")
}

// Confirm turns the second factor on with the first code of the app, and gives
// the recovery codes, which nobody sees again.
//
// Faults: ticket_wrong, wrong_code (Invalid); exists (Conflict); too_many.
func (p *People) Confirm(ctx context.Context, s Session, ticket, code string) ([]string, error) {
	e, err := p.Resume(s, ticket)
	if err != nil {
		return nil, err
	}
	if err := p.unlocked(ctx, s.Account.Name, ""); err != nil {
		return nil, err
	}
	step := stepOf(e.Secret, code, time.Now())
	if step == 0 {
		return nil, p.wrongCode(ctx, &s.Account, fault.Invalid, "")
	}
	sealed, err := p.seal("second factor "+s.Account.ID, e.Secret)
	if err != nil {
		return nil, err
	}
	codes, hashes := newRecovery()
	f := store.SecondFactor{Account: s.Account.ID, Secret: sealed, Recovery: hashes, Version: 1}
	_, err = commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"account:" + s.Account.Name},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			if old, err := store.FactorOf(ctx, q, f.Account); err != nil || old != nil {
				return commit.Outcome{}, hasFactor(err)
			}
			f.Since = now
			return commit.Outcome{Drafts: []ledger.Draft{securityDraft(s.Account.ID, s.Account.ID, "add_second_factor")},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					if err := store.InsertFactor(ctx, tx, f); err != nil {
						return err
					}
					return store.SaveStep(ctx, tx, f.Account, step)
				})}, nil
		})})
	return codes, err
}

func securityDraft(account, by, event string) ledger.Draft {
	return ledger.Draft{Stream: "account:" + account, Kind: ledger.KindSecurity, Event: event, Actor: ledger.Actor{ID: by}}
}

// newRecovery makes recovery codes and their hashes; at 80 bits each a plain
// hash is enough.
func newRecovery() (codes, hashes []string) {
	for range recoveryCodes {
		raw := make([]byte, recoveryLength*5/8)
		rand.Read(raw)
		c := base32.StdEncoding.EncodeToString(raw)
		codes = append(codes, c[:4]+"-"+c[4:8]+"-"+c[8:12]+"-"+c[12:])
		hashes = append(hashes, store.SHA256(c))
	}
	return codes, hashes
}

// stepOf is the time step that a code belongs to, 0 when it is none of now.
func stepOf(secret, code string, now time.Time) int64 {
	code = strings.ReplaceAll(code, " ", "")
	for d := int64(-skew); d <= skew; d++ {
		step := now.Unix()/stepSeconds + d
		want, err := hotp.GenerateCode(secret, uint64(step))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step
		}
	}
	return 0
}

// proof is what a code proves: the step it used up, or the recovery codes left.
type proof struct {
	step     int64
	recovery *store.SecondFactor
}

// proves judges a code of an account's factor; nil when it is wrong or was used.
func (p *People) proves(ctx context.Context, q sqldb.Querier, f store.SecondFactor, code string) (*proof, error) {
	plain := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	if len(plain) == recoveryLength {
		i := slices.Index(f.Recovery, store.SHA256(plain))
		if i < 0 {
			return nil, nil
		}
		f.Recovery = slices.Delete(slices.Clone(f.Recovery), i, i+1)
		return &proof{recovery: &f}, nil
	}
	secret, err := p.unseal("second factor "+f.Account, f.Secret)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "second_factor_unreadable",
			"Máy chủ không đọc được khóa xác thực hai bước. Hãy dùng mã dự phòng, hoặc nhờ người quản trị đặt lại.",
			"The server cannot read the second factor. Use a recovery code, or ask an administrator to reset it.").Because(err)
	}
	used, err := store.UsedStep(ctx, q, f.Account)
	if err != nil {
		return nil, err
	}
	if step := stepOf(secret, code, time.Now()); step > used {
		return &proof{step: step}, nil
	}
	return nil, nil
}

// save uses the code up; nil for an account that needs none.
func (x *proof) save(ctx context.Context, tx *sqldb.Tx, account string) error {
	if x == nil {
		return nil
	}
	if x.recovery != nil {
		return store.SetRecovery(ctx, tx, *x.recovery)
	}
	return store.SaveStep(ctx, tx, account, x.step)
}

// wrongCode counts a wrong code as a wrong password is counted.
func (p *People) wrongCode(ctx context.Context, acc *store.Account, kind fault.Kind, address string) error {
	if err := p.failed(ctx, acc, acc.Name, address); err != nil {
		return err
	}
	return fault.New(kind, "wrong_code", "Mã không đúng hoặc đã dùng rồi. Hãy chờ mã mới trong ứng dụng.", "The code is wrong or was used already. Wait for the next one in the app.").
		At("body.code", "Không đúng.", "Wrong.")
}

// HasFactor reports when an account's second factor was set up, and how many
// recovery codes are left; ok is false when it has none.
func (p *People) HasFactor(ctx context.Context, account string) (since time.Time, left int, ok bool, err error) {
	f, err := store.FactorOf(ctx, p.DB, account)
	if err != nil || f == nil {
		return since, 0, false, err
	}
	return f.Since, len(f.Recovery), true, nil
}

// DropFactor turns the session's own second factor off, with the password.
//
// Faults: password_wrong (Invalid); not_found; too_many.
func (p *People) DropFactor(ctx context.Context, s Session, password string) error {
	acc, err := store.AccountByID(ctx, p.DB, s.Account.ID)
	if err != nil {
		return err
	}
	if err := p.present(ctx, acc, password); err != nil {
		return err
	}
	return p.dropFactor(ctx, *acc, s.Actor)
}

// ResetFactor turns off the second factor of an account whose owner lost it.
// Who does so administers every unit in which the account holds a role.
//
// Faults: not_found; who_may_not (Forbidden).
func (p *People) ResetFactor(ctx context.Context, by access.Actor, account string) error {
	acc, err := resettable(ctx, p.DB, by, account)
	if err != nil {
		return err
	}
	return p.dropFactor(ctx, *acc, by)
}

func (p *People) dropFactor(ctx context.Context, acc store.Account, by access.Actor) error {
	_, err := commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"account:" + acc.Name},
		Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
			return commit.Outcome{Drafts: []ledger.Draft{securityDraft(acc.ID, by.ID, "drop_second_factor")},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					ok, err := store.DeleteFactor(ctx, tx, acc.ID)
					if err == nil && !ok {
						err = fault.New(fault.NotFound, "not_found", "Tài khoản chưa bật xác thực hai bước.", "The account has no second factor.")
					}
					return err
				})}, nil
		})})
	return err
}
