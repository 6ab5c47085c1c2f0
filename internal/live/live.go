// Package live tells open pages and programs what was committed, as it
// happens. It reads the ledger from where it stopped, so that it also sees what
// other servers on the same database wrote, and hands each follower only what
// that person may see. What an entry says in full is casework's to show.
package live

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

const (
	every      = 500 * time.Millisecond // between looks at the ledger
	page       = 500                    // entries in one look
	room       = 64                     // events that wait for a slow follower, before it is let go
	perAccount = 20
	inAll      = 5000
)

// Event is something that happened to a product.
type Event struct {
	Index   int64      `json:"index"` // of the entry; what to go on from
	At      time.Time  `json:"at"`
	Product string     `json:"product"`
	Code    string     `json:"code"`
	Name    string     `json:"name"`
	Event   string     `json:"event"`
	Kind    string     `json:"kind"`
	State   ocop.State `json:"state"`   // of the product when this was sent
	Version int64      `json:"version"` // likewise
	Actor   string     `json:"actor"`   // name of the account

	place    ocop.Path
	producer string
}

// seenBy reports whether the event is about a product in a view.
func (e Event) seenBy(v access.View) bool { return v.Sees(e.Product, e.place, e.producer) }

// Follower gets events until it leaves or is let go, when C is closed.
type Follower struct {
	C       chan Event
	account string

	mu   sync.Mutex
	view access.View
}

// See changes what the follower may see: grants come and go while it listens.
func (f *Follower) See(v access.View) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.view = v
}

func (f *Follower) sees(e Event) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return e.seenBy(f.view)
}

// News hands out what was committed.
type News struct {
	db   *sqldb.DB
	log  *slog.Logger
	stop context.CancelFunc
	done chan struct{} // closed when it looks no more

	mu        sync.Mutex
	followers map[*Follower]bool
	next      int64 // entry to look at next, while anybody follows
	closed    bool
	wake      chan struct{} // the first follower came
}

// New starts news that nobody follows yet; Close stops it.
func New(db *sqldb.DB, log *slog.Logger) *News {
	ctx, stop := context.WithCancel(context.Background())
	n := &News{db: db, log: log, stop: stop, done: make(chan struct{}), followers: map[*Follower]bool{}, wake: make(chan struct{}, 1)}
	go n.run(ctx)
	return n
}

// Follow adds a follower of what is committed from now on: whatever is not in
// the ledger yet when Follow returns will be told.
//
// Faults: too_many: the account, or all together, follow on too many pages;
// unavailable: the server stops.
func (n *News) Follow(ctx context.Context, a access.Actor) (*Follower, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, fault.New(fault.Unavailable, "unavailable", "Máy chủ đang dừng; hãy thử lại sau.", "The server is stopping; try again later.")
	}
	own := 0
	for f := range n.followers {
		if f.account == a.ID {
			own++
		}
	}
	if own >= perAccount || len(n.followers) >= inAll {
		return nil, fault.New(fault.TooMany, "too_many", "Quá nhiều trang đang theo dõi cùng lúc; hãy đóng bớt.", "Too many pages follow at once; close some.")
	}
	if len(n.followers) == 0 {
		head, err := store.LoadHead(ctx, n.db)
		if err != nil {
			return nil, err
		}
		n.next = head.Tree.Size
	}
	f := &Follower{C: make(chan Event, room), account: a.ID, view: a.Products()}
	n.followers[f] = true
	select {
	case n.wake <- struct{}{}:
	default:
	}
	return f, nil
}

// Leave ends a follower.
func (n *News) Leave(f *Follower) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.drop(f)
}

func (n *News) drop(f *Follower) {
	if n.followers[f] {
		delete(n.followers, f)
		close(f.C)
	}
}

// Close lets all followers go and takes no more.
func (n *News) Close() {
	n.stop()
	<-n.done
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	for f := range n.followers {
		n.drop(f)
	}
}

// run looks at the ledger while anybody follows, until the context ends.
func (n *News) run(ctx context.Context) {
	defer close(n.done)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		from, followed := n.due()
		if !followed {
			select {
			case <-n.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		if err := n.look(ctx, from); err != nil && !errors.Is(err, context.Canceled) {
			n.log.Warn("live: the ledger could not be read", "err", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// due is the entry to look at next, and whether anybody follows.
func (n *News) due() (int64, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.next, len(n.followers) > 0
}

// look hands out what came since an index.
func (n *News) look(ctx context.Context, from int64) error {
	for {
		events, next, err := n.since(ctx, from)
		if err != nil {
			return err
		}
		n.hand(events, next)
		if next-from < page {
			return nil
		}
		from = next
	}
}

// hand gives each follower what it may see; one that does not keep up is let
// go, and comes back from the last event that it saw.
func (n *News) hand(events []Event, next int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next = next
	for f := range n.followers {
		for _, e := range events {
			if !f.sees(e) {
				continue
			}
			select {
			case f.C <- e:
				continue
			default:
			}
			n.drop(f)
			break
		}
	}
}

// Since are the events after an entry that an actor may see, at most one page;
// whole is false when there were more entries than that.
func (n *News) Since(ctx context.Context, a access.Actor, index int64) (out []Event, whole bool, err error) {
	events, next, err := n.since(ctx, index+1)
	view := a.Products()
	for _, e := range events {
		if e.seenBy(view) {
			out = append(out, e)
		}
	}
	return out, next-index-1 < page, err
}

// since reads one page of entries from an index on.
func (n *News) since(ctx context.Context, from int64) (out []Event, next int64, err error) {
	lines, err := store.Lines(ctx, n.db, from, page)
	if err != nil || len(lines) == 0 {
		return nil, from, err
	}
	var products, people []string
	for _, l := range lines {
		if told(l) {
			products, people = append(products, l.Product), append(people, l.Actor)
		}
	}
	next = lines[len(lines)-1].Index + 1
	if len(products) == 0 {
		return nil, next, nil
	}
	about, err := store.Products(ctx, n.db, products)
	if err != nil {
		return nil, from, err
	}
	names, err := store.AccountNames(ctx, n.db, people)
	if err != nil {
		return nil, from, err
	}
	for _, l := range lines {
		if p := about[l.Product]; p != nil && told(l) {
			out = append(out, Event{Index: l.Index, At: l.At, Product: p.ID, Code: p.Code, Name: p.Name, Event: l.Event, Kind: l.Kind,
				State: p.State, Version: p.Version, Actor: names[l.Actor], place: p.Path, producer: p.Producer.ID})
		}
	}
	return out, next, nil
}

// told reports whether an entry changed something about a product: timers that
// were set anew and refusals did not.
func told(l store.Line) bool {
	return l.Product != "" && l.Kind != "schedule" && l.Kind != ledger.KindRefusal
}
