//go:build unix

package register

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/migrations"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// walked is the last day of a certificate of 36 months, found by going on day
// by day as one does in a calendar on the wall.
func walked(issued ocop.Date) ocop.Date {
	start := time.Unix(int64(issued)*86400, 0).UTC()
	months := 0
	for d := start; ; {
		next := d.AddDate(0, 0, 1)
		if months == 36 && (d.Day() == start.Day() || next.Day() == 1) {
			return ocop.Date(d.Unix() / 86400)
		}
		if next.Day() == 1 {
			months++
		}
		d = next
	}
}

// generated are certificates of random days in some communes; some are extended,
// superseded or revoked.
func generated(r *rand.Rand, today ocop.Date, n int) (list []ocop.Certificate) {
	for i := range n {
		issued := today - ocop.Date(r.IntN(1200))
		k := ocop.Certificate{Number: fmt.Sprintf("K-%d", i), Stars: 3 + r.IntN(3), Level: "province", IssuedOn: issued, LastDay: walked(issued)}
		earlier := max(issued, today-ocop.Date(r.IntN(30)))
		switch r.IntN(10) {
		case 0:
			until := k.LastDay + ocop.Date(1+r.IntN(180))
			k.ExtendedTo = &until
		case 1:
			k.SupersededOn, k.SupersededBy = &earlier, "K-0"
		case 2:
			k.RevokedOn = &earlier
		}
		list = append(list, k)
	}
	return list
}

// What ends in each month and commune is what a walk over the days comes to.
func TestWhatWillExpireIsWhatAWalkOverTheDaysFinds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		ctx := t.Context()
		db, err := sqldb.Open(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		if _, err := migrations.Up(ctx, db); err != nil {
			t.Fatal(err)
		}
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 1))
		today := ocop.Day(2026, 1, 31)
		list := generated(r, today, 1000)
		communeOf := map[string]string{}
		if err := db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return kept(ctx, tx, r, list, communeOf) }); err != nil {
			t.Fatal(err)
		}
		view := access.View{Units: []ocop.Path{"province:tinh"}}
		for _, months := range []int{1, 12, 37, MaxMonths} {
			got, err := Expiring(ctx, db, view, today, months)
			if err != nil {
				t.Fatal(err)
			}
			have := map[string]int64{}
			for _, m := range got {
				for _, c := range m.Communes {
					name := ""
					if c.Commune != nil {
						name = c.Commune.ID
					}
					for stars, n := range c.Stars {
						have[fmt.Sprintf("%s %s %d", m.Month, name, stars)] += n
					}
				}
			}
			want := map[string]int64{}
			for _, k := range list {
				for d := today; d <= today.AddMonths(months); d++ {
					if k.InForce(d) && !k.InForce(d+1) {
						want[fmt.Sprintf("%s %s %d", d.String()[:7], communeOf[k.Product], k.Stars)]++
					}
				}
			}
			if !maps.Equal(have, want) {
				t.Errorf("%d months: %v, walked %v", months, have, want)
			}
			if len(got) < months || len(got) > months+1 {
				t.Errorf("%d months are %d rows", months, len(got))
			}
		}
		if none, err := Expiring(ctx, db, access.View{Units: []ocop.Path{"province:khac"}}, today, 120); err != nil || none[0].Total != 0 || none[len(none)-1].Total != 0 {
			t.Errorf("another province: %v %v", none, err)
		}
		for _, months := range []int{0, -1, MaxMonths + 1} {
			if _, err := Expiring(ctx, db, view, today, months); !fault.Is(err, fault.Invalid) {
				t.Errorf("%d months: %v", months, err)
			}
		}
	})
}

// kept enters the certificates, each of a product of its own in one of five
// communes or in none.
func kept(ctx context.Context, tx *sqldb.Tx, r *rand.Rand, list []ocop.Certificate, communeOf map[string]string) error {
	units := []ocop.Unit{{ID: "tinh", Code: "tinh", Kind: ocop.Province, Path: "province:tinh"}}
	for i := range 5 {
		id := fmt.Sprintf("xa-%d", i)
		units = append(units, ocop.Unit{ID: id, Code: id, Kind: ocop.Commune, Parent: "tinh", Path: ocop.Path("province:tinh/commune:" + id), Name: ocop.Text{Vi: id, En: id}})
	}
	for _, u := range units {
		if err := store.InsertUnit(ctx, tx, u); err != nil {
			return err
		}
	}
	if err := store.InsertProducer(ctx, tx, ocop.Producer{ID: "htx", Code: "htx", Name: "HTX", Form: "cooperative", Unit: "tinh", Path: "province:tinh/producer:htx"}); err != nil {
		return err
	}
	var products []*ocop.Product
	for i := range list {
		list[i].Product = fmt.Sprintf("p-%d", i)
		p := &ocop.Product{ID: list[i].Product, Code: list[i].Product, Name: "Mật ong", Producer: ocop.Ref{ID: "htx", Name: "HTX"}, Unit: "tinh", Path: "province:tinh", Set: 9,
			State: "certified", Track: ocop.NoTrack, Version: 1}
		if u := units[r.IntN(len(units))]; u.Kind == ocop.Commune {
			p.Commune, p.Unit, p.Path, communeOf[p.ID] = &ocop.Ref{ID: u.ID}, u.ID, u.Path, u.ID
		}
		products = append(products, p)
	}
	if err := store.InsertProducts(ctx, tx, products); err != nil {
		return err
	}
	if err := store.InsertCertificates(ctx, tx, list); err != nil {
		return err
	}
	return store.AmendCertificates(ctx, tx, list)
}
