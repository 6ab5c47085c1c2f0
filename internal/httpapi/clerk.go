package httpapi

import (
	"context"
	"fmt"
	"time"

	"ocopflow/internal/casework"
	"ocopflow/internal/clerk"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
)

// clerkRoutes are the papers of an office and their templates.
func (a *API) clerkRoutes(r router) {
	get(r, "/api/v1/papers", "list-papers", "Papers", a.listPapers)
	get(r, "/api/v1/papers/{name}/{lang}", "get-paper-template", "Papers", a.getTemplate)
	put(r, "/api/v1/papers/{name}/{lang}", "keep-paper-template", "Papers", a.keepTemplate)
	remove(r, "/api/v1/papers/{name}/{lang}", "drop-paper-template", "Papers", a.dropTemplate)
	get(r, "/api/v1/papers/{name}/{lang}/shipped.md", "shipped-paper-template", "Papers", a.shippedTemplate)
	for _, format := range []string{"docx", "pdf"} {
		post(r, "/api/v1/papers/{name}/{lang}/try."+format, "try-paper-text-"+format, "Papers", 200, a.tryText(format))
		get(r, "/api/v1/papers/{name}/{lang}/example."+format, "try-paper-"+format, "Papers", a.tryPaper(format))
		get(r, "/api/v1/campaigns/{id}/notice."+format, "notice-"+format, "Papers", a.notice(format))
		post(r, "/api/v1/papers/decision."+format, "decision-"+format, "Papers", 200, a.decision(format))
		post(r, "/api/v1/papers/invitation."+format, "invitation-"+format, "Papers", 200, a.invitation(format))
		post(r, "/api/v1/papers/minutes."+format, "meeting-minutes-"+format, "Papers", 200, a.meeting(format))
		post(r, "/api/v1/papers/report."+format, "campaign-report-"+format, "Papers", 200, a.campaignReport(format))
	}
}

// OfUnit says whose papers are meant.
type OfUnit struct {
	Unit string `query:"unit" maxLength:"100" doc:"id or code; the caller's own unless given"`
}

// InLang says in which language a paper is; English ones are translations.
type InLang struct {
	Lang ocop.Lang `query:"lang" enum:"vi,en" doc:"the language of the answer unless given"`
}

func (q InLang) of(ctx context.Context) ocop.Lang {
	if q.Lang != "" {
		return q.Lang
	}
	return langOf(ctx)
}

type paperItem struct {
	Name         string              `json:"name"`
	Title        ocop.Text           `json:"title"`
	Makers       []ocop.Role         `json:"makers" doc:"roles that may make it"`
	Placeholders []paper.Placeholder `json:"placeholders"`
	Templates    []TemplateItem      `json:"templates"`
}

// TemplateItem is a template that counts, without its text.
type TemplateItem struct {
	Lang    ocop.Lang    `json:"lang"`
	Origin  clerk.Origin `json:"origin" enum:"shipped,folder,unit"`
	Unit    *ocop.Ref    `json:"unit" doc:"that keeps it"`
	Hash    string       `json:"hash" doc:"SHA-256"`
	Version int64        `json:"version" doc:"of the unit's own, 0 when it never kept one"`
	Since   *time.Time   `json:"since" doc:"when the unit kept it"`
	By      string       `json:"by" doc:"who kept it for the unit"`
}

func itemOf(t clerk.Template) TemplateItem {
	x := TemplateItem{Lang: t.Lang, Origin: t.Origin, Hash: t.Hash, Version: t.Version, By: t.By}
	if t.Unit.ID != "" {
		x.Unit, x.Since = &t.Unit, &t.Since
	}
	return x
}

type papersBody struct {
	Items []paperItem `json:"items"`
	Words []string    `json:"words" doc:"functions that templates may use"`
	Next  string      `json:"next"`
}

type papersOut struct{ Body papersBody }

func (a *API) listPapers(ctx context.Context, in *OfUnit) (*papersOut, error) {
	_, all, err := a.Clerk.Templates(ctx, sessionOf(ctx).Actor, in.Unit)
	if err != nil {
		return nil, err
	}
	out := papersBody{Items: []paperItem{}, Words: paper.Words()}
	for _, p := range paper.Papers {
		x := paperItem{Name: p.Name, Title: p.Title, Makers: clerk.Makers(p.Name), Placeholders: p.Fields(), Templates: []TemplateItem{}}
		for _, t := range all {
			if t.Paper == p.Name {
				x.Templates = append(x.Templates, itemOf(t))
			}
		}
		out.Items = append(out.Items, x)
	}
	return &papersOut{out}, nil
}

