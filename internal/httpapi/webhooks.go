package httpapi

import (
	"context"

	"ocopflow/internal/httpx"
	"ocopflow/internal/store"
	"ocopflow/internal/webhook"
)

// webhookRoutes are receivers of events, and what was sent to them.
func (a *API) webhookRoutes(r router) {
	get(r, "/api/v1/webhooks", "list-webhooks", "Webhooks", a.listWebhooks)
	post(r, "/api/v1/webhooks", "register-webhook", "Webhooks", 201, a.registerWebhook)
	get(r, "/api/v1/webhooks/{id}", "get-webhook", "Webhooks", a.getWebhook)
	remove(r, "/api/v1/webhooks/{id}", "remove-webhook", "Webhooks", a.removeWebhook)
	post(r, "/api/v1/webhooks/{id}/secret", "rotate-webhook-secret", "Webhooks", 200, a.rotateWebhook)
	post(r, "/api/v1/webhooks/{id}/enable", "enable-webhook", "Webhooks", 200, a.enableWebhook)
	post(r, "/api/v1/webhooks/{id}/ping", "ping-webhook", "Webhooks", 202, a.pingWebhook)
	post(r, "/api/v1/webhooks/{id}/replay", "replay-webhook", "Webhooks", 202, a.replayWebhook)
	get(r, "/api/v1/webhooks/{id}/deliveries", "list-deliveries", "Webhooks", a.listDeliveries)
}

func (a *API) listWebhooks(ctx context.Context, in *Page) (*listOf[store.Webhook], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Webhooks.List(ctx, sessionOf(ctx).Actor, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(w store.Webhook) string { return w.ID }), nil
}

type webhookIn struct {
	Body struct {
		Unit  string   `json:"unit,omitempty" maxLength:"100" doc:"id or code; one's own unless given"`
		URL   string   `json:"url" maxLength:"2000" doc:"https"`
		Types []string `json:"types,omitempty" maxItems:"20" doc:"of events; all unless given"`
	}
}

type registeredOut struct{ Body webhook.Registered }

func (a *API) registerWebhook(ctx context.Context, in *webhookIn) (*registeredOut, error) {
	w, err := a.Webhooks.Register(ctx, sessionOf(ctx).Actor, webhook.New{Unit: in.Body.Unit, URL: in.Body.URL, Types: in.Body.Types})
	return &registeredOut{w}, err
}

type webhookOut struct {
	ETag string `header:"ETag"`
	Body store.Webhook
}

func (a *API) getWebhook(ctx context.Context, in *ByID) (*webhookOut, error) {
	w, err := a.Webhooks.Get(ctx, sessionOf(ctx).Actor, in.ID)
	return &webhookOut{httpx.ETag(w.Version), w}, err
}

func (a *API) removeWebhook(ctx context.Context, in *ByID) (*struct{}, error) {
	return nil, a.Webhooks.Remove(ctx, sessionOf(ctx).Actor, in.ID)
}

func (a *API) rotateWebhook(ctx context.Context, in *ByID) (*registeredOut, error) {
	w, err := a.Webhooks.Rotate(ctx, sessionOf(ctx).Actor, in.ID)
	return &registeredOut{w}, err
}

func (a *API) enableWebhook(ctx context.Context, in *ByID) (*webhookOut, error) {
	w, err := a.Webhooks.Enable(ctx, sessionOf(ctx).Actor, in.ID)
	return &webhookOut{httpx.ETag(w.Version), w}, err
}

type deliveryOut struct{ Body store.Delivery }

func (a *API) pingWebhook(ctx context.Context, in *ByID) (*deliveryOut, error) {
	d, err := a.Webhooks.Ping(ctx, sessionOf(ctx).Actor, in.ID)
	return &deliveryOut{d}, err
}

type replayIn struct {
	ByID
	Body struct {
		Delivery string `json:"delivery,omitempty" maxLength:"100" doc:"id of one"`
		From     *int64 `json:"from,omitempty" doc:"first entry of a range"`
		To       *int64 `json:"to,omitempty" doc:"last entry of a range"`
	}
}

type replayOut struct {
	Body struct {
		Deliveries int64 `json:"deliveries" doc:"that are sent again"`
	}
}

func (a *API) replayWebhook(ctx context.Context, in *replayIn) (*replayOut, error) {
	n, err := a.Webhooks.Replay(ctx, sessionOf(ctx).Actor, in.ID, webhook.Again{Delivery: in.Body.Delivery, From: in.Body.From, To: in.Body.To})
	out := &replayOut{}
	out.Body.Deliveries = n
	return out, err
}

type deliveriesIn struct {
	ByID
	Page
	State   string `query:"state" enum:"waiting,done,failed"`
	Stream  string `query:"stream" maxLength:"100" doc:"of the ledger, such as support:ID"`
	Product string `query:"product" maxLength:"100" doc:"id"`
}

func (a *API) listDeliveries(ctx context.Context, in *deliveriesIn) (*listOf[store.Delivery], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Webhooks.Deliveries(ctx, sessionOf(ctx).Actor, store.DeliveryFilter{Webhook: in.ID, State: store.DeliveryState(in.State), Stream: in.Stream, Product: in.Product, Before: before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(d store.Delivery) string { return d.ID }), nil
}
