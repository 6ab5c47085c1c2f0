package httpapi

import (
	"context"

	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fieldwork"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
)

// fieldworkRoutes are trips, remedies and training.
func (a *API) fieldworkRoutes(r router) {
	get(r, "/api/v1/inspections/{id}/photos", "list-photos", "Inspections", a.listPhotos)
	post(r, "/api/v1/inspections/{id}/photos", "attach-photo", "Inspections", 201, a.attachPhoto)
	get(r, "/api/v1/inspections/{id}/remedies", "inspection-remedies", "Inspections", a.inspectionRemedies)
	get(r, "/api/v1/inspection-topics", "list-topics", "Inspections", a.listTopics)
	get(r, "/api/v1/remedies", "list-remedies", "Inspections", a.listRemedies)
	post(r, "/api/v1/remedies/{id}/report", "report-remedy", "Inspections", 200, a.remedyStep("report", (*casework.Desk).ReportRemedy))
	post(r, "/api/v1/remedies/{id}/confirm", "confirm-remedy", "Inspections", 200, a.remedyStep("confirm", (*casework.Desk).ConfirmRemedy))
	post(r, "/api/v1/remedies/{id}/return", "return-remedy", "Inspections", 200, a.remedyStep("return", (*casework.Desk).ReturnRemedy))
	get(r, "/api/v1/trips", "list-trips", "Inspections", a.listTrips)
	post(r, "/api/v1/trips", "plan-trip", "Inspections", 201, a.planTrip)
	get(r, "/api/v1/trips/{id}", "get-trip", "Inspections", a.getTrip)
	patch(r, "/api/v1/trips/{id}", "change-trip", "Inspections", a.changeTrip)
	post(r, "/api/v1/trips/{id}/products", "add-trip-products", "Inspections", 200, a.addTripProducts)
	post(r, "/api/v1/trips/{id}/products/{product}/drop", "drop-trip-product", "Inspections", 200, a.dropTripProduct)
	post(r, "/api/v1/trips/{id}/answer", "answer-trip", "Inspections", 200, a.answerTrip)
	post(r, "/api/v1/trips/{id}/hold", "hold-trip", "Inspections", 200, a.holdTrip)
	post(r, "/api/v1/trips/{id}/cancel", "cancel-trip", "Inspections", 200, a.cancelTrip)
	for _, format := range []string{"pdf", "docx"} {
		get(r, "/api/v1/inspections/{id}/record."+format, "inspection-record-"+format, "Inspections", a.inspectionRecord(format))
		get(r, "/api/v1/trips/{id}/invitation."+format, "trip-invitation-"+format, "Inspections", a.tripInvitation(format))
	}
	a.trainingRoutes(r)
}

// topic is what a finding can be about; proposed says that no law names it.
type topic struct {
	Title    ocop.Text `json:"title"`
	Proposed bool      `json:"proposed"`
}

func (a *API) listTopics(context.Context, *struct{}) (*listOf[topic], error) {
	out := &listOf[topic]{Body: list[topic]{Items: []topic{}}}
	for _, t := range casework.Topics {
		out.Body.Items = append(out.Body.Items, topic{t, true})
	}
	return out, nil
}

func (a *API) listPhotos(ctx context.Context, in *ByID) (*listOf[store.Photo], error) {
	items, err := a.Desk.Photos(ctx, sessionOf(ctx).Actor, in.ID)
	if items == nil {
		items = []store.Photo{}
	}
	return &listOf[store.Photo]{Body: list[store.Photo]{Items: items}}, err
}

type photoIn struct {
	ByID
	Writing
	Body struct {
		Document string `json:"document" maxLength:"100" doc:"a document of kind inspection_photo"`
		Finding  string `json:"finding,omitempty" maxLength:"100" doc:"id; empty for the whole inspection"`
	}
}

type photoOut struct{ Body store.Photo }

func (a *API) attachPhoto(ctx context.Context, in *photoIn) (*photoOut, error) {
	key, err := in.key(ctx, "POST /inspections/{id}/photos", in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	p, err := a.Desk.AttachPhoto(ctx, casework.Attachment{Inspection: in.ID, Document: in.Body.Document, Finding: in.Body.Finding, Actor: sessionOf(ctx).Actor, Key: key})
	return &photoOut{p}, err
}

func (a *API) inspectionRemedies(ctx context.Context, in *ByID) (*listOf[store.Remedy], error) {
	items, err := a.Desk.RemediesOf(ctx, sessionOf(ctx).Actor, in.ID)
	if items == nil {
		items = []store.Remedy{}
	}
	return &listOf[store.Remedy]{Body: list[store.Remedy]{Items: items}}, err
}

type remediesIn struct {
	Page
	Product string `query:"product" maxLength:"100" doc:"id"`
	Owner   string `query:"owner" maxLength:"100" doc:"id or code of a unit or producer"`
	State   string `query:"state" enum:"open,done,confirmed,dropped" doc:"without it, those that wait"`
	Late    bool   `query:"late" doc:"whose day has passed"`
}

func (a *API) listRemedies(ctx context.Context, in *remediesIn) (*listOf[store.Asked], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	f := store.RemedyFilter{Product: in.Product, Owner: in.Owner, State: in.State, After: after, Limit: in.Limit + 1}
	if in.Late {
		today := ocop.DateOf(a.Clock())
		f.Before = &today
	}
	items, err := a.Desk.Remedies(ctx, sessionOf(ctx).Actor, f)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, store.Asked.Cursor), nil
}

