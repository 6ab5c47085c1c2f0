package casework

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"ocopflow/internal/fault"
	"ocopflow/internal/vault"
)

// programs are what no dossier needs and a colleague could start by a click.
var programs = []string{
	"application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-mach-binary", "application/x-ms-installer",
	"application/jar", "application/x-java-applet", "text/x-shellscript", "application/x-ms-shortcut",
}

// contents say what a file whose name ends so must hold: the type itself or
// the container that it is written in.
var contents = map[string]string{
	".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
	".zip": "application/zip", ".docx": "application/zip", ".xlsx": "application/zip", ".pptx": "application/zip",
	".doc": "application/x-ole-storage", ".xls": "application/x-ole-storage", ".ppt": "application/x-ole-storage",
}

// sniff tells the type from the content; what the caller says is not believed.
// Nothing is unpacked for it.
func sniff(content []byte) *mimetype.MIME { return mimetype.Detect(content) }

// plainType is a type without its parameters.
func plainType(m *mimetype.MIME) string {
	t, _, _ := strings.Cut(m.String(), ";")
	return t
}

// checkType refuses programs, and files that are not what their name says.
func checkType(bad *fault.Error, name string, content []byte) {
	found := sniff(content)
	var kinds []string
	for m := found; m != nil; m = m.Parent() {
		kinds = append(kinds, plainType(m))
	}
	if slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(programs, k) }) {
		bad.At("file", "Không nhận chương trình chạy được. Hãy gửi văn bản, bảng tính, ảnh hoặc PDF.", "Programs are not taken. Send a text, a spreadsheet, a picture or a PDF.")
		return
	}
	ext := strings.ToLower(path.Ext(name))
	if want := contents[ext]; want != "" && !slices.Contains(kinds, want) {
		bad.At("file", fmt.Sprintf("Tên tệp có đuôi %s nhưng nội dung là %s. Hãy kiểm tra lại tệp.", ext, kinds[0]),
			fmt.Sprintf("The name ends in %s, but the content is %s. Check the file.", ext, kinds[0]))
	}
}

// CheckFile checks a file that lies in the vault, and gives its name without
// folders and its type, told from the content.
func CheckFile(bad *fault.Error, name string, file *vault.Taken) (clean, mediaType string) {
	clean = baseName(name)
	if file.Size == 0 {
		bad.At("file", "Tệp rỗng.", "The file is empty.")
	}
	if clean == "" || utf8.RuneCountInString(clean) > maxName {
		bad.At("file", "Tên tệp phải có từ 1 đến 200 ký tự, không có ký tự điều khiển hay đổi chiều chữ.", "The file's name must have 1 to 200 characters, none that controls or turns the writing.")
	}
	checkType(bad, clean, file.Head)
	return clean, plainType(sniff(file.Head))
}
