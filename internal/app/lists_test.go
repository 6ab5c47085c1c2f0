//go:build unix

package app

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/criteria"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/workbook"
)

// sheets are the rows of a workbook that somebody downloads, by sheet.
func (o *office) sheets(who, list string) (out [][][]string) {
	o.t.Helper()
	a := o.must(200, o.ask(who, "GET", "/api/v1/exports/"+list, nil, "Accept-Language", "vi"))
	if a.header.Get("Content-Type") != workbook.MIME || !strings.Contains(a.header.Get("Content-Disposition"), ".xlsx") {
		o.t.Errorf("%s comes as %v", list, a.header)
	}
	f, err := excelize.OpenReader(strings.NewReader(a.text))
	if err != nil {
		o.t.Fatal(err)
	}
	defer f.Close()
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			o.t.Fatal(err)
		}
		out = append(out, rows)
	}
	return out
}

// download is a list as the file that it comes as.
func (o *office) download(who, list string) []byte {
	o.t.Helper()
	return []byte(o.must(200, o.ask(who, "GET", "/api/v1/exports/"+list, nil, "Accept-Language", "vi")).text)
}

func TestEveryListComesAsAWorkbookWithinTheReadersView(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.must(201, o.ask("office-province", "POST", "/api/v1/producers", map[string]any{"name": "=1+1", "form": "farm", "unit": "cam-my", "code": "cong-thuc"}))
		all := o.sheets("office-province", "products.xlsx")[0]
		if len(all) != 5 || all[0][1] != "Sản phẩm" {
			t.Fatalf("the list of products: %q", all)
		}
		if got := o.sheets("producer-"+simWine, "products.xlsx")[0]; len(got) != 2 {
			t.Errorf("a producer has %d rows", len(got)-1)
		}
		if got := o.sheets("office-province", "products.xlsx?state=certified&q=nuoc+mam")[0]; len(got) != 2 {
			t.Errorf("narrowed: %q", got)
		}
		if got := o.sheets("office-province", "producers.xlsx")[0]; !slices.ContainsFunc(got, func(r []string) bool { return r[1] == "=1+1" && r[2] == "Trang trại" && r[3] == "cam-my" }) {
			t.Errorf("producers: %q", got)
		}
		units := o.sheets("office-province", "units.xlsx")[0]
		if len(units) < 5 || units[1][0] != "ha-tinh" {
			t.Errorf("units: %q", units)
		}
		if got := o.sheets("producer-"+simWine, "producers.xlsx")[0]; len(got) != 2 {
			t.Errorf("a producer's own: %q", got)
		}
		if got := o.sheets("admin", "accounts.xlsx")[0]; len(got) < 10 || !slices.ContainsFunc(got, func(r []string) bool { return r[0] == "office-province" && strings.Contains(r[4], "·") }) {
			t.Errorf("accounts: %q", got)
		}
		if got := o.sheets("office-province", "certificates.xlsx?all=true")[0]; len(got) < 2 || got[0][5] != "Số giấy chứng nhận" {
			t.Errorf("certificates: %q", got)
		}
		if got := o.sheets("office", "worklist.xlsx")[0]; len(got) < 2 {
			t.Errorf("the worklist: %q", got)
		}
		o.must(422, o.ask("office-province", "GET", "/api/v1/exports/certificates.xlsx?from=gestern", nil))
		o.must(403, o.ask("office-province", "GET", "/api/v1/exports/accounts.xlsx", nil))
	})
}

