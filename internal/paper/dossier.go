package paper

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/gif" // read so that they can be placed
	"image/jpeg"
	_ "image/png"
	"io"
	"os"
	"path/filepath"

	"codeberg.org/go-pdf/fpdf"

	"ocopflow/internal/ocop"
)

// Dossier is a product's documents in the order of their evidence, to be bound
// into one PDF.
type Dossier struct {
	Product  string
	Code     string
	Producer string
	Round    string // in words; "" for none
	Day      ocop.Date
	Lang     ocop.Lang
	Parts    []Part
}

// Part is one document. Open gives its content; it is read once.
type Part struct {
	Title     string // what kind of document it is
	Name      string // of the file
	MediaType string
	Size      int64
	SHA256    string
	Open      func(context.Context) (io.ReadCloser, error)
}

func (d Dossier) say(vi, en string) string { return ocop.Text{Vi: vi, En: en}.In(d.Lang) }

// bound is a part as pages in a file of its own.
type bound struct {
	Part
	file  string
	pages int
	first int // page of the whole
}

// bind turns a part into pages: a PDF as it is, a picture on a page, and a page
// that names whatever cannot be shown on paper.
func (d Dossier) bind(ctx context.Context, folder string, n int, p Part) (bound, error) {
	b := bound{Part: p, file: filepath.Join(folder, fmt.Sprintf("part-%04d.pdf", n)), pages: 1}
	switch p.MediaType {
	case "application/pdf":
		if err := fetch(ctx, p, b.file); err != nil {
			return b, err
		}
		pages, why := usable(b.file)
		if why == nil {
			b.pages = pages
			return b, nil
		}
		return b, d.sheetFor(b, d.say("Tệp PDF này được khóa bằng mật khẩu hoặc bị hỏng nên không in vào đây được. Hãy xem tệp gốc trong hệ thống.",
			"This PDF is locked by a password or broken, so it cannot be bound in. See the file itself in the system."))
	case "image/jpeg", "image/png", "image/gif":
		raw := b.file + ".image"
		if err := fetch(ctx, p, raw); err != nil {
			return b, err
		}
		if err := d.picture(b, raw); err == nil {
			return b, os.Remove(raw)
		}
		return b, d.sheetFor(b, d.say("Không đọc được ảnh này. Hãy xem tệp gốc trong hệ thống.", "This picture cannot be read. See the file itself in the system."))
	}
	return b, d.sheetFor(b, d.say("Tệp loại này không in được thành trang; nộp kèm riêng.", "A file of this type cannot be shown as pages; it is attached separately."))
}

func fetch(ctx context.Context, p Part, file string) error {
	r, err := p.Open(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		_ = f.Close() // the copy's fault is the one to tell
		return err
	}
	return f.Close()
}

// sheetFor is a page in place of a file.
func (d Dossier) sheetFor(b bound, why string) error {
	f := sheet("P")
	f.SetMargins(marginLeft, 40, marginRight)
	f.AddPage()
	f.SetFont(family, "B", 16)
	f.MultiCell(0, 8, b.Title, "", "C", false)
	f.Ln(6)
	f.SetFont(family, "", textSize)
	for _, line := range []string{d.say("Tên tệp: ", "File: ") + b.Name, d.say("Loại: ", "Type: ") + b.MediaType,
		fmt.Sprintf(d.say("Dung lượng: %d byte", "Size: %d bytes"), b.Size), "SHA-256: " + b.SHA256} {
		f.MultiCell(0, lineHeight, line, "", "L", false)
	}
	f.Ln(4)
	f.SetFont(family, "I", textSize)
	f.MultiCell(0, lineHeight, why, "", "L", false)
	return f.OutputFileAndClose(b.file)
}

// maxPixels bounds what a picture may unfold to.
const maxPixels = 60_000_000

// picture places an image on a page of A4, upright or lying as it is.
func (d Dossier) picture(b bound, raw string) error {
	w, h, kind, err := measure(raw)
	if err != nil {
		return err
	}
	if kind != "jpeg" {
		if err := asJPEG(raw); err != nil {
			return err
		}
	}
	orientation := "P"
	if w > h {
		orientation = "L"
	}
	f := fpdf.New(orientation, "mm", "A4", "")
	f.AddPage()
	pw, ph := f.GetPageSize()
	scale := min((pw-30)/float64(w), (ph-40)/float64(h))
	iw, ih := float64(w)*scale, float64(h)*scale
	f.ImageOptions(raw, (pw-iw)/2, (ph-ih)/2, iw, ih, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
	return f.OutputFileAndClose(b.file)
}

func measure(file string) (w, h int, kind string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, 0, "", err
	}
	defer f.Close()
	c, kind, err := image.DecodeConfig(f)
	if err == nil && (c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height) {
		err = fmt.Errorf("a picture of %d by %d", c.Width, c.Height)
	}
	return c.Width, c.Height, kind, err
}

// asJPEG turns a picture into the one form that PDF holds as it is.
func asJPEG(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := jpeg.Encode(f, onWhite(img), &jpeg.Options{Quality: 90}); err != nil {
		_ = f.Close() // encoding's fault is the one to tell
		return err
	}
	return f.Close()
}
