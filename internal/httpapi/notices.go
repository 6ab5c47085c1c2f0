package httpapi

import (
	"context"
	"strconv"

	"ocopflow/internal/fault"
	"ocopflow/internal/notify"
)

func (a *API) noticeRoutes(r router) {
	get(r, "/api/v1/notices", "list-notices", "Notices", a.listNotices)
	post(r, "/api/v1/notices/read", "read-notices", "Notices", 204, a.readNotices)
}

type noticesIn struct{ Page }

func (a *API) listNotices(ctx context.Context, in *noticesIn) (*listOf[notify.Notice], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	var before int64
	if after != "" {
		if before, err = strconv.ParseInt(after, 10, 64); err != nil || before < 0 {
			return nil, fault.New(fault.Invalid, "cursor", "Con trỏ trang chưa đúng: hãy dùng giá trị next của trang trước.", "The cursor is not right: use next of the page before.")
		}
	}
	items, err := a.Notices.List(ctx, sessionOf(ctx).Actor, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, func(n notify.Notice) string { return strconv.FormatInt(n.Entry, 10) }), nil
}

type readIn struct {
	Body struct {
		UpTo int64 `json:"up_to" minimum:"0" doc:"entry of the newest notice that was read; those before it count as read too"`
	}
}

// readNotices may be asked again: it never goes back.
func (a *API) readNotices(ctx context.Context, in *readIn) (*struct{}, error) {
	return nil, a.Notices.Read(ctx, sessionOf(ctx).Actor, in.Body.UpTo)
}
