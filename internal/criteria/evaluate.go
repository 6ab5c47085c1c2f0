package criteria

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"ocopflow/internal/ocop"
)

// Sheet is what one member chose: criterion code to the points of the option.
// A criterion that is left out counts 0.
type Sheet struct {
	Choices   map[string]int `json:"choices"`
	Case      int            `json:"case,omitempty"`      // of set 26
	Knockouts []string       `json:"knockouts,omitempty"` // found: a criterion's code, or dossier-N
}

// Total is the points of all choices.
func (s Sheet) Total() (sum int64) {
	for _, points := range s.Choices {
		sum += int64(points)
	}
	return sum
}

// Policy says when a floor is met by several sheets.
type Policy string

// A floor is met when the mean reaches it, when every sheet does, or when more
// than half of them do. Decision 26/2026 does not say which.
const (
	ByMean     Policy = "mean"
	ByAll      Policy = "all"
	ByMajority Policy = "majority"
)

// Result is what sheets come to: two gates, points and floors, and the reasons.
type Result struct {
	Sum        int64    `json:"sum"` // of all sheets
	Members    int64    `json:"members"`
	Mean       string   `json:"mean"` // two decimals, for display only
	BandStars  int      `json:"band_stars"`
	FloorStars int      `json:"floor_stars"`
	Stars      int      `json:"stars"`
	Missed     []Missed `json:"missed"`
	KnockedOut []Struck `json:"knocked_out"`
	Errors     []Wrong  `json:"errors"`
}

// Missed and Struck are the words of results everywhere.
type (
	Missed = ocop.Missed
	Struck = ocop.Struck
)

// Wrong is input that breaks a rule of the sheet.
type Wrong struct {
	Code    string    `json:"code"`
	Place   string    `json:"place"`
	Message ocop.Text `json:"message"`
}

// Evaluate works out sheets of one set. Bands gives the stars of a mean by sum
// and number of sheets. Sheets that break a rule come to nothing but errors.
func (s *Set) Evaluate(sheets []Sheet, floors Policy, bands func(sum, n int64) int) Result {
	out := Result{Members: int64(len(sheets)), Missed: []Missed{}, KnockedOut: []Struck{}, Errors: []Wrong{}}
	out.Errors = append(out.Errors, s.wrong(sheets, floors)...)
	if len(out.Errors) > 0 {
		return out
	}
	for _, sheet := range sheets {
		out.Sum += sheet.Total()
	}
	out.Mean = Mean(out.Sum, out.Members)
	out.BandStars = bands(out.Sum, out.Members)
	out.Missed, out.FloorStars = s.floors(sheets, floors)
	out.KnockedOut = s.struck(sheets)
	if out.Stars = min(out.BandStars, out.FloorStars); len(out.KnockedOut) > 0 {
		out.Stars = 0
	}
	return out
}

// Mean is sum/n rounded half up to two decimals, in whole numbers.
func Mean(sum, n int64) string {
	if n == 0 {
		return "0.00"
	}
	hundredths := (sum*200 + n) / (2 * n)
	return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
}

// floors gives all floors that were missed and the stars up to which none was.
// Floors add up: four stars need those of three as well (an inference; the
// sheet's foot says only that they are the least for each number of stars).
func (s *Set) floors(sheets []Sheet, policy Policy) ([]Missed, int) {
	missed, stars := []Missed{}, 5
	for _, c := range s.All() {
		for _, o := range c.Options {
			if o.Floor == 0 || met(c.Code, o.Points, sheets, policy) {
				continue
			}
			m := Missed{Criterion: c.Code, Floor: o.Floor, Need: int64(o.Points) * int64(len(sheets))}
			for _, sheet := range sheets {
				m.Have += int64(sheet.Choices[c.Code])
			}
			missed = append(missed, m)
			stars = min(stars, o.Floor-1)
		}
	}
	return missed, stars
}

func met(code string, points int, sheets []Sheet, policy Policy) bool {
	sum, reach := 0, 0
	for _, s := range sheets {
		sum += s.Choices[code]
		if s.Choices[code] >= points {
			reach++
		}
	}
	switch policy {
	case ByAll:
		return reach == len(sheets)
	case ByMajority:
		return 2*reach > len(sheets)
	}
	return sum >= points*len(sheets)
}

