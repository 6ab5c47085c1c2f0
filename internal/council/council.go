// Package council owns councils and their scoring sessions: who may judge what,
// sheets that nobody else sees until all are opened together, and what they
// come to. What a sheet is worth is package criteria's to say; that a result is
// put on record is a move, which package casework makes.
package council

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Desk is where councils are appointed and hold their sessions.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Clock     func() time.Time
	Products  *casework.Desk
}

// maxMembers bounds a council, so that all its sheets fit one entry.
const maxMembers = 40

// Appointment is a council to be set up by a decision.
type Appointment struct {
	Name      string
	Unit      string // id or code
	Decision  string // its number
	DecidedOn *ocop.Date
	Members   []Sitting
	Actor     access.Actor
	Key       *commit.Key
}

// Sitting is a person's place on a council.
type Sitting struct {
	Account  string         `json:"account" doc:"id or name"`
	Position store.Position `json:"position" enum:"chair,vice_chair,member,secretary"`
}

// Appoint sets a council up. It scores at the level of its unit.
//
// Faults: who_may_not (Forbidden); council_wrong (Invalid).
func (d *Desk) Appoint(ctx context.Context, a Appointment) (store.Council, error) {
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		k, err := a.council(ctx, q, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		return commit.Outcome{
			Drafts: []ledger.Draft{a.draft(k)},
			State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
				k.Entry = entries[0].Index
				return store.InsertCouncil(ctx, tx, k)
			}),
			Answer: func(entries []ledger.Entry) any {
				k.Entry = entries[0].Index
				return k
			},
		}, nil
	}
	return commit.Do[store.Council](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: a.Key, Locks: []string{"council:" + a.Unit}})
}

func wrong() *fault.Error {
	return fault.New(fault.Invalid, "council_wrong", "Thông tin hội đồng chưa đúng.", "The council's data is not right.")
}

// levels are the kinds of units that have councils.
var levels = []ocop.UnitKind{ocop.District, ocop.Province, ocop.Ministry}

func (a Appointment) council(ctx context.Context, q sqldb.Querier, now time.Time) (k store.Council, err error) {
	u, err := store.UnitBy(ctx, q, a.Unit)
	if err != nil {
		return k, err
	}
	if u == nil || !slices.Contains(levels, u.Kind) {
		return k, wrong().At("body.unit", "Phải là huyện, tỉnh hoặc bộ.", "Must be a district, a province or the ministry.")
	}
	if !appoints(a.Actor, u.Path) {
		return k, mayNot("Hội đồng do lãnh đạo, Văn phòng Điều phối hoặc thư ký của đơn vị lập.", "A council is set up by the unit's leader, coordination office or secretary.")
	}
	k = store.Council{ID: casework.NewID(), Name: strings.TrimSpace(a.Name), Unit: ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}, Path: u.Path,
		Level: ocop.Level(u.Kind), Decision: strings.TrimSpace(a.Decision), CreatedBy: a.Actor.ID, CreatedAt: now}
	if k.Name == "" {
		k.Name = "Hội đồng đánh giá, phân hạng sản phẩm OCOP " + u.Name.Vi
	}
	bad := wrong()
	if n := utf8.RuneCountInString(k.Name); n > 200 {
		bad.At("body.name", "Tên dài quá 200 ký tự.", "The name is longer than 200 characters.")
	}
	if n := utf8.RuneCountInString(k.Decision); n == 0 || n > 60 {
		bad.At("body.decision", "Phải có số quyết định thành lập, không quá 60 ký tự.", "The number of the decision that appoints it is needed, at most 60 characters.")
	}
	if a.DecidedOn == nil || *a.DecidedOn > ocop.DateOf(now) {
		bad.At("body.decided_on", "Phải có ngày quyết định, không ở tương lai.", "The day of the decision is needed, and must not lie in the future.")
	} else {
		k.DecidedOn = *a.DecidedOn
	}
	if k.Members, err = a.members(ctx, q, u.Path, bad); err != nil {
		return k, err
	}
	if len(bad.Fields) > 0 {
		return k, bad
	}
	return k, nil
}

