package httpapi

import (
	"context"

	"ocopflow/internal/register"
)

func (a *API) expiryRoutes(r router) {
	get(r, "/api/v1/expiries", "list-expiries", "Certificates", a.listExpiries)
}

type expiriesIn struct {
	Months int `query:"months" minimum:"1" maximum:"120" default:"12" doc:"how far ahead"`
}

func (a *API) listExpiries(ctx context.Context, in *expiriesIn) (*listOf[register.ExpiryMonth], error) {
	items, err := register.Expiring(ctx, a.DB, sessionOf(ctx).Actor.Products(), a.Desk.Today(), in.Months)
	return &listOf[register.ExpiryMonth]{Body: list[register.ExpiryMonth]{Items: items}}, err
}
