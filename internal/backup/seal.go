package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"

	"filippo.io/age"

	"ocopflow/internal/fault"
)

// A backup ends with the SHA-256 of all bytes before it: neither gzip nor tar
// looks at each of theirs.
const (
	sealMark = "\nsha256:"
	sealSize = len(sealMark) + 64 + 1
	ageMark  = "age-encryption.org/"
)

// sealer hashes what is written.
type sealer struct {
	w   io.Writer
	sum hash.Hash
}

func newSealer(w io.Writer) *sealer { return &sealer{w, sha256.New()} }

// Write implements io.Writer.
func (s *sealer) Write(b []byte) (int, error) {
	s.sum.Write(b)
	return s.w.Write(b)
}

func (s *sealer) close() error {
	_, err := io.WriteString(s.w, sealMark+hex.EncodeToString(s.sum.Sum(nil))+"\n")
	return err
}

// unsealer gives what a sealer took, and keeps the seal back.
type unsealer struct {
	r    *bufio.Reader
	sum  hash.Hash
	done bool
}

func newUnsealer(r io.Reader) *unsealer {
	return &unsealer{r: bufio.NewReaderSize(r, 64<<10), sum: sha256.New()}
}

// Read implements io.Reader. At the end it compares the seal.
func (u *unsealer) Read(b []byte) (int, error) {
	switch {
	case u.done:
		return 0, io.EOF
	case len(b) == 0:
		return 0, nil
	}
	ahead, err := u.r.Peek(min(len(b)+sealSize, u.r.Size()))
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, damaged(err)
	}
	if n := len(ahead) - sealSize; n > 0 {
		n = copy(b, ahead[:n])
		u.sum.Write(b[:n])
		_, err := u.r.Discard(n)
		return n, err
	}
	u.done = true
	if want := sealMark + hex.EncodeToString(u.sum.Sum(nil)) + "\n"; string(ahead) != want {
		return 0, damaged(errors.New("its hash is another"))
	}
	return 0, io.EOF
}

// damaged is said of a file that is not, byte for byte, what was written.
func damaged(err error) error {
	return fault.New(fault.Invalid, "backup_damaged", "Bản sao lưu đã hỏng hoặc bị sửa; hãy dùng bản khác. Chưa có gì được khôi phục.",
		"The backup is damaged or was changed; use another one. Nothing was restored.").Because(err)
}

// encrypt wraps a writer for recipients; without any it changes nothing.
func encrypt(w io.Writer, recipients []age.Recipient) (io.WriteCloser, error) {
	if len(recipients) == 0 {
		return plain{w}, nil
	}
	return age.Encrypt(w, recipients...)
}

type plain struct{ io.Writer }

// Close implements io.Closer.
func (plain) Close() error { return nil }

// unwrap opens a backup for reading, decrypting it if it is encrypted.
func unwrap(f io.ReadSeeker, identities []age.Identity) (*unsealer, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	first := make([]byte, len(ageMark))
	n, err := io.ReadFull(f, first)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if !bytes.Equal(first[:n], []byte(ageMark)) {
		return newUnsealer(f), nil
	}
	if len(identities) == 0 {
		return nil, fault.New(fault.Invalid, "backup_encrypted", "Bản sao lưu đã được mã hóa; hãy chỉ tệp khóa bằng --identity.",
			"The backup is encrypted; name the file of the key with --identity.")
	}
	r, err := age.Decrypt(f, identities...)
	var other *age.NoIdentityMatchError
	if errors.As(err, &other) {
		return nil, fault.New(fault.Invalid, "backup_key", "Khóa này không mở được bản sao lưu.", "This key does not open the backup.").Because(err)
	}
	if err != nil {
		return nil, damaged(err)
	}
	return newUnsealer(r), nil
}

// Recipients reads public keys of age, "age1…" each.
func Recipients(keys []string) ([]age.Recipient, error) {
	out, err := age.ParseRecipients(strings.NewReader(strings.Join(keys, "\n")))
	if err != nil && len(keys) > 0 {
		return nil, fmt.Errorf("--recipient: %w", err)
	}
	return out, nil
}

// Identities reads a file of private keys as age-keygen writes it; none for "".
func Identities(name string) ([]age.Identity, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return age.ParseIdentities(f)
}
