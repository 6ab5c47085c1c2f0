package paper

import (
	"bytes"
	"fmt"
	"image/png"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
)

// QR is a text as a PNG of about size pixels, with the quiet zone that readers
// ask for. A text of more than 2,953 bytes does not fit.
func QR(text string, size int) ([]byte, error) {
	code, err := qr.Encode(text, qr.L, qr.Unicode)
	if err != nil {
		return nil, fmt.Errorf("qr: %w", err)
	}
	n := code.Bounds().Dx()
	scaled, err := barcode.Scale(code, max(size/n, 1)*n, max(size/n, 1)*n)
	if err != nil {
		return nil, fmt.Errorf("qr: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, framed(scaled)); err != nil {
		return nil, fmt.Errorf("qr: %w", err)
	}
	return out.Bytes(), nil
}

// Certificate is one as a PDF: what was recognised, and two codes, one for the
// address that shows its status, one that proves it offline. It is not the
// signed original and says so.
func Certificate(v register.Verification, evidence, address string, lang ocop.Lang) ([]byte, error) {
	c := certificate{sheet("L"), lang}
	c.SetMargins(20, 15, 20)
	c.SetAutoPageBreak(false, 10)
	c.SetTitle("OCOP "+v.Number, true)
	c.AddPage()
	c.SetDrawColor(178, 34, 34)
	c.SetLineWidth(1.2)
	c.Rect(8, 8, 281, 194, "D")
	c.SetLineWidth(0.3)
	c.Rect(10.5, 10.5, 276, 189, "D")
	c.text(v)
	if err := c.code("proof", evidence, 203, 104, 74); err != nil {
		return nil, err
	}
	if err := c.code("status", address, 20, 141, 34); err != nil {
		return nil, err
	}
	c.captions(address)
	return output(c.Fpdf)
}

type certificate struct {
	*fpdf.Fpdf
	lang ocop.Lang
}

func (c certificate) t(vi, en string) string { return ocop.Text{Vi: vi, En: en}.In(c.lang) }

func (c certificate) line(y, size float64, style, text string) {
	c.SetXY(20, y)
	c.SetFont(family, style, size)
	c.CellFormat(257, size*0.45, text, "", 0, "C", false, 0, "")
}

func (c certificate) text(v register.Verification) {
	c.line(18, 13, "B", nation)
	c.line(24.5, 13, "B", motto)
	c.SetLineWidth(0.3)
	c.Line(121, 32, 176, 32)
	c.SetTextColor(178, 34, 34)
	c.line(40, 28, "B", c.t("GIẤY CHỨNG NHẬN SẢN PHẨM OCOP", "OCOP PRODUCT CERTIFICATE"))
	c.line(56, 20, "B", fmt.Sprintf(c.t("%d SAO", "%d STARS"), v.Stars))
	c.SetTextColor(0, 0, 0)
	c.SetXY(20, 70)
	c.SetFont(family, "B", 20)
	c.MultiCell(257, 9, v.ProductName, "", "C", false)
	c.SetFont(family, "", 14)
	c.MultiCell(257, 7, c.t("Chủ thể: ", "Producer: ")+v.Producer, "", "C", false)
	c.SetXY(20, 106)
	lines := [][2]string{
		{c.t("Số", "Number"), v.Number},
		{c.t("Bộ tiêu chí", "Criteria set"), fmt.Sprint(v.Set)},
		{c.t("Có hiệu lực", "Valid"), v.IssuedOn.In(c.lang) + " – " + v.LastDay.In(c.lang)},
	}
	if v.Decision != "" {
		lines = append(lines, [2]string{c.t("Quyết định", "Decision"), v.Decision})
	}
	if v.Commune != "" {
		lines = append(lines, [2]string{c.t("Xã, thị trấn", "Commune"), v.Commune})
	}
	for _, l := range lines {
		c.SetX(20)
		c.SetFont(family, "", 13)
		c.CellFormat(42, 6.6, l[0]+":", "", 0, "L", false, 0, "")
		c.SetFont(family, "B", 13)
		c.CellFormat(136, 6.6, l[1], "", 1, "L", false, 0, "")
	}
	if v.Assumed {
		c.SetFont(family, "I", 11)
		c.SetX(20)
		c.CellFormat(170, 6, c.t("Số và ngày là giả định: không nguồn nào nêu.", "Number and days are assumed: no source states them."), "", 1, "L", false, 0, "")
	}
}

func (c certificate) code(name, text string, x, y, size float64) error {
	picture, err := QR(text, 1200)
	if err != nil {
		return err
	}
	c.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(picture))
	c.ImageOptions(name, x, y, size, size, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	return nil
}

func (c certificate) captions(address string) {
	c.SetFont(family, "I", 9)
	c.SetXY(203, 179)
	c.MultiCell(74, 3.8, c.t("Mã này chứng minh giấy chứng nhận không cần mạng: bản ghi, đường dẫn trong sổ cái và điểm chốt đã ký.", "This code proves the certificate offline: its entry, its place in the ledger, and a signed checkpoint."), "", "C", false)
	c.SetXY(56, 152)
	c.MultiCell(135, 4.2, c.t("Trạng thái hiện tại (còn hiệu lực, gia hạn, hết hạn, được thay thế, bị thu hồi): ", "Present status (valid, extended, expired, superseded, revoked): ")+"\n"+address, "", "L", false)
	c.SetXY(20, 187)
	c.MultiCell(175, 4, c.t("Bản thể hiện từ sổ đăng ký, không thay bản gốc đã ký.", "Rendered from the register; it does not replace the signed original."), "", "L", false)
}
