package casework

import (
	"context"
	"errors"
	"slices"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/warning"
)

// WarningPrefix begins the id of what warns that a certificate ends.
const WarningPrefix = "warning:"

// ofWarning is the source of deadlines that warn so: what was to be said of them on
// the day on which they begin, or before, is said at once.
const ofWarning = "warning"

// warns reports whether a rule counts for a certificate: its version is in force
// on the day with which the rule reckons.
func (d *Desk) warns(r warning.Rule, k ocop.Certificate) bool {
	rules, err := d.Library.InForce(r.Procedure, k.LastDay+ocop.Date(r.Reckoned()))
	return err == nil && rules.Version == r.Version
}

// warned are the rules that count for a dossier on a day.
func (d *Desk) warned(x *dossier, today ocop.Date) (out []warning.Rule) {
	k := x.certificate
	if k == nil || k.ExtendedTo != nil || !k.InForce(today) || slices.Contains(ended, x.product.State) {
		return nil
	}
	for _, r := range warning.Rules() {
		if !slices.Contains(r.Unless, x.product.Track) && d.warns(r, *k) {
			out = append(out, r)
		}
	}
	return out
}

// written reports whether the letter of a rule went out.
func (x *dossier) written(r warning.Rule) bool {
	return slices.ContainsFunc(x.letters, func(w store.Warning) bool { return w.Warning == r.Code && w.Certificate == x.certificate.Number })
}

// warningDues ask for the letters before a certificate ends and tell of its last
// days, and say when there will be more of it. They make no product overdue: the
// letter is the office's, and the list of letters tells which are late.
func (d *Desk) warningDues(x *dossier, today ocop.Date) (out []calendar.Due, instead []string, next ocop.Date) {
	again := func(day ocop.Date) {
		if next == 0 || day < next {
			next = day
		}
	}
	for _, r := range d.warned(x, today) {
		last := x.certificate.LastDay
		if from := last + ocop.Date(r.Letter.From); today < from {
			again(from)
			continue
		}
		instead = append(instead, r.InsteadOf)
		by, id := last+ocop.Date(r.Letter.By), WarningPrefix+r.Code+":"+x.certificate.Number
		due := calendar.Due{Code: r.Code, Source: ofWarning, Kind: calendar.By, Notice: true, Legal: r.Legal, Note: r.Note}
		add := func(id string, day ocop.Date, title ocop.Text, verified bool, remind []int, who ...ocop.Role) {
			x := due
			x.ID, x.Date, x.LastDay, x.Title, x.Verified, x.Chase = id, day, day, title, verified, calendar.Chase{Remind: remind}
			for _, role := range who {
				x.Who = append(x.Who, string(role))
			}
			out = append(out, x)
		}
		if !x.written(r) {
			add(id, by, r.Title, r.Law(), r.Letter.Remind, access.Office)
			if today <= by {
				again(by + 1)
			} else {
				add(id+":late", by+1, ocop.Text{Vi: "Quá ngày mà chưa gửi: " + r.Title.Vi, En: "Not done in time: " + r.Title.En}, r.Law(), []int{0}, access.Leader)
			}
		}
		if end := last + ocop.Date(r.Tell.By); today <= end {
			add(id+":told", end, r.Tell.Title, r.Verified, r.Tell.Remind, r.Tell.Who...)
			again(end + 1)
		}
	}
	return out, instead, next
}

// WarnSpan are the last days of certificates for which a rule counts, with those
// of its version: the day on which it took effect, and the one before the next.
func (d *Desk) WarnSpan(r warning.Rule) (from, to ocop.Date, ok bool) {
	to = ocop.Date(never)
	found := false
	for _, rules := range d.Library.All() { // by the day they took effect
		switch {
		case rules.Name != r.Procedure:
		case rules.Version == r.Version:
			from, found = rules.Legal.Effective-ocop.Date(r.Reckoned()), true
		case found:
			return from, rules.Legal.Effective - 1 - ocop.Date(r.Reckoned()), true
		}
	}
	return from, to, found
}

// never is a day behind all others.
const never = 1 << 30

// takeUpWarnings has the agenda worked out of products whose certificate ends
// within the time in which it is said, and that have no timer for it: they were
// certified before the program told of such.
func (d *Desk) takeUpWarnings(ctx context.Context) error {
	today := d.Today()
	var errs []error
	for _, r := range warning.Rules() {
		from, to, ok := d.WarnSpan(r)
		if from, to = max(from, today), min(to, today-ocop.Date(r.Letter.From)); !ok || from > to {
			continue
		}
		products, err := store.Unwarned(ctx, d.DB, WarningPrefix, from, to, 256)
		if err != nil {
			return err
		}
		errs = append(errs, d.reckonAgain(ctx, products))
	}
	return errors.Join(errs...)
}

// Warning is a letter about a certificate, as it is about to be noted.
type Warning struct {
	Product ocop.Product
	Rule    warning.Rule
	Ends    ocop.Date // last day of the certificate
	store.Warning
	plan agenda
	now  time.Time
}

// Warn decides whether a letter about a certificate is asked for, and works out
// what time asks of its product once it is written.
//
// Faults: not_found; no_warning, warning_written (Conflict).
func (d *Desk) Warn(ctx context.Context, q sqldb.Querier, a access.Actor, product string, w store.Warning, now time.Time) (*Warning, error) {
	files, err := d.dossiers(ctx, q, []string{product})
	if err != nil {
		return nil, err
	}
	x := files[product]
	if x == nil || !sees(a, x.product) || x.certificate == nil {
		return nil, NotFound()
	}
	today := ocop.DateOf(now)
	rules := d.warned(x, today)
	i := slices.IndexFunc(rules, func(r warning.Rule) bool { return r.Code == w.Warning })
	if i < 0 || x.certificate.Number != w.Certificate || today < x.certificate.LastDay+ocop.Date(rules[i].Letter.From) {
		return nil, fault.New(fault.Conflict, "no_warning", "Giấy chứng nhận "+w.Certificate+" chưa đến lúc, hoặc không thuộc diện gửi thư này.", "This letter is not asked for, or not yet, about certificate "+w.Certificate+".")
	}
	if x.written(rules[i]) {
		return nil, fault.New(fault.Conflict, "warning_written", "Thư này về giấy chứng nhận "+w.Certificate+" đã gửi rồi. Nếu ghi nhầm, hãy hủy dòng ấy trong sổ văn bản đi.",
			"This letter about certificate "+w.Certificate+" was sent already. If that was a mistake, void its line in the register of papers sent.")
	}
	w.Product, w.WrittenOn = product, today
	x.letters = append(slices.Clone(x.letters), w)
	out := &Warning{Product: *x.product, Rule: rules[i], Ends: x.certificate.LastDay, Warning: w, now: now}
	out.plan, err = d.agenda(x, now)
	return out, err
}

// Save writes that the letter went out under a line of the register.
func (w *Warning) Save(ctx context.Context, tx *sqldb.Tx, paper string) error {
	w.Paper = paper
	if err := store.InsertWarning(ctx, tx, w.Warning); err != nil {
		return err
	}
	return w.plan.save(ctx, tx, w.Product.ID, w.now)
}
