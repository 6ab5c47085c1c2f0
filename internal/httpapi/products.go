package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// Page is what every list takes.
type Page struct {
	Cursor string `query:"cursor" doc:"where the last page ended"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// after is the place that the cursor stands for.
//
// Faults: cursor (Invalid).
func (p Page) after() (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || strings.ContainsRune(string(b), 0) || !utf8.Valid(b) {
		return "", badCursor()
	}
	return string(b), nil
}

func badCursor() error {
	return fault.New(fault.Invalid, "cursor", "Con trỏ trang không hợp lệ.", "The cursor is not valid.").
		At("query.cursor", "Không hợp lệ.", "Not valid.")
}

func cursor(place string) string { return base64.RawURLEncoding.EncodeToString([]byte(place)) }

// list is the body of every list.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"cursor of the next page, empty at the end; a page can be shorter than asked and not be the last"`
}

type listOf[T any] struct{ Body list[T] }

// cut gives a page of at most limit, and the cursor if there is more.
func cut[T any](items []T, limit int, place func(T) string) *listOf[T] {
	out := &listOf[T]{Body: list[T]{Items: items}}
	if len(items) > limit {
		out.Body.Items = items[:limit]
		out.Body.Next = cursor(place(items[limit-1]))
	}
	if out.Body.Items == nil {
		out.Body.Items = []T{}
	}
	return out
}

// Writing is what every write may carry.
type Writing struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200"`
	IfMatch        string `header:"If-Match"`
}

// key makes the idempotency key of a request; what is asked is its fingerprint.
func (w Writing) key(ctx context.Context, route string, asked ...any) (*commit.Key, error) {
	if w.IdempotencyKey == "" {
		return nil, nil
	}
	for _, r := range w.IdempotencyKey {
		if r < 0x20 || r > 0x7e {
			return nil, fault.New(fault.Invalid, "key_wrong", "Idempotency-Key chỉ gồm ký tự ASCII in được.", "An Idempotency-Key holds printable ASCII only.")
		}
	}
	b, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	return &commit.Key{Account: sessionOf(ctx).Account.ID, Route: route, Key: w.IdempotencyKey, Fingerprint: hex.EncodeToString(sum[:])}, nil
}

type productOut struct {
	ETag string `header:"ETag"`
	Body casework.Product
}

func oneProduct(p casework.Product) *productOut { return &productOut{httpx.ETag(p.Version), p} }

type productsIn struct {
	Page
	State    string `query:"state"`
	Commune  string `query:"commune" doc:"id or code"`
	Track    string `query:"track"`
	Campaign string `query:"campaign" doc:"id or code"`
	Producer string `query:"producer"`
	Set      int    `query:"set" minimum:"0" maximum:"26"`
	Stars    int    `query:"stars" minimum:"0" maximum:"5"`
	Overdue  bool   `query:"overdue"`
	Q        string `query:"q" maxLength:"200" doc:"words of the name, diacritics and case aside"`
}

func (a *API) listProducts(ctx context.Context, in *productsIn) (*listOf[casework.Product], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	f := store.Filter{State: in.State, Commune: in.Commune, Track: in.Track, Campaign: in.Campaign, Producer: in.Producer,
		Set: in.Set, Stars: in.Stars, Text: ocop.Fold(in.Q), After: after, Limit: in.Limit + 1}
	if in.Overdue {
		today := a.Desk.Today()
		f.Overdue = &today
	}
	rows, err := a.Desk.Products(ctx, sessionOf(ctx).Actor, f)
	if err != nil {
		return nil, err
	}
	views := make([]casework.Product, len(rows))
	for i, p := range rows {
		views[i] = casework.View(p)
	}
	return cut(views, in.Limit, func(p casework.Product) string { return p.Code }), nil
}

type certificateIn struct {
	Number   string    `json:"number" minLength:"1" maxLength:"120"`
	Stars    int       `json:"stars" minimum:"3" maximum:"5"`
	IssuedOn ocop.Date `json:"issued_on" format:"date"`
	Assumed  bool      `json:"assumed,omitempty"`
}

type registerIn struct {
	Writing
	Body struct {
		Name        string         `json:"name" maxLength:"200"`
		Producer    string         `json:"producer" doc:"id"`
		Set         int            `json:"set" minimum:"1" maximum:"26"`
		Campaign    string         `json:"campaign,omitempty" doc:"id or code"`
		Target      int            `json:"target,omitempty" minimum:"3" maximum:"5"`
		Certificate *certificateIn `json:"certificate,omitempty" doc:"of a product recognised earlier"`
		Behalf
	}
}

func (a *API) registerProduct(ctx context.Context, in *registerIn) (*productOut, error) {
	b := in.Body
	key, err := in.key(ctx, "POST /products", b)
	if err != nil {
		return nil, err
	}
	ask := casework.Ask{Actor: sessionOf(ctx).Actor, Event: "register", Key: key, OnBehalf: b.given()}
	if b.Target > 0 {
		ask.Data = map[string]any{"target": int64(b.Target)}
	}
	if k := b.Certificate; k != nil {
		ask.Event = "import"
		ask.Data = map[string]any{"number": k.Number, "stars": int64(k.Stars), "issued_on": k.IssuedOn.String(), "assumed": k.Assumed}
	}
	moved, err := a.Desk.Register(ctx, casework.Registration{Name: b.Name, Producer: b.Producer, Set: b.Set, Campaign: b.Campaign}, ask)
	if err != nil {
		return nil, err
	}
	return oneProduct(moved.Product), nil
}

