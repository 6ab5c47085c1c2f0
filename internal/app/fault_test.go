//go:build unix

package app

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/faulty"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/vault"
)

// deed is something that is written, with the steps in which it can fail.
type deed struct {
	name  string
	do    func(f *faultyOffice) answer
	steps string // names of faulty, by commas
	last  string // step after which it has taken effect
	acts  bool   // it is several acts: some of them may stand before the others
	files bool   // contents of documents lie in a directory
}

// Steps that deeds have in common.
const (
	lockedSteps    = "begin,read ledger_head,"
	keyedSteps     = "read idempotency,"
	judgedSteps    = "read rounds,read certificates,read moves,read inspections,read remedies,read marks,"
	documentSteps  = "insert blobs,insert documents,update products,delete timers,"
	enteredSteps   = "insert entries,insert subtrees,"
	concludedSteps = "update ledger_head,insert idempotency,commit"
)

var workbookOfThree []byte

// deeds are the rows of the fault table.
func deeds(t *testing.T) []deed {
	if workbookOfThree == nil {
		var rows [][]any
		for i := range 3 {
			rows = append(rows, []any{fmt.Sprintf("san-pham-%d", i), fmt.Sprintf("Sản phẩm số %d", i), "chu-the-0", i + 1, 3})
		}
		workbookOfThree = filledIn(t, productHeads, rows...)
	}
	papers := bytes.Repeat([]byte("Kế hoạch kinh doanh\n"), 80_000) // 1.6 MB: too large for one row
	return []deed{
		{name: "move", steps: lockedSteps + keyedSteps + judgedSteps + "read timers,read sessions,read accounts,update products,update rounds,insert moves,insert timers," + enteredSteps + "insert private_values," + concludedSteps, last: "commit", do: func(f *faultyOffice) answer {
			form := maps.Clone(topics)
			form["officer"] = f.clerk
			return f.move(f.clerk, f.ids["move"], "confirm", form, "Idempotency-Key", "k")
		}},
		{name: "opening of the sheets", steps: lockedSteps + "update sessions," + enteredSteps + concludedSteps, last: "commit", do: func(f *faultyOffice) answer {
			return f.ask("secretary-province", "POST", sessionPath(f.ids["session"], "/open"), nil, "Idempotency-Key", "k")
		}},
		{name: "certificate", steps: lockedSteps + "update products,update rounds,insert certificates,insert decisions,insert decision_products,insert moves,insert timers," + enteredSteps + "insert private_values," + concludedSteps, last: "commit", do: func(f *faultyOffice) answer {
			return f.move("leader-province", f.ids["certify"], "certify", map[string]any{"number": "HT-2026-01", "decision": "1/QĐ-UBND", "decided_on": "2026-06-01"}, "Idempotency-Key", "k")
		}},
		{name: "import", steps: lockedSteps + "insert products,insert product_words,insert rounds,insert moves,insert timers," + enteredSteps + "update ledger_head,commit", last: "commit", do: func(f *faultyOffice) answer {
			return f.sendFile("office-province", "/api/v1/imports/products", "a.xlsx", workbookOfThree, "")
		}},
		{name: "upload", steps: "begin,insert uploads,commit,begin 2,insert upload_pieces,commit 2,begin 3,commit 3,begin 4,read ledger_head," + documentSteps + enteredSteps + "insert private_values,update ledger_head,insert idempotency,commit 4,begin 5,delete upload_pieces,delete uploads,commit 5,begin 6,commit 6", last: "commit 4", do: func(f *faultyOffice) answer {
			return f.sendFile("producer-"+fishSauce, "/api/v1/documents", "a.txt", papers, "k", "product", f.ids["papers"], "kind", "awards")
		}},
		{name: "upload to a directory", steps: "make folder,create file,write file,flush file,close file,rename file,flush folder," + lockedSteps + documentSteps + enteredSteps + "insert private_values," + concludedSteps, last: "commit", files: true, do: func(f *faultyOffice) answer {
			return f.sendFile("producer-"+fishSauce, "/api/v1/documents", "a.txt", papers, "k", "product", f.ids["papers"], "kind", "awards")
		}},
		{name: "account", steps: lockedSteps + "insert accounts," + enteredSteps + "insert private_values," + concludedSteps, last: "commit", do: func(f *faultyOffice) answer {
			return f.ask("admin", "POST", "/api/v1/accounts", map[string]any{"name": "nguoi-moi", "password": "mat khau rat dai 1"}, "Idempotency-Key", "k")
		}},
		{name: "checkpoint", steps: "read ledger_head,create file,write file,flush file,close file,rename file,flush folder", do: func(f *faultyOffice) answer { return told(f.app.Notary.Keep(f.office.t.Context())) }},
		{name: "job", steps: lockedSteps + "delete timers,insert marks,insert entries,update ledger_head,commit", acts: true, do: func(f *faultyOffice) answer { return told(f.app.sweep(f.office.t.Context())) }},
	}
}

