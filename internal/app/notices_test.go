//go:build unix

package app

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
)

const noticesPath = "/api/v1/notices"

// noticed are an account's notices of a product, newest first, as "kind entry".
func (o *office) noticed(who, product string) (out []string) {
	o.t.Helper()
	for _, n := range o.must(200, o.ask(who, "GET", noticesPath+"?limit=200", nil)).items() {
		if n["product"] == product {
			out = append(out, fmt.Sprint(n["kind"], " ", n["entry"]))
		}
	}
	return out
}

// marked are the marks of a product for one of the roles or units, newest first, as noticed gives them.
func (o *office) marked(product string, names ...string) (out []string) {
	o.t.Helper()
	marks := o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+product+"/deadlines", nil)).body["marks"].([]any)
	for _, x := range marks {
		m := x.(map[string]any)
		if slices.ContainsFunc(m["roles"].([]any), func(x any) bool { return slices.Contains(names, x.(string)) }) {
			out = append(out, fmt.Sprint(m["kind"], " ", m["entry"]))
		}
	}
	slices.Reverse(out)
	return out
}

// worklistMarks are the deadlines that a worklist reminds of at a product.
func (o *office) worklistMarks(who, product string) (out []string) {
	o.t.Helper()
	for _, task := range o.must(200, o.ask(who, "GET", "/api/v1/worklist", nil)).items() {
		if task["product"].(map[string]any)["id"] != product {
			continue
		}
		for _, m := range task["marks"].([]any) {
			out = append(out, m.(map[string]any)["deadline"].(string))
		}
	}
	return out
}

// late lets a round's deadlines pass, up to the escalation.
func (o *office) late() string {
	o.t.Helper()
	id := o.product(simWine)
	o.must(200, o.move("producer-"+simWine, id, "begin_upgrade", nil))
	for _, day := range []string{"2024-04-07", "2024-04-13", "2024-04-15", "2024-04-18"} {
		o.clock(day)
		if _, err := o.app.Desk.Sweep(o.t.Context()); err != nil {
			o.t.Fatal(err)
		}
	}
	return id
}

func TestNoticesReachTheRoleAtTheProductsPlace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.person("thu", access.Department, "cam-my")
		o.person("leader-elsewhere", access.Leader, "tt-thien-cam")
		o.person("commune-elsewhere", access.Commune, "tt-thien-cam")
		id := o.late()
		for who, names := range map[string][]string{"leader": {"leader"}, "producer-" + simWine: {"producer"}, "commune-cam-my": {"commune"}, "office": {"office"}} {
			if got, want := o.noticed(who, id), o.marked(id, names...); !slices.Equal(got, want) {
				t.Errorf("%s is told %v, want %v", who, got, want)
			}
		}
		if got := o.noticed("producer-"+simWine, id); len(got) == 0 || !strings.HasPrefix(got[len(got)-1], "remind ") {
			t.Errorf("the producer whom the campaign names is told %v", got)
		}
		if got := o.noticed("leader", id); len(got) == 0 || !strings.HasPrefix(got[0], "escalate ") {
			t.Errorf("the leader is told %v", got)
		}
		// What a campaign's deadline says stands in the worklist of those it names.
		if marks := o.worklistMarks("producer-"+simWine, id); !slices.Contains(marks, "cam-xuyen-2024.D3") {
			t.Errorf("the producer's worklist says %v", marks)
		}
		for _, who := range []string{"producer-" + fishSauce, "leader-elsewhere", "commune-elsewhere", "auditor", "thu"} {
			if got := o.noticed(who, id); got != nil {
				t.Errorf("%s is told %v", who, got)
			}
		}
		// Who acts for the leader is told while the delegation lasts.
		o.lend("leader", "leader", "cam-xuyen", "thu", "2024-04-19", "2024-04-20")
		o.clock("2024-04-19")
		if got := o.noticed("thu", id); !slices.Equal(got, o.marked(id, "leader")) {
			t.Errorf("the delegate is told %v", got)
		}
		o.clock("2024-04-21")
		if got := o.noticed("thu", id); got != nil {
			t.Errorf("after the delegation: %v", got)
		}
	})
}

func TestNoticesAreReadUpToOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.late()
		first := o.must(200, o.ask("leader", "GET", noticesPath+"?limit=1", nil))
		newest := first.items()[0]
		if newest["read"] != false || newest["product_name"] == "" {
			t.Errorf("%s", first.text)
		}
		if next, ok := first.body["next"].(string); ok && next != "" {
			second := o.must(200, o.ask("leader", "GET", noticesPath+"?limit=1&cursor="+next, nil)).items()
			if len(second) != 1 || second[0]["entry"].(float64) >= newest["entry"].(float64) {
				t.Errorf("the page after %v: %v", newest["entry"], second)
			}
		}
		o.must(401, o.ask("", "GET", noticesPath, nil))
		o.must(422, o.ask("leader", "POST", noticesPath+"/read", map[string]any{"up_to": -1}))
		o.must(422, o.ask("leader", "POST", noticesPath+"/read", map[string]any{"up_to": int64(1) << 60}))
		leader := o.browse("leader", "vi")
		if page := leader.get("/notices").text; !strings.Contains(page, "Đã báo cấp trên") || !strings.Contains(page, "chưa đọc") {
			t.Errorf("page: %s", page)
		}
		// Reading far ahead reads only what there is, and going back changes nothing.
		for _, upTo := range []int64{1 << 50, 0} {
			o.must(204, o.ask("leader", "POST", noticesPath+"/read", map[string]any{"up_to": upTo}))
			for _, n := range o.must(200, o.ask("leader", "GET", noticesPath, nil)).items() {
				if n["read"] != true {
					t.Errorf("read up to %d, and still unread: %v", upTo, n)
				}
			}
		}
		var kept int64
		if err := o.app.DB.QueryRow(t.Context(), `SELECT max(entry) FROM notice_readings`).Scan(&kept); err != nil || float64(kept) != newest["entry"] {
			t.Errorf("read up to %d, newest is %v: %v", kept, newest["entry"], err)
		}
		if page := leader.get("/notices").text; strings.Contains(page, "chưa đọc") {
			t.Error("the page still counts notices that were read")
		}
		if got := leader.post("/notices/read", url.Values{"up_to": {"x"}}); got.status != 422 {
			t.Errorf("%d", got.status)
		}
	})
}
