package register

import (
	"context"

	"ocopflow/internal/access"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// MaxMonths bounds how far ahead is looked: no certificate runs longer.
const MaxMonths = 120

// Stars counts certificates by what they recognise.
type Stars map[int]int64

// ExpiryMonth are the certificates that end in a month of the calendar, as far
// as it lies between the days that were asked for.
type ExpiryMonth struct {
	Month    string          `json:"month"` // YYYY-MM
	From     ocop.Date       `json:"from"`
	To       ocop.Date       `json:"to"`
	Total    int64           `json:"total"`
	Warned   int64           `json:"warned" doc:"those of which a letter went out"`
	Stars    Stars           `json:"stars"`
	Communes []ExpiryCommune `json:"communes"`
}

// ExpiryCommune are those of one commune.
type ExpiryCommune struct {
	Commune *ocop.Ref `json:"commune"` // null where it is not known
	Total   int64     `json:"total"`
	Stars   Stars     `json:"stars"`
}

// Expiring gives every month from a day to the day so many months later, both
// inside, with the certificates in view that end in it.
//
// Faults: months_wrong (Invalid).
func Expiring(ctx context.Context, q sqldb.Querier, v access.View, today ocop.Date, months int) ([]ExpiryMonth, error) {
	if months < 1 || months > MaxMonths {
		return nil, fault.New(fault.Invalid, "months_wrong", "Số tháng phải từ 1 đến 120.", "The number of months must be from 1 to 120.").
			At("query.months", "Từ 1 đến 120.", "From 1 to 120.")
	}
	until := today.AddMonths(months)
	list, err := store.Expiries(ctx, q, v, today, until)
	if err != nil {
		return nil, err
	}
	return byMonth(list, today, until), nil
}

// byMonth lays endings, which come by day, into the months from one day to another.
func byMonth(list []store.Expiry, from, to ocop.Date) []ExpiryMonth {
	var out []ExpiryMonth
	at := 0
	for first := from; first <= to; {
		name := first.String()[:7]
		m := ExpiryMonth{Month: name, From: first, Stars: Stars{}, Communes: []ExpiryCommune{}}
		begun, _ := ocop.ParseDate(name + "-01") // a day that String wrote
		next := begun.AddMonths(1)
		m.To = min(next-1, to)
		for ; at < len(list) && list[at].Day <= m.To; at++ {
			m.add(list[at])
		}
		out = append(out, m)
		first = next
	}
	return out
}

func (m *ExpiryMonth) add(e store.Expiry) {
	m.Total += e.Count
	m.Warned += e.Warned
	m.Stars[e.Stars] += e.Count
	for i := range m.Communes {
		if c := &m.Communes[i]; sameCommune(c.Commune, e.Commune) {
			c.Total += e.Count
			c.Stars[e.Stars] += e.Count
			return
		}
	}
	m.Communes = append(m.Communes, ExpiryCommune{Commune: e.Commune, Total: e.Count, Stars: Stars{e.Stars: e.Count}})
}

func sameCommune(a, b *ocop.Ref) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID
}
