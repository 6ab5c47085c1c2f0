package ledger

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Stored is an entry as a database holds it: the bytes, and the columns that
// repeat parts of them.
type Stored struct {
	Index  int64
	Stream string
	Seq    int64
	At     time.Time
	Actor  string
	Kind   string
	Event  string
	Hash   tlog.Hash
	Bytes  []byte
}

// Checker recomputes a ledger entry by entry, in its order: leaf hashes, the
// chain of each stream, the columns against the bytes, and the tree. It trusts
// nothing that is stored beside the bytes.
type Checker struct {
	Tree Tree
	ends map[string]streamEnd
	last time.Time
}

type streamEnd struct {
	seq  int64
	hash string
}

// written is what the checker reads out of an entry's bytes.
type written struct {
	Stream string
	Seq    int64
	Time   string
	Actor  struct{ ID string }
	Kind   string
	Event  string
	Prev   string
}

// Next checks the next entry; the error names what is wrong with it.
func (c *Checker) Next(s Stored) error {
	wrong := func(what string) error { return fmt.Errorf("entry %d: %s", s.Index, what) }
	if s.Index != c.Tree.Size {
		return wrong(fmt.Sprintf("stands where entry %d should", c.Tree.Size))
	}
	if tlog.RecordHash(s.Bytes) != s.Hash {
		return wrong("its hash is not that of its bytes")
	}
	var w written
	if err := json.Unmarshal(s.Bytes, &w); err != nil {
		return wrong("its bytes cannot be read")
	}
	at, err := time.Parse(timeForm, w.Time)
	if err != nil || !at.Equal(s.At) {
		return wrong("its time is not that of its bytes")
	}
	if at.Before(c.last) {
		return wrong("it is older than the entry in front of it")
	}
	if w.Stream != s.Stream || w.Seq != s.Seq || w.Actor.ID != s.Actor || w.Kind != s.Kind || w.Event != s.Event {
		return wrong("its columns differ from its bytes")
	}
	end := c.ends[w.Stream]
	if w.Seq != end.seq+1 || w.Prev != end.hash {
		return wrong(fmt.Sprintf("it does not follow entry %d of its stream %s", end.seq, w.Stream))
	}
	if c.ends == nil {
		c.ends = map[string]streamEnd{}
	}
	c.ends[w.Stream] = streamEnd{w.Seq, hex.EncodeToString(s.Hash[:])}
	c.last = at
	c.Tree.Append(s.Hash)
	return nil
}
