package story

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"ocopflow/internal/ocop"
)

// Teller plays chapters and writes what happens.
type Teller struct {
	c        *client
	out      io.Writer
	day      ocop.Date
	newcomer product           // the first product of Cẩm Bình
	titles   map[string]string // of states and events
	councils map[string]string // by level
	err      error             // the first thing that went otherwise than told
}

// Play tells the whole story against a demo server, and fails when anything
// goes otherwise than it is told.
func Play(ctx context.Context, out io.Writer, lang ocop.Lang, address string, accounts []Account) error {
	t := &Teller{c: &client{ctx: ctx, address: address, tokens: map[string]string{}, lang: lang}, out: out, councils: map[string]string{}}
	for _, a := range accounts {
		t.c.tokens[a.Name] = a.Token
	}
	for _, chapter := range []func(){t.learn, t.march, t.ideas, t.april, t.may, t.summer, t.autumn, t.winter, t.later} {
		if chapter(); t.err != nil {
			return t.err
		}
	}
	return nil
}

func (t *Teller) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf("story, %s: "+format, append([]any{t.day}, args...)...)
	}
}

func (t *Teller) say(vi, en string) {
	if t.err == nil {
		fmt.Fprintln(t.out, ocop.Text{Vi: vi, En: en}.In(t.c.lang))
	}
}

func (t *Teller) chapter(vi, en string) {
	t.say("\n■ "+vi, "\n■ "+en)
}

// on moves the clock to the morning of a day.
func (t *Teller) on(year int, month time.Month, day int) {
	if t.err != nil {
		return
	}
	t.day = ocop.Day(year, month, day)
	to := t.day.Start().Add(8 * time.Hour)
	if err := t.c.call("office", http.MethodPut, "/demo/clock", map[string]any{"now": to}, nil); err != nil {
		t.fail("clock: %v", err)
	}
}

func (t *Teller) line(who, what string) {
	if t.err == nil {
		fmt.Fprintf(t.out, "  %s  %-30s %s\n", t.day, who, what)
	}
}

// moved is the answer to a move.
type moved struct {
	Product struct{ Name, State string }
	Entry   struct {
		Index int64
		Hash  string
	}
}

// learn reads the titles of states and events out of the procedure.
func (t *Teller) learn() {
	t.titles = map[string]string{}
	var w struct {
		Definition struct {
			States, Transitions map[string]struct{ Title ocop.Text }
		}
	}
	for _, version := range []string{"2026", "2023"} {
		if err := t.c.call("office", http.MethodGet, "/workflows/ocop/"+version, nil, &w); err != nil {
			t.fail("procedure: %v", err)
		}
		for _, names := range []map[string]struct{ Title ocop.Text }{w.Definition.Transitions, w.Definition.States} {
			for name, x := range names {
				t.titles[name] = x.Title.In(t.c.lang)
			}
		}
	}
	// One name is both an event's and a state's nowhere but here.
	t.titles["renewal"] = w.Definition.States["renewal"].Title.In(t.c.lang)
}

// move makes a move that must stand.
func (t *Teller) move(who string, p product, event string, data map[string]any, comment ...string) {
	if t.err != nil {
		return
	}
	var m moved
	if err := t.c.call(who, http.MethodPost, "/products/"+p.ID+"/transitions", body(event, data, comment), &m); err != nil {
		t.fail("%s by %s: %v", event, who, err)
		return
	}
	t.line(who, fmt.Sprintf("%s: %s → %s  [#%d %.8s]", p.Name, t.titles[event], t.titles[m.Product.State], m.Entry.Index, m.Entry.Hash))
}

func body(event string, data map[string]any, comment []string) map[string]any {
	b := map[string]any{"event": event}
	if data != nil {
		b["data"] = data
	}
	if len(comment) > 0 {
		b["comment"] = comment[0]
	}
	return b
}

// refused tries a move that must be refused for exactly these reasons, and
// tells them.
func (t *Teller) refused(who string, p product, event string, data map[string]any, want ...string) {
	if t.err != nil {
		return
	}
	err := t.c.call(who, http.MethodPost, "/products/"+p.ID+"/transitions", body(event, data, nil), nil)
	var r *refusal
	if !errors.As(err, &r) {
		t.fail("%s by %s: want a refusal, got %v", event, who, err)
		return
	}
	slices.Sort(want)
	if got := r.codes(); !slices.Equal(got, want) {
		t.fail("%s by %s: refused for %s, want %s", event, who, quote(got), quote(want))
		return
	}
	t.line(who, fmt.Sprintf("%s: %s ✗ %s", p.Name, t.titles[event], r.Detail))
	for _, x := range r.Reasons {
		fmt.Fprintf(t.out, "  %44s – %s\n", "", x.Message)
	}
}

func (t *Teller) upload(who string, p product, kinds ...string) {
	for _, kind := range kinds {
		if t.err != nil {
			return
		}
		if err := t.c.upload(who, p.ID, kind); err != nil {
			t.fail("upload %s by %s: %v", kind, who, err)
			return
		}
		t.line(who, p.Name+" ⇧ "+kind)
	}
}

// visit plans an inspection and puts on record that it was held.
func (t *Teller) visit(who string, p product, findings []map[string]any) (id string) {
	if t.err != nil {
		return ""
	}
	var i struct{ ID string }
	in := map[string]any{"day": t.day, "held_on": t.day, "provincial_council": true, "participants": []string{"Hội đồng tỉnh (mô phỏng)"}, "findings": findings}
	if err := t.c.call(who, http.MethodPost, "/products/"+p.ID+"/inspections", in, &i); err != nil {
		t.fail("inspection: %v", err)
		return ""
	}
	t.line(who, p.Name+" ✓ "+t.titles["field_inspection"])
	return i.ID
}

// record changes an inspection.
func (t *Teller) record(who, id string, change map[string]any) {
	if t.err != nil {
		return
	}
	if err := t.c.call(who, http.MethodPatch, "/inspections/"+id, change, nil); err != nil {
		t.fail("inspection: %v", err)
	}
}

// find gives a product's id by its code.
func (t *Teller) find(code string) product {
	if t.err != nil {
		return product{}
	}
	all, err := t.c.products("office-province")
	if err != nil {
		t.fail("products: %v", err)
	}
	p, ok := all[code]
	if !ok {
		t.fail("product %s is missing", code)
	}
	return p
}

// expect fails when a product is not where the story has it.
func (t *Teller) expect(code, state string, stars int) {
	if p := t.find(code); t.err == nil && (p.State != state || p.Stars != stars) {
		t.fail("%s is %s with %d stars, want %s with %d", code, p.State, p.Stars, state, stars)
	}
}
