package notary

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	fmtnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
)

// Witness watches ledgers of others and co-signs a checkpoint once it has seen
// that it extends the one before: C2SP tlog-witness and tlog-cosignature.
type Witness struct {
	address  string
	verifier note.Verifier
	size     int64 // that it co-signed last, as far as is known; guarded by Notary.keeping
}

// ParseWitness reads "URL=VKEY".
func ParseWitness(s string) (*Witness, error) {
	address, key, _ := strings.Cut(s, "=")
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("witness %q: want URL=VKEY, such as https://witness.example/ocop=witness.example+89c5d8b2+BAAA…", s)
	}
	verifier, err := fmtnote.NewVerifierForCosignatureV1(key)
	if err != nil {
		return nil, fmt.Errorf("witness %s: its key: %w", address, err)
	}
	return &Witness{address: strings.TrimSuffix(address, "/"), verifier: verifier}, nil
}

// Name of the witness, as it signs.
func (w *Witness) Name() string { return w.verifier.Name() }

// Limits of what a witness may take.
const (
	witnessPatience = 5 * time.Second
	maxWitnessed    = 16 << 10 // bytes of an answer
	witnessTries    = 3
)

// witnessClient follows no redirect: whom we ask was configured.
var witnessClient = &http.Client{Timeout: witnessPatience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// cosign asks all witnesses at once and gives the checkpoint with the
// co-signatures of those that answered rightly, and their number. The others
// are logged: history goes on without them.
func (n *Notary) cosign(ctx context.Context, checkpoint []byte, size int64) ([]byte, int) {
	lines := make([]string, len(n.Witnesses))
	var wg sync.WaitGroup
	for i, w := range n.Witnesses {
		wg.Go(func() {
			var err error
			if lines[i], err = n.ask(ctx, w, checkpoint, size); err != nil {
				level := slog.LevelWarn
				if errors.Is(err, ErrWitnessAhead) {
					level = slog.LevelError
				}
				n.Log.Log(ctx, level, "a witness did not co-sign", "witness", w.Name(), "size", size, "err", err)
			}
		})
	}
	wg.Wait()
	out, count := bytes.Clone(checkpoint), 0
	for _, l := range lines {
		if out = append(out, l...); l != "" {
			count++
		}
	}
	return out, count
}

// ErrWitnessAhead says that a witness has seen more entries than there are.
var ErrWitnessAhead = errors.New("the witness has co-signed a larger tree than the database holds: the database was restored from an older state, or changed")

// ask sends a checkpoint with the proof that it extends what the witness knows.
// A witness that knows another size says so, and is asked again from there.
func (n *Notary) ask(ctx context.Context, w *Witness, checkpoint []byte, size int64) (string, error) {
	for range witnessTries {
		body, err := n.growth(ctx, w.size, size)
		if err != nil {
			return "", err
		}
		status, answer, err := w.post(ctx, append(body, checkpoint...))
		switch {
		case err != nil:
			return "", err
		case status == http.StatusOK:
			lines, err := w.signatures(checkpoint, answer)
			if err == nil {
				w.size = size
			}
			return lines, err
		case status != http.StatusConflict:
			return "", fmt.Errorf("it answered %d", status)
		}
		known, err := strconv.ParseInt(strings.TrimSuffix(string(answer), "\n"), 10, 64)
		switch {
		case err != nil || known < 0:
			return "", fmt.Errorf("it answered 409 without a size")
		case known > size:
			return "", fmt.Errorf("%w (%d, %d)", ErrWitnessAhead, known, size)
		case known == w.size:
			return "", fmt.Errorf("it knows another tree of %d entries", known)
		}
		w.size = known
	}
	return "", errors.New("it names another size each time")
}

// growth writes the first lines of what a witness is sent: the size that it
// knows, and the proof from there.
func (n *Notary) growth(ctx context.Context, from, to int64) ([]byte, error) {
	out := fmt.Appendf(nil, "old %d\n", from)
	if from == 0 || from == to {
		return append(out, '\n'), nil
	}
	err := n.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		hashes, err := ledger.ProveGrowth(from, to, reading(ctx, q))
		for _, h := range hashes {
			out = fmt.Appendf(out, "%s\n", h)
		}
		return err
	})
	return append(out, '\n'), err
}

func (w *Witness) post(ctx context.Context, body []byte) (status int, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, witnessPatience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address+"/add-checkpoint", bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	got, err := witnessClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer got.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(got.Body, maxWitnessed+1))
	if err == nil && len(answer) > maxWitnessed {
		err = errors.New("its answer is too long")
	}
	return got.StatusCode, answer, err
}

// signatures are the lines of an answer that the witness's own key signed for
// this very checkpoint.
func (w *Witness) signatures(checkpoint, answer []byte) (string, error) {
	signed, err := note.Open(append(bytes.Clone(checkpoint), answer...), note.VerifierList(w.verifier))
	if err == nil && !bytes.HasPrefix(checkpoint, []byte(signed.Text+"\n")) {
		err = errors.New("it is for another text")
	}
	if err != nil {
		return "", fmt.Errorf("its co-signature does not hold: %w", err)
	}
	var out strings.Builder
	for _, s := range signed.Sigs {
		fmt.Fprintf(&out, "— %s %s\n", s.Name, s.Base64)
	}
	return out.String(), nil
}
