package notary

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// keySetting names the public key that was published last.
const keySetting = "checkpoint_key"

// KeyFile is the name of the key file in the data directory: the private key,
// the public key and, newest first, the public keys that it replaced, a line
// each.
const KeyFile = "checkpoint.key"

// pair is what a key file holds.
type pair struct {
	private, public string
	replaced        []string // public keys
	signer          note.Signer
}

// Key is the public key, as package note writes it: "name+hash+base64". The
// first call makes the key and publishes it as an entry.
func (n *Notary) Key(ctx context.Context) (string, error) {
	_, public, err := n.key(ctx)
	return public, err
}

// key gives the present key. It notices when another process rotated it, and
// finishes a rotation that broke off.
func (n *Notary) key(ctx context.Context) (note.Signer, string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	published, err := store.Setting(ctx, n.DB, keySetting)
	if err != nil || n.signer != nil && n.public == published {
		return n.signer, n.public, err
	}
	head, err := store.LoadHead(ctx, n.DB)
	if err != nil {
		return nil, "", err
	}
	p, err := n.file(ctx, published, head.Origin)
	if err != nil {
		return nil, "", fmt.Errorf("key file %s: %w", n.File, err)
	}
	if p.public != published {
		if err := n.refuseReplaced(ctx, p.public); err != nil {
			return nil, "", err
		}
		if p.public != n.public { // the first key, or one made because the file was lost
			if err := n.publish(ctx, p.public); err != nil {
				return nil, "", err
			}
		}
	}
	n.signer, n.public = p.signer, p.public
	return n.signer, n.public, nil
}

// held is the key that was needed last.
func (n *Notary) held() (note.Signer, string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.signer, n.public
}

// Sign signs the tree head as q sees it, with the key that was needed last: who
// reads a whole ledger in one view cannot make a key meanwhile.
func (n *Notary) Sign(ctx context.Context, q sqldb.Querier) (checkpoint []byte, key string, head store.Head, err error) {
	if head, err = store.LoadHead(ctx, q); err != nil {
		return nil, "", head, err
	}
	signer, key := n.held()
	checkpoint, err = ledger.Checkpoint(head.Origin, &head.Tree, signer)
	return checkpoint, key, head, err
}

// file reads the key pair, or makes one. Of two processes that make one at a
// time, one wins and both read it. Where the database only reads none is made:
// nobody could publish it.
//
// Faults: no_key (Unavailable).
func (n *Notary) file(ctx context.Context, published, origin string) (pair, error) {
	if err := n.finish(published, origin); err != nil {
		return pair{}, err
	}
	p, err := readPair(n.File, origin)
	if !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	if reads, err := n.DB.OnlyReads(ctx); err != nil {
		return pair{}, err
	} else if reads {
		return pair{}, fault.New(fault.Unavailable, "no_key", "Máy chủ này chỉ đọc và không giữ khóa ký của sổ cái. Hãy lấy điểm chốt và chứng cứ ở máy chủ chính.",
			"This server only reads and does not hold the ledger's key. Take checkpoints and proofs from the main server.")
	}
	name, err := writePair(n.File, origin, nil)
	if err != nil {
		return pair{}, err
	}
	defer os.Remove(name)
	if err := os.Link(name, n.File); err != nil && !errors.Is(err, fs.ErrExist) {
		return pair{}, err
	}
	return readPair(n.File, origin)
}

func readPair(file, origin string) (p pair, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return p, err
	}
	lines := strings.Fields(string(text))
	if len(lines) < 2 {
		return p, errors.New("not a key pair")
	}
	p = pair{private: lines[0], public: lines[1], replaced: lines[2:]}
	if p.signer, err = note.NewSigner(p.private); err != nil {
		return p, err
	}
	verifier, err := note.NewVerifier(p.public)
	if err != nil {
		return p, err
	}
	if p.signer.Name() != origin || verifier.Name() != origin || p.signer.KeyHash() != verifier.KeyHash() {
		return p, fmt.Errorf("not a key pair of the ledger %s", origin)
	}
	return p, nil
}

// writePair makes a key pair and writes it to a new file beside the key file,
// which only its owner reads.
func writePair(file, origin string, replaced []string) (string, error) {
	private, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".key-*")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(strings.Join(append([]string{private, public}, replaced...), "\n") + "\n")
	return f.Name(), errors.Join(err, f.Sync(), f.Close())
}

// PublicKeys are those of a key file, the present one first.
func PublicKeys(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	lines := strings.Fields(string(text))
	if len(lines) < 2 {
		return nil, fmt.Errorf("key file %s: not a key pair", file)
	}
	return lines[1:], nil
}

// publish enters the key in the ledger unless it was entered before.
func (n *Notary) publish(ctx context.Context, key string) error {
	_, err := commit.Do[any](ctx, n.Committer, commit.Act{Kind: commit.Once, Locks: []string{"setting:" + keySetting},
		Ask: commit.Alone(func(ctx context.Context, q sqldb.Querier, _ time.Time) (commit.Outcome, error) {
			known, err := store.Setting(ctx, q, keySetting)
			if err != nil || known == key {
				return commit.Outcome{}, err
			}
			return publishing(key, ledger.Map{"key": key}), nil
		})})
	return err
}

func publishing(key string, data ledger.Map, private ...ledger.Private) commit.Outcome {
	return commit.Outcome{
		Drafts: []ledger.Draft{{Stream: "system", Kind: ledger.KindSecurity, Event: "publish_key", Actor: ledger.Actor{ID: ocop.System}, Data: data, Private: private}},
		State: commit.Rows(func(ctx context.Context, tx *sqldb.Tx, _ []ledger.Entry) error {
			return store.SaveSetting(ctx, tx, keySetting, key)
		}),
	}
}

// PublishedKey is a public key of the ledger, and where it was published.
type PublishedKey struct {
	Key      string    `json:"key"`
	Since    int64     `json:"since"` // index of the entry
	At       time.Time `json:"at"`
	Replaces string    `json:"replaces,omitempty"`
	Cross    string    `json:"cross,omitempty"` // a note in which the key that it replaces vouches for it
}

// Keys are all that were published, in their order.
func (n *Notary) Keys(ctx context.Context) ([]PublishedKey, error) {
	if _, err := n.Key(ctx); err != nil && fault.Of(err).Code != "no_key" {
		return nil, err
	}
	return publishedKeys(ctx, n.DB)
}

func publishedKeys(ctx context.Context, q sqldb.Querier) ([]PublishedKey, error) {
	const page = 500
	out, after := []PublishedKey{}, int64(-1)
	for {
		lines, err := store.SystemEvents(ctx, q, "publish_key", after, page)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			after = l.Index
			var e struct{ Data PublishedKey }
			if err := json.Unmarshal([]byte(l.Body), &e); err != nil {
				return nil, fmt.Errorf("entry %d: %w", l.Index, err)
			}
			e.Data.Since, e.Data.At = l.Index, l.At
			out = append(out, e.Data)
		}
		if len(lines) < page {
			return out, nil
		}
	}
}

// refuseReplaced keeps a server from signing with a key that another one took
// out of use.
func (n *Notary) refuseReplaced(ctx context.Context, key string) error {
	list, err := publishedKeys(ctx, n.DB)
	if err == nil && slices.ContainsFunc(list, func(k PublishedKey) bool { return k.Replaces == key }) {
		err = fmt.Errorf("the key in %s was replaced on another server: copy its %s here", n.File, KeyFile)
	}
	return err
}
