package petition

import (
	"maps"
	"slices"
	"time"

	"ocopflow/internal/ocop"
)

// Petition is one as callers get it.
type Petition struct {
	ID        string              `json:"id"`
	Code      string              `json:"code"`
	Procedure string              `json:"procedure"`
	Edition   string              `json:"procedure_version"`
	Unit      ocop.Ref            `json:"unit"`  // that decides
	Asker     ocop.Ref            `json:"asker"` // a producer or a commune
	Product   *ocop.Ref           `json:"product"`
	Campaign  *string             `json:"campaign"` // code
	State     ocop.State          `json:"state"`
	Track     *ocop.Track         `json:"track"`
	Turn      int64               `json:"turn"` // how often it was opened
	Due       *ocop.Date          `json:"due"`
	Facts     map[string]any      `json:"facts"`   // gathered from forms since it began
	Parties   map[string]ocop.Ref `json:"parties"` // units to which it goes, by the field that names them
	Texts     map[string]string   `json:"texts"`   // what was last said in words, by field; null in lists of moves
	Version   int64               `json:"version"`
	OpenedBy  string              `json:"opened_by"`
	OpenedAt  time.Time           `json:"opened_at"`
	UpdatedAt time.Time           `json:"updated_at"`
}

// View shows a petition; what it does not have is null.
func View(x *file) Petition {
	n := x.petition
	out := Petition{ID: n.ID, Code: n.Code, Procedure: n.Procedure, Edition: n.Edition, Unit: n.Unit, Asker: n.Asker, Product: n.Product, State: n.State, Turn: n.Turn,
		Due: n.Due, Facts: maps.Clone(n.Facts), Parties: map[string]ocop.Ref{}, Version: n.Version, OpenedBy: n.OpenedBy, OpenedAt: n.OpenedAt, UpdatedAt: n.UpdatedAt}
	if n.Plan != "" {
		out.Campaign = &n.Plan
	}
	if n.Track != ocop.NoTrack {
		out.Track = &n.Track
	}
	for _, name := range slices.Sorted(maps.Keys(n.Facts)) {
		id, _ := n.Facts[name].(string)
		if u := x.units[id]; u != nil {
			out.Parties[name] = ocop.Ref{ID: u.ID, Code: u.Code, Name: u.Name.Vi}
		}
	}
	return out
}

// Int is a gathered whole number; 0 when there is none.
func (p Petition) Int(name string) int64 { n, _ := p.Facts[name].(int64); return n }

// String is a gathered text; "" when there is none.
func (p Petition) String(name string) string { s, _ := p.Facts[name].(string); return s }