// told is an error as a client would see it.
func told(err error) answer {
	switch {
	case err == nil:
		return answer{status: http.StatusOK}
	case sqldb.Unavailable(err), fault.Is(err, fault.Unavailable), strings.Contains(err.Error(), "faulty:"):
		return answer{status: http.StatusServiceUnavailable, text: err.Error(), body: map[string]any{"code": "unavailable"}}
	}
	return answer{status: http.StatusInternalServerError, text: err.Error()}
}

// TestFaultTable lets every step of every deed fail in each of three ways. A step
// that did not take effect leaves nothing; one that did, and was not heard of,
// leaves all of it; a deed that is asked for again stands once. After each the
// ledger recomputes and every row is told by it. Each cell is played on one of the
// databases; OCOPFLOW_FAULTS=both plays each on both, and OCOPFLOW_FAULTS=all also
// restarts the server after each and lets every statement fail, not each kind once.
func TestFaultTable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		s := setUp(t, address)
		cells := 0
		for _, d := range deeds(t) {
			t.Run(d.name, func(t *testing.T) { cells += s.row(t, d) })
		}
		t.Logf("%d cells", cells)
	})
}

// row plays a deed without faults, and then with each.
func (s *stage) row(t *testing.T, d deed) int {
	f := s.begin(t, d.files)
	before := take(t, f.where, f.app.Files)
	f.seam.Arm("", faulty.None)
	if a := d.do(f); a.status/100 != 2 {
		t.Fatalf("without a fault: %d %.300s", a.status, a.text)
	}
	seen, count := f.seam.Seen(), f.seam.Count()
	play := &playing{deed: d, before: before, after: f.settled(t)}
	f.stop()
	steps := strings.Split(d.steps, ",")
	for _, x := range seen[max(0, slices.Index(seen, steps[0])):] {
		if d.acts && (strings.HasPrefix(x, "begin ") || strings.HasPrefix(x, "commit ") || x == "insert subtrees") {
			continue // how many acts share a batch is chance, and so is what each completes
		}
		if !slices.Contains(steps, x) && x != "begin snapshot" && !strings.HasPrefix(x, "read ") {
			t.Errorf("the step %q is not in the table", x)
		}
	}
	if os.Getenv("OCOPFLOW_FAULTS") == "all" {
		return s.everyStatement(t, play, count)
	}
	f = s.begin(t, d.files) // one server for all that is noticed and survived
	cells := 0
	for i, step := range steps {
		for n, how := range []faulty.How{faulty.Before, faulty.After} {
			if !f.turn(i + n) {
				continue
			}
			cells++
			f.seam.Arm(step, how)
			if stands := play.one(t, f, step, how, false); stands || d.acts { // of many acts, some stand whatever became of one
				play.repeated(t, f, step)
				f = s.begin(t, d.files)
			}
		}
	}
	play.repeated(t, f, "in the end")
	for i, step := range steps {
		if !f.turn(i) {
			continue
		}
		cells++
		f := s.begin(t, d.files)
		f.seam.Arm(step, faulty.Killed)
		play.one(t, f, step, faulty.Killed, true)
		play.repeated(t, f, step+", killed")
	}
	return cells
}

