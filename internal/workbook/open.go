package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"ocopflow/internal/fault"
)

// What a workbook that is read may hold.
const (
	maxParts    = 2000
	maxUnpacked = 160 << 20 // bytes of all parts
	maxStrings  = 1 << 20   // shared strings
)

// Reader reads the sheets of a workbook. It reads the format itself, because
// the library's rows come without the types of cells: a number could not be
// told from a text of digits, nor a formula from its last result.
type Reader struct {
	parts   map[string]*zip.File
	sheets  []sheetRef
	shared  []string
	from    int // where the workbook's days begin: 0 for 1900, 1462 for 1904
	Columns int // most that a row may hold
	Rows    int // most that a sheet may hold
}

type sheetRef struct {
	name, part string
}

func wrong(code, vi, en string) *fault.Error { return fault.New(fault.Invalid, code, vi, en) }

func unreadable(err error) error {
	if f := fault.Of(err); f.Kind != fault.Internal {
		return err
	}
	return wrong("workbook_unreadable", "Tệp không phải bảng tính Excel (.xlsx) hoặc đã hỏng; hãy mở bằng Excel và lưu lại dạng .xlsx.",
		"The file is no Excel workbook (.xlsx), or is damaged; open it in Excel and save it as .xlsx.").Because(err)
}

// Open looks into a workbook: its parts, sizes and sheets.
//
// Faults: workbook_old, workbook_locked, workbook_unreadable (Invalid);
// workbook_too_large (TooLarge).
func Open(r io.ReaderAt, size int64) (*Reader, error) {
	if err := sniff(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, unreadable(err)
	}
	out := &Reader{parts: map[string]*zip.File{}, Columns: 60, Rows: 100_000}
	var unpacked uint64
	for _, f := range z.File {
		unpacked += min(f.UncompressedSize64, maxUnpacked+1) // a part that holds more than it says fails when it is read
		if len(z.File) > maxParts || unpacked > maxUnpacked {
			return nil, fault.New(fault.TooLarge, "workbook_too_large", "Bảng tính quá lớn khi giải nén (quá 160 MB); hãy chia thành nhiều tệp.",
				"The workbook is too large once unpacked (over 160 MB); split it into several files.")
		}
		out.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	if err := out.contents(); err != nil {
		return nil, unreadable(err)
	}
	return out, nil
}

// sniff tells old and locked workbooks apart from files of another kind.
func sniff(r io.ReaderAt, size int64) error {
	head := make([]byte, 8)
	if n, err := r.ReadAt(head, 0); n < len(head) && err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Equal(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		return nil
	}
	rest := make([]byte, min(size, 1<<20))
	n, _ := r.ReadAt(rest, 0) // whatever could be read is looked at
	if bytes.Contains(rest[:n], []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
		return wrong("workbook_locked", "Bảng tính có mật khẩu; hãy bỏ mật khẩu rồi gửi lại.", "The workbook has a password; take it off and send it again.")
	}
	return wrong("workbook_old", "Tệp thuộc dạng cũ (.xls); hãy mở bằng Excel và lưu lại dạng .xlsx.", "The file is of the old kind (.xls); open it in Excel and save it as .xlsx.")
}

// part opens one part; a missing one is nil.
func (r *Reader) part(name string) (io.ReadCloser, error) {
	f := r.parts[name]
	if f == nil {
		return nil, nil
	}
	return f.Open()
}

// each walks the elements of a part.
func (r *Reader) each(name string, do func(d *xml.Decoder, e xml.StartElement) error) (err error) {
	part, err := r.part(name)
	if part == nil || err != nil {
		return err
	}
	defer func() { err = errors.Join(err, part.Close()) }()
	d := xml.NewDecoder(part)
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := do(d, e); err != nil {
				return err
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// contents finds the sheets and the texts that they share.
func (r *Reader) contents() error {
	book := ""
	err := r.each("_rels/.rels", func(_ *xml.Decoder, e xml.StartElement) error {
		if strings.HasSuffix(attr(e, "Type"), "/officeDocument") {
			book = strings.TrimPrefix(attr(e, "Target"), "/")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if r.parts[book] == nil {
		return errors.New("it names no workbook")
	}
	targets, shared := map[string]string{}, ""
	dir, file := path.Split(book)
	err = r.each(dir+"_rels/"+file+".rels", func(_ *xml.Decoder, e xml.StartElement) error {
		target := attr(e, "Target")
		if target = path.Join(dir, target); strings.HasPrefix(attr(e, "Target"), "/") {
			target = strings.TrimPrefix(attr(e, "Target"), "/")
		}
		targets[attr(e, "Id")] = target
		if strings.HasSuffix(attr(e, "Type"), "/sharedStrings") {
			shared = target
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = r.each(book, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			if v := attr(e, "date1904"); v == "1" || v == "true" {
				r.from = 1462
			}
		case "sheet":
			if part := targets[relation(e)]; r.parts[part] != nil {
				r.sheets = append(r.sheets, sheetRef{attr(e, "name"), part})
			}
		}
		return nil
	})
	if err == nil && len(r.sheets) == 0 {
		err = errors.New("it has no sheet")
	}
	if err != nil {
		return err
	}
	return r.each(shared, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		if len(r.shared) == maxStrings {
			return errors.New("it shares too many texts")
		}
		text, err := textIn(d)
		r.shared = append(r.shared, text)
		return err
	})
}

// relation is the id under which a workbook names the part of a sheet: the only
// attribute id that has a namespace.
func relation(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// textIn reads a rich or plain text up to the end of its element, without the
// readings that East Asian texts carry.
func textIn(d *xml.Decoder) (string, error) {
	var b strings.Builder
	for depth, in := 1, 0; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "rPh" {
				if err := d.Skip(); err != nil {
					return "", err
				}
				continue
			}
			if depth++; t.Name.Local == "t" {
				in = depth
			}
		case xml.EndElement:
			if depth == in {
				in = 0
			}
			depth--
		case xml.CharData:
			if in > 0 {
				b.Write(t)
			}
		}
	}
	return unescape(b.String()), nil
}
