package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"

	"ocopflow/internal/lists"
	"ocopflow/internal/ocop"
)

// productsCSV is the list as any spreadsheet reads it: everything that the
// filter lets through, a page of the database at a time, with the columns of
// the workbook.
func (s *Site) productsCSV(p *page) error {
	f, _ := s.filterOf(p.c.Request.URL.Query())
	table := s.Lists.ProductList(lists.Reader{Actor: p.session.Actor, Lang: p.L()}, f)
	out := csv.NewWriter(p.c.Writer)
	out.UseCRLF = true
	begun := false
	begin := func() {
		begun = true
		h := p.c.Writer.Header()
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="san-pham.csv"`)
		h.Set("Cache-Control", "no-store")
		p.c.Status(http.StatusOK)
		_, _ = p.c.Writer.WriteString("\uFEFF") // or Excel takes it for another encoding; an error comes back from Flush
		head := []string{}
		for _, c := range table.Columns {
			head = append(head, c.Title)
		}
		_ = out.Write(head) // an error comes back from Flush
	}
	err := table.Rows(p.ctx, func(cells ...any) error {
		if !begun {
			begin()
		}
		texts := make([]string, len(cells))
		for i, c := range cells {
			texts[i] = cell(textOf(c))
		}
		return out.Write(texts)
	})
	switch {
	case err != nil && !begun:
		return err // it can still be told
	case err != nil:
		s.Log.ErrorContext(p.ctx, "list cut off", "err", err)
		panic(http.ErrAbortHandler) // half a list must not look whole
	case !begun:
		begin()
	}
	out.Flush() // if it fails, the reader went
	return nil
}

// textOf writes what stands in a cell; days as other programs read them.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case *ocop.Date:
		if v == nil {
			return ""
		}
		return v.String()
	}
	return fmt.Sprint(v)
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
