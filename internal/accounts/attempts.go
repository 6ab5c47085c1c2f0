package accounts

import (
	"context"
	"strconv"
	"time"

	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Guessing is slowed down by name and by address: after the free wrong
// passwords, each further one must wait twice as long, up to a quarter of an
// hour. An address has more of them, as a whole office may share one. The
// counts lie in the database, so that a restart forgives nothing and all
// servers know.
const (
	freeByName    = 5
	freeByAddress = 50
	firstWait     = 15 * time.Second
	longestWait   = 15 * time.Minute
	forgiven      = 24 * time.Hour // after that long without a wrong one
)

// subject is what is counted, as its hash: no name that was mistyped, which
// may be a password, and no address is kept.
func subject(kind, value string) string { return store.SHA256(kind + ":" + value) }

// unlocked refuses a name or an address that has to wait.
//
// Faults: too_many.
func (p *People) unlocked(ctx context.Context, name, address string) error {
	now := time.Now()
	for _, s := range []string{subject("name", name), subject("address", address)} {
		a, err := store.AttemptsOf(ctx, p.DB, s)
		if err != nil {
			return err
		}
		if wait := a.Until.Sub(now); wait > 0 {
			return tooMany(wait)
		}
	}
	return nil
}

// tooMany answers who tried wrong passwords too often.
func tooMany(wait time.Duration) error {
	seconds := strconv.Itoa(int(wait.Seconds()) + 1)
	return fault.New(fault.TooMany, "too_many",
		"Sai mật khẩu quá nhiều lần; hãy đợi rồi thử lại.", "Too many wrong passwords; wait and try again.").
		At("wait_seconds", seconds, seconds)
}

// failed counts a wrong password for a name and an address; acc is nil for a
// name that nobody has, which costs the same.
func (p *People) failed(ctx context.Context, acc *store.Account, name, address string) error {
	_, err := commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"attempts"},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			byName, locked, err := counted(ctx, q, subject("name", name), freeByName)
			if err != nil {
				return commit.Outcome{}, err
			}
			rows := []store.Attempts{byName}
			if address != "" {
				byAddress, shut, err := counted(ctx, q, subject("address", address), freeByAddress)
				if err != nil {
					return commit.Outcome{}, err
				}
				rows, locked = append(rows, byAddress), locked || shut
			}
			return commit.Outcome{Drafts: wrongDrafts(acc, locked), State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
				return store.SaveAttempts(ctx, tx, rows)
			})}, nil
		})})
	return err
}

func wrongDrafts(acc *store.Account, locked bool) []ledger.Draft {
	stream, who := "system", ledger.Actor{ID: ocop.System}
	if acc != nil {
		stream, who.ID = "account:"+acc.ID, acc.ID
	}
	out := []ledger.Draft{{Stream: stream, Kind: ledger.KindSecurity, Event: "sign_in_failed", Actor: who}}
	if locked {
		out = append(out, ledger.Draft{Stream: stream, Kind: ledger.KindSecurity, Event: "lock_out", Actor: who})
	}
	return out
}

// counted is one more wrong password of a subject, and whether it must wait now.
func counted(ctx context.Context, q sqldb.Querier, subject string, free int64) (store.Attempts, bool, error) {
	a, err := store.AttemptsOf(ctx, q, subject)
	if err != nil {
		return a, false, err
	}
	now := time.Now()
	if now.Sub(a.Last) > forgiven {
		a = store.Attempts{Subject: subject}
	}
	a.Wrong++
	a.Last = now
	if a.Wrong < free {
		return a, false, nil
	}
	a.Until = now.Add(min(longestWait, firstWait<<min(a.Wrong-free, 10)))
	return a, true, nil
}
