package paper_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
)

// scanned is a PDF of scanned pages, each a picture that cannot be packed.
func scanned(b *testing.B, n int) string {
	b.Helper()
	f := fpdf.New("P", "mm", "A4", "")
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range n {
		img := image.NewRGBA(image.Rect(0, 0, 700, 990))
		for j := range img.Pix {
			img.Pix[j] = byte(r.Uint32())
		}
		img.Set(0, 0, color.White)
		var jpg bytes.Buffer
		if err := jpeg.Encode(&jpg, img, &jpeg.Options{Quality: 85}); err != nil {
			b.Fatal(err)
		}
		f.AddPage()
		name := "scan" + string(rune('a'+i%26)) + string(rune('a'+i/26))
		f.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "JPG"}, &jpg)
		f.ImageOptions(name, 0, 0, 210, 297, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
	}
	file := filepath.Join(b.TempDir(), "scan.pdf")
	if err := f.OutputFileAndClose(file); err != nil {
		b.Fatal(err)
	}
	return file
}

// BenchmarkDossier binds 300 scanned pages and says the highest heap.
func BenchmarkDossier(b *testing.B) {
	file := scanned(b, 30)
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	d := paper.Dossier{Product: "Nước mắm", Producer: "HTX", Day: ocop.Date(19800), Lang: ocop.Vi}
	for range 10 {
		d.Parts = append(d.Parts, paper.Part{Title: "Bản quét", Name: "scan.pdf", MediaType: "application/pdf", Size: info.Size(), SHA256: "abc",
			Open: func(context.Context) (io.ReadCloser, error) { return os.Open(file) }})
	}
	for b.Loop() {
		runtime.GC()
		var highest atomic.Uint64
		done, ended := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-done:
					return
				case <-tick.C:
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					highest.Store(max(highest.Load(), m.HeapInuse))
				}
			}
		}()
		if _, err := d.Bind(b.Context(), b.TempDir()); err != nil {
			b.Fatal(err)
		}
		close(done)
		<-ended
		b.ReportMetric(float64(highest.Load())/1e6, "MB-heap")
	}
	b.ReportMetric(float64(10*info.Size())/1e6, "MB-in")
}
