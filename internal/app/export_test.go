package app

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/notary"
	"ocopflow/internal/store"
)

func (o *office) export(format string) []byte {
	o.t.Helper()
	return []byte(o.must(200, o.ask("auditor", "GET", "/api/v1/audit/export?format="+format, nil)).text)
}

func TestTheHistoryIsExported(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.certified("Nước mắm, \"xuất khẩu\"", "X-1")
		for who, want := range map[string]int{"": 401, "office": 403, "leader-province": 403, "commune-cam-my": 403, "admin": 403} {
			o.must(want, o.ask(who, "GET", "/api/v1/audit/export", nil))
		}
		o.must(422, o.ask("auditor", "GET", "/api/v1/audit/export?format=docx", nil))
		o.must(200, o.ask("", "GET", "/api/v1/audit/key", nil)) // the first to ask makes the key, which is an entry
		head, err := store.LoadHead(t.Context(), o.app.DB)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(o.export("jsonl"), []byte("\n")); int64(n) != head.Tree.Size {
			t.Errorf("%d lines of JSON, want %d", n, head.Tree.Size)
		}
		rows, err := csv.NewReader(bytes.NewReader(o.export("csv"))).ReadAll()
		if err != nil || int64(len(rows)) != head.Tree.Size+1 {
			t.Errorf("%d lines of CSV: %v", len(rows), err)
		}
		checkXES(t, o.export("xes"))
		checkOCEL(t, o.export("ocel"), int(head.Tree.Size))
	})
}

// checkXES holds a log against the written rules of IEEE 1849-2016: declared
// extensions, global attributes present in every trace and event, moments that
// do not go back within a trace.
func checkXES(t *testing.T, text []byte) {
	t.Helper()
	type attribute struct {
		XMLName xml.Name
		Key     string `xml:"key,attr"`
		Value   string `xml:"value,attr"`
	}
	type node struct {
		Attributes []attribute `xml:",any"`
	}
	var log struct {
		XMLName    xml.Name `xml:"http://www.xes-standard.org/ log"`
		Version    string   `xml:"version,attr"`
		Extensions []struct {
			Prefix string `xml:"prefix,attr"`
		} `xml:"extension"`
		Globals []struct {
			Scope string `xml:"scope,attr"`
			node
		} `xml:"global"`
		Traces []struct {
			Events []node `xml:"event"`
			node
		} `xml:"trace"`
	}
	if err := xml.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	prefixes := map[string]bool{}
	for _, e := range log.Extensions {
		prefixes[e.Prefix] = true
	}
	needed := map[string][]string{}
	for _, g := range log.Globals {
		for _, a := range g.Attributes {
			needed[g.Scope] = append(needed[g.Scope], a.Key)
		}
	}
	check := func(n node, scope string) map[string]string {
		has := map[string]string{}
		for _, a := range n.Attributes {
			if !slices.Contains([]string{"string", "date", "int", "float", "boolean", "id"}, a.XMLName.Local) && a.XMLName.Local != "event" {
				t.Fatalf("an attribute of type %s", a.XMLName.Local)
			}
			if prefix, _, ok := strings.Cut(a.Key, ":"); ok && !prefixes[prefix] {
				t.Fatalf("%s: its extension is not declared", a.Key)
			}
			has[a.Key] = a.Value
		}
		for _, key := range needed[scope] {
			if _, ok := has[key]; !ok {
				t.Fatalf("a %s without %s", scope, key)
			}
		}
		return has
	}
	events := 0
	for _, tr := range log.Traces {
		check(tr.node, "trace")
		last := time.Time{}
		for _, e := range tr.Events {
			at, err := time.Parse(time.RFC3339Nano, check(e, "event")["time:timestamp"])
			if err != nil || at.Before(last) {
				t.Fatalf("an event at %v after %v: %v", at, last, err)
			}
			last = at
			events++
		}
	}
	if len(log.Traces) < 5 || events < 14 || len(needed["event"]) < 4 {
		t.Errorf("%d traces, %d events, %v", len(log.Traces), events, needed)
	}
}

