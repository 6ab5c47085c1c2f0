//go:build unix

package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"ocopflow/internal/sqldb"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// received is an event as a receiver took it, or refused it.
type received struct {
	id, kind, product string
	entry             float64
	body              map[string]any
	status            int // that it was answered
	signed            bool
}

// receiver is a program that events are sent to. It believes what is signed with
// its secret and nothing else.
type receiver struct {
	*httptest.Server

	mu      sync.Mutex
	secret  string
	got     []received
	answers func(r received) int // 200 without it
	arrived chan struct{}        // a request came in, if anybody listens
	hold    chan struct{}        // requests wait for it, unless nil
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{arrived: make(chan struct{}, 1000)}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return // the sender broke off
	}
	r.mu.Lock()
	hold := r.hold
	r.mu.Unlock()
	r.arrived <- struct{}{}
	if hold != nil {
		select {
		case <-hold:
		case <-q.Context().Done():
			return
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	x := received{id: q.Header.Get("webhook-id"), status: 401}
	if err := json.Unmarshal(body, &x.body); err == nil {
		x.kind, _ = x.body["type"].(string)
		x.product, _ = x.body["subject"].(string)
		if data, ok := x.body["data"].(map[string]any); ok {
			x.entry, _ = data["entry"].(float64)
		}
	}
	if key, err := standardwebhooks.NewWebhook(r.secret); err == nil && key.Verify(body, q.Header) == nil {
		x.signed, x.status = true, 200
		if r.answers != nil {
			x.status = r.answers(x)
		}
	}
	r.got = append(r.got, x)
	if x.status/100 == 3 {
		w.Header().Set("Location", r.URL+"/elsewhere")
	}
	w.WriteHeader(x.status)
}

// set changes how the receiver behaves.
func (r *receiver) set(change func(r *receiver)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r)
}

// taken are the events that were answered with 200, in the order of their coming.
func (r *receiver) taken() (out []received) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.got {
		if x.status == 200 {
			out = append(out, x)
		}
	}
	return out
}

// inOrder fails the test unless each product's events came in the ledger's
// order, and all of them at least once; again allows for repeats.
func (r *receiver) inOrder(t *testing.T, want map[string][]float64) {
	t.Helper()
	got := map[string][]float64{}
	for _, x := range r.taken() {
		if !slices.Contains(got[x.product], x.entry) && x.product != "" {
			got[x.product] = append(got[x.product], x.entry)
		}
	}
	for product, entries := range want {
		if !slices.Equal(got[product], entries) {
			t.Errorf("product %s: %v came, want %v", product, got[product], entries)
		}
	}
}

// listensAt registers the receiver as somebody, and gives the webhook's id.
func (o *office) listensAt(who string, r *receiver, more map[string]any) string {
	o.t.Helper()
	body := map[string]any{"url": r.URL + "/hook?key=abc"}
	for k, v := range more {
		body[k] = v
	}
	made := o.must(201, o.ask(who, "POST", webhooksPath, body))
	r.set(func(r *receiver) { r.secret = made.body["secret"].(string) })
	return made.body["id"].(string)
}

// deliver lets the webhooks go.
func (o *office) deliver() {
	o.t.Helper()
	if _, err := o.app.Webhooks.Run(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// happened are the entries of products' own streams since an index, but those
// that time set again and refusals, by product.
func (o *office) happened(since int64) map[string][]float64 {
	o.t.Helper()
	rows, err := o.app.DB.Query(context.Background(), `SELECT product, idx FROM entries WHERE idx >= $1 AND stream LIKE 'product:%' AND kind NOT IN ('schedule','refusal') ORDER BY idx`, since)
	if err != nil {
		o.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string][]float64{}
	for rows.Next() {
		var product string
		var idx float64
		if err := rows.Scan(&product, &idx); err != nil {
			o.t.Fatal(err)
		}
		out[product] = append(out[product], idx)
	}
	return out
}

// log is what the office is shown of a webhook's deliveries, the oldest first,
// as "type state status status …".
func (o *office) log(who, id, query string) (out []string) {
	o.t.Helper()
	list := o.must(200, o.ask(who, "GET", webhooksPath+"/"+id+"/deliveries?limit=200"+query, nil)).items()
	slices.Reverse(list)
	for _, d := range list {
		line := fmt.Sprint(d["type"], " ", d["state"])
		for _, a := range d["attempts"].([]any) {
			line += fmt.Sprint(" ", a.(map[string]any)["status"])
		}
		out = append(out, line)
	}
	return out
}

// expireOldSecret does what a day does; restoreOldSecret puts the row back as
// the ledger tells it.
func expireOldSecret(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE webhooks SET old_until = 0`)
	return err
}

func restoreOldSecret(until string) func(context.Context, *sqldb.Tx) error {
	return func(ctx context.Context, tx *sqldb.Tx) error {
		at, err := time.Parse(time.RFC3339Nano, until)
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE webhooks SET old_until = $1`, sqldb.Micros(at))
		}
		return err
	}
}
