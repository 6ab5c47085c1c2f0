//go:build unix

package app

import (
	"strings"
	"testing"

	"ocopflow/internal/criteria"
	"ocopflow/internal/dbtest"
)

func TestAProducerScoresItsOwnProduct(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		id, producer := o.product(fishSauce), "producer-"+fishSauce
		path := "/api/v1/products/" + id
		if a := o.must(200, o.ask(producer, "GET", path+"/self-score", nil)); a.body["number"] != 0.0 || a.body["verified"] != false {
			t.Errorf("before anything: %s", a.text)
		}
		o.must(200, o.move(producer, id, "begin_upgrade", map[string]any{"target": 4}))
		whole := worth(t, 9, 5, 98)
		whole.Choices["9"] = 1
		paper := o.must(201, o.upload(producer, id, "food_safety", []byte("ATTP"))).body["id"]
		body := map[string]any{"choices": whole.Choices, "evidence": map[string]any{"9": []any{paper}}}
		for what, x := range map[string]struct {
			who  string
			body map[string]any
			want int
		}{
			"by the commune":       {"commune-tt-thien-cam", body, 403},
			"by the leader":        {"leader", body, 403},
			"by another producer":  {"producer-" + rice, body, 404},
			"by nobody":            {"", body, 401},
			"no such option":       {producer, map[string]any{"choices": map[string]any{"9": 2}}, 422},
			"no such criterion":    {producer, map[string]any{"choices": map[string]any{"77": 2}}, 422},
			"no such document":     {producer, map[string]any{"choices": map[string]any{"9": 1}, "evidence": map[string]any{"9": []any{"x"}}}, 422},
			"evidence for nothing": {producer, map[string]any{"choices": map[string]any{"9": 1}, "evidence": map[string]any{"77": []any{paper}}}, 422},
		} {
			if a := o.ask(x.who, "POST", path+"/self-score", x.body); a.status != x.want {
				t.Errorf("%s: %d, want %d: %.200s", what, a.status, x.want, a.text)
			}
		}
		done := o.must(200, o.ask(producer, "POST", path+"/self-score", body, "Idempotency-Key", "k"))
		o.must(200, o.ask(producer, "POST", path+"/self-score", body, "Idempotency-Key", "k"))
		r := done.body["result"].(map[string]any)
		if done.body["number"] != 1.0 || r["stars"] != 3.0 || r["band_stars"] != 5.0 || r["floor_stars"] != 3.0 {
			t.Errorf("%s", done.text)
		}
		floor := done.body["floors"].([]any)[0].(map[string]any)
		if floor["criterion"] != "9" || !strings.Contains(floor["needed"].(map[string]any)["text"].(map[string]any)["vi"].(string), "HACCP") {
			t.Errorf("floor %v", floor)
		}
		way := o.must(200, o.ask(producer, "GET", path+"/path?stars=4", nil))
		if steps := way.body["steps"].([]any); len(steps) != 1 || steps[0].(map[string]any)["criterion"] != "9" || !strings.Contains(way.text, "HACCP") {
			t.Errorf("path %s", way.text)
		}
		o.must(422, o.ask(producer, "GET", path+"/path?stars=6", nil))
		o.must(422, o.ask(producer, "GET", path+"/path", nil))
		o.must(404, o.ask("producer-"+rice, "GET", path+"/path?stars=4", nil))
		// It stands for the self-assessment report on paper.
		for _, x := range o.must(200, o.ask("leader", "GET", path+"/actions", nil)).items() {
			for _, reason := range x["reasons"].([]any) {
				if reason.(map[string]any)["required"] == "self_score" {
					t.Errorf("%s still asks for a self-score", x["event"])
				}
			}
		}
		o.must(200, o.move(producer, id, "abandon", nil))
		// The next round starts from this sheet and says what changed.
		o.must(200, o.move(producer, id, "begin_upgrade", nil))
		again := o.must(200, o.ask(producer, "GET", path+"/self-score", nil))
		if again.body["number"] != 0.0 || again.body["sheet"].(map[string]any)["choices"].(map[string]any)["9"] != 1.0 {
			t.Errorf("a new round starts from %s", again.text)
		}
		cured := criteria.Merge(whole, criteria.Sheet{Choices: map[string]int{"9": 3}})
		second := o.must(200, o.ask("office", "POST", path+"/self-score", map[string]any{"choices": cured.Choices}))
		changed := second.body["changed"].([]any)
		if len(changed) != 1 || changed[0].(map[string]any)["criterion"] != "9" || changed[0].(map[string]any)["from"] != 1.0 || second.body["previous"] == nil {
			t.Errorf("changed %v", changed)
		}
	})
}
