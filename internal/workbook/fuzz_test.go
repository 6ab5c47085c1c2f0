package workbook_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"ocopflow/internal/fault"
)

// bomb is a small workbook that unpacks to a fifth of a gigabyte.
func bomb(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 200 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// packed is a workbook with one sheet and shared texts, written by hand.
func packed(t testing.TB, sheet, shared string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet, "xl/sharedStrings.xml": shared,
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const strangeSheet = `<x:worksheet xmlns:x="n"><x:sheetData><x:row r="3"><x:c r="B3" t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>Ngày cấp</x:t></x:is></x:c></x:row>
<x:row><x:c r="B4" t="s"><x:v>1</x:v></x:c><x:c r="C4"><x:v>43925</x:v></x:c></x:row></x:sheetData></x:worksheet>`

const strangeTexts = `<sst><si><r><t>Tên sản </t></r><r><t>phẩm</t></r><rPh><t>đọc</t></rPh></si><si><t xml:space="preserve"> a_x000A_b </t></si></sst>`

func TestWorkbooksOfOtherProgramsAreRead(t *testing.T) {
	t.Parallel()
	f, err := read(packed(t, strangeSheet, strangeTexts))
	if err != nil || len(f.Lines) != 1 || len(f.Bad) > 0 {
		t.Fatalf("%+v (%v)", f, err)
	}
	if l := f.Lines[0]; l.Row != 4 || l.Text("name") != "a b" || l.Day("day").String() != "2024-04-05" {
		t.Errorf("it reads %+v", l)
	}
}

// FuzzRead wants every file to be read or refused with a sentence.
func FuzzRead(f *testing.F) {
	f.Add(strangeSheet, strangeTexts)
	f.Add(`<row r="1"><c r="A1" t="s"><v>9</v></c></row>`, `<sst/>`)
	f.Add(`<row r="1"><c r="A1" t="str"><v>Tên sản phẩm</v></c></row><row r="1"><c r="ZZZZ1"><f>1</f></c></row>`, "")
	f.Add(`<row r="1"><c t="str"><v>set</v></c><c t="str"><v>name</v></c></row><row><c><v>1e400</v></c><c t="b"><v>1</v></c></row>`, "")
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		got, err := read(packed(t, sheet, shared))
		if err != nil {
			if x := fault.Of(err); x.Kind == fault.Internal {
				t.Fatalf("refused without a sentence: %v", err)
			}
			return
		}
		for _, l := range got.Lines {
			name := l.Text("name")
			if !l.Bad && (name == "" || len([]rune(name)) > 20 || strings.TrimSpace(name) != name || l.Whole("set") < 0 || l.Whole("set") > 26) {
				t.Fatalf("row %d was taken as %+v", l.Row, l)
			}
		}
	})
}
