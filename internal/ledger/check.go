package ledger

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Stored is an entry as a database holds it: the bytes, and the columns that
// repeat parts of them.
type Stored struct {
	Index   int64
	Stream  string
	Seq     int64
	At      time.Time
	Actor   string
	Kind    string
	Event   string
	Product string
	Round   string
	Hash    tlog.Hash
	Bytes   []byte
	Told    *Told // what the bytes tell; nil when they cannot be read
}

// Checker recomputes a ledger entry by entry, in its order: leaf hashes, the
// chain of each stream, the columns against the bytes, and the tree. It trusts
// nothing that is stored beside the bytes.
type Checker struct {
	Tree Tree
	ends map[string]StreamEnd
	next int64
	last time.Time
}

// StreamEnd is the last entry of a stream.
type StreamEnd struct {
	Seq  int64
	Hash tlog.Hash
}

// Next checks the next entry; the error names the first thing that is wrong
// with it. It goes on from what is there, so that later entries are judged by
// themselves. It gives the subtrees that the entry completes.
func (c *Checker) Next(s Stored) ([]Subtree, error) {
	err := c.judge(&s)
	if s.Index >= c.next {
		c.next = s.Index + 1
	}
	if s.At.After(c.last) {
		c.last = s.At
	}
	if c.ends == nil {
		c.ends = map[string]StreamEnd{}
	}
	c.ends[s.Stream] = StreamEnd{s.Seq, s.Hash}
	return c.Tree.Append(s.Hash), err
}

// judge finds what is wrong, and puts what the bytes say in the place of the
// columns, so that one changed column is not blamed on the entries after it.
func (c *Checker) judge(s *Stored) error {
	var w Told
	if s.Told != nil {
		w = *s.Told
	}
	at, dated := time.Parse(timeForm, w.Time)
	was := *s
	if s.Hash = tlog.RecordHash(s.Bytes); s.Told != nil {
		s.Stream, s.Seq = w.Stream, w.Seq
	}
	if dated == nil {
		s.At = at
	}
	switch {
	case s.Index != c.next:
		return fmt.Errorf("it stands where entry %d should", c.next)
	case was.Hash != s.Hash:
		return errors.New("its hash is not that of its bytes")
	case s.Told == nil:
		return errors.New("its bytes cannot be read")
	case dated != nil || !at.Equal(was.At):
		return errors.New("its time is not that of its bytes")
	case at.Before(c.last):
		return errors.New("it is older than the entry in front of it")
	case w.Stream != was.Stream || w.Seq != was.Seq || w.Actor.ID != s.Actor || w.Kind != s.Kind || w.Event != s.Event || w.Product != s.Product || w.Round != s.Round:
		return errors.New("its columns differ from its bytes")
	}
	end := c.ends[w.Stream]
	prev := ""
	if end.Seq > 0 {
		prev = hex.EncodeToString(end.Hash[:])
	}
	if w.Seq != end.Seq+1 || w.Prev != prev {
		return fmt.Errorf("it does not follow entry %d of its stream %s", end.Seq, w.Stream)
	}
	return nil
}

// Last is the time of the newest entry so far.
func (c *Checker) Last() time.Time { return c.last }
