package app

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"ocopflow/internal/audit"
	"ocopflow/internal/dbtest"
	"ocopflow/internal/ledger"
)

var (
	seqOf    = regexp.MustCompile(`"seq":(\d+),"stream":"([^"]+)"`)
	prevOf   = regexp.MustCompile(`"prev":"[0-9a-f]*"`)
	originOf = regexp.MustCompile(`"origin":"([^"]+)"`)
)

// forger is an insider who holds everything: rows, triggers, the signing key. A
// record that it rewrites is chained, hashed and signed again, so that only what
// the record says can give it away.
type forger struct {
	entries []string
	members map[string][]byte
}

func (o *office) forger() *forger {
	z, err := zip.NewReader(bytes.NewReader(o.export("bundle")), int64(len(o.export("bundle"))))
	if err != nil {
		o.t.Fatal(err)
	}
	f := &forger{members: map[string][]byte{}}
	for _, m := range z.File {
		b, err := fsRead(z, m.Name)
		if err != nil {
			o.t.Fatal(err)
		}
		f.members[m.Name] = b
	}
	f.entries = strings.Split(strings.TrimSuffix(string(f.members["entries.jsonl"]), "\n"), "\n")
	return f
}

func fsRead(z *zip.Reader, name string) ([]byte, error) {
	f, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(f)
	return b.Bytes(), err
}

