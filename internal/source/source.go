// Package source reads the YAML files that people write (procedures,
// campaigns) so that everything wrong in them can be named by line and column.
// What a file means is left to the packages that read it.
package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"ocopflow/internal/ocop"
)

// MaxFile is the largest file in bytes. The shipped ones have 50 KB; the parser
// may take three hundred times as much memory as a file is long.
const MaxFile = 1 << 19

// Finding is something wrong, or worth a look, at one place of a file.
type Finding struct {
	Code    string    `json:"code"`
	Warning bool      `json:"warning"`
	File    string    `json:"file"`
	Line    int       `json:"line"`
	Column  int       `json:"column"`
	Message ocop.Text `json:"message"`
}

func (f Finding) String() string {
	kind := "error"
	if f.Warning {
		kind = "warning"
	}
	return fmt.Sprintf("%s:%d:%d: %s %s: %s", f.File, f.Line, f.Column, kind, f.Code, f.Message.En)
}

// File is a parsed file: where each of its parts stands, and what was found.
type File struct {
	Name     string
	Hash     string // SHA-256, hex
	root     ast.Node
	findings []Finding
}

// Parse reads text into v as far as its shape goes; unknown keys are errors. A
// finding means that there is nothing to go on with.
func Parse(name string, text []byte, v any) (f *File, bad *Finding) {
	sum := sha256.Sum256(text)
	f = &File{Name: name, Hash: hex.EncodeToString(sum[:])}
	// goccy/go-yaml has panicked on hostile input.
	defer func() {
		if r := recover(); r != nil {
			bad = f.finding("yaml", 1, 1, "Tệp không đọc được.", "The file cannot be read.")
		}
	}()
	if len(text) > MaxFile {
		return f, f.finding("yaml", 1, 1, "Tệp lớn hơn 512 KiB.", "The file is larger than 512 KiB.")
	}
	if line, column, ok := goodText(text); !ok {
		return f, f.finding("yaml", line, column, "Ký tự không hợp lệ (không phải UTF-8, hoặc NUL).", "A character is not valid (not UTF-8, or NUL).")
	}
	tokens := lexer.Tokenize(string(text))
	if bad := f.bounded(tokens); bad != nil {
		return f, bad
	}
	parsed, err := parser.Parse(tokens, 0)
	if err != nil {
		return f, f.fromYAML(err)
	}
	if len(parsed.Docs) != 1 || parsed.Docs[0].Body == nil {
		return f, f.finding("yaml", 1, 1, "Tệp phải chứa đúng một tài liệu YAML.", "The file must hold exactly one YAML document.")
	}
	f.root = parsed.Docs[0].Body
	if err := yaml.NodeToValue(f.root, v, yaml.Strict()); err != nil {
		return f, f.fromYAML(err)
	}
	return f, nil
}

// maxNesting is how many brackets, list dashes and question marks of one line
// may stand inside one another: the parser's memory grows with the square of it.
const maxNesting = 24

// bounded refuses what the parser cannot read in reasonable memory, and what a
// file that people review does not need: names for parts of itself.
func (f *File) bounded(tokens token.Tokens) *Finding {
	brackets, dashes, line := 0, 0, 0
	for _, t := range tokens {
		at := t.Position
		if at.Line != line {
			dashes, line = 0, at.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			if brackets == 0 {
				dashes++
			}
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType:
			return f.finding("yaml", at.Line, at.Column, "Không dùng neo (&), tham chiếu (*), gộp (<<) hay thẻ (!).",
				"Anchors (&), aliases (*), merges (<<) and tags (!) are not taken.")
		}
		if brackets > maxNesting || dashes > maxNesting {
			return f.finding("yaml", at.Line, at.Column, fmt.Sprintf("Lồng nhau quá %d lớp.", maxNesting), fmt.Sprintf("Nested more than %d deep.", maxNesting))
		}
	}
	return nil
}

func goodText(text []byte) (line, column int, ok bool) {
	line, column = 1, 1
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == 0 || r == utf8.RuneError && n == 1 {
			return line, column, false
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
		i += n
	}
	return 0, 0, true
}

