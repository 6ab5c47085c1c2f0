//go:build unix

package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
)

const webhooksPath = "/api/v1/webhooks"

func private(c *Config) { c.WebhookPrivate = true }

func TestEventsReachAReceiverSignedAndInOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address, private)
		r := newReceiver(t)
		id := o.listensAt("office", r, nil)
		since := o.ledgerSize()
		o.late()
		o.deliver()
		want := o.happened(since)
		if len(want) < 2 {
			t.Fatalf("only %v happened", want)
		}
		r.inOrder(t, want)
		count := 0
		for _, entries := range want {
			count += len(entries)
		}
		came := slices.DeleteFunc(r.taken(), func(x received) bool { return x.body["data"].(map[string]any)["product"] == nil }) // duties are late too
		if len(came) != count {
			t.Errorf("%d events came, want %d, each once", len(came), count)
		}
		var move, overdue map[string]any
		for _, x := range came {
			if !x.signed || x.body["specversion"] != "1.0" || x.body["datacontenttype"] != "application/json" || x.body["id"] != fmt.Sprint(x.entry) ||
				!strings.HasPrefix(x.body["source"].(string), "urn:ocopflow:") {
				t.Fatalf("no CloudEvent: %v", x.body)
			}
			if _, err := time.Parse(time.RFC3339Nano, x.body["time"].(string)); err != nil {
				t.Error(err)
			}
			switch x.kind {
			case "vn.ocopflow.product.move":
				move = x.body["data"].(map[string]any)
			case "vn.ocopflow.deadline.overdue":
				overdue = x.body["data"].(map[string]any)
			}
		}
		if move["event"] != "begin_upgrade" || move["to"] == "" || move["product"].(map[string]any)["code"] != simWine {
			t.Errorf("the move says %v", move)
		}
		if overdue["deadline"].(map[string]any)["last_day"] == "" || overdue["deadline"].(map[string]any)["id"] == "" {
			t.Errorf("the overdue mark says %v", overdue)
		}
		for _, line := range o.log("office", id, "") {
			if !strings.HasSuffix(line, " done 200") {
				t.Errorf("the log says %s", line)
			}
		}
		// Nothing that was typed or is private goes out.
		o.must(201, o.ask("office", "POST", "/api/v1/deadlines/"+o.deadline("office", o.product(simWine), "D3")["id"].(string)+"/extension", map[string]any{"to": "2024-05-20", "reason": "Lý do kín", "product": o.product(simWine)}))
		o.must(201, o.named("producer-"+simWine, o.product(simWine), "idea_form", "ten-tep-kin.txt", []byte("phiếu")))
		o.deliver()
		for _, x := range r.taken() {
			if text := fmt.Sprint(x.body); strings.Contains(text, "Lý do kín") || strings.Contains(text, "ten-tep-kin") {
				t.Errorf("%s", text)
			}
		}
	})
}

// Each failure holds back what comes after it for the same product, nothing
// else, and the log tells it.
func TestAFailedDeliveryHoldsBackItsOwnProductOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address, private)
		r := newReceiver(t)
		wine, sauce := o.product(simWine), o.product(fishSauce)
		failing := 500
		r.answers = func(x received) int {
			if x.product == wine {
				return failing
			}
			return 200
		}
		id := o.listensAt("office", r, map[string]any{"types": []string{"product.move", "product.record"}})
		since := o.ledgerSize()
		o.must(200, o.move("producer-"+simWine, wine, "begin_upgrade", nil))
		o.must(201, o.upload("producer-"+simWine, wine, "idea_form", []byte("phiếu")))
		o.must(200, o.move("producer-"+fishSauce, sauce, "begin_upgrade", map[string]any{"target": 4}))
		o.deliver()
		if got := r.taken(); len(got) != 1 || got[0].product != sauce {
			t.Errorf("while one product's events are refused: %v", got)
		}
		if got := o.log("office", id, "&product="+wine); len(got) != 2 || got[0] != "product.move waiting 500" || got[1] != "product.record waiting" {
			t.Errorf("the log says %v", got)
		}
		o.deliver() // not its turn yet
		failing = 200
		if got := o.log("office", id, "&product="+wine); got[0] != "product.move waiting 500" {
			t.Errorf("tried again at once: %v", got)
		}
		o.at("2024-03-22T09:00")
		o.deliver()
		want := o.happened(since)
		r.inOrder(t, map[string][]float64{wine: want[wine], sauce: want[sauce]})
		if got := o.log("office", id, "&product="+wine); got[0] != "product.move done 500 200" || got[1] != "product.record done 200" {
			t.Errorf("the log says %v", got)
		}
		ids := map[string]bool{}
		for _, x := range r.got {
			if x.product == wine && x.kind == "vn.ocopflow.product.move" {
				ids[x.id] = true
			}
		}
		if len(ids) != 1 {
			t.Errorf("one event came under %d ids", len(ids))
		}
	})
}

