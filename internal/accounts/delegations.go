package accounts

import (
	"context"
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
)

// Delegable are the roles that can be acted with for somebody else. A seat in a
// council, the looking into everything and the office of an administrator are
// personal; a producer answers for itself.
var Delegable = []ocop.Role{access.Office, access.Leader, access.Secretary, access.Commune, access.Department}

// longest a delegation may run, in days.
const longestDelegation = 366

// NewDelegation is a delegation to be given: days are written YYYY-MM-DD, the
// last one is inside.
type NewDelegation struct {
	Role   ocop.Role
	Unit   string // id or code
	To     string // id or name of an account
	From   string
	Until  string
	Reason string
}

// Delegate lets another account act with a role of the actor's own.
//
// Faults: delegation_wrong (Invalid); not_found; who_may_not (Forbidden): only
// who was granted the role gives it on, and a delegate does not.
func (p *People) Delegate(ctx context.Context, by access.Actor, n NewDelegation, key *commit.Key) (store.Delegation, error) {
	return commit.Do[store.Delegation](ctx, p.Committer, commit.Act{Kind: commit.Once, Key: key, Locks: []string{"account:" + by.ID},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			d, err := n.check(ocop.DateOf(now))
			if err != nil {
				return commit.Outcome{}, err
			}
			if err := d.place(ctx, q, by, n); err != nil {
				return commit.Outcome{}, err
			}
			row := store.Delegation(d)
			row.ID, row.Delegator, row.GivenAt, row.Version = newID(), by.ID, now, 1
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "account:" + by.ID, Kind: ledger.KindRecord, Event: "delegate", Actor: delegatorOf(by, row), Data: told(row)}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.InsertDelegation(ctx, tx, row)
				}),
				Answer: func([]ledger.Entry) any { return row },
			}, nil
		})})
}

func told(d store.Delegation) ledger.Map {
	return ledger.Map{"delegation": d.ID, "role": string(d.Role), "unit": d.Unit, "delegate": d.Delegate, "from": d.From.String(), "until": d.Until.String()}
}

func delegatorOf(by access.Actor, d store.Delegation) ledger.Actor {
	return ledger.Actor{ID: by.ID, Grants: []ledger.Grant{{Role: string(d.Role), Unit: d.Unit}}}
}

func delegationWrong() *fault.Error {
	return fault.New(fault.Invalid, "delegation_wrong", "Nội dung ủy quyền chưa đúng.", "The delegation is not right.")
}

// draftDelegation is a delegation of which not all is known yet.
type draftDelegation store.Delegation

func (n NewDelegation) check(today ocop.Date) (draftDelegation, error) {
	d, bad := draftDelegation{Role: n.Role, Reason: strings.TrimSpace(n.Reason)}, delegationWrong()
	if !slices.Contains(Delegable, n.Role) {
		bad.At("body.role", "Không ủy quyền được vai trò này.", "This role cannot be delegated.")
	}
	var err error
	if d.From, err = ocop.ParseDate(n.From); err != nil || d.From < today {
		bad.At("body.from", "Ngày bắt đầu phải từ hôm nay trở đi.", "The first day must be today or later.")
	}
	if d.Until, err = ocop.ParseDate(n.Until); err != nil || d.Until < d.From || d.Until-d.From >= longestDelegation {
		bad.At("body.until", "Ngày cuối phải từ ngày bắt đầu và trong vòng 366 ngày.", "The last day must be within 366 days from the first.")
	}
	if c := utf8.RuneCountInString(d.Reason); c == 0 || c > 1000 {
		bad.At("body.reason", "Phải ghi lý do, tối đa 1000 ký tự.", "A reason must be given, at most 1000 characters.")
	}
	if len(bad.Fields) > 0 {
		return d, bad
	}
	return d, nil
}

// place finds the unit and the delegate, and whether the role is by's to give on.
func (d *draftDelegation) place(ctx context.Context, q sqldb.Querier, by access.Actor, n NewDelegation) error {
	u, err := findUnit(ctx, q, n.Unit)
	if err != nil {
		return err
	}
	own := func(g access.Grant) bool { return g.For == "" && g.Role == d.Role && g.Unit == u.ID }
	if !slices.ContainsFunc(by.Grants, own) {
		return fault.New(fault.Forbidden, "who_may_not", "Chỉ người được giao vai trò ở đơn vị này mới ủy quyền được.", "Only who was granted the role in this unit can delegate it.")
	}
	to, err := store.AccountBy(ctx, q, n.To)
	if err != nil {
		return err
	}
	if to == nil || to.Disabled || to.ID == by.ID {
		return delegationWrong().At("body.to", "Không ủy quyền được cho tài khoản này.", "This account cannot be delegated to.")
	}
	d.Unit, d.Delegate = u.ID, to.ID
	return nil
}

// Delegations lists what the actor gave and got, after the id given.
func (p *People) Delegations(ctx context.Context, by access.Actor, after string, limit int) ([]store.Delegation, error) {
	return store.Delegations(ctx, p.DB, by.ID, after, limit)
}

// EndDelegation ends a delegation early: whoever gave or got it may.
//
// Faults: not_found; delegation_ended (Conflict).
func (p *People) EndDelegation(ctx context.Context, by access.Actor, id string) error {
	_, err := commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"delegation:" + id},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			d, err := store.DelegationByID(ctx, q, id)
			switch {
			case err != nil:
				return commit.Outcome{}, err
			case d == nil || d.Delegator != by.ID && d.Delegate != by.ID:
				return commit.Outcome{}, fault.New(fault.NotFound, "not_found", "Không có ủy quyền này.", "There is no such delegation.")
			case d.EndedAt != nil || d.Until < ocop.DateOf(now):
				return commit.Outcome{}, fault.New(fault.Conflict, "delegation_ended", "Ủy quyền này đã kết thúc.", "This delegation has ended.")
			}
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "account:" + d.Delegator, Kind: ledger.KindRecord, Event: "end_delegation", Actor: ledger.Actor{ID: by.ID}, Data: told(*d)}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return store.EndDelegation(ctx, tx, *d, by.ID, now)
				}),
			}, nil
		})})
	return err
}

// acting is an account with what it holds and, behind that, what it acts with
// for others today.
func (p *People) acting(ctx context.Context, acc store.Account) (access.Actor, error) {
	a, err := Actor(ctx, p.DB, acc)
	if err != nil {
		return a, err
	}
	lent, err := store.Delegated(ctx, p.DB, []string{acc.ID}, ocop.DateOf(p.Clock()))
	a.Grants = append(a.Grants, lent[acc.ID]...)
	return a, err
}

// ActingAs is who an account is now, with all that it holds and acts with: for
// what is told to a person who is not here. False when the account is closed.
func (p *People) ActingAs(ctx context.Context, account string) (access.Actor, bool, error) {
	acc, err := store.AccountByID(ctx, p.DB, account)
	if err != nil || acc == nil || acc.Disabled {
		return access.Actor{}, false, err
	}
	a, err := p.acting(ctx, *acc)
	return a, err == nil, err
}
