package workflow_test

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/invopop/jsonschema"

	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// The schema and the reference are made from the types, their comments and the
// shipped files: `go test ./internal/workflow -args -update` writes them anew.
const (
	schemaFile    = "../../workflows/procedure.schema.json"
	referenceFile = "../../docs/procedure-reference.md"
)

// values are the types that have a fixed list of values.
var values = map[reflect.Type][]any{
	reflect.TypeFor[workflow.FieldType](): {workflow.FieldText, workflow.FieldTexts, workflow.FieldChoice, workflow.FieldCode, workflow.FieldCodes, workflow.FieldInt,
		workflow.FieldInts, workflow.FieldBool, workflow.FieldDay, workflow.FieldAccount, workflow.FieldDocument, workflow.FieldUnit},
	reflect.TypeFor[workflow.Effect](): {workflow.OpenRound, workflow.ImportCertificate, workflow.IssueCertificate, workflow.RetireCertificate, workflow.AssignOfficer,
		workflow.AcceptIdea, workflow.PlanInspection, workflow.RecordResult, workflow.NextLevel, workflow.FirstLevel, workflow.FileDossier, workflow.Propose,
		workflow.SettleProposal, workflow.MarkRejected, workflow.RecordAssessment, workflow.TellProduct, workflow.ScoreAgain},
}

// schemaOf reflects a type as the YAML reader takes it.
func schemaOf(t testing.TB, of reflect.Type) *jsonschema.Schema {
	t.Helper()
	r := &jsonschema.Reflector{FieldNameTag: "yaml", DoNotReference: true, ExpandedStruct: true, Anonymous: true}
	for _, dir := range []string{".", "../calendar"} {
		if err := r.AddGoComments("ocopflow/internal/workflow", dir); err != nil {
			t.Fatal(err)
		}
	}
	r.Mapper = func(x reflect.Type) *jsonschema.Schema {
		switch {
		case x == reflect.TypeFor[ocop.Date]():
			return &jsonschema.Schema{Type: "string", Format: "date"}
		case x == reflect.TypeFor[ocop.Text]():
			s := &jsonschema.Schema{Type: "object", Required: []string{"vi", "en"}, AdditionalProperties: jsonschema.FalseSchema, Properties: jsonschema.NewProperties()}
			s.Properties.Set("vi", &jsonschema.Schema{Type: "string"})
			s.Properties.Set("en", &jsonschema.Schema{Type: "string"})
			return s
		case x == reflect.TypeFor[workflow.Windows]():
			one := schemaOf(t, reflect.TypeFor[workflow.Window]())
			return &jsonschema.Schema{OneOf: []*jsonschema.Schema{one, {Type: "array", Items: one}}}
		case strings.HasPrefix(x.Name(), "Ordered["):
			get, _ := x.MethodByName("Get")
			return &jsonschema.Schema{Type: "object", AdditionalProperties: schemaOf(t, get.Type.Out(0))}
		case values[x] != nil:
			return &jsonschema.Schema{Type: "string", Enum: values[x]}
		}
		return nil
	}
	s := r.ReflectFromType(of)
	s.Version = ""
	return s
}

// golden compares with a file that is kept, or writes it anew.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not what the types say; write it anew with: go test ./internal/workflow -args -update", file)
	}
}

func TestSchemaIsMadeFromTheTypes(t *testing.T) {
	s := schemaOf(t, reflect.TypeFor[workflow.Procedure]())
	s.Version, s.Title = jsonschema.Version, "ocopflow procedure"
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, schemaFile, string(b)+"\n")
}

func TestReferenceHasEveryKeyWithAnExample(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Keys of a procedure file\n\nMade from the types of `internal/workflow` and the shipped files by `go test ./internal/workflow -args -update`.\n" +
		"How the parts work together stands in [procedure-language.md](procedure-language.md). `*` is any name; a key marked • must be there.\n\n" +
		"| Key | Holds | Meaning | Example |\n|---|---|---|---|\n")
	ref := reference{t: t, out: &b}
	for _, name := range []string{"../../workflows/ocop-2026.yaml", "../../workflows/ocop-2023.yaml", "../../workflows/support.yaml", "../../workflows/complaint.yaml", "testdata/small.yaml", "../../workflows/ocop-2025.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.MapSlice
		if err := yaml.UnmarshalWithOptions(text, &doc, yaml.UseOrderedMap()); err != nil {
			t.Fatal(err)
		}
		ref.docs = append(ref.docs, doc)
	}
	ref.object("", schemaOf(t, reflect.TypeFor[workflow.Procedure]()))
	golden(t, referenceFile, b.String())
}

