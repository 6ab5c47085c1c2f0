package httpapi

import (
	"context"
	"fmt"
	"strconv"

	"ocopflow/internal/fault"
	"ocopflow/internal/privacy"
)

type erasureIn struct {
	Index int64 `path:"index" minimum:"0"`
	Writing
	Body struct {
		Fields []string `json:"fields,omitempty" maxItems:"100" doc:"of the entry; all that are private unless given"`
		Reason string   `json:"reason,omitempty" doc:"kept for good"`
	}
}

type erasureOut struct{ Body privacy.Done }

// erase forgets private values of an entry.
func (a *API) erase(ctx context.Context, in *erasureIn) (*erasureOut, error) {
	key, err := in.key(ctx, "POST /audit/entries/{index}/erasure", in.Index, in.Body)
	if err != nil {
		return nil, err
	}
	done, err := a.Privacy.Erase(ctx, privacy.Request{Entry: in.Index, Fields: in.Body.Fields, Reason: in.Body.Reason, Actor: sessionOf(ctx).Actor, Key: key})
	return &erasureOut{done}, err
}

// listErasures lists what was forgotten, for auditors and for those who forget.
func (a *API) listErasures(ctx context.Context, in *Page) (*listOf[privacy.Erasure], error) {
	after, err := in.index()
	if err != nil {
		return nil, err
	}
	items, err := a.Privacy.Erasures(ctx, sessionOf(ctx).Actor, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(e privacy.Erasure) string { return fmt.Sprint(e.Index) }), nil
}

// index is the place in the ledger after which a page begins; -1 for the first.
func (p Page) index() (int64, error) {
	place, err := p.after()
	if err != nil || place == "" {
		return -1, err
	}
	after, err := strconv.ParseInt(place, 10, 64)
	if err != nil {
		return -1, fault.New(fault.Invalid, "cursor", "Con trỏ trang không hợp lệ.", "The cursor is not valid.")
	}
	return after, nil
}
