package lists

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"ocopflow/internal/ocop"
)

// CSV writes a table as any spreadsheet reads it. Nothing is written, and begin
// not called, before the first rows are there, so that until then a failure can
// still be told.
func CSV(ctx context.Context, w io.Writer, t Table, begin func()) (begun bool, err error) {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	head := func() {
		begun = true
		begin()
		_, _ = io.WriteString(w, "\uFEFF") // or Excel takes it for another encoding; an error comes back from Flush
		titles := []string{}
		for _, c := range t.Columns {
			titles = append(titles, c.Title)
		}
		_ = out.Write(titles) // an error comes back from Flush
	}
	err = t.Rows(ctx, func(cells ...any) error {
		if !begun {
			head()
		}
		texts := make([]string, len(cells))
		for i, c := range cells {
			texts[i] = cell(textOf(c))
		}
		return out.Write(texts)
	})
	if err != nil {
		return begun, err
	}
	if !begun {
		head()
	}
	out.Flush() // if it fails, the reader went
	return true, nil
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
