package paper

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
)

// MaxTemplate is the longest template in bytes; the longest shipped one has 4 KB.
const MaxTemplate = 64 << 10

// Template is the text from which a paper is made: what stands in its head and
// foot as YAML, between two lines of three hyphens, and its body as Markdown, both with
// placeholders in the form of text/template. It reaches nothing but the data
// that its paper has.
type Template struct {
	Paper string
	Lang  ocop.Lang
	Text  string
	Hash  string // SHA-256 of Text, hex

	parts map[string]*template.Template // by the name of the part
}

// front is the head of a template file.
type front struct {
	Paper      string   `yaml:"paper"`
	Lang       string   `yaml:"lang"`
	Kind       string   `yaml:"kind"`
	Symbol     string   `yaml:"symbol"`
	Parent     string   `yaml:"parent,omitempty"`
	Issuer     string   `yaml:"issuer"`
	Place      string   `yaml:"place,omitempty"`
	Summary    string   `yaml:"summary,omitempty"`
	Signers    []signer `yaml:"signers,omitempty"`
	Recipients string   `yaml:"recipients,omitempty"`
}

type signer struct {
	Prefix string `yaml:"prefix,omitempty"`
	Title  string `yaml:"title,omitempty"`
	Name   string `yaml:"name,omitempty"`
}

// parts are the texts of a template by name, each with placeholders of its own.
func (f front) parts() map[string]string {
	out := map[string]string{"kind": f.Kind, "symbol": f.Symbol, "parent": f.Parent, "issuer": f.Issuer, "place": f.Place, "summary": f.Summary, "recipients": f.Recipients}
	for i, s := range f.Signers {
		at := fmt.Sprintf("signers[%d].", i)
		out[at+"prefix"], out[at+"title"], out[at+"name"] = s.Prefix, s.Title, s.Name
	}
	return out
}

// Parse reads a template and checks it: its shape, every placeholder against the
// data of its paper, and that it can be filled with the example and with nothing.
// Findings name line and column; with any error there is no template.
func Parse(name, text string) (*Template, []source.Finding) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\uFEFF"), "\r\n", "\n") // editors put a mark in front
	if len(text) > MaxTemplate {
		return nil, []source.Finding{wrong(name, 1, 1, "template_long", "Mẫu dài quá 64 KiB.", "The template is longer than 64 KiB.")}
	}
	if at := strings.IndexFunc(text, odd); at >= 0 {
		line, column := place(text, at)
		return nil, []source.Finding{wrong(name, line, column, "template_character", "Mẫu có ký tự không dùng được.", "The template holds a character that cannot be used.")}
	}
	head, body, lines, ok := cutFront(text)
	if !ok {
		return nil, []source.Finding{wrong(name, 1, 1, "template_head", "Mẫu phải bắt đầu bằng phần đầu giữa hai dòng ---.", "A template begins with its head between two lines of ---.")}
	}
	var f front
	src, bad := source.Parse(name, []byte("\n"+head), &f)
	if bad != nil {
		return nil, []source.Finding{*bad}
	}
	sum := sha256.Sum256([]byte(text))
	t := &Template{Paper: f.Paper, Lang: ocop.Lang(f.Lang), Text: text, Hash: hex.EncodeToString(sum[:]), parts: map[string]*template.Template{}}
	t.read(name, src, f, strings.Repeat("\n", lines)+body)
	if src.Failed() {
		return nil, src.Findings()
	}
	return t, nil
}

// odd are characters that stand for values while a paper is filled, and those
// that no text holds.
func odd(r rune) bool {
	return r == '\uFFFD' || r == noLine || r >= firstToken || r < ' ' && r != '\n' && r != '\t' || r == 0x7F
}

func place(text string, at int) (line, column int) {
	before := text[:at]
	return strings.Count(before, "\n") + 1, len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
}

func wrong(file string, line, column int, code, vi, en string) source.Finding {
	return source.Finding{Code: code, File: file, Line: line, Column: column, Message: ocop.Text{Vi: vi, En: en}}
}

// cutFront parts the head from the body, which begins after so many lines.
func cutFront(text string) (head, body string, lines int, ok bool) {
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return "", "", 0, false
	}
	head, body, ok = strings.Cut(rest, "\n---\n")
	return head, body, strings.Count(head, "\n") + 3, ok
}

// read fills a template from what its file says.
func (t *Template) read(name string, src *source.File, f front, body string) {
	about := Find(t.Paper)
	if about == nil {
		src.Error("paper_unknown", "paper", fmt.Sprintf("Không có loại văn bản %q.", t.Paper), fmt.Sprintf("There is no paper %q.", t.Paper))
		return
	}
	if t.Lang != ocop.Vi && t.Lang != ocop.En {
		src.Error("lang_unknown", "lang", "Ngôn ngữ phải là vi hoặc en.", "The language must be vi or en.")
	}
	for path, text := range map[string]string{"kind": f.Kind, "symbol": f.Symbol, "issuer": f.Issuer} {
		if strings.TrimSpace(text) == "" {
			src.Error("template_part", path, "Không được để trống.", "This must not be empty.")
		}
	}
	if len(f.Signers) > 2 {
		src.Error("template_part", "signers", "Nhiều nhất hai người ký.", "At most two sign.")
		return
	}
	for part, text := range f.parts() {
		_, err := t.part(part, text, about)
		for _, m := range told(err) {
			if m.line > 1 {
				m.vi, m.en = fmt.Sprintf("%s (dòng %d của phần này)", m.vi, m.line), fmt.Sprintf("%s (line %d of this part)", m.en, m.line)
			}
			src.Error("template_wrong", part, m.vi, m.en)
		}
	}
	_, err := t.part(bodyPart, body, about)
	for _, data := range []any{about.Example(t.Lang), about.Empty()} {
		if err == nil && !src.Failed() {
			_, err = t.fill(data)
		}
	}
	for _, m := range told(err) {
		src.Add(wrong(name, max(m.line, 1), letters(t.Text, m.line, m.column), "template_wrong", m.vi, m.en))
	}
}