// struck are the knock-outs that any sheet found, or that follow from a choice.
func (s *Set) struck(sheets []Sheet) []Struck {
	known, all, found := s.knockouts(), s.All(), map[string]Struck{}
	for _, sheet := range sheets {
		for _, code := range sheet.Knockouts {
			found[code] = Struck{Code: code, Kind: known[code].Kind, Effect: known[code].Effect}
		}
		for _, c := range all {
			k := c.Knockout
			if points, chosen := sheet.Choices[c.Code]; k != nil && k.WhenPoints != nil && chosen && points == *k.WhenPoints {
				found[c.Code] = Struck{Code: c.Code, Kind: k.Kind, Effect: k.Effect}
			}
		}
	}
	out := slices.AppendSeq([]Struck{}, maps.Values(found))
	slices.SortFunc(out, func(a, b Struck) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// knockouts of the set by code: a criterion's, or dossier-N.
func (s *Set) knockouts() map[string]Knockout {
	out := map[string]Knockout{}
	for i, k := range s.Knockouts {
		out[fmt.Sprintf("dossier-%d", i+1)] = k
	}
	for _, c := range s.All() {
		if c.Knockout != nil {
			out[c.Code] = *c.Knockout
		}
	}
	return out
}

// wrong is everything in the sheets that breaks a rule.
func (s *Set) wrong(sheets []Sheet, policy Policy) []Wrong {
	var out []Wrong
	bad := func(code, place, vi, en string) { out = append(out, Wrong{code, place, ocop.Text{Vi: vi, En: en}}) }
	if len(sheets) == 0 {
		bad("no_sheets", "sheets", "Chưa có phiếu nào.", "There are no sheets.")
	}
	if !slices.Contains([]Policy{ByMean, ByAll, ByMajority}, policy) {
		bad("floors_wrong", "floors", "floors là mean, all hoặc majority.", "floors is mean, all or majority.")
	}
	known := s.knockouts()
	for i, sheet := range sheets {
		place := fmt.Sprintf("sheets[%d]", i)
		s.wrongChoices(sheet, place, bad)
		for j, code := range sheet.Knockouts {
			if _, ok := known[code]; !ok {
				bad("unknown_knockout", fmt.Sprintf("%s.knockouts[%d]", place, j), fmt.Sprintf("Bộ %d không có quy định loại %q.", s.Number, code), fmt.Sprintf("Set %d has no knock-out %q.", s.Number, code))
			}
		}
	}
	return out
}

func (s *Set) wrongChoices(sheet Sheet, place string, bad func(code, place, vi, en string)) {
	cases := slices.ContainsFunc(s.All(), func(c Criterion) bool { return len(c.Cases) > 0 })
	if sheet.Case != 0 && !cases || sheet.Case < 0 || sheet.Case > 2 {
		bad("case_wrong", place+".case", "Chỉ bộ 26 có trường hợp, 1 hoặc 2.", "Only set 26 has cases, 1 or 2.")
	}
	for _, code := range slices.Sorted(maps.Keys(sheet.Choices)) {
		points, at := sheet.Choices[code], place+".choices."+code
		c, ok := s.Criterion(code)
		switch {
		case !ok:
			bad("unknown_criterion", at, fmt.Sprintf("Bộ %d không có tiêu chí %q.", s.Number, code), fmt.Sprintf("Set %d has no criterion %q.", s.Number, code))
			continue
		case len(c.Cases) > 0 && sheet.Case == 0:
			bad("case_missing", at, "Phải chọn trường hợp (case) 1 hoặc 2.", "Case 1 or 2 must be chosen.")
		case !c.offers(points, sheet.Case) && points != 0: // 0 stands for an unticked criterion as well
			bad("no_option", at, fmt.Sprintf("Tiêu chí %s không có lựa chọn %d điểm.", code, points), fmt.Sprintf("Criterion %s has no option of %d points.", code, points))
		}
		if q := c.Condition; points > 0 && q != nil && q.Requires != nil && sheet.Choices[q.Requires.Criterion] < q.Requires.MinPoints {
			bad("condition_unmet", at, q.Vi+".", q.En+".")
		}
	}
}

// Refused is the result of input that could not be evaluated at all.
func Refused(code, place, vi, en string) Result {
	return Result{Missed: []Missed{}, KnockedOut: []Struck{}, Errors: []Wrong{{code, place, ocop.Text{Vi: vi, En: en}}}}
}
