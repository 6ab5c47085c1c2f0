package correspondence

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/vault"
)

// Entry is a paper that a clerk puts into a register.
type Entry struct {
	Unit       string // id or code; "" takes the actor's own
	Direction  store.Direction
	Symbol     string // number and symbol on the paper
	Dated      *ocop.Date
	ReceivedOn *ocop.Date // nil is today
	Kind       string     // "" is another paper
	Parties    []string   // ids or codes of units and producers
	Others     string     // who it came from or goes to beside them
	Summary    string
	Products   []string     // ids or codes
	Decision   string       // id of a recorded decision
	FileName   string       // "" without a scan
	Taken      *vault.Taken // the scan, which lies in the vault; nil without one
	Actor      access.Actor
	Key        *commit.Key
}

// Register puts a paper into the register of a unit, under the next number of its
// year.
//
// Faults: not_found; who_may_not (Forbidden); paper_line_wrong (Invalid);
// symbol_used (Conflict).
func (d *Desk) Register(ctx context.Context, e Entry) (store.Paper, error) {
	l, err := d.register(ctx, e)
	if e.Taken != nil {
		err = errors.Join(err, d.Cases.Vault.Settle(context.WithoutCancel(ctx), e.Taken))
	}
	return l, err
}

func (d *Desk) register(ctx context.Context, e Entry) (store.Paper, error) {
	unit, err := UnitOf(ctx, d.DB, e.Actor, e.Unit, keepers, mayNot())
	if err != nil {
		return store.Paper{}, err
	}
	decide := func(ctx context.Context, q sqldb.Querier, now time.Time) (commit.Outcome, error) {
		l, places, err := d.line(ctx, q, e, unit, now)
		if err != nil {
			return commit.Outcome{}, err
		}
		var file *scan
		if l.File != nil {
			file = &scan{*l.File, e.Taken}
		}
		draft := lineDraft(l, e.Actor, e.Key, "register_paper")
		if file != nil {
			draft.Refs = []string{"sha256:" + l.File.SHA256}
		}
		return commit.Outcome{Drafts: []ledger.Draft{draft}, State: writing(l, places, file, nil), Answer: func([]ledger.Entry) any { return l }}, nil
	}
	return commit.Do[store.Paper](ctx, d.Committer, commit.Act{Kind: commit.Once, Ask: commit.Alone(decide), Key: e.Key, Locks: []string{Lock(unit.ID)}})
}

// line is what an entry becomes, once nothing stands against it.
func (d *Desk) line(ctx context.Context, q sqldb.Querier, e Entry, unit *ocop.Unit, now time.Time) (l store.Paper, places []ocop.Path, err error) {
	on := ocop.DateOf(now)
	l = store.Paper{ID: casework.NewID(), Unit: ocop.Ref{ID: unit.ID, Code: unit.Code, Name: unit.Name.Vi}, Path: unit.Path, Year: on.Year(), Direction: e.Direction,
		Symbol: strings.TrimSpace(e.Symbol), Dated: e.Dated, ReceivedOn: e.ReceivedOn, RegisteredOn: on, Kind: e.Kind, Others: strings.TrimSpace(e.Others), Summary: strings.TrimSpace(e.Summary),
		Decision: strings.TrimSpace(e.Decision), RegisteredBy: e.Actor.ID, RegisteredAt: now, Version: 1, Parties: []ocop.Ref{}, Products: []ocop.Ref{}}
	bad := wrong()
	checkDays(bad, &l, on)
	checkWords(bad, &l)
	if places, err = d.parties(ctx, q, bad, e, &l); err != nil {
		return l, nil, err
	}
	if err = d.concerns(ctx, q, bad, e, &l); err != nil {
		return l, nil, err
	}
	if e.Taken != nil {
		l.File = scanned(bad, e.FileName, e.Taken, e.Actor, now)
		l.File.Paper = l.ID
	}
	if err := bad.OrNil(); err != nil {
		return l, nil, err
	}
	if err := d.symbolFree(ctx, q, l); err != nil {
		return l, nil, err
	}
	of := l.RegisteredOn
	if l.Direction == store.Received {
		of = *l.ReceivedOn
	} else if l.Dated != nil {
		of = *l.Dated
	}
	l.DueOn = d.due(of, on)
	l.Late, l.Sought = l.RegisteredOn > l.DueOn, sought(l)
	l.Number, err = store.NextPaper(ctx, q, unit.ID, l.Direction, l.Year)
	return l, places, err
}

// checkDays fills in the days that are today unless given.
func checkDays(bad *fault.Error, l *store.Paper, today ocop.Date) {
	future := func(place string, day *ocop.Date) {
		if day != nil && *day > today {
			bad.At(place, "Không được ở tương lai.", "Must not lie in the future.")
		}
	}
	future("body.dated", l.Dated)
	switch l.Direction {
	case store.Received:
		if l.ReceivedOn == nil {
			l.ReceivedOn = &today
		}
		future("body.received_on", l.ReceivedOn)
		if l.Dated != nil && *l.ReceivedOn < *l.Dated {
			bad.At("body.received_on", "Không thể đến trước ngày của văn bản.", "It cannot have come before its own date.")
		}
	case store.Sent:
		if l.Dated == nil {
			l.Dated = &today
		}
		if l.ReceivedOn != nil {
			bad.At("body.received_on", "Chỉ ghi cho văn bản đến.", "Only for papers received.")
		}
	default:
		bad.At("body.direction", "Phải là received (đến) hoặc sent (đi).", "Must be received or sent.")
	}
}

