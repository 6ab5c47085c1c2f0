package casework

import (
	"time"

	"ocopflow/internal/ocop"
)

// Product is a product as callers get it.
type Product struct {
	ID          string      `json:"id"`
	Code        string      `json:"code"`
	Name        string      `json:"name"`
	Producer    ocop.Ref    `json:"producer"`
	Commune     *ocop.Ref   `json:"commune"`
	Set         int         `json:"set"`
	State       ocop.State  `json:"state"`
	Track       *ocop.Track `json:"track"`
	Round       *string     `json:"round"`
	Version     int64       `json:"version"`
	Level       *ocop.Level `json:"level"`
	Campaign    *string     `json:"campaign"`
	Stars       int         `json:"stars"`
	Certificate *string     `json:"certificate"`
	Due         *ocop.Date  `json:"due"`
	Rejected    bool        `json:"rejected"`
	Assumed     bool        `json:"assumed"`
	UpdatedAt   time.Time   `json:"updated_at"`
}

// View shows a product; what it does not have is null.
func View(p ocop.Product) Product {
	return Product{
		ID: p.ID, Code: p.Code, Name: p.Name, Producer: p.Producer, Commune: p.Commune, Set: p.Set, State: p.State, Version: p.Version,
		Track: given(p.Track, ocop.NoTrack), Round: given(p.Round, ""), Level: given(p.Level, ""), Campaign: given(p.Plan, ""),
		Stars: p.Stars, Certificate: given(p.Certificate, ""), Due: p.Due, Rejected: p.Rejected, Assumed: p.Assumed, UpdatedAt: p.UpdatedAt,
	}
}

// CertificateNumber is the number of the newest certificate, "" without one.
func (p Product) CertificateNumber() string {
	if p.Certificate == nil {
		return ""
	}
	return *p.Certificate
}

func given[T comparable](v, none T) *T {
	if v == none {
		return nil
	}
	return &v
}

// Entry is a line of a product's history as callers get it.
type Entry struct {
	Index     *int64         `json:"index"` // null in a dry run
	Seq       *int64         `json:"seq"`
	Kind      string         `json:"kind"`
	Event     string         `json:"event"`
	From      string         `json:"from"`
	To        string         `json:"to"`
	Round     string         `json:"round,omitempty"`
	Level     string         `json:"level,omitempty"`
	At        time.Time      `json:"at"`
	Actor     string         `json:"actor"`
	ActorName string         `json:"actor_name,omitempty"`
	ForName   string         `json:"for_name,omitempty"` // on whose behalf the actor acted
	Comment   string         `json:"comment,omitempty"`
	Data      map[string]any `json:"data,omitempty"`
	Hash      string         `json:"hash"`
	Erased    []Erased       `json:"erased,omitempty"` // private values that were forgotten
	Private   bool           `json:"-"`                // it has some that are not
}
