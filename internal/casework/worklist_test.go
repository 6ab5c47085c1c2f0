//go:build unix

package casework_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/app"
	"ocopflow/internal/casework"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/store"
)

// Whatever happened to an office's products, a worklist holds the tasks that are
// found by asking of every product, whoever asks and however many stand on a
// page; where few products are in view, and where so many are that each kind of
// them is looked for by itself.
func TestAWorklistHoldsAllTasksAndNoOther(t *testing.T) {
	t.Parallel()
	for _, office := range []struct{ more, days int }{{more: 24, days: 25}, {more: 2100, days: 2}} {
		t.Run(fmt.Sprint(office.more), func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, address string) { worklists(t, address, office.more, office.days) })
		})
	}
}

func worklists(t *testing.T, address string, more, days int) {
	a := open(t, address, true)
	demo, err := a.LoadDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, all := products(t, a)
	people := persons(t, a)
	who := slices.Sorted(maps.Keys(people))
	all.ID = who[0]
	enter(t, a, all, more)
	ids, _ := products(t, a)
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 5))
	t.Logf("seed %d", seed)
	found := map[string]int{}
	for range days {
		for range 30 {
			id := ids[random.IntN(min(len(ids), 30))]
			all.ID = who[random.IntN(len(who))] // who did one thing may not do the next
			if random.IntN(4) == 0 {
				document(t, a, a.Desk, all, id, random)
			} else {
				try(t, a.Desk, all, id, random)
			}
		}
		if more < 100 && random.IntN(3) == 0 {
			later(t, a, demo[0].Name, demo[0].Password, time.Duration(random.IntN(60*24))*time.Hour)
		}
		one := people[who[random.IntN(len(who))]]
		found["all"] += compare(t, a, all, 1+random.IntN(60))
		found["one"] += compare(t, a, one, 1+random.IntN(6))
	}
	if found["all"] < 10*days || days > 10 && found["one"] == 0 {
		t.Errorf("tasks found: %v", found)
	}
}

// compare answers how many tasks the actor has.
func compare(t *testing.T, a *app.App, actor access.Actor, limit int) int {
	t.Helper()
	want, err := a.Desk.TasksOf(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	got := pages(t.Context(), t, a.Desk, actor, limit)
	for i := range min(len(got), len(want)) {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("task %d of %v is %+v, found %+v", i, actor.Grants, want[i], got[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%v has %d tasks, found %d", actor.Grants, len(want), len(got))
	}
	return len(got)
}

func pages(ctx context.Context, t *testing.T, d *casework.Desk, actor access.Actor, limit int) (out []casework.Task) {
	t.Helper()
	for after := ""; ; {
		tasks, next, err := d.Worklist(ctx, actor, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tasks...)
		if next == "" {
			return out
		}
		after = next
	}
}

// enter has ideas registered, and as many certificates given before, of all the
// office's producers.
func enter(t *testing.T, a *app.App, all access.Actor, more int) {
	t.Helper()
	list, err := a.Desk.Products(t.Context(), all, store.Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	asks := make([]casework.Ask, more)
	for i := range asks {
		// Before the demo's own, so that some of both kinds are tried.
		r := casework.Registration{Code: fmt.Sprintf("a-%04d", i), Name: fmt.Sprintf("Sản phẩm %d", i), Producer: list[i%len(list)].Producer.ID, Set: 9}
		asks[i] = casework.Ask{Actor: all, Event: "register", New: &r}
		if i%2 == 0 {
			asks[i].Event, asks[i].Data = "import", map[string]any{"number": fmt.Sprintf("C-%04d", i), "stars": int64(3), "issued_on": (a.Desk.Today() - 1000).String()}
		}
	}
	_, errs := a.Desk.MoveMany(t.Context(), asks)
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// persons are those who hold a role, with all that they hold.
func persons(t *testing.T, a *app.App) map[string]access.Actor {
	t.Helper()
	held, err := store.AllGrants(t.Context(), a.DB)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]access.Actor{}
	for _, h := range held {
		x := out[h.Account]
		x.ID, x.Name = h.Account, h.Name
		x.Grants = append(x.Grants, access.Grant{Role: h.Role, Unit: h.Unit.ID, Path: h.Path})
		out[h.Account] = x
	}
	return out
}

// later moves the demo's clock on; what falls due by then does.
func later(t *testing.T, a *app.App, name, password string, by time.Duration) {
	t.Helper()
	_, actor, err := a.People.SignIn(t.Context(), name, password, "", accounts.Caller{})
	if err != nil {
		t.Fatal(err)
	}
	token, err := a.People.Token(t.Context(), actor, "clock", 0)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("PUT", "/api/v1/demo/clock", strings.NewReader(fmt.Sprintf(`{"now": %q}`, a.Desk.Clock().Add(by).Format(time.RFC3339))))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token.Secret)
	w := httptest.NewRecorder()
	a.Handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}
