//go:build unix

package app

import (
	"testing"

	"ocopflow/internal/dbtest"
)

func cellOf(row map[string]any, code string) map[string]any {
	for _, x := range row["deadlines"].([]any) {
		if x := x.(map[string]any); x["deadline"] == code {
			return x
		}
	}
	return nil
}

func listed(list any, field string, value any) map[string]any {
	for _, x := range list.([]any) {
		if x := x.(map[string]any); x[field] == value {
			return x
		}
	}
	return nil
}

func TestTheBoardTellsWhereProductsStand(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		board := func(who string) map[string]any {
			return o.must(200, o.ask(who, "GET", campaign2024+"/board", nil)).body
		}
		o.clock("2024-04-10")
		o.must(200, o.move("producer-"+fishSauce, o.product(fishSauce), "begin_upgrade", nil))
		o.clock("2024-04-16")
		b := board("office")
		sauce, wine := listed(b["products"], "code", fishSauce), listed(b["products"], "code", simWine)
		for _, x := range []struct {
			row        map[string]any
			code, want string
		}{{sauce, "D2", "overdue"}, {sauce, "D3", "overdue"}, {sauce, "D8", "ahead"}, {wine, "D1", "overdue"}, {listed(b["products"], "code", rice), "D5", "due_soon"}} {
			if c := cellOf(x.row, x.code); c == nil || c["status"] != x.want {
				t.Errorf("%s of %v: %v, want %s", x.code, x.row["name"], c, x.want)
			}
		}
		if column := listed(b["deadlines"], "code", "D2"); column["overdue"] != 2.0 || column["met"] != 0.0 {
			t.Errorf("D2: %v", column)
		}
		for _, name := range []string{"idea_form", "business_plan", "cost_estimate"} {
			o.must(201, o.upload("producer-"+fishSauce, o.product(fishSauce), name, []byte("%PDF-1.4 "+name)))
		}
		b = board("office")
		if c := cellOf(listed(b["products"], "code", fishSauce), "D3"); c["status"] != "met_late" || c["met_on"] != "2024-04-16" {
			t.Errorf("D3, met two days after its last day: %v", c)
		}
		if mine := board("producer-" + fishSauce); len(mine["products"].([]any)) != 1 {
			t.Errorf("a producer sees the products of others: %v", mine["products"])
		}
		o.must(404, o.ask("other-office", "GET", campaign2024+"/board", nil))

		// D7 is met by a duty alone.
		if d7 := listed(b["deadlines"], "code", "D7"); d7["due_soon"] != 1.0 {
			t.Errorf("D7: %v", d7)
		}
		o.must(200, o.ask("office", "POST", campaign2024+"/duties", map[string]any{"duty": "vp-support-plan", "organisation": "vp-ntm", "state": "done"}))
		b = board("office")
		if d7 := listed(b["deadlines"], "code", "D7"); d7["met"] != 1.0 || d7["due_soon"] != 0.0 {
			t.Errorf("D7 after its duty was done: %v", d7)
		}

		// Of T1 nothing is under way but renewals; three first products have no name yet.
		t1, t2 := listed(b["targets"], "code", "T1"), listed(b["targets"], "code", "T2")
		if t1["missing"] != 4.0 || t1["unnamed"] != 3.0 || t1["net"] != 0.0 || t1["short"] != 2.0 {
			t.Errorf("T1: %v", t1)
		}
		ways := t2["ways"].([]any)
		if len(ways) != 2 || ways[0].(map[string]any)["code"] != fishSauce || t2["short"] != 0.0 {
			t.Errorf("T2: %v", t2)
		}
		events := ways[0].(map[string]any)["events"].([]any)
		if len(events) != 5 || events[0] != "confirm" || events[4] != "certify" {
			t.Errorf("the way of the fish sauce: %v", events)
		}
		// Nothing was ever certified here by a round: all that can be said is the whole span.
		gross := t2["gross"].(map[string]any)
		if gross["low"] != 0.0 || gross["high"] != 2.0 || b["forecast"].(map[string]any)["until"] != "2024-12-31" {
			t.Errorf("the forecast without a history: %v %v", gross, b["forecast"])
		}
	})
}
