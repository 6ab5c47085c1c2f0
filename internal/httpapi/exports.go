package httpapi

import (
	"context"
	"fmt"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ocopflow/internal/access"
	"ocopflow/internal/lists"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workbook"
)

// exportRoutes give every list as a workbook, whole and within the caller's view.
func (a *API) exportRoutes(r router) {
	get(r, "/api/v1/exports/products.xlsx", "export-products", "Exports", a.exportProducts)
	get(r, "/api/v1/exports/producers.xlsx", "export-producers", "Exports", exported(a, (*lists.Desk).Producers, staffOrProducer))
	get(r, "/api/v1/exports/units.xlsx", "export-units", "Exports", exported(a, (*lists.Desk).Units, staff))
	get(r, "/api/v1/exports/certificates.xlsx", "export-certificates", "Exports", a.exportCertificates)
	get(r, "/api/v1/exports/worklist.xlsx", "export-worklist", "Exports", exported(a, (*lists.Desk).Worklist, anybody))
	get(r, "/api/v1/exports/accounts.xlsx", "export-accounts", "Exports", exported(a, (*lists.Desk).Accounts, administrator))
	get(r, "/api/v1/exports/councils.xlsx", "export-councils", "Exports", exported(a, (*lists.Desk).CouncilList, anybody))
	get(r, "/api/v1/exports/sessions.xlsx", "export-sessions", "Exports", a.exportSessions)
	get(r, "/api/v1/exports/scores.xlsx", "export-scores", "Exports", a.exportScores)
}

// sending bounds how many lists are written at a time.
var sending = make(chan struct{}, 2)

func readerOf(ctx context.Context) lists.Reader {
	return lists.Reader{Actor: sessionOf(ctx).Actor, Lang: langOf(ctx)}
}

// sent writes tables into a workbook and sends it. A failure while it is
// written still becomes an answer; while it is sent, it cuts the file off.
func (a *API) sent(ctx context.Context, tables ...lists.Table) (*huma.StreamResponse, error) {
	select {
	case sending <- struct{}{}:
		defer func() { <-sending }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	book, err := lists.Book(ctx, tables...)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s-%s.xlsx", tables[0].Name, ocop.DateOf(a.Clock()))
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer func() {
			if err := book.Close(); err != nil {
				a.Log.ErrorContext(ctx, "a workbook stayed on the disk", "err", err)
			}
		}()
		c.SetHeader("Content-Type", workbook.MIME)
		c.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		c.SetHeader("Cache-Control", "no-store")
		c.SetStatus(http.StatusOK)
		if _, err := book.WriteTo(c.BodyWriter()); err != nil {
			a.Log.InfoContext(ctx, "a workbook was not sent to its end", "err", err)
			panic(http.ErrAbortHandler) // half a workbook must not look whole
		}
	}}, nil
}

func anybody(context.Context) error { return nil }

// staffOrProducer lets a producer read its own line too.
func staffOrProducer(ctx context.Context) error {
	if sessionOf(ctx).Actor.Has(access.Producer) {
		return nil
	}
	return staff(ctx)
}

func administrator(ctx context.Context) error {
	if sessionOf(ctx).Actor.Has(access.Admin) {
		return nil
	}
	return adminOnly()
}

// exported is the handler of a list that takes no conditions.
func exported(a *API, table func(*lists.Desk, lists.Reader) lists.Table, may func(context.Context) error) handler[struct{}, huma.StreamResponse] {
	return func(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
		if err := may(ctx); err != nil {
			return nil, err
		}
		return a.sent(ctx, table(a.Lists, readerOf(ctx)))
	}
}

// narrowed are the conditions of the list of products.
type narrowed struct {
	State    string `query:"state" maxLength:"100"`
	Commune  string `query:"commune" maxLength:"100" doc:"id or code"`
	Track    string `query:"track" maxLength:"100"`
	Level    string `query:"level" maxLength:"100"`
	Campaign string `query:"campaign" maxLength:"100" doc:"id or code"`
	Producer string `query:"producer" maxLength:"100"`
	Set      int    `query:"set" minimum:"0" maximum:"26"`
	Stars    int    `query:"stars" minimum:"0" maximum:"5"`
	Overdue  bool   `query:"overdue"`
	Q        string `query:"q" maxLength:"200" doc:"words of the name, diacritics and case aside"`
	Sort     string `query:"sort" maxLength:"10" doc:"due: by deadline"`
}

func (a *API) exportProducts(ctx context.Context, in *narrowed) (*huma.StreamResponse, error) {
	f := store.Filter{State: in.State, Commune: in.Commune, Track: in.Track, Level: in.Level, Campaign: in.Campaign, Producer: in.Producer,
		Set: in.Set, Stars: in.Stars, Text: ocop.Fold(in.Q), ByDue: in.Sort == "due"}
	if in.Overdue {
		today := a.Desk.Today()
		f.Overdue = &today
	}
	return a.sent(ctx, a.Lists.ProductList(readerOf(ctx), f))
}

type certificatesOf struct {
	All  bool   `query:"all" doc:"those that ended too"`
	From string `query:"from" format:"date" doc:"last day is this one or later"`
	To   string `query:"to" format:"date" doc:"last day is this one or earlier"`
}

func (a *API) exportCertificates(ctx context.Context, in *certificatesOf) (*huma.StreamResponse, error) {
	f := store.CertificateFilter{From: a.Desk.Today(), InForce: true}
	if in.All {
		f.From, f.InForce = 0, false
	}
	days := map[string]string{"from": in.From, "to": in.To}
	from, err := dayField(days, "from")
	if err != nil {
		return nil, err
	}
	to, err := dayField(days, "to")
	if err != nil {
		return nil, err
	}
	if from != nil {
		f.From = max(f.From, *from)
	}
	if to != nil {
		f.To = *to
	}
	return a.sent(ctx, a.Lists.CertificateList(readerOf(ctx), f))
}

type sessionsOf struct {
	Product  string `query:"product" maxLength:"100" doc:"id"`
	Campaign string `query:"campaign" maxLength:"100" doc:"id or code"`
	Council  string `query:"council" maxLength:"100" doc:"id"`
	Session  string `query:"session" maxLength:"100" doc:"id"`
	Status   string `query:"status" maxLength:"20"`
}

func (s sessionsOf) filter() store.SessionFilter {
	return store.SessionFilter{Product: s.Product, Campaign: s.Campaign, Council: s.Council, ID: s.Session, Status: s.Status}
}

func (a *API) exportSessions(ctx context.Context, in *sessionsOf) (*huma.StreamResponse, error) {
	return a.sent(ctx, a.Lists.SessionList(readerOf(ctx), in.filter()))
}

// exportScores is what justifies decisions: one row for each product that was
// scored, and one for each sheet. Sessions whose sheets the caller may not read
// are not in it.
func (a *API) exportScores(ctx context.Context, in *sessionsOf) (*huma.StreamResponse, error) {
	if in.Session != "" {
		if _, err := a.Councils.Session(ctx, sessionOf(ctx).Actor, in.Session); err != nil {
			return nil, err
		}
	}
	return a.sent(ctx, a.Lists.Scores(readerOf(ctx), in.filter())...)
}
