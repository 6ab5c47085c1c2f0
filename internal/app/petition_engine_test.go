//go:build unix

package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/support"
	"ocopflow/workflows"
)

// who is an account of the demo with its roles.
func (o *office) who(name string) access.Actor {
	o.t.Helper()
	s, err := o.app.People.Recognise(context.Background(), o.tokens[name])
	if err != nil || s == nil {
		o.t.Fatalf("%s: %v", name, err)
	}
	return s.Actor
}

// Another kind of petition runs as its file says, with nothing said in Go: its
// fields become facts, a named unit gets to see it, its days are counted, and the
// audit decides its moves again.
func TestAComplaintRunsByItsFileAlone(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for _, name := range []string{"ocop-2023.yaml", "support.yaml"} {
		text, err := workflows.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	own, err := os.ReadFile("testdata/complaint.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files["complaint.yaml"] = &fstest.MapFile{Data: own}
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOfficeWith(t, address, files)
		ctx, desk := t.Context(), o.app.Petitions
		opening := func(on string) petition.Ask {
			return petition.Ask{New: &petition.Opening{Procedure: "complaint", Product: fishSauce}, Actor: o.who("producer-" + fishSauce), Data: map[string]any{"about": "result", "on": on, "words": "Chấm thiếu"}}
		}
		if _, err := desk.Move(ctx, opening("2023-12-01")); !fault.Is(err, fault.Refused) || !strings.Contains(fmt.Sprint(fault.Of(err).Reasons), "in_time") {
			t.Errorf("too late: %v", err)
		}
		done, err := desk.Move(ctx, opening("2024-03-01"))
		if err != nil {
			t.Fatal(err)
		}
		id := done.Petition.ID
		if due, _ := ocop.ParseDate("2024-04-05"); done.Petition.Code != "KN-2024-001" || done.Petition.Due == nil || *done.Petition.Due != due {
			t.Errorf("opened: %+v", done.Petition)
		}
		// Its own days are run after, and put off by those whom its file names.
		deadline := id + ".accept"
		o.clock("2024-04-08")
		for who, want := range map[string]int{"office": 1, "leader": 1, "commune-tt-thien-cam": 0} {
			if got := o.chased(who); len(slices.DeleteFunc(got, func(s string) bool { return !strings.Contains(s, deadline) })) != want {
				t.Errorf("%s is told %v", who, got)
			}
		}
		o.must(403, o.ask("leader", "POST", "/api/v1/deadlines/"+deadline+"/extension", map[string]any{"to": "2024-04-20", "reason": "Chờ xác minh"}))
		o.must(404, o.ask("commune-cam-my", "POST", "/api/v1/deadlines/"+deadline+"/extension", map[string]any{"to": "2024-04-20", "reason": "x"}))
		o.must(201, o.ask("office", "POST", "/api/v1/deadlines/"+deadline+"/extension", map[string]any{"to": "2024-04-20", "reason": "Chờ xác minh"}))
		if x, err := desk.Get(ctx, o.who("office"), id); err != nil || x.Due == nil || x.Due.String() != "2024-04-20" {
			t.Errorf("put off: %+v %v", x, err)
		}
		move := func(who, event string, data map[string]any) error {
			_, err := desk.Move(ctx, petition.Ask{Petition: id, Actor: o.who(who), Event: ocop.Event(event), Data: data, Comment: "x"})
			return err
		}
		wants := func(err error, kind fault.Kind, code string) {
			t.Helper()
			if !fault.Is(err, kind) || !slices.ContainsFunc(fault.Of(err).Reasons, func(r fault.Reason) bool { return r.Code == code }) {
				t.Errorf("got %v, want %s with %s", err, kind, code)
			}
		}
		expert := map[string]any{"expert": "kinh-te-ha-tang"}
		wants(move("office", "accept", expert), fault.Refused, "document_missing")
		taken, err := o.app.Desk.Vault.Take(ctx, strings.NewReader("ảnh"), 100)
		if err == nil {
			_, err = desk.AddDocument(ctx, petition.Upload{Petition: id, Kind: "proof", Name: "anh.txt", Taken: taken, Actor: o.who("producer-" + fishSauce)})
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := move("dept-kinh-te-ha-tang", "examine", map[string]any{"right": true}); !fault.Is(err, fault.NotFound) {
			t.Errorf("before it is named: %v", err)
		}
		for _, x := range []struct {
			who, event string
			data       map[string]any
		}{{"office", "accept", expert}, {"dept-kinh-te-ha-tang", "examine", map[string]any{"right": false}}} {
			if err := move(x.who, x.event, x.data); err != nil {
				t.Fatalf("%s: %v", x.event, err)
			}
		}
		wants(move("leader", "uphold", nil), fault.Refused, "found_right")
		wants(move("office", "dismiss", nil), fault.Forbidden, "role_missing")
		if err := move("leader", "dismiss", nil); err != nil {
			t.Fatal(err)
		}
		x, err := desk.Get(ctx, o.who("auditor"), id)
		if err != nil || x.State != "answered" || x.Facts["on"] != int64(19783) || x.Facts["right"] != false || x.Texts["words"] != "Chấm thiếu" {
			t.Errorf("at the end: %+v %v", x, err)
		}
		o.must(404, o.ask("office", "GET", supportPath+"/"+id, nil))
		if list := o.must(200, o.ask("office", "GET", supportPath, nil)).items(); len(list) != 0 {
			t.Errorf("complaints among requests for support: %v", list)
		}
	})
}

// Whatever people try, in whatever order: what is granted is never above what was
// appraised, nor that above what was asked; a plan comes to the sum of its lines;
// and the audit, with which every test ends, agrees.
func TestRandomWalksKeepAmountsInOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		draw := rand.New(rand.NewPCG(seed, 1))
		people := []string{"producer-" + fishSauce, "commune-tt-thien-cam", "office", "dept-kinh-te-ha-tang", "dept-tai-chinh-ke-hoach", "leader"}
		actors := map[string]access.Actor{}
		for _, name := range people {
			actors[name] = o.who(name)
		}
		var open []string
		plan := strings.TrimPrefix(o.plan("office", "Ngẫu nhiên"), plansPath+"/")
		stood := 0
		for step := range 500 {
			if len(open) < 4 {
				ask := supportAsk(fishSauce, "money", 20+draw.IntN(20))
				if a := o.ask("producer-"+fishSauce, "POST", supportPath, ask); a.status == 201 {
					open = append(open, a.body["petition"].(map[string]any)["id"].(string))
				}
				continue
			}
			id := open[draw.IntN(len(open))]
			who := people[draw.IntN(len(people))]
			actions, err := o.app.Petitions.Actions(t.Context(), actors[who], id)
			if err != nil || len(actions) == 0 {
				continue
			}
			act := actions[draw.IntN(len(actions))]
			if (act.Aside || !act.Allowed) && draw.IntN(8) > 0 {
				continue
			}
			data := map[string]any{}
			for _, f := range act.Form {
				data[f.Name] = map[string]any{"kind": "money", "what": "x", "source": "district", "department": "kinh-te-ha-tang", "finance": "tai-chinh-ke-hoach", "opinion": "x", "beyond_means": true, "decision": "1"}[f.Name]
				if f.Type == "int" {
					data[f.Name] = int64(draw.IntN(30))
				}
			}
			if _, err := o.app.Petitions.Move(t.Context(), petition.Ask{Petition: id, Actor: actors[who], Event: act.Event, Data: data, Comment: "x"}); err == nil {
				stood++
			}
			if step%60 == 59 {
				for _, path := range []string{"/requests", "/propose", "/return"} {
					o.ask([]string{"office", "leader"}[draw.IntN(2)], "POST", plansPath+"/"+plan+path, map[string]any{"comment": "x"})
				}
			}
		}
		o.ask("office", "POST", plansPath+"/"+plan+"/requests", map[string]any{})
		o.ask("office", "POST", plansPath+"/"+plan+"/propose", nil)
		o.ask("leader", "POST", plansPath+"/"+plan+"/approve", map[string]any{})
		if stood < 10 {
			t.Errorf("only %d moves stood", stood)
		}
		for _, id := range open {
			x, err := o.app.Petitions.Get(t.Context(), actors["office"], id)
			if err != nil {
				t.Fatal(err)
			}
			last := x.Int("amount")
			for _, name := range []string{"appraised", "planned", "granted"} {
				if n, there := x.Facts[name].(int64); there && n > last {
					t.Errorf("%s: %s is %d, above %d: %v", x.Code, name, n, last, x.Facts)
				} else if there {
					last = n
				}
			}
		}
		k, err := o.app.Support.Get(t.Context(), actors["office"], plan)
		if err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for _, l := range k.Lines {
			sum += l.Amount
		}
		for _, list := range [][]int64{amountsOf(k.Totals.Department), amountsOf(k.Totals.Source), amountsOf(k.Totals.Product), amountsOf(k.Totals.Kind)} {
			total := int64(0)
			for _, n := range list {
				total += n
			}
			if total != sum || k.Total != sum {
				t.Errorf("a plan of %d comes to %d and %d", sum, k.Total, total)
			}
		}
		t.Logf("%d moves stood, the plan is %s with %d lines", stood, k.State, len(k.Lines))
	})
}

func amountsOf(list []support.Amount) (out []int64) {
	for _, x := range list {
		out = append(out, x.Amount)
	}
	return out
}
