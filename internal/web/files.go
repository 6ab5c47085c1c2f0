package web

import (
	"bytes"
	"errors"
	"net/http"

	"ocopflow/internal/fault"
	"ocopflow/internal/vault"
)

// takeFile lays the file of a form in the vault, for a product or for none; without
// a name none was chosen.
func (p *page) takeFile(product string) (name string, file *vault.Taken, err error) {
	return p.takeField("file", product)
}

// takeField does so with the file of one field.
func (p *page) takeField(field, product string) (name string, file *vault.Taken, err error) {
	keep := p.site.Desk.Vault
	header, err := p.c.FormFile(field)
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return "", nil, fault.New(fault.TooLarge, "too_large", "Tệp quá lớn.", "The file is too large.")
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		file, err = keep.Take(p.ctx, bytes.NewReader(nil), 0)
		return "", file, err
	case err != nil:
		return "", nil, unreadable()
	}
	f, err := header.Open()
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	file, err = p.site.Desk.TakeIn(p.ctx, p.session.Actor, product, header.Filename, f, p.site.MaxUpload)
	return header.Filename, file, err
}

func unreadable() error {
	return fault.New(fault.Malformed, "malformed", "Không đọc được tệp gửi lên.", "The upload cannot be read.")
}
