package ledger

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gowebpki/jcs"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestCanonicalBytesAreThoseOfRFC8785(t *testing.T) {
	t.Parallel()
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaves := []*rapid.Generator[any]{
			rapid.Just(any(nil)), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
			rapid.Map(rapid.Int64Range(-maxInteger, maxInteger), func(n int64) any { return n }),
			rapid.Map(rapid.String(), func(s string) any { return s + "đ\u2028\x00\x1f\"\\/" }),
		}
		if depth == 0 {
			return rapid.OneOf(leaves...)
		}
		return rapid.OneOf(append(leaves,
			rapid.Map(rapid.SliceOfN(value(depth-1), 0, 4), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(rapid.StringMatching(`[ -~]{0,8}`), value(depth-1), 0, 4), func(m map[string]any) any { return Map(m) }))...)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := value(3).Draw(t, "value")
		got, err := Canonical(v)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform([]byte(`{"v":` + string(plain) + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if `{"v":`+string(got)+`}` != string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

func TestWhatHasNoCanonicalFormIsRefused(t *testing.T) {
	t.Parallel()
	for _, v := range []any{1.5, int64(maxInteger + 1), "\xff", Map{"đ": 1}, struct{}{}, Map{"a": []any{1.0}}} {
		if b, err := Canonical(v); err == nil {
			t.Errorf("%v became %s", v, b)
		}
	}
}

// hashes keeps what tlog stores of a tree, for comparison.
type hashes []tlog.Hash

func (h hashes) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = h[n]
	}
	return out, nil
}

func TestTreeAgreesWithTlog(t *testing.T) {
	t.Parallel()
	var tree Tree
	var stored hashes
	for n := range int64(70_000) {
		leaf := tlog.RecordHash([]byte(fmt.Sprint(n)))
		more, err := tlog.StoredHashesForRecordHash(n, leaf, stored)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		for _, s := range tree.Append(leaf) {
			if want := stored[tlog.StoredHashIndex(s.Level*TileHeight, s.Index)]; s.Hash != want {
				t.Fatalf("subtree %d/%d differs", s.Level, s.Index)
			}
		}
		if n > 600 && n%997 != 0 {
			continue
		}
		want, err := tlog.TreeHash(n+1, stored)
		if err != nil {
			t.Fatal(err)
		}
		if tree.Root() != want {
			t.Fatalf("root of %d differs", n+1)
		}
		again, err := ParseTree(tree.Size, tree.MarshalEdge())
		if err != nil || again.Root() != want {
			t.Fatalf("a tree of %d does not come back: %v", n+1, err)
		}
	}
	if _, err := ParseTree(3, make([]byte, 32)); err == nil {
		t.Error("an edge that does not fit was taken")
	}
}