// reference writes one line for each key.
type reference struct {
	t    *testing.T
	out  *strings.Builder
	docs []yaml.MapSlice
}

func (r reference) object(path string, s *jsonschema.Schema) {
	if s.Properties == nil {
		return
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		key := p.Key
		if path != "" {
			key = path + "." + p.Key
		}
		r.line(key, p.Value, slices.Contains(s.Required, p.Key))
	}
}

func (r reference) line(key string, s *jsonschema.Schema, required bool) {
	if strings.HasSuffix(key, ".meets.duty") {
		return // a campaign's alone
	}
	holds, below, within := s.Type, key, s
	switch {
	case len(s.OneOf) == 2:
		holds, within = "one or a list", s.OneOf[0]
	case s.Type == "array":
		holds, below, within = "list", key+"[]", s.Items
	case s.Type == "object" && s.Properties == nil && s.AdditionalProperties != nil:
		holds, below, within = "by name", key+".*", s.AdditionalProperties
	case isText(s):
		holds = "text in both languages"
	case len(s.Enum) > 0:
		holds = strings.Trim(strings.ReplaceAll(fmt.Sprint(s.Enum), " ", ", "), "[]")
	case s.Format == "date":
		holds = "day"
	}
	mark := ""
	if required {
		mark = " •"
	}
	// What an arm asks for adds to its event's and is written alike.
	plain := strings.Replace(key, "transitions.*.arms[].", "transitions.*.", 1)
	example := r.example(key)
	if example == nil {
		example = r.example(plain)
	}
	if example == nil {
		r.t.Errorf("%s: no shipped file has an example", key)
	}
	meaning := strings.Join(strings.Fields(s.Description), " ")
	if meaning == "" {
		meaning = strings.Join(strings.Fields(within.Description), " ")
	}
	if meaning == "" {
		r.t.Errorf("%s: its field has no comment", key)
	}
	fmt.Fprintf(r.out, "| `%s`%s | %s | %s | `%s` |\n", key, mark, holds, meaning, short(example))
	if !isText(within) && plain == key {
		r.object(below, within)
	}
}

func (r reference) example(key string) any {
	for _, doc := range r.docs {
		if x := find(doc, strings.Split(strings.ReplaceAll(key, "[]", ".[]"), ".")); x != nil {
			return x
		}
	}
	return nil
}

func isText(s *jsonschema.Schema) bool {
	if s.Properties == nil {
		return false
	}
	_, vi := s.Properties.Get("vi")
	return vi && s.Properties.Len() == 2
}

// find is the first value at a path, where * and [] stand for any part.
func find(v any, path []string) any {
	if len(path) == 0 {
		return v
	}
	switch v := v.(type) {
	case yaml.MapSlice:
		for _, item := range v {
			if path[0] == "*" || item.Key == path[0] {
				if x := find(item.Value, path[1:]); x != nil {
					return x
				}
			}
		}
		if path[0] != "[]" {
			return nil
		}
	case []any:
		rest := path
		if path[0] == "[]" {
			rest = path[1:]
		}
		for _, item := range v {
			if x := find(item, rest); x != nil {
				return x
			}
		}
	}
	return nil
}

// short writes a value on one line of a table.
func short(v any) string {
	b, err := yaml.MarshalWithOptions(v, yaml.Flow(true))
	if err != nil {
		return ""
	}
	s := strings.NewReplacer("|", "\\|", "`", "'").Replace(strings.Join(strings.Fields(string(b)), " "))
	if r := []rune(s); len(r) > 90 {
		return string(r[:90]) + "…"
	}
	return s
}
