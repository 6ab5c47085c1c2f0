package httpapi

import (
	"context"
	"encoding/json"
	"sync"

	"ocopflow/internal/casework"
	"ocopflow/internal/draw"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

type workflowItem struct {
	Name      string     `json:"name"`
	Version   string     `json:"version"`
	Title     ocop.Text  `json:"title"`
	Hash      string     `json:"hash"`
	Effective ocop.Date  `json:"effective"`
	Until     *ocop.Date `json:"until"`
	Act       string     `json:"act"`
	Verified  bool       `json:"verified" doc:"false when nothing of it was seen in a source"`
}

func (a *API) listWorkflows(context.Context, *struct{}) (*listOf[workflowItem], error) {
	out := &listOf[workflowItem]{Body: list[workflowItem]{Items: []workflowItem{}}}
	for _, r := range a.Library.All() {
		out.Body.Items = append(out.Body.Items, workflowItem{r.Name, r.Version, r.Title, r.Hash, r.Legal.Effective, r.Legal.Until, r.Legal.Act,
			r.Verified == nil || *r.Verified})
	}
	return out, nil
}

type workflowIn struct {
	Name    string `path:"name"`
	Version string `path:"version"`
}

type workflowBody struct {
	Hash       string             `json:"hash"`
	Definition json.RawMessage    `json:"definition"`
	Mermaid    string             `json:"mermaid"`
	Findings   []workflow.Finding `json:"findings" doc:"what its check warns of, such as rules not seen in a source"`
}

type workflowOut struct{ Body workflowBody }

func (a *API) getWorkflow(ctx context.Context, in *workflowIn) (*workflowOut, error) {
	r := a.Library.Pinned(in.Name, in.Version)
	if r == nil {
		return nil, casework.NotFound()
	}
	text, err := json.Marshal(r.Procedure)
	return &workflowOut{workflowBody{r.Hash, text, draw.Scene{Rules: r, Lang: langOf(ctx)}.Mermaid(), r.Warnings}}, err
}

type graphOut struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// graph draws a procedure in one format. Anybody may ask, so each picture is
// drawn once and kept: there are as many as loaded procedures in two languages.
func (a *API) graph(format string) handler[workflowIn, graphOut] {
	var drawn sync.Map // by hash and language
	return func(ctx context.Context, in *workflowIn) (*graphOut, error) {
		r := a.Library.Pinned(in.Name, in.Version)
		if r == nil {
			return nil, casework.NotFound()
		}
		key := r.Hash + string(langOf(ctx))
		if out, ok := drawn.Load(key); ok {
			return out.(*graphOut), nil
		}
		body, media, err := draw.Scene{Rules: r, Lang: langOf(ctx)}.Draw(ctx, format)
		if err != nil {
			return nil, err
		}
		out := &graphOut{media, body}
		drawn.Store(key, out)
		return out, nil
	}
}

// productGraph draws a product's procedure with its present state and its path.
func (a *API) productGraph(ctx context.Context, in *ByID) (*graphOut, error) {
	rules, now, path, err := a.Desk.Way(ctx, sessionOf(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	body, media, err := draw.Scene{Rules: rules, Lang: langOf(ctx), Now: now, Path: path}.Draw(ctx, "svg")
	return &graphOut{media, body}, err
}

type diffIn struct {
	Name    string `path:"name"`
	Version string `path:"version"`
	Other   string `path:"other"`
}

func (a *API) diffWorkflows(_ context.Context, in *diffIn) (*listOf[workflow.Change], error) {
	r, other := a.Library.Pinned(in.Name, in.Version), a.Library.Pinned(in.Name, in.Other)
	if r == nil || other == nil {
		return nil, casework.NotFound()
	}
	return &listOf[workflow.Change]{Body: list[workflow.Change]{Items: workflow.Diff(r, other)}}, nil
}
