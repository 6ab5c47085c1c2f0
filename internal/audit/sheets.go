package audit

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ocopflow/internal/council"
	"ocopflow/internal/criteria"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// scoring follows the sheets of all sessions through the ledger: what was
// sealed, whether what was opened is that, and whether a result is what the
// opened sheets come to.
type scoring struct {
	procedures *procedures
	seals      map[ballot]string
	opened     map[turn][]criteria.Sheet
	sets       map[string]*criteria.Set // of sessions
}

type turn struct {
	session string
	number  int
}

type ballot struct {
	turn
	member string
}

func newScoring(p *procedures) *scoring {
	return &scoring{p, map[ballot]string{}, map[turn][]criteria.Sheet{}, map[string]*criteria.Set{}}
}

// told is what is read out of an entry about a session.
type told struct {
	Actor     struct{ ID string }
	Procedure struct{ Name, Version, Hash string }
	Data      struct {
		Session, Product, Seal, Criteria string
		Turn, Set                        int
		Sheets                           []struct {
			Member, Salt, Opinion string
			Sheet                 criteria.Sheet
			Total                 int64
		}
		Result ocop.Result
	}
}

// next takes an entry; the error names what is wrong with it.
func (s *scoring) next(ctx context.Context, l record) error {
	if !strings.HasPrefix(l.Stream, "council:") {
		return nil
	}
	var e told
	if err := json.Unmarshal([]byte(l.Body), &e); err != nil {
		return &finding{"its bytes cannot be read"}
	}
	t := turn{e.Data.Session, e.Data.Turn}
	wrong := func(format string, args ...any) error {
		return &finding{fmt.Sprintf(format, args...)}
	}
	switch l.Event {
	case "begin_session":
		s.sets[e.Data.Session] = criteria.BuiltIn(e.Data.Criteria)[e.Data.Set]
	case "seal_sheet":
		if _, twice := s.seals[ballot{t, e.Actor.ID}]; twice {
			return wrong("member %s sealed twice in turn %d of session %s", e.Actor.ID, t.number, t.session)
		}
		s.seals[ballot{t, e.Actor.ID}] = e.Data.Seal
	case "open_sheets":
		return s.open(e, t, wrong)
	case "close_session":
		return s.close(ctx, e, t, wrong)
	}
	return nil
}

func (s *scoring) open(e told, t turn, wrong func(string, ...any) error) error {
	set := s.sets[t.session]
	if set == nil {
		return wrong("session %s scores by a sheet that is not known", t.session)
	}
	for _, x := range e.Data.Sheets {
		salt, err := hex.DecodeString(x.Salt)
		if err != nil {
			return wrong("the salt of member %s cannot be read", x.Member)
		}
		text, err := council.SealedSheet{Session: t.session, Turn: t.number, Member: x.Member, Product: e.Data.Product, Criteria: criteriaOf(set), Set: set.Number,
			Sheet: x.Sheet, Total: x.Total, Opinion: x.Opinion}.Canonical()
		if err != nil || ledger.Commitment(salt, string(text)) != s.seals[ballot{t, x.Member}] {
			return wrong("the opened sheet of member %s in session %s is not what was sealed", x.Member, t.session)
		}
		s.opened[t] = append(s.opened[t], x.Sheet)
	}
	return nil
}

// criteriaOf is the version of built-in sheets that a set belongs to.
func criteriaOf(set *criteria.Set) string {
	for _, version := range criteria.Versions() {
		if criteria.BuiltIn(version)[set.Number] == set {
			return version
		}
	}
	return ""
}

func (s *scoring) close(ctx context.Context, e told, t turn, wrong func(string, ...any) error) error {
	rules, err := s.procedures.find(ctx, e.Procedure.Name, e.Procedure.Version, e.Procedure.Hash)
	if err != nil {
		return wrong("%v", err)
	}
	set := s.sets[t.session]
	if set == nil {
		return wrong("session %s scores by a sheet that is not known", t.session)
	}
	r := set.Evaluate(s.opened[t], criteria.Policy(rules.Floors()), rules.BandStars)
	got := e.Data.Result
	if len(r.Errors) > 0 || r.Sum != got.Sum || r.Members != got.Members || r.Stars != got.Stars || r.BandStars != got.BandStars || r.FloorStars != got.FloorStars ||
		!slices.Equal(r.Missed, got.Missed) || !slices.Equal(r.KnockedOut, got.KnockedOut) {
		return wrong("the result of session %s is not what its sheets come to: %d stars, recomputed %d", t.session, got.Stars, r.Stars)
	}
	return nil
}

// rows compares the sheets in the database with the seals of the ledger. That
// none is gone is seen with the other rows.
func (s *scoring) rows(ctx context.Context, q sqldb.Querier, found func(Finding) error) error {
	const page = 500
	var last store.Sheet
	for {
		list, err := store.SealedSheets(ctx, q, last, page)
		if err != nil {
			return err
		}
		for _, h := range list {
			last = h
			b := ballot{turn{h.Session, h.Turn}, h.Account}
			row := fmt.Sprintf("%s %d %s", h.Session, h.Turn, h.Account)
			var text struct{ Opinion string }
			switch {
			case h.Seal != s.seals[b] || ledger.Commitment(h.Salt, h.Body) != s.seals[b]:
				err = found(Finding{Table: "sheets", Row: row, Column: "body", Text: "it is not what was sealed"})
			case json.Unmarshal([]byte(h.Body), &text) != nil || text.Opinion != committed(h):
				err = found(Finding{Table: "sheets", Row: row, Column: "opinion", Text: "it is not what was sealed"})
			}
			if err != nil {
				return err
			}
		}
		if len(list) < page {
			return nil
		}
	}
}

// committed is what stands for a sheet's opinion in its sealed text.
func committed(h store.Sheet) string {
	if h.Opinion == "" {
		return ""
	}
	return ledger.Commitment(h.Salt, h.Opinion)
}

// finding is a fault of the record, not of reading it.
type finding struct{ text string }

func (f *finding) Error() string { return f.text }
