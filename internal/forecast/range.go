package forecast

import "slices"

// Range is what a count will be with eight chances in ten.
type Range struct {
	Low    int `json:"low"`
	Likely int `json:"likely"` // the middle, where what is not known counts half
	High   int `json:"high"`
}

// Tally gathers a count over the runs: without what is not known, and with all of it.
type Tally struct{ least, most []int }

// Add keeps the counts of one run.
func (t *Tally) Add(least, most int) {
	t.least, t.most = append(t.least, least), append(t.most, most)
}

// Range of the runs kept: of ten runs one lies below it and one above, what is
// not known counted as never on the one side and as always on the other.
func (t *Tally) Range() Range {
	if len(t.least) == 0 {
		return Range{}
	}
	slices.Sort(t.least)
	slices.Sort(t.most)
	return Range{Low: at(t.least, 0.1), Likely: (at(t.least, 0.5) + at(t.most, 0.5) + 1) / 2, High: at(t.most, 0.9)}
}

// Chance is the share of runs that came to at least so many: at least, and at most.
func (t *Tally) Chance(n int) (least, most float64) {
	if len(t.least) == 0 {
		return 0, 0
	}
	return share(t.least, n), share(t.most, n)
}

func share(list []int, n int) float64 {
	count := 0
	for _, x := range list {
		if x >= n {
			count++
		}
	}
	return float64(count) / float64(len(list))
}

// at is the quantile of a sorted list.
func at(sorted []int, q float64) int { return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)] }