func appoints(a access.Actor, place ocop.Path) bool {
	for _, role := range []ocop.Role{access.Leader, access.Office, access.Secretary} {
		if _, ok := a.Holds(role, place); ok {
			return true
		}
	}
	return false
}

func mayNot(vi, en string) error { return fault.New(fault.Forbidden, "who_may_not", vi, en) }

// members checks who sits: one chair, at least one secretary, nobody twice, and
// nobody whose part in the programme forbids it.
func (a Appointment) members(ctx context.Context, q sqldb.Querier, place ocop.Path, bad *fault.Error) ([]store.CouncilMember, error) {
	var out []store.CouncilMember
	count := map[store.Position]int{}
	for i, m := range a.Members {
		at := fmt.Sprintf("body.members[%d]", i)
		acc, err := store.AccountBy(ctx, q, m.Account)
		if err != nil {
			return nil, err
		}
		if acc == nil || acc.Disabled {
			bad.At(at, "Không có tài khoản này.", "There is no such account.")
			continue
		}
		actor, err := accounts.Actor(ctx, q, *acc)
		if err != nil {
			return nil, err
		}
		if !fit(actor, place) {
			bad.At(at, "Người này không có vai trò nào ở đơn vị của hội đồng cho phép tham gia.", "This person holds no role at the council's unit that lets them sit.")
		}
		if slices.ContainsFunc(out, func(x store.CouncilMember) bool { return x.Account == acc.ID }) {
			bad.At(at, "Người này được nêu hai lần.", "This person is named twice.")
		}
		count[m.Position]++
		out = append(out, store.CouncilMember{Account: acc.ID, Name: acc.Name, Display: acc.Display, Position: m.Position})
	}
	if count[store.Chair] != 1 || count[store.Secretary] == 0 {
		bad.At("body.members", "Hội đồng cần một chủ tịch và ít nhất một thư ký.", "A council needs one chair and at least one secretary.")
	}
	if len(a.Members) > maxMembers {
		bad.At("body.members", fmt.Sprintf("Nhiều hơn %d người.", maxMembers), fmt.Sprintf("More than %d people.", maxMembers))
	}
	return out, nil
}

// fit reports whether somebody may sit on a council of place: a member, a
// leader, the office, a secretary of the unit or one above, or a department.
func fit(a access.Actor, place ocop.Path) bool {
	for _, g := range a.Grants {
		switch g.Role {
		case access.Member, access.Leader, access.Office, access.Secretary:
			if place.Within(g.Path) {
				return true
			}
		case access.Department:
			if g.Path.Parent() == place {
				return true
			}
		}
	}
	return false
}

func (a Appointment) draft(k store.Council) ledger.Draft {
	var members []any
	for _, m := range k.Members {
		members = append(members, ledger.Map{"account": m.Account, "position": string(m.Position)})
	}
	d := ledger.Draft{Stream: "council:" + k.ID, Kind: ledger.KindRecord, Event: "appoint_council", Actor: casework.ActorOf(a.Actor), Level: string(k.Level),
		Data: ledger.Map{"id": k.ID, "unit": k.Unit.ID, "decision": k.Decision, "decided_on": k.DecidedOn.String(), "members": members}}
	if a.Key != nil {
		d.Key = a.Key.Key
	}
	return d
}

// Councils lists those that the actor oversees or sits on, after an id.
func (d *Desk) Councils(ctx context.Context, a access.Actor, after string, limit int) ([]store.Council, error) {
	return store.Councils(ctx, d.DB, a.Oversees(), a.ID, after, limit)
}

// Council reads one that the actor oversees or sits on.
//
// Faults: not_found.
func (d *Desk) Council(ctx context.Context, a access.Actor, id string) (*store.Council, error) {
	k, err := store.CouncilByID(ctx, d.DB, id)
	if err != nil {
		return nil, err
	}
	sits := k != nil && slices.ContainsFunc(k.Members, func(m store.CouncilMember) bool { return m.Account == a.ID })
	if k == nil || !sits && !a.Oversees().Sees("", k.Path, "") {
		return nil, casework.NotFound()
	}
	return k, nil
}
