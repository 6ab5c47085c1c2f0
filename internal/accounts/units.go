package accounts

import (
	"context"
	"fmt"
	"regexp"
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

var codeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// AddUnit adds an authority below its parent (an id or code; "" for the top).
//
// Faults: who_may_not (Forbidden); unit_wrong (Invalid); exists (Conflict).
func (p *People) AddUnit(ctx context.Context, by access.Actor, u ocop.Unit, key *commit.Key) (ocop.Unit, error) {
	if err := checkUnit(u); err != nil {
		return ocop.Unit{}, err
	}
	return commit.Do[ocop.Unit](ctx, p.Committer, commit.Act{Kind: commit.Once, Key: key, Locks: []string{"unit:" + u.Code},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			x, err := newcomers{q: q, by: by}.unit(ctx, u)
			return commit.Outcome{Drafts: []ledger.Draft{x.draft}, State: x.rows, Answer: func([]ledger.Entry) any { return x.unit }}, err
		})})
}

// placeBelow finds the path of a parent given by id or code, and its id.
func placeBelow(ctx context.Context, q sqldb.Querier, parent *string) (ocop.Path, error) {
	if *parent == "" {
		return "", nil
	}
	u, err := store.UnitBy(ctx, q, *parent)
	if err != nil {
		return "", err
	}
	if u == nil || u.Kind == ocop.Producers {
		return "", fault.New(fault.Invalid, "unit_wrong", "Không có đơn vị cấp trên này.", "There is no such unit above.").
			At("body.parent", "Không có đơn vị này.", "There is no such unit.")
	}
	*parent = u.ID
	return u.Path, nil
}

func checkUnit(u ocop.Unit) error {
	bad := fault.New(fault.Invalid, "unit_wrong", "Thông tin đơn vị chưa đúng.", "The unit's data is not right.")
	if !codeForm.MatchString(u.Code) {
		bad.At("body.code", "Mã gồm chữ thường không dấu, chữ số và gạch ngang.", "A code holds lower-case letters, digits and hyphens.")
	}
	switch u.Kind {
	case ocop.Ministry, ocop.Province, ocop.District, ocop.Commune, ocop.Department, ocop.Office, ocop.Council:
	default:
		bad.At("body.kind", fmt.Sprintf("Không có loại đơn vị %q.", u.Kind), fmt.Sprintf("There is no kind of unit %q.", u.Kind))
	}
	for field, name := range map[string]string{"vi": u.Name.Vi, "en": u.Name.En} {
		if n := utf8.RuneCountInString(strings.TrimSpace(name)); n == 0 || n > 200 {
			bad.At("body.name."+field, "Tên phải có từ 1 đến 200 ký tự.", "The name must have 1 to 200 characters.")
		}
	}
	return bad.OrNil()
}

// Forms of producers (Decision 26/2026 names who may take part).
var Forms = []string{"cooperative", "cooperative_group", "household", "company", "joint_stock_company", "private_enterprise", "farm", "association", "operating_centre", "other"}

// AddProducer adds a producer in a commune or, where that is not known, in the
// authority above.
//
// Faults: who_may_not (Forbidden); producer_wrong (Invalid); exists (Conflict).
func (p *People) AddProducer(ctx context.Context, by access.Actor, n ocop.Producer, key *commit.Key) (ocop.Producer, error) {
	n, err := readyProducer(n)
	if err != nil {
		return ocop.Producer{}, err
	}
	return commit.Do[ocop.Producer](ctx, p.Committer, commit.Act{Kind: commit.Once, Key: key, Locks: []string{"unit:" + n.Code},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			x, err := newcomers{q: q, by: by}.producer(ctx, n)
			return commit.Outcome{Drafts: []ledger.Draft{x.draft}, State: x.rows, Answer: func([]ledger.Entry) any { return x.producer }}, err
		})})
}

// readyProducer is a producer that can be decided on: of the right shape, with an
// id and a code, which is made from the name unless there is one.
func readyProducer(n ocop.Producer) (ocop.Producer, error) {
	n.Name = strings.TrimSpace(n.Name)
	n.ID, n.Version = newID(), 1
	if n.Code == "" {
		n.Code = strings.Trim(ocop.Slug(n.Name)+"-"+n.ID[30:], "-")
	}
	return n, checkProducer(n)
}

func producerWrong() *fault.Error {
	return fault.New(fault.Invalid, "producer_wrong", "Thông tin chủ thể chưa đúng.", "The producer's data is not right.")
}

func checkProducer(n ocop.Producer) error {
	bad := producerWrong()
	if c := utf8.RuneCountInString(n.Name); c == 0 || c > 200 {
		bad.At("body.name", "Tên phải có từ 1 đến 200 ký tự.", "The name must have 1 to 200 characters.")
	}
	if !codeForm.MatchString(n.Code) {
		bad.At("body.code", "Mã gồm chữ thường không dấu, chữ số và gạch ngang.", "A code holds lower-case letters, digits and hyphens.")
	}
	known := false
	for _, f := range Forms {
		known = known || f == n.Form
	}
	if !known {
		bad.At("body.form", "Loại hình phải là một trong: "+strings.Join(Forms, ", ")+".", "The form must be one of: "+strings.Join(Forms, ", ")+".")
	}
	return bad.OrNil()
}
