// Package audit verifies the ledger: its tree and chains, that sheets are what was
// sealed and results what sheets come to, that each move is one that its
// procedure allows, and that every row of the programme's data is what the
// entries say; in a database, or in a bundle that it wrote. Of arithmetic it has
// none: that is packages ledger's and criteria's, deciding is casework's, making
// the past again package past's.
package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"ocopflow/internal/ledger"
	"ocopflow/internal/notary"
	"ocopflow/internal/past"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Report is what a verification found.
type Report struct {
	Entries  int64     `json:"entries"`
	Root     string    `json:"root"` // RFC 6962, base64
	Fault    string    `json:"fault,omitempty"`
	Findings []Finding `json:"findings"`
	OK       bool      `json:"ok"`

	Restores int `json:"restores"` // acknowledged: an older database was brought back on purpose
	Erased   int `json:"erased"`   // private values that were forgotten, each by an entry
}

// Finding is one thing that is not as the ledger says, and where.
type Finding struct {
	Entry  *int64 `json:"entry,omitempty"`
	Table  string `json:"table,omitempty"`
	Row    string `json:"row,omitempty"` // its key
	Column string `json:"column,omitempty"`
	Text   string `json:"text"`
}

func (f Finding) String() string {
	switch {
	case f.Table != "" && f.Column != "":
		return fmt.Sprintf("%s %s, %s: %s", f.Table, f.Row, f.Column, f.Text)
	case f.Table != "":
		return fmt.Sprintf("%s %s: %s", f.Table, f.Row, f.Text)
	case f.Entry != nil:
		return fmt.Sprintf("entry %d: %s", *f.Entry, f.Text)
	}
	return f.Text
}

// Options of a verification. The zero value ends with the first fault.
type Options struct {
	All      bool
	Files    string               // directory of contents that lie outside of the database; "" for none
	Kept     []notary.Kept        // checkpoints that the ledger must extend
	Progress func(done, of int64) // called now and then; may be nil
}

// maxFindings bounds a report: a database in which that much is wrong is wrong.
const maxFindings = 10000

// errEnough ends a verification that has found what it looks for.
var errEnough = errors.New("enough")

// verification is one run over one unchanging view of a database.
type verification struct {
	Options
	q      sqldb.Querier
	report Report
	head   store.Head

	origin   string // of the ledger, as its first entry names it
	checker  ledger.Checker
	sheets   *scoring
	past     *past.Past
	replay   *replay
	subtrees map[node]ledger.Subtree
	bodies   map[string]bool // hashes of the contents that entries name
	missing  []expected      // private values that are not there
	erased   map[string]bool // commitments whose values were forgotten on record
}

// Verify reads the whole ledger in its order and holds everything in the
// database against it.
func Verify(ctx context.Context, db *sqldb.DB, o Options) (Report, error) {
	v := newVerification(o)
	err := db.Snapshot(ctx, func(q sqldb.Querier) error {
		v.q = q
		if err := v.open(ctx, keptIn(q)); err != nil {
			return err
		}
		defer v.past.Close()
		err := v.run(ctx)
		if errors.Is(err, errEnough) {
			err = nil
		}
		return err
	})
	return v.report.closed(), err
}

func newVerification(o Options) *verification {
	return &verification{Options: o, subtrees: map[node]ledger.Subtree{}, bodies: map[string]bool{}, erased: map[string]bool{}, report: Report{Findings: []Finding{}}}
}

// open makes what entries are replayed into; the caller closes the past.
func (v *verification) open(ctx context.Context, p *procedures) (err error) {
	v.sheets = newScoring(p)
	if v.past, err = past.Open(ctx, standing{v.bodies}); err == nil {
		v.replay = newReplay(p, v.past, v.found)
	}
	return err
}

// closed is the report with what follows from its findings.
func (r Report) closed() Report {
	if r.OK = len(r.Findings) == 0; !r.OK {
		r.Fault = r.Findings[0].String()
	}
	return r
}

