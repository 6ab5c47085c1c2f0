package ocop

import (
	"fmt"
	"strings"
	"time"
)

// Hanoi is the zone in which days are counted (Asia/Ho_Chi_Minh, +07:00 the
// whole year since 1975), fixed here so that no zone file is needed.
var Hanoi = time.FixedZone("+07", 7*3600)

// Date is a civil day, counted from 1970-01-01. It has no hour and no zone.
type Date int64

// Day builds a Date; values outside a month roll over as in time.Date.
func Day(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DateOf is the day on which moment t falls in Vietnam.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Hanoi).Date()
	return Day(y, m, d)
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a day written YYYY-MM-DD", s)
	}
	return Date(t.Unix() / 86400), nil
}

// Minutes are those since midnight of a time of day, written HH:MM.
func Minutes(text string) (int, bool) {
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == 5
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Start is the first moment of the day in Vietnam.
func (d Date) Start() time.Time { return d.utc().Add(-7 * time.Hour) }

// String gives YYYY-MM-DD.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// In writes the day as people do: 05/4/2024 in Vietnamese (Decree 30/2020:
// days below ten and months below three carry a zero), 5 April 2024 in English.
func (d Date) In(lang Lang) string {
	t := d.utc()
	if lang == En {
		return t.Format("2 January 2006")
	}
	month := fmt.Sprint(int(t.Month()))
	if t.Month() < 3 {
		month = "0" + month
	}
	return fmt.Sprintf("%02d/%s/%d", t.Day(), month, t.Year())
}

// Long writes the day as the head of a paper does: ngày 05 tháng 4 năm 2024
// (Decree 30/2020), Friday, 5 April 2024 in English.
func (d Date) Long(lang Lang) string {
	t := d.utc()
	if lang == En {
		return t.Format("Monday, 2 January 2006")
	}
	parts := strings.Split(d.In(Vi), "/")
	return fmt.Sprintf("ngày %s tháng %s năm %s", parts[0], parts[1], parts[2])
}

// Year is the calendar year of the day.
func (d Date) Year() int { return d.utc().Year() }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddMonths counts civil months: the same day n months on, or the last day of
// that month when it has no such day (Civil Code 2005, art. 153; that the code
// of 2015 keeps it is general knowledge, not verified).
func (d Date) AddMonths(n int) Date {
	y, m, day := d.utc().Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
	if day < last.Day() {
		last = last.AddDate(0, 0, day-last.Day())
	}
	return Date(last.Unix() / 86400)
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}
