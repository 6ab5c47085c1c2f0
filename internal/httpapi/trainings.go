package httpapi

import (
	"context"

	"ocopflow/internal/casework"
	"ocopflow/internal/fieldwork"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

func (a *API) trainingRoutes(r router) {
	get(r, "/api/v1/trainings", "list-trainings", "Training", a.listTrainings)
	post(r, "/api/v1/trainings", "plan-training", "Training", 201, a.planTraining)
	get(r, "/api/v1/trainings/totals", "training-totals", "Training", a.trainingTotals)
	get(r, "/api/v1/trainings/{id}", "get-training", "Training", a.getTraining)
	patch(r, "/api/v1/trainings/{id}", "change-training", "Training", a.changeTraining)
	post(r, "/api/v1/trainings/{id}/invited", "invite-to-training", "Training", 200, a.inviteToTraining)
	remove(r, "/api/v1/trainings/{id}/invited/{number}", "withdraw-from-training", "Training", a.withdraw)
	post(r, "/api/v1/trainings/{id}/hold", "hold-training", "Training", 200, a.holdTraining)
	post(r, "/api/v1/trainings/{id}/cancel", "cancel-training", "Training", 200, a.cancelTraining)
	get(r, "/api/v1/producers/{id}/trainings", "producer-trainings", "Training", a.producerTrainings)
	get(r, "/api/v1/products/{id}/trainings", "product-trainings", "Training", a.productTrainings, a.visible(r.api))
}

type trainingOut struct {
	ETag string `header:"ETag"`
	Body fieldwork.Training
}

func oneTraining(t fieldwork.Training, err error) (*trainingOut, error) {
	return &trainingOut{httpx.ETag(t.Version), t}, err
}

func (a *API) listTrainings(ctx context.Context, in *plansIn) (*listOf[fieldwork.Training], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	items, err := a.Fieldwork.Trainings(ctx, sessionOf(ctx).Actor, f)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(t fieldwork.Training) string { return t.ID }), nil
}

func (a *API) getTraining(ctx context.Context, in *ByID) (*trainingOut, error) {
	return oneTraining(a.Fieldwork.Training(ctx, sessionOf(ctx).Actor, in.ID))
}

// TrainingBody is what a training is to be.
type TrainingBody struct {
	Title     *string      `json:"title,omitempty" maxLength:"1000"`
	FirstDay  *ocop.Date   `json:"first_day,omitempty" format:"date"`
	LastDay   *ocop.Date   `json:"last_day,omitempty" format:"date"`
	Place     *string      `json:"place,omitempty" maxLength:"1000"`
	Topics    *string      `json:"topics,omitempty" maxLength:"4000"`
	Organiser *string      `json:"organiser,omitempty" maxLength:"1000"`
	Lecturers []string     `json:"lecturers,omitempty" maxItems:"20"`
	Agenda    []store.Slot `json:"agenda,omitempty" maxItems:"100"`
	Capacity  *int64       `json:"capacity,omitempty"`
	Version   *int64       `json:"version,omitempty"`
}

func (b TrainingBody) plan() fieldwork.TrainingPlan {
	return fieldwork.TrainingPlan{Title: b.Title, FirstDay: b.FirstDay, LastDay: b.LastDay, Place: b.Place, Topics: b.Topics, Organiser: b.Organiser,
		Lecturers: b.Lecturers, Agenda: b.Agenda, Capacity: b.Capacity}
}

type trainingIn struct {
	Writing
	Body struct {
		TrainingBody
		Campaign string                `json:"campaign,omitempty" maxLength:"100" doc:"id or code"`
		Unit     string                `json:"unit,omitempty" maxLength:"100" doc:"id or code; empty for one's own"`
		Invited  []fieldwork.Enrolment `json:"invited,omitempty" maxItems:"60" doc:"more by further calls"`
	}
}

