package httpapi

import (
	"context"

	"ocopflow/internal/casework"
)

type reportOut struct{ Body casework.Report }

func (a *API) report(ctx context.Context, _ *struct{}) (*reportOut, error) {
	r, err := a.Desk.Report(ctx, sessionOf(ctx).Actor)
	return &reportOut{r}, err
}
