package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"ocopflow/internal/ocop"
)

type failer interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

// wellFormed reads every part of the DOCX, and gives the main one.
func wellFormed(t failer, d Document) string {
	t.Helper()
	file, err := d.DOCX()
	if err != nil {
		t.Fatalf("docx: %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatalf("docx: %v", err)
	}
	main := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		for x := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := x.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
		if f.Name == "word/document.xml" {
			main = string(text)
		}
	}
	return main
}

// Decree 30/2020, annex I: A4, top and bottom 20 to 25 mm, left 30 to 35, right
// 15 to 20; sizes; the page number in the top margin from the second page on.
func TestLayoutOfTheDecree(t *testing.T) {
	t.Parallel()
	main := wellFormed(t, drawn(t, Shipped().Get("support_plan", ocop.Vi)))
	sections := regexp.MustCompile(`<w:pgSz w:w="(\d+)" w:h="(\d+)"/><w:pgMar w:top="(\d+)" w:right="(\d+)" w:bottom="(\d+)" w:left="(\d+)"`).FindAllStringSubmatch(main, -1)
	if len(sections) != 2 {
		t.Fatalf("%d sections; want the plan and its annex", len(sections))
	}
	for _, s := range sections {
		for i, within := range [][2]float64{{210, 210}, {297, 297}, {20, 25}, {15, 20}, {20, 25}, {30, 35}} {
			var twips float64
			_, _ = fmt.Sscan(s[i+1], &twips)
			if mm := twips * 25.4 / 1440; mm < within[0]-0.1 || mm > within[1]+0.1 {
				t.Errorf("measure %d is %.1f mm; want %v", i, mm, within)
			}
		}
	}
	if strings.Count(main, "<w:titlePg/>") != 1 || strings.Index(main, "<w:titlePg/>") > strings.Index(main, "PHỤ LỤC") {
		t.Error("page 1 alone goes without its number")
	}
	run := func(look, text string) string {
		return `<w:r><w:rPr>` + look + `</w:rPr><w:t xml:space="preserve">` + text + `</w:t>`
	}
	for what, want := range map[string]string{
		"national name": run(`<w:b/><w:sz w:val="24"/>`, nation), "motto": run(`<w:b/><w:sz w:val="26"/>`, motto),
		"parent": run(`<w:sz w:val="24"/>`, "TỈNH HÀ TĨNH"), "issuer": run(`<w:b/><w:sz w:val="24"/>`, `ỦY BAN NHÂN DÂN</w:t><w:br/><w:t xml:space="preserve">HUYỆN CẨM XUYÊN`),
		"number": run(`<w:sz w:val="26"/>`, "Số: ……/KH-UBND"), "day": run(`<w:i/><w:sz w:val="26"/>`, "Cẩm Xuyên, ngày …… tháng …… năm 2024"),
		"kind": run(`<w:b/><w:sz w:val="28"/>`, "KẾ HOẠCH"), "signer": run(`<w:b/><w:sz w:val="26"/>`, "CHỦ TỊCH"),
		"head of recipients": run(`<w:b/><w:i/><w:sz w:val="24"/>`, "Nơi nhận:"), "recipient": run(`<w:sz w:val="22"/>`, "- Lưu: VT, NTM, TCKH."),
	} {
		if !strings.Contains(main, want) {
			t.Errorf("%s is not laid out as the decree says", what)
		}
	}
	if lines := strings.Count(main, "<w:pBdr>"); lines != 3 {
		t.Errorf("%d lines; want one under motto, issuer and summary each", lines)
	}
}

func TestALandscapeAnnex(t *testing.T) {
	t.Parallel()
	tpl, findings := Parse("f.md", headOfTemplate+"x\n\n::: annex landscape\n\n# PHỤ LỤC")
	if tpl == nil {
		t.Fatal(findings)
	}
	d := drawn(t, tpl)
	if main := wellFormed(t, d); !strings.Contains(main, `<w:pgSz w:w="16837" w:h="11905" w:orient="landscape"/>`) {
		t.Error("the annex is not across")
	}
	pdf, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, pdf, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdfinfo", "-f", "1", "-l", "2", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Page    1 size:  595.28 x 841.89 pts (A4)") || !strings.Contains(string(out), "Page    2 size:  841.89 x 595.28 pts (A4)") {
		t.Errorf("%v: %s", err, out)
	}
}

