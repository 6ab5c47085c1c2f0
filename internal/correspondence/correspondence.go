// Package correspondence owns the registers of papers that units receive and
// send (sổ đăng ký văn bản đến, đi): their numbers, who sees a line, and by when
// it was to be there. What a paper says is left to whoever writes it: another
// package lets its papers be registered within its own act (Send).
package correspondence

import (
	"context"
	"slices"
	"strings"
	"sync"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/workflows"
)

// Desk is where registers are kept.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Cases     *casework.Desk
}

// Limits of what is written, in characters, and of lists.
const (
	maxSymbol  = 60
	maxSummary = 1000
	maxOthers  = 500
	maxReason  = 2000
	maxParties = 50
	maxConcern = 100 // products of one paper
)

// keepers are the roles that keep the registers of their unit.
var keepers = []ocop.Role{access.Office, access.Secretary}

// Keeps reports whether somebody keeps the registers of a unit.
func Keeps(a access.Actor, place ocop.Path) bool {
	return slices.ContainsFunc(keepers, func(r ocop.Role) bool { _, ok := a.Holds(r, place); return ok })
}

// Lock is what every act holds that numbers a paper of a unit.
func Lock(unit string) string { return "correspondence:" + unit }

// Kind is a kind of papers, with what stands for it in a symbol (Decree 30/2020,
// annex I; the letter, the application and the dossier have none there).
type Kind struct {
	Code  string
	Short string
	Title ocop.Text
}

// Kinds are all of them.
var Kinds = []Kind{
	{"letter", "", ocop.Text{Vi: "Công văn", En: "Official letter"}},
	{"notice", "TB", ocop.Text{Vi: "Thông báo", En: "Notice"}},
	{"decision", "QĐ", ocop.Text{Vi: "Quyết định", En: "Decision"}},
	{"invitation", "GM", ocop.Text{Vi: "Giấy mời", En: "Invitation"}},
	{"proposal", "TTr", ocop.Text{Vi: "Tờ trình", En: "Proposal"}},
	{"report", "BC", ocop.Text{Vi: "Báo cáo", En: "Report"}},
	{"plan", "KH", ocop.Text{Vi: "Kế hoạch", En: "Plan"}},
	{"minutes", "BB", ocop.Text{Vi: "Biên bản", En: "Minutes"}},
	{"guidance", "HD", ocop.Text{Vi: "Hướng dẫn", En: "Guidance"}},
	{"application", "", ocop.Text{Vi: "Đơn, đề nghị", En: "Application"}},
	{"dossier", "", ocop.Text{Vi: "Hồ sơ", En: "Dossier"}},
	{"other", "", ocop.Text{Vi: "Văn bản khác", En: "Other paper"}},
}

// KindOf finds a kind by its code; nil when there is none.
func KindOf(code string) *Kind {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Code == code })
	if i < 0 {
		return nil
	}
	return &Kinds[i]
}

// Rule says by when a paper stands in its register.
type Rule struct {
	WorkingDays int       `yaml:"working_days" json:"working_days"`
	Calendar    string    `yaml:"calendar" json:"calendar"`
	Legal       string    `yaml:"legal" json:"legal"`
	Verified    bool      `yaml:"verified" json:"verified"`
	Note        ocop.Text `yaml:"note" json:"note"`
}

var rule = sync.OnceValue(func() Rule { return source.BuiltIn[Rule](workflows.Files, "correspondence/registration.yaml", nil) })

// RegistrationRule is the rule that marks a line as late.
func RegistrationRule() Rule { return rule() }

// due is the last day on which a paper of a day is registered, as far as days off
// are announced by today.
func (d *Desk) due(of, today ocop.Date) ocop.Date {
	r := rule()
	days := d.Cases.Days(r.Calendar)
	if days == nil {
		return of + ocop.Date(r.WorkingDays)
	}
	last, _ := days.Count(of, r.WorkingDays, today)
	return last
}

