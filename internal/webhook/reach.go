package webhook

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Networks that no receiver of the public lies in, beside those that the
// standard library knows: a webhook must not reach what only this server can
// (server-side request forgery).
var closed = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, p := range list {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}

// open reports whether an address lies in the public network.
func open(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range closed {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// public reports whether a host can be public: a name is looked at again when it
// is dialled.
func public(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host != "localhost"
	}
	return open(a)
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

var errPrivate = errors.New("the address lies in a private network")

// http is the client for receivers. Names are judged by what they resolve to at
// that moment, redirects and proxies are not followed.
func (d *Desk) http() *http.Client {
	d.once.Do(func() {
		dialer := &net.Dialer{Timeout: d.patience(), Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("dial: %w", err)
			}
			if !d.Private && !open(at.Addr()) {
				return errPrivate
			}
			return nil
		}}
		d.client = &http.Client{
			Timeout:       d.patience(),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: d.patience(),
				ResponseHeaderTimeout: d.patience(), MaxResponseHeaderBytes: 16 << 10, MaxIdleConnsPerHost: atOnce, IdleConnTimeout: time.Minute, DisableCompression: true},
		}
	})
	return d.client
}

func (d *Desk) patience() time.Duration {
	if d.Patience == 0 {
		return 10 * time.Second
	}
	return d.Patience
}
