package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/petition"
	"ocopflow/internal/store"
)

// petitions are the routes of what runs on one procedure of petitions.
type petitions struct {
	*API
	base      string // such as support-requests
	procedure string
	tag       string
}

// support are the routes of support requests.
func (a *API) support() petitions {
	return petitions{a, "support-requests", "support", "Support"}
}

// complaints are the routes of complaints.
func (a *API) complaints() petitions {
	return petitions{a, "complaints", "complaint", "Complaints"}
}

func (p petitions) routes(r router) {
	at, one := "/api/v1/"+p.base, "/api/v1/"+p.base+"/{id}"
	get(r, at, "list-"+p.base, p.tag, p.list)
	post(r, at, "open-"+p.base, p.tag, 201, p.open)
	get(r, at+"/worklist", p.base+"-worklist", p.tag, p.worklist)
	get(r, one, "get-"+p.base, p.tag, p.get)
	get(r, one+"/actions", p.base+"-actions", p.tag, p.actions)
	post(r, one+"/transitions", "move-"+p.base, p.tag, 200, p.move)
	get(r, one+"/history", p.base+"-history", p.tag, p.history)
	get(r, one+"/documents", p.base+"-documents", p.tag, p.documents)
	get(r, one+"/deadlines", p.base+"-deadlines", p.tag, p.deadlines)
}

// files go on Gin directly, like those of documents.
func (p petitions) files(engine *gin.Engine, api huma.API) {
	engine.POST("/api/v1/"+p.base+"/:id/documents", p.plain(p.addDocument))
	engine.GET("/api/v1/"+p.base+"/:id/documents/:document/content", p.plain(p.document))
	id := &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}
	document := &huma.Param{Name: "document", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/" + p.base + "/{id}/documents", OperationID: "add-document-" + p.base, Tags: []string{p.tag}, Security: signedIn,
		Summary: "Bring a document (multipart: kind, then file)", Parameters: []*huma.Param{id},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"kind", "file"}, Properties: map[string]*huma.Schema{"kind": {Type: huma.TypeString}, "file": {Type: huma.TypeString, Format: "binary"}}}}}},
		Responses: map[string]*huma.Response{"201": {Description: "The document"}},
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/" + p.base + "/{id}/documents/{document}/content", OperationID: "download-document-" + p.base, Tags: []string{p.tag}, Security: signedIn,
		Summary: "Download a document", Parameters: []*huma.Param{id, document}, Responses: map[string]*huma.Response{"200": {Description: "The file"}},
	})
}

type petitionsIn struct {
	Page
	State    string   `query:"state" maxLength:"100"`
	Product  string   `query:"product" maxLength:"100" doc:"id or code"`
	Asker    string   `query:"asker" maxLength:"100" doc:"id or code of a producer or a commune"`
	Unit     string   `query:"unit" maxLength:"100" doc:"id or code of who decides"`
	Party    string   `query:"party" maxLength:"100" doc:"id or code of a unit to which it goes"`
	Campaign string   `query:"campaign" maxLength:"100" doc:"id or code"`
	Facts    []string `query:"facts" maxItems:"10" doc:"field:value, such as kind:money"`
	Open     bool     `query:"open" doc:"only those that are not closed"`
}

func (p petitions) list(ctx context.Context, in *petitionsIn) (*listOf[petition.Petition], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	f := store.PetitionFilter{Procedure: p.procedure, State: in.State, Product: in.Product, Asker: in.Asker, Unit: in.Unit, Party: in.Party, Campaign: in.Campaign,
		Facts: map[string]string{}, Open: in.Open, After: after, Limit: in.Limit}
	for _, text := range in.Facts {
		name, value, ok := strings.Cut(text, ":")
		if !ok || len(text) > 200 {
			return nil, fault.New(fault.Invalid, "facts_wrong", "Điều kiện lọc chưa đúng.", "The filter is not right.").
				At("query.facts", "Viết ô:giá trị, ví dụ kind:money.", "Write field:value, such as kind:money.")
		}
		f.Facts[name] = value
	}
	items, next, err := p.Petitions.List(ctx, sessionOf(ctx).Actor, f)
	if err != nil {
		return nil, err
	}
	return &listOf[petition.Petition]{Body: list[petition.Petition]{Items: items, Next: cursor(next)}}, nil
}