// letters turns a column in bytes into one in letters, from 1.
func letters(text string, line, column int) int {
	for ; line > 1; line-- {
		_, text, _ = strings.Cut(text, "\n")
	}
	return len([]rune(text[:min(max(column-1, 0), len(text))])) + 1
}

const bodyPart = "body"

// part parses one text and holds its placeholders against the data.
func (t *Template) part(name, text string, about *Paper) (*template.Template, error) {
	tree, trees := parse.New(name), map[string]*parse.Tree{}
	tree.Mode = parse.SkipFuncCheck // check does it, for all of them at once
	if _, err := tree.Parse(standalone(text), "", "", trees); err != nil {
		return nil, err
	}
	p := template.New(name).Funcs(words).Option("missingkey=error")
	for define, t := range trees {
		if _, err := p.AddParseTree(define, t); err != nil {
			return nil, err
		}
	}
	if err := check(p, about.Empty()); err != nil {
		return nil, err
	}
	t.parts[name] = p
	return p, nil
}

// A line that holds nothing but what steers (range, if, else, with, end and
// variables) leaves no line in the paper: its end is marked here and taken out
// of the parsed text, so that the places of errors stay those of the file.
var steering = regexp.MustCompile(`(?m)^[ \t]*((?:\{\{-?\s*(?:range|if|else|end|with|break|continue|/\*|\$\w+\s*:?=)(?:[^}"]|"[^"\n]*")*\}\}[ \t]*)+)\n`)

const noLine = '\uE0FF'

func standalone(text string) string {
	return steering.ReplaceAllStringFunc(text, func(line string) string { return line[:len(line)-1] + string(noLine) + "\n" })
}

// withoutMarks takes marked line ends out.
func withoutMarks(text []byte) []byte {
	return []byte(strings.ReplaceAll(string(text), string(noLine)+"\n", ""))
}

var located = regexp.MustCompile(`^template: [^:]*:(\d+)(?::(\d+))?: (.*)$`)

// told is where errors of a template stand, and what they say; nil for none.
func told(err error) misuses {
	var all misuses
	if err == nil || errors.As(err, &all) {
		return all
	}
	line, column := 0, 0
	text := strings.ReplaceAll(err.Error(), "\n", " ")
	if m := located.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits
		column, _ = strconv.Atoi(m[2])
		text = m[3]
	}
	return misuses{{line, column, "Mẫu viết sai: " + text, "The template is wrong: " + text}}
}

// Draw fills the template with the data of its paper.
func (t *Template) Draw(data any) (Document, error) {
	d, err := t.fill(data)
	if err != nil {
		return d, fmt.Errorf("paper %s (%s): %w", t.Paper, t.Lang, err)
	}
	return d, nil
}

// fill makes the document; only a template's own faults stand against it.
func (t *Template) fill(data any) (Document, error) {
	f := &filling{}
	say := func(part string) string {
		if f.err != nil || t.parts[part] == nil {
			return ""
		}
		var out bytes.Buffer
		f.err = f.run(t.parts[part], &out, data)
		return out.String()
	}
	plain := func(part string) string { return strings.TrimSpace(f.text(say(part))) }
	head := headOf(data)
	d := Document{Parent: plain("parent"), Issuer: plain("issuer"), Symbol: plain("symbol"), Place: plain("place"), Kind: plain("kind"),
		Summary: translated(plain("summary"), t.Lang), Number: oneLine(head.Number), Year: head.Year, Lang: t.Lang}
	var undated error
	d.Day, undated = ocop.ParseDate(head.Day)
	d.Undated = undated != nil
	signs := []int{1} // one signs on the right
	if t.parts["signers[1].title"] != nil {
		signs = []int{0, 1}
	}
	for i, at := range signs {
		part := fmt.Sprintf("signers[%d].", i)
		d.Signers[at] = Signer{plain(part + "prefix"), plain(part + "title"), plain(part + "name")}
	}
	for _, line := range strings.Split(say("recipients"), "\n") {
		if line = strings.TrimSpace(f.text(strings.TrimPrefix(strings.TrimSpace(line), "- "))); line != "" {
			d.Recipients = append(d.Recipients, line)
		}
	}
	body := say(bodyPart)
	if f.err != nil {
		return Document{}, f.err
	}
	d.Blocks, d.Annexes = f.blocks(body)
	return d, nil
}