// checkOCEL holds a log against the rules of OCEL 2.0: every type is declared
// once, ids are unique, every relation leads to an object, every attribute is
// declared for its type.
func checkOCEL(t *testing.T, text []byte, entries int) {
	t.Helper()
	type declared struct {
		Name       string
		Attributes []struct{ Name, Type string }
	}
	var log struct {
		EventTypes, ObjectTypes []declared
		Events                  []struct {
			ID, Type      string
			Time          time.Time
			Attributes    []struct{ Name, Value string }
			Relationships []struct{ ObjectID, Qualifier string }
		}
		Objects []struct{ ID, Type string }
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	if err := strict.Decode(&log); err != nil {
		t.Fatal(err)
	}
	types := func(list []declared) map[string][]string {
		out := map[string][]string{}
		for _, d := range list {
			if _, twice := out[d.Name]; twice {
				t.Fatalf("type %s declared twice", d.Name)
			}
			out[d.Name] = []string{}
			for _, a := range d.Attributes {
				out[d.Name] = append(out[d.Name], a.Name)
			}
		}
		return out
	}
	eventTypes, objectTypes, objects, ids := types(log.EventTypes), types(log.ObjectTypes), map[string]bool{}, map[string]bool{}
	for _, x := range log.Objects {
		if _, ok := objectTypes[x.Type]; !ok || objects[x.ID] {
			t.Fatalf("object %+v", x)
		}
		objects[x.ID] = true
	}
	for _, e := range log.Events {
		names, ok := eventTypes[e.Type]
		if !ok || ids[e.ID] || e.Time.IsZero() {
			t.Fatalf("event %+v", e)
		}
		ids[e.ID] = true
		for _, a := range e.Attributes {
			if !slices.Contains(names, a.Name) {
				t.Fatalf("event %s: attribute %s is not declared", e.ID, a.Name)
			}
		}
		for _, r := range e.Relationships {
			if !objects[r.ObjectID] || r.Qualifier == "" {
				t.Fatalf("event %s: relation to %s", e.ID, r.ObjectID)
			}
		}
	}
	if len(log.Events) != entries {
		t.Errorf("%d events of %d entries", len(log.Events), entries)
	}
}

// A bundle is checked by the program and by a second verifier that shares no
// code with it; both find any byte that was changed.
func TestABundleIsCheckedOfflineByTwoVerifiers(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.certified("Nước mắm", "B-1")
	key := strings.TrimSpace(o.must(200, o.ask("", "GET", "/api/v1/audit/key", nil)).text)
	kept := filepath.Join(t.TempDir(), "kept.txt")
	if err := os.WriteFile(kept, []byte(o.must(200, o.ask("", "GET", "/api/v1/audit/checkpoint", nil)).text), 0o600); err != nil {
		t.Fatal(err)
	}
	then, err := notary.ReadCheckpoint([]byte(o.must(200, o.ask("", "GET", "/api/v1/audit/checkpoint", nil)).text), key)
	if err != nil {
		t.Fatal(err)
	}
	o.must(201, o.upload("producer-"+simWine, o.product(simWine), "idea_form", []byte("later")))
	good := filepath.Join(t.TempDir(), "good.zip")
	if err := os.WriteFile(good, o.export("bundle"), 0o600); err != nil {
		t.Fatal(err)
	}
	both := func(what, file, key string, want bool) {
		t.Helper()
		report, err := audit.VerifyBundle(t.Context(), file, key, audit.Options{Kept: []notary.Kept{then}})
		if ours := err == nil && report.OK; ours != want {
			t.Errorf("%s: ours says %v: %+v %v", what, ours, report, err)
		}
		out, err := exec.Command("python3", "../../tools/verify_bundle.py", file, key, kept).CombinedOutput()
		if theirs := err == nil; theirs != want {
			t.Errorf("%s: the second says %v: %s %v", what, theirs, out, err)
		}
	}
	both("untouched", good, key, true)
	other := openOffice(t, dbtest.SQLite(t))
	both("the key of another ledger", good, strings.TrimSpace(other.must(200, other.ask("", "GET", "/api/v1/audit/key", nil)).text), false)
	for what, change := range map[string]func(name string, b []byte) []byte{
		"a digit of an entry": func(name string, b []byte) []byte {
			return swapped(name, "entries.jsonl", b, `"stars":4`, `"stars":5`)
		},
		"an actor": func(name string, b []byte) []byte {
			return swapped(name, "entries.jsonl", b, `"event":"certify"`, `"event":"revoked"`)
		},
		"the end gone":  func(name string, b []byte) []byte { return cutLine(name, b) },
		"what was kept": func(name string, b []byte) []byte { return cutTo(name, b, then.Size-1) },
		"the size":      func(name string, b []byte) []byte { return swapped(name, "checkpoint", b, "\n", "\n1") },
	} {
		both(what, repacked(t, good, change), key, false)
	}
}

func swapped(name, of string, b []byte, old, other string) []byte {
	if name != of {
		return b
	}
	return bytes.Replace(b, []byte(old), []byte(other), 1)
}

func cutLine(name string, b []byte) []byte {
	if name != "entries.jsonl" {
		return b
	}
	b = bytes.TrimSuffix(b, []byte("\n"))
	return b[:bytes.LastIndexByte(b, '\n')+1]
}

// cutTo leaves so many entries.
func cutTo(name string, b []byte, n int64) []byte {
	if name != "entries.jsonl" {
		return b
	}
	lines := bytes.SplitAfter(b, []byte("\n"))
	return bytes.Join(lines[:n], nil)
}

// repacked is a bundle with its members changed.
func repacked(t *testing.T, file string, change func(string, []byte) []byte) string {
	t.Helper()
	in, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	name := filepath.Join(t.TempDir(), "changed.zip")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	differs := false
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		was, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		is := change(f.Name, was)
		differs = differs || !bytes.Equal(was, is)
		w, err := z.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(is)
	}
	if err := z.Close(); err != nil || !differs {
		t.Fatalf("nothing was changed: %v", err)
	}
	out.Close()
	return name
}
