//go:build unix

package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
)

// listener is a program that follows the events of one person.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
	end   context.CancelFunc
}

func (o *office) listen(t *testing.T, who, query string, headers ...string) *listener {
	t.Helper()
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	r := must(http.NewRequestWithContext(ctx, "GET", o.address+"/api/v1/events"+query, nil))
	r.Header.Set("Authorization", "Bearer "+o.tokens[who])
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", got.StatusCode, got.Header.Get("Content-Type"))
	}
	t.Cleanup(func() { end(); got.Body.Close() })
	return &listener{t, bufio.NewScanner(got.Body), end}
}

// next waits for an event.
func (l *listener) next() (name string, data map[string]any) {
	l.t.Helper()
	for l.lines.Scan() {
		line := l.lines.Text()
		if v, ok := strings.CutPrefix(line, "event: "); ok {
			name = v
		}
		if v, ok := strings.CutPrefix(line, "data: "); ok {
			if err := json.Unmarshal([]byte(v), &data); err != nil {
				l.t.Fatal(err)
			}
			return name, data
		}
	}
	l.t.Fatalf("the stream ended: %v", l.lines.Err())
	return "", nil
}

// What a colleague does reaches those who may see the product, and nobody else.
func TestEventsReachThoseWhoMaySee(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, database string) {
		o := openOffice(t, database)
		fish, wine := o.product(fishSauce), o.product(simWine)
		office, producer := o.listen(t, "office", ""), o.listen(t, "producer-"+fishSauce, "")
		o.must(200, o.move("office", wine, "begin_upgrade", nil))
		moved := o.must(200, o.move("producer-"+fishSauce, fish, "begin_upgrade", nil))
		for _, want := range []string{wine, fish} {
			if name, e := office.next(); name != "change" || e["product"] != want || e["event"] != "begin_upgrade" || e["state"] != "idea_registered" {
				t.Errorf("the office hears %s %v", name, e)
			}
		}
		_, e := producer.next()
		if e["product"] != fish || e["actor"] != "producer-"+fishSauce || fmt.Sprint(e["version"]) != fmt.Sprint(moved.body["product"].(map[string]any)["version"]) {
			t.Errorf("the producer hears %v", e)
		}
	})
}

// A page that lost its connection gets what it missed, each thing once.
func TestEventsGoOnFromTheLastOne(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	first := o.must(200, o.move("producer-"+fishSauce, id, "begin_upgrade", nil)).body["entry"].(map[string]any)["index"]
	o.must(201, o.upload("producer-"+fishSauce, id, "idea_form", []byte("x")))
	for _, l := range []*listener{o.listen(t, "office", fmt.Sprintf("?after=%v", first)), o.listen(t, "office", "", "Last-Event-ID", fmt.Sprint(first))} {
		if _, e := l.next(); e["event"] != "add_document" {
			t.Errorf("first %v", e)
		}
		o.must(201, o.upload("producer-"+fishSauce, id, "idea_form", []byte("y")))
		if _, e := l.next(); e["event"] != "add_document" {
			t.Errorf("then %v", e)
		}
	}
	for _, bad := range []string{"x", "-2", "9999999999999999999"} {
		if got := o.ask("office", "GET", "/api/v1/events?after="+bad, nil); got.status != 422 {
			t.Errorf("after=%s: %d", bad, got.status)
		}
	}
	if got := o.ask("", "GET", "/api/v1/events", nil); got.status != 401 {
		t.Errorf("nobody: %d", got.status)
	}
}

// A person has a bounded number of streams, and stopping ends them all.
func TestStreamsAreBoundedAndEnd(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	var open []*listener
	for range 20 {
		open = append(open, o.listen(t, "office", ""))
	}
	if got := o.ask("office", "GET", "/api/v1/events", nil); got.status != 429 {
		t.Errorf("one too many: %d", got.status)
	}
	o.listen(t, "leader", "")
	o.app.News.Close()
	for _, l := range open {
		for l.lines.Scan() {
		}
		if err := l.lines.Err(); err != nil {
			t.Errorf("the stream broke: %v", err)
		}
	}
	if got := o.ask("office", "GET", "/api/v1/events", nil); got.status != 503 {
		t.Errorf("after the end: %d", got.status)
	}
}
