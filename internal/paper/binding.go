package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"os"
	"path/filepath"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// The library would write its settings into the home folder.
func init() { api.DisableConfigDir() }

func settings() *model.Configuration {
	c := model.NewDefaultConfiguration()
	c.ValidationMode = model.ValidationRelaxed
	c.Offline, c.OptimizeBeforeWriting, c.CreateBookmarks = true, false, false
	c.Optimize, c.OptimizeResourceDicts = false, false
	return c
}

// usable counts the pages of a PDF that can be bound in.
func usable(file string) (pages int, err error) {
	defer func() {
		if r := recover(); r != nil { // the library trips over some broken files
			err = fmt.Errorf("%v", r)
		}
	}()
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	c, err := api.ReadAndValidate(f, settings())
	if err != nil {
		return 0, err
	}
	if c.Encrypt != nil {
		return 0, errors.New("it is encrypted")
	}
	if c.PageCount < 1 {
		return 0, errors.New("it has no pages")
	}
	return c.PageCount, nil
}

// mostBound bounds the bytes that are bound in: joining takes about twice as
// much memory. What comes after gets a page that names it.
const mostBound = 256 << 20

func (d Dossier) bindWithin(ctx context.Context, folder string, n int, p Part, room *int64) (bound, error) {
	if *room < p.Size {
		b := bound{Part: p, file: filepath.Join(folder, fmt.Sprintf("part-%04d.pdf", n)), pages: 1}
		return b, d.sheetFor(b, d.say("Hồ sơ đã quá lớn để in thêm tệp này vào đây; nộp kèm riêng.", "The dossier is too large to bind this file in as well; it is attached separately."))
	}
	*room -= p.Size
	return d.bind(ctx, folder, n, p)
}

// Bind binds the dossier into one PDF, a file in folder, and names it.
func (d Dossier) Bind(ctx context.Context, folder string) (string, error) {
	parts := make([]bound, len(d.Parts))
	total, room := d.frontPages(), int64(mostBound)
	for i, p := range d.Parts {
		b, err := d.bindWithin(ctx, folder, i, p, &room)
		if err != nil {
			return "", err
		}
		b.first = total + 1
		total += b.pages
		parts[i] = b
		if err := ctx.Err(); err != nil {
			return "", err
		}
	}
	front := filepath.Join(folder, "front.pdf")
	lines, err := d.front(front, parts, total)
	if err != nil {
		return "", err
	}
	overlay, err := d.overlay(parts, total)
	if err != nil {
		return "", err
	}
	out := filepath.Join(folder, "dossier.pdf")
	return out, merge(out, front, parts, lines, overlay)
}

// merge reads each part once, joins them, stamps the pages and adds links and
// bookmarks, all on one reading.
func merge(out, front string, parts []bound, lines []line, overlay []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("pdf: %v", r)
		}
	}()
	f, err := os.Open(front)
	if err != nil {
		return err
	}
	defer f.Close()
	conf := settings()
	conf.Cmd = model.MERGECREATE
	whole, err := api.ReadAndValidate(f, conf)
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	whole.EnsureVersionForWriting()
	for _, p := range parts {
		if err := appendPart(whole, p.file); err != nil {
			return fmt.Errorf("pdf %s: %w", p.SHA256, err)
		}
	}
	if err := whole.EnsurePageCount(); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	wm, err := api.PDFMultiWatermarkForReadSeeker(bytes.NewReader(overlay), 1, 1, "scale:1 abs, pos:tl, rot:0, opacity:1", true, false, types.POINTS)
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	if err := pdfcpu.AddWatermarks(whole, allPages(whole.PageCount), wm); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	if err := linkUp(whole, parts, lines); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	return api.WriteContextFile(whole, out)
}

func allPages(n int) types.IntSet {
	s := types.IntSet{}
	for i := 1; i <= n; i++ {
		s[i] = true
	}
	return s
}

func appendPart(whole *model.Context, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	conf := settings()
	conf.Cmd = model.MERGECREATE
	part, err := api.ReadAndValidate(io.ReadSeeker(f), conf)
	if err != nil {
		return err
	}
	return pdfcpu.MergeXRefTables(filepath.Base(file), part, whole, false, false)
}

// linkUp makes lines of the contents and bookmarks lead to the documents.
func linkUp(whole *model.Context, parts []bound, lines []line) error {
	if len(parts) == 0 {
		return nil
	}
	links := map[int][]model.AnnotationRenderer{}
	for i, l := range lines {
		dest := &model.Destination{Typ: model.DestFit, PageNr: parts[i].first}
		links[l.page] = append(links[l.page], model.NewLinkAnnotation(*l.area, 0, "", fmt.Sprintf("part-%d", i), "", 0, nil, dest, "", nil, false, 0, model.BSSolid))
	}
	if _, err := pdfcpu.AddAnnotationsMap(whole, links, false); err != nil {
		return err
	}
	marks := make([]pdfcpu.Bookmark, len(parts))
	for i, p := range parts {
		marks[i] = pdfcpu.Bookmark{Title: fmt.Sprintf("%d. %s", i+1, p.Title), PageFrom: p.first}
	}
	return pdfcpu.AddBookmarks(whole, marks, true)
}

// onWhite lays what a picture lets through on white.
func onWhite(img image.Image) image.Image {
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Over)
	return out
}
