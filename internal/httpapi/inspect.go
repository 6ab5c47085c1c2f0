package httpapi

import (
	"context"
	"net/url"
	"strconv"

	"ocopflow/internal/httpx"
	"ocopflow/internal/inspect"
	"ocopflow/internal/review"
	"ocopflow/internal/store"
)

type searchIn struct {
	Page
	Actor   string `query:"actor" doc:"id or name of an account, or system"`
	Unit    string `query:"unit" doc:"id or code: entries of products, units and producers at or below it"`
	Product string `query:"product" doc:"id or code"`
	Event   string `query:"event"`
	Kind    string `query:"kind" doc:"move, refusal, record, issue, security or schedule"`
	Stream  string `query:"stream"`
	From    string `query:"from" doc:"moment (RFC 3339), or day, from its start"`
	To      string `query:"to" doc:"moment, or day, to its end"`
	Refused bool   `query:"refused" doc:"refusals only"`
	Order   string `query:"order" enum:"asc,desc" default:"desc" doc:"desc: the newest first"`
}

// question is what is asked, one entry more than a page.
func (in *searchIn) question() (inspect.Question, error) {
	q := url.Values{"actor": {in.Actor}, "unit": {in.Unit}, "product": {in.Product}, "event": {in.Event}, "kind": {in.Kind}, "stream": {in.Stream},
		"from": {in.From}, "to": {in.To}, "refused": {strconv.FormatBool(in.Refused)}, "order": {in.Order}}
	x, err := inspect.ReadQuestion(q)
	if err != nil {
		return x, err
	}
	x.Limit = in.Limit + 1
	after, err := in.after()
	if err != nil || after == "" {
		return x, err
	}
	n, err := strconv.ParseInt(after, 10, 64)
	if err != nil {
		return x, badCursor()
	}
	x.After = &n
	return x, nil
}

// searchEntries finds entries for an auditor.
func (a *API) searchEntries(ctx context.Context, in *searchIn) (*listOf[inspect.Found], error) {
	if err := a.auditor(ctx); err != nil {
		return nil, err
	}
	x, err := in.question()
	if err != nil {
		return nil, err
	}
	items, err := a.Inspector.Find(ctx, sessionOf(ctx).Actor, x)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(f inspect.Found) string { return strconv.FormatInt(f.Index, 10) }), nil
}

type flagsIn struct {
	Page
	Kind  string `query:"kind" doc:"duties, hours, backdated, sent_back, extension or pace"`
	Unit  string `query:"unit" doc:"id or code"`
	Since string `query:"since" doc:"moment, or day, from its start"`
}

// listFlags says what stands out, for an auditor.
func (a *API) listFlags(ctx context.Context, in *flagsIn) (*listOf[inspect.Flag], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Inspector.Flags(ctx, sessionOf(ctx).Actor, inspect.FlagFilter{Kind: in.Kind, Unit: in.Unit, Since: in.Since})
	if err != nil {
		return nil, err
	}
	for after != "" && len(items) > 0 && items[0].Place() >= after {
		items = items[1:]
	}
	return cut(items, in.Limit, inspect.Flag.Place), nil
}

type reviewsIn struct {
	Page
	Status string `query:"status" enum:"open,closed"`
}

func (a *API) listReviews(ctx context.Context, in *reviewsIn) (*listOf[review.Review], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Reviews.List(ctx, sessionOf(ctx).Actor, store.ReviewStatus(in.Status), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(r review.Review) string { return r.ID }), nil
}

type reviewOut struct {
	ETag string `header:"ETag"`
	Body review.Review
}

func oneReview(r review.Review, err error) (*reviewOut, error) {
	if err != nil {
		return nil, err
	}
	return &reviewOut{httpx.ETag(r.Version), r}, nil
}

type openingIn struct {
	Writing
	Body struct {
		Title   string `json:"title" maxLength:"2000"`
		Note    string `json:"note,omitempty" maxLength:"20000"`
		Unit    string `json:"unit,omitempty" maxLength:"100" doc:"id or code; the highest in which the caller audits unless given"`
		Search  string `json:"search,omitempty" maxLength:"4000" doc:"query string of GET /api/v1/audit/entries"`
		Product string `json:"product,omitempty" maxLength:"100" doc:"id or code"`
		Entry   *int64 `json:"entry,omitempty" doc:"index"`
	}
}

func (a *API) openReview(ctx context.Context, in *openingIn) (*reviewOut, error) {
	key, err := in.key(ctx, "POST /audit/reviews", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return oneReview(a.Reviews.Open(ctx, review.Opening{Title: b.Title, Note: b.Note, Unit: b.Unit, Search: b.Search, Product: b.Product, Entry: b.Entry,
		Actor: sessionOf(ctx).Actor, Key: key}))
}

func (a *API) getReview(ctx context.Context, in *ByID) (*reviewOut, error) {
	return oneReview(a.Reviews.Get(ctx, sessionOf(ctx).Actor, in.ID))
}

// reviewRequest is what every act on a review carries.
func reviewRequest(ctx context.Context, w Writing, id, route string, body any) (review.Request, error) {
	version, err := httpx.IfMatch(w.IfMatch)
	if err != nil {
		return review.Request{}, err
	}
	key, err := w.key(ctx, "POST /audit/reviews/{id}/"+route, id, body)
	return review.Request{Review: id, Version: version, Actor: sessionOf(ctx).Actor, Key: key}, err
}

type noteIn struct {
	ByID
	Writing
	Body struct {
		Text string `json:"text" maxLength:"20000"`
	}
}

func (a *API) noteReview(ctx context.Context, in *noteIn) (*reviewOut, error) {
	r, err := reviewRequest(ctx, in.Writing, in.ID, "notes", in.Body)
	if err != nil {
		return nil, err
	}
	return oneReview(a.Reviews.Note(ctx, r, in.Body.Text))
}

type closingIn struct {
	ByID
	Writing
	Body *struct {
		Note string `json:"note,omitempty" maxLength:"20000" doc:"the last one"`
	} `required:"false"`
}

func (a *API) closeReview(ctx context.Context, in *closingIn) (*reviewOut, error) {
	r, err := reviewRequest(ctx, in.Writing, in.ID, "close", in.Body)
	if err != nil {
		return nil, err
	}
	note := ""
	if in.Body != nil {
		note = in.Body.Note
	}
	return oneReview(a.Reviews.Close(ctx, r, note))
}
