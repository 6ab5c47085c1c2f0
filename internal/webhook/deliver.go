package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

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

// meant are the deliveries of entries that a webhook asked for, and that are
// about what lies where it was registered.
func (d *Desk) meant(ctx context.Context, w store.Webhook, lines []store.Line) ([]store.Delivery, error) {
	asked := slices.DeleteFunc(slices.Clone(lines), func(l store.Line) bool { return !slices.Contains(w.Types, typeOf(l)) })
	if len(asked) == 0 {
		return nil, nil
	}
	known, err := subjects(ctx, d.DB, asked)
	var out []store.Delivery
	for _, l := range asked {
		if s := known[l.Index]; s != nil && s.within(w.Path) {
			out = append(out, store.Delivery{ID: newID(), Webhook: w.ID, Entry: l.Index, Stream: l.Stream, Product: l.Product, Type: typeOf(l)})
		}
	}
	return out, err
}

// serve sends what is due to a receiver, several streams at once and each in
// order, until nothing is due or the receiver does not answer.
func (d *Desk) serve(ctx context.Context, w store.Webhook, taken *atomic.Int64) error {
	var silent atomic.Int64
	for begun := time.Now(); time.Since(begun) < runsFor && silent.Load() < deaf && ctx.Err() == nil; {
		due, err := store.DueDeliveries(ctx, d.DB, w.ID, d.Clock(), 4*atOnce)
		if err != nil || len(due) == 0 {
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
				a, err := d.deliver(ctx, w, x)
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

// deliver sends one event and keeps how that went; nil when another server has it.
func (d *Desk) deliver(ctx context.Context, w store.Webhook, x store.Delivery) (*store.Attempt, error) {
	body, err := d.body(ctx, x)
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

// body is what is sent; without an entry, or what it is about, it says nothing.
func (d *Desk) body(ctx context.Context, x store.Delivery) ([]byte, error) {
	if x.Entry < 0 {
		return d.write(x, nil, nil)
	}
	l, err := store.LineAt(ctx, d.DB, x.Entry)
	if err != nil || l == nil {
		return nil, cmp.Or(err, fmt.Errorf("entry %d is gone", x.Entry))
	}
	about, err := subjects(ctx, d.DB, []store.Line{*l})
	if err != nil {
		return nil, err
	}
	return d.write(x, l, about[l.Index])
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
