package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"ocopflow/internal/ocop"
)

// maxFile is the largest procedure file in bytes; the shipped ones have 40 KB.
const maxFile = 1 << 20

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

// source is a parsed file: the procedure, and where each of its parts stands.
type source struct {
	file string
	root ast.Node
	hash string
}

// parse reads a file as far as its shape goes. A finding means that there is
// no procedure to go on with.
func parse(file string, text []byte) (p *Procedure, s source, bad *Finding) {
	// goccy/go-yaml has panicked on hostile input.
	defer func() {
		if r := recover(); r != nil {
			p, bad = nil, s.finding("yaml", 1, 1, "Tệp không đọc được.", "The file cannot be read.")
		}
	}()
	sum := sha256.Sum256(text)
	s = source{file: file, hash: hex.EncodeToString(sum[:])}
	if len(text) > maxFile {
		return nil, s, s.finding("yaml", 1, 1, "Tệp lớn hơn 1 MiB.", "The file is larger than 1 MiB.")
	}
	if line, column, ok := badText(text); !ok {
		return nil, s, s.finding("yaml", line, column, "Ký tự không hợp lệ (không phải UTF-8, hoặc NUL).", "A character is not valid (not UTF-8, or NUL).")
	}
	file0, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, s, s.fromYAML(err)
	}
	if len(file0.Docs) != 1 || file0.Docs[0].Body == nil {
		return nil, s, s.finding("yaml", 1, 1, "Tệp phải chứa đúng một quy trình.", "The file must hold exactly one procedure.")
	}
	s.root = file0.Docs[0].Body
	p = new(Procedure)
	if err := yaml.NodeToValue(s.root, p, yaml.Strict()); err != nil {
		return nil, s, s.fromYAML(err)
	}
	return p, s, nil
}

func badText(text []byte) (line, column int, ok bool) {
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

func (s source) finding(code string, line, column int, vi, en string) *Finding {
	return &Finding{Code: code, File: s.file, Line: line, Column: column, Message: ocop.Text{Vi: vi, En: en}}
}

func (s source) fromYAML(err error) *Finding {
	var at yaml.Error
	if !errors.As(err, &at) {
		return s.finding("yaml", 1, 1, "Tệp không đọc được: "+err.Error(), "The file cannot be read: "+err.Error())
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
	return s.finding(code, line, column, "Tệp không đúng mẫu: "+at.GetMessage(), "The file has a wrong shape: "+at.GetMessage())
}

// place finds the line and column of a path such as
// "transitions.confirm.arms[0].to", or of its nearest parent that is there.
func (s source) place(path string) (line, column int) {
	for path != "" {
		if n := s.node(path); n != nil && n.GetToken() != nil {
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

func (s source) node(path string) (n ast.Node) {
	defer func() { _ = recover() }() // a path into a scalar; the parent is asked next
	p, err := yaml.PathString("$." + path)
	if err != nil {
		return nil
	}
	n, err = p.FilterNode(s.root)
	if err != nil {
		return nil
	}
	return first(n)
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
