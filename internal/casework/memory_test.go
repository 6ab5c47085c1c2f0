//go:build unix

package casework_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"testing"

	"github.com/alexedwards/argon2id"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/app"
	"ocopflow/internal/audit"
	"ocopflow/internal/casework"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// However moves, documents, corrections of plans and other servers follow one
// another, what the desk remembers of a product is what the database holds.
func TestWhatIsRememberedIsWhatIsThere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		a, other := two(t, address)
		ids, all := products(t, a)
		random := rand.New(rand.NewPCG(1, 2))
		stood, seen := 0, 0
		for step := range 160 {
			desk, id := a.Desk, ids[random.IntN(len(ids))]
			if random.IntN(12) == 0 {
				desk = other.Desk // another server on the same database
			}
			if random.IntN(10) == 0 {
				document(t, a, desk, all, id, random)
				continue
			}
			if try(t, desk, all, id, random) {
				stood++
			}
			if desk == other.Desk { // this one hears of it with its next act
				continue
			}
			n, wrong, err := a.Desk.Misremembered(t.Context())
			if err != nil || wrong != "" {
				t.Fatalf("step %d: %s %v", step, wrong, err)
			}
			seen = max(seen, n)
		}
		if stood < 30 || seen < 3 {
			t.Errorf("%d moves stood, %d products were remembered", stood, seen)
		}
		if r, err := audit.Verify(t.Context(), a.DB, audit.Options{}); err != nil || !r.OK {
			t.Errorf("%+v %v", r, err)
		}
	})
}

// People who sign in and out, or fail to, all day long do not let the desk forget
// what it knows of products; a new role does.
func TestWhoComesAndGoesLetsNoProductBeForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		a := open(t, address, true)
		demo, err := a.LoadDemo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ids, all := products(t, a)
		random := rand.New(rand.NewPCG(3, 4))
		for range 40 {
			try(t, a.Desk, all, ids[random.IntN(len(ids))], random)
		}
		kept := func() int {
			n, wrong, err := a.Desk.Misremembered(t.Context())
			if err != nil || wrong != "" {
				t.Fatalf("%s %v", wrong, err)
			}
			return n
		}
		before := kept()
		someone := demo[0]
		s, actor, err := a.People.SignIn(t.Context(), someone.Name, someone.Password, "", accounts.Caller{})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{someone.Name, "nobody-of-that-name"} {
			if _, _, err := a.People.SignIn(t.Context(), name, "a wrong password", "", accounts.Caller{}); err == nil {
				t.Fatal("a wrong password was taken")
			}
		}
		if _, err := a.People.Token(t.Context(), actor, "x", 0); err != nil {
			t.Fatal(err)
		}
		if err := a.People.Forget(t.Context(), actor, s.ID); err != nil {
			t.Fatal(err)
		}
		if n := kept(); before < 3 || n != before {
			t.Errorf("%d products were remembered, %d are after people came and went", before, n)
		}
		if _, err := a.People.Grant(t.Context(), all, actor.ID, access.Auditor, all.Grants[0].Unit, nil); err != nil {
			t.Fatal(err)
		}
		if n := kept(); n != 0 {
			t.Errorf("%d products are remembered after a role was given", n)
		}
	})
}

// A move that another server makes lets its own product be forgotten and no other;
// what is not of a product lets all be.
func TestAnotherServersMoveLetsItsProductBeForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		a, other := two(t, address)
		ids, all := products(t, a)
		random := rand.New(rand.NewPCG(5, 6))
		enough := func(desk *casework.Desk, id string) {
			for range 50 {
				if try(t, desk, all, id, random) {
					return
				}
			}
			t.Fatalf("nothing of %s stood", id)
		}
		heard := func(not string) int {
			n, wrong, err := a.Desk.Misremembered(t.Context())
			if err != nil || wrong != "" {
				t.Fatalf("%s %v", wrong, err)
			}
			if a.Desk.Remembers(not) {
				t.Errorf("%s is remembered as it was", not)
			}
			return n
		}
		for _, id := range ids[:3] {
			enough(a.Desk, id)
		}
		enough(other.Desk, ids[0])
		enough(a.Desk, ids[1]) // hears of it
		if n := heard(ids[0]); n < 2 {
			t.Errorf("%d products are remembered after another server moved one of three", n)
		}
		if _, err := other.People.Add(t.Context(), access.SystemActor, accounts.NewAccount{Name: "somebody"}, nil); err != nil {
			t.Fatal(err)
		}
		enough(a.Desk, ids[1])
		if n := heard(ids[2]); n != 1 {
			t.Errorf("%d products are remembered after another server added an account", n)
		}
	})
}

