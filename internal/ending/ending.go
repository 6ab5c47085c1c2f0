// Package ending owns what an office does before certificates end: which letters
// are due, late or written, and that one was written. Which letters there are is
// package warning's, what time asks of a product casework's, the register in which
// a letter stands correspondence's, its wording clerk's.
package ending

import (
	"context"
	"slices"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/correspondence"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/warning"
)

// Desk is where certificates that end are looked after.
type Desk struct {
	DB             *sqldb.DB
	Committer      *commit.Committer
	Cases          *casework.Desk
	Correspondence *correspondence.Desk
}

// Standing of a letter. Open are those due and overdue.
const (
	Open    = "open"
	Due     = "due"
	Overdue = "overdue"
	Written = "written"
)

// Standings are what the list is narrowed to.
func Standings() []string { return []string{Open, Due, Overdue, Written} }

// Warned is a certificate that is to be warned of, or was.
type Warned struct {
	Certificate string      `json:"certificate"`
	Warning     string      `json:"warning"`
	Title       ocop.Text   `json:"title"`
	Product     ocop.Ref    `json:"product"`
	Producer    ocop.Ref    `json:"producer"`
	Commune     *ocop.Ref   `json:"commune"`
	Stars       int         `json:"stars"`
	IssuedOn    ocop.Date   `json:"issued_on"`
	LastDay     ocop.Date   `json:"last_day"`
	WriteFrom   ocop.Date   `json:"write_from" doc:"from when the letter is asked for"`
	WriteBy     ocop.Date   `json:"write_by" doc:"last day for it"`
	Window      *FilingDays `json:"window" doc:"days to file for renewal; null where no source names any"`
	Status      string      `json:"status" enum:"due,overdue,written"`
	Letter      *WarnedBy   `json:"letter" doc:"null while it was not written"`
	Legal       string      `json:"legal"`
	Verified    bool        `json:"verified" doc:"the letter itself was seen as a rule; otherwise it is practice"`
	Note        ocop.Text   `json:"note"`

	rule warning.Rule
	set  int
}

// Set is the criteria set of the product.
func (x Warned) Set() int { return x.set }

// Rule is the rule by which the certificate is warned of.
func (x Warned) Rule() warning.Rule { return x.rule }

// FilingDays are a first and a last one.
type FilingDays struct {
	From ocop.Date `json:"from"`
	To   ocop.Date `json:"to"`
}

// WarnedBy is a letter that was written.
type WarnedBy struct {
	Paper     string    `json:"paper" doc:"line of the register of papers sent"`
	Symbol    string    `json:"symbol"`
	Number    int64     `json:"number" doc:"in the register"`
	WrittenOn ocop.Date `json:"written_on"`
	WrittenBy string    `json:"written_by"`
}

// Filter narrows the list. Zero fields do not.
type Filter struct {
	Status  string // one of Standings; "" is Open
	Warning string
	After   string // place of the last one seen
	Limit   int
}

// place of an item in the list: its rule, then its certificate's last day and number.
func (x Warned) place() string {
	return x.rule.Code + " " + x.rule.Version + "|" + x.LastDay.String() + "|" + x.Certificate
}

// Cursor is the place in the list after an item.
func (x Warned) Cursor() string { return x.place() }

// List gives one page of certificates in view, rule by rule and each by the day on
// which it ends.
func (d *Desk) List(ctx context.Context, a access.Actor, f Filter) ([]Warned, error) {
	out := []Warned{}
	name, rest, going := strings.Cut(f.After, "|")
	for _, r := range warning.Rules() {
		if going && r.Code+" "+r.Version != name || f.Warning != "" && f.Warning != r.Code {
			continue
		}
		if len(out) >= f.Limit {
			break
		}
		got, err := d.of(ctx, a, r, f.Status, nil, rest, f.Limit-len(out))
		if err != nil {
			return nil, err
		}
		out, going, rest = append(out, got...), false, ""
	}
	return out, nil
}

