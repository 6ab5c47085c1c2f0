package inspect

import (
	"context"
	"net/url"
	"slices"
	"time"

	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Question is a search for entries as an auditor writes it: people, units and
// products by id or name or code, times as moments or days.
type Question struct {
	Actor   string
	Unit    string
	Product string
	Event   string
	Kind    string
	Stream  string
	From    string // a day begins at its start …
	To      string // … and ends at its end
	Refused bool   // refusals only
	Oldest  bool   // oldest first
	Quiet   bool   // without what only set timers again
	After   *int64
	Limit   int
}

// Words of a question in a query string.
var words = []string{"actor", "unit", "product", "event", "kind", "stream", "from", "to", "refused", "order"}

// Kinds of entries that can be asked for.
var Kinds = []string{ledger.KindMove, ledger.KindRefusal, ledger.KindRecord, ledger.KindIssue, ledger.KindSecurity, ledger.KindSchedule}

// maxWord bounds one word of a question, in bytes.
const maxWord = 200

// ReadQuestion reads a query string. What is empty does not count.
//
// Faults: search_wrong (Invalid).
func ReadQuestion(q url.Values) (Question, error) {
	x := Question{Actor: q.Get("actor"), Unit: q.Get("unit"), Product: q.Get("product"), Event: q.Get("event"), Kind: q.Get("kind"), Stream: q.Get("stream"),
		From: q.Get("from"), To: q.Get("to"), Refused: q.Get("refused") == "true", Oldest: q.Get("order") == "asc"}
	bad := searchWrong()
	for name, values := range q {
		if slices.Contains(words, name) && len(values[0]) > maxWord {
			bad.At("query."+name, "Quá dài.", "Too long.")
		}
	}
	if x.Kind != "" && !slices.Contains(Kinds, x.Kind) {
		bad.At("query.kind", "Không có loại bản ghi này.", "There is no such kind of entry.")
	}
	for name, text := range map[string]string{"from": x.From, "to": x.To} {
		if _, err := ParseMoment(text); text != "" && err != nil {
			bad.At("query."+name, "Phải là một ngày (2024-05-01) hoặc thời điểm RFC 3339.", "Must be a day (2024-05-01) or a moment by RFC 3339.")
		}
	}
	if len(bad.Fields) > 0 {
		return x, bad
	}
	return x, nil
}

func searchWrong() *fault.Error {
	return fault.New(fault.Invalid, "search_wrong", "Điều kiện tìm chưa đúng.", "The search is not right.")
}

// Query writes a question as a query string, without the place of a page.
func (x Question) Query() url.Values {
	out := url.Values{}
	for name, v := range map[string]string{"actor": x.Actor, "unit": x.Unit, "product": x.Product, "event": x.Event, "kind": x.Kind,
		"stream": x.Stream, "from": x.From, "to": x.To} {
		if v != "" {
			out.Set(name, v)
		}
	}
	if x.Refused {
		out.Set("refused", "true")
	}
	if x.Oldest {
		out.Set("order", "asc")
	}
	return out
}

// ParseMoment reads a moment by RFC 3339, or a day, which means its end.
//
// Faults: moment_wrong (Invalid).
func ParseMoment(s string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.UTC(), nil
	}
	day, err := ocop.ParseDate(s)
	if err != nil {
		return time.Time{}, fault.New(fault.Invalid, "moment_wrong", "Thời điểm phải theo RFC 3339 (2024-05-01T08:00:00+07:00) hoặc là một ngày (2024-05-01).",
			"A moment is written by RFC 3339 (2024-05-01T08:00:00+07:00) or as a day (2024-05-01).")
	}
	return endOf(day), nil
}

// endOf a day is its last moment.
func endOf(day ocop.Date) time.Time { return (day + 1).Start().Add(-time.Microsecond) }

// since reads a moment, or a day, which means its start.
func since(s string) (time.Time, error) {
	if day, err := ocop.ParseDate(s); err == nil {
		return day.Start(), nil
	}
	return ParseMoment(s)
}

// search finds what a question names. None says that it names something that is
// not there, so that nothing can be found.
func (i *Inspector) search(ctx context.Context, x Question) (s store.Search, none bool, err error) {
	s = store.Search{Event: x.Event, Kind: x.Kind, Stream: x.Stream, Oldest: x.Oldest, Quiet: x.Quiet && x.Kind == "", After: x.After, Limit: x.Limit}
	if x.Refused {
		none = x.Kind != "" && x.Kind != ledger.KindRefusal
		s.Kind = ledger.KindRefusal
	}
	for _, named := range []struct {
		text string
		find func(context.Context, string, *store.Search) (bool, error)
	}{{x.Actor, i.actor}, {x.Product, i.product}, {x.Unit, i.unit}} {
		if named.text == "" {
			continue
		}
		known, err := named.find(ctx, named.text, &s)
		if err != nil {
			return s, false, err
		}
		none = none || !known
	}
	return s, none, i.times(ctx, x, &s)
}

func (i *Inspector) actor(ctx context.Context, text string, s *store.Search) (bool, error) {
	s.Actor = text // an id, also of what is no account: the system
	acc, err := store.AccountByName(ctx, i.DB, text)
	if acc != nil {
		s.Actor = acc.ID
	}
	return true, err
}

func (i *Inspector) product(ctx context.Context, text string, s *store.Search) (bool, error) {
	p, err := store.Product(ctx, i.DB, text)
	if err == nil && p == nil {
		p, err = store.ProductByCode(ctx, i.DB, text)
	}
	if p != nil {
		s.Product = p.ID
	}
	return p != nil, err
}

func (i *Inspector) unit(ctx context.Context, text string, s *store.Search) (bool, error) {
	u, err := unitBy(ctx, i.DB, text)
	if u != nil {
		s.Unit = u.Path
	}
	return u != nil, err
}

// times turns moments into places in the ledger.
func (i *Inspector) times(ctx context.Context, x Question, s *store.Search) error {
	if x.From != "" {
		at, err := since(x.From)
		if err == nil {
			s.From, err = store.FirstAt(ctx, i.DB, at)
		}
		if err != nil {
			return err
		}
	}
	if x.To == "" {
		return nil
	}
	at, err := ParseMoment(x.To)
	if err != nil {
		return err
	}
	last, err := store.FirstAt(ctx, i.DB, at.Add(time.Microsecond))
	if s.Until = last; last == 0 {
		s.Until, s.From = 1, 1 // nothing is as old as that
	}
	return err
}

// unitBy finds a unit by its id or code; nil when there is none.
func unitBy(ctx context.Context, q sqldb.Querier, text string) (*ocop.Unit, error) {
	u, err := store.UnitBy(ctx, q, text)
	return u, err
}

// Restores is how often an older database was brought back and that was
// acknowledged.
func (i *Inspector) Restores(ctx context.Context) (int, error) {
	list, err := store.Find(ctx, i.DB, store.Search{Event: "acknowledge_restore", Kind: ledger.KindSecurity, Limit: maxRestores})
	return len(list), err
}

// maxRestores bounds a count that is nought nearly always.
const maxRestores = 1000
