package accounts

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"ocopflow/internal/access"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// commonText are passwords that are guessed first, in lower case: those of Vietnam
// that we thought of, then those of ten characters and more from the 47,000 most
// frequent ones that Mark Burnett gave to the public, in zxcvbn's order.
//
//go:embed common.txt
var commonText string

var common = func() map[string]bool {
	known := map[string]bool{}
	for line := range strings.Lines(commonText) {
		known[strings.TrimSpace(line)] = true
	}
	return known
}()

// ofThePlace are words that whoever knows the programme tries first, folded and
// without spaces, the longer before those within them. The names of account and
// units come beside them.
var ofThePlace = []string{"hethongquanly", "sanphamocop", "uybannhandan", "vanphong", "nongthonmoi", "nongnghiep", "moitruong", "hatinh", "camxuyen", "vietnam", "sanpham",
	"matkhau", "password", "quantrivien", "quantri", "ocopflow", "ocop", "chuthe", "hoidong", "thuky", "lanhdao", "phongban", "admin", "ubnd", "qwerty"}

// leastOwn is how many letters a password has beside words that can be guessed.
const leastOwn = 3

// ofWords reports whether a password is little more than words of the place, an
// account's name or its units, with figures and signs between them.
func ofWords(password, name string, of access.Actor) bool {
	letters := onlyLetters(password)
	words := []string{onlyLetters(name)}
	for _, g := range of.Grants {
		for code := range strings.SplitSeq(string(g.Path), "/") {
			words = append(words, onlyLetters(code))
		}
	}
	left := letters
	for _, w := range slices.Concat(words, ofThePlace) {
		if len(w) >= leastOwn {
			left = strings.ReplaceAll(left, w, "")
		}
	}
	return left != letters && len(left) < leastOwn
}

// onlyLetters folds a text and leaves out what is no letter.
func onlyLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, ocop.Fold(s))
}

// Lengths of a password: the shortest in characters (NIST SP 800-63B asks for
// eight at least), the longest in bytes.
const (
	minPassword = 10
	maxPassword = 1000
)

// weak adds to bad what stands against a password of the account of that name; of
// holds the units that it can be guessed from.
func weak(bad *fault.Error, place, name, password string, of access.Actor) {
	lower := strings.ToLower(password)
	switch {
	case utf8.RuneCountInString(password) < minPassword || len(password) > maxPassword:
		bad.At(place, fmt.Sprintf("Mật khẩu phải có ít nhất %d ký tự.", minPassword), fmt.Sprintf("A password needs at least %d characters.", minPassword))
	case lower == strings.ToLower(name):
		bad.At(place, "Mật khẩu không được trùng tên đăng nhập.", "The password must not be the account's name.")
	case common[lower]:
		bad.At(place, "Mật khẩu này quá phổ biến, dễ bị đoán.", "This password is among the most common ones.")
	case ofWords(password, name, of):
		bad.At(place, "Mật khẩu chỉ gồm những từ dễ đoán (tên đăng nhập, tên đơn vị, tên chương trình) và chữ số. Hãy thêm vài từ khác.",
			"The password is nothing but words that are easily guessed (the account's name, units, the programme) and figures. Add some other words.")
	}
}

// ChangePassword gives the session's account another password and ends its
// other sessions.
//
// Faults: password_wrong (Invalid) for the present one, password_weak (Invalid)
// for the next; too_many.
func (p *People) ChangePassword(ctx context.Context, s Session, present, next string) error {
	acc, err := store.AccountByID(ctx, p.DB, s.Actor.ID)
	if err != nil {
		return err
	}
	if err := p.present(ctx, acc, present); err != nil {
		return err
	}
	bad := fault.New(fault.Invalid, "password_weak", "Mật khẩu mới chưa đạt yêu cầu.", "The new password will not do.")
	if weak(bad, "body.next", acc.Name, next, s.Actor); len(bad.Fields) > 0 {
		return bad
	}
	hash, err := p.HashPassword(next)
	if err != nil {
		return err
	}
	return p.secure(ctx, *acc, "change_password", nil, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := store.SetPassword(ctx, tx, *acc, hash, false); err != nil {
			return err
		}
		_, err := store.DeleteSessions(ctx, tx, acc.ID, s.Credential)
		return err
	})
}

// present checks the password that an account has; a wrong one counts as one
// at sign-in does.
func (p *People) present(ctx context.Context, acc *store.Account, password string) error {
	wrong := fault.New(fault.Invalid, "password_wrong", "Mật khẩu hiện tại không đúng.", "The present password is wrong.").
		At("body.present", "Không đúng.", "Wrong.")
	if acc == nil || acc.Password == "" {
		return wrong
	}
	if err := p.unlocked(ctx, acc.Name, ""); err != nil {
		return err
	}
	if match, err := argon2id.ComparePasswordAndHash(password, acc.Password); err != nil || match {
		return err
	}
	if err := p.failed(ctx, acc, acc.Name, ""); err != nil {
		return err
	}
	return wrong
}

// secure writes rows of an account's own security with their entry.
func (p *People) secure(ctx context.Context, acc store.Account, event string, data ledger.Map, rows func(context.Context, *sqldb.Tx) error) error {
	_, err := commit.Do[any](ctx, p.Committer, commit.Act{Kind: commit.Once, Locks: []string{"account:" + acc.Name},
		Ask: commit.Alone(func(context.Context, sqldb.Querier, time.Time) (commit.Outcome, error) {
			return commit.Outcome{
				Drafts: []ledger.Draft{{Stream: "account:" + acc.ID, Kind: ledger.KindSecurity, Event: event, Actor: ledger.Actor{ID: acc.ID}, Data: data}},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
					return rows(ctx, tx)
				}),
			}, nil
		})})
	return err
}
