package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
	"ocopflow/internal/store"
)

type entryBody struct {
	found
	Parts []part
	Bytes string
	Proof string
	Key   string
}

// part of an entry, by its name in the bytes.
type part struct{ Name, Title, Value string }

// auditEntry shows one entry whole, with its proof.
func (s *Site) auditEntry(p *page) error {
	index, err := strconv.ParseInt(p.c.Param("index"), 10, 64)
	if err != nil {
		return noEntry()
	}
	f, text, err := s.Inspector.Entry(p.ctx, p.session.Actor, index)
	if err != nil {
		return err
	}
	b := entryBody{found: p.found(f), Bytes: text}
	if b.Parts, err = p.parts(text); err != nil {
		return err
	}
	_, proof, err := s.Notary.Proof(p.ctx, index)
	if err == nil {
		b.Proof = string(proof)
		b.Key, err = s.Notary.Key(p.ctx)
	}
	if err != nil && fault.Of(err).Code != "no_key" { // a server that only reads may lack it
		return err
	}
	return p.show("audit-entry", fmt.Sprintf("%s #%d", p.T("entry"), index), b)
}

// entryProof gives an entry's bytes and its proof as one file, which audit verify
// --proof checks offline.
func (s *Site) entryProof(p *page) error {
	index, err := strconv.ParseInt(p.c.Param("index"), 10, 64)
	if err != nil {
		return noEntry()
	}
	if _, _, err := s.Inspector.Entry(p.ctx, p.session.Actor, index); err != nil {
		return err
	}
	entry, proof, err := s.Notary.Proof(p.ctx, index)
	if err != nil {
		return err
	}
	h := p.c.Writer.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="proof-%d.txt"`, index))
	p.c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(register.Evidence(entry, proof)+"\n"))
	return nil
}

func noEntry() error {
	return fault.New(fault.NotFound, "not_found", "Không có bản ghi này.", "There is no such entry.")
}

// parts are what an entry's bytes say beside what its heading tells.
func (p *page) parts(text string) ([]part, error) {
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, err
	}
	var out []part
	for _, name := range []string{"kind", "stream", "seq", "actor", "from", "to", "round", "track", "level", "procedure", "data", "facts", "refs", "rows", "prev", "key"} {
		v, ok := m[name]
		if !ok || v == "" {
			continue
		}
		if inner, ok := v.(map[string]any); ok && (name == "data" || name == "facts") {
			for _, key := range slices.Sorted(maps.Keys(inner)) {
				out = append(out, part{name + "." + key, p.T("part_" + name), p.partValue(key, inner[key])})
			}
			continue
		}
		out = append(out, part{name, p.T("part_" + name), p.partValue(name, v)})
	}
	return out, nil
}

// dayNamed are the names of facts that hold days, which entries count.
var dayNamed = regexp.MustCompile(`(^|\.)(today|rules_end|last_day|day)$|_on$`)

// partText writes a text of an entry for a reader.
func (p *page) partText(name, text string) string {
	switch name {
	case "from", "to":
		return p.State(ocop.State(text))
	case "track":
		return p.Track(ocop.Track(text))
	case "level":
		return p.Level(ocop.Level(text))
	case "for":
		if acc, err := store.AccountByID(p.ctx, p.site.DB, text); err == nil && acc != nil {
			return acc.Name + " (" + text + ")"
		}
	case "kind":
		if m, ok := messages["kind_"+text]; ok {
			return m.In(p.L())
		}
	}
	return text
}

// partValue writes a value of an entry for a reader.
func (p *page) partValue(name string, v any) string {
	switch x := v.(type) {
	case string:
		return p.partText(name, x)
	case bool:
		return p.T(strconv.FormatBool(x))
	case float64:
		if n := strconv.FormatFloat(x, 'f', -1, 64); !dayNamed.MatchString(name) {
			return n
		} else if x == math.Trunc(x) {
			return fmt.Sprintf("%s (%s)", n, ocop.Date(x).In(p.L()))
		}
	case nil:
		return "–"
	case map[string]any:
		if _, private := x["committed"]; private && len(x) == 1 {
			return p.T("private_value")
		}
		if name == "actor" {
			return p.acting(x)
		}
		if name == "procedure" {
			return fmt.Sprintf("%v %v · SHA-256 %v", x["name"], x["version"], x["hash"])
		}
	case []any:
		if name == "rows" {
			return p.rowNames(x)
		}
	}
	b, _ := json.Marshal(v) // it came from JSON
	return string(b)
}

// acting is an actor's id with the roles that were used.
func (p *page) acting(x map[string]any) string {
	out := fmt.Sprint(x["id"])
	grants, _ := x["grants"].([]any)
	for _, g := range grants {
		if grant, ok := g.(map[string]any); ok {
			out += " · " + p.RoleName(ocop.Role(fmt.Sprint(grant["role"])))
		}
	}
	return out
}

// rowNames are the tables that an entry tells rows of, each with how many.
func (p *page) rowNames(rows []any) string {
	count := map[string]int{}
	for _, r := range rows {
		if row, ok := r.([]any); ok && len(row) > 1 {
			count[p.Table(fmt.Sprint(row[1]))]++
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(count)) {
		out = append(out, fmt.Sprintf("%s: %d", name, count[name]))
	}
	return strings.Join(out, ", ")
}