// Every shipped paper opens in LibreOffice and says there what its PDF says.
func TestShippedPapersOpenInAnOffice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(dir, "profile")), "--headless", "--convert-to", "pdf", "--outdir", filepath.Join(dir, "office")}
	all := everyTemplate(t)
	for _, tpl := range all {
		d := drawn(t, tpl)
		docx, err := d.DOCX()
		if err != nil {
			t.Fatal(err)
		}
		pdf, err := d.PDF()
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, tpl.Paper+"."+string(tpl.Lang))
		if err := errors.Join(os.WriteFile(name+".docx", docx, 0o644), os.WriteFile(name+".pdf", pdf, 0o644)); err != nil {
			t.Fatal(err)
		}
		args = append(args, name+".docx")
	}
	if out, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, tpl := range all {
		name := tpl.Paper + "." + string(tpl.Lang) + ".pdf"
		d := drawn(t, tpl)
		for _, file := range []string{filepath.Join(dir, name), filepath.Join(dir, "office", name)} {
			out, err := exec.Command("pdftotext", file, "-").Output()
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			pages := strings.Count(string(out), "\f")
			if want := 1 + len(d.Annexes); pages < want || pages > want+1 {
				t.Errorf("%s has %d pages", file, pages)
			}
			got := squeezed(turned.ReplaceAllString(string(out), " "))
			for _, b := range d.Blocks {
				if b.Table == nil && !strings.Contains(got, squeezed(b.Plain())) {
					t.Errorf("%s does not say %q", file, b.Plain())
				}
			}
			for _, want := range append([]string{strings.ToUpper(d.Kind), nation, motto, d.number(), d.Date()}, d.Recipients...) {
				if !strings.Contains(got, squeezed(want)) {
					t.Errorf("%s does not say %q", file, want)
				}
			}
		}
	}
}

// squeezed leaves out spaces, which programs set each in its way.
// turned is where a page turns, with the number of the next one: fonts decide where.
var turned = regexp.MustCompile(`\f\d+\n`)

// squeezed leaves out what depends on where lines end: spaces, and hyphens, which
// pdftotext takes away there.
func squeezed(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(norm.NFC.String(text)), ""), "-", "")
}

// Whatever a template and its values hold: no panic, and what is made of it can
// be opened.
func TestAnyTemplateAndAnyValues(t *testing.T) {
	t.Parallel()
	bits := []string{"{{.Title}}", "{{range .Targets}}", "{{.}}", "{{end}}", "{{if .Held}}", "{{else}}", "| a | b |", "|---|--:|", "\n", "\n\n", "- ", "  ", "    ", "1. ", "# ", "## ",
		"**", "*", "_", "\\", "`", "<b>", "&amp;", "::: annex", "::: widths 1 0 x", "|", ">", "---", "{{", "}}", "x", "Đ", "\U0001F41F", "\t", "{{with .Tracks}}", "{{len .}}", "{{$x := 1}}", "{{blank .Title}}"}
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(rapid.SampledFrom(bits), 0, 40).Draw(t, "body"), "")
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"**x** | <b>", strings.Repeat("W", 400), strings.Repeat("dài ", 900)}))
		data := Notice{Head: Head{Issuer: text.Draw(t, "issuer"), Number: text.Draw(t, "number"), Place: text.Draw(t, "place"), Day: text.Draw(t, "day")},
			Title: text.Draw(t, "title"), Targets: rapid.SliceOfN(text, 0, 3).Draw(t, "targets")}
		tpl, findings := Parse("f.md", headOfTemplate+body)
		if tpl == nil {
			if len(findings) == 0 {
				t.Fatalf("refused without a reason")
			}
			return
		}
		d, err := tpl.Draw(data)
		if err != nil {
			return
		}
		wellFormed(t, d)
		pdf, err := d.PDF()
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("pdf: %v", err)
		}
	})
}

// FuzzParse is the property above on bytes of any kind.
func FuzzParse(f *testing.F) {
	f.Add(headOfTemplate + "{{range .Targets}}\n- {{.}}\n{{end}}")
	f.Add("---\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		tpl, findings := Parse("f.md", text)
		if tpl == nil && len(findings) == 0 {
			t.Error("refused without a reason")
		}
		if tpl != nil {
			wellFormed(t, drawn(t, tpl))
		}
	})
}
