// Package webhook tells programs of others what happened to products, petitions
// and duties: it owns the receivers that units register, reads the ledger on for
// them, and delivers events as CloudEvents, signed as Standard Webhooks says, at
// least once and in order for each stream. What an event is, the ledger says.
package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Desk registers receivers and delivers to them.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	People    *accounts.People
	Clock     func() time.Time
	Log       *slog.Logger
	Source    string        // whose events they are: the public address, or the ledger's name
	Agent     string        // how we introduce ourselves
	Private   bool          // receivers may lie in private networks, and on this machine by http
	Patience  time.Duration // with one request; 0 for 10 seconds

	once   sync.Once
	client *http.Client // made by once
}

const (
	mostInUnit = 20
	maxURL     = 2000
	secretLife = 24 * time.Hour // of a secret that was replaced
)

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Registered is a webhook together with the only copy of its secret.
type Registered struct {
	store.Webhook
	Secret string `json:"secret" doc:"of Standard Webhooks; shown this once"`
}

// New is a webhook to be registered.
type New struct {
	Unit  string // id or code; "" for the first that the actor can register for
	URL   string
	Types []string // none for all
}

// governs are the places for which an actor registers webhooks.
func governs(a access.Actor) (out []ocop.Path) {
	for _, g := range a.Grants {
		if g.Role == access.Admin || g.Role == access.Office {
			out = append(out, g.Path)
		}
	}
	return out
}

func mayNot() error {
	f := fault.New(fault.Forbidden, "who_may_not", "Webhook do người quản trị hoặc Văn phòng Điều phối của đơn vị đăng ký.", "Webhooks are registered by an administrator or the coordination office of the unit.")
	f.Reasons = []fault.Reason{{Code: "role_missing", Who: true, Verified: true, Required: string(access.Admin), CureBy: []ocop.Role{access.Admin, access.Office}, Message: f.Message}}
	return f
}

// notFound also answers for a webhook that is not the caller's to see.
func notFound() error {
	return fault.New(fault.NotFound, "not_found", "Không có webhook này.", "There is no such webhook.")
}

func wrong() *fault.Error {
	return fault.New(fault.Invalid, "webhook_wrong", "Nội dung webhook chưa đúng.", "The webhook is not right.")
}

// List gives the webhooks of units that the actor governs, after an id.
//
// Faults: who_may_not (Forbidden).
func (d *Desk) List(ctx context.Context, a access.Actor, after string, limit int) ([]store.Webhook, error) {
	places := governs(a)
	if len(places) == 0 {
		return nil, mayNot()
	}
	return store.Webhooks(ctx, d.DB, places, after, limit)
}

// Get finds a webhook that the actor governs.
//
// Faults: not_found.
func (d *Desk) Get(ctx context.Context, a access.Actor, id string) (store.Webhook, error) {
	return find(ctx, d.DB, a, id)
}

func find(ctx context.Context, q sqldb.Querier, a access.Actor, id string) (store.Webhook, error) {
	w, err := store.WebhookByID(ctx, q, id)
	if err != nil {
		return store.Webhook{}, err
	}
	if w == nil || !slices.ContainsFunc(governs(a), w.Path.Within) {
		return store.Webhook{}, notFound()
	}
	return *w, nil
}

// check looks at the shape of a webhook.
func (d *Desk) check(n *New) error {
	bad := wrong()
	if why := d.unfit(n.URL); why != nil {
		bad.At("body.url", why.Vi, why.En)
	}
	if len(n.Types) == 0 {
		n.Types = Types
	}
	for _, t := range n.Types {
		if !slices.Contains(Types, t) {
			bad.At("body.types", "Chỉ có: "+strings.Join(Types, ", ")+".", "There are only: "+strings.Join(Types, ", ")+".")
			break
		}
	}
	n.Types = slices.Compact(slices.Sorted(slices.Values(n.Types)))
	return bad.OrNil()
}

