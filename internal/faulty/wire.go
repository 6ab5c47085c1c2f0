package faulty

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
)

// Wire stands between the program and Postgres and speaks as much of its protocol
// as it takes to tell statements apart. A statement that fails takes its
// connection with it: that is how a server that is lost looks.
type Wire struct {
	seam     *Seam
	listener net.Listener
	upstream string

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// Wire listens for what goes to the database of an address and gives the address
// to use in its place.
func (s *Seam) Wire(address string) (*Wire, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	w := &Wire{seam: s, listener: l, upstream: u.Host, conns: map[net.Conn]bool{}}
	u.Host = l.Addr().String()
	s.OnDeath(func() { _ = w.Close() }) // what it says changes nothing
	go w.run()
	return w, u.String(), nil
}

// Close ends the listener and all connections.
func (w *Wire) Close() error {
	err := w.listener.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		_ = c.Close() // it may be gone
	}
	return err
}

// Cut ends all connections; new ones are taken.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		_ = c.Close() // it may be gone
	}
}

func (w *Wire) run() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", w.upstream)
		if err != nil {
			_ = client.Close()
			continue
		}
		w.mu.Lock()
		w.conns[client], w.conns[server] = true, true
		w.mu.Unlock()
		t := &talk{wire: w, client: client, server: server, prepared: map[string]string{}, portals: map[string]string{}}
		go t.answers()
		go t.asks()
	}
}

// talk is one connection.
type talk struct {
	wire              *Wire
	client, server    net.Conn
	prepared, portals map[string]string // of asks
	doomed            atomic.Int32      // a How: what comes once the answer is there
}

func (t *talk) end() {
	_, _ = t.client.Close(), t.server.Close() // it may be gone
	t.wire.mu.Lock()
	defer t.wire.mu.Unlock()
	delete(t.wire.conns, t.client)
	delete(t.wire.conns, t.server)
}

// message reads one; the first of a connection has no kind.
func message(r io.Reader, kinded bool) (kind byte, whole, body []byte, err error) {
	head := make([]byte, 5)
	if !kinded {
		head = head[1:]
	}
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, nil, nil, err
	}
	size := head
	if kinded {
		kind, size = head[0], head[1:]
	}
	whole = append(head, make([]byte, binary.BigEndian.Uint32(size)-4)...)
	_, err = io.ReadFull(r, whole[len(head):])
	return kind, whole, whole[len(head):], err
}

func word(b []byte) (string, []byte) {
	w, rest, _ := bytes.Cut(b, []byte{0})
	return string(w), rest
}

// asks passes on what the client says until a statement is to fail.
func (t *talk) asks() {
	defer t.end()
	for kinded := false; ; kinded = true {
		kind, whole, body, err := message(t.client, kinded)
		if err != nil {
			return
		}
		text := ""
		switch kind {
		case 'P':
			name, rest := word(body)
			t.prepared[name], _ = word(rest)
		case 'B':
			portal, rest := word(body)
			name, _ := word(rest)
			t.portals[portal] = t.prepared[name]
		case 'E':
			portal, _ := word(body)
			text = t.portals[portal]
		case 'Q':
			text, _ = word(body)
		}
		if name := Name(text); name != "" && name != "rollback" { // a comment alone is how a pool asks whether a connection still lives
			switch how := t.wire.seam.meet(name); how {
			case Before:
				return
			case After, Killed:
				t.doomed.Store(int32(how))
			}
		}
		if _, err := t.server.Write(whole); err != nil {
			return
		}
	}
}

// answers passes on what the server says; the answer to a statement that fails
// after it took effect is not passed on.
func (t *talk) answers() {
	defer t.end()
	for {
		kind, whole, _, err := message(t.server, true)
		if err != nil {
			return
		}
		how := How(t.doomed.Load())
		switch {
		case how == None:
			if _, err := t.client.Write(whole); err != nil {
				return
			}
		case kind == 'Z' && how == Killed:
			t.wire.seam.Die()
			return
		case kind == 'Z':
			return
		}
	}
}
