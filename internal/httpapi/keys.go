package httpapi

import (
	"context"

	"ocopflow/internal/notary"
)

// ledgerKeys are all public keys that ever signed checkpoints, each with the note
// in which the one before it vouches for it.
func (a *API) ledgerKeys(ctx context.Context, _ *struct{}) (*listOf[notary.PublishedKey], error) {
	keys, err := a.Notary.Keys(ctx)
	return &listOf[notary.PublishedKey]{Body: list[notary.PublishedKey]{Items: keys}}, err
}
