package signature

import (
	"bytes"
	"context"
	"io"
	"sync"
)

// remembered bounds the reports that are kept.
const remembered = 500

// Kept looks into one file at a time, and into each only once: what a file holds
// follows from its bytes. The zero value is ready.
type Kept struct {
	one     sync.Mutex
	reports map[string]Findings // by SHA-256
}

// Of is the report of a file, which is opened only if it is new.
func (k *Kept) Of(ctx context.Context, sha256 string, size int64, open func(context.Context) (io.ReadSeekCloser, error)) (Findings, error) {
	k.one.Lock()
	defer k.one.Unlock()
	if r, known := k.reports[sha256]; known {
		return r, nil
	}
	if size > Largest {
		return Findings{Signatures: []Signature{}}, nil
	}
	f, err := open(ctx)
	if err != nil {
		return Findings{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, Largest))
	if err != nil {
		return Findings{}, err
	}
	if len(k.reports) >= remembered || k.reports == nil {
		k.reports = map[string]Findings{}
	}
	r := Read(bytes.NewReader(b), int64(len(b)))
	k.reports[sha256] = r
	return r, nil
}