func (f *File) finding(code string, line, column int, vi, en string) *Finding {
	return &Finding{Code: code, File: f.Name, Line: line, Column: column, Message: ocop.Text{Vi: vi, En: en}}
}

func (f *File) fromYAML(err error) *Finding {
	var at yaml.Error
	if !errors.As(err, &at) {
		return f.finding("yaml", 1, 1, "Tệp không đọc được: "+err.Error(), "The file cannot be read: "+err.Error())
	}
	line, column := 1, 1
	if t := at.GetToken(); t != nil && t.Position != nil {
		line, column = t.Position.Line, t.Position.Column
	}
	code := "yaml"
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		code = "unknown_key"
	}
	return f.finding(code, line, column, "Tệp không đúng mẫu: "+at.GetMessage(), "The file has a wrong shape: "+at.GetMessage())
}

// Error adds an error at a path such as "transitions.confirm.arms[0].to", once.
func (f *File) Error(code, path, vi, en string) { f.add(false, code, path, vi, en) }

// Warn adds a warning.
func (f *File) Warn(code, path, vi, en string) { f.add(true, code, path, vi, en) }

func (f *File) add(warning bool, code, path, vi, en string) {
	line, column := f.place(path)
	x := Finding{code, warning, f.Name, line, column, ocop.Text{Vi: vi, En: en}}
	if !slices.Contains(f.findings, x) {
		f.findings = append(f.findings, x)
	}
}

// Add adds what the reader of a file found at a place of its own.
func (f *File) Add(x Finding) { f.findings = append(f.findings, x) }

// Text wants a text in both languages at a path.
func (f *File) Text(t ocop.Text, path string) {
	if strings.TrimSpace(t.Vi) == "" || strings.TrimSpace(t.En) == "" {
		f.Error("text_missing", path, "Phải có đủ tiếng Việt (vi) và tiếng Anh (en).", "Both Vietnamese (vi) and English (en) are needed.")
	}
}

// Failed reports whether any error was found.
func (f *File) Failed() bool {
	return slices.ContainsFunc(f.findings, func(x Finding) bool { return !x.Warning })
}

// Findings are all errors and warnings in the order of the file.
func (f *File) Findings() []Finding {
	slices.SortStableFunc(f.findings, func(a, b Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Column != b.Column {
			return a.Column - b.Column
		}
		return strings.Compare(a.Code, b.Code)
	})
	return f.findings
}

// place finds where a path stands, or its nearest parent that is there.
func (f *File) place(path string) (line, column int) {
	for path != "" {
		if n := f.node(path); n != nil && n.GetToken() != nil {
			return n.GetToken().Position.Line, n.GetToken().Position.Column
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	return 1, 1
}

// node finds what a path names: of a key, the key itself, which is where a
// person looks.
func (f *File) node(path string) (n ast.Node) {
	defer func() { _ = recover() }() // a path into a scalar; the parent is asked next
	if cut := strings.LastIndexByte(path, '.'); !strings.HasSuffix(path, "]") {
		parent := f.root
		if cut >= 0 {
			parent = f.find(path[:cut])
		}
		return key(parent, path[cut+1:])
	}
	return first(f.find(path))
}

func (f *File) find(path string) ast.Node {
	p, err := yaml.PathString("$." + path)
	if err != nil {
		return nil
	}
	n, err := p.FilterNode(f.root)
	if err != nil {
		return nil
	}
	return n
}

// key is the node of a key in a mapping, nil when it is not there.
func key(n ast.Node, name string) ast.Node {
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	}
	for _, p := range pairs {
		if p.Key.GetToken().Value == name {
			return p.Key
		}
	}
	return nil
}

// first is the node whose token stands first: of a mapping, its first key.
func first(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return n.Values[0].Key
		}
	case *ast.MappingValueNode:
		return n.Key
	case *ast.SequenceNode:
		if len(n.Values) > 0 {
			return first(n.Values[0])
		}
	}
	return n
}

// Write gives a value as a file that Parse would read.
func Write(v any) ([]byte, error) {
	text, err := yaml.MarshalWithOptions(v, yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("write a file: %w", err)
	}
	return text, nil
}
