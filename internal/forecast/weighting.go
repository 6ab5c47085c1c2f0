package forecast

import (
	"math/rand/v2"
	"sort"
)

// weighting is one way in which the stays seen may stand for those to come: a
// chance for each stay that is over, and what is left for longer ones, of which
// none was seen to end.
type weighting struct {
	stays []Stay    // over, sorted by days
	sums  []float64 // of chances, from the first on
	all   float64   // with what is left
}

// weigh draws a weighting: every stay gets a weight by the exponential
// distribution, so that the weights together are one draw of the Bayesian
// bootstrap; those that are not over hand theirs on to longer ones.
func weigh(list []Stay, r *rand.Rand) *weighting {
	w := &weighting{all: 1}
	weights, risk := make([]float64, len(list)), 0.0
	for i := range list {
		weights[i] = r.ExpFloat64()
		risk += weights[i]
	}
	alive, sum := 1.0, 0.0
	for i, s := range list {
		if s.Next != "" {
			chance := alive
			if i < len(list)-1 {
				chance = alive * weights[i] / risk
			}
			alive, sum = alive-chance, sum+chance
			w.stays, w.sums = append(w.stays, s), append(w.sums, sum)
		}
		risk -= weights[i]
	}
	return w
}

// draw takes a stay longer than the days that have gone by already; not known
// when it falls among those that nobody has seen the end of.
func (w *weighting) draw(r *rand.Rand, elapsed float64) (Stay, bool) {
	first := sort.Search(len(w.stays), func(i int) bool { return w.stays[i].Days > elapsed })
	if first == len(w.stays) {
		return Stay{}, false
	}
	gone := 0.0
	if first > 0 {
		gone = w.sums[first-1]
	}
	at := gone + r.Float64()*(w.all-gone)
	i := sort.Search(len(w.sums), func(i int) bool { return w.sums[i] > at })
	if i == len(w.stays) {
		return Stay{}, false
	}
	return w.stays[i], true
}
