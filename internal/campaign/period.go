package campaign

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

// Period is a span of days that is reported on, both ends inside.
type Period struct {
	From ocop.Date `json:"from"`
	To   ocop.Date `json:"to"`
	Name ocop.Text `json:"name"`
}

var (
	monthForm   = regexp.MustCompile(`^(20\d\d)-(0[1-9]|1[0-2])$`)
	quarterForm = regexp.MustCompile(`^(20\d\d)-Q([1-4])$`)
	yearForm    = regexp.MustCompile(`^20\d\d$`)
)

// ParsePeriod reads a month (2024-04), a quarter (2024-Q2) or a year (2024).
//
// Faults: period_wrong (Invalid).
func ParsePeriod(text string) (Period, error) {
	if m := monthForm.FindStringSubmatch(text); m != nil {
		year, month := number(m[1]), number(m[2])
		return span(ocop.Day(year, time.Month(month), 1), 1, fmt.Sprintf("tháng %d năm %d", month, year), fmt.Sprintf("%s %d", time.Month(month), year)), nil
	}
	if m := quarterForm.FindStringSubmatch(text); m != nil {
		year, q := number(m[1]), number(m[2])
		return span(ocop.Day(year, time.Month(3*q-2), 1), 3, fmt.Sprintf("quý %s năm %d", []string{"I", "II", "III", "IV"}[q-1], year), fmt.Sprintf("quarter %d of %d", q, year)), nil
	}
	if yearForm.MatchString(text) {
		return span(ocop.Day(number(text), time.January, 1), 12, "năm "+text, "the year "+text), nil
	}
	return Period{}, fault.New(fault.Invalid, "period_wrong", "Kỳ báo cáo chưa đúng.", "The period is not right.").
		At("period", "Viết 2024-04 (tháng), 2024-Q2 (quý) hoặc 2024 (năm).", "Write 2024-04 (a month), 2024-Q2 (a quarter) or 2024 (a year).")
}

func span(from ocop.Date, months int, vi, en string) Period {
	return Period{From: from, To: from.AddMonths(months) - 1, Name: ocop.Text{Vi: vi, En: en}}
}

// number reads digits that a form has let through.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
