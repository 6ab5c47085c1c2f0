package audit

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	fmtlog "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"ocopflow/internal/ledger"
	"ocopflow/internal/notary"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Names of the files in a bundle. docs/auditors.md describes them.
const (
	bundleEntries    = "entries.jsonl"
	bundleCheckpoint = "checkpoint"
	bundleKey        = "key"
	bundleProcedures = "procedures/"
)

// writeBundle writes one file that holds all it takes to check the ledger
// offline.
func writeBundle(ctx context.Context, n *notary.Notary, q sqldb.Querier, out io.Writer) error {
	checkpoint, public, head, err := n.Sign(ctx, q)
	if err != nil {
		return err
	}
	z := zip.NewWriter(out)
	file := func(name string, write func(io.Writer) error) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: head.LastAt})
		if err != nil {
			return err
		}
		return write(w)
	}
	whole := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	if err := errors.Join(file(bundleCheckpoint, whole(string(checkpoint))), file(bundleKey, whole(public+"\n"))); err != nil {
		return err
	}
	known := map[string]bool{} // hashes of procedures
	if err := file(bundleEntries, func(w io.Writer) error {
		return each(ctx, q, func(l store.Line) error {
			if hash := published(l); hash != "" {
				known[hash] = true
			}
			_, err := fmt.Fprintln(w, l.Body)
			return err
		})
	}); err != nil {
		return err
	}
	for _, hash := range slices.Sorted(maps.Keys(known)) {
		text, err := store.Blob(ctx, q, hash)
		if err == nil {
			err = file(bundleProcedures+hash+".yaml", whole(string(text)))
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// VerifyBundle checks a bundle without a database: the checkpoint's signature,
// the tree, the chains, sheets and results, and the moves by their procedures.
// An empty key takes the one in the bundle, which proves that the bundle agrees
// with itself and no more.
func VerifyBundle(ctx context.Context, file, key string, o Options) (Report, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return Report{}, fmt.Errorf("bundle %s: %w", file, err)
	}
	defer z.Close()
	v := newVerification(o)
	if err := v.open(ctx, newProcedures(func(_ context.Context, hash string) (string, error) {
		text, err := readMember(&z.Reader, bundleProcedures+hash+".yaml")
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return text, err
	})); err != nil {
		return v.report, err
	}
	defer v.past.Close()
	if err := v.bundle(ctx, &z.Reader, key); err != nil && !errors.Is(err, errEnough) {
		return v.report, err
	}
	return v.report.closed(), nil
}

func (v *verification) bundle(ctx context.Context, z *zip.Reader, key string) error {
	checkpoint, err := readMember(z, bundleCheckpoint)
	if err != nil {
		return err
	}
	if key == "" {
		if key, err = readMember(z, bundleKey); err != nil {
			return err
		}
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	c, _, _, err := fmtlog.ParseCheckpoint([]byte(checkpoint), verifier.Name(), verifier)
	if err != nil {
		if err := v.found(Finding{Text: "the checkpoint is not signed by that key"}); err != nil {
			return err
		}
		c = &fmtlog.Checkpoint{}
	}
	if err := v.bundled(ctx, z, int64(c.Size)); err != nil {
		return err
	}
	if err := v.remembered(true); err != nil {
		return err
	}
	root := v.checker.Tree.Root()
	if v.checker.Tree.Size != int64(c.Size) || string(root[:]) != string(c.Hash) {
		return v.found(Finding{Text: fmt.Sprintf("the %d entries do not come to the checkpoint of %d", v.checker.Tree.Size, c.Size)})
	}
	return nil
}

// bundled reads the entries, line by line.
func (v *verification) bundled(ctx context.Context, z *zip.Reader, of int64) error {
	f, err := z.Open(bundleEntries)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 0, ledger.MaxEntry+2), ledger.MaxEntry+2)
	for index := int64(0); lines.Scan(); index++ {
		if err := v.entry(ctx, asRecord(index, lines.Text())); err != nil {
			return err
		}
		if v.report.Entries = index + 1; v.Progress != nil && index%1000 == 0 {
			v.Progress(index, of)
		}
	}
	v.report.Root = v.checker.Tree.Root().String()
	return errors.Join(lines.Err(), v.replay.settle(ctx))
}

// asRecord is an entry of which only the bytes are there.
func asRecord(index int64, body string) record {
	r := read(store.Line{Index: index, Body: body, Hash: tlog.RecordHash([]byte(body))})
	t := r.told
	r.At, _ = time.Parse(time.RFC3339, t.Time) // a time that cannot be read is found by the checker
	r.Stream, r.Seq, r.Actor, r.Kind, r.Event, r.Product, r.Round = t.Stream, t.Seq, t.Actor.ID, t.Kind, t.Event, t.Product, t.Round
	return r
}

// readMember reads a small file of a bundle.
func readMember(z *zip.Reader, name string) (string, error) {
	f, err := z.Open(name)
	if err != nil {
		return "", fmt.Errorf("bundle: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 16<<20))
	return string(text), err
}