func TestReceiversThatAreDownSlowOrWrongAreTriedAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address, private)
		o.app.Webhooks.Patience = 300 * time.Millisecond
		slow, distrustful, moved := newReceiver(t), newReceiver(t), newReceiver(t)
		down := newReceiver(t)
		hooks := map[string]string{}
		hooks["slow"], hooks["distrustful"], hooks["moved"], hooks["down"] = o.listensAt("office", slow, nil), o.listensAt("office", distrustful, nil), o.listensAt("office", moved, nil), o.listensAt("office", down, nil)
		down.Close()
		slow.set(func(r *receiver) { r.hold = make(chan struct{}) })
		right := distrustful.secret
		distrustful.set(func(r *receiver) { r.secret = "whsec_" + strings.Repeat("A", 43) + "=" })
		moved.set(func(r *receiver) { r.answers = func(received) int { return 302 } })
		o.must(200, o.move("producer-"+simWine, o.product(simWine), "begin_upgrade", nil))
		o.deliver()
		for name, want := range map[string]string{"slow": "product.move waiting 0", "distrustful": "product.move waiting 401", "moved": "product.move waiting 302", "down": "product.move waiting 0"} {
			if got := o.log("office", hooks[name], ""); len(got) != 1 || got[0] != want {
				t.Errorf("%s: the log says %v, want %s", name, got, want)
			}
			w := o.must(200, o.ask("office", "GET", webhooksPath+"/"+hooks[name], nil))
			if w.body["failing_since"] == nil {
				t.Errorf("%s: %s", name, w.text)
			}
		}
		if got := o.must(200, o.ask("office", "GET", webhooksPath+"/"+hooks["slow"]+"/deliveries", nil)).text; !strings.Contains(got, "no answer in time") {
			t.Errorf("%s", got)
		}
		if got := o.must(200, o.ask("office", "GET", webhooksPath+"/"+hooks["down"]+"/deliveries", nil)).text; strings.Contains(got, "key=abc") {
			t.Errorf("the log holds the address: %s", got)
		}
		slow.set(func(r *receiver) { close(r.hold); r.hold = nil })
		distrustful.set(func(r *receiver) { r.secret = right })
		moved.set(func(r *receiver) { r.answers = nil })
		o.at("2024-03-22T09:00")
		o.deliver()
		for name, r := range map[string]*receiver{"slow": slow, "distrustful": distrustful, "moved": moved} {
			if got := r.taken(); len(got) == 0 || got[len(got)-1].kind != "vn.ocopflow.product.move" {
				t.Errorf("%s took %v in the end", name, got)
			}
			if got := o.log("office", hooks[name], ""); !strings.Contains(got[0], " done ") {
				t.Errorf("%s: the log says %v", name, got)
			}
		}
	})
}

