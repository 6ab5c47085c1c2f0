package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"ocopflow/internal/casework"
)

// engine makes moves as the program does, without HTTP.
func (o *office) engine(database string) contestant {
	return contestant{name: "engine", database: database, run: o.round(o.move)}
}

func (o *office) move(ctx context.Context, product string, s step) error {
	_, err := o.app.Desk.Move(ctx, casework.Ask{Product: product, Actor: s.actor, Event: s.event, Comment: s.comment, Data: s.data})
	return err
}

// http asks for moves as a program outside does: signed, in JSON, over loopback.
func (o *office) http(database string) contestant {
	return contestant{name: "http", database: database, run: o.round(o.moveOverHTTP(&http.Client{Transport: &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000}}))}
}

func (o *office) moveOverHTTP(client *http.Client) func(context.Context, string, step) error {
	return func(ctx context.Context, product string, s step) error {
		return o.post(ctx, client, "/api/v1/products/"+product+"/transitions", s.token, map[string]any{"event": s.event, "comment": s.comment, "data": s.data})
	}
}

func (o *office) post(ctx context.Context, client *http.Client, path, token string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.address+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	got, err := client.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	answer, err := io.ReadAll(got.Body)
	if err == nil && got.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", got.Status, answer)
	}
	return err
}

// lead lets a client take its next product one step on: each leads its own
// products, one after another, from where they stand.
func (o *office) lead(ctx context.Context, client, clients int, at *int, move func(ctx context.Context, product string, s step) error) error {
	i := client + *at*clients
	if i >= len(o.products) {
		i, *at = client, 0
	}
	*at++
	p := &o.products[i]
	err := move(ctx, p.id, o.steps[p.next])
	p.next = (p.next + 1) % len(o.steps)
	return err
}

// round lets so many clients make moves for some time.
func (o *office) round(move func(ctx context.Context, product string, s step) error) func(context.Context, int, time.Duration) (sample, error) {
	return func(ctx context.Context, clients int, each time.Duration) (sample, error) {
		at := make([]int, clients)
		return drive(ctx, clients, each, func(ctx context.Context, client int) error {
			return o.lead(ctx, client, clients, &at[client], move)
		})
	}
}
