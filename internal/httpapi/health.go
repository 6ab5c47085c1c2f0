package httpapi

import (
	"context"

	"ocopflow/internal/health"
)

func (a *API) healthRoutes(r router) {
	get(r, "/api/v1/health", "health", "Operations", a.lookOver)
}

type healthOut struct{ Body health.Report }

func (a *API) lookOver(ctx context.Context, _ *struct{}) (*healthOut, error) {
	report, err := a.Health.Look(ctx, sessionOf(ctx).Actor)
	return &healthOut{report}, err
}
