package forecast

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"ocopflow/internal/ocop"
)

// truth is a process that nobody but the test knows: lognormal stays, dossiers
// sent back, some withdrawn.
type truth struct {
	median, spread float64
	next           []ocop.State
	chances        []float64
}

var process = map[ocop.State]truth{
	"idea":      {12, 0.6, []ocop.State{"confirmed", "withdrawn"}, []float64{0.92, 0.08}},
	"confirmed": {30, 0.8, []ocop.State{"approved", "idea"}, []float64{0.85, 0.15}},
	"approved":  {25, 0.5, []ocop.State{"inspected"}, []float64{1}},
	"inspected": {40, 0.7, []ocop.State{"scored", "approved"}, []float64{0.8, 0.2}},
	"scored":    {15, 0.4, []ocop.State{"certified", "withdrawn"}, []float64{0.9, 0.1}},
}

func (p truth) stay(r *rand.Rand) (days float64, next ocop.State) {
	days = p.median * math.Exp(p.spread*r.NormFloat64())
	u := r.Float64()
	for i, c := range p.chances {
		if u -= c; u < 0 || i == len(p.chances)-1 {
			return days, p.next[i]
		}
	}
	panic("no way on")
}

// life walks one product from its first day to the end.
func life(r *rand.Rand, begins float64) (stays []Stay, starts []float64) {
	state, day := ocop.State("idea"), begins
	for {
		p, ok := process[state]
		if !ok {
			return stays, starts
		}
		days, next := p.stay(r)
		stays, starts = append(stays, Stay{"first", state, next, days}), append(starts, day)
		day, state = day+days, next
	}
}

// split cuts lives at a day: what was seen until then, and who is under way.
func split(r *rand.Rand, products int, today, horizon float64) (seen []Stay, waiting []Subject, reached int) {
	for range products {
		stays, starts := life(r, r.Float64()*today)
		for i, s := range stays {
			end := starts[i] + s.Days
			switch {
			case end <= today:
				seen = append(seen, s)
			case starts[i] <= today:
				seen = append(seen, Stay{s.Track, s.State, "", today - starts[i]})
				waiting = append(waiting, Subject{s.Track, s.State, today - starts[i]})
				last := stays[len(stays)-1]
				if last.Next == "certified" && starts[len(stays)-1]+last.Days <= today+horizon {
					reached++
				}
			}
		}
	}
	return seen, waiting, reached
}

// The range is held against what happened in histories that were not seen: of
// ten, about eight must lie inside.
func TestTheRangeHoldsAboutEightInTen(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name      string
		histories int
		products  int
		horizon   float64
	}{{"district", 120, 150, 90}, {"province", 40, 600, 120}} {
		inside, below, width := 0, 0, 0
		for i := range x.histories {
			r := rand.New(rand.NewPCG(7, uint64(i)))
			seen, waiting, reached := split(r, x.products, 3*365, x.horizon)
			var tally Tally
			New(seen, "certified", "withdrawn").Walk(waiting, x.horizon, 100, uint64(i), func(list []Verdict) { tally.Add(counts(list)) })
			got := tally.Range()
			if got.Low <= reached && reached <= got.High {
				inside++
			} else if reached < got.Low {
				below++
			}
			width += got.High - got.Low
		}
		histories := float64(x.histories)
		share := float64(inside) / histories
		t.Logf("%s: %d histories of %d products, %g days ahead: %.1f %% inside the 80 %% range, %.1f %% below it; mean width %.1f", x.name, x.histories, x.products, x.horizon,
			100*share, 100*float64(below)/histories, float64(width)/histories)
		if share < 0.72 || share > 0.93 {
			t.Errorf("%s: %.3f of the outcomes lie inside the 80 %% range", x.name, share)
		}
	}
}

func counts(list []Verdict) (least, most int) {
	for _, v := range list {
		if v == Yes {
			least++
		}
		if v != No {
			most++
		}
	}
	return least, most
}

func TestWhatIsNotKnownWidensTheRange(t *testing.T) {
	t.Parallel()
	few := []Stay{{"first", "idea", "certified", 10}, {"first", "idea", "certified", 12}}
	waiting := []Subject{{"first", "idea", 3}, {"first", "certified", 0}, {"first", "withdrawn", 0}}
	var tally Tally
	New(few, "certified", "withdrawn").Walk(waiting, 100, 50, 1, func(list []Verdict) { tally.Add(counts(list)) })
	if got := tally.Range(); got != (Range{1, 2, 2}) {
		t.Errorf("two stays: %+v", got)
	}
	if least, most := tally.Chance(2); least != 0 || most != 1 {
		t.Errorf("the chance of two: %v to %v", least, most)
	}
}

// A product that has waited longer than any before it is one of which nothing is
// known; one whose time is up has no chance.
func TestTheDaysGoneByCount(t *testing.T) {
	t.Parallel()
	var seen []Stay
	for i := range 20 {
		seen = append(seen, Stay{"first", "idea", "certified", float64(10 + i)})
	}
	m := New(seen, "certified")
	for _, x := range []struct {
		elapsed, days float64
		want          Verdict
	}{{0, 9, No}, {0, 40, Yes}, {28, 2, Yes}, {30, 100, Unknown}} {
		m.Walk([]Subject{{"first", "idea", x.elapsed}}, x.days, 20, 3, func(list []Verdict) {
			if list[0] != x.want {
				t.Errorf("after %g days, %g left: %v, want %v", x.elapsed, x.days, list[0], x.want)
			}
		})
	}
	if n := m.Stays("renewal", "idea"); n != 20 {
		t.Errorf("a track without stays takes those of all: %d", n)
	}
}

func TestChancesAreChances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "stays")
		var seen []Stay
		for range n {
			next := rapid.SampledFrom([]ocop.State{"", "a", "certified"}).Draw(t, "next")
			seen = append(seen, Stay{"first", "a", next, rapid.Float64Range(0, 100).Draw(t, "days")})
		}
		m := New(seen, "certified")
		w := weigh(m.stays[place{"first", "a"}], rand.New(rand.NewPCG(1, 2)))
		last := 0.0
		for _, s := range w.sums {
			if s < last || s > 1+1e-9 {
				t.Fatalf("chances sum to %v", w.sums)
			}
			last = s
		}
		a, b := walked(m), walked(m)
		if a != b {
			t.Errorf("the same seed gives %v and %v", a, b)
		}
	})
}

func walked(m *Model) (out [3]int) {
	m.Walk([]Subject{{"first", "a", 1}}, 50, 30, 9, func(list []Verdict) { out[list[0]]++ })
	return out
}

func BenchmarkWalk(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	seen, waiting, _ := split(r, 4000, 3*365, 90)
	m := New(seen, "certified", "withdrawn")
	for b.Loop() {
		m.Walk(waiting, 120, 400, 1, func([]Verdict) {})
	}
	b.ReportMetric(float64(len(waiting)), "products")
}