func TestAReceiverThatTakesNothingForDaysIsSwitchedOff(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		box := newPostbox(t)
		o := openOffice(t, address, private, box.settings)
		mail := o.reachable(box, "office", map[string]any{"rest_days": true, "delivery": "none"})
		r := newReceiver(t)
		r.answers = func(received) int { return 503 }
		id := o.listensAt("office", r, map[string]any{"types": []string{"product.move"}})
		wine := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, wine, "begin_upgrade", nil))
		for _, day := range []string{"22T09", "23T09", "24T09", "25T08"} {
			o.at("2024-03-" + day + ":00")
			o.deliver()
		}
		if got := o.must(200, o.ask("office", "GET", webhooksPath+"/"+id, nil)); got.body["disabled_at"] != nil {
			t.Fatalf("switched off too early: %s", got.text)
		}
		o.at("2024-03-25T20:00")
		o.deliver()
		if got := o.must(200, o.ask("office", "GET", webhooksPath+"/"+id, nil)); got.body["disabled_at"] == nil {
			t.Fatalf("still on: %s", got.text)
		}
		o.post()
		if got := box.collect(mail); len(got) != 1 || !strings.Contains(got[0].subject, "webhook") || !strings.Contains(got[0].text, "https://ocop.test/webhooks/"+id) {
			t.Errorf("its owner is told %v", got)
		}
		tried := len(r.got)
		o.must(201, o.upload("producer-"+simWine, wine, "idea_form", []byte("phiếu")))
		o.deliver()
		if len(r.got) != tried {
			t.Error("it is sent to though it is off")
		}
		o.must(409, o.ask("office", "POST", webhooksPath+"/"+id+"/ping", nil))
		o.must(409, o.ask("office", "POST", webhooksPath+"/"+id+"/replay", map[string]any{"from": 0, "to": 9999}))
		// On again, nothing is lost.
		r.set(func(r *receiver) { r.answers = nil })
		if got := o.must(200, o.ask("office", "POST", webhooksPath+"/"+id+"/enable", nil)); got.body["disabled_at"] != nil || got.body["failing_since"] != nil {
			t.Errorf("%s", got.text)
		}
		o.deliver()
		if got := r.taken(); len(got) != 1 || got[0].kind != "vn.ocopflow.product.move" {
			t.Errorf("after it was switched on: %v", got)
		}
		// One that is gone for good says so itself.
		r.set(func(r *receiver) { r.answers = func(received) int { return 410 } })
		o.must(202, o.ask("office", "POST", webhooksPath+"/"+id+"/ping", nil))
		o.deliver()
		if got := o.must(200, o.ask("office", "GET", webhooksPath+"/"+id, nil)); got.body["disabled_at"] == nil {
			t.Errorf("after 410 still on: %s", got.text)
		}
	})
}

// An event that a receiver never takes is given up, and those after it go on.
func TestAnEventThatIsAlwaysRefusedIsGivenUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address, private)
		r := newReceiver(t)
		r.answers = func(x received) int {
			if x.kind == "vn.ocopflow.product.move" {
				return 400
			}
			return 200
		}
		id := o.listensAt("office", r, map[string]any{"types": []string{"product.move", "product.record"}})
		wine := o.product(simWine)
		o.must(200, o.move("producer-"+simWine, wine, "begin_upgrade", nil))
		o.must(201, o.upload("producer-"+simWine, wine, "idea_form", []byte("phiếu")))
		for _, moment := range []string{"22T09", "24T09", "25T20"} {
			o.at("2024-03-" + moment + ":00")
			o.must(202, o.ask("office", "POST", webhooksPath+"/"+id+"/ping", nil)) // the receiver is there
			o.deliver()
		}
		if got := o.log("office", id, "&product="+wine); got[0] != "product.move failed 400 400 400" || got[1] != "product.record done 200" {
			t.Errorf("the log says %v", got)
		}
		r.set(func(r *receiver) { r.answers = nil })
		failed := o.must(200, o.ask("office", "GET", webhooksPath+"/"+id+"/deliveries?state=failed", nil)).items()[0]["id"]
		o.must(202, o.ask("office", "POST", webhooksPath+"/"+id+"/replay", map[string]any{"delivery": failed}))
		o.deliver()
		if got := r.taken(); got[len(got)-1].id != failed {
			t.Errorf("sent again on request: %v", got)
		}
	})
}