type remedyBody struct {
	Comment  string `json:"comment,omitempty" maxLength:"4000"`
	Document string `json:"document,omitempty" maxLength:"100" doc:"evidence, a document of the product"`
	Version  *int64 `json:"version,omitempty"`
}

type remedyIn struct {
	ByID
	Writing
	Body *remedyBody
}

type remedyOut struct {
	ETag string `header:"ETag"`
	Body store.Remedy
}

func (a *API) remedyStep(name string, do func(*casework.Desk, context.Context, casework.RemedyStep) (store.Remedy, error)) handler[remedyIn, remedyOut] {
	return func(ctx context.Context, in *remedyIn) (*remedyOut, error) {
		b := given(in.Body)
		s := casework.RemedyStep{Remedy: in.ID, Comment: b.Comment, Document: b.Document, Actor: sessionOf(ctx).Actor}
		var err error
		if s.Version, err = in.version(b.Version); err != nil {
			return nil, err
		}
		if s.Key, err = in.key(ctx, "POST /remedies/{id}/"+name, in.ID, b); err != nil {
			return nil, err
		}
		r, err := do(a.Desk, ctx, s)
		return &remedyOut{httpx.ETag(r.Version), r}, err
	}
}

// given is a body that may be left out.
func given[T any](body *T) (b T) {
	if body != nil {
		b = *body
	}
	return b
}

// version is the one that a writer saw, by If-Match or in the body.
func (w Writing) version(given *int64) (*int64, error) {
	match, err := httpx.IfMatch(w.IfMatch)
	if match == nil {
		match = given
	}
	return match, err
}

type plansIn struct {
	Page
	Status   string `query:"status" enum:"planned,held,cancelled"`
	Campaign string `query:"campaign" maxLength:"100" doc:"id or code"`
}

func (in plansIn) filter() (store.TripFilter, error) {
	before, err := in.after()
	return store.TripFilter{Status: store.VisitStatus(in.Status), Campaign: in.Campaign, Before: before, Limit: in.Limit + 1}, err
}

func (a *API) listTrips(ctx context.Context, in *plansIn) (*listOf[fieldwork.Trip], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	items, err := a.Fieldwork.Trips(ctx, sessionOf(ctx).Actor, f)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(t fieldwork.Trip) string { return t.ID }), nil
}

type tripOut struct {
	ETag string `header:"ETag"`
	Body fieldwork.Trip
}

func oneTrip(t fieldwork.Trip, err error) (*tripOut, error) {
	return &tripOut{httpx.ETag(t.Version), t}, err
}

type tripIn struct {
	Writing
	Body struct {
		Title             string                 `json:"title" maxLength:"1000"`
		Campaign          string                 `json:"campaign,omitempty" maxLength:"100" doc:"id or code"`
		Unit              string                 `json:"unit,omitempty" maxLength:"100" doc:"id or code; empty for one's own"`
		FirstDay          *ocop.Date             `json:"first_day" format:"date"`
		LastDay           *ocop.Date             `json:"last_day,omitempty" format:"date"`
		Agenda            []store.Slot           `json:"agenda,omitempty" maxItems:"100"`
		Guests            []fieldwork.Invitation `json:"guests,omitempty" maxItems:"60"`
		Products          []string               `json:"products,omitempty" maxItems:"100" doc:"ids or codes"`
		ProvincialCouncil bool                   `json:"provincial_council,omitempty"`
	}
}

