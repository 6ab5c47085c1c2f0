package casework

import (
	"context"
	"slices"
	"time"

	"ocopflow/internal/commit"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// remembered bounds the dossiers that are kept between batches: about 3 KB each.
const remembered = 10_000

// memory holds dossiers as the last batch left them, so that a product which
// moves again need not be read again: reading took 14 statements, most of the
// time of a lone move. It is used by the committer's goroutine alone, and what
// commit.Stale names is forgotten; a dry run, a page and the audit read the
// database.
type memory struct {
	dossiers map[string]*dossier
	accounts map[string]*store.Account // by what forms call them; few, and forgotten with everything else
}

func newMemory() *memory { return &memory{map[string]*dossier{}, map[string]*store.Account{}} }

// forget hears from the committer.
func (m *memory) forget(s commit.Stale) {
	if s.All {
		clear(m.dossiers)
		clear(m.accounts)
	}
	for _, id := range s.Products {
		delete(m.dossiers, id)
	}
}

func (m *memory) keep(id string, x *dossier) {
	for old := range m.dossiers { // any will do
		if len(m.dossiers) < remembered {
			break
		}
		delete(m.dossiers, old)
	}
	m.dossiers[id] = x
}

// Remember lets the desk keep dossiers between the batches of its committer. It
// is called once, before the first move.
func (d *Desk) Remember() {
	d.memory = newMemory()
	d.Committer.OnStale(d.memory.forget)
}

// files are dossiers for moving: as they are remembered, else as they are read.
func (m moves) files(ctx context.Context, q sqldb.Querier, list []string) (map[string]*dossier, error) {
	if m.memory == nil || !writes(q) {
		return m.whole(ctx, q, list)
	}
	out, missing := make(map[string]*dossier, len(list)), []string(nil)
	for _, id := range list {
		if x := m.memory.dossiers[id]; x != nil {
			out[id] = x
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	read, err := m.whole(ctx, q, missing)
	for id, x := range read {
		out[id] = x
		m.memory.keep(id, x)
	}
	return out, err
}

// writes reports whether q is the transaction of a batch: nothing else may use,
// or fill, the memory.
func writes(q sqldb.Querier) bool {
	tx, ok := q.(*sqldb.Tx)
	return ok && tx.Writes()
}

// whole reads dossiers with what only a move needs of them.
func (m moves) whole(ctx context.Context, q sqldb.Querier, list []string) (map[string]*dossier, error) {
	files, err := m.dossiers(ctx, q, list)
	if err != nil || len(files) == 0 {
		return files, err
	}
	timers, err := store.TimersOf(ctx, q, list)
	if err != nil {
		return nil, err
	}
	rounds, err := store.RoundCounts(ctx, q, list)
	if err != nil {
		return nil, err
	}
	scoring, err := store.InSession(ctx, q, list)
	if err != nil {
		return nil, err
	}
	for id, x := range files {
		x.waiting, x.rounds, x.scoring = timers[id], rounds[id], scoring[id]
	}
	return files, nil
}

// account is who a form names, by id or name; nil for nobody.
func (m moves) account(ctx context.Context, q sqldb.Querier, key string) (*store.Account, error) {
	if m.memory == nil || !writes(q) {
		return store.AccountBy(ctx, q, key)
	}
	if a := m.memory.accounts[key]; a != nil {
		return a, nil
	}
	a, err := store.AccountBy(ctx, q, key)
	if a != nil && len(m.memory.accounts) < remembered {
		m.memory.accounts[key] = a
	}
	return a, err
}

// Foresees implements commit.Settler: moves of products that are remembered are
// decided without reading, but for those that number a certificate or are made in
// place of a producer.
func (m remembering) Foresees(asks []any) bool {
	if m.memory == nil {
		return false
	}
	for _, a := range asks {
		ask := a.(Ask)
		if _, numbered := ask.Data["number"]; numbered || ask.OnBehalf.Given() || m.memory.dossiers[ask.Product] == nil {
			return false
		}
	}
	return true
}

// remembering is the kind of single moves, which knows how they left their
// products.
type remembering struct{ moves }

// Settled implements commit.Settler: the dossiers of moves that stood are as the
// moves left them. One that issued, amended or planned something is read again.
func (m remembering) Settled(placed []commit.Placed) {
	if m.memory == nil {
		return
	}
	for _, p := range placed {
		c := p.State.(*change)
		delete(m.memory.dossiers, c.product.ID)
		if c.before == nil || c.created || c.issued != nil || c.amended != nil || c.inspection != nil || c.named != nil {
			continue
		}
		m.memory.keep(c.product.ID, c.settled(p.Entries[0].Index, p.Entries[0].At))
	}
}

// settled is the dossier as a committed change leaves it: what a reader of the
// database would find.
func (c *change) settled(entry int64, at time.Time) *dossier {
	out := c.left
	out.acts[len(out.acts)-1].Entry = entry
	out.acts = slices.DeleteFunc(out.acts, func(a store.Act) bool { // a copy of its own
		p := c.product
		return a.Round != "" && a.Round != p.Round && (a.Campaign == "" || a.Campaign != p.Campaign)
	})
	out.waiting, out.taken, out.numbered = c.timersAfter(at), nil, nil
	if c.opened != nil {
		out.rounds++
	}
	out.scoring = out.scoring && !c.endsSessions
	return out
}

// timersAfter are the product's timers once the change is saved.
func (c *change) timersAfter(now time.Time) []store.Timer {
	out := slices.Clip(c.timers)
	for _, t := range c.before.waiting {
		if t.Stays(now) && !slices.ContainsFunc(c.timers, t.Namesake) {
			out = append(out, t)
		}
	}
	return out
}

// timerChanges are those between the timers that a product had and those that
// its change asks for; most moves inside a round ask for the same ones again.
func (c *change) timerChanges(now time.Time) (gone, set []store.Timer) {
	for _, t := range c.timers {
		i := slices.IndexFunc(c.before.waiting, t.Namesake)
		if i < 0 || !sameTimer(c.before.waiting[i], t) {
			set = append(set, t)
		}
	}
	for _, t := range c.before.waiting {
		if !t.Stays(now) && !slices.ContainsFunc(c.timers, t.Namesake) {
			gone = append(gone, t)
		}
	}
	return gone, set
}

func sameTimer(a, b store.Timer) bool {
	return a.Days == b.Days && a.DueAt.Equal(b.DueAt) && a.Version == b.Version && sameDay(a.LastDay, b.LastDay)
}
