//go:build unix

package app

import (
	"testing"

	"ocopflow/internal/dbtest"
)

func TestWhatWillExpireIsListedByMonthAndCommune(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id := o.certified("Nước mắm sắp hết hạn", "HH-1")
		path := "/api/v1/expiries?months=36"
		last := o.must(200, o.ask("office-province", "GET", path, nil)).items()
		m := last[len(last)-1]
		if m["month"] != "2029-06" || m["to"] != "2029-06-01" || m["total"] != 1.0 || m["stars"].(map[string]any)["4"] != 1.0 || len(m["communes"].([]any)) != 1 {
			t.Errorf("the month in which it ends: %v", m)
		}
		o.must(200, o.ask("office-province", "GET", "/api/v1/products/"+id, nil))
		for _, who := range []string{"producer-" + simWine, "admin"} {
			for _, m := range o.must(200, o.ask(who, "GET", path, nil)).items() {
				if m["month"] == "2029-06" && m["total"] != 0.0 {
					t.Errorf("%s is told of another's certificate: %v", who, m)
				}
			}
		}
		for _, months := range []string{"0", "121", "x"} {
			o.must(422, o.ask("office-province", "GET", "/api/v1/expiries?months="+months, nil))
		}
		office := o.browse("office-province", "vi")
		office.shows("/certificates/expiring?months=36", "2029-06", "Theo xã", "30 ngày")
		o.browse("office-province", "en").shows("/certificates/expiring?months=1", "No certificate ends in this time.")
		if a := office.get("/certificates/expiring?months=500"); a.status != 422 {
			t.Errorf("500 months: %d", a.status)
		}
	})
}