// written makes a small ledger of two streams.
func writtenLedger(t *testing.T) []Stored {
	t.Helper()
	ends := map[string]StreamEnd{}
	var out []Stored
	for i := range int64(12) {
		d := Draft{Stream: fmt.Sprintf("product:%d", i%2), Kind: KindMove, Event: "confirm", Actor: Actor{ID: "a"}, Data: Map{"n": i}}
		end := ends[d.Stream]
		prev := ""
		if end.Seq > 0 {
			prev = fmt.Sprintf("%x", end.Hash[:])
		}
		e, err := d.Write(Place{Index: i, Seq: end.Seq + 1, Prev: prev, At: time.Date(2024, 3, 22, 1, 0, int(i), 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		ends[d.Stream] = StreamEnd{e.Seq, e.Hash}
		out = append(out, Stored{Index: e.Index, Stream: e.Stream, Seq: e.Seq, At: e.At, Actor: e.Actor.ID, Kind: e.Kind, Event: e.Event,
			Product: strings.TrimPrefix(e.Stream, "product:"), Hash: e.Hash, Bytes: e.Bytes})
	}
	return out
}

func check(list []Stored) (Tree, error) {
	var c Checker
	for _, s := range list {
		s.Told, _ = Read(s.Bytes) // what cannot be read is for the checker to say
		if _, err := c.Next(s); err != nil {
			return c.Tree, fmt.Errorf("entry %d: %w", s.Index, err)
		}
	}
	return c.Tree, nil
}

func TestEveryTamperingIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	good := writtenLedger(t)
	honest, err := check(good)
	if err != nil {
		t.Fatal(err)
	}
	rehash := func(s *Stored) { s.Hash = tlog.RecordHash(s.Bytes) }
	for name, tamper := range map[string]func([]Stored) []Stored{
		"bytes": func(l []Stored) []Stored {
			l[5].Bytes = []byte(strings.Replace(string(l[5].Bytes), `"n":5`, `"n":6`, 1))
			return l
		},
		"bytes and hash": func(l []Stored) []Stored {
			l[5].Bytes = []byte(strings.Replace(string(l[5].Bytes), `"n":5`, `"n":6`, 1))
			rehash(&l[5])
			return l
		},
		"hash":          func(l []Stored) []Stored { l[5].Hash[0]++; return l },
		"time column":   func(l []Stored) []Stored { l[5].At = l[5].At.Add(time.Second); return l },
		"actor column":  func(l []Stored) []Stored { l[5].Actor = "b"; return l },
		"event column":  func(l []Stored) []Stored { l[5].Event = "certify"; return l },
		"kind column":   func(l []Stored) []Stored { l[5].Kind = KindRecord; return l },
		"stream column": func(l []Stored) []Stored { l[5].Stream = "product:0"; return l },
		"deleted":       func(l []Stored) []Stored { return append(l[:5], l[6:]...) },
		"deleted, closed up": func(l []Stored) []Stored {
			l = append(l[:5], l[6:]...)
			for i := range l {
				l[i].Index = int64(i)
			}
			return l
		},
		"swapped":    func(l []Stored) []Stored { l[4], l[5] = l[5], l[4]; l[4].Index, l[5].Index = 4, 5; return l },
		"unreadable": func(l []Stored) []Stored { l[5].Bytes = []byte("{"); rehash(&l[5]); return l },
	} {
		list := make([]Stored, len(good))
		copy(list, good)
		if _, err := check(tamper(list)); err == nil || !strings.HasPrefix(err.Error(), "entry ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Cutting the end off is consistent in itself; the head's root tells it.
	if cut, err := check(good[:11]); err != nil || cut.Root() == honest.Root() {
		t.Errorf("cut off: %v, same root %v", err, cut.Root() == honest.Root())
	}
}

func TestPrivateValuesAppearAsCommitmentsOnly(t *testing.T) {
	t.Parallel()
	p := Private{Field: "comment", Value: "một lý do riêng", Salt: [16]byte{1}}
	e, err := Draft{Stream: "s", Kind: KindMove, Data: Map{"a": 1}, Private: []Private{p}}.Write(Place{Seq: 1})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(e.Bytes), "riêng") || !strings.Contains(string(e.Bytes), `"comment":{"committed":"`+p.Commitment()+`"}`) {
		t.Errorf("%s", e.Bytes)
	}
	if q := (Private{Field: "comment", Value: p.Value, Salt: [16]byte{2}}); q.Commitment() == p.Commitment() {
		t.Error("the salt does not matter")
	}
}

func TestAnEntryThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	_, err := Draft{Stream: "s", Data: Map{"x": strings.Repeat("x", MaxEntry)}}.Write(Place{Seq: 1})
	if err == nil || !strings.Contains(err.Error(), "entry_too_large") {
		t.Errorf("got %v", err)
	}
}

// Entries are written key by key; what comes out is the canonical form of what it
// says.
func TestEntriesAreCanonical(t *testing.T) {
	full := Draft{Stream: "system", Kind: KindMove, Event: "e", From: "f", To: "t", Actor: Actor{ID: "a\n", Grants: []Grant{{"office", "u"}, {"leader", "ü"}}},
		Product: "p", Round: "r", Track: "new", Level: "commune", Procedure: Procedure{"ocop", "2026", "h"}, Data: Map{"z": 1, "a": []string{"x"}},
		Facts: Map{"b.c": nil, "a.c": true}, Refs: []string{"sha256:1"}, Key: "k", Private: []Private{{Field: "comment", Value: "lời"}}, Rows: []Row{Row(`["gone","t",{"id":"1"}]`)}}
	for _, d := range []Draft{full, {Stream: "product:p", Product: "p"}} {
		e, err := d.Write(Place{Seq: 7, Prev: "00"})
		if err != nil {
			t.Fatal(err)
		}
		var told map[string]any
		if err := json.Unmarshal(e.Bytes, &told); err != nil {
			t.Fatalf("%s: %v", e.Bytes, err)
		}
		if again, err := Canonical(whole(told)); err != nil || string(again) != string(e.Bytes) {
			t.Errorf("got %s, want %s (%v)", e.Bytes, again, err)
		}
	}
}

// whole puts whole numbers in the place of those that encoding/json reads.
func whole(v any) any {
	switch v := v.(type) {
	case float64:
		return int64(v)
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = whole(v[k])
		}
	}
	return v
}
