package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ocopflow/internal/lists"
	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
	"ocopflow/internal/store"
)

// recognisedRoutes are open to everyone: what was recognised is public.
func (a *API) recognisedRoutes(r router) {
	get(r.open(), "/api/v1/recognised", "list-recognised", "Certificates", a.listRecognised)
	get(r.open(), "/api/v1/recognised.csv", "list-recognised-csv", "Certificates", a.recognisedCSV)
}

// keptFor is how long others may keep the public list: what was revoked is gone
// from it by then.
const keptFor = "public, max-age=60"

// RecognisedIn narrows the public list.
type RecognisedIn struct {
	Q       string `query:"q" maxLength:"100" doc:"words of the name or the producer, diacritics and case aside"`
	Stars   int    `query:"stars" minimum:"0" maximum:"5"`
	Commune string `query:"commune" maxLength:"100" doc:"code"`
	Status  string `query:"status" enum:"in_force,expired,revoked,all" default:"in_force"`
}

func (in RecognisedIn) filter() store.RecognisedFilter {
	return store.RecognisedFilter{Text: ocop.Fold(in.Q), Stars: in.Stars, Commune: in.Commune, Status: in.Status}
}

type recognisedIn struct {
	Page
	RecognisedIn
}

type recognisedOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         list[register.Recognised]
}

func (a *API) listRecognised(ctx context.Context, in *recognisedIn) (*recognisedOut, error) {
	f := in.filter()
	var err error
	if f.After, err = in.after(); err != nil {
		return nil, err
	}
	f.Limit = in.Limit + 1
	items, err := a.Lists.Recognised(ctx, f)
	if err != nil {
		return nil, err
	}
	page := cut(items, in.Limit, func(x register.Recognised) string { return x.Cursor })
	return &recognisedOut{keptFor, page.Body}, nil
}

// publishing bounds how many lists are written for the public at a time; the next
// one is told to come again.
var publishing = make(chan struct{}, 2)

type recognisedCSVIn struct {
	RecognisedIn
	InLang
}

func (a *API) recognisedCSV(ctx context.Context, in *recognisedCSVIn) (*huma.StreamResponse, error) {
	select {
	case publishing <- struct{}{}:
	default:
		return nil, register.Busy()
	}
	table := a.Lists.RecognisedList(in.of(ctx), in.filter(), a.address(ctx))
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer func() { <-publishing }()
		begun, err := lists.CSV(ctx, c.BodyWriter(), table, func() {
			c.SetHeader("Content-Type", "text/csv; charset=utf-8")
			c.SetHeader("Content-Disposition", `attachment; filename="`+table.Name+`.csv"`)
			c.SetHeader("Cache-Control", keptFor)
			c.SetStatus(http.StatusOK)
		})
		switch {
		case err != nil && begun:
			a.Log.ErrorContext(ctx, "public list cut off", "err", err)
			panic(http.ErrAbortHandler) // half a list must not look whole
		case err != nil:
			a.Log.ErrorContext(ctx, "public list failed", "err", err)
			c.SetStatus(http.StatusInternalServerError)
		}
	}}, nil
}