// two are servers on one database, which holds the demo.
func two(t *testing.T, address string) (a, other *app.App) {
	t.Helper()
	a = open(t, address, true)
	if _, err := a.LoadDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a, open(t, address, false)
}

func open(t *testing.T, address string, demo bool) *app.App {
	t.Helper()
	a, err := app.Open(context.Background(), app.Config{Database: address, Data: t.TempDir(), Demo: demo, Idle: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Hashing: &argon2id.Params{Memory: 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// products of the office, and somebody who holds every role above all of them.
func products(t *testing.T, a *app.App) (ids []string, all access.Actor) {
	t.Helper()
	rows, err := a.DB.Query(t.Context(), `SELECT id, path FROM products ORDER BY code`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all = access.Actor{ID: ocop.System, Name: ocop.System}
	for rows.Next() {
		var id, path string
		if err := rows.Scan(&id, &path); err != nil {
			t.Fatal(err)
		}
		if ids = append(ids, id); len(all.Grants) == 0 {
			for _, role := range access.Grantable {
				all.Grants = append(all.Grants, access.Grant{Role: role, Unit: ocop.Path(path).Unit(ocop.Province), Path: ocop.Path(path).Upto(ocop.Province)})
			}
		}
	}
	return ids, all
}

// try takes a random event that the product's state knows and fills in its form.
func try(t *testing.T, d *casework.Desk, all access.Actor, id string, random *rand.Rand) bool {
	t.Helper()
	actions, err := d.Actions(t.Context(), all, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(actions) == 0 {
		return false
	}
	act := actions[random.IntN(len(actions))]
	data := map[string]any{}
	for _, f := range act.Form {
		switch {
		case len(f.Options) > 0:
			data[f.Name] = f.Options[0].Value
		case f.Type == "int":
			data[f.Name] = int64(4)
		case f.Type == "day":
			data[f.Name] = d.Today().String()
		case f.Type == "account":
			data[f.Name] = "office"
		case f.Type == "code":
			data[f.Name] = fmt.Sprintf("QD-%d", random.IntN(1000))
		case f.Type == "text":
			data[f.Name] = "lời"
		}
	}
	_, err = d.Move(t.Context(), casework.Ask{Product: id, Actor: all, Event: act.Event, Comment: "vì một lý do", Data: data})
	return err == nil
}

func document(t *testing.T, a *app.App, d *casework.Desk, all access.Actor, id string, random *rand.Rand) {
	t.Helper()
	taken, err := d.Vault.Take(t.Context(), bytes.NewReader(fmt.Appendf(nil, "%%PDF-1.4\n%% %d\n%%%%EOF\n", random.Int64())), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{"idea_form", "business_plan", "self_score", "cost_estimate", "renewal_dossier"}
	if _, err := d.AddDocument(t.Context(), casework.Upload{Product: id, Kind: kinds[random.IntN(len(kinds))], Name: "x.pdf", Taken: taken, Whole: random.IntN(2) == 0, Actor: all}); err != nil {
		t.Fatal(err)
	}
	if d != a.Desk {
		return
	}
	if n, wrong, err := a.Desk.Misremembered(t.Context()); err != nil || wrong != "" {
		t.Fatalf("after a document, %d: %s %v", n, wrong, err)
	}
}