func checkWords(bad *fault.Error, l *store.Paper) {
	bad.Length("body.symbol", l.Symbol, 0, maxSymbol)
	bad.Length("body.summary", l.Summary, 1, maxSummary)
	bad.Length("body.others", l.Others, 0, maxOthers)
	if l.Kind == "" {
		l.Kind = "other"
	}
	if KindOf(l.Kind) == nil {
		bad.At("body.kind", "Không có loại văn bản này.", "There is no such kind of paper.")
	}
}

// parties finds from whom the paper came, or to whom it goes. A producer that is
// not in the actor's view is not there.
func (d *Desk) parties(ctx context.Context, q sqldb.Querier, bad *fault.Error, e Entry, l *store.Paper) (places []ocop.Path, err error) {
	if len(e.Parties) > maxParties {
		bad.At("body.parties", fmt.Sprintf("Tối đa %d nơi.", maxParties), fmt.Sprintf("At most %d.", maxParties))
		return nil, nil
	}
	if len(e.Parties) == 0 && l.Others == "" {
		bad.At("body.parties", "Phải ghi nơi gửi hoặc nơi nhận.", "Say from whom it came, or to whom it goes.")
	}
	units := map[string]*ocop.Unit{}
	var found []string
	for i, key := range e.Parties {
		u, err := store.UnitBy(ctx, q, strings.TrimSpace(key))
		if err != nil {
			return nil, err
		}
		if u == nil || u.Kind == ocop.Producers && !e.Actor.Products().Sees("", u.Path, u.ID) {
			bad.At(fmt.Sprintf("body.parties[%d]", i), "Không có đơn vị hay chủ thể này.", "There is no such unit or producer.")
			continue
		}
		units[u.ID], found = u, append(found, u.ID)
	}
	return with(l, units, found), nil
}

// concerns finds the products and the decision that a paper is about, all of
// which the actor must see.
func (d *Desk) concerns(ctx context.Context, q sqldb.Querier, bad *fault.Error, e Entry, l *store.Paper) error {
	if len(e.Products) > maxConcern {
		bad.At("body.products", fmt.Sprintf("Tối đa %d sản phẩm.", maxConcern), fmt.Sprintf("At most %d products.", maxConcern))
		return nil
	}
	named, err := store.ProductIDs(ctx, q, e.Products)
	if err != nil {
		return err
	}
	found, err := store.Products(ctx, q, named)
	if err != nil {
		return err
	}
	for i, id := range named {
		p := found[id]
		if p == nil || !e.Actor.Products().Sees(p.ID, p.Path, p.Producer.ID) {
			bad.At(fmt.Sprintf("body.products[%d]", i), "Không có sản phẩm này.", "There is no such product.")
			continue
		}
		if !slices.ContainsFunc(l.Products, func(r ocop.Ref) bool { return r.ID == id }) {
			l.Products = append(l.Products, ocop.Ref{ID: id, Code: p.Code, Name: p.Name})
		}
	}
	if l.Decision == "" {
		return nil
	}
	k, err := d.Cases.Decision(ctx, e.Actor, l.Decision)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if k == nil {
		bad.At("body.decision", "Không có quyết định này.", "There is no such decision.")
		return nil
	}
	l.DecisionNumber = k.Number
	return nil
}

// symbolFree refuses a symbol that the unit gave to another paper of that year, or
// a paper that came in already: of the same sender with the same symbol.
//
// Faults: symbol_used (Conflict).
func (d *Desk) symbolFree(ctx context.Context, q sqldb.Querier, l store.Paper) error {
	if store.FoldNumber(l.Symbol) == "" {
		return nil
	}
	year := l.Year
	if l.Dated != nil {
		year = l.Dated.Year()
	}
	list, err := store.Symboled(ctx, q, l.Unit.ID, l.Direction, year, l.Symbol)
	if err != nil {
		return err
	}
	for _, old := range list {
		if l.Direction == store.Sent || sameSender(old, l) {
			return fault.New(fault.Conflict, "symbol_used", fmt.Sprintf("Văn bản số %s đã vào sổ, dòng %d năm %d. Nếu dòng ấy ghi nhầm, hãy hủy dòng trước.", l.Symbol, old.Number, old.Year),
				fmt.Sprintf("The paper %s is in the register already, line %d of %d. If that line is a mistake, void it first.", l.Symbol, old.Number, old.Year))
		}
	}
	return nil
}

func sameSender(a, b store.Paper) bool {
	if ocop.Fold(a.Others) != ocop.Fold(b.Others) || len(a.Parties) != len(b.Parties) {
		return false
	}
	for _, p := range a.Parties {
		if !slices.ContainsFunc(b.Parties, func(r ocop.Ref) bool { return r.ID == p.ID }) {
			return false
		}
	}
	return true
}
