package web

import (
	"encoding/csv"
	"net/http"
	"strings"

	"ocopflow/internal/casework"
	"ocopflow/internal/ocop"
)

// productsCSV is the list as a spreadsheet reads it: everything that the
// filter lets through, a page of the database at a time.
func (s *Site) productsCSV(p *page) error {
	f, _ := s.filterOf(p.c.Request.URL.Query())
	f.Limit = 500
	rows, err := s.Desk.Products(p.ctx, p.session.Actor, f) // before the first byte, so that a failure can still be told
	if err != nil {
		return err
	}
	h := p.c.Writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="san-pham.csv"`)
	h.Set("Cache-Control", "no-store")
	p.c.Status(http.StatusOK)
	if _, err := p.c.Writer.WriteString("\uFEFF"); err != nil { // or Excel takes it for another encoding
		return nil
	}
	out := csv.NewWriter(p.c.Writer)
	out.UseCRLF = true
	head := []string{}
	for _, column := range []string{"code", "product", "producer", "commune", "set", "state", "track", "level", "stars", "certificate", "due"} {
		head = append(head, p.T("csv_"+column))
	}
	_ = out.Write(head) // an error comes back from Flush
	for len(rows) > 0 {
		for _, x := range rows {
			_ = out.Write(p.cells(x))
		}
		if out.Flush(); out.Error() != nil || len(rows) < f.Limit {
			return nil // the reader went, or that was all
		}
		f.After = f.Cursor(rows[len(rows)-1])
		if rows, err = s.Desk.Products(p.ctx, p.session.Actor, f); err != nil {
			s.Log.ErrorContext(p.ctx, "list cut off", "err", err)
			panic(http.ErrAbortHandler) // half a list must not look whole
		}
	}
	return nil
}

func (p *page) cells(x ocop.Product) []string {
	v := casework.View(x)
	commune, due, stars := "", "", ""
	if v.Commune != nil {
		commune = v.Commune.Name
	}
	if v.Due != nil {
		due = v.Due.String()
	}
	if x.Stars > 0 {
		stars = number(x.Stars)
	}
	out := []string{v.Code, v.Name, v.Producer.Name, commune, number(v.Set), p.State(v.State), p.Track(v.Track), p.Level(v.Level), stars, x.Certificate, due}
	for i := range out {
		out[i] = cell(out[i])
	}
	return out
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
