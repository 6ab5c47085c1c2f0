// Package signature reads the digital signatures of a PDF: who signed and when,
// by their own word, and whether what was signed is still as it was. It asks no
// network and trusts no issuer, so that it never says that a signer is who the
// certificate says; that is for a program with the list of the State's issuers.
package signature

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Without roots of its own the library would take those of the machine, and
// with a folder for its settings it would write to the home folder.
func init() {
	api.DisableConfigDir()
	model.UserCertPool = x509.NewCertPool()
}

// Integrity says what came of checking a signature.
type Integrity string

// The file is as it was signed; what was signed is, but the file was added to
// since, as by a second signature; what was signed was changed; or that could not
// be told.
const (
	Intact     Integrity = "intact"
	PartIntact Integrity = "part_intact"
	Changed    Integrity = "changed"
	Unknown    Integrity = "unknown"
)

// Signature is one digital signature as far as it was checked. The certificate
// chain never is: Chain says so to programs.
type Signature struct {
	By        string     `json:"by"` // name in the certificate, by the certificate's own word
	Issuer    string     `json:"issuer,omitempty"`
	At        *time.Time `json:"at,omitempty"` // by the signer's own clock
	Integrity Integrity  `json:"integrity"`
	Chain     string     `json:"chain"` // always not_checked
}

// Findings are what a file holds. Checked is false where it could not be read; then
// nothing is said of signatures.
type Findings struct {
	Checked    bool        `json:"checked"`
	Signatures []Signature `json:"signatures"`
}

// Largest is the size of the largest file that is looked into: reading one takes
// several times its size in memory.
const Largest = 32 << 20

// File is a PDF, read where one likes.
type File interface {
	io.ReadSeeker
	io.ReaderAt
}

// Read looks into a PDF of a size.
func Read(f File, size int64) (r Findings) {
	r.Signatures = []Signature{}
	if size > Largest {
		return r
	}
	found, err := read(f, size)
	if err != nil {
		return r
	}
	return Findings{Checked: true, Signatures: found}
}

func read(f File, size int64) (out []Signature, err error) {
	defer func() {
		if failed := recover(); failed != nil { // the library trips over some broken files
			err = fmt.Errorf("%v", failed)
		}
	}()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode, conf.Offline, conf.Optimize, conf.Cmd = model.ValidationRelaxed, true, false, model.VALIDATESIGNATURE
	c, err := api.ReadAndValidate(f, conf)
	if err != nil {
		return nil, err
	}
	c.URSignature = nil // of a viewer's maker, not of the paper
	whole, err := ranges(c, size)
	if err != nil {
		return nil, err
	}
	found, err := pdfcpu.ValidateSignatures(f, c, true)
	if err != nil {
		return nil, err
	}
	out = []Signature{}
	for _, s := range found {
		if s.Signed {
			out = append(out, told(s, whole[s.ObjNr]))
		}
	}
	slices.SortStableFunc(out, func(a, b Signature) int {
		if a.At == nil || b.At == nil {
			return 0
		}
		return a.At.Compare(*b.At)
	})
	return out, nil
}

// ranges says which signatures cover the file to its end. The library believes
// the places that a signature names; they must lie in the file.
func ranges(c *model.Context, size int64) (map[int]bool, error) {
	out := map[int]bool{}
	for _, of := range c.Signatures {
		for _, s := range of {
			field, err := c.DereferenceDict(*types.NewIndirectRef(s.ObjNr, 0))
			if err != nil {
				return nil, err
			}
			v := field.IndirectRefEntry("V")
			if v == nil {
				continue
			}
			d, err := c.DereferenceDict(*v)
			if err != nil {
				return nil, err
			}
			places := d.ArrayEntry("ByteRange")
			if len(places) != 4 {
				return nil, errors.New("a signature does not say what it covers")
			}
			var n [4]int64
			for i, p := range places {
				at, ok := p.(types.Integer)
				if n[i] = int64(at.Value()); !ok || n[i] < 0 || n[i] > size {
					return nil, errors.New("a signature covers what is not in the file")
				}
			}
			if n[0]+n[1] > n[2] || n[2]+n[3] > size {
				return nil, errors.New("a signature covers what is not in the file")
			}
			out[s.ObjNr] = n[0] == 0 && n[2]+n[3] == size
		}
	}
	return out, nil
}

// told puts a finding of the library into our words.
func told(s *model.SignatureValidationResult, whole bool) Signature {
	out := Signature{By: strings.TrimSpace(s.Details.SignerName), Integrity: Unknown, Chain: "not_checked"}
	if at := s.Details.SigningTime; !at.IsZero() {
		utc := at.UTC()
		out.At = &utc
	}
	verified := false
	for _, signer := range s.Details.Signers {
		if k := signer.Certificate; k != nil {
			verified = true // the library looks at a certificate once it has verified what it signed
			if k.Subject != "" {
				out.By = k.Subject
			}
			out.Issuer = k.Issuer
		}
	}
	switch {
	case s.DocModified == model.True || s.Reason == model.SignatureReasonSignatureForged:
		out.Integrity = Changed
	case s.DocModified == model.False && verified && whole:
		out.Integrity = Intact
	case s.DocModified == model.False && verified:
		out.Integrity = PartIntact
	}
	return out
}
