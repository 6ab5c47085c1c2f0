package webhook

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

const (
	page         = 500              // entries in one look
	atOnce       = 4                // requests to one receiver
	mostWaiting  = 10_000           // events for one receiver; the ledger keeps the rest
	firstAgain   = 10 * time.Second // after the first failure; each time twice as long
	longestAgain = 6 * time.Hour
	giveUp       = 3 * 24 * time.Hour // of one event, and of a receiver that takes nothing
	kept         = 30 * 24 * time.Hour
	deaf         = 3                // failures without an answer, after which a run leaves a receiver
	runsFor      = 50 * time.Second // of one run, for one receiver
)

// Run reads the ledger on and sends what is due; the number is of events that
// were taken. It may run on several servers at once: an event is sent by one of
// them at a time. A server that dies while it sends leaves the event to whoever
// comes after its lease: it may arrive twice, under the same id.
func (d *Desk) Run(ctx context.Context) (int, error) {
	hooks, err := store.OpenWebhooks(ctx, d.DB)
	if err != nil || len(hooks) == 0 {
		return 0, err
	}
	head, err := store.LoadHead(ctx, d.DB)
	if err != nil {
		return 0, err
	}
	var taken atomic.Int64
	errs := make([]error, len(hooks))
	var wg sync.WaitGroup
	for i, w := range hooks {
		wg.Go(func() {
			if errs[i] = d.readOn(ctx, w, head.Tree.Size); errs[i] == nil {
				errs[i] = d.serve(ctx, w, &taken)
			}
		})
	}
	wg.Wait()
	return int(taken.Load()), errors.Join(errs...)
}