// unfit says why an address cannot be a receiver's; nil when it can.
func (d *Desk) unfit(address string) *ocop.Text {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxURL || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return &ocop.Text{Vi: "Địa chỉ phải có dạng https://may-chu/duong-dan, tối đa 2000 ký tự, không kèm tên và mật khẩu.", En: "An address looks like https://host/path, at most 2000 characters, without a name and password."}
	}
	if u.Scheme == "https" || u.Scheme == "http" && d.Private && isLoopback(u.Hostname()) {
		if d.Private || public(u.Hostname()) {
			return nil
		}
		return &ocop.Text{Vi: "Địa chỉ này nằm trong mạng nội bộ; máy chủ không gửi tới đó.", En: "The address lies in a private network, to which this server sends nothing."}
	}
	return &ocop.Text{Vi: "Địa chỉ phải bắt đầu bằng https://.", En: "The address must begin with https://."}
}

// Register adds a receiver; what happens from now on is sent to it.
//
// Faults: webhook_wrong (Invalid); not_found; who_may_not (Forbidden);
// too_many_webhooks (Conflict).
func (d *Desk) Register(ctx context.Context, a access.Actor, n New) (Registered, error) {
	places := governs(a)
	if len(places) == 0 {
		return Registered{}, mayNot()
	}
	if err := d.check(&n); err != nil {
		return Registered{}, err
	}
	unit, err := d.unit(ctx, a, n.Unit)
	if err != nil {
		return Registered{}, err
	}
	if !slices.ContainsFunc(places, unit.Path.Within) {
		return Registered{}, mayNot()
	}
	w := store.Webhook{ID: newID(), Unit: ocop.Ref{ID: unit.ID, Code: unit.Code, Name: unit.Name.Vi}, Path: unit.Path, URL: n.URL, Types: n.Types, CreatedBy: a.ID, Version: 1}
	secret, sealed, err := d.freshSecret(w.ID)
	if err != nil {
		return Registered{}, err
	}
	w.Secret = sealed
	return commit.Do[Registered](ctx, d.Committer, commit.Act{Kind: commit.Once, Locks: []string{"webhooks:" + unit.ID},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
			had, err := store.WebhooksIn(ctx, q, unit.ID)
			if err != nil {
				return commit.Outcome{}, err
			}
			if had >= mostInUnit {
				return commit.Outcome{}, fault.New(fault.Conflict, "too_many_webhooks", "Đơn vị đã có 20 webhook; hãy xóa bớt.", "The unit has 20 webhooks already; remove one.")
			}
			w := w
			w.CreatedAt = now
			return commit.Outcome{
				Drafts: []ledger.Draft{draft(w, a, "register_webhook")},
				State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, entries []ledger.Entry) error {
					return store.InsertWebhook(ctx, tx, w, entries[0].Index+1)
				}),
				Answer: func([]ledger.Entry) any { return Registered{w, secret} },
			}, nil
		})})
}

// unit is the one named, or the first that the actor governs.
func (d *Desk) unit(ctx context.Context, a access.Actor, named string) (*ocop.Unit, error) {
	if named == "" {
		for _, g := range a.Grants {
			if g.Role == access.Admin || g.Role == access.Office {
				named = g.Unit
				break
			}
		}
	}
	u, err := store.UnitBy(ctx, d.DB, named)
	if err == nil && u == nil {
		err = fault.New(fault.NotFound, "not_found", "Không có đơn vị này.", "There is no such unit.")
	}
	return u, err
}

// draft is the entry of an act on a webhook, with the roles that were used.
func draft(w store.Webhook, a access.Actor, event string) ledger.Draft {
	by := ledger.Actor{ID: a.ID}
	for _, g := range a.Grants {
		if (g.Role == access.Admin || g.Role == access.Office) && w.Path.Within(g.Path) {
			by.Grants = append(by.Grants, ledger.Grant{Role: string(g.Role), Unit: g.Unit})
		}
	}
	return ledger.Draft{Stream: "unit:" + w.Unit.ID, Kind: ledger.KindSecurity, Event: event, Actor: by, Data: ledger.Map{"webhook": w.ID}}
}
