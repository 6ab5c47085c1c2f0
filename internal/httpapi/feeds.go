package httpapi

import (
	"context"

	"ocopflow/internal/feed"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// feedRoutes are the addresses at which calendar programs read deadlines.
func (a *API) feedRoutes(r router) {
	get(r, "/api/v1/calendar-feeds", "list-feeds", "Notices", a.listFeeds)
	post(r, "/api/v1/calendar-feeds", "open-feed", "Notices", 201, a.openFeed)
	remove(r, "/api/v1/calendar-feeds/{id}", "close-feed", "Notices", a.closeFeed)
}

func (a *API) listFeeds(ctx context.Context, _ *struct{}) (*listOf[store.Feed], error) {
	items, err := a.Feeds.List(ctx, sessionOf(ctx).Actor)
	return &listOf[store.Feed]{Body: list[store.Feed]{Items: items}}, err
}

type feedIn struct {
	Body struct {
		Label string    `json:"label" maxLength:"400"`
		Lang  ocop.Lang `json:"lang,omitempty" enum:"vi,en" doc:"that of the request unless given"`
	}
}

type feedOut struct{ Body feed.Opened }

func (a *API) openFeed(ctx context.Context, in *feedIn) (*feedOut, error) {
	lang := in.Body.Lang
	if lang == "" {
		lang = langOf(ctx)
	}
	f, err := a.Feeds.Open(ctx, sessionOf(ctx).Actor, in.Body.Label, lang)
	return &feedOut{f}, err
}

func (a *API) closeFeed(ctx context.Context, in *ByID) (*struct{}, error) {
	return nil, a.Feeds.Close(ctx, sessionOf(ctx).Actor, in.ID)
}