func TestEventsAreSentAgainOnRequest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address, private)
		r := newReceiver(t)
		id := o.listensAt("office", r, nil)
		since := o.ledgerSize()
		o.must(200, o.move("producer-"+simWine, o.product(simWine), "begin_upgrade", nil))
		o.must(201, o.upload("producer-"+simWine, o.product(simWine), "idea_form", []byte("phiếu")))
		o.deliver()
		first := r.taken()
		if len(first) != 2 {
			t.Fatalf("%v", first)
		}
		for _, bad := range []map[string]any{{}, {"from": 1}, {"from": 9, "to": 8}, {"delivery": first[0].id, "from": 1, "to": 2}} {
			o.must(422, o.ask("office", "POST", webhooksPath+"/"+id+"/replay", bad))
		}
		o.must(404, o.ask("office", "POST", webhooksPath+"/"+id+"/replay", map[string]any{"delivery": "none"}))
		if got := o.must(202, o.ask("office", "POST", webhooksPath+"/"+id+"/replay", map[string]any{"from": since, "to": o.ledgerSize()})); got.body["deliveries"] != 2.0 {
			t.Errorf("%s", got.text)
		}
		o.deliver()
		again := r.taken()[2:]
		if len(again) != 2 || again[0].id != first[0].id || again[1].id != first[1].id {
			t.Errorf("a range again: %v", again)
		}
	})
}

// A server that dies while it sends leaves the event to the next one.
func TestAnEventSurvivesAServerThatDies(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address, private)
		r := newReceiver(t)
		r.hold = make(chan struct{})
		id := o.listensAt("office", r, nil)
		o.must(200, o.move("producer-"+simWine, o.product(simWine), "begin_upgrade", nil))
		dying, kill := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = o.app.Webhooks.Run(dying) // it is broken off
		}()
		<-r.arrived
		kill()
		<-ended
		r.set(func(r *receiver) { close(r.hold); r.hold = nil })
		o.deliver() // the dead one may still have it
		if got := o.log("office", id, ""); len(got) != 1 || got[0] != "product.move waiting" {
			t.Errorf("right after: %v", got)
		}
		o.at("2024-03-22T09:00")
		o.deliver()
		if got := o.log("office", id, ""); got[0] != "product.move done 200" || len(r.taken()) == 0 {
			t.Errorf("after the lease: %v", got)
		}
	})
}

func TestTwoServersDeliverInOrder(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.Postgres(t), private)
	second := o.second(private)
	r := newReceiver(t)
	o.listensAt("office", r, nil)
	since := o.ledgerSize()
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for _, a := range []*App{o.app, second} {
		wg.Go(func() {
			for {
				if _, err := a.Webhooks.Run(t.Context()); err != nil {
					t.Error(err)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for _, code := range []string{simWine, fishSauce} {
		o.must(200, o.move("producer-"+code, o.product(code), "begin_upgrade", map[string]any{"target": 4}))
		for range 5 {
			o.must(201, o.upload("producer-"+code, o.product(code), "idea_form", []byte("phiếu")))
		}
	}
	close(stop)
	wg.Wait()
	o.deliver()
	want := o.happened(since)
	r.inOrder(t, want)
	count := 0
	for _, entries := range want {
		count += len(entries)
	}
	if got := len(r.taken()); got != count {
		t.Errorf("%d events came, want %d, each once", got, count)
	}
}

func TestAChangedSecretSignsBesideTheOldOne(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t), private)
	r := newReceiver(t)
	id := o.listensAt("office", r, nil)
	old := r.secret
	made := o.must(200, o.ask("office", "POST", webhooksPath+"/"+id+"/secret", nil))
	fresh := made.body["secret"].(string)
	if fresh == old || made.body["old_secret_until"] == nil {
		t.Errorf("%s", made.text)
	}
	for _, secret := range []string{old, fresh} {
		r.set(func(r *receiver) { r.secret = secret })
		o.must(202, o.ask("office", "POST", webhooksPath+"/"+id+"/ping", nil))
		o.deliver()
	}
	if got := r.taken(); len(got) != 2 || got[0].kind != "vn.ocopflow.ping" {
		t.Errorf("%v", got)
	}
	o.nowhere(old)
	o.nowhere(fresh)
	// A day later the old one does not sign any more.
	if err := o.app.DB.InTx(t.Context(), expireOldSecret); err != nil {
		t.Fatal(err)
	}
	r.set(func(r *receiver) { r.secret = old })
	o.must(202, o.ask("office", "POST", webhooksPath+"/"+id+"/ping", nil))
	o.deliver()
	if got := r.taken(); len(got) != 2 {
		t.Errorf("the old secret still signs: %v", got)
	}
	if err := o.app.DB.InTx(t.Context(), restoreOldSecret(made.body["old_secret_until"].(string))); err != nil {
		t.Fatal(err)
	}
}
