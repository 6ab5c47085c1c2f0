package intake

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
	"ocopflow/internal/vault"
	"ocopflow/internal/workbook"
	"ocopflow/internal/workflow"
)

// What a ZIP of documents may hold.
const (
	MaxBundle   = 300 << 20 // bytes of the ZIP
	maxUnpacked = 1 << 30   // of its files together
	maxInBundle = 3000      // files and folders
)

// Documents are files with what they are: a list and the files that it names.
var Documents = workbook.Form{Code: "documents", Title: say("Tài liệu", "Documents"),
	Note: say("Một tệp ZIP gồm danh sách này (danh-sach.xlsx) và các tệp mà nó ghi tên; mỗi dòng một tài liệu.", "A ZIP with this list (list.xlsx) and the files that it names; one document a row."),
	Fields: []workbook.Field{
		{Code: "product", Title: say("Mã sản phẩm", "Product code"), Type: workbook.TextField, Required: true, Max: 63, Example: "nuoc-mam-cam-nhuong", Note: say("Mã của sản phẩm đã có trong hệ thống.", "Code of a product that is on record.")},
		{Code: "product_name", Title: say("Tên sản phẩm", "Product name"), Type: workbook.InfoField},
		{Code: "kind", Title: say("Loại tài liệu", "Kind of document"), Type: workbook.TextField, Required: true, Max: 200, Example: "haccp", Note: say("Mã hoặc tên loại tài liệu theo quy trình.", "Code or name of the kind, as the procedure has it.")},
		{Code: "file", Title: say("Tên tệp", "File"), Type: workbook.TextField, Required: true, Max: 400, Example: "haccp.pdf", Note: say("Tên tệp trong ZIP, kể cả thư mục nếu có.", "Its name in the ZIP, with its folder if there is one.")},
		{Code: "valid_from", Title: say("Có hiệu lực từ", "Valid from"), Type: workbook.DayField, Example: "2024-01-15", Note: say("Có thể để trống.", "May be left empty.")},
		{Code: "valid_to", Title: say("Hết hiệu lực", "Valid to"), Type: workbook.DayField, Example: "2027-01-14", Note: say("Ngày cuối còn hiệu lực; có thể để trống.", "The last day on which it holds; may be left empty.")},
		{Code: "whole", Title: say("Của cả chủ thể", "Of the whole producer"), Type: workbook.YesField, Note: say("Ghi \"có\" khi tài liệu dùng cho mọi sản phẩm của chủ thể.", "\"yes\" where it counts for all products of the producer.")},
	}}

// listNames are those by which a list is found among files, without their case
// and marks.
var listNames = []string{"danh-sach.xlsx", "danh sach.xlsx", "danhsach.xlsx", "list.xlsx", "documents.xlsx", "tai-lieu.xlsx", "mau-documents.xlsx"}

// bundle is a ZIP that was looked into. Nothing of it is written under a name of
// its own: names are only looked up.
type bundle struct {
	list  *zip.File
	files map[string][]*zip.File // by their names as they are compared
	named map[*zip.File]bool     // by some line
}

