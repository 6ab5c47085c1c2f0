package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/inspect"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// change is a difference in words.
type change struct{ Table, Part, Before, After string }

// wording writes the values of tables for a reader.
type wording struct {
	*page
	names map[string]string // of accounts, by id
}

// follows are columns and tables that change with every act, and say nothing.
var follows = []string{"version", "updated_at", "timers"}

// ids of rows say nothing to a reader.
var idForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// changes words differences; what only follows from others is left out.
func (p *page) changes(list []inspect.Difference) ([]change, error) {
	w := wording{p, nil}
	var people []string
	for _, d := range list {
		for _, v := range []any{d.From, d.To} {
			people = append(people, idsIn(v)...)
		}
	}
	var err error
	if w.names, err = store.AccountNames(p.ctx, p.site.DB, people); err != nil {
		return nil, err
	}
	var out []change
	for _, d := range list {
		if slices.Contains(follows, d.Column) || slices.Contains(follows, d.Table) {
			continue
		}
		if c := w.change(d); c.Before != c.After { // else they differ by ids alone
			out = append(out, c)
		}
	}
	return out, nil
}

// idsIn are the ids in a value, or in the columns of a row.
func idsIn(v any) (out []string) {
	switch x := v.(type) {
	case string:
		if idForm.MatchString(x) {
			out = append(out, x)
		}
	case map[string]any:
		for _, inner := range x {
			out = append(out, idsIn(inner)...)
		}
	}
	return out
}

func (w wording) change(d inspect.Difference) change {
	p := w.page
	c := change{Table: w.Table(d.Table)}
	switch {
	case d.Column != "":
		d.From, d.To = differing(d.From, d.To)
		c.Part = w.column(d.Column)
	case d.From == nil:
		c.Part = p.T("row_added")
	default:
		c.Part = p.T("row_gone")
	}
	c.Before, c.After = w.value(d.Column, d.From), w.value(d.Column, d.To)
	return c
}

// differing takes two JSON objects apart and keeps what differs; other values stay.
func differing(a, b any) (any, any) {
	was, now := object(a), object(b)
	if was == nil && now == nil {
		return a, b
	}
	for key, v := range now {
		if same(was[key], v) {
			delete(was, key)
			delete(now, key)
		}
	}
	return was, now
}

func object(v any) (m map[string]any) {
	if text, ok := v.(string); ok && strings.HasPrefix(text, "{") {
		_ = json.Unmarshal([]byte(text), &m) // what is no object stays as it is
	}
	return m
}

func same(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// value writes one side of a difference; "–" for nothing.
func (w wording) value(column string, v any) string {
	out := "–"
	switch x := v.(type) {
	case nil:
	case bool:
		return w.T(fmt.Sprint(x))
	case string:
		if text := w.text(column, x); text != "" {
			return text
		}
	case map[string]any:
		if text := w.row(x); text != "" {
			return text
		}
	case []any:
		b, _ := json.Marshal(x) // it came from JSON
		return string(b)
	default:
		return fmt.Sprint(v)
	}
	return out
}

func (w wording) text(column, text string) string {
	if idForm.MatchString(text) {
		return w.names[text]
	}
	switch column {
	case "state":
		return w.State(ocop.State(text))
	case "event", "outcome":
		return w.Event(text)
	case "track":
		if text == string(ocop.NoTrack) {
			return ""
		}
		return w.Track(ocop.Track(text))
	case "level", "start":
		if text != "" {
			return w.Level(ocop.Level(text))
		}
	}
	if day, err := ocop.ParseDate(text); err == nil {
		return day.In(w.L())
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return w.Moment(at)
	}
	return text
}

// row writes the columns of a whole row that say something.
func (w wording) row(x map[string]any) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(x)) {
		if text := w.value(key, x[key]); text != "–" && !slices.Contains(follows, key) {
			out = append(out, w.column(key)+": "+text)
		}
	}
	return strings.Join(out, "; ")
}

func (w wording) column(name string) string {
	if m, ok := messages["column_"+name]; ok {
		return m.In(w.L())
	}
	return name
}
