package paper

import (
	"fmt"

	"codeberg.org/go-pdf/fpdf"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

const (
	linesPerPage = 30
	contentsTop  = 45.0
	contentsLine = 7.5
)

// line is where a document stands in the contents.
type line struct {
	page int
	area *types.Rectangle // in points from the foot of the page
}

// frontPages are the cover and the contents.
func (d Dossier) frontPages() int { return 1 + max(1, (len(d.Parts)+linesPerPage-1)/linesPerPage) }

// front writes cover and contents, and says where each line stands.
func (d Dossier) front(file string, parts []bound, total int) ([]line, error) {
	f := sheet("P")
	f.SetMargins(marginLeft, marginTop, marginRight)
	f.SetAutoPageBreak(false, 0)
	f.SetTitle(d.say("Hồ sơ ", "Dossier ")+d.Product, true)
	d.cover(f, total)
	lines := make([]line, len(parts))
	_, height := f.GetPageSize()
	for i := 0; i == 0 || i < len(parts); i++ {
		if i%linesPerPage == 0 {
			f.AddPage()
			f.SetFont(family, "B", 16)
			f.SetY(28)
			f.CellFormat(0, 10, d.say("MỤC LỤC", "CONTENTS"), "", 1, "C", false, 0, "")
		}
		if i >= len(parts) {
			break
		}
		y := contentsTop + float64(i%linesPerPage)*contentsLine
		f.SetFont(family, "", 12)
		f.SetXY(marginLeft, y)
		f.CellFormat(150, contentsLine, clip(f, fmt.Sprintf("%d. %s – %s", i+1, parts[i].Title, parts[i].Name), 148), "", 0, "L", false, 0, "")
		f.CellFormat(0, contentsLine, fmt.Sprint(parts[i].first), "", 0, "R", false, 0, "")
		const pt = 72 / 25.4
		lines[i] = line{page: f.PageNo(), area: types.NewRectangle(marginLeft*pt, (height-y-contentsLine)*pt, 195*pt, (height-y)*pt)}
	}
	return lines, f.OutputFileAndClose(file)
}

func (d Dossier) cover(f *fpdf.Fpdf, total int) {
	f.AddPage()
	f.SetY(70)
	f.SetFont(family, "B", 20)
	f.MultiCell(0, 10, d.say("HỒ SƠ SẢN PHẨM OCOP", "DOSSIER OF AN OCOP PRODUCT"), "", "C", false)
	f.Ln(8)
	f.SetFont(family, "B", 18)
	f.MultiCell(0, 9, d.Product, "", "C", false)
	f.Ln(6)
	f.SetFont(family, "", 14)
	for _, text := range []string{d.Code, d.say("Chủ thể: ", "Producer: ") + d.Producer, d.Round,
		fmt.Sprintf(d.say("%d tài liệu, %d trang", "%d documents, %d pages"), len(d.Parts), total), d.Day.Long(d.Lang)} {
		if text != "" {
			f.MultiCell(0, 8, text, "", "C", false)
		}
	}
}

// overlay is a page for each of the whole with what is stamped on it.
func (d Dossier) overlay(parts []bound, total int) ([]byte, error) {
	f := sheet("P")
	f.SetAutoPageBreak(false, 0)
	at := 0
	for page := 1; page <= total; page++ {
		for at < len(parts) && page >= parts[at].first+parts[at].pages {
			at++
		}
		f.AddPage()
		f.SetTextColor(70, 70, 70)
		f.SetFont(family, "", 9)
		f.SetXY(10, 5)
		title := d.Product
		if at < len(parts) && page >= parts[at].first {
			title = fmt.Sprintf("%d. %s", at+1, parts[at].Title)
		}
		f.CellFormat(140, 5, clip(f, title, 138), "", 0, "L", false, 0, "")
		f.CellFormat(0, 5, fmt.Sprintf(d.say("Trang %d/%d", "Page %d/%d"), page, total), "", 0, "R", false, 0, "")
	}
	return output(f)
}

// clip shortens a text to a width.
func clip(f *fpdf.Fpdf, text string, width float64) string {
	r := []rune(text)
	if f.GetStringWidth(text) <= width {
		return text
	}
	for len(r) > 0 && f.GetStringWidth(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
