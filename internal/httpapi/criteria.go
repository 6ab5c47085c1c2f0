package httpapi

import (
	"context"

	"ocopflow/internal/casework"
	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
)

type setItem struct {
	Version string    `json:"version"`
	Set     int       `json:"set"`
	Slug    string    `json:"slug"`
	Name    ocop.Text `json:"name"`
	Group   string    `json:"group"`
}

func (a *API) listCriteria(context.Context, *struct{}) (*listOf[setItem], error) {
	out := &listOf[setItem]{Body: list[setItem]{Items: []setItem{}}}
	for _, version := range criteria.Versions() {
		all := criteria.BuiltIn(version)
		for n := 1; n <= 26; n++ {
			if s := all[n]; s != nil {
				out.Body.Items = append(out.Body.Items, setItem{version, s.Number, s.Slug, s.Name, s.Group})
			}
		}
	}
	return out, nil
}

type setIn struct {
	Version string `path:"version"`
	Set     int    `path:"set"`
}

type setOut struct{ Body criteria.Set }

func (a *API) getCriteria(_ context.Context, in *setIn) (*setOut, error) {
	s := criteria.BuiltIn(in.Version)[in.Set]
	if s == nil {
		return nil, casework.NotFound()
	}
	return &setOut{*s}, nil
}