// everyStatement lets each statement of a deed fail, and gives the number that did.
// A deed may take one or two less than the first time, its connections being open:
// then nothing failed, and it stands.
func (s *stage) everyStatement(t *testing.T, play *playing, count int) (cells int) {
	t.Helper()
	for n := range count {
		for _, how := range []faulty.How{faulty.Before, faulty.After, faulty.Killed} {
			f := s.begin(t, play.files)
			f.seam.ArmAt(n, how)
			play.beyond = n >= count-3
			play.one(t, f, fmt.Sprintf("statement %d of %d", n, count), how, true)
			play.repeated(t, f, fmt.Sprintf("statement %d of %d, %s", n, count, how))
			if play.hit {
				cells++
			}
		}
	}
	return cells
}

// turn deals the cells out to the two databases when not all are played on both.
func (f *faultyOffice) turn(cell int) bool {
	onLite := cell%2 == 0
	return os.Getenv("OCOPFLOW_FAULTS") == "both" || onLite != strings.HasPrefix(f.where, "postgres")
}

// playing is a deed with what holds before and after it.
type playing struct {
	deed
	before, after census
	hit           bool // the fault of the last cell
	beyond        bool // the deed may end before it
}

// settled is the census once what uploads that were cut off left is swept.
func (f *faultyOffice) settled(t *testing.T) census {
	t.Helper()
	v := *f.app.Desk.Vault
	v.Now = func() time.Time { return time.Now().Add(vault.Grace + time.Minute) }
	if _, err := v.Sweep(t.Context()); err != nil {
		t.Errorf("sweep: %v", err)
	}
	return take(t, f.where, f.app.Files)
}

// one plays a cell and reports whether the deed stands.
func (p *playing) one(t *testing.T, f *faultyOffice, step string, how faulty.How, restart bool) bool {
	t.Helper()
	a := p.do(f)
	ok := a.status/100 == 2
	if p.hit = f.seam.Disarm(); !p.hit && !(p.beyond && ok) {
		t.Errorf("%s, %s: the step was never come to", step, how)
	}
	if !ok && (a.status != http.StatusServiceUnavailable || a.code() != "unavailable") {
		t.Errorf("%s, %s: answered %d %.300s", step, how, a.status, a.text)
	}
	if restart {
		f.again(t, p.files)
	}
	now := f.settled(t)
	stands, nothing := now.equal(p.after), now.equal(p.before)
	switch {
	case p.acts || p.before.equal(p.after):
		return ok
	case ok && !stands:
		t.Errorf("%s, %s: acknowledged, but %s", step, how, now.minus(p.after))
	case !stands && !nothing:
		t.Errorf("%s, %s: half applied: %s", step, how, now.minus(p.before))
	case step == p.last && how != faulty.Before && !stands:
		t.Errorf("%s, %s: it took effect, and is lost", step, how)
	case !ok && stands && how == faulty.Before && step == p.last:
		t.Errorf("%s, %s: it stands although it failed", step, how)
	}
	return stands
}

// repeated asks for the deed again, on the same server or after its restart: it
// stands, once.
func (p *playing) repeated(t *testing.T, f *faultyOffice, step string) {
	t.Helper()
	if a := p.do(f); a.status/100 != 2 {
		t.Errorf("%s: asked for again: %d %.300s", step, a.status, a.text)
	} else if now := f.settled(t); !now.equal(p.after) {
		t.Errorf("%s: asked for again: %s", step, now.minus(p.after))
	}
	f.stop()
	if strings.HasPrefix(f.where, "postgres") {
		dbtest.Drop(t, f.where)
	}
}