// TemplateIn names a template.
type TemplateIn struct {
	OfUnit
	Name string    `path:"name" maxLength:"40"`
	Lang ocop.Lang `path:"lang" maxLength:"2"`
}

type templateBody struct {
	TemplateItem
	Name string `json:"name"`
	Text string `json:"text"`
}

type templateOut struct{ Body templateBody }

func (a *API) getTemplate(ctx context.Context, in *TemplateIn) (*templateOut, error) {
	_, t, err := a.Clerk.Template(ctx, sessionOf(ctx).Actor, in.Unit, in.Name, in.Lang)
	return &templateOut{templateBody{itemOf(t), t.Paper, t.Text}}, err
}

type keepTemplateIn struct {
	TemplateIn
	Writing
	Body struct {
		Text    string `json:"text" maxLength:"70000"`
		Version *int64 `json:"version,omitempty" doc:"the one that was seen"`
	}
}

func (in *keepTemplateIn) change(ctx context.Context, route string) (clerk.Change, error) {
	c := clerk.Change{Unit: in.Unit, Paper: in.Name, Lang: in.Lang, Text: in.Body.Text}
	var err error
	if c.Key, err = in.key(ctx, route, in.Name, in.Lang, in.Unit, in.Body); err != nil {
		return c, err
	}
	c.Version, err = in.version(in.Body.Version)
	return c, err
}

func (a *API) keepTemplate(ctx context.Context, in *keepTemplateIn) (*templateOut, error) {
	c, err := in.change(ctx, "PUT /papers/{name}/{lang}")
	if err != nil {
		return nil, err
	}
	if err := a.Clerk.Keep(ctx, sessionOf(ctx).Actor, c); err != nil {
		return nil, err
	}
	return a.getTemplate(ctx, &in.TemplateIn)
}

type dropTemplateIn struct {
	TemplateIn
	Writing
}

func (a *API) dropTemplate(ctx context.Context, in *dropTemplateIn) (*struct{}, error) {
	version, err := in.version(nil)
	if err != nil {
		return nil, err
	}
	return nil, a.Clerk.Drop(ctx, sessionOf(ctx).Actor, clerk.Change{Unit: in.Unit, Paper: in.Name, Lang: in.Lang, Version: version})
}

func (a *API) tryPaper(format string) handler[TemplateIn, fileOut] {
	return func(ctx context.Context, in *TemplateIn) (*fileOut, error) {
		if paper.Find(in.Name) == nil {
			return nil, casework.NotFound()
		}
		return drawnUp(ctx, "mau-"+in.Name, format, func() (paper.Document, error) {
			return a.Clerk.Try(ctx, sessionOf(ctx).Actor, in.Unit, in.Name, in.Lang)
		})
	}
}

// shippedTemplate is the one that comes with the program, as a file.
func (a *API) shippedTemplate(ctx context.Context, in *TemplateIn) (*fileOut, error) {
	if _, _, err := a.Clerk.Template(ctx, sessionOf(ctx).Actor, in.Unit, in.Name, in.Lang); err != nil {
		return nil, err
	}
	if !paper.Shipped().Has(in.Name, in.Lang) {
		return nil, casework.NotFound()
	}
	name := in.Name + "." + string(in.Lang) + ".md"
	return &fileOut{mediaMarkdown, fmt.Sprintf("attachment; filename=%q", name), []byte(paper.Shipped().Get(in.Name, in.Lang).Text)}, nil
}

type tryTextIn struct {
	TemplateIn
	Body struct {
		Text string `json:"text" maxLength:"70000"`
	}
}

// tryText draws the example by a text that is not kept.
func (a *API) tryText(format string) handler[tryTextIn, fileOut] {
	return func(ctx context.Context, in *tryTextIn) (*fileOut, error) {
		return drawnUp(ctx, "mau-"+in.Name, format, func() (paper.Document, error) {
			return a.Clerk.TryText(ctx, sessionOf(ctx).Actor, clerk.Change{Unit: in.Unit, Paper: in.Name, Lang: in.Lang, Text: in.Body.Text})
		})
	}
}

// drawnUp makes the file of a paper that is filled first.
func drawnUp(ctx context.Context, name, format string, fill func() (paper.Document, error)) (*fileOut, error) {
	doc, err := fill()
	if err != nil {
		return nil, err
	}
	return written(ctx, doc, name, format)
}
