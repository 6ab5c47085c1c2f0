// Package ledger is the arithmetic of the record that nobody can change
// unseen: entries, their canonical bytes, the chain of each stream, the Merkle
// tree over all of them. It does no I/O: package commit appends, package store
// keeps.
package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"ocopflow/internal/fault"
)

// MaxEntry is the largest entry in bytes; what is larger is entered by its hash.
const MaxEntry = 32 << 10

// timeForm has six decimals always, so that equal moments have equal bytes.
const timeForm = "2006-01-02T15:04:05.000000Z"

// Kinds of entries.
const (
	KindMove     = "move"     // a product changed or an act on it stood
	KindRefusal  = "refusal"  // a move was refused; the reasons are in data
	KindRecord   = "record"   // something was put on record: a document, an inspection …
	KindIssue    = "issue"    // a certificate, public fields only
	KindSecurity = "security" // sign-in, lock-out, tokens
	KindSchedule = "schedule" // a product's timers were set again; nobody acted
)

// Draft is an entry before it has its place in the ledger.
type Draft struct {
	Stream    string // such as "product:ID"
	Kind      string
	Event     string
	From, To  string
	Actor     Actor
	Product   string // not repeated in the bytes where the stream names it
	Round     string
	Track     string
	Level     string
	Procedure Procedure
	Data      Map
	Facts     Map      // every fact that the guards read
	Refs      []string // hashes of what it refers to, "sha256:…"
	Key       string   // idempotency key
	Private   []Private
	Rows      []Row     // what the act wrote to tables
	Hidden    []Private // values behind the commitments in Rows
}

// Actor of an entry, with the roles and units that were used.
type Actor struct {
	ID     string
	Grants []Grant
}

// Grant is a role in a unit that an actor used.
type Grant struct{ Role, Unit string }

// Procedure that was in force, by name, version and hash of its file.
type Procedure struct{ Name, Version, Hash string }

// Entry is one line of the ledger.
type Entry struct {
	Draft
	Index int64 // place in the whole ledger, from 0
	Seq   int64 // place in its stream, from 1
	At    time.Time
	Bytes []byte
	Hash  tlog.Hash // RFC 6962 leaf hash of Bytes
}

// Place is where the next entry of a stream goes.
type Place struct {
	Index int64
	Seq   int64
	Prev  string // hash of the stream's previous entry, "" for its first
	At    time.Time
}

// Write gives the draft its place and its bytes.
//
// Faults: entry_too_large (TooLarge).
func (d Draft) Write(p Place) (Entry, error) {
	b, err := d.canonical(p)
	if err != nil {
		return Entry{}, fmt.Errorf("entry of %s: %w", d.Stream, err)
	}
	if len(b) > MaxEntry {
		return Entry{}, fault.New(fault.TooLarge, "entry_too_large",
			fmt.Sprintf("Nội dung của một lần thao tác vượt quá %d KiB. Hãy rút gọn hoặc đính kèm thành tài liệu.", MaxEntry>>10),
			fmt.Sprintf("What one act records may not exceed %d KiB. Shorten it, or attach it as a document.", MaxEntry>>10))
	}
	return Entry{Draft: d, Index: p.Index, Seq: p.Seq, At: p.At, Bytes: b, Hash: tlog.RecordHash(b)}, nil
}

// data is what the entry says, with commitments in place of private values.
func (d Draft) data() Map {
	if len(d.Private) == 0 {
		return d.Data
	}
	m := make(Map, len(d.Data)+len(d.Private))
	for k, v := range d.Data {
		m[k] = v
	}
	for _, p := range d.Private {
		m[p.Field] = Map{"committed": p.Commitment()}
	}
	return m
}

// Private is a personal value or free text: the entry holds a salted
// commitment, the value itself lies in a table that may forget it.
type Private struct {
	Field string
	Value string
	Salt  [16]byte
}

// Commitment is the hex of SHA-256 over salt and value.
func (p Private) Commitment() string { return Commitment(p.Salt[:], p.Value) }

// Commitment is the hex of SHA-256 over salt and text.
func Commitment(salt []byte, text string) string {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}
