package web

import (
	"net/http"

	"ocopflow/internal/lists"
)

// productsCSV is the list as any spreadsheet reads it: everything that the
// filter lets through, a page of the database at a time, with the columns of
// the workbook.
func (s *Site) productsCSV(p *page) error {
	f, _ := s.filterOf(p.c.Request.URL.Query())
	table := s.Lists.ProductList(lists.Reader{Actor: p.session.Actor, Lang: p.L()}, f)
	begun, err := lists.CSV(p.ctx, p.c.Writer, table, func() {
		h := p.c.Writer.Header()
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="san-pham.csv"`)
		h.Set("Cache-Control", "no-store")
		p.c.Status(http.StatusOK)
	})
	if err != nil && begun {
		s.Log.ErrorContext(p.ctx, "list cut off", "err", err)
		panic(http.ErrAbortHandler) // half a list must not look whole
	}
	return err // it can still be told
}
