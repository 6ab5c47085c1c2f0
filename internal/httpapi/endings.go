package httpapi

import (
	"context"

	"ocopflow/internal/clerk"
	"ocopflow/internal/ending"
	"ocopflow/internal/paper"
	"ocopflow/internal/store"
	"ocopflow/internal/warning"
)

// endingRoutes are what an office does before certificates end.
func (a *API) endingRoutes(r router) {
	get(r, "/api/v1/warnings", "list-warnings", "Certificates", a.listWarnings)
	get(r, "/api/v1/warnings/rules", "list-warning-rules", "Certificates", a.warningRules)
	post(r, "/api/v1/warnings/letters", "write-warning", "Certificates", 201, a.writeWarning)
	for _, format := range []string{"docx", "pdf"} {
		post(r, "/api/v1/papers/ending_letter."+format, "ending-letter-"+format, "Papers", 200, a.endingLetter(format))
	}
}

type warningsIn struct {
	Page
	Status  string `query:"status" enum:"open,due,overdue,written" default:"open" doc:"open: due and overdue"`
	Warning string `query:"warning" maxLength:"40" doc:"code of a rule"`
}

func (a *API) listWarnings(ctx context.Context, in *warningsIn) (*listOf[ending.Warned], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	items, err := a.Endings.List(ctx, sessionOf(ctx).Actor, ending.Filter{Status: in.Status, Warning: in.Warning, After: after, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return cut(items, in.Limit, ending.Warned.Cursor), nil
}

type warningRule struct{ warning.Rule }

func (a *API) warningRules(context.Context, *struct{}) (*listOf[warningRule], error) {
	out := &listOf[warningRule]{}
	for _, r := range warning.Rules() {
		out.Body.Items = append(out.Body.Items, warningRule{r})
	}
	return out, nil
}

type warningIn struct {
	Writing
	Body struct {
		Warning      string   `json:"warning" maxLength:"40" doc:"code of a rule"`
		Certificates []string `json:"certificates" minItems:"1" maxItems:"100" doc:"numbers"`
		Unit         string   `json:"unit,omitempty" maxLength:"100" doc:"id or code of the unit that sends it; the caller's own unless given"`
		Suffix       string   `json:"suffix,omitempty" maxLength:"30" doc:"of the letter's symbol: TB-VPĐP makes line 5 of the register 05/TB-VPĐP"`
	}
}

type warningOut struct{ Body store.Paper }

func (a *API) writeWarning(ctx context.Context, in *warningIn) (*warningOut, error) {
	key, err := in.key(ctx, "POST /warnings/letters", in.Body)
	if err != nil {
		return nil, err
	}
	l, err := a.Endings.Write(ctx, ending.Sending{Warning: in.Body.Warning, Certificates: in.Body.Certificates, Unit: in.Body.Unit, Suffix: in.Body.Suffix, Actor: sessionOf(ctx).Actor, Key: key})
	return &warningOut{l}, err
}

type endingLetterIn struct {
	InLang
	Body struct {
		PaperHeading
		Warning      string   `json:"warning" maxLength:"40" doc:"code of a rule"`
		Certificates []string `json:"certificates" minItems:"1" maxItems:"100" doc:"numbers"`
		Contact      string   `json:"contact,omitempty" maxLength:"500"`
	}
}

func (a *API) endingLetter(format string) handler[endingLetterIn, fileOut] {
	return func(ctx context.Context, in *endingLetterIn) (*fileOut, error) {
		return drawnUp(ctx, "thu-bao-het-han", format, func() (paper.Document, error) {
			return a.Clerk.EndingLetter(ctx, sessionOf(ctx).Actor, clerk.EndingLetter{Heading: clerk.Heading(in.Body.PaperHeading), Warning: in.Body.Warning,
				Certificates: in.Body.Certificates, Contact: in.Body.Contact}, in.of(ctx))
		})
	}
}
