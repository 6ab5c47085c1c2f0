package inspect

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ocopflow/internal/ocop"
)

// What is many, fast and slow is ours as well.
const (
	manyBacks  = 3
	minSamples = 8         // steps of a kind before one of them can stand out
	maxScore   = 3.5       // modified z-score (Iglewicz and Hoaglin, 1993)
	minFactor  = 4.0       // of the median, either way
	minApart   = time.Hour // from the median
	scoreScale = 0.6745    // makes the median deviation comparable with a standard one
)

// sentBack finds rounds that were sent back three times or more.
func (h *history) sentBack() {
	backs := map[string][]line{}
	var order []string
	for _, m := range h.moves {
		if m.Event == "send_back" && m.Round != "" {
			if backs[m.Round] == nil {
				order = append(order, m.Round)
			}
			backs[m.Round] = append(backs[m.Round], m)
		}
	}
	for _, round := range order {
		if list := backs[round]; len(list) >= manyBacks {
			h.flag(FlagSentBack, list, ocop.Text{Vi: fmt.Sprintf("Hồ sơ bị trả lại %d lần trong một lượt, bởi {who}.", len(list)),
				En: fmt.Sprintf("The dossier was sent back %d times in one round, by {who}.", len(list))},
				map[string]any{"times": len(list), "from": manyBacks, "round": round})
		}
	}
}

// step is how long a product waited in a state for the move that left it.
type step struct {
	line
	took time.Duration
}

// kindOf steps that are compared with one another.
type kindOf struct{ event, from string }

// steps are all of all rounds, by their kind: the time from the move that brought
// a product into a state to the one of the same round that took it out.
func (h *history) steps() map[kindOf][]step {
	out := map[kindOf][]step{}
	since := map[string]line{} // by round: the move that brought the present state
	for _, m := range h.moves {
		if m.Round == "" {
			continue
		}
		if before, ok := since[m.Round]; ok && before.To == m.From && m.To != m.From && m.Actor != ocop.System {
			k := kindOf{m.Event, m.From}
			out[k] = append(out[k], step{m, m.At.Sub(before.At)})
		}
		if m.To != m.From {
			since[m.Round] = m
		}
	}
	return out
}

// pace finds steps that took unusually long or short. Of at least eight steps
// with the same event and state, it compares the logarithms of how long they
// took with their median, in units of their median absolute deviation; a step
// stands out beyond 3.5 of them if it is also four times the median, or a quarter
// of it, and an hour away.
func (h *history) pace() {
	for _, list := range h.steps() {
		if len(list) < minSamples {
			continue
		}
		var logs []float64
		for _, s := range list {
			logs = append(logs, logOf(s.took))
		}
		middle := median(logs)
		var apart []float64
		for _, x := range logs {
			apart = append(apart, math.Abs(x-middle))
		}
		deviation := median(apart)
		usual := time.Duration(math.Exp(middle) * float64(time.Second))
		for i, s := range list {
			far := math.Abs(logs[i] - middle)
			if far < math.Log(minFactor) || (s.took-usual).Abs() < minApart || scoreScale*far <= maxScore*deviation {
				continue
			}
			h.outlier(s, usual, deviation, len(list))
		}
	}
}

func (h *history) outlier(s step, usual time.Duration, deviation float64, samples int) {
	t := h.title(s.Event)
	way := ocop.Text{Vi: "nhanh", En: "fast"}
	if s.took > usual {
		way = ocop.Text{Vi: "chậm", En: "slow"}
	}
	h.flag(FlagPace, []line{s.line}, ocop.Text{
		Vi: fmt.Sprintf("Bước “%s” của {who} %s khác thường: %s, trong khi một nửa số lần khác mất không quá %s.", t.Vi, way.Vi, length(s.took, ocop.Vi), length(usual, ocop.Vi)),
		En: fmt.Sprintf("The step “%s” by {who} was unusually %s: %s, where half of them take no more than %s.", t.En, way.En, length(s.took, ocop.En), length(usual, ocop.En))},
		map[string]any{"event": s.Event, "from": s.From, "seconds": int64(s.took.Seconds()), "median_seconds": int64(usual.Seconds()),
			"deviation": math.Round(deviation*1000) / 1000, "samples": samples, "way": way.En})
}

// logOf is the logarithm of a length in seconds; what took less took one.
func logOf(d time.Duration) float64 { return math.Log(max(d.Seconds(), 1)) }

func median(list []float64) float64 {
	x := slices.Sorted(slices.Values(list))
	if n := len(x); n%2 == 0 {
		return (x[n/2-1] + x[n/2]) / 2
	}
	return x[len(x)/2]
}

// length writes how long something took, in its largest fitting unit.
func length(d time.Duration, lang ocop.Lang) string {
	for _, u := range []struct {
		of     time.Duration
		vi, en string
	}{{24 * time.Hour, "ngày", "days"}, {time.Hour, "giờ", "hours"}, {time.Minute, "phút", "minutes"}, {time.Second, "giây", "seconds"}} {
		if n := d.Seconds() / u.of.Seconds(); n >= 1 || u.of == time.Second {
			name := u.en
			if lang == ocop.Vi {
				name = u.vi
			}
			return fmt.Sprintf("%.0f %s", n, name)
		}
	}
	return ""
}
