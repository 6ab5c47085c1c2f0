package vault

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"ocopflow/internal/fault"
)

// Clamd is a virus scanner that speaks clamd's INSTREAM. A nil one passes all.
type Clamd struct {
	Address  string // "host:port" or "unix:/path"
	Optional bool   // content is taken while it cannot be asked
}

// VirusFound is the code of the fault about malware.
const VirusFound = "virus_found"

const (
	clamdPatience = time.Minute
	clamdPiece    = 64 << 10
)

// Check asks about content that is at hand.
func (c *Clamd) Check(ctx context.Context, r io.Reader) error {
	s := c.begin(ctx)
	defer s.close()
	if _, err := io.Copy(s, r); err != nil {
		return err
	}
	return s.verdict()
}

// scanning is one question. A write never fails: a scanner that hung up is
// noticed at the verdict, so that its trouble is told from the upload's own.
type scanning struct {
	clamd *Clamd
	conn  net.Conn
	err   error
}

func (c *Clamd) begin(ctx context.Context) *scanning {
	s := &scanning{clamd: c}
	if c == nil {
		return s
	}
	network, address := "tcp", c.Address
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
	}
	d := net.Dialer{Timeout: 5 * time.Second}
	if s.conn, s.err = d.DialContext(ctx, network, address); s.err == nil {
		s.send([]byte("zINSTREAM\x00"))
	}
	return s
}

func (s *scanning) send(b []byte) {
	if s.err != nil {
		return
	}
	if s.err = s.conn.SetDeadline(time.Now().Add(clamdPatience)); s.err == nil {
		_, s.err = s.conn.Write(b)
	}
}

// Write implements io.Writer.
func (s *scanning) Write(b []byte) (int, error) {
	n := len(b)
	for s.conn != nil && len(b) > 0 && s.err == nil {
		part := b[:min(len(b), clamdPiece)]
		s.send(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		s.send(part)
		b = b[len(part):]
	}
	return n, nil
}

// verdict ends the question and reads the answer.
func (s *scanning) verdict() error {
	if s.clamd == nil {
		return nil
	}
	s.send(make([]byte, 4))
	answer := ""
	if s.conn != nil {
		// It may have answered before it hung up: a size limit, say.
		line, err := bufio.NewReader(io.LimitReader(s.conn, 1<<10)).ReadString(0)
		answer = strings.TrimSuffix(line, "\x00")
		if answer == "" && s.err == nil {
			s.err = err
		}
	}
	switch {
	case strings.HasSuffix(answer, " FOUND"):
		return fault.New(fault.Invalid, VirusFound, "Trình quét vi-rút thấy mã độc trong tệp; tệp không được nhận. Hãy quét máy của bạn rồi gửi tệp sạch.",
			"The virus scanner found malware in the file; it was not taken. Scan your computer and send a clean file.")
	case strings.HasSuffix(answer, ": OK") || s.clamd.Optional:
		return nil
	}
	return fault.New(fault.Unavailable, "scanner_down", "Trình quét vi-rút chưa trả lời nên chưa nhận tệp. Hãy thử lại sau ít phút.",
		"The virus scanner does not answer, so the file was not taken. Try again in a few minutes.").Because(fmt.Errorf("clamd: %q: %w", answer, s.err))
}

func (s *scanning) close() {
	if s.conn != nil {
		_ = s.conn.Close() // the answer was read, or nobody waits for it
	}
}
