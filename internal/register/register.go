// Package register owns certificates: what supersedes and revokes them, what
// the public may read of one, and their verification. Deciding that one is
// issued is a move, which package casework carries out.
package register

import (
	"context"
	"unicode/utf8"

	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Supersede ends an older certificate on the day the newer one was issued.
func Supersede(old, by ocop.Certificate) ocop.Certificate {
	old.SupersededBy, old.SupersededOn = by.Number, &by.IssuedOn
	return old
}

// Revoke ends a certificate on a day.
func Revoke(k ocop.Certificate, on ocop.Date) ocop.Certificate {
	k.RevokedOn = &on
	return k
}

// nameBytes bounds the names in the public entry, so that the whole entry stays
// within 700 bytes and fits a QR code together with its proof.
const nameBytes = 100

// Public is what the ledger's entry of a certificate says: public fields only.
func Public(k ocop.Certificate, p ocop.Product) ledger.Map {
	m := ledger.Map{
		"number": k.Number, "stars": k.Stars, "name": shorten(p.Name), "producer": shorten(p.Producer.Name),
		"issued_on": k.IssuedOn.String(), "last_day": k.LastDay.String(), "set": p.Set,
	}
	if k.Decision != "" {
		m["decision"] = shorten(k.Decision)
	}
	if k.Assumed {
		m["assumed"] = true
	}
	return m
}

func shorten(s string) string {
	if len(s) <= nameBytes {
		return s
	}
	cut := nameBytes - len("…")
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// Verification is what anybody may learn of a certificate: no personal data.
type Verification struct {
	ocop.Certificate
	Status      ocop.CertificateStatus `json:"status"`
	ProductName string                 `json:"product_name"`
	Producer    string                 `json:"producer"`
	Commune     string                 `json:"commune,omitempty"`
	Set         int                    `json:"set"`
	On          ocop.Date              `json:"on"` // the day for which the status holds
}

// Verify answers for a number on a day.
//
// Faults: no_certificate (NotFound).
func Verify(ctx context.Context, q sqldb.Querier, number string, day ocop.Date) (Verification, error) {
	k, err := store.Certificate(ctx, q, number)
	if err != nil {
		return Verification{}, err
	}
	if k == nil {
		return Verification{}, fault.New(fault.NotFound, "no_certificate",
			"Không có giấy chứng nhận mang số này.", "There is no certificate of this number.")
	}
	p, err := store.Product(ctx, q, k.Product)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{Certificate: *k, Status: k.StatusOn(day), ProductName: p.Name, Producer: p.Producer.Name, Set: p.Set, On: day}
	if p.Commune != nil {
		v.Commune = p.Commune.Name
	}
	return v, nil
}
