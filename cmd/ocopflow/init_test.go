package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A new office is set up once, saved to a file and brought back elsewhere with
// the commands alone.
func TestAnOfficeIsSetUpSavedAndBroughtBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := "sqlite:" + filepath.Join(dir, "a", "x.db")
	for _, bad := range [][]string{{"init", "--database", db}, {"init", "--database", db, "--unit", "ha-tinh"}, {"init", "--database", db, "--unit", "ha-tinh:kingdom:Hà Tĩnh"}} {
		if code, _, _ := play(t, bad...); code == exitDone {
			t.Errorf("%v was taken", bad)
		}
	}
	set := []string{"init", "--database", db, "--json", "--unit", "ha-tinh:province:Tỉnh Hà Tĩnh", "--unit", "cam-xuyen:district:Huyện Cẩm Xuyên"}
	code, out, errs := play(t, set...)
	var first firstDay
	if err := json.Unmarshal([]byte(out), &first); code != exitDone || err != nil || first.Account != "quan-tri" || len(first.Password) < 20 || len(first.Units) != 2 {
		t.Fatalf("%d %s %s %v", code, out, errs, err)
	}
	if code, _, _ := play(t, set...); code != exitFailed {
		t.Error("it was set up twice")
	}
	_, a, _ := play(t, "audit", "key", "--database", db) // made when it is first needed
	file := filepath.Join(dir, "luu", "x.backup")
	if code, _, errs := play(t, "backup", "--database", db, "--to", file); code != exitDone {
		t.Fatal(errs)
	}
	if code, _, _ := play(t, "backup", "--database", db, "--to", file); code != exitFailed {
		t.Error("a backup was written over")
	}
	if code, _, _ := play(t, "backup", "--database", db, "--to", file+"2", "--recipient", "nobody"); code != exitFailed {
		t.Error("a backup was made for nobody")
	}
	if code, out, errs := play(t, "restore", "--check", file); code != exitDone {
		t.Errorf("%s %s", out, errs)
	}
	there := "sqlite:" + filepath.Join(dir, "b", "x.db")
	if code, out, errs := play(t, "restore", "--database", there, file); code != exitDone {
		t.Errorf("%s %s", out, errs)
	}
	if code, _, _ := play(t, "restore", "--database", there, file); code != exitFailed {
		t.Error("restored over what is there")
	}
	if _, b, _ := play(t, "audit", "key", "--database", there); a == "" || a != b {
		t.Errorf("the key is another: %q, %q", a, b)
	}
}

// writePair writes a certificate of a serial number with its key.
func writePair(t *testing.T, dir string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(1_700_000_000+serial, 0)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
}

// A renewed certificate is taken up without a restart; half of a pair is not.
func TestARenewedCertificateIsTakenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writePair(t, dir, 1)
	s := serveCmd{TLSCert: filepath.Join(dir, "cert.pem"), TLSKey: filepath.Join(dir, "key.pem")}
	config, err := s.tls(slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		t.Helper()
		pair, err := config.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return c.SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("serial %d", got)
	}
	writePair(t, dir, 2)
	if got := serial(); got != 2 {
		t.Errorf("the renewed certificate was not taken up: %d", got)
	}
	if err := os.WriteFile(s.TLSCert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(); got != 2 {
		t.Errorf("half a pair: %d", got)
	}
	for _, bad := range []serveCmd{{TLSCert: s.TLSCert}, {TLSCert: s.TLSCert, TLSKey: s.TLSKey}, {TLSCert: "a", TLSKey: "b", AcmeHost: []string{"x.vn"}}} {
		if _, err := bad.tls(slog.Default()); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
