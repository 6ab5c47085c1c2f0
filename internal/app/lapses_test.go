//go:build unix

package app

import (
	"context"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// sweepOn moves the clock and sees to what has fallen due.
func (o *office) sweepOn(day ocop.Date) {
	o.t.Helper()
	o.clock(day.String())
	if _, err := o.app.Desk.Sweep(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// lapses are what an account is told about documents of a product, newest first.
func (o *office) lapses(who, product string) (out []string) {
	o.t.Helper()
	for _, n := range o.must(200, o.ask(who, "GET", noticesPath+"?limit=200", nil)).items() {
		if n["product"] == product && strings.HasPrefix(n["deadline"].(string), "document:") {
			out = append(out, n["kind"].(string))
		}
	}
	return out
}

// lapsesListed are the documents that a worklist names at a product.
func (o *office) lapsesListed(who, product string) []string {
	o.t.Helper()
	return slices.DeleteFunc(o.worklistMarks(who, product), func(id string) bool { return !strings.HasPrefix(id, "document:") })
}

// A document's last day is told to its producer and the office 60 and 30 days
// before, and once it has passed, until a newer version takes its place.
func TestThatADocumentLapsesIsTold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		product, who, other := o.product(fishSauce), "producer-"+fishSauce, "producer-"+simWine
		last := o.app.Desk.Today() + 100
		bring := func(kind string, to ocop.Date, more ...string) string {
			return o.must(201, o.bring(who, kind+".pdf", []byte("%PDF-1.4 "+kind+to.String()), append([]string{"product", product, "kind", kind, "valid_to", to.String()}, more...)...)).body["id"].(string)
		}
		id := bring("quality_system", last, "whole", "true")
		bring("awards", o.app.Desk.Today()-5)
		due := o.must(200, o.ask("office", "GET", "/api/v1/products/"+product, nil)).body["due"]
		for _, step := range []struct {
			day  ocop.Date
			want []string
		}{{last - 61, nil}, {last - 60, []string{"remind"}}, {last - 59, []string{"remind"}}, {last - 30, []string{"remind", "remind"}}, {last, []string{"remind", "remind"}}, {last + 1, []string{"overdue", "remind", "remind"}}} {
			o.sweepOn(step.day)
			for _, reader := range []string{who, "office"} {
				if got := o.lapses(reader, product); !slices.Equal(got, step.want) {
					t.Errorf("%s on day %d: %v, want %v", reader, step.day-last, got, step.want)
				}
			}
			if got := o.lapsesListed(who, product); (len(got) > 0) != (len(step.want) > 0) || len(got) > 0 && !slices.Equal(got, []string{"document:" + id}) {
				t.Errorf("worklist on day %d: %v", step.day-last, got)
			}
		}
		for _, reader := range []string{other, "leader", "commune-cam-my", "auditor"} {
			if got := o.lapses(reader, product); len(got) != 0 {
				t.Errorf("%s is told %v", reader, got)
			}
		}
		if got := o.must(200, o.ask("office", "GET", "/api/v1/products/"+product, nil)).body["due"]; got != due {
			t.Errorf("a document that lapsed makes the product due on %v", got)
		}
		o.browse(who, "vi").shows("/notices", "Giấy tờ sắp hết hạn", "Giấy tờ hết hiệu lực", "Nước mắm Phú Sáng")
		o.browse("office", "en").shows("/worklist", "A document has lapsed")
		o.browse("office", "vi").shows("/products/"+product, "là cách làm của phần mềm, không phải quy định", "Tài liệu hết hiệu lực: ")
		bring("quality_system", last+400, "whole", "true", "replaces", id)
		if got, list := o.lapses(who, product), o.lapsesListed(who, product); len(got) != 0 || len(list) != 0 {
			t.Errorf("replaced, it is still told: %v, %v", got, list)
		}
		o.sweepOn(last + 402)
		if got := o.lapses("office", product); !slices.Equal(got, []string{"overdue"}) {
			t.Errorf("what was slept through is told at once: %v", got)
		}
		if report, err := audit.Verify(t.Context(), o.app.DB, audit.Options{}); err != nil || !report.OK {
			t.Errorf("%+v %v", report, err)
		}
	})
}

// What was brought before the program told of it is taken up by a sweep.
func TestDocumentsOfBeforeAreTakenUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address, func(c *Config) { c.LapseDays = []int{45} })
		product, who := o.product(fishSauce), "producer-"+fishSauce
		last := o.app.Desk.Today() + 100
		o.must(201, o.bring(who, "x.pdf", []byte("%PDF-1.4 x"), "product", product, "kind", "quality_system", "valid_to", last.String()))
		err := o.app.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM timers WHERE deadline LIKE 'document:%'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		untold := func() int {
			list, err := store.UntoldLapses(t.Context(), o.app.DB, o.app.Desk.Today(), last, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if untold() != 1 {
			t.Error("the timers of the document are still there")
		}
		o.sweepOn(last - 99)
		o.browse("office", "en").shows("/products/"+product, "Reminding 45 days ahead is the program")
		if untold() != 0 {
			t.Error("every sweep would take the product up again")
		}
		o.sweepOn(last - 45)
		if got := o.lapses(who, product); !slices.Equal(got, []string{"remind"}) {
			t.Errorf("%v", got)
		}
		if report, err := audit.Verify(t.Context(), o.app.DB, audit.Options{}); err != nil || !report.OK {
			t.Errorf("%+v %v", report, err)
		}
	})
}

// One that lapses soon when it is brought is told the next time, once.
func TestADocumentBroughtLateIsToldAtOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	product, who := o.product(simWine), "producer-"+simWine
	last := o.app.Desk.Today() + 20
	o.must(201, o.bring(who, "x.pdf", []byte("%PDF-1.4 x"), "product", product, "kind", "quality_system", "valid_to", last.String()))
	for range 2 {
		if _, err := o.app.Desk.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.lapses(who, product); !slices.Equal(got, []string{"remind"}) {
		t.Errorf("%v", got)
	}
}