// verify chains and signs entries again and lets the offline verifier judge.
func (f *forger) verify(t *testing.T, entries []string) audit.Report {
	t.Helper()
	var tree ledger.Tree
	ends := map[string]ledger.StreamEnd{}
	var lines strings.Builder
	for _, e := range entries {
		stream := seqOf.FindStringSubmatch(e)[2]
		end := ends[stream]
		prev := ""
		if end.Seq > 0 {
			prev = hex.EncodeToString(end.Hash[:])
		}
		e = seqOf.ReplaceAllString(e, fmt.Sprintf(`"seq":%d,"stream":"%s"`, end.Seq+1, stream))
		e = prevOf.ReplaceAllString(e, `"prev":"`+prev+`"`)
		hash := tlog.RecordHash([]byte(e))
		ends[stream] = ledger.StreamEnd{Seq: end.Seq + 1, Hash: hash}
		tree.Append(hash)
		lines.WriteString(e + "\n")
	}
	origin := originOf.FindStringSubmatch(entries[0])[1]
	private, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := ledger.Checkpoint(origin, &tree, signer)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "forged.zip")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for name, b := range f.members {
		switch name {
		case "entries.jsonl":
			b = []byte(lines.String())
		case "checkpoint":
			b = checkpoint
		case "key":
			b = []byte(public)
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(b)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := audit.VerifyBundle(t.Context(), file, public, audit.Options{All: true})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// move is what the forger reads out of a move's entry.
type forgedMove struct {
	Kind, Event, From, To, Stream string
	Actor                         struct{ ID string }
	Facts                         map[string]json.RawMessage
	Data                          map[string]json.RawMessage
	Refs                          []string
	Rows                          [][3]json.RawMessage
}

// lies are ways to rewrite one entry, by what they are.
func lies(body string, m forgedMove, others []string) map[string]string {
	out := map[string]string{}
	put := func(what, old, other string) {
		if changed := strings.Replace(body, old, other, 1); changed != body {
			out[what] = changed
		}
	}
	if m.Actor.ID != "system" {
		for _, id := range others {
			if id != m.Actor.ID {
				out["another actor"] = strings.ReplaceAll(body, m.Actor.ID, id)
				break
			}
		}
	}
	put("another event", `"event":"`+m.Event+`"`, `"event":"lapse"`)
	put("another end", `"to":"`+m.To+`"`, `"to":"withdrawn"`)
	out["another end, in its row too"] = strings.ReplaceAll(strings.Replace(body, `"to":"`+m.To+`"`, `"to":"withdrawn"`, 1), `"state":"`+m.To+`"`, `"state":"withdrawn"`)
	put("only its row", `"state":"`+m.To+`"`, `"state":"withdrawn"`)
	if m.From != "" {
		put("another beginning", `"from":"`+m.From+`"`, `"from":"revoked"`)
	}
	if len(m.Refs) > 0 {
		put("another document", m.Refs[0], "sha256:"+strings.Repeat("0", 64))
	}
	for group, values := range map[string]map[string]json.RawMessage{"facts": m.Facts, "data": m.Data} {
		for name, v := range values {
			if bytes.HasPrefix(v, []byte(`{"committed"`)) {
				continue // another value behind it cannot be written: it is a hash
			}
			was := fmt.Sprintf("%q:%s", name, v)
			put(group+"."+name+" left out", was+",", "")
			if w := otherJSON(v); w != "" {
				put(group+"."+name, was, fmt.Sprintf("%q:%s", name, w))
			}
		}
	}
	for i, row := range m.Rows {
		table := strings.Trim(string(row[1]), `"`)
		if table == "timers" || table == "sessions" {
			continue // they follow from calendars and plans, and are held against what follows later
		}
		told, _ := json.Marshal(row)
		put(fmt.Sprintf("row %d of %s left out", i, table), string(told)+",", "")
		var columns map[string]json.RawMessage
		json.Unmarshal(row[2], &columns)
		for name, v := range columns {
			w := otherJSON(v)
			if bytes.HasPrefix(v, []byte(`{`)) || table == "products" && name == "due" || table == "inspections" && name == "id" || w == "" {
				continue
			}
			forged := strings.Replace(string(told), fmt.Sprintf("%q:%s", name, v), fmt.Sprintf("%q:%s", name, w), 1)
			put(fmt.Sprintf("row %d: %s.%s", i, table, name), string(told), forged)
		}
	}
	return out
}

// otherJSON is a value of the same kind that says something else.
func otherJSON(v json.RawMessage) string {
	switch {
	case string(v) == "true":
		return "false"
	case string(v) == "false":
		return "true"
	case v[0] >= '0' && v[0] <= '9':
		return string(v) + "1"
	case v[0] == '[':
		return `["forged"]`
	case v[0] == '"' && bytes.HasPrefix(v, []byte(`"20`)):
		return strings.Replace(string(v), "20", "19", 1)
	case v[0] == '"':
		return `"x` + string(v[1:])
	}
	return ""
}

// A record that somebody with all keys rewrote is found by replay: each move is
// decided again by its procedure from what the entries before it say. A bundle
// is judged, so that there is no database to lean on.
func TestAForgedRecordIsFoundByReplay(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.certified("Nước mắm", "F-1")
	f := o.forger()
	if r := f.verify(t, f.entries); !r.OK {
		t.Fatalf("chained again without a lie: %+v", r.Findings)
	}
	var actors []string
	for _, e := range f.entries {
		var m forgedMove
		if json.Unmarshal([]byte(e), &m); m.Kind == ledger.KindMove && m.Actor.ID != "system" && !slices.Contains(actors, m.Actor.ID) {
			actors = append(actors, m.Actor.ID)
		}
	}
	var tried atomic.Int64
	told := map[string]bool{}
	t.Cleanup(func() {
		if t.Logf("%d lies, all found", tried.Load()); tried.Load() < 300 {
			t.Errorf("only %d lies were told", tried.Load())
		}
	})
	for i, e := range f.entries {
		var m forgedMove
		if err := json.Unmarshal([]byte(e), &m); err != nil {
			t.Fatal(err)
		}
		if m.Kind != ledger.KindMove || told[m.Event] {
			continue // one entry of each event is enough
		}
		told[m.Event] = true
		t.Run(m.Event, func(t *testing.T) {
			t.Parallel()
			for what, lie := range lies(e, m, actors) {
				forged := slices.Clone(f.entries)
				forged[i] = lie
				tried.Add(1)
				if r := f.verify(t, forged); r.OK || !slices.ContainsFunc(r.Findings, func(x audit.Finding) bool { return x.Entry != nil && *x.Entry == int64(i) }) {
					t.Errorf("entry %d: %s: not found: %v\n%s", i, what, r.Findings, lie)
				}
			}
		})
	}
	t.Run("left out", func(t *testing.T) { t.Parallel(); f.leaveOut(t) })
}

// leaveOut drops one entry after the other that a later move rests on.
func (f *forger) leaveOut(t *testing.T) {
	t.Helper()
	dropped := 0
	for i, e := range f.entries {
		var m forgedMove
		if json.Unmarshal([]byte(e), &m); m.Kind != ledger.KindMove && m.Event != "upload" && m.Event != "grant_role" && m.Event != "close_session" {
			continue
		}
		later := slices.ContainsFunc(f.entries[i+1:], func(x string) bool {
			return m.Kind == ledger.KindMove && strings.Contains(x, m.Stream+`"`) && strings.Contains(x, `"kind":"move"`)
		})
		if !later && m.Event != "close_session" {
			continue
		}
		dropped++
		if r := f.verify(t, slices.Delete(slices.Clone(f.entries), i, i+1)); r.OK {
			t.Errorf("entry %d (%s) was left out: not found", i, m.Event)
		}
	}
	t.Logf("%d entries left out, one at a time", dropped)
	if dropped < 5 {
		t.Errorf("only %d entries were left out", dropped)
	}
}