// petitionTask is a petition.Task in the caller's language.
type petitionTask struct {
	Petition petition.Petition `json:"petition"`
	Actions  []action          `json:"actions"`
	Overdue  bool              `json:"overdue"`
}

func (p petitions) worklist(ctx context.Context, in *Page) (*listOf[petitionTask], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	tasks, next, err := p.Petitions.Worklist(ctx, sessionOf(ctx).Actor, p.procedure, after, in.Limit)
	out := &listOf[petitionTask]{Body: list[petitionTask]{Items: []petitionTask{}, Next: cursor(next)}}
	for _, t := range tasks {
		out.Body.Items = append(out.Body.Items, petitionTask{t.Petition, actionsIn(langOf(ctx), t.Actions), t.Overdue})
	}
	return out, err
}

// own reads one that runs on this procedure.
func (p petitions) own(ctx context.Context, id string) (petition.Petition, error) {
	x, err := p.Petitions.Get(ctx, sessionOf(ctx).Actor, id)
	if err == nil && x.Procedure != p.procedure {
		err = casework.NotFound()
	}
	return x, err
}

type petitionOut struct {
	ETag string `header:"ETag"`
	Body petition.Petition
}

func (p petitions) get(ctx context.Context, in *ByID) (*petitionOut, error) {
	x, err := p.own(ctx, in.ID)
	return &petitionOut{httpx.ETag(x.Version), x}, err
}

type openPetitionIn struct {
	Writing
	Body struct {
		Product  string         `json:"product,omitempty" maxLength:"100" doc:"id or code"`
		Asker    string         `json:"asker,omitempty" maxLength:"100" doc:"id or code of a producer or a commune; follows from the product, or from who acts"`
		Campaign string         `json:"campaign,omitempty" maxLength:"100" doc:"id or code; the product's without it"`
		Comment  string         `json:"comment,omitempty"`
		Data     map[string]any `json:"data,omitempty"`
		DryRun   bool           `json:"dry_run,omitempty"`
		Behalf
	}
}

type movedPetition struct {
	Status   int
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     petition.Stepped
}

