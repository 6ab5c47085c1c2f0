package workbook_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workbook"
)

var form = workbook.Form{Code: "things", Title: ocop.Text{Vi: "Danh sách", En: "Things"}, Note: ocop.Text{Vi: "Mỗi dòng một mục.", En: "One thing a row."}, Fields: []workbook.Field{
	{Code: "name", Title: ocop.Text{Vi: "Tên sản phẩm", En: "Product name"}, Type: workbook.TextField, Required: true, Max: 20, Example: "Nước mắm"},
	{Code: "set", Title: ocop.Text{Vi: "Bộ số", En: "Set"}, Type: workbook.WholeField, Min: 1, Max: 26, Example: "9"},
	{Code: "amount", Title: ocop.Text{Vi: "Sản lượng", En: "Amount"}, Type: workbook.WholeField},
	{Code: "day", Title: ocop.Text{Vi: "Ngày cấp", En: "Issued on"}, Type: workbook.DayField, Example: "2024-04-05"},
	{Code: "kind", Title: ocop.Text{Vi: "Loại hình", En: "Form"}, Type: workbook.ChoiceField, Example: "farm", Choices: []workbook.Choice{
		{Value: "farm", Title: ocop.Text{Vi: "Trang trại", En: "Farm"}}, {Value: "other", Title: ocop.Text{Vi: "Khác", En: "Other"}}}},
	{Code: "sure", Title: ocop.Text{Vi: "Đã kiểm", En: "Checked"}, Type: workbook.YesField},
}}

// workbookOf makes a file as Excel would, one slice a row.
func workbookOf(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	return bytesOf(t, f)
}

func bytesOf(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(b []byte) (*workbook.Filled, error) {
	return form.Read(bytes.NewReader(b), int64(len(b)), 100)
}

func TestFormsAreReadAsPeopleFillThemIn(t *testing.T) {
	t.Parallel()
	day := ocop.Day(2024, time.April, 5)
	file := workbookOf(t,
		[]any{"NGÀY CẤP", "Product name *", "Bộ  số", "Amount", "Loai hinh", "Đã kiểm"},
		[]any{time.Date(2024, 4, 5, 0, 0, 0, 0, time.UTC), "  Nước\u00a0 mắm ", 9, "1.250", "trang TRẠI", "có"},
		[]any{nil, " ", nil, nil},
		[]any{"5/4/2024", "Nu\u031bo\u031b\u0301c", "26", 1250.0, "other", false},
		[]any{"2024-04-05", 12, 1, "1,250,000", "Farm", "x"})
	f, err := read(file)
	if err != nil || len(f.Bad) > 0 || len(f.Lines) != 3 {
		t.Fatalf("%d lines, bad %v (%v)", len(f.Lines), f.Bad, err)
	}
	for i, want := range []struct {
		row, set, amount int
		name, kind       string
		sure             bool
	}{{2, 9, 1250, "Nước mắm", "farm", true}, {4, 26, 1250, "Nước", "other", false}, {5, 1, 1250000, "12", "farm", true}} {
		l := f.Lines[i]
		if l.Row != want.row || l.Whole("set") != want.set || l.Whole("amount") != want.amount || l.Text("name") != want.name ||
			l.Text("kind") != want.kind || l.Yes("sure") != want.sure || *l.Day("day") != day {
			t.Errorf("line %d reads %+v", i, l)
		}
	}
}

func TestEveryBadCellIsTold(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	for cell, v := range map[string]any{"A1": "Tên sản phẩm", "B1": "Bộ số", "C1": "Ngày cấp", "D1": "Loại hình", "E1": "Đã kiểm",
		"A2": strings.Repeat("a", 21), "B2": 27, "C2": "31/02/2024", "D2": "Kho", "E2": "?", "A3": "x", "B3": 1.5, "C3": 45, "G3": "lạc", "B4": "chín"} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "D3", "=A1"); err != nil {
		t.Fatal(err)
	}
	got, err := read(bytesOf(t, f))
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, b := range got.Bad {
		if b.Message.Vi == "" || b.Message.En == "" {
			t.Errorf("%s has no sentence", b.Cell)
		}
		said[b.Cell] = b.Code
	}
	for cell, code := range map[string]string{"A2": "too_long", "B2": "range", "C2": "day", "D2": "choice", "E2": "yes", "B3": "whole", "C3": "day", "D3": "formula", "G3": "no_heading", "A4": "required", "B4": "whole"} {
		if said[cell] != code {
			t.Errorf("%s: %q, want %q", cell, said[cell], code)
		}
	}
	if len(said) != 11 {
		t.Errorf("bad cells: %v", said)
	}
}

func TestWorkbooksThatAreNotTheFormAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	good := []any{"Tên sản phẩm"}
	merged := excelize.NewFile()
	_ = merged.SetSheetRow("Sheet1", "A1", &good)
	_ = merged.SetSheetRow("Sheet1", "A2", &good)
	if err := merged.MergeCell("Sheet1", "A2", "B3"); err != nil {
		t.Fatal(err)
	}
	wide := excelize.NewFile()
	_ = wide.SetSheetRow("Sheet1", "A1", &good)
	_ = wide.SetCellValue("Sheet1", "XFD1", "Tên sản phẩm")
	locked := excelize.NewFile()
	password, err := locked.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := excelize.Encrypt(password.Bytes(), &excelize.Options{Password: "x"})
	if err != nil {
		t.Fatal(err)
	}
	long := [][]any{good}
	for range 8 {
		long = append(long, good)
	}
	for name, x := range map[string]struct {
		file []byte
		code string
	}{
		"nothing":             {nil, "workbook_unreadable"},
		"a text":              {[]byte("name,set\n1,2"), "workbook_unreadable"},
		"an empty sheet":      {workbookOf(t), "workbook_empty"},
		"headings alone":      {workbookOf(t, good), "workbook_empty"},
		"an unknown column":   {workbookOf(t, []any{"Tên sản phẩm", "Màu"}, good), "workbook_columns"},
		"a column twice":      {workbookOf(t, []any{"Tên sản phẩm", "Product name"}, good), "workbook_columns"},
		"a required one gone": {workbookOf(t, []any{"Bộ số"}, []any{1}), "workbook_columns"},
		"merged cells":        {bytesOf(t, merged), "workbook_merged"},
		"16,384 columns":      {bytesOf(t, wide), "workbook_too_large"},
		"a password":          {secret, "workbook_locked"},
		"an old workbook":     {append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 5000)...), "workbook_old"},
		"half a file":         {workbookOf(t, good, good)[:900], "workbook_unreadable"},
		"a bomb":              {bomb(t), "workbook_too_large"},
	} {
		_, err := read(x.file)
		if f := fault.Of(err); err == nil || f.Code != x.code || f.Message.Vi == "" {
			t.Errorf("%s: %v, want %s", name, err, x.code)
		}
	}
	if _, err := form.Read(bytes.NewReader(workbookOf(t, long...)), int64(len(workbookOf(t, long...))), 7); fault.Of(err).Code != "too_many_rows" {
		t.Errorf("too many rows: %v", err)
	}
}

func TestATemplateIsAFormThatOnlyWantsRows(t *testing.T) {
	t.Parallel()
	for _, lang := range []ocop.Lang{ocop.Vi, ocop.En} {
		var out bytes.Buffer
		if err := form.Template(&out, lang, map[string][]string{"name": {"Nước mắm", "Mật ong"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := read(out.Bytes()); fault.Of(err).Code != "workbook_empty" {
			t.Errorf("%s: an empty template: %v", lang, err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		sheet := form.Title.In(lang)
		choices, err := f.GetDataValidations(sheet)
		if err != nil || len(choices) != 3 {
			t.Errorf("%s: %d lists to choose from (%v)", lang, len(choices), err)
		}
		// The example is right: put in its place it is taken.
		rows, err := f.GetRows(f.GetSheetList()[2])
		if err != nil || len(rows) != 2 {
			t.Fatalf("the example: %v (%v)", rows, err)
		}
		if err := f.SetSheetRow(sheet, "A2", &rows[1]); err != nil {
			t.Fatal(err)
		}
		got, err := read(bytesOf(t, f))
		if err != nil || len(got.Bad) > 0 || len(got.Lines) != 1 || got.Lines[0].Text("kind") != "farm" || got.Lines[0].Day("day") == nil {
			t.Errorf("%s: the example reads %+v (%v)", lang, got, err)
		}
	}
}

func TestAMarkedWorkbookSaysInEachBadCellWhatIsWrong(t *testing.T) {
	t.Parallel()
	file := workbookOf(t, []any{"Tên sản phẩm", "Bộ số", "Ngày cấp"}, []any{"a", 99, time.Date(2024, 4, 5, 0, 0, 0, 0, time.UTC)}, []any{nil, 3, "hôm qua"})
	f, err := read(file)
	if err != nil || len(f.Bad) != 3 {
		t.Fatalf("%v (%v)", f, err)
	}
	f.Wrong(0, "day", "late", "Ngày ở tương lai.", "The day lies ahead.")
	var out bytes.Buffer
	if err := workbook.Mark(&out, bytes.NewReader(file), f.Sheet, f.Bad, ocop.Vi); err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	notes, err := x.GetComments(f.Sheet)
	if err != nil || len(notes) != 4 {
		t.Fatalf("%d notes (%v)", len(notes), err)
	}
	for _, cell := range []string{"B2", "C2", "A3", "C3"} {
		id, _ := x.GetCellStyle(f.Sheet, cell)
		style, err := x.GetStyle(id)
		if err != nil || len(style.Fill.Color) == 0 || style.Fill.Color[0] != "FFC7CE" {
			t.Errorf("%s is not coloured: %+v (%v)", cell, style, err)
		}
	}
	if v, _ := x.GetCellValue(f.Sheet, "C2"); !strings.Contains(v, "24") {
		t.Errorf("the marked day shows as %q", v)
	}
	if id, _ := x.GetCellStyle(f.Sheet, "A2"); id != 0 {
		t.Error("a good cell was coloured")
	}
}