func wrong() *fault.Error {
	return fault.New(fault.Invalid, "paper_line_wrong", "Thông tin về văn bản chưa đúng; chưa vào sổ.", "What was given for the paper is not right; it was not registered.")
}

func mayNot() error {
	return fault.New(fault.Forbidden, "who_may_not", "Sổ văn bản do Văn phòng Điều phối hoặc thư ký của đơn vị giữ.", "Registers of papers are kept by the coordination office or the secretary of the unit.")
}

// UnitOf finds the unit for which the actor acts in one of some roles: the one that
// is named by id or code, or else the first of the actor's own. mayNot answers who
// holds none of them there.
//
// Faults: mayNot; not_found.
func UnitOf(ctx context.Context, q sqldb.Querier, a access.Actor, key string, roles []ocop.Role, mayNot error) (*ocop.Unit, error) {
	key = strings.TrimSpace(key)
	var u *ocop.Unit
	var err error
	switch i := slices.IndexFunc(a.Grants, func(g access.Grant) bool { return slices.Contains(roles, g.Role) }); {
	case i < 0:
		return nil, mayNot
	case key == "":
		u, err = store.Unit(ctx, q, a.Grants[i].Unit)
	default:
		u, err = store.UnitBy(ctx, q, key)
	}
	if err != nil {
		return nil, err
	}
	if u == nil || u.Kind == ocop.Producers {
		return nil, casework.NotFound()
	}
	if !slices.ContainsFunc(roles, func(r ocop.Role) bool { _, ok := a.Holds(r, u.Path); return ok }) {
		return nil, mayNot
	}
	return u, nil
}

// Paper reads a line that the actor may see.
//
// Faults: not_found.
func (d *Desk) Paper(ctx context.Context, a access.Actor, id string) (*store.Paper, error) {
	return load(ctx, d.DB, a, id)
}

func load(ctx context.Context, q sqldb.Querier, a access.Actor, id string) (*store.Paper, error) {
	found, err := store.PapersByID(ctx, q, []string{id})
	if err != nil {
		return nil, err
	}
	if l := found[id]; l != nil && store.PapersOf(a).Sees(*l) {
		return l, nil
	}
	return nil, casework.NotFound()
}

// Papers lists those that the actor may see. The unit and the product may be
// given by their codes.
//
// Faults: not_found: there is no such product in view.
func (d *Desk) Papers(ctx context.Context, a access.Actor, f store.PaperFilter) ([]store.Paper, error) {
	f.View = store.PapersOf(a)
	if f.Unit != "" {
		u, err := store.UnitBy(ctx, d.DB, f.Unit)
		if err != nil {
			return nil, err
		}
		if u == nil {
			return []store.Paper{}, nil
		}
		f.Unit = u.ID
	}
	if f.Product != "" {
		named, err := store.ProductIDs(ctx, d.DB, []string{f.Product})
		if err != nil {
			return nil, err
		}
		if _, err := d.Cases.Product(ctx, a, named[0]); err != nil {
			return nil, err
		}
		f.Product = named[0]
	}
	f.Text = ocop.Fold(f.Text)
	return store.Papers(ctx, d.DB, f)
}

// Opened is the text of a paper that the program wrote, for whoever may see its line.
//
// Faults: not_found: also when the program did not write it, or it was erased.
func (d *Desk) Opened(ctx context.Context, a access.Actor, id string) (*store.Paper, string, error) {
	l, err := d.Paper(ctx, a, id)
	if err != nil {
		return nil, "", err
	}
	body, err := store.PaperBody(ctx, d.DB, id)
	if err == nil && body == "" {
		err = casework.NotFound()
	}
	return l, body, err
}

// KeepsAny reports whether somebody keeps the registers of any unit.
func KeepsAny(a access.Actor) bool { return slices.ContainsFunc(keepers, a.Has) }