func (p petitions) open(ctx context.Context, in *openPetitionIn) (*movedPetition, error) {
	key, err := in.key(ctx, "POST /"+p.base, in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return p.do(ctx, petition.Ask{New: &petition.Opening{Procedure: p.procedure, Product: b.Product, Asker: b.Asker, Campaign: b.Campaign},
		Actor: sessionOf(ctx).Actor, Comment: b.Comment, Data: b.Data, Key: key, OnBehalf: b.given()}, b.DryRun)
}

type movePetitionIn struct {
	ByID
	Writing
	Body moveBody
}

func (p petitions) move(ctx context.Context, in *movePetitionIn) (*movedPetition, error) {
	if _, err := p.own(ctx, in.ID); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	key, err := in.key(ctx, "POST /"+p.base+"/{id}/transitions", in.ID, in.Body, in.IfMatch)
	if err != nil {
		return nil, err
	}
	return p.do(ctx, petition.Ask{Petition: in.ID, Actor: sessionOf(ctx).Actor, Event: in.Body.Event, Version: version, Comment: in.Body.Comment, Data: in.Body.Data, Key: key, OnBehalf: in.Body.given()}, in.Body.DryRun)
}

func (p petitions) do(ctx context.Context, ask petition.Ask, dry bool) (*movedPetition, error) {
	do := p.Petitions.Move
	if dry {
		do = p.Petitions.Try
	}
	moved, err := do(ctx, ask)
	out := &movedPetition{Status: http.StatusOK, ETag: httpx.ETag(moved.Petition.Version), Body: moved}
	if ask.New != nil && !dry {
		out.Status = http.StatusCreated
		out.Location = "/api/v1/" + p.base + "/" + moved.Petition.ID
	}
	return out, err
}

// petitionAction is a petition.Action in the caller's language.
type petitionAction struct {
	action
	Proposed map[string]any `json:"proposed" doc:"what the form is filled in with; nobody is bound by it"`
}

func (p petitions) actions(ctx context.Context, in *ByID) (*listOf[petitionAction], error) {
	if _, err := p.own(ctx, in.ID); err != nil {
		return nil, err
	}
	items, err := p.Petitions.Actions(ctx, sessionOf(ctx).Actor, in.ID)
	out := &listOf[petitionAction]{Body: list[petitionAction]{Items: []petitionAction{}}}
	for _, x := range items {
		out.Body.Items = append(out.Body.Items, petitionAction{actionsIn(langOf(ctx), []casework.Action{x.Action})[0], x.Proposed})
	}
	return out, err
}

func (p petitions) history(ctx context.Context, in *historyIn) (*listOf[casework.Entry], error) {
	if _, err := p.own(ctx, in.ID); err != nil {
		return nil, err
	}
	after, err := Page{Cursor: in.Cursor}.index()
	if err != nil {
		return nil, err
	}
	items, err := p.Petitions.History(ctx, sessionOf(ctx).Actor, in.ID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(e casework.Entry) string { return fmt.Sprint(*e.Seq) }), nil
}

func (p petitions) deadlines(ctx context.Context, in *ByID) (*deadlinesOut, error) {
	if _, err := p.own(ctx, in.ID); err != nil {
		return nil, err
	}
	dues, marks, err := p.Petitions.Deadlines(ctx, sessionOf(ctx).Actor, in.ID)
	return &deadlinesOut{deadlinesBody{Items: dues, Marks: marks}}, err
}

func (p petitions) documents(ctx context.Context, in *ByID) (*listOf[store.PetitionDocument], error) {
	if _, err := p.own(ctx, in.ID); err != nil {
		return nil, err
	}
	items, err := p.Petitions.Documents(ctx, sessionOf(ctx).Actor, in.ID)
	return &listOf[store.PetitionDocument]{Body: list[store.PetitionDocument]{Items: items}}, err
}

func (p petitions) addDocument(c *gin.Context) error {
	ctx := c.Request.Context()
	if _, err := p.own(ctx, c.Param("id")); err != nil {
		return err
	}
	f, err := p.take(c, forNone)
	if err != nil {
		return err
	}
	defer p.letGo(ctx, f)
	u := petition.Upload{Petition: c.Param("id"), Kind: f.fields["kind"], Name: f.name, Taken: f.file, Actor: sessionOf(ctx).Actor}
	w := Writing{IdempotencyKey: c.GetHeader("Idempotency-Key")}
	if u.Key, err = w.key(ctx, "POST /"+p.base+"/{id}/documents", u.Petition, u.Kind, u.Name, u.Taken.SHA256); err != nil {
		return err
	}
	doc, err := p.Petitions.AddDocument(ctx, u)
	if err != nil {
		return err
	}
	c.Header("Location", "/api/v1/"+p.base+"/"+u.Petition+"/documents/"+doc.ID+"/content")
	c.JSON(http.StatusCreated, doc)
	return nil
}

func (p petitions) document(c *gin.Context) error {
	ctx := c.Request.Context()
	doc, content, err := p.Petitions.Document(ctx, sessionOf(ctx).Actor, c.Param("document"))
	if err != nil {
		return err
	}
	if doc.Petition != c.Param("id") {
		return errors.Join(casework.NotFound(), content.Close())
	}
	offer(c, doc.Name, doc.MediaType, doc.SHA256, content)
	return nil
}

// petitionOutcomes are what petitions came to for a product that the caller sees.
func (a *API) petitionOutcomes(ctx context.Context, in *ByID) (*listOf[petition.Outcome], error) {
	p, err := a.Desk.Product(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	items, err := a.Petitions.OutcomesOf(ctx, p.ID, "")
	return &listOf[petition.Outcome]{Body: list[petition.Outcome]{Items: items}}, err
}
