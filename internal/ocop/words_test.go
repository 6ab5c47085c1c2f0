package ocop

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The worked windows of facts, 2.4.
func TestTermsOfThirtySixMonths(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ issued, last, from, until, longest string }{
		{"2024-10-15", "2027-10-15", "2027-04-18", "2027-06-17", "2028-04-12"},
		{"2024-02-29", "2027-02-28", "2026-09-01", "2026-10-31", "2027-08-27"},
		{"2023-08-31", "2026-08-31", "2026-03-04", "2026-05-03", "2027-02-27"},
	} {
		last := day(t, x.issued).AddMonths(36)
		for name, got := range map[string]Date{x.last: last, x.from: last - 180, x.until: last - 120, x.longest: last + 180} {
			if got.String() != name {
				t.Errorf("%s: %s, want %s", x.issued, got, name)
			}
		}
	}
}

func TestMonthsAreCountedAsAPersonWould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.IntRange(-20_000, 60_000).Draw(t, "day"))
		n := rapid.IntRange(-600, 600).Draw(t, "months")
		y, m, dom := d.utc().Date()
		first := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
		length := first.AddDate(0, 1, -1).Day()
		want := time.Date(first.Year(), first.Month(), min(dom, length), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		if got := d.AddMonths(n).String(); got != want {
			t.Fatalf("%s + %d months: %s, want %s", d, n, got, want)
		}
	})
}

func TestADayBeginsAtMidnightInVietnam(t *testing.T) {
	t.Parallel()
	before := time.Date(2024, 3, 21, 16, 59, 59, 0, time.UTC)
	if got := DateOf(before).String(); got != "2024-03-21" {
		t.Errorf("a second before midnight: %s", got)
	}
	if got := DateOf(before.Add(time.Second)); got.String() != "2024-03-22" || !got.Start().Equal(before.Add(time.Second)) {
		t.Errorf("at midnight: %s, which starts at %s", got, got.Start())
	}
}

func TestDaysInWords(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ day, vi, en string }{
		{"2024-04-05", "05/4/2024", "5 April 2024"}, {"2022-02-21", "21/02/2022", "21 February 2022"}, {"2024-12-31", "31/12/2024", "31 December 2024"},
	} {
		d := day(t, x.day)
		if d.In(Vi) != x.vi || d.In(En) != x.en {
			t.Errorf("%s: %q and %q, want %q and %q", x.day, d.In(Vi), d.In(En), x.vi, x.en)
		}
	}
	for _, bad := range []string{"", "2024-02-30", "5/4/2024", "2024-4-5", "20240405"} {
		if _, err := ParseDate(bad); err == nil {
			t.Errorf("%q was taken for a day", bad)
		}
	}
}

func TestFoldedForSearch(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Nước  Mắm": "nuoc mam", "ĐẮK LẮK": "dak lak", "đ": "d", "nươ\u0301c": "nuoc", "  ": "", "Rượu sim Đạt Thơm": "ruou sim dat thom",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := Slug(" Gạo Xuyên Hương (5 kg)! "); got != "gao-xuyen-huong-5-kg" {
		t.Errorf("slug %q", got)
	}
}

func TestPathsDoNotReachTheirNeighbours(t *testing.T) {
	t.Parallel()
	top := Path("").Child(Province, "1")
	one, twelve := top.Child(Commune, "1"), top.Child(Commune, "12")
	for _, x := range []struct {
		p, top Path
		want   bool
	}{{one, top, true}, {one, one, true}, {twelve, one, false}, {top, one, false}, {one, "", false}, {"", top, false}} {
		if got := x.p.Within(x.top); got != x.want {
			t.Errorf("%s within %s: %v", x.p, x.top, got)
		}
	}
	p := one.Child(Producers, "9")
	if p.Unit(Commune) != "1" || p.Unit(District) != "" || p.Upto(Commune) != one || p.Parent() != one || p.Upto(Ministry) != "" {
		t.Errorf("parts of %s", p)
	}
}

func TestACertificateCountsThroughItsLastDay(t *testing.T) {
	t.Parallel()
	last := day(t, "2027-10-15")
	superseded, revoked := day(t, "2025-01-01"), day(t, "2025-06-01")
	for _, x := range []struct {
		k    Certificate
		on   Date
		want CertificateStatus
	}{
		{Certificate{LastDay: last}, last, CertificateValid},
		{Certificate{LastDay: last}, last + 1, CertificateExpired},
		{Certificate{LastDay: last, SupersededOn: &superseded}, superseded - 1, CertificateValid},
		{Certificate{LastDay: last, SupersededOn: &superseded}, superseded, CertificateSuperseded},
		{Certificate{LastDay: last, RevokedOn: &revoked}, revoked, CertificateRevoked},
		{Certificate{LastDay: last, RevokedOn: &revoked}, last + 9, CertificateRevoked},
	} {
		if got := x.k.StatusOn(x.on); got != x.want {
			t.Errorf("on %s: %s, want %s", x.on, got, x.want)
		}
	}
}