// ByID names what a route is about.
type ByID struct {
	ID string `path:"id" maxLength:"100"`
}

func (a *API) getProduct(ctx context.Context, in *productIn) (*productOut, error) {
	if at, past, err := in.moment(); err != nil || past {
		if err != nil {
			return nil, err
		}
		p, err := a.productThen(ctx, in.ID, at)
		if err != nil {
			return nil, err
		}
		return oneProduct(*p), nil
	}
	p, err := a.Desk.Product(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	return oneProduct(casework.View(*p)), nil
}

// action is a casework.Action in the caller's language.
type action struct {
	Event           ocop.Event     `json:"event"`
	Title           string         `json:"title"`
	To              ocop.State     `json:"to"`
	Allowed         bool           `json:"allowed"`
	Reasons         []httpx.Reason `json:"reasons"`
	Needs           []string       `json:"needs"`
	Form            []field        `json:"form"`
	CommentRequired bool           `json:"comment_required"`
	Due             *ocop.Date     `json:"due"`
	OnBehalf        bool           `json:"on_behalf" doc:"would stand if made on behalf of the producer, with the scan of its paper"`
	Aside           bool           `json:"aside" doc:"possible, but not the way forward"`
}

type field struct {
	Name     string             `json:"name"`
	Type     workflow.FieldType `json:"type"`
	Required bool               `json:"required"`
	Title    string             `json:"title"`
	Options  []option           `json:"options,omitempty"`
	Min      *int64             `json:"min,omitempty"`
	Max      *int64             `json:"max,omitempty"`
}

type option struct {
	Value string `json:"value"`
	Title string `json:"title"`
}

func actionsIn(lang ocop.Lang, actions []casework.Action) []action {
	out := []action{}
	for _, x := range actions {
		y := action{Event: x.Event, Title: x.Title.In(lang), To: x.To, Allowed: x.Allowed, Reasons: httpx.Reasons(x.Reasons, lang),
			Needs: x.Needs, Form: []field{}, CommentRequired: x.Comment, Due: x.Due, OnBehalf: x.Instead, Aside: x.Aside}
		if y.Needs == nil {
			y.Needs = []string{}
		}
		for _, f := range x.Form {
			g := field{Name: f.Name, Type: f.Type, Required: f.Required, Title: f.Title.In(lang), Min: f.Min, Max: f.Max}
			for _, o := range f.Options {
				g.Options = append(g.Options, option{o.Value, o.Title.In(lang)})
			}
			y.Form = append(y.Form, g)
		}
		out = append(out, y)
	}
	return out
}

func (a *API) listActions(ctx context.Context, in *ByID) (*listOf[action], error) {
	actions, err := a.Desk.Actions(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &listOf[action]{Body: list[action]{Items: actionsIn(langOf(ctx), actions)}}, nil
}

type historyIn struct {
	ByID
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"200"`
}

func (a *API) history(ctx context.Context, in *historyIn) (*listOf[casework.Entry], error) {
	after, err := Page{Cursor: in.Cursor}.index()
	if err != nil {
		return nil, err
	}
	entries, err := a.Desk.History(ctx, sessionOf(ctx).Actor, in.ID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(entries, in.Limit, func(e casework.Entry) string { return fmt.Sprint(*e.Index) }), nil
}

// task is a casework.Task in the caller's language.
type task struct {
	Product casework.Product `json:"product"`
	Actions []action         `json:"actions"`
	Missing []httpx.Reason   `json:"missing" doc:"what the caller can cure for others to go on"`
	Due     *ocop.Date       `json:"due"`
	Overdue bool             `json:"overdue"`
	Marks   []store.Mark     `json:"marks" doc:"what is said to the caller about open deadlines"`
}

func (a *API) worklist(ctx context.Context, in *worklistIn) (*listOf[task], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	at, past, err := in.moment()
	if err != nil {
		return nil, err
	}
	var tasks []casework.Task
	var next string
	if past {
		tasks, next, err = a.worklistThen(ctx, at, in.Account, after, in.Limit)
	} else {
		tasks, next, err = a.Desk.Worklist(ctx, sessionOf(ctx).Actor, after, in.Limit)
	}
	if err != nil {
		return nil, err
	}
	out := &listOf[task]{Body: list[task]{Items: []task{}}}
	lang := langOf(ctx)
	for _, t := range tasks {
		out.Body.Items = append(out.Body.Items, task{t.Product, actionsIn(lang, t.Actions), httpx.Reasons(t.Missing, lang), t.Due, t.Overdue, t.Marks})
	}
	if next != "" {
		out.Body.Next = cursor(next)
	}
	return out, nil
}

type roundsOut = listOf[ocop.Round]

func (a *API) listRounds(ctx context.Context, in *ByID) (*roundsOut, error) {
	rounds, err := store.RoundsOf(ctx, a.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return &roundsOut{Body: list[ocop.Round]{Items: rounds}}, nil
}
