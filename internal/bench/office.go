package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/app"
	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// office is the program on a database of its own, with products that go round
// and round: an upgrade is begun, confirmed, its plan approved and sent back
// twice, and it is abandoned. Each step is decided by the procedure in force.
type office struct {
	app      *app.App
	address  string // of its server
	steps    []step
	products []product
}

// step of a product's way round.
type step struct {
	event   ocop.Event
	actor   access.Actor
	token   string
	comment string
	data    map[string]any
}

// product and the step that comes next. At any time it is one client's.
type product struct {
	id   string
	next int
}

// person is somebody with a role, who can sign requests.
type person struct {
	access.Actor
	token string
}

// perProducer is how many products a producer has.
const perProducer = 10

// office starts the program on an empty database and fills it through the
// same acts as ever.
func (b *bench) office(ctx context.Context, database, data string) (*office, error) {
	o, err := b.opened(ctx, database, data)
	if err != nil {
		return nil, err
	}
	if err := o.fill(ctx, b.Products); err != nil {
		return nil, fmt.Errorf("office: %w", err)
	}
	if err := analyse(ctx, o.app.DB); err != nil {
		return nil, err
	}
	return o, o.serve(b)
}

// opened is the program on a database, which may hold an office already.
func (b *bench) opened(ctx context.Context, database, data string) (*office, error) {
	a, err := app.Open(ctx, app.Config{Database: database, Data: data, Idle: true, Rates: app.Rates{Anonymous: -1, SignedIn: -1},
		Hashing: &argon2id.Params{Memory: 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}, // nobody signs in with a password
		Log:     slog.New(slog.NewTextHandler(quiet, nil))})
	if err != nil {
		return nil, err
	}
	b.closing(a.Close)
	return &office{app: a}, b.durable(ctx, a.DB)
}

// serve lets the office be asked over loopback.
func (o *office) serve(b *bench) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: o.app.Handler, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) // ends with Close
	b.closing(server.Close)
	o.address = "http://" + listener.Addr().String()
	return nil
}

func (o *office) fill(ctx context.Context, products int) error {
	for _, u := range []ocop.Unit{{Code: "bo", Kind: ocop.Ministry}, {Code: "tinh", Kind: ocop.Province, Parent: "bo"}, {Code: "xa", Kind: ocop.Commune, Parent: "tinh"}} {
		u.Name = ocop.Text{Vi: u.Code, En: u.Code}
		if _, err := o.app.People.AddUnit(ctx, access.SystemActor, u, nil); err != nil {
			return err
		}
	}
	desk, err := o.person(ctx, access.Office, "tinh")
	if err != nil {
		return err
	}
	commune, err := o.person(ctx, access.Commune, "xa")
	if err != nil {
		return err
	}
	assessed := map[string]any{"officer": commune.ID, "local_origin": "met", "local_labour": "met", "idea_origin": "met", "local_identity": "met"}
	leader, err := o.person(ctx, access.Leader, "tinh")
	if err != nil {
		return err
	}
	approve := step{event: "approve_plan", actor: leader.Actor, token: leader.token}
	back := step{event: "send_back", actor: desk.Actor, token: desk.token, comment: "Bổ sung phương án"}
	o.steps = []step{
		{event: "begin_upgrade", actor: desk.Actor, token: desk.token, data: map[string]any{"target": int64(4)}},
		{event: "confirm", actor: commune.Actor, token: commune.token, data: assessed},
		approve, back, approve, back,
		{event: "abandon", actor: desk.Actor, token: desk.token, comment: "Chủ thể xin dừng"},
	}
	return o.enter(ctx, desk.Actor, products)
}

func (o *office) person(ctx context.Context, role ocop.Role, unit string) (p person, err error) {
	acc, err := o.app.People.Add(ctx, access.SystemActor, accounts.NewAccount{Name: string(role)}, nil)
	if err != nil {
		return p, err
	}
	grant, err := o.app.People.Grant(ctx, access.SystemActor, acc.ID, role, unit, nil)
	if err != nil {
		return p, err
	}
	p.Actor = access.Actor{ID: acc.ID, Name: acc.Name, Grants: []access.Grant{grant}}
	secret, err := o.app.People.Token(ctx, p.Actor, "bench", time.Hour*24)
	p.token = secret.Secret
	return p, err
}

// enter brings producers in, several at a time, each with its products and the
// idea form that counts for all of them.
func (o *office) enter(ctx context.Context, desk access.Actor, products int) error {
	producers := (products + perProducer - 1) / perProducer
	found, errs := make([][]product, producers), make([]error, producers)
	limit := make(chan struct{}, 64)
	var wg sync.WaitGroup
	for n := range producers {
		limit <- struct{}{}
		wg.Go(func() {
			found[n], errs[n] = o.producer(ctx, desk, n)
			<-limit
		})
	}
	wg.Wait()
	for _, list := range found {
		o.products = append(o.products, list...)
	}
	return errors.Join(errs...)
}

// goods are what products are called after.
var goods = []string{"Nước mắm", "Mật ong", "Gạo", "Trà xanh", "Chả cá", "Bánh đa", "Rượu sim", "Bưởi", "Cam bù", "Nhung hươu"}

func (o *office) producer(ctx context.Context, desk access.Actor, n int) ([]product, error) {
	owner, err := o.app.People.AddProducer(ctx, access.SystemActor, ocop.Producer{Code: fmt.Sprintf("htx-%06d", n), Name: fmt.Sprintf("Hợp tác xã %d", n), Form: "cooperative", Unit: "xa"}, nil)
	if err != nil {
		return nil, err
	}
	issued := ocop.DateOf(time.Now()) - 100
	asks := make([]casework.Ask, perProducer)
	for i := range asks {
		code := fmt.Sprintf("sp-%06d", n*perProducer+i)
		asks[i] = casework.Ask{Actor: desk, Event: "import",
			New:  &casework.Registration{Code: code, Name: fmt.Sprintf("%s số %d", goods[i%len(goods)], n), Producer: owner.ID, Set: 9},
			Data: map[string]any{"number": "K-" + code[3:], "stars": int64(3), "issued_on": issued.String()}}
	}
	var list []product
	// The documents come with the first: they count for all that follow.
	for i, some := range [][]casework.Ask{asks[:1], asks[1:]} {
		moved, errs := o.app.Desk.MoveMany(ctx, some)
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
		for _, m := range moved {
			list = append(list, product{id: m.Product.ID})
		}
		if i == 0 {
			if err := o.documents(ctx, desk, list[0].id); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// documents that the steps need, of the producer as a whole.
func (o *office) documents(ctx context.Context, desk access.Actor, product string) error {
	for _, kind := range []string{"idea_form", "business_plan", "self_score", "cost_estimate"} {
		taken, err := o.app.Desk.Vault.Take(ctx, strings.NewReader("%PDF-1.4\n% "+kind+"\n%%EOF\n"), 1<<20)
		if err != nil {
			return err
		}
		if _, err := o.app.Desk.AddDocument(ctx, casework.Upload{Product: product, Kind: kind, Name: "giay.pdf", Taken: taken, Whole: true, Actor: desk}); err != nil {
			return err
		}
	}
	return nil
}

// analyse lets Postgres look at what it holds, as it does by itself in time.
func analyse(ctx context.Context, db *sqldb.DB) error {
	if db.Dialect() != sqldb.Postgres {
		return nil
	}
	_, err := db.Writer().ExecContext(ctx, "ANALYZE")
	return err
}