func (a *API) planTraining(ctx context.Context, in *trainingIn) (*trainingOut, error) {
	key, err := in.key(ctx, "POST /trainings", in.Body)
	if err != nil {
		return nil, err
	}
	p := in.Body.plan()
	p.Campaign, p.Unit = in.Body.Campaign, in.Body.Unit
	return oneTraining(a.Fieldwork.PlanTraining(ctx, sessionOf(ctx).Actor, p, in.Body.Invited, key))
}

type trainingChangeIn struct {
	ByID
	Writing
	Body TrainingBody
}

func (a *API) changeTraining(ctx context.Context, in *trainingChangeIn) (*trainingOut, error) {
	r, err := in.planned(ctx, "PATCH /trainings/{id}", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	return oneTraining(a.Fieldwork.ChangeTraining(ctx, r, in.Body.plan()))
}

type invitedIn struct {
	ByID
	Writing
	Body struct {
		Invited []fieldwork.Enrolment `json:"invited" maxItems:"60"`
		Version *int64                `json:"version,omitempty"`
	}
}

func (a *API) inviteToTraining(ctx context.Context, in *invitedIn) (*trainingOut, error) {
	r, err := in.planned(ctx, "POST /trainings/{id}/invited", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	return oneTraining(a.Fieldwork.Invite(ctx, r, in.Body.Invited))
}

type withdrawIn struct {
	ByID
	Writing
	Number int64 `path:"number"`
}

func (a *API) withdraw(ctx context.Context, in *withdrawIn) (*struct{}, error) {
	r, err := in.planned(ctx, "DELETE /trainings/{id}/invited/{number}", in.ID, nil, in.Number)
	if err != nil {
		return nil, err
	}
	_, err = a.Fieldwork.Withdraw(ctx, r, in.Number)
	return nil, err
}

type attendanceBody struct {
	Attendance []fieldwork.Presence `json:"attendance,omitempty" maxItems:"500"`
	Version    *int64               `json:"version,omitempty"`
}

type holdTrainingIn struct {
	ByID
	Writing
	Body *attendanceBody
}

func (a *API) holdTraining(ctx context.Context, in *holdTrainingIn) (*trainingOut, error) {
	b := given(in.Body)
	r, err := in.planned(ctx, "POST /trainings/{id}/hold", in.ID, b.Version, b)
	if err != nil {
		return nil, err
	}
	return oneTraining(a.Fieldwork.HoldTraining(ctx, r, b.Attendance))
}

func (a *API) cancelTraining(ctx context.Context, in *cancelIn) (*trainingOut, error) {
	r, err := in.planned(ctx, "POST /trainings/{id}/cancel", in.ID, in.Body.Version, in.Body)
	if err != nil {
		return nil, err
	}
	return oneTraining(a.Fieldwork.CancelTraining(ctx, r, in.Body.Reason))
}

type totalsIn struct {
	Campaign string `query:"campaign" maxLength:"100" doc:"id or code"`
}

func (a *API) trainingTotals(ctx context.Context, in *totalsIn) (*listOf[fieldwork.Total], error) {
	items, err := a.Fieldwork.Totals(ctx, sessionOf(ctx).Actor, in.Campaign)
	return &listOf[fieldwork.Total]{Body: list[fieldwork.Total]{Items: items}}, err
}

func (a *API) productTrainings(ctx context.Context, in *ByID) (*listOf[store.Attendance], error) {
	items, err := a.Fieldwork.TakenPart(ctx, sessionOf(ctx).Actor, in.ID)
	return &listOf[store.Attendance]{Body: list[store.Attendance]{Items: items}}, err
}

func (a *API) producerTrainings(ctx context.Context, in *ByID) (*listOf[store.Attendance], error) {
	p, err := store.Producer(ctx, a.DB, in.ID)
	if err != nil {
		return nil, err
	}
	if p == nil || !seesProducer(sessionOf(ctx).Actor, *p) {
		return nil, casework.NotFound()
	}
	items, err := store.TakenPart(ctx, a.DB, p.ID)
	return &listOf[store.Attendance]{Body: list[store.Attendance]{Items: items}}, err
}
