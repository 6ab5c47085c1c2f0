package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/ocop"
)

// Days is a working-day calendar: weekends, holidays that come every year, and
// single days off or worked, each with the day on which it was announced. What
// was not announced yet did not count yet, so that a date worked out earlier
// can be worked out again as it was.
type Days struct {
	Name    string    `yaml:"calendar" json:"calendar"`
	Title   ocop.Text `yaml:"title" json:"title"`
	Zone    string    `yaml:"zone" json:"zone"`
	Weekend []string  `yaml:"weekend" json:"weekend"`
	Years   []int     `yaml:"years" json:"years"` // whose announcements are all recorded
	Fixed   []Fixed   `yaml:"fixed,omitempty" json:"fixed"`
	Single  []Day     `yaml:"days,omitempty" json:"days"`
	Hash    string    `yaml:"-" json:"hash"` // SHA-256 of the file, hex

	weekend map[time.Weekday]bool
	fixed   map[string]Fixed
	single  map[ocop.Date]Day
}

// Fixed is a holiday on the same day of every year.
type Fixed struct {
	Day      string    `yaml:"day" json:"day"` // MM-DD
	Title    ocop.Text `yaml:"title" json:"title"`
	Legal    string    `yaml:"legal,omitempty" json:"legal,omitempty"`
	Verified bool      `yaml:"verified,omitempty" json:"verified"`
	Note     ocop.Text `yaml:"note,omitempty" json:"note,omitzero"`
}

// DayKind says whether a single day is off or worked.
type DayKind string

// A single day that differs from the rest.
const (
	Off  DayKind = "off"
	Work DayKind = "work"
)

// Day is one date that differs from what weekends and fixed holidays say.
type Day struct {
	Date      ocop.Date `yaml:"date" json:"date"`
	Kind      DayKind   `yaml:"kind" json:"kind"`
	Announced ocop.Date `yaml:"announced" json:"announced"`
	Title     ocop.Text `yaml:"title" json:"title"`
	Legal     string    `yaml:"legal,omitempty" json:"legal,omitempty"`
	Verified  bool      `yaml:"verified,omitempty" json:"verified"`
	Note      ocop.Text `yaml:"note,omitempty" json:"note,omitzero"`
}

var weekend = ocop.Text{Vi: "cuối tuần", En: "weekend"}

// Rest says why day is a day of rest, as far as was known on the day known;
// zero for a working day.
func (c *Days) Rest(day, known ocop.Date) ocop.Text {
	if s, ok := c.single[day]; ok && s.Announced <= known {
		if s.Kind == Off {
			return s.Title
		}
		return ocop.Text{}
	}
	if f, ok := c.fixed[day.String()[5:]]; ok {
		return f.Title
	}
	if c.weekend[day.Weekday()] {
		return weekend
	}
	return ocop.Text{}
}

// Covers reports whether all that was announced about day's year is recorded;
// if not, only weekends and fixed holidays are known.
func (c *Days) Covers(day ocop.Date) bool { return slices.Contains(c.Years, day.Year()) }

// Step is one day of a count: its number if it was counted, else why not.
type Step struct {
	Day     ocop.Date  `json:"day"`
	Counted int        `json:"counted"` // 0 for a day that does not count
	Rest    *ocop.Text `json:"rest,omitempty"`
}

// maxCount bounds a count of days; no limit of the law comes near.
const maxCount = 1000

// Count goes n working days on from a day, which is not counted itself, or back
// when n is negative, and shows each day it passed (Civil Code 2005, art. 152:
// the first day is left out; that the code of 2015 keeps it is general
// knowledge).
func (c *Days) Count(from ocop.Date, n int, known ocop.Date) (ocop.Date, []Step) {
	step, left := ocop.Date(1), n
	if n < 0 {
		step, left = -1, -n
	}
	left = min(left, maxCount)
	day, counted := from, 0
	var steps []Step
	for counted < left {
		day += step
		s := Step{Day: day}
		if why := c.Rest(day, known); why.IsZero() {
			counted++
			s.Counted = counted
		} else {
			s.Rest = &why
		}
		steps = append(steps, s)
	}
	return day, steps
}

// Announced are the single days made known after one day and up to another, in
// the order of their announcement.
func (c *Days) Announced(after, upto ocop.Date) []Day {
	var out []Day
	for _, d := range c.Single {
		if d.Announced > after && d.Announced <= upto {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Day) int { return int(a.Announced - b.Announced) })
	return out
}

var weekdays = map[string]time.Weekday{
	"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday,
	"thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday,
}

// index makes the calendar ready to be asked.
func (c *Days) index() {
	c.weekend, c.fixed, c.single = map[time.Weekday]bool{}, map[string]Fixed{}, map[ocop.Date]Day{}
	for _, name := range c.Weekend {
		c.weekend[weekdays[name]] = true
	}
	for _, f := range c.Fixed {
		c.fixed[f.Day] = f
	}
	for _, d := range c.Single {
		c.single[d.Date] = d
	}
}

// String names the calendar and the years it covers.
func (c *Days) String() string {
	return fmt.Sprintf("%s (%s)", c.Name, strings.Trim(fmt.Sprint(c.Years), "[]"))
}
