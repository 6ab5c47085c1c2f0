package accounts

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"ocopflow/internal/fault"
)

// SealFile is the name of the file in the data directory that holds the key
// under which secrets are kept. All servers of a database share it; without it
// second factors have to be set up anew.
const SealFile = "secrets.key"

// sealing gives the cipher of the server's key, which is made when it is first
// needed.
func (p *People) sealing() (cipher.AEAD, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.aead != nil {
		return p.aead, nil
	}
	key, err := readOrMake(p.SealFile)
	if err != nil {
		return nil, fmt.Errorf("key for secrets: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("key for secrets: %w", err)
	}
	p.aead, err = cipher.NewGCM(block)
	return p.aead, err
}

// readOrMake reads a key of 32 bytes, or makes one that only its owner reads.
// Of two processes that make one at a time, one wins and both read it.
func readOrMake(file string) ([]byte, error) {
	key, err := os.ReadFile(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".secrets-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	made := make([]byte, 32)
	rand.Read(made)
	_, err = f.Write(made)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(file)
}

// seal hides a text from all but this server; what it is for is bound to it.
func (p *People) seal(purpose, text string) (string, error) {
	aead, err := p.sealing()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(text), []byte(purpose))), nil
}

// unseal is the text that was sealed for that purpose.
func (p *People) unseal(purpose, sealed string) (string, error) {
	aead, err := p.sealing()
	if err != nil {
		return "", err
	}
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < aead.NonceSize() {
		return "", errors.New("not sealed by this server")
	}
	text, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(purpose))
	return string(text), err
}

// Seal hides a text from all but this server; what it is for is bound to it, and
// it never runs out.
func (p *People) Seal(purpose, text string) (string, error) { return p.seal("kept "+purpose, text) }

// Unseal is the text that was sealed for that purpose; anything else is an error.
func (p *People) Unseal(purpose, sealed string) (string, error) {
	return p.unseal("kept "+purpose, sealed)
}

// ticket is something sealed that a browser keeps for a while.
type ticket struct {
	Until time.Time
	Text  string
}

// Ticket seals a text for a browser to bring back within a time.
func (p *People) Ticket(purpose, text string, life time.Duration) (string, error) {
	b, err := json.Marshal(ticket{time.Now().Add(life), text})
	if err != nil {
		return "", err
	}
	return p.seal("ticket "+purpose, string(b))
}

// ReadTicket is the text of a ticket.
//
// Faults: ticket_wrong (Invalid): not ours, for something else, or too old.
func (p *People) ReadTicket(purpose, sealed string) (string, error) {
	var t ticket
	text, err := p.unseal("ticket "+purpose, sealed)
	if err == nil {
		err = json.Unmarshal([]byte(text), &t)
	}
	if err != nil || time.Now().After(t.Until) {
		return "", fault.New(fault.Invalid, "ticket_wrong", "Bước này đã quá thời gian hoặc không hợp lệ; hãy làm lại từ đầu.", "This step took too long or is not valid; begin again.")
	}
	return t.Text, nil
}
