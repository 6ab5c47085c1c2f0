//go:build unix

package app

import (
	"archive/zip"
	"strings"
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

func TestACampaignIsReportedOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		path := campaign2024 + "/report"
		o.clock("2024-03-25")
		wine := o.toConfirm()
		o.clock("2024-04-10")
		o.must(200, o.move("commune-cam-my", wine, "confirm", map[string]any{"officer": "commune-cam-my"}))
		o.clock("2024-05-20")
		march := o.must(200, o.ask("office", "GET", path+"?period=2024-03", nil)).body
		if x := listed(march["states"], "state", "idea_registered"); march["on"] != "2024-03-31" || x["now"] != 1.0 || x["came"] != 1.0 || x["left"] != 0.0 {
			t.Errorf("March: %v", march["states"])
		}
		if w := listed(march["bottlenecks"], "state", "idea_registered"); w == nil || w["longest_days"] != 7.0 {
			t.Errorf("where March waits: %v", march["bottlenecks"])
		}
		april := o.must(200, o.ask("office", "GET", path+"?period=2024-Q2", nil)).body
		if x := listed(april["states"], "state", "idea_registered"); april["on"] != "2024-05-20" || x["left"] != 1.0 || x["median_days"] != 16.0 || x["now"] != 0.0 {
			t.Errorf("the second quarter so far: %v", april["states"])
		}
		if late := april["overdue"].([]any); len(late) != 4 {
			t.Errorf("overdue on 20 May: %v", late)
		}
		if d := listed(april["deadlines"], "code", "D3"); d["overdue"] != 2.0 {
			t.Errorf("D3: %v", d)
		}
		if d := listed(march["deadlines"], "code", "D3"); d["overdue"] != 0.0 {
			t.Errorf("D3 in March: %v", d)
		}
		if len(april["undone"].([]any)) == 0 || len(o.must(200, o.ask("office", "GET", path, nil)).body["targets"].([]any)) != 5 {
			t.Error("duties and targets are not reported on")
		}
		for who, want := range map[string]int{"producer-" + fishSauce: 403, "other-office": 404, "leader": 200, "auditor": 200, "": 401} {
			if a := o.ask(who, "GET", path, nil); a.status != want {
				t.Errorf("%s reads the report: %d, want %d", who, a.status, want)
			}
		}
		o.must(422, o.ask("office", "GET", path+"?period=2024-13", nil))

		book := o.must(200, o.ask("office", "GET", path+".xlsx?period=2024-04&lang=vi", nil)).text
		z, err := zip.NewReader(strings.NewReader(book), int64(len(book)))
		if err != nil {
			t.Fatal(err)
		}
		words := ""
		for _, f := range z.File {
			if strings.HasPrefix(f.Name, "xl/worksheets/") || f.Name == "xl/sharedStrings.xml" {
				text, err := fsRead(z, f.Name)
				if err != nil {
					t.Fatal(err)
				}
				words += string(text)
			}
		}
		for _, want := range []string{"Nước mắm Phú Sáng", "quá hạn", "Thường chờ (ngày)"} {
			if !strings.Contains(words, want) {
				t.Errorf("the workbook does not say %q", want)
			}
		}
		doc := o.must(200, o.ask("office", "POST", papersPath+"/report.docx", map[string]any{"campaign": "cam-xuyen-2024", "period": "2024-04"}, "Accept-Language", "vi"))
		if !strings.Contains(wordText(t, []byte(doc.text)), "tháng 4 năm 2024") || !strings.Contains(wordText(t, []byte(doc.text)), "Điểm nghẽn") {
			t.Error("the paper does not report on April")
		}
		if page := o.browse("office", "vi").get("/campaigns/cam-xuyen-2024/report?period=2024-04").text; !strings.Contains(page, "tháng 4 năm 2024") || !strings.Contains(page, "Điểm nghẽn") {
			t.Error("the page does not report on April")
		}
	})
}