func TestTheSummaryOfScoresHoldsWhatTheReaderMayRead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.waiting("Nước mắm tổng hợp")
		session := o.session("province", o.council("province", panel("province", 3)...), id)
		o.must(200, o.secretary("PUT", session, "/agreed", exact(t, criteria.Evidence, 50)))
		o.sealed(session, map[string]map[string]any{"member-province-1": exact(t, criteria.Sensory, 22), "member-province-2": exact(t, criteria.Sensory, 15), "member-province-3": exact(t, criteria.Sensory, 20)})
		for _, who := range []string{"secretary-province", "member-province-1", "auditor"} {
			if got := o.sheets(who, "scores.xlsx"); len(got[0]) != 1 || len(got[1]) != 1 {
				t.Errorf("%s reads before the opening: %q", who, got)
			}
		}
		o.must(200, o.secretary("POST", session, "/open", nil))
		o.must(200, o.secretary("POST", session, "/close", nil))
		o.must(200, o.move("secretary-province", id, "score", nil))
		got := o.sheets("secretary-province", "scores.xlsx?session="+session)
		head, row := got[0][0], got[0][1]
		cell := func(title string) string {
			i := slices.Index(head, title)
			if i < 0 || i >= len(row) {
				return ""
			}
			return row[i]
		}
		for title, want := range map[string]string{"Sản phẩm": "Nước mắm tổng hợp", "Số phiếu": "3", "Tổng điểm": "207", "Điểm trung bình": "69.00", "Chênh lệch": "7", "Sao theo điểm": "3", "Tình trạng phiên": "đã kết thúc"} {
			if cell(title) != want {
				t.Errorf("%s is %q, want %q: %q", title, cell(title), want, row)
			}
		}
		view := o.must(200, o.ask("secretary-province", "GET", sessionPath(session, ""), nil)).body
		if floors := len(view["floors"].([]any)); floors > 0 && strings.Count(cell("Điểm sàn không đạt"), ";") != floors-1 {
			t.Errorf("%d floors were missed, told: %q", floors, cell("Điểm sàn không đạt"))
		}
		if len(got[1]) != 4 {
			t.Fatalf("%d sheets: %q", len(got[1])-1, got[1])
		}
		for _, r := range got[1][1:] {
			var a, b, c, total int
			if _, err := fmt.Sscan(strings.Join(r[7:11], " "), &a, &b, &c, &total); err != nil || a+b+c != total || r[11] != "có" {
				t.Errorf("a sheet by parts: %q (%v)", r, err)
			}
		}
		for query, rows := range map[string]int{"": 2, "?council=none": 1, "?campaign=cam-xuyen-2024": 1, "?product=" + id: 2} {
			if got := o.sheets("auditor", "scores.xlsx"+query)[0]; len(got) != rows {
				t.Errorf("%q: %d rows, want %d", query, len(got), rows)
			}
		}
		if got := o.sheets("producer-"+simWine, "scores.xlsx"); len(got[0]) != 1 {
			t.Errorf("a producer reads scores: %q", got)
		}
		o.must(404, o.ask("producer-"+simWine, "GET", "/api/v1/exports/scores.xlsx?session="+session, nil))
		if got := o.sheets("secretary-province", "sessions.xlsx")[0]; len(got) != 2 {
			t.Errorf("sessions: %q", got)
		}
		if got := o.sheets("secretary-province", "councils.xlsx")[0]; len(got) < 4 {
			t.Errorf("councils: %q", got)
		}
	})
}

// What leaves as a workbook comes in again as the same: nothing is added where
// it is on record, and a second office has the same afterwards.
func TestWhatIsExportedIsImportedToTheSame(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		random := rand.New(rand.NewPCG(1, 2))
		names := []string{"Đồng Tiến", `"Ngọc" & con`, "=HTX(1)", "Ốc Đảo", "An  Phú", "<b>Mẫn</b>", "Ý Yên", "007"}
		forms := []string{"cooperative", "farm", "household", "other"}
		var producers, certificates [][]any
		for i, n := range names {
			producers = append(producers, []any{fmt.Sprintf("ct-%d", i), n, forms[random.IntN(len(forms))], "cam-my"})
			for j := range random.IntN(3) {
				certificates = append(certificates, []any{fmt.Sprintf("%s %d", n, j), fmt.Sprintf("ct-%d", i), 1 + random.IntN(26), fmt.Sprintf("C-%d-%d", i, j), 3 + random.IntN(3), fmt.Sprintf("%d/%d/%d", 1+random.IntN(28), 1+random.IntN(12), 2018+random.IntN(6)), ""})
			}
		}
		heads := []string{"Tên sản phẩm", "Chủ thể (mã hoặc tên)", "Bộ tiêu chí", "Số giấy chứng nhận", "Hạng sao", "Ngày cấp", "Số, ngày là giả định"}
		o.must(200, o.bringIn("office-province", "/api/v1/imports/producers", filledIn(t, producerHeads, producers...)))
		o.must(200, o.bringIn("office-province", "/api/v1/imports/certificates", filledIn(t, heads, certificates...)))
		first := map[string][]byte{}
		for list, rows := range map[string][][]string{"producers": o.sheets("office-province", "producers.xlsx")[0], "certificates": o.sheets("office-province", "certificates.xlsx?all=true")[0]} {
			first[list] = o.download("office-province", list+".xlsx?all=true")
			o.counted(o.must(200, o.bringIn("office-province", "/api/v1/imports/"+list, first[list])), len(rows)-1, 0, len(rows)-1, 0)
		}
		// Another office, with none of it.
		other := openOffice(t, dbtest.SQLite(t))
		for _, list := range []string{"producers", "certificates"} {
			a := other.must(200, other.bringIn("office-province", "/api/v1/imports/"+list, first[list]))
			if a.body["bad_rows"] != 0.0 || a.body["added"] == 0.0 {
				t.Errorf("%s elsewhere: %.500s", list, a.text)
			}
			mine, theirs := o.sheets("office-province", list+".xlsx?all=true")[0], other.sheets("office-province", list+".xlsx?all=true")[0]
			if fmt.Sprint(mine) != fmt.Sprint(theirs) {
				t.Errorf("%s differ:\n%q\n%q", list, mine, theirs)
			}
		}
	})
}
