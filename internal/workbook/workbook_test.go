package workbook_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/ocop"
	"ocopflow/internal/workbook"
)

func written(t *testing.T, b *workbook.Book) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	n, err := b.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("%d bytes said, %d written: %v", n, out.Len(), err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func book(t *testing.T) *workbook.Book {
	t.Helper()
	b, err := workbook.New()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCellsAreWhatTheyAre(t *testing.T) {
	t.Parallel()
	b := book(t)
	s, err := b.Sheet("Sản phẩm", workbook.Column{Title: "Tên"}, workbook.Column{Title: "Số bộ", Kind: workbook.Number},
		workbook.Column{Title: "Ngày", Kind: workbook.Day}, workbook.Column{Title: "Vốn", Kind: workbook.Money})
	if err != nil {
		t.Fatal(err)
	}
	day := ocop.Day(2024, time.March, 22)
	var none *ocop.Date
	for _, row := range [][]any{{"Nước mắm", 7, day, 2500000}, {"", nil, none, 1.5}, {"Mật ong", 1, &day}} {
		if err := s.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	f := written(t, b)
	for cell, want := range map[string]string{"A1": "Tên", "A2": "Nước mắm", "B2": "7", "C2": "22/03/2024", "D2": "2,500,000", "A3": "", "C3": "", "C4": "22/03/2024"} {
		if got, err := f.GetCellValue("Sản phẩm", cell); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", cell, got, want, err)
		}
	}
	if raw, _ := f.GetCellValue("Sản phẩm", "C2", excelize.Options{RawCellValue: true}); raw != "45373" {
		t.Errorf("the day is kept as %q, not as Excel's number of it", raw)
	}
	tables, err := f.GetTables("Sản phẩm")
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:D4" {
		t.Errorf("the table with the filter: %v (%v)", tables, err)
	}
}

func TestTextNeverBecomesAFormula(t *testing.T) {
	t.Parallel()
	b := book(t)
	s, err := b.Sheet("x", workbook.Column{Title: "Tên", Kind: workbook.Number})
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"=1+1", "+84 912", "-3", "@SUM(A1)", "\t=1", "'quoted", "_x0041_", "0123456789012345678", " spaces ", "a\nb", "<b>&", "TRUE"}
	for _, text := range texts {
		if err := s.Row(text); err != nil {
			t.Fatal(err)
		}
	}
	f := written(t, b)
	rows, err := f.GetRows("x")
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		cell, _ := excelize.CoordinatesToCellName(1, i+2)
		if formula, _ := f.GetCellFormula("x", cell); formula != "" {
			t.Errorf("%q became the formula %q", text, formula)
		}
		if rows[i+1][0] != text {
			t.Errorf("%q reads %q", text, rows[i+1][0])
		}
	}
}

func TestNamesThatExcelDoesNotTakeAreChanged(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, name := range []string{"a/b:c?", strings.Repeat("ư", 40), strings.Repeat("ư", 40), "", "'x'", "X"} {
		if _, err := b.Sheet(name, workbook.Column{Title: "a"}, workbook.Column{Title: "A"}, workbook.Column{Title: ""}, workbook.Column{Title: "b\nc"}); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
	}
	f := written(t, b)
	want := []string{"a b c", strings.Repeat("ư", 31), strings.Repeat("ư", 27) + " 2", "Sheet", "x", "X 2"}
	if got := f.GetSheetList(); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("sheets %q, want %q", got, want)
	}
	rows, err := f.GetRows("Sheet")
	if err != nil || strings.Join(rows[0], "|") != "a|A (2)|Column 3|b c" {
		t.Errorf("headings %q (%v)", rows, err)
	}
}

func TestRowsThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	b := book(t)
	defer func() { _ = b.Close() }()
	if _, err := b.Sheet("none"); err == nil {
		t.Error("a sheet without columns was begun")
	}
	s, err := b.Sheet("x", workbook.Column{Title: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Row("a", "b") == nil || s.Row([]string{"a"}) == nil || s.Rows() != 0 {
		t.Error("a row that does not fit was written")
	}
	if err := s.Row(strings.Repeat("ạ", workbook.MaxCell+5)); err != nil {
		t.Fatal(err)
	}
	got, err := written(t, b).GetCellValue("x", "A2")
	if err != nil || len([]rune(got)) != workbook.MaxCell {
		t.Errorf("a text of %d characters (%v)", len([]rune(got)), err)
	}
}

func BenchmarkWrite100000(b *testing.B) {
	for b.Loop() {
		x, err := workbook.New()
		if err != nil {
			b.Fatal(err)
		}
		s, err := x.Sheet("x", workbook.Column{Title: "a"}, workbook.Column{Title: "b"}, workbook.Column{Title: "c", Kind: workbook.Day}, workbook.Column{Title: "d", Kind: workbook.Money})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 100000 {
			if err := s.Row("nuoc-mam-cam-nhuong", "Nước mắm Cẩm Nhượng", ocop.Day(2024, 3, 22), i); err != nil {
				b.Fatal(err)
			}
		}
		var out counted
		if _, err := x.WriteTo(&out); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out), "bytes/file")
		_ = x.Close()
	}
}

type counted int64

func (c *counted) Write(p []byte) (int, error) { *c += counted(len(p)); return len(p), nil }
