package council

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"ocopflow/internal/casework"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// sealed is a seal as the ledger holds it.
type sealed struct {
	Turn    int
	Account string
	Seal    string
}

// SealedSheet is a sheet as it is sealed: the council's agreement and the member's own
// choices together. Its canonical bytes, behind a salt, are the seal.
type SealedSheet struct {
	Session  string         `json:"session"`
	Turn     int            `json:"turn"`
	Member   string         `json:"member"`
	Product  string         `json:"product"`
	Criteria string         `json:"criteria"`
	Set      int            `json:"set"`
	Sheet    criteria.Sheet `json:"sheet"`
	Total    int64          `json:"total"`
	Opinion  string         `json:"opinion"` // hex of SHA-256 over salt and text, "" for none
}

// Canonical are the bytes that a seal commits to.
func (w SealedSheet) Canonical() ([]byte, error) {
	return ledger.Canonical(ledger.Map{"session": w.Session, "turn": w.Turn, "member": w.Member, "product": w.Product, "criteria": w.Criteria,
		"set": w.Set, "sheet": casework.SheetMap(w.Sheet), "total": w.Total, "opinion": w.Opinion})
}

// sealsOf reads a session's seals out of the ledger, by the product's entries.
func sealsOf(ctx context.Context, q sqldb.Querier, product, session string) ([]sealed, error) {
	var out []sealed
	err := events(ctx, q, product, session, "seal_sheet", func(e event) { out = append(out, sealed{e.Data.Turn, e.Actor.ID, e.Data.Seal}) })
	return out, err
}

// openedTurns are the turns of a session whose sheets were opened.
func openedTurns(ctx context.Context, q sqldb.Querier, product, session string) ([]int, error) {
	var out []int
	err := events(ctx, q, product, session, "open_sheets", func(e event) { out = append(out, e.Data.Turn) })
	return out, err
}

// event is what is read out of a session's entry.
type event struct {
	Actor struct{ ID string }
	Data  struct {
		Session, Seal string
		Turn          int
	}
}

// events calls do for each entry of a session that bears a name.
func events(ctx context.Context, q sqldb.Querier, product, session, name string, do func(event)) error {
	lines, err := store.ProductEvents(ctx, q, product, name)
	if err != nil {
		return err
	}
	for _, l := range lines {
		var e event
		if err := json.Unmarshal([]byte(l.Body), &e); err != nil {
			return fmt.Errorf("entry %d: %w", l.Index, err)
		}
		if e.Data.Session == session {
			do(e)
		}
	}
	return nil
}

// sealBroken says whose sheets are not what was sealed.
type sealBroken struct{ members []string }

func (b *sealBroken) Error() string { return fmt.Sprintf("seals broken: %v", b.members) }

// unbroken compares the sheets of a turn with the ledger, both ways: each seal
// has its sheet, unchanged, and no sheet is without a seal.
func (f *file) unbroken(turn int) error {
	var members []string
	for _, s := range f.seals {
		if s.Turn == turn && !f.holds(s) {
			members = append(members, s.Account)
		}
	}
	for _, h := range f.sheets {
		if h.Turn == turn && h.Seal != "" && !slices.ContainsFunc(f.seals, func(s sealed) bool { return s.Turn == turn && s.Account == h.Account }) {
			members = append(members, h.Account)
		}
	}
	if len(members) > 0 {
		return &sealBroken{members}
	}
	return nil
}

// holds reports whether the sheet behind a seal is unchanged.
func (f *file) holds(s sealed) bool {
	h := f.sheet(s.Turn, s.Account)
	if h == nil || h.Seal != s.Seal || ledger.Commitment(h.Salt, h.Body) != s.Seal {
		return false
	}
	var w SealedSheet
	if json.Unmarshal([]byte(h.Body), &w) != nil || w.Session != h.Session || w.Turn != h.Turn || w.Member != h.Account {
		return false
	}
	return h.Opinion == "" && w.Opinion == "" || w.Opinion == ledger.Commitment(h.Salt, h.Opinion)
}

func (f *file) sheet(turn int, account string) *store.Sheet {
	for i, h := range f.sheets {
		if h.Turn == turn && h.Account == account {
			return &f.sheets[i]
		}
	}
	return nil
}

// fault names the members whose sheets were changed.
func (b *sealBroken) fault() *fault.Error {
	f := fault.New(fault.Conflict, "seal_broken", "Phiếu đã niêm phong không còn khớp với sổ cái: có người sửa cơ sở dữ liệu. Phải chấm lại, và báo thanh tra.",
		"A sealed sheet no longer agrees with the ledger: the database was changed. Score again, and tell the auditors.")
	for _, m := range b.members {
		f.Reasons = append(f.Reasons, fault.Reason{Code: "seal_broken", Actual: m, Verified: true, Message: ocop.Text{
			Vi: "Phiếu của thành viên " + m + " khác với lúc niêm phong.", En: "The sheet of member " + m + " differs from what was sealed."}})
	}
	return f
}

// drafts is the entry that says so.
func (b *sealBroken) drafts(f *file, r Request) []ledger.Draft {
	d := f.draft("seal_broken", r.Actor, r.Key)
	d.Kind, d.Data["members"] = ledger.KindSecurity, b.members
	return []ledger.Draft{d}
}

// wholes are the sealed sheets of a turn, by member.
func (f *file) wholes(turn int) ([]SealedSheet, error) {
	var out []SealedSheet
	for _, h := range f.sheets {
		if h.Turn != turn || h.Seal == "" {
			continue
		}
		var w SealedSheet
		if err := json.Unmarshal([]byte(h.Body), &w); err != nil {
			return nil, fmt.Errorf("sheet of %s in %s: %w", h.Account, h.Session, err)
		}
		out = append(out, w)
	}
	return out, nil
}

func sheetsOf(list []SealedSheet) []criteria.Sheet {
	out := []criteria.Sheet{}
	for _, w := range list {
		out = append(out, w.Sheet)
	}
	return out
}

// spread is the points between the highest and the lowest total.
func spread(list []SealedSheet) int64 {
	if len(list) == 0 {
		return 0
	}
	low, high := list[0].Total, list[0].Total
	for _, w := range list {
		low, high = min(low, w.Total), max(high, w.Total)
	}
	return high - low
}
