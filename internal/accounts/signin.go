package accounts

import (
	"context"
	"time"

	"github.com/alexedwards/argon2id"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Caller is where a sign-in comes from.
type Caller struct {
	Address string // of the network
	Browser string // its kind, see Browser
}

// SignIn opens a session for a name and password and, where the account has a
// second factor, its code. The same fault answers an unknown name, a wrong
// password and a disabled account, after the same work.
//
// Faults: wrong_credentials, second_factor_needed, wrong_code (Unauthorized);
// too_many.
func (p *People) SignIn(ctx context.Context, name, password, code string, from Caller) (Secret, access.Actor, error) {
	acc, err := p.known(ctx, name, password, from)
	if err != nil {
		return Secret{}, access.Actor{}, err
	}
	actor, err := Actor(ctx, p.DB, *acc)
	if err != nil {
		return Secret{}, access.Actor{}, err
	}
	s, err := p.open(ctx, actor, *acc, code, from)
	return s, actor, err
}

// Entered is a sign-in that was let in, or is half done: then Half is a ticket
// that opens nothing but Finish.
type Entered struct {
	Session Secret
	Half    string
}

// HalfLife is how long a person has for the second factor.
const HalfLife = 5 * time.Minute

// Begin is SignIn in two steps, for pages: the second factor, where there is
// one, comes with Finish.
//
// Faults: wrong_credentials (Unauthorized); too_many.
func (p *People) Begin(ctx context.Context, name, password string, from Caller) (Entered, error) {
	acc, err := p.known(ctx, name, password, from)
	if err != nil {
		return Entered{}, err
	}
	return p.begin(ctx, *acc, from)
}

func (p *People) begin(ctx context.Context, acc store.Account, from Caller) (e Entered, err error) {
	f, err := store.FactorOf(ctx, p.DB, acc.ID)
	if err != nil {
		return e, err
	}
	if f != nil {
		e.Half, err = p.Ticket("half", acc.ID, HalfLife)
		return e, err
	}
	actor, err := Actor(ctx, p.DB, acc)
	if err != nil {
		return e, err
	}
	e.Session, err = p.open(ctx, actor, acc, "", from)
	return e, err
}

// Finish opens the session that Begin began.
//
// Faults: sign_in (Unauthorized): not begun, or too long ago; wrong_code
// (Unauthorized); too_many.
func (p *People) Finish(ctx context.Context, half, code string, from Caller) (Secret, error) {
	late := fault.New(fault.Unauthorized, "sign_in", "Đã quá thời gian nhập mã; hãy đăng nhập lại.", "The code took too long; sign in again.")
	id, err := p.ReadTicket("half", half)
	if err != nil {
		return Secret{}, late
	}
	acc, err := store.AccountByID(ctx, p.DB, id)
	if err != nil {
		return Secret{}, err
	}
	if acc == nil || acc.Disabled {
		return Secret{}, late
	}
	if err := p.unlocked(ctx, acc.Name, from.Address); err != nil {
		return Secret{}, err
	}
	actor, err := Actor(ctx, p.DB, *acc)
	if err != nil {
		return Secret{}, err
	}
	return p.open(ctx, actor, *acc, code, from)
}

// known finds the account of a name and password.
func (p *People) known(ctx context.Context, name, password string, from Caller) (*store.Account, error) {
	if err := p.unlocked(ctx, name, from.Address); err != nil {
		return nil, err
	}
	acc, err := store.AccountByName(ctx, p.DB, name)
	if err != nil {
		return nil, err
	}
	hash := p.decoy()
	if acc != nil && acc.Password != "" {
		hash = acc.Password
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err == nil && match && acc != nil && acc.Password != "" && !acc.Disabled {
		return acc, nil
	}
	if err := p.failed(ctx, acc, name, from.Address); err != nil {
		return nil, err
	}
	return nil, fault.New(fault.Unauthorized, "wrong_credentials", "Tên đăng nhập hoặc mật khẩu không đúng.", "The name or the password is wrong.")
}

// open makes the session once the second factor, if there is one, is proven.
// A code is used up in the same transaction.
func (p *People) open(ctx context.Context, actor access.Actor, acc store.Account, code string, from Caller) (Secret, error) {
	secret := newSecret()
	s, err := commit.Do[Secret](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"account:" + acc.Name},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			f, err := store.FactorOf(ctx, q, acc.ID)
			if err != nil {
				return commit.Outcome{}, err
			}
			var shown *proof
			if f != nil {
				if code == "" {
					return commit.Outcome{}, fault.New(fault.Unauthorized, "second_factor_needed", "Cần mã xác thực hai bước.", "The code of the second factor is needed.")
				}
				if shown, err = p.proves(ctx, q, *f, code); err != nil {
					return commit.Outcome{}, err
				}
				if shown == nil {
					return commit.Outcome{}, fault.New(fault.Unauthorized, "wrong_code", "", "") // worded below, where it is counted
				}
			}
			return issued(actor, acc, store.Credential{Kind: KindSession, Label: from.Browser}, SessionLife, "sign_in", secret,
				func(ctx context.Context, tx *sqldb.Tx) error { return shown.save(ctx, tx, acc.ID) }), nil
		})})
	if err != nil && fault.Of(err).Code == "wrong_code" {
		return Secret{}, p.wrongCode(ctx, &acc, fault.Unauthorized, from.Address)
	}
	return s, err
}

// decoy is a hash that no password fits, so that an unknown name takes as long
// as a known one.
func (p *People) decoy() string {
	if p.Hashing != nil && p.Hashing.Memory <= 1024 {
		return "$argon2id$v=19$m=1024,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	}
	return "$argon2id$v=19$m=65536,t=1,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
}
