// Package register owns certificates: what supersedes and revokes them, what
// the public may read of one, and their verification. Deciding that one is
// issued is a move, which package casework carries out.
package register

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
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

// Issued is what a certificate's entry says, read back from a proof.
type Issued struct {
	Number   string    `json:"number"`
	Stars    int       `json:"stars"`
	Name     string    `json:"name"`
	Producer string    `json:"producer"`
	IssuedOn ocop.Date `json:"issued_on"`
	LastDay  ocop.Date `json:"last_day"`
	Decision string    `json:"decision,omitempty"`
	Set      int       `json:"set"`
	Assumed  bool      `json:"assumed,omitempty"`
	Origin   string    `json:"origin"` // of the ledger
	Index    int64     `json:"index"`
	Size     int64     `json:"size"` // of the tree that was signed
}

// Evidence is the text that a certificate's QR code carries: the bytes of its
// entry, a line feed, and the proof in the form of C2SP tlog-proof without its
// last line feed, which scanners drop.
func Evidence(entry, proof []byte) string {
	return string(entry) + "\n" + strings.TrimSuffix(string(proof), "\n")
}

// maxEvidence is far above the longest evidence: a QR code holds 2,953 bytes.
const maxEvidence = 8 << 10

// CheckEvidence verifies a certificate offline, from the text of its QR code and
// the ledger's public key alone. What it says held on the day of the checkpoint:
// whether it was revoked since, only the register knows.
//
// Faults: evidence_wrong (Refused), with what is wrong as its cause.
func CheckEvidence(text, key string) (Issued, error) {
	wrong := fault.New(fault.Refused, "evidence_wrong", "Không xác minh được: nội dung đã bị sửa, hoặc không do sổ cái này ký.",
		"Not verified: the text was changed, or another ledger signed it.")
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	entry, proof, ok := strings.Cut(text, "\n")
	if !ok || len(text) > maxEvidence {
		return Issued{}, wrong.Because(errors.New("the text is not a certificate's"))
	}
	proven, err := ledger.CheckProof([]byte(entry), []byte(proof+"\n"), key)
	if err != nil {
		return Issued{}, wrong.Because(err)
	}
	var e struct {
		Kind string
		Data Issued
	}
	if err := json.Unmarshal([]byte(entry), &e); err != nil || e.Kind != ledger.KindIssue {
		return Issued{}, wrong.Because(errors.New("the entry does not issue a certificate"))
	}
	e.Data.Origin, e.Data.Index, e.Data.Size = proven.Origin, proven.Index, proven.Size
	return e.Data, nil
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