// found puts a finding on the report.
func (v *verification) found(f Finding) error {
	v.report.Findings = append(v.report.Findings, f)
	if !v.All || len(v.report.Findings) >= maxFindings {
		return errEnough
	}
	return nil
}

func (v *verification) run(ctx context.Context) (err error) {
	if v.head, err = store.LoadHead(ctx, v.q); err != nil {
		if err := v.found(Finding{Table: "ledger_head", Row: "1", Text: "it is gone, or its edge is not that of a tree"}); err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context) error{v.entries, v.tree, v.hidden, v.forgotten, v.rows, v.sealed, v.contents} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// entries reads the ledger once.
func (v *verification) entries(ctx context.Context) error {
	const page = 1000
	from := int64(-1 << 62)
	for {
		lines, err := store.Lines(ctx, v.q, from, page)
		if err != nil {
			return err
		}
		told := make([]record, len(lines))
		for i, l := range lines {
			told[i] = read(l)
		}
		if err := v.hiddenOf(ctx, told); err != nil {
			return err
		}
		for _, l := range told {
			if err := v.entry(ctx, l); err != nil {
				return err
			}
			from = l.Index + 1
		}
		if v.report.Entries = v.checker.Tree.Size; v.Progress != nil {
			v.Progress(v.report.Entries, v.head.Tree.Size)
		}
		if len(lines) < page {
			v.report.Root = v.checker.Tree.Root().String()
			return v.replay.settle(ctx)
		}
	}
}

// record is an entry with what its bytes tell, which is nothing when they cannot
// be read.
type record struct {
	store.Line
	told     *ledger.Told
	readable bool
}

func read(l store.Line) record {
	told, err := ledger.Read([]byte(l.Body))
	if err != nil {
		return record{l, new(ledger.Told), false} // for the checker to say
	}
	return record{l, told, true}
}

func (v *verification) entry(ctx context.Context, l record) error {
	at := func(text string) error { return v.found(Finding{Entry: &l.Index, Text: text}) }
	done, err := v.checker.Next(stored(l))
	for _, t := range done {
		v.subtrees[node{t.Level, t.Index}] = t
	}
	if err != nil {
		if err := at(err.Error()); err != nil {
			return err
		}
	}
	switch l.Event {
	case "acknowledge_restore":
		v.report.Restores++
	case "begin_ledger":
		if l.Index == 0 {
			v.origin = textIn(l.told.Data["origin"])
		}
	case "publish_key":
		if wrong := succession(l); wrong != "" {
			if err := at(wrong); err != nil {
				return err
			}
		}
	case "erase":
		var list []string
		_ = json.Unmarshal(l.told.Data["commitments"], &list) // what is no list erases nothing
		for _, c := range list {
			v.erased[c] = true
			v.report.Erased++
		}
	}
	if err := v.remembered(false); err != nil {
		return err
	}
	if err := v.sheets.next(ctx, l); err != nil {
		var f *finding
		if !errors.As(err, &f) {
			return err
		}
		if err := at(f.text); err != nil {
			return err
		}
	}
	return v.replay.next(ctx, l)
}

// textIn is a JSON text, "" for anything else.
func textIn(v json.RawMessage) (s string) {
	_ = json.Unmarshal(v, &s)
	return s
}

func stored(l record) ledger.Stored {
	s := ledger.Stored{Index: l.Index, Stream: l.Stream, Seq: l.Seq, At: l.At, Actor: l.Actor, Kind: l.Kind, Event: l.Event,
		Product: l.Product, Round: l.Round, Hash: l.Hash, Bytes: []byte(l.Body)}
	if l.readable {
		s.Told = l.told
	}
	return s
}

// standing leaves in a replayed row what stands for a value in its entry, and
// notes the hashes of the texts that entries name.
type standing struct{ bodies map[string]bool }

// Text implements past.Values.
func (v standing) Text(c store.Column, s string) string {
	if sum, ok := strings.CutPrefix(s, "sha256:"); ok && c.Body() {
		v.bodies[sum] = true
	}
	return s
}
