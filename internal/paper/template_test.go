package paper

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocopflow/internal/ocop"
	"ocopflow/workflows"
)

var update = flag.Bool("update-papers", false, "write the golden texts anew")

// everyTemplate gives each shipped template.
func everyTemplate(t *testing.T) []*Template {
	t.Helper()
	set, err := Load(workflows.Files)
	if err != nil {
		t.Fatal(err)
	}
	var out []*Template
	for _, p := range Papers {
		for _, lang := range []ocop.Lang{ocop.Vi, ocop.En} {
			if set.Has(p.Name, lang) {
				out = append(out, set.Get(p.Name, lang))
			} else if lang == ocop.Vi {
				t.Errorf("%s has no Vietnamese template", p.Name)
			}
		}
	}
	return out
}

func drawn(t *testing.T, tpl *Template) Document {
	t.Helper()
	d, err := tpl.Draw(Find(tpl.Paper).Example(tpl.Lang))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestShippedPapersReadAsTheyDid(t *testing.T) {
	t.Parallel()
	for _, tpl := range everyTemplate(t) {
		file := filepath.Join("testdata", tpl.Paper+"."+string(tpl.Lang)+".txt")
		got := drawn(t, tpl).Text()
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s %s (-golden +now):\n%s", tpl.Paper, tpl.Lang, diff)
		}
		if !strings.Contains(got, "./.\n") {
			t.Errorf("%s %s does not end with ./.", tpl.Paper, tpl.Lang)
		}
		if len(drawn(t, tpl).Recipients) > 0 && !strings.Contains(got, "VT") {
			t.Errorf("%s %s is not filed with the office (Lưu: VT)", tpl.Paper, tpl.Lang)
		}
		if tpl.Lang == ocop.En && !strings.Contains(got, "translation; the Vietnamese text is the original") {
			t.Errorf("%s does not say that it is a translation", tpl.Paper)
		}
	}
}

// Whatever a value holds, it is text: neither a look, a row, a line nor a page.
func TestAValueIsNeverReadAsMarkdown(t *testing.T) {
	t.Parallel()
	hostile := []string{`**x** | <b>`, "a\n\n# b", `\| |`, "::: annex", "1. x", "- x", "{{.Title}}", "&amp;<script>", "\U000F0000\U000F0001", "e\u0301\x00\x01", `</w:t>`, "*", "_x_", "|---|"}
	for _, value := range hostile {
		tpl := Shipped().Get("decision", ocop.Vi)
		data, _ := exampleDecision(ocop.Vi).(Decision)
		data.Products[0].Name, data.Bases, data.Authority = value, []string{value}, value
		d, err := tpl.Draw(data)
		if err != nil {
			t.Fatal(err)
		}
		plain, _ := tpl.Draw(exampleDecision(ocop.Vi))
		if len(d.Blocks) != len(plain.Blocks) || len(d.Annexes) != 0 {
			t.Errorf("%q makes %d blocks and %d annexes, a plain name %d", value, len(d.Blocks), len(d.Annexes), len(plain.Blocks))
		}
		found := false
		for _, b := range d.Blocks {
			if b.Table != nil {
				found = true
				if len(b.Table.Rows) != 2 || b.Table.Rows[0][1] != strings.TrimSpace(oneLine(value)) || b.Table.Rows[0][2] != data.Products[0].Producer || b.Table.Strong[0] {
					t.Errorf("%q stands in the table as %q", value, b.Table.Rows[0])
				}
			}
		}
		if !found {
			t.Errorf("%q breaks the table", value)
		}
		wellFormed(t, d)
	}
}

const headOfTemplate = "---\npaper: notice\nlang: vi\nkind: Thông báo\nsymbol: TB\nissuer: X\n---\n"

func TestWrongTemplatesSayWhere(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		text   string
		line   int
		column int
		says   string
	}{
		{"no head", 1, 1, "begins with its head"},
		{strings.Replace(headOfTemplate, "notice", "love_letter", 1), 2, 1, `no paper "love_letter"`},
		{strings.Replace(headOfTemplate, "lang: vi", "lang: fr", 1), 3, 1, "vi or en"},
		{strings.Replace(headOfTemplate, "kind: Thông báo", "kind: ''", 1), 4, 1, "must not be empty"},
		{strings.Replace(headOfTemplate, "issuer: X", "issuer: '{{.Nobody}}'", 1), 6, 1, `no placeholder ".Nobody"`},
		{strings.Replace(headOfTemplate, "issuer: X", "issuer: X\ncolour: red", 1), 7, 1, "unknown field"},
		{headOfTemplate + "one\n{{.Titel}}", 9, 3, `no placeholder ".Titel"`},
		{headOfTemplate + "{{range .Organisations}}\n{{.Name}}\n{{range .Duties}}\n{{.Name}}\n{{end}}\n{{end}}", 11, 3, `no placeholder ".Name"`},
		{headOfTemplate + "{{range .Title}}{{end}}", 8, 9, "range is for lists alone"},
		{headOfTemplate + "{{range 1000000000}}{{end}}", 8, 9, "range is for lists alone"},
		{headOfTemplate + "{{if .Title}}\nx", 9, 1, "unexpected EOF"},
		{headOfTemplate + `{{printf "%0999999999d" 1}}`, 8, 3, `no function "printf"`},
		{headOfTemplate + `{{keep_value 1}}`, 8, 3, `no function "keep_value"`},
		{headOfTemplate + `{{call .Title}}`, 8, 3, `no function "call"`},
		{headOfTemplate + `{{.Title.In}}`, 8, 9, `no placeholder ".In"`},
		{headOfTemplate + `{{template "x"}}`, 8, 12, "cannot be used"},
		{headOfTemplate + `{{define "x"}}a{{end}}`, 1, 1, "may not define others"},
		{headOfTemplate + "{{roman .Title}}", 8, 8, "wrong type"},
		{headOfTemplate + "x\U000F0000", 8, 2, "cannot be used"},
		{headOfTemplate + strings.Repeat("x", MaxTemplate), 1, 1, "longer than 64 KiB"},
	} {
		tpl, findings := Parse("f.md", x.text)
		if tpl != nil || len(findings) == 0 {
			t.Errorf("%.80q was taken", x.text)
			continue
		}
		f := findings[0]
		if f.Line != x.line || f.Column != x.column || !strings.Contains(f.Message.En, x.says) || f.Message.Vi == "" {
			t.Errorf("%.120q: %s (%s); want %d:%d %q", x.text, f, f.Message.Vi, x.line, x.column, x.says)
		}
	}
}

