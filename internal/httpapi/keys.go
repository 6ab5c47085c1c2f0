package httpapi

import (
	"context"

	"ocopflow/internal/audit"
)

// ledgerKeys are all public keys that ever signed checkpoints, each with the note
// in which the one before it vouches for it.
func (a *API) ledgerKeys(ctx context.Context, _ *struct{}) (*listOf[audit.PublishedKey], error) {
	keys, err := a.Notary.Keys(ctx)
	return &listOf[audit.PublishedKey]{Body: list[audit.PublishedKey]{Items: keys}}, err
}