// readOn puts entries that a webhook did not look at into deliveries.
func (d *Desk) readOn(ctx context.Context, w store.Webhook, size int64) error {
	for w.Next < size {
		if n, err := store.Waiting(ctx, d.DB, w.ID); err != nil || n >= mostWaiting {
			return err
		}
		lines, err := store.Lines(ctx, d.DB, w.Next, page)
		if err != nil || len(lines) == 0 {
			return err
		}
		next := lines[len(lines)-1].Index + 1
		fresh, err := d.meant(ctx, w, lines)
		if err != nil {
			return err
		}
		first := false
		err = d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if first, err = store.MoveWebhookHead(ctx, tx, w, next); err != nil || !first {
				return err
			}
			for _, x := range fresh {
				if err := store.InsertDelivery(ctx, tx, x, d.Clock()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || !first { // another server is at it
			return err
		}
		w.Next = next
	}
	return nil
}

// meant are the deliveries of entries that a webhook asked for.
func (d *Desk) meant(ctx context.Context, w store.Webhook, lines []store.Line) ([]store.Delivery, error) {
	var out []store.Delivery
	var products []string
	for _, l := range lines {
		if t := typeOf(l); slices.Contains(w.Types, t) {
			out = append(out, store.Delivery{ID: newID(), Webhook: w.ID, Entry: l.Index, Product: l.Product, Type: t})
			products = append(products, l.Product)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	about, err := store.Products(ctx, d.DB, products)
	return slices.DeleteFunc(out, func(x store.Delivery) bool {
		p := about[x.Product]
		return p == nil || !p.Path.Within(w.Path)
	}), err
}

// serve sends what is due to a receiver, several products at once and each in
// order, until nothing is due or the receiver does not answer.
func (d *Desk) serve(ctx context.Context, w store.Webhook, taken *atomic.Int64) error {
	var silent atomic.Int64
	for begun := time.Now(); time.Since(begun) < runsFor && silent.Load() < deaf && ctx.Err() == nil; {
		due, err := store.DueDeliveries(ctx, d.DB, w.ID, d.Clock(), 4*atOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		about, err := d.about(ctx, due)
		if err != nil {
			return err
		}
		errs := make([]error, len(due))
		limit := make(chan struct{}, atOnce)
		var wg sync.WaitGroup
		for i, x := range due {
			limit <- struct{}{}
			wg.Go(func() {
				defer func() { <-limit }()
				if silent.Load() >= deaf {
					return
				}
				a, err := d.deliver(ctx, w, x, about[x.Product])
				switch {
				case err != nil:
					errs[i] = err
				case a != nil && a.Error == "":
					taken.Add(1)
					silent.Store(0)
				case a != nil && a.Status == 0:
					silent.Add(1)
				}
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
		if now, err := store.WebhookByID(ctx, d.DB, w.ID); err != nil || now == nil || now.DisabledAt != nil {
			return err // removed, or switched off
		}
	}
	return ctx.Err()
}

func (d *Desk) about(ctx context.Context, due []store.Delivery) (map[string]*ocop.Product, error) {
	var products []string
	for _, x := range due {
		if x.Product != "" {
			products = append(products, x.Product)
		}
	}
	return store.Products(ctx, d.DB, products)
}

// deliver sends one event and keeps how that went; nil when another server has it.
func (d *Desk) deliver(ctx context.Context, w store.Webhook, x store.Delivery, p *ocop.Product) (*store.Attempt, error) {
	var line *store.Line
	var err error
	if x.Entry >= 0 {
		if line, err = store.LineAt(ctx, d.DB, x.Entry); err != nil {
			return nil, err
		}
	}
	body, err := d.write(x, line, p)
	if err != nil {
		return nil, err
	}
	now, mine := d.Clock(), false
	err = d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		mine, err = store.ClaimDelivery(ctx, tx, x, now, now.Add(d.patience()+time.Minute))
		return err
	})
	if err != nil || !mine {
		return nil, err
	}
	a, gone := d.post(ctx, w, x.ID, body)
	if ctx.Err() != nil {
		return nil, ctx.Err() // we stop: nobody knows whether it was taken
	}
	off, err := d.keep(ctx, w, x, a)
	if err == nil && (off || gone) {
		d.Log.Warn("a webhook was switched off", "webhook", w.ID, "unit", w.Unit.Code, "status", a.Status, "err", a.Error)
		err = d.switchOff(ctx, w.ID)
	}
	return &a, err
}

// keep writes down how an attempt went; off says that the receiver took nothing
// for so long that it is left alone.
func (d *Desk) keep(ctx context.Context, w store.Webhook, x store.Delivery, a store.Attempt) (off bool, err error) {
	now := d.Clock()
	err = d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		fresh, err := store.WebhookByID(ctx, tx, w.ID)
		if err != nil || fresh == nil { // removed in the meantime, with its log
			return err
		}
		if err := store.InsertAttempt(ctx, tx, x.ID, a); err != nil {
			return err
		}
		if err := store.WebhookTook(ctx, tx, w.ID, a.Error == "", now); err != nil {
			return err
		}
		if a.Error == "" {
			return store.EndDelivery(ctx, tx, x.ID, store.DeliveryDone, now)
		}
		off = fresh.FailingSince != nil && now.Sub(*fresh.FailingSince) > giveUp
		if !off && x.FirstAt != nil && now.Sub(*x.FirstAt) > giveUp { // others are taken, this one is not
			return store.EndDelivery(ctx, tx, x.ID, store.DeliveryFailed, now)
		}
		return store.DeliverAgain(ctx, tx, x.ID, now.Add(pause(x.Tries)))
	})
	return off, err
}

// pause grows with each try, with a share of chance so that not all come back at once.
func pause(tries int) time.Duration {
	p := longestAgain
	if tries < 20 {
		p = min(firstAgain<<tries, longestAgain)
	}
	return p - time.Duration(rand.Int64N(int64(p)/4+1))
}

// Forget drops deliveries that are over.
func (d *Desk) Forget(ctx context.Context) error {
	return d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.ForgetDeliveries(ctx, tx, d.Clock().Add(-kept))
	})
}
