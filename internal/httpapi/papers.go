package httpapi

import (
	"context"
	"fmt"

	"ocopflow/internal/casework"
	"ocopflow/internal/council"
	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/petition"
	"ocopflow/internal/register"
)

const (
	mediaPDF      = paper.MediaPDF
	mediaText     = "text/plain; charset=utf-8"
	mediaMarkdown = "text/markdown; charset=utf-8"
)

// fileOut is a document for saving.
type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func file(media, name string, body []byte) *fileOut {
	return &fileOut{media, fmt.Sprintf("inline; filename=%q", name), body}
}

// drawn draws a document up in its turn.
func drawn(ctx context.Context, media, name string, draw func() ([]byte, error)) (*fileOut, error) {
	body, err := paper.InTurn(ctx, draw)
	return file(media, name, body), err
}

// written makes a document in one of two formats.
func written(ctx context.Context, d paper.Document, name, format string) (*fileOut, error) {
	media, draw := d.Format(format)
	return drawn(ctx, media, name+"."+format, draw)
}

// minutes writes those of a session whose sheets were opened.
func (a *API) minutes(format string) handler[ByID, fileOut] {
	return func(ctx context.Context, in *ByID) (*fileOut, error) {
		v, set, err := a.opened(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return written(ctx, paper.Minutes(v, set, langOf(ctx)), "bien-ban-"+v.Product.Code, format)
	}
}

type sheetIn struct {
	ByID
	Account string `path:"account" maxLength:"100" doc:"id"`
	Turn    int    `path:"turn" minimum:"1" maximum:"1000"`
}

// sheetPaper writes one member's opened sheet.
func (a *API) sheetPaper(format string) handler[sheetIn, fileOut] {
	return func(ctx context.Context, in *sheetIn) (*fileOut, error) {
		v, set, err := a.opened(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range v.Sheets {
			if s.Account == in.Account && s.Turn == in.Turn {
				return written(ctx, paper.ScoreSheet(v, s, set, langOf(ctx)), "phieu-"+v.Product.Code, format)
			}
		}
		return nil, casework.NotFound()
	}
}

// opened is a session that the caller may read the sheets of.
func (a *API) opened(ctx context.Context, id string) (council.View, *criteria.Set, error) {
	v, err := a.Councils.Session(ctx, sessionOf(ctx).Actor, id)
	if err != nil {
		return v, nil, err
	}
	if v.Result == nil {
		return v, nil, fault.New(fault.Conflict, "session_state", "Biên bản có sau khi phiếu được mở.", "There are minutes once the sheets have been opened.")
	}
	return v, criteria.BuiltIn(v.Criteria)[v.Set], nil
}

// verified is a certificate with the proof of its entry.
type verified struct {
	register.Verification
	Proof proofBody `json:"proof"`
}

type proofBody struct {
	Entry    string `json:"entry" doc:"the entry's canonical bytes"`
	Proof    string `json:"proof" doc:"inclusion in the signed ledger, C2SP tlog-proof"`
	Key      string `json:"key" doc:"public key of the checkpoint"`
	Evidence string `json:"evidence" doc:"entry and proof as one text, as the QR code carries it"`
}

// proved finds a certificate and proves its entry.
func (a *API) proved(ctx context.Context, number string) (*verified, error) {
	v, err := register.Verify(ctx, a.DB, number, ocop.DateOf(a.Clock()))
	if err != nil {
		return nil, err
	}
	entry, proof, err := a.Notary.Proof(ctx, v.Entry)
	if err != nil {
		return nil, err
	}
	key, err := a.Notary.Key(ctx)
	return &verified{v, proofBody{string(entry), string(proof), key, register.Evidence(entry, proof)}}, err
}

type verifyIn struct {
	Number string `path:"number" maxLength:"120"`
}

type verifyOut struct{ Body verified }

func (a *API) verify(ctx context.Context, in *verifyIn) (*verifyOut, error) {
	v, err := a.proved(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return &verifyOut{*v}, nil
}

// getCertificate shows a certificate to those who see its product.
func (a *API) getCertificate(ctx context.Context, in *verifyIn) (*certificateOut, error) {
	v, err := register.Verify(ctx, a.DB, in.Number, ocop.DateOf(a.Clock()))
	if err != nil {
		return nil, err
	}
	if _, err := a.Desk.Product(ctx, sessionOf(ctx).Actor, v.Product); err != nil {
		return nil, err
	}
	k, err := a.proved(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	told, err := a.Petitions.OutcomesOf(ctx, v.Product, v.Number)
	return &certificateOut{certificateBody{*k, told}}, err
}

type certificateBody struct {
	verified
	Petitions []petition.Outcome `json:"petitions" doc:"what complaints about its product came to while it was the newest, newest first"`
}

type certificateOut struct{ Body certificateBody }

func (a *API) evidence(ctx context.Context, in *verifyIn) (*fileOut, error) {
	v, err := a.proved(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return file(mediaText, v.Number+".txt", []byte(v.Proof.Evidence)), nil
}

func (a *API) certificateQR(ctx context.Context, in *verifyIn) (*fileOut, error) {
	v, err := a.proved(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return drawn(ctx, "image/png", v.Number+".png", func() ([]byte, error) { return paper.QR(v.Proof.Evidence, 1200) })
}

func (a *API) certificatePDF(ctx context.Context, in *verifyIn) (*fileOut, error) {
	v, err := a.proved(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return drawn(ctx, mediaPDF, v.Number+".pdf", func() ([]byte, error) {
		return paper.Certificate(v.Verification, v.Proof.Evidence, a.address(ctx)+"/verify/"+v.Number, langOf(ctx))
	})
}

// address is where the public reaches this server.
func (a *API) address(ctx context.Context) string {
	if a.PublicURL != "" {
		return a.PublicURL
	}
	base, _ := ctx.Value(baseKey{}).(string)
	return base
}

type baseKey struct{}