// Who mends a template is told all that is wrong in it, not the first alone.
func TestAWrongTemplateSaysAllAtOnce(t *testing.T) {
	t.Parallel()
	text := strings.Replace(headOfTemplate, "issuer: X", "issuer: '{{.Nobody}}'\nparent: '{{.None}}'", 1) + "{{.Titel}}\n{{range .Organisatons}}{{.Name}}{{end}}\n{{shout .Title}} {{.Chair.Name.First}}\n"
	tpl, findings := Parse("f.md", text)
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message.En))
	}
	want := []string{`6:1 There is no placeholder ".Nobody" here.`, `7:1 There is no placeholder ".None" here.`, `9:3 There is no placeholder ".Titel" here.`,
		`10:9 There is no placeholder ".Organisatons" here.`, `11:3 Templates have no function "shout".`, `11:26 There is no placeholder ".Name" here.`}
	if diff := cmp.Diff(want, got); tpl != nil || diff != "" {
		t.Errorf("%v\n%s", tpl, diff)
	}
	if tpl, findings := Parse("f.md", "\uFEFF"+headOfTemplate+"x"); tpl == nil {
		t.Errorf("a file of an editor that marks its encoding: %v", findings)
	}
}

// A template that multiplies what it has is cut off, quickly.
func TestAPaperStaysWithinBounds(t *testing.T) {
	t.Parallel()
	data, _ := exampleNotice(ocop.Vi).(Notice)
	data.Participants = make([]string, 300)
	deep := strings.Repeat("{{range .Participants}}{{with $}}", 6) + strings.Repeat("{{end}}{{end}}", 6)
	long := strings.Repeat("{{range .Participants}}{{with $}}", 2) + strings.Repeat("x", 100) + strings.Repeat("{{end}}{{end}}", 2)
	for _, body := range []string{deep, long, `{{join .Participants "` + strings.Repeat("x", 60_000) + `"}}`} {
		tpl, findings := Parse("f.md", headOfTemplate+body)
		if tpl == nil {
			t.Fatal(findings)
		}
		if _, err := tpl.Draw(data); err == nil || !strings.Contains(err.Error(), "too long") {
			t.Errorf("%.40s: %v", body, err)
		}
	}
}

// What templates see has no methods, pointers, functions or interfaces: it
// cannot reach further than itself.
func TestDataIsPlain(t *testing.T) {
	t.Parallel()
	var plain func(reflect.Type)
	plain = func(kind reflect.Type) {
		if kind.NumMethod() > 0 || reflect.PointerTo(kind).NumMethod() > 0 {
			t.Errorf("%s has methods", kind)
		}
		switch kind.Kind() {
		case reflect.Struct:
			for i := range kind.NumField() {
				plain(kind.Field(i).Type)
			}
		case reflect.Slice:
			plain(kind.Elem())
		case reflect.String, reflect.Int, reflect.Bool:
		default:
			t.Errorf("%s is a %s", kind, kind.Kind())
		}
	}
	for _, p := range Papers {
		plain(reflect.TypeOf(p.Empty()))
	}
}

// Numbers below ten have a zero, and days and months as the decree writes them;
// what is not given is left to the hand (facts, section 8).
func TestNumberAndDay(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		number, day, wantNumber, wantDay string
	}{
		{"", "", "Số: ……/TB-UBND", "Cẩm Xuyên, ngày …… tháng …… năm 2024"},
		{"7", "2024-07-05", "Số: 07/TB-UBND", "Cẩm Xuyên, ngày 05 tháng 7 năm 2024"},
		{"12", "2024-02-01", "Số: 12/TB-UBND", "Cẩm Xuyên, ngày 01 tháng 02 năm 2024"},
		{"12", "no day", "Số: 12/TB-UBND", "Cẩm Xuyên, ngày …… tháng …… năm 2024"},
	} {
		data, _ := exampleNotice(ocop.Vi).(Notice)
		data.Number, data.Day = x.number, x.day
		d, err := Shipped().Get("notice", ocop.Vi).Draw(data)
		if err != nil || d.number() != x.wantNumber || d.Date() != x.wantDay {
			t.Errorf("%+v: %q, %q, %v", x, d.number(), d.Date(), err)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	tpl, findings := Parse("f.md", headOfTemplate+`{{number 1250000}} {{number -999}} {{two 3}} {{roman 14}} {{roman 50}} {{add 1 2}} {{upper "đ"}} {{lower "Đ"}} {{first "ăn"}} {{blank " "}} {{len "abc"}} {{if and (eq 1 1) (not (lt 2 1))}}so{{end}}`)
	if tpl == nil {
		t.Fatal(findings)
	}
	d, err := tpl.Draw(Notice{})
	if want := "1.250.000 -999 03 XIV 50 3 Đ đ Ăn …………… 3 so"; err != nil || d.Blocks[0].Plain() != want {
		t.Errorf("%q, %v; want %q", d.Blocks[0].Plain(), err, want)
	}
}
