package paper_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
)

// pages is a PDF whose pages name themselves.
func pages(t testing.TB, name string, n int) []byte {
	t.Helper()
	f := fpdf.New("P", "mm", "A4", "")
	f.SetFont("Helvetica", "", 12)
	for i := range n {
		f.AddPage()
		f.CellFormat(0, 10, fmt.Sprintf("%s-leaf-%d", name, i+1), "", 1, "C", false, 0, "")
	}
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func locked(t testing.TB) []byte {
	t.Helper()
	f := fpdf.New("P", "mm", "A4", "")
	f.SetProtection(fpdf.CnProtectPrint, "secret", "other")
	f.AddPage()
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func part(title, media string, content []byte) paper.Part {
	return paper.Part{Title: title, Name: title + ".tệp", MediaType: media, Size: int64(len(content)), SHA256: "abc",
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}

// leaves are the texts of the pages of a PDF.
func leaves(t testing.TB, file string) []string {
	t.Helper()
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v: %s", err, out)
	}
	all := strings.Split(string(out), "\f")
	return all[:len(all)-1]
}

func bind(t testing.TB, parts ...paper.Part) []string {
	t.Helper()
	d := paper.Dossier{Product: "Nước mắm Cẩm Nhượng", Code: "nuoc-mam", Producer: "Hợp tác xã", Day: ocop.Date(19800), Lang: ocop.Vi, Parts: parts}
	file, err := d.Bind(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Size() == 0 {
		t.Fatalf("%v", err)
	}
	return leaves(t, file)
}

func TestADossierOf300PagesFindsEveryDocument(t *testing.T) {
	t.Parallel()
	parts := []paper.Part{part("Giấy đăng ký kinh doanh", "application/pdf", pages(t, "p1", 60)), part("Bản công bố", "application/pdf", pages(t, "p2", 1))}
	for i := 3; i <= 41; i++ {
		parts = append(parts, part(fmt.Sprintf("Phiếu kiểm nghiệm %d", i), "application/pdf", pages(t, fmt.Sprintf("p%d", i), 6)))
	}
	got := bind(t, parts...)
	const total = 1 + 2 + 60 + 1 + 39*6
	if len(got) != total {
		t.Fatalf("%d pages, not %d", len(got), total)
	}
	for i, text := range got {
		if want := fmt.Sprintf("Trang %d/%d", i+1, total); !strings.Contains(text, want) {
			t.Errorf("page %d does not say %q", i+1, want)
		}
	}
	rows := regexp.MustCompile(`(?m)^\s*(\d+)\. .*?\s(\d+)$`).FindAllStringSubmatch(got[1]+"\n"+got[2], -1)
	if len(rows) != 41 {
		t.Fatalf("%d lines of contents: %q", len(rows), got[1])
	}
	for _, r := range rows {
		page, err := strconv.Atoi(r[2])
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got[page-1], "p"+r[1]+"-leaf-1\n") || !strings.Contains(got[page-1], r[1]+". ") {
			t.Errorf("document %s does not begin on page %d: %q", r[1], page, got[page-1])
		}
	}
}

func TestWhatCannotBeBoundInGetsAPageThatSaysSo(t *testing.T) {
	t.Parallel()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 300, 100))); err != nil {
		t.Fatal(err)
	}
	whole := pages(t, "whole", 3)
	got := bind(t,
		part("Khóa", "application/pdf", locked(t)),
		part("Hỏng", "application/pdf", []byte("%PDF-1.7\nnothing")),
		part("Cụt", "application/pdf", whole[:len(whole)/3]),
		part("Ảnh", "image/png", picture.Bytes()),
		part("Ảnh hỏng", "image/jpeg", []byte("\xff\xd8\xff\xe0")),
		part("Bảng tính", "application/vnd.ms-excel", []byte("x")),
		part("Trọn", "application/pdf", whole))
	if len(got) != 2+6+3 {
		t.Fatalf("%d pages", len(got))
	}
	for page, want := range map[int]string{3: "mật khẩu", 4: "mật khẩu", 5: "mật khẩu", 6: "4. Ảnh", 7: "Không đọc được ảnh", 8: "nộp kèm riêng", 9: "whole-leaf-1"} {
		if !strings.Contains(got[page-1], want) {
			t.Errorf("page %d does not say %q: %q", page, want, got[page-1])
		}
	}
}

func TestWhatIsTooMuchIsNamedAndNotRead(t *testing.T) {
	t.Parallel()
	huge := part("Phim", "application/pdf", nil)
	huge.Size, huge.Open = 1<<40, func(context.Context) (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF }
	if got := bind(t, huge, part("Nhỏ", "application/pdf", pages(t, "small", 1))); len(got) != 4 || !strings.Contains(got[2], "quá lớn") || !strings.Contains(got[3], "small-leaf-1") {
		t.Errorf("%q", got)
	}
}

func TestADossierWithoutDocumentsIsItsCover(t *testing.T) {
	t.Parallel()
	if got := bind(t); len(got) != 2 || !strings.Contains(got[0], "Nước mắm Cẩm Nhượng") {
		t.Errorf("%q", got)
	}
}
