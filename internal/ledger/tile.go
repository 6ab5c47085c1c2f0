package ledger

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// TileWidth is the number of hashes, or entries, of a full tile.
const TileWidth = 1 << TileHeight

// Tile names a tile of C2SP tlog-tiles: hashes at a level, or the entries
// themselves, of which Width there are.
type Tile struct {
	Level   int
	Entries bool // a bundle of entries, which has no level
	Index   int64
	Width   int // 1 to 256; 256 for a full one
}

// maxTileLevel is that of the largest tree.
const maxTileLevel = 5

// ParseTile reads what follows tile/ in an address: LEVEL/N or entries/N, N in
// groups of three digits of which all but the last begin with x, and .p/WIDTH
// behind a partial one. Only the one right writing is taken.
func ParseTile(path string) (Tile, error) {
	t := Tile{Width: TileWidth}
	head, rest, ok := strings.Cut(path, "/")
	if !ok {
		return t, fmt.Errorf("ledger: %q names no tile", path)
	}
	if t.Entries = head == "entries"; !t.Entries {
		level, err := strconv.Atoi(head)
		if err != nil || level < 0 || level > maxTileLevel {
			return t, fmt.Errorf("ledger: no level %q", head)
		}
		t.Level = level
	}
	if number, width, partial := strings.Cut(rest, ".p/"); partial {
		n, err := strconv.Atoi(width)
		if err != nil || n < 1 || n >= TileWidth {
			return t, fmt.Errorf("ledger: no partial tile of width %q", width)
		}
		rest, t.Width = number, n
	}
	for group := range strings.SplitSeq(rest, "/") {
		n, err := strconv.ParseUint(strings.TrimPrefix(group, "x"), 10, 10)
		if err != nil || t.Index > 1<<40 {
			return t, fmt.Errorf("ledger: %q is no tile's number", rest)
		}
		t.Index = t.Index*1000 + int64(n)
	}
	if t.Path() != path {
		return t, fmt.Errorf("ledger: %q is not how tile %s is written", path, t.Path())
	}
	return t, nil
}

// Path is the tile's address behind tile/.
func (t Tile) Path() string {
	number := fmt.Sprintf("%03d", t.Index%1000)
	for n := t.Index / 1000; n > 0; n /= 1000 {
		number = fmt.Sprintf("x%03d/%s", n%1000, number)
	}
	head := strconv.Itoa(t.Level)
	if t.Entries {
		head = "entries"
	}
	if t.Width < TileWidth {
		number += ".p/" + strconv.Itoa(t.Width)
	}
	return head + "/" + number
}

// Holds reports whether a tree of that size has the whole tile.
func (t Tile) Holds(size int64) bool {
	return t.Index*TileWidth+int64(t.Width) <= size>>(TileHeight*t.Level)
}

// HashTile are the hashes of a tile, one behind the other.
func (t Tile) HashTile(read Hashes) ([]byte, error) {
	hashes, err := read(t.Level, t.Index*TileWidth, int64(t.Width))
	if err != nil {
		return nil, err
	}
	if len(hashes) != t.Width {
		return nil, fmt.Errorf("ledger: tile %s has %d hashes", t.Path(), len(hashes))
	}
	var out []byte
	for _, h := range hashes {
		out = append(out, h[:]...)
	}
	return out, nil
}

// Bundle frames entries as a tile of entries does: the length of each in 16
// bits, then its bytes.
func Bundle(entries []string) ([]byte, error) {
	var out []byte
	for _, e := range entries {
		if len(e) > 1<<16-1 {
			return nil, fmt.Errorf("ledger: an entry of %d bytes fits no bundle", len(e))
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(e)))
		out = append(out, e...)
	}
	return out, nil
}