func (a *API) planTrip(ctx context.Context, in *tripIn) (*tripOut, error) {
	key, err := in.key(ctx, "POST /trips", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return oneTrip(a.Fieldwork.PlanTrip(ctx, sessionOf(ctx).Actor, fieldwork.TripPlan{Title: &b.Title, Campaign: b.Campaign, Unit: b.Unit, FirstDay: b.FirstDay,
		LastDay: b.LastDay, Agenda: b.Agenda, Guests: b.Guests, Products: b.Products, ProvincialCouncil: b.ProvincialCouncil}, key))
}

func (a *API) getTrip(ctx context.Context, in *ByID) (*tripOut, error) {
	return oneTrip(a.Fieldwork.Trip(ctx, sessionOf(ctx).Actor, in.ID))
}

type tripChangeIn struct {
	ByID
	Writing
	Body struct {
		Title    *string                `json:"title,omitempty" maxLength:"1000"`
		FirstDay *ocop.Date             `json:"first_day,omitempty" format:"date"`
		LastDay  *ocop.Date             `json:"last_day,omitempty" format:"date"`
		Agenda   []store.Slot           `json:"agenda,omitempty" maxItems:"100"`
		Guests   []fieldwork.Invitation `json:"guests,omitempty" maxItems:"60"`
		Version  *int64                 `json:"version,omitempty"`
	}
}

// planned is what every act on something planned carries.
func (w Writing) planned(ctx context.Context, route, id string, version *int64, asked ...any) (r fieldwork.Request, err error) {
	r = fieldwork.Request{ID: id, Actor: sessionOf(ctx).Actor}
	if r.Version, err = w.version(version); err != nil {
		return r, err
	}
	var key *commit.Key
	key, err = w.key(ctx, route, append([]any{id}, asked...)...)
	r.Key = key
	return r, err
}

func (a *API) changeTrip(ctx context.Context, in *tripChangeIn) (*tripOut, error) {
	b := in.Body
	r, err := in.planned(ctx, "PATCH /trips/{id}", in.ID, b.Version, b)
	if err != nil {
		return nil, err
	}
	return oneTrip(a.Fieldwork.ChangeTrip(ctx, r, fieldwork.TripPlan{Title: b.Title, FirstDay: b.FirstDay, LastDay: b.LastDay, Agenda: b.Agenda, Guests: b.Guests}))
}

type tripProductsIn struct {
	ByID
	Writing
	Body struct {
		Products []string `json:"products" maxItems:"100" doc:"ids or codes"`
		Version  *int64   `json:"version,omitempty"`
	}
}

func (a *API) addTripProducts(ctx context.Context, in *tripProductsIn) (*tripOut, error) {
	r, err := in.planned(ctx, "POST /trips/{id}/products", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	return oneTrip(a.Fieldwork.AddProducts(ctx, r, in.Body.Products))
}

// reasonBody is why something is dropped or cancelled.
type reasonBody struct {
	Reason  string `json:"reason" maxLength:"4000"`
	Version *int64 `json:"version,omitempty"`
}

type tripDropIn struct {
	ByID
	Writing
	Product string `path:"product" maxLength:"100"`
	Body    reasonBody
}

func (a *API) dropTripProduct(ctx context.Context, in *tripDropIn) (*tripOut, error) {
	r, err := in.planned(ctx, "POST /trips/{id}/products/{product}/drop", in.ID, in.Body.Version, in.Product, in.Body)
	if err != nil {
		return nil, err
	}
	return oneTrip(a.Fieldwork.DropProduct(ctx, r, in.Product, in.Body.Reason))
}

type answerIn struct {
	ByID
	Writing
	Body struct {
		Number  int64       `json:"number" doc:"of the guest"`
		Answer  store.Reply `json:"answer" maxLength:"20" doc:"confirmed or declined"`
		Version *int64      `json:"version,omitempty"`
	}
}

func (a *API) answerTrip(ctx context.Context, in *answerIn) (*tripOut, error) {
	r, err := in.planned(ctx, "POST /trips/{id}/answer", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	return oneTrip(a.Fieldwork.Answer(ctx, r, in.Body.Number, in.Body.Answer))
}

type holdBody struct {
	HeldOn  *ocop.Date `json:"held_on,omitempty" format:"date" doc:"without it, the first day of the plan"`
	Version *int64     `json:"version,omitempty"`
}

type holdIn struct {
	ByID
	Writing
	Body *holdBody
}

func (a *API) holdTrip(ctx context.Context, in *holdIn) (*tripOut, error) {
	b := given(in.Body)
	r, err := in.planned(ctx, "POST /trips/{id}/hold", in.ID, b.Version, b)
	if err != nil {
		return nil, err
	}
	return oneTrip(a.Fieldwork.HoldTrip(ctx, r, b.HeldOn))
}

type cancelIn struct {
	ByID
	Writing
	Body reasonBody
}

func (a *API) cancelTrip(ctx context.Context, in *cancelIn) (*tripOut, error) {
	r, err := in.planned(ctx, "POST /trips/{id}/cancel", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	return oneTrip(a.Fieldwork.CancelTrip(ctx, r, in.Body.Reason))
}

// inspectionRecord writes the minutes of an inspection that was held.
func (a *API) inspectionRecord(format string) handler[ByID, fileOut] {
	return func(ctx context.Context, in *ByID) (*fileOut, error) {
		r, err := a.Fieldwork.Record(ctx, sessionOf(ctx).Actor, in.ID)
		if err != nil {
			return nil, err
		}
		doc, err := a.Clerk.Write(ctx, r.Product.Path, "inspection_record", langOf(ctx), paper.InspectionOf(r, langOf(ctx)))
		if err != nil {
			return nil, err
		}
		return written(ctx, doc, "bien-ban-kiem-tra-"+r.Product.Code, format)
	}
}

func (a *API) tripInvitation(format string) handler[ByID, fileOut] {
	return func(ctx context.Context, in *ByID) (*fileOut, error) {
		t, err := a.Fieldwork.Invitation(ctx, sessionOf(ctx).Actor, in.ID)
		if err != nil {
			return nil, err
		}
		doc, err := a.Clerk.Visiting(ctx, t, langOf(ctx))
		if err != nil {
			return nil, err
		}
		return written(ctx, doc, "giay-moi-kiem-tra", format)
	}
}
