package ocop

// Certificate (giấy chứng nhận) of a recognition at 3 stars or more.
type Certificate struct {
	Number       string `json:"number"`
	Product      string `json:"product"`
	Round        string `json:"round,omitempty"`
	Stars        int    `json:"stars"`
	Level        Level  `json:"level,omitempty"`
	Decision     string `json:"decision,omitempty"` // number of the decision, such as 2394/QĐ-UBND
	DecidedOn    *Date  `json:"decided_on,omitempty"`
	DecisionFile string `json:"decision_file,omitempty"` // document id
	IssuedOn     Date   `json:"issued_on"`
	LastDay      Date   `json:"last_day"` // inclusive
	SupersededBy string `json:"superseded_by,omitempty"`
	SupersededOn *Date  `json:"superseded_on,omitempty"`
	RevokedOn    *Date  `json:"revoked_on,omitempty"`
	ExtendedTo   *Date  `json:"extended_to,omitempty"` // last day past the term, while a renewal filed late runs
	Assumed      bool   `json:"assumed,omitempty"`
	Entry        int64  `json:"entry"`
}

// CertificateStatus is derived from a certificate and a day, never stored.
type CertificateStatus string

// What a certificate can be on a day.
const (
	CertificateValid      CertificateStatus = "valid"
	CertificateExtended   CertificateStatus = "extended"
	CertificateExpired    CertificateStatus = "expired"
	CertificateSuperseded CertificateStatus = "superseded"
	CertificateRevoked    CertificateStatus = "revoked"
)

// StatusOn says what the certificate is on day.
func (c Certificate) StatusOn(day Date) CertificateStatus {
	switch {
	case c.RevokedOn != nil && day >= *c.RevokedOn:
		return CertificateRevoked
	case c.SupersededOn != nil && day >= *c.SupersededOn:
		return CertificateSuperseded
	case day > c.LastDay && c.ExtendedTo != nil && day <= *c.ExtendedTo:
		return CertificateExtended
	case day > c.LastDay:
		return CertificateExpired
	}
	return CertificateValid
}

// InForce reports whether the certificate counts on day.
func (c Certificate) InForce(day Date) bool {
	s := c.StatusOn(day)
	return s == CertificateValid || s == CertificateExtended
}
