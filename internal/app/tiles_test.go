//go:build unix

package app

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	fmtlog "github.com/transparency-dev/formats/log"

	"ocopflow/internal/dbtest"
)

// foreign reads the tree as a program would that knows C2SP and nothing of ours.
type foreign struct {
	o    *office
	size int64
}

// path writes a tile's address as C2SP tlog-tiles says.
func (f foreign) path(level string, n, width int64) string {
	number := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		number = fmt.Sprintf("x%03d/%s", n%1000, number)
	}
	if width < 256 {
		number += fmt.Sprintf(".p/%d", width)
	}
	return "/api/v1/audit/tile/" + level + "/" + number
}

// ReadHashes implements tlog.HashReader from tiles over HTTP.
func (f foreign) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		tile := tlog.TileForIndex(8, x)
		rows := f.size >> (8 * tile.L)
		tile.W = int(min(256, rows-tile.N*256))
		a := f.o.ask("", "GET", f.path(fmt.Sprint(tile.L), tile.N, int64(tile.W)), nil)
		if a.status != 200 || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
			return nil, fmt.Errorf("tile %d/%d of %d: %d %s", tile.L, tile.N, tile.W, a.status, a.header.Get("Cache-Control"))
		}
		h, err := tlog.HashFromTile(tile, []byte(a.text), x)
		if err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

func TestForeignToolsReadTheLedger(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		verifier, err := note.NewVerifier(strings.TrimSpace(o.must(200, o.ask("", "GET", "/api/v1/audit/key", nil)).text))
		if err != nil {
			t.Fatal(err)
		}
		head := func() *fmtlog.Checkpoint {
			t.Helper()
			c, _, _, err := fmtlog.ParseCheckpoint([]byte(o.must(200, o.ask("", "GET", "/api/v1/audit/checkpoint", nil)).text), verifier.Name(), verifier)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		old := head()
		for i := range 130 { // past two full tiles
			o.must(201, o.ask("office", "POST", "/api/v1/producers", map[string]any{"name": fmt.Sprintf("Cơ sở %d", i), "form": "household", "unit": "cam-my"}))
		}
		now := head()
		if now.Size <= old.Size || now.Size < 256 {
			t.Fatalf("the tree grew from %d to %d", old.Size, now.Size)
		}
		f := foreign{o, int64(now.Size)}
		root, err := tlog.TreeHash(f.size, f)
		if err != nil || root != tlog.Hash(now.Hash) {
			t.Fatalf("root from tiles %v (%v), the checkpoint says %x", root, err, now.Hash)
		}
		consistent, err := tlog.ProveTree(f.size, int64(old.Size), f)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckTree(consistent, f.size, root, int64(old.Size), tlog.Hash(old.Hash)); err != nil {
			t.Errorf("the newer checkpoint does not extend the older: %v", err)
		}
		told := o.must(200, o.ask("auditor", "GET", fmt.Sprintf("/api/v1/audit/consistency?from=%d&to=%d", old.Size, now.Size), nil))
		var given tlog.TreeProof
		for _, text := range told.body["proof"].([]any) {
			h, err := tlog.ParseHash(text.(string))
			if err != nil {
				t.Fatal(err)
			}
			given = append(given, h)
		}
		if err := tlog.CheckTree(given, f.size, root, int64(old.Size), tlog.Hash(old.Hash)); err != nil || told.body["to_root"] != root.String() {
			t.Errorf("the server's own proof: %v, root %v", err, told.body["to_root"])
		}
		for query, want := range map[string]int{"from=0": 422, "from=5&to=4": 422, "from=1&to=999999": 422, "": 422, "from=1": 200} {
			o.must(want, o.ask("auditor", "GET", "/api/v1/audit/consistency?"+query, nil))
		}
		o.must(403, o.ask("office", "GET", "/api/v1/audit/consistency?from=1", nil))
		for n := int64(0); n*256 < f.size; n++ {
			width := min(256, f.size-n*256)
			path := f.path("entries", n, width)
			o.must(401, o.ask("", "GET", path, nil))
			o.must(403, o.ask("office-province", "GET", path, nil))
			bundle := []byte(o.must(200, o.ask("auditor", "GET", path, nil)).text)
			for i := range width {
				size := int(binary.BigEndian.Uint16(bundle))
				entry := bundle[2 : 2+size]
				bundle = bundle[2+size:]
				if i%50 != 0 {
					continue
				}
				proof, err := tlog.ProveRecord(f.size, n*256+i, f)
				if err != nil {
					t.Fatal(err)
				}
				if err := tlog.CheckRecord(proof, f.size, root, n*256+i, tlog.RecordHash(entry)); err != nil {
					t.Errorf("entry %d: %v", n*256+i, err)
				}
			}
			if len(bundle) > 0 {
				t.Errorf("bundle %d holds %d bytes too many", n, len(bundle))
			}
		}
		for _, path := range []string{"0/x000/000", "0/000.p/256", "0/000.p/0", "0/0", "9/000", "0/999", "-1/000", "entries", "0/000.p/01", "0/", "x/000", "0/abc"} {
			if a := o.ask("auditor", "GET", "/api/v1/audit/tile/"+path, nil); a.status != 404 {
				t.Errorf("tile %s: %d, want 404", path, a.status)
			}
		}
	})
}

func TestAnEntryIsProvenToItsAuditors(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	id := o.product(fishSauce)
	first := o.must(200, o.ask("auditor", "GET", "/api/v1/products/"+id+"/history", nil)).items()[0]
	path := fmt.Sprintf("/api/v1/audit/entries/%v/proof", first["index"])
	a := o.must(200, o.ask("auditor", "GET", path, nil))
	if !strings.HasPrefix(a.body["proof"].(string), "c2sp.org/tlog-proof@v1\n") || !strings.Contains(a.body["entry"].(string), id) {
		t.Errorf("%.300s", a.text)
	}
	o.must(401, o.ask("", "GET", path, nil))
	o.must(403, o.ask("office", "GET", path, nil))
	o.must(404, o.ask("auditor", "GET", "/api/v1/audit/entries/999999/proof", nil))
	o.must(422, o.ask("auditor", "GET", "/api/v1/audit/entries/-1/proof", nil))
	o.must(200, o.ask("auditor", "GET", "/api/v1/audit/entries/0/proof", nil))
}
