package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/live"
)

// heartbeat is how often a silent stream shows that it lives, and asks whether
// its session still does.
const heartbeat = 15 * time.Second

// events is a stream of server-sent events: what changed that the caller may
// see. `after`, or Last-Event-ID, is the entry to go on from.
func (a *API) events(c *gin.Context) error {
	ctx := c.Request.Context()
	after, err := eventsAfter(c)
	if err != nil {
		return err
	}
	follower, err := a.News.Follow(ctx, sessionOf(ctx).Actor)
	if err != nil {
		return err
	}
	defer a.News.Leave(follower)
	s := stream{c: c, last: -1}
	if after != nil {
		missed, whole, err := a.News.Since(ctx, sessionOf(ctx).Actor, *after)
		if err != nil {
			return err
		}
		s.open()
		if s.last = *after; !whole {
			s.say("reset", -1, struct{}{})
		}
		for _, e := range missed {
			s.tell(e)
		}
	} else {
		s.open()
	}
	a.follow(&s, follower)
	return nil
}

// follow writes until the reader goes, the server stops or the session ends.
func (a *API) follow(s *stream, follower *live.Follower) {
	ctx := s.c.Request.Context()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for s.err == nil {
		select {
		case e, more := <-follower.C:
			if !more {
				return
			}
			s.tell(e)
		case <-beat.C:
			session, err := a.People.Recognise(ctx, httpx.Secret(s.c.Request))
			if err != nil || session == nil {
				return
			}
			follower.See(session.Actor.Products())
			s.write(": \n\n")
		case <-ctx.Done():
			return
		}
	}
}

// stream is an answer that does not end by itself.
type stream struct {
	c    *gin.Context
	last int64 // entry told last
	err  error
}

func (s *stream) open() {
	h := s.c.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy passes it on at once
	s.c.Status(http.StatusOK)
	s.write("retry: 3000\n\n")
}

func (s *stream) tell(e live.Event) {
	if e.Index <= s.last {
		return
	}
	s.last = e.Index
	s.say("change", e.Index, e)
}

func (s *stream) say(name string, id int64, data any) {
	text, err := json.Marshal(data)
	if err != nil {
		s.err = err
		return
	}
	head := "event: " + name + "\n"
	if id >= 0 {
		head += fmt.Sprintf("id: %d\n", id)
	}
	s.write(head + "data: " + string(text) + "\n\n")
}

// write sends at once; a reader that takes nothing for long ends the stream.
func (s *stream) write(text string) {
	if s.err != nil {
		return
	}
	out := http.NewResponseController(s.c.Writer)
	_ = out.SetWriteDeadline(time.Now().Add(2 * heartbeat)) // not every writer has one
	if _, s.err = s.c.Writer.WriteString(text); s.err == nil {
		s.err = out.Flush()
	}
}

// eventsAfter reads where to go on from; nil for "from now on".
func eventsAfter(c *gin.Context) (*int64, error) {
	text := c.GetHeader("Last-Event-ID")
	if text == "" {
		text = c.Query("after")
	}
	if text == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < -1 {
		return nil, fault.New(fault.Invalid, "shape", "after phải là số thứ tự của một bản ghi.", "after must be the index of an entry.")
	}
	return &n, nil
}

// eventsRoute goes on Gin directly, and into the document by hand.
func (a *API) eventsRoute(engine *gin.Engine, api huma.API) {
	engine.GET("/api/v1/events", a.plain(a.events))
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/events", OperationID: "follow-events", Tags: []string{"Products"}, Security: signedIn,
		Summary: "Server-sent events: what changed that I may see. An event `change` carries the product, what happened, by whom, and the entry's index as its id; `reset` says that more happened than is told.",
		Parameters: []*huma.Param{
			{Name: "after", In: "query", Description: "Index of the entry to go on from", Schema: &huma.Schema{Type: huma.TypeInteger}},
			{Name: "Last-Event-ID", In: "header", Description: "The same, as browsers send it", Schema: &huma.Schema{Type: huma.TypeInteger}}},
		Responses: map[string]*huma.Response{"200": {Description: "The stream", Content: map[string]*huma.MediaType{"text/event-stream": {}}}},
	})
}