// of lists those of one rule.
func (d *Desk) of(ctx context.Context, a access.Actor, r warning.Rule, status string, numbers []string, after string, limit int) ([]Warned, error) {
	today := d.Cases.Today()
	from, to, ok := d.Cases.WarnSpan(r)
	from = max(from, today)
	begun, late := today-ocop.Date(r.Letter.From), today-ocop.Date(r.Letter.By)-1 // last days of those asked for, and of those past
	switch status {
	case Written:
	case Overdue:
		to = min(to, late)
	case Due:
		from, to = max(from, late+1), min(to, begun)
	default:
		to = min(to, begun)
	}
	if !ok || from > to {
		return nil, nil
	}
	f := store.EndingFilter{View: a.Products(), Warning: r.Code, From: from, To: to, Written: status == Written, Numbers: numbers, After: after, Limit: limit}
	if status != Written {
		f.Unless = r.Unless
	}
	rows, err := store.Endings(ctx, d.DB, f)
	out := make([]Warned, len(rows))
	for i, x := range rows {
		out[i] = item(r, x, today)
	}
	return out, err
}

func item(r warning.Rule, x store.EndingCertificate, today ocop.Date) Warned {
	day := func(n int) ocop.Date { return x.LastDay + ocop.Date(n) }
	out := Warned{Certificate: x.Number, Warning: r.Code, Title: r.Title, Product: ocop.Ref{ID: x.Product, Code: x.Code, Name: x.Name}, Producer: ocop.Ref{ID: x.ProducerID, Code: x.ProducerCode, Name: x.Producer},
		Commune: x.Commune, Stars: x.Stars, IssuedOn: x.IssuedOn, LastDay: x.LastDay, WriteFrom: day(r.Letter.From), WriteBy: day(r.Letter.By), Status: Due, Legal: r.Legal, Verified: r.Law(), Note: r.Note,
		rule: r, set: x.Set}
	if r.Window != nil {
		out.Window = &FilingDays{day(r.Window.From), day(r.Window.To)}
	}
	switch {
	case x.Letter != nil:
		out.Status, out.Letter = Written, &WarnedBy{x.Letter.Paper, x.Symbol, x.Line, x.Letter.WrittenOn, x.Letter.WrittenBy}
	case today > out.WriteBy:
		out.Status = Overdue
	}
	return out
}

// Most is how many certificates one letter is about.
const Most = 100

// Pick finds the certificates that a letter is about, whether or not it was written.
//
// Faults: warning_wrong (Invalid).
func (d *Desk) Pick(ctx context.Context, a access.Actor, code string, numbers []string) ([]Warned, error) {
	bad := fault.New(fault.Invalid, "warning_wrong", "Thông tin về thư báo chưa đúng; chưa lưu gì.", "What was given about the letter is not right; nothing was saved.")
	if !warning.Known(code) {
		return nil, bad.At("body.warning", "Không có loại thư này.", "There is no such letter.")
	}
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	if len(numbers) == 0 || len(numbers) > Most {
		return nil, bad.At("body.certificates", "Phải nêu từ 1 đến 100 giấy chứng nhận.", "Name 1 to 100 certificates.")
	}
	var out []Warned
	for _, r := range warning.Rules() {
		for _, status := range []string{Open, Written} {
			if r.Code != code {
				continue
			}
			got, err := d.of(ctx, a, r, status, numbers, "", Most)
			if err != nil {
				return nil, err
			}
			out = append(out, got...)
		}
	}
	for _, n := range numbers {
		if !slices.ContainsFunc(out, func(x Warned) bool { return x.Certificate == n }) {
			bad.At("body.certificates", "Giấy "+n+": không có, hoặc chưa đến lúc gửi thư này.", "Certificate "+n+": there is none, or this letter is not asked for yet.")
		}
	}
	if slices.ContainsFunc(out, func(x Warned) bool { return x.rule.Version != out[0].rule.Version }) {
		bad.At("body.certificates", "Các giấy này theo những quy định khác nhau; hãy gửi riêng từng thư.", "These certificates are under different rules; write a letter for each.")
	}
	return out, bad.OrNil()
}
