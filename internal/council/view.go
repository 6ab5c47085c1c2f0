package council

import (
	"context"
	"encoding/json"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// View is a session as one reader gets it: before the opening nobody reads
// another's sheet or any sum, and a member who has not declared reads nothing
// but what to declare about.
type View struct {
	ID         string           `json:"id"`
	Product    ocop.Ref         `json:"product"`
	Producer   ocop.Ref         `json:"producer"`
	Council    ocop.Ref         `json:"council"`
	Unit       ocop.Ref         `json:"unit"` // whose council it is
	Decision   string           `json:"decision"`
	DecidedOn  ocop.Date        `json:"decided_on"`
	Round      string           `json:"round"`
	Level      ocop.Level       `json:"level"`
	Kind       string           `json:"kind"`
	HeldOn     ocop.Date        `json:"held_on"`
	Place      string           `json:"place"`
	Criteria   string           `json:"criteria"`
	Set        int              `json:"set"`
	Verified   bool             `json:"verified"` // the sheets were seen in the annex of the procedure's own decision
	Status     store.Status     `json:"status"`
	Turn       int              `json:"turn"`
	Version    int64            `json:"version"`
	Seats      []Seat           `json:"seats"`
	Entitled   int64            `json:"entitled"`
	Quorum     int64            `json:"quorum"`
	Sealed     int64            `json:"sealed"`
	MaxSpread  int64            `json:"max_spread"`
	Runs       bool             `json:"runs"`   // the reader keeps the session
	Scores     bool             `json:"scores"` // the reader may fill in a sheet
	Agreed     *criteria.Sheet  `json:"agreed"`
	Mine       *Own             `json:"mine"`
	Sheets     []Shown          `json:"sheets"` // of every turn that was opened
	Spread     *int64           `json:"spread"` // once opened
	Result     *criteria.Result `json:"result"` // once opened; final when closed
	Floors     []criteria.Floor `json:"floors"` // those missed, in words
	CreatedAt  time.Time        `json:"created_at"`
	Incomplete []string         `json:"incomplete"` // criteria that nothing was chosen for, of the reader's own sheet
}

// Seat is a member's part.
type Seat struct {
	Account  string         `json:"account"`
	Name     string         `json:"name"`
	Display  string         `json:"display"`
	Position store.Position `json:"position"`
	Scores   bool           `json:"scores"`
	Declared bool           `json:"declared"`
	Recused  bool           `json:"recused"`
	Grounds  []string       `json:"grounds"` // of the recusal
	Sealed   bool           `json:"sealed"`
	Seal     string         `json:"seal"` // as the ledger holds it
}

// Own is the reader's own sheet: personal choices before, all choices after it
// was sealed.
type Own struct {
	criteria.Sheet
	Opinion string `json:"opinion"`
	Total   int64  `json:"total"` // with what was agreed
	Sealed  bool   `json:"sealed"`
	Version int64  `json:"version"`
}

// Shown is an opened sheet.
type Shown struct {
	Account string         `json:"account"`
	Name    string         `json:"name"`
	Display string         `json:"display"`
	Turn    int            `json:"turn"`
	Sheet   criteria.Sheet `json:"sheet"`
	Total   int64          `json:"total"`
	Opinion string         `json:"opinion"`
	Seal    string         `json:"seal"`
	Intact  bool           `json:"intact"` // it is what was sealed
}

// Session reads one as the actor gets it.
//
// Faults: not_found.
func (d *Desk) Session(ctx context.Context, a access.Actor, id string) (View, error) {
	f, err := d.load(ctx, d.DB, a, id, d.Clock())
	if err != nil {
		return View{}, err
	}
	return f.view(a), nil
}

// Sessions lists those in which the actor has a part, the newest first.
func (d *Desk) Sessions(ctx context.Context, a access.Actor, filter store.SessionFilter) ([]View, error) {
	if filter.Account = a.ID; !filter.Mine {
		filter.View = a.Oversees()
	}
	rows, err := store.Sessions(ctx, d.DB, filter)
	if err != nil {
		return nil, err
	}
	out := []View{}
	for _, x := range rows {
		v, err := d.Session(ctx, a, x.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (f *file) view(a access.Actor) View {
	x, p := f.session, f.standing.Product
	v := View{ID: x.ID, Product: ocop.Ref{ID: p.ID, Code: p.Code, Name: p.Name}, Producer: p.Producer, Council: ocop.Ref{ID: f.council.ID, Name: f.council.Name},
		Unit: f.council.Unit, Decision: f.council.Decision, DecidedOn: f.council.DecidedOn,
		Round: x.Round, Level: x.Level, Kind: x.Kind, HeldOn: x.HeldOn, Place: x.Place, Criteria: f.rules.Criteria, Set: f.set.Number,
		Verified: f.rules.SheetsVerified(f.set.Decision), Status: x.Status, Turn: x.Turn, Version: x.Version, Entitled: f.entitled(),
		MaxSpread: f.maxSpread(), CreatedAt: x.CreatedAt, Sheets: []Shown{}, Seats: []Seat{}, Floors: []criteria.Floor{}, Incomplete: []string{}}
	v.Quorum, v.Runs = f.rules.Quorum(v.Entitled), f.runs(a)
	_, err := f.scorer(a)
	v.Scores = err == nil
	for _, s := range x.Seats {
		v.Seats = append(v.Seats, f.seatView(s, a))
		if v.Seats[len(v.Seats)-1].Sealed {
			v.Sealed++
		}
	}
	if own := f.seat(a); own != nil && (own.Recused || f.scores(*own) && !v.Scores && !v.Runs && !f.oversees(a)) {
		return v // recused, or not declared yet
	}
	v.Agreed = x.Agreed
	if v.Scores {
		f.mine(&v, a)
	}
	f.disclose(&v)
	return v
}

func (f *file) seatView(s store.Seat, a access.Actor) Seat {
	out := Seat{Account: s.Account, Name: s.Name, Display: s.Display, Position: s.Position, Scores: f.scores(s), Declared: s.DeclaredAt != nil,
		Recused: s.Recused, Grounds: []string{}}
	if s.Grounds != nil && (s.Account == a.ID || f.oversees(a)) {
		out.Grounds = s.Grounds
	}
	for _, x := range f.seals {
		if x.Turn == f.session.Turn && x.Account == s.Account {
			out.Sealed, out.Seal = true, x.Seal
		}
	}
	if h := f.sheet(f.session.Turn, s.Account); h != nil && h.Seal != "" {
		out.Sealed, out.Seal = true, h.Seal
	}
	return out
}

// mine is the reader's own sheet of the present turn.
func (f *file) mine(v *View, a access.Actor) {
	h := f.sheet(f.session.Turn, a.ID)
	v.Mine = &Own{Sheet: criteria.Sheet{Choices: map[string]int{}}}
	full := f.agreed()
	if h != nil {
		v.Mine.Opinion, v.Mine.Sealed, v.Mine.Version = h.Opinion, h.Seal != "", h.Version
		if v.Mine.Sealed {
			var w SealedSheet
			_ = json.Unmarshal([]byte(h.Body), &w) // a broken one shows as empty, and the seal says so
			v.Mine.Sheet, full = w.Sheet, w.Sheet
		} else {
			_ = json.Unmarshal([]byte(h.Body), &v.Mine.Sheet)
			full = criteria.Merge(full, v.Mine.Sheet)
		}
	}
	v.Mine.Total = full.Total()
	for _, c := range f.set.All() {
		if _, chosen := full.Choices[c.Code]; !chosen {
			v.Incomplete = append(v.Incomplete, c.Code)
		}
	}
}

// disclose shows the sheets of turns that were opened, and what those of the
// present turn come to.
func (f *file) disclose(v *View) {
	final := f.session.Status == store.Opened || f.session.Status == store.Closed
	for _, turn := range f.opened {
		list, err := f.wholes(turn)
		if err != nil {
			continue // unreadable: the seal is broken, and the sheet shows as missing
		}
		for _, w := range list {
			h := f.sheet(turn, w.Member)
			s := Shown{Account: w.Member, Turn: turn, Sheet: w.Sheet, Total: w.Total, Opinion: h.Opinion, Seal: h.Seal, Intact: f.intact(turn, w.Member)}
			for _, seat := range f.session.Seats {
				if seat.Account == w.Member {
					s.Name, s.Display = seat.Name, seat.Display
				}
			}
			v.Sheets = append(v.Sheets, s)
		}
		if final && turn == f.session.Turn {
			n, r := spread(list), f.evaluate(list)
			v.Spread, v.Result = &n, &r
			v.Floors = f.set.Explain(r.Missed, sheetsOf(list))
		}
	}
}

func (f *file) intact(turn int, account string) bool {
	for _, s := range f.seals {
		if s.Turn == turn && s.Account == account {
			return f.holds(s)
		}
	}
	return false
}