// compared is a name in a ZIP as names are compared: NFC, one kind of slash, no case.
func compared(name string) string {
	return strings.ToLower(norm.NFC.String(strings.TrimPrefix(path.Clean(strings.ReplaceAll(strings.TrimSpace(name), `\`, "/")), "./")))
}

// litter reports whether a file was put there by a computer and not by a person.
func litter(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__macosx/") || base == ".ds_store" || base == "thumbs.db" || base == "desktop.ini" || strings.HasPrefix(base, "~$")
}

func wrongBundle(vi, en string) *fault.Error { return fault.New(fault.Invalid, "zip_wrong", vi, en) }

// openBundle finds the list and the files of a ZIP.
//
// Faults: zip_wrong (Invalid); zip_too_large (TooLarge).
func openBundle(r io.ReaderAt, size int64) (*bundle, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, wrongBundle("Tệp không phải ZIP hoặc đã hỏng. Hãy nén danh sách (.xlsx) cùng các tài liệu thành một tệp .zip.",
			"The file is no ZIP, or is damaged. Put the list (.xlsx) and the documents into one .zip.").Because(err)
	}
	b := &bundle{files: map[string][]*zip.File{}, named: map[*zip.File]bool{}}
	if len(z.File) > maxInBundle {
		return nil, tooBig()
	}
	var unpacked uint64
	var lists []*zip.File
	for _, f := range z.File {
		name := compared(f.Name)
		if f.FileInfo().IsDir() || litter(name) {
			continue
		}
		if unpacked += min(f.UncompressedSize64, maxUnpacked+1); unpacked > maxUnpacked {
			return nil, tooBig()
		}
		switch {
		case name == "[content_types].xml":
			return nil, wrongBundle("Đây là một tệp Excel, không phải ZIP. Hãy nén danh sách cùng các tài liệu thành một tệp .zip.", "This is an Excel file and no ZIP. Put the list and the documents into one .zip.")
		case strings.HasPrefix(name, "../") || name == ".." || strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' || !f.Mode().IsRegular():
			return nil, wrongBundle("ZIP có tệp mang đường dẫn ra ngoài thư mục hoặc là liên kết; hãy nén lại.", "The ZIP holds a path that leads out of it, or a link; pack it again.")
		case f.Flags&1 != 0:
			return nil, wrongBundle("ZIP có mật khẩu; hãy nén lại không đặt mật khẩu.", "The ZIP has a password; pack it again without one.")
		}
		if strings.HasSuffix(name, ".xlsx") {
			lists = append(lists, f)
		}
		b.files[name] = append(b.files[name], f)
	}
	if b.list = theList(lists); b.list == nil {
		return nil, wrongBundle("Không thấy danh sách trong ZIP: cần một tệp tên danh-sach.xlsx.", "The ZIP has no list: a file named list.xlsx is needed.")
	}
	b.named[b.list] = true
	if b.list.UncompressedSize64 > MaxFile {
		return nil, tooBig()
	}
	return b, nil
}

func tooBig() error {
	return fault.New(fault.TooLarge, "zip_too_large", fmt.Sprintf("ZIP quá lớn: nhiều nhất %d tệp, 1 GB khi giải nén, danh sách 20 MB; hãy chia thành nhiều tệp.", maxInBundle),
		fmt.Sprintf("The ZIP is too large: at most %d files, 1 GB unpacked, a list of 20 MB; split it.", maxInBundle))
}

// theList is the workbook that has the name of one, else the only one.
func theList(lists []*zip.File) *zip.File {
	for _, f := range lists {
		if slices.Contains(listNames, ocop.Fold(path.Base(compared(f.Name)))) || slices.Contains(listNames, path.Base(compared(f.Name))) {
			return f
		}
	}
	if len(lists) == 1 {
		return lists[0]
	}
	return nil
}

// workbook is the list, unpacked: it is small.
func (b *bundle) workbook() ([]byte, error) {
	r, err := b.list.Open()
	if err != nil {
		return nil, damaged(err)
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, damaged(err)
	}
	if len(text) > MaxFile {
		return nil, tooBig()
	}
	return text, nil
}

func damaged(err error) error {
	return wrongBundle("Không giải nén được ZIP; tệp có thể đã hỏng.", "The ZIP cannot be unpacked; it may be damaged.").Because(err)
}

// find is the file that a line names: beside the list, by its whole name, or by its
// last part if only one has it.
func (b *bundle) find(name string) (f *zip.File, several bool) {
	name = compared(name)
	for _, at := range []string{path.Join(path.Dir(compared(b.list.Name)), name), name} {
		if list := b.files[at]; len(list) > 0 {
			return list[0], len(list) > 1
		}
	}
	for at, list := range b.files {
		if path.Base(at) == name {
			several = f != nil || len(list) > 1
			if f = list[0]; several {
				break
			}
		}
	}
	return f, several
}

// unnamed are the names of files that no line names.
func (b *bundle) unnamed() (out []string) {
	for _, list := range b.files {
		for _, f := range list {
			if !b.named[f] {
				out = append(out, norm.NFC.String(f.Name))
			}
		}
	}
	slices.Sort(out)
	return out
}

// bringing are the documents that lines stand for.
type bringing struct {
	desk   *Desk
	bundle *bundle
	list   []casework.Upload
	of     []*zip.File
}

// beginDocuments makes documents of lines. Each file is read once to its end, for
// its hash, size and type and for the scanner; nothing of it is kept yet. One
// whose bytes the product has under the kind already is there.
func beginDocuments(ctx context.Context, d *Desk, by access.Actor, f *workbook.Filled) (batch, error) {
	x := bringing{desk: d, bundle: f.Beside.(*bundle), list: make([]casework.Upload, len(f.Lines)), of: make([]*zip.File, len(f.Lines))}
	products, err := store.ProductsByCode(ctx, d.DB, texts(f, "product"))
	if err != nil {
		return batch{}, err
	}
	var ids []string
	owners := map[int]ocop.Producer{}
	for i, l := range f.Lines {
		if p := products[strings.ToLower(l.Text("product"))]; p != nil {
			owners[i] = ocop.Producer{Path: p.OwnerPath}
			ids = append(ids, p.ID)
		}
	}
	if by.ID == ocop.System {
		by = asOffice(by, owners)
	}
	had, err := store.Documents(ctx, d.DB, ids)
	if err != nil {
		return batch{}, err
	}
	rules, err := d.Products.Library.InForce(casework.ProcedureName, d.Products.Today())
	if err != nil {
		return batch{}, err
	}
	already, seen := map[int]bool{}, twice{}
	looked := map[*zip.File]*vault.Taken{}
	for i, l := range f.Lines {
		file := x.file(f, i)
		p := products[strings.ToLower(l.Text("product"))]
		if l.Text("product") != "" && (p == nil || !by.Products().Sees(p.ID, p.Path, p.Producer.ID)) {
			f.Wrong(i, "product", "unknown", "Không có sản phẩm mang mã này trong phạm vi của bạn.", "There is no product of this code in your reach.")
			p = nil
		}
		if file == nil || p == nil {
			continue
		}
		kind := kindNamed(rules, l.Text("kind"))
		u := casework.Upload{Product: p.ID, Kind: kind, Whole: l.Yes("whole"), ValidFrom: l.Day("valid_from"), ValidTo: l.Day("valid_to"), Actor: by}
		u.Name = path.Base(strings.ReplaceAll(norm.NFC.String(file.Name), `\`, "/"))
		if looked[file] == nil {
			if looked[file], err = x.look(ctx, file); err != nil {
				g := fault.Of(err)
				if g.Kind == fault.Internal || g.Kind == fault.Unavailable {
					return batch{}, err
				}
				f.Wrong(i, "file", g.Code, g.Message.Vi, g.Message.En)
				continue
			}
		}
		u.Taken, x.of[i] = looked[file], file
		x.list[i] = u
		if l.Bad || seen.note(f, i, strings.Join([]string{u.Product, u.Kind, u.Taken.SHA256}, " "), "file") {
			continue
		}
		if slices.ContainsFunc(had[p.ID], func(doc store.Document) bool {
			return doc.Kind == u.Kind && doc.SHA256 == u.Taken.SHA256 && (doc.Product == "") == u.Whole && sameDay(doc.ValidFrom, u.ValidFrom) && sameDay(doc.ValidTo, u.ValidTo)
		}) {
			already[i] = true
		}
	}
	if names := x.bundle.unnamed(); len(names) > 0 {
		shown := strings.Join(names[:min(len(names), 20)], ", ")
		f.WrongHeading("file", "unnamed", fmt.Sprintf("ZIP có %d tệp mà danh sách không ghi: %s", len(names), shown), fmt.Sprintf("The ZIP holds %d files that the list does not name: %s", len(names), shown))
	}
	return batch{already: already, try: x.try, save: x.save, chunk: 100,
		blame: blamed(map[string]string{"kind": "kind", "file": "file", "valid_to": "valid_to", "not_found": "product", "who_may_not": "kind", "role_missing": "kind"}, "file")}, nil
}

func sameDay(a, b *ocop.Date) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// kindNamed is the kind of document that is named by its code or in either language.
func kindNamed(rules *workflow.Rules, said string) string {
	for code, rule := range rules.Documents.All() {
		if ocop.Fold(said) == code || ocop.Fold(said) == ocop.Fold(rule.Title.Vi) || ocop.Fold(said) == ocop.Fold(rule.Title.En) {
			return code
		}
	}
	return strings.ToLower(said)
}

// kindsOffered offers the kinds of documents to a template, by their names.
func kindsOffered(_ context.Context, d *Desk, _ access.Actor) (map[string][]string, error) {
	rules, err := d.Products.Library.InForce(casework.ProcedureName, d.Products.Today())
	if err != nil {
		return nil, err
	}
	var out []string
	for _, rule := range rules.Documents.All() {
		if slices.Contains(rule.By, access.Office) {
			out = append(out, rule.Title.Vi)
		}
	}
	return map[string][]string{"kind": out}, nil
}

// file is the file that a line names; nil when there is none, which is noted.
func (x bringing) file(f *workbook.Filled, i int) *zip.File {
	name := f.Lines[i].Text("file")
	if name == "" {
		return nil // noted when it was read
	}
	file, several := x.bundle.find(name)
	switch {
	case file == nil:
		f.Wrong(i, "file", "file_missing", "Không có tệp này trong ZIP.", "The ZIP has no such file.")
	case several:
		f.Wrong(i, "file", "ambiguous", "ZIP có nhiều tệp cùng tên này; hãy ghi cả thư mục.", "The ZIP has several files of this name; write its folder too.")
		x.bundle.named[file] = true
	case file == x.bundle.list:
		f.Wrong(i, "file", "file_missing", "Đây là chính danh sách.", "This is the list itself.")
	default:
		x.bundle.named[file] = true
		return file
	}
	return nil
}

func (x bringing) look(ctx context.Context, file *zip.File) (t *vault.Taken, err error) {
	r, err := file.Open()
	if err != nil {
		return nil, damaged(err)
	}
	defer func() { _ = r.Close() }() // it was only read
	t, err = x.desk.Products.Vault.Look(ctx, r, x.desk.limit())
	return t, readable(err)
}

// readable tells a damaged file apart from trouble of ours.
func readable(err error) error {
	if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, io.ErrUnexpectedEOF) {
		return wrongBundle("Không giải nén được tệp này; ZIP có thể đã hỏng.", "This file cannot be unpacked; the ZIP may be damaged.").Because(err)
	}
	return err
}

func (x bringing) try(ctx context.Context, lines []int) ([]error, error) {
	return x.desk.Products.TryDocuments(ctx, x.pick(lines))
}

func (x bringing) pick(lines []int) []casework.Upload {
	out := make([]casework.Upload, len(lines))
	for j, i := range lines {
		out[j] = x.list[i]
	}
	return out
}

// save lays the files of lines in the vault and enters them in one act. A server
// that is killed before the act leaves bytes that nothing names, which the vault's
// sweep clears away.
func (x bringing) save(ctx context.Context, lines []int) (err error) {
	list := x.pick(lines)
	var taken []*vault.Taken
	defer func() {
		for _, t := range taken {
			err = errors.Join(err, x.desk.Products.Vault.Settle(context.WithoutCancel(ctx), t))
		}
	}()
	for j, i := range lines {
		t, err := x.take(ctx, x.of[i])
		if err != nil {
			return err
		}
		taken = append(taken, t)
		list[j].Taken = t
	}
	return x.desk.Products.AddDocuments(ctx, list)
}

func (x bringing) take(ctx context.Context, file *zip.File) (*vault.Taken, error) {
	r, err := file.Open()
	if err != nil {
		return nil, damaged(err)
	}
	defer func() { _ = r.Close() }() // it was only read
	t, err := x.desk.Products.Vault.TakeAside(ctx, r, x.desk.limit())
	return t, readable(err)
}

// limit of a single file.
func (d *Desk) limit() int64 {
	if d.MaxUpload > 0 {
		return d.MaxUpload
	}
	return 20 << 20
}

// list is the workbook of an order, and what lies beside it.
func (o Order) list() (file io.ReaderAt, size int64, beside any, err error) {
	if o.Kind != Documents.Code {
		return o.File, o.Size, nil, nil
	}
	b, err := openBundle(o.File, o.Size)
	if err != nil {
		return nil, 0, nil, err
	}
	text, err := b.workbook()
	return bytes.NewReader(text), int64(len(text)), b, err
}

// MaxSize bounds what is sent of a kind, in bytes.
func MaxSize(kind string) int64 {
	if kind == Documents.Code {
		return MaxBundle
	}
	return MaxFile
}
