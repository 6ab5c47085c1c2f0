package paper

import (
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"sync"

	"ocopflow/internal/ocop"
	"ocopflow/workflows"
)

// Paper is a kind of paper that is made by a template.
type Paper struct {
	Name    string
	Title   ocop.Text
	Example func(lang ocop.Lang) any // what templates are tried on and shown with
}

// Papers are all of them.
var Papers = []Paper{
	{"notice", ocop.Text{Vi: "Thông báo kết luận", En: "Notice of a conclusion"}, exampleNotice},
	{"decision", ocop.Text{Vi: "Quyết định công nhận", En: "Decision of recognition"}, exampleDecision},
	{"invitation", ocop.Text{Vi: "Giấy mời", En: "Invitation"}, exampleInvitation},
	{"minutes", ocop.Text{Vi: "Biên bản họp", En: "Minutes of a meeting"}, exampleMinutes},
	{"inspection_record", ocop.Text{Vi: "Biên bản kiểm tra thực tế", En: "Record of a field inspection"}, exampleInspection},
	{"report", ocop.Text{Vi: "Báo cáo gửi cấp tỉnh", En: "Report to the province"}, exampleReport},
	{"support_plan", ocop.Text{Vi: "Kế hoạch hỗ trợ", En: "Support plan"}, exampleSupportPlan},
	{"batch_agenda", ocop.Text{Vi: "Chương trình họp của đợt", En: "Agenda of a batch"}, exampleBatchAgenda},
	{"batch_results", ocop.Text{Vi: "Bảng kết quả của đợt", En: "Table of a batch's results"}, exampleBatchResults},
	{"result_notice", ocop.Text{Vi: "Thông báo kết quả", En: "Notice of a result"}, exampleResultNotice},
	{"ending_letter", ocop.Text{Vi: "Thư báo giấy chứng nhận sắp hết hạn", En: "Letter before certificates end"}, exampleEnding},
}

// Find gives the paper of a name, nil when there is none.
func Find(name string) *Paper {
	i := slices.IndexFunc(Papers, func(p Paper) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &Papers[i]
}

// Empty is the paper's data without anything in it.
func (p Paper) Empty() any { return reflect.Zero(reflect.TypeOf(p.Example(ocop.Vi))).Interface() }

// Placeholder is one with the type of what it holds.
type Placeholder struct {
	Name string    `json:"name"` // such as .Organisations.Duties.Text
	Kind string    `json:"kind" enum:"text,number,yes_no,list"`
	Says ocop.Text `json:"says" doc:"what it holds"`
}

// Fields are the placeholders of a paper, in their order; those of a list's parts follow
// the list and are asked for inside of range.
func (p Paper) Fields() []Placeholder { return fieldsOf(reflect.TypeOf(p.Empty()), "") }

func fieldsOf(t reflect.Type, before string) (out []Placeholder) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, fieldsOf(f.Type, before)...)
			continue
		}
		name, says := before+"."+f.Name, ocop.Text{Vi: f.Tag.Get("vi"), En: f.Tag.Get("en")}
		switch f.Type.Kind() {
		case reflect.Slice:
			if out = append(out, Placeholder{name, "list", says}); f.Type.Elem().Kind() == reflect.Struct {
				out = append(out, fieldsOf(f.Type.Elem(), name)...)
			}
		case reflect.Int:
			out = append(out, Placeholder{name, "number", says})
		case reflect.Bool:
			out = append(out, Placeholder{name, "yes_no", says})
		default:
			out = append(out, Placeholder{name, "text", says})
		}
	}
	return out
}

// headOf is the head that every paper's data begins with.
func headOf(data any) Head {
	h, _ := reflect.ValueOf(data).FieldByName("Head").Interface().(Head)
	return h
}

// Words are the functions that templates may use, in the order of the alphabet.
func Words() []string {
	var out []string
	for name := range words {
		if name != keepWord && name != roundWord {
			out = append(out, name)
		}
	}
	for name := range builtin {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Set is a set of templates by paper and language.
type Set map[string]*Template

func key(name string, lang ocop.Lang) string { return name + "." + string(lang) }

// Get gives the template of a paper, the Vietnamese one when there is none in
// the language; nil when there is neither.
func (s Set) Get(name string, lang ocop.Lang) *Template {
	if t := s[key(name, lang)]; t != nil {
		return t
	}
	return s[key(name, ocop.Vi)]
}

// Has reports whether there is one in exactly that language.
func (s Set) Has(name string, lang ocop.Lang) bool { return s[key(name, lang)] != nil }

// Shipped are the templates that come with the program.
var Shipped = sync.OnceValue(func() Set {
	s, err := Load(workflows.Files)
	if err != nil {
		panic(err) // held by a test
	}
	return s
})

// Load reads papers/*.md of a place, which may have none.
func Load(place fs.FS) (Set, error) {
	names, err := fs.Glob(place, "papers/*.md")
	if err != nil {
		return nil, fmt.Errorf("templates of papers: %w", err)
	}
	out := Set{}
	for _, name := range names {
		text, err := fs.ReadFile(place, name)
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		t, findings := Parse(name, string(text))
		if t == nil {
			return nil, fmt.Errorf("template of a paper: %s", findings[0])
		}
		out[key(t.Paper, t.Lang)] = t
	}
	return out, nil
}
