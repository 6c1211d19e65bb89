package verify_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// authority signs certificates for a test.
type authority struct {
	site *site
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	path string // of its own certificate
}

// newAuthority makes an authority whose files stand in the site's folder.
func newAuthority(s *site) *authority {
	a := &authority{site: s}
	a.path, _ = a.issue("ca")
	return a
}

// issue writes the certificate and the key of name, for the loopback. The
// first one is the authority's own.
func (a *authority) issue(name string) (cert, key string) {
	a.site.t.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	a.site.must(err)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	a.site.must(err)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	if a.cert == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
		a.cert, a.key = template, own
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &own.PublicKey, a.key)
	a.site.must(err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(own)
	a.site.must(err)
	write := func(file, kind string, data []byte) string {
		path := filepath.Join(a.site.dir, file)
		a.site.must(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600))
		return path
	}
	return write(name+".pem", "CERTIFICATE", der), write(name+"-key.pem", "PRIVATE KEY", keyDER)
}

// TestTLS: clients see who the server is, and with verify it sees who they are.
// The files' paths are relative to the server's working folder.
func TestTLS(t *testing.T) {
	for name, c := range map[string]struct {
		more   string
		verify bool
	}{
		"server":            {"", false},
		"server and client": {"ca_file = \"ca.pem\"\n verify = true", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			ca := newAuthority(s)
			ca.issue("server")
			cert, key := ca.issue("client")
			s.build(deployed(t, "tls {\n cert_file = \"server.pem\"\n key_file = \"server-key.pem\"\n "+c.more+"\n}"))
			s.up(s.deploy("server.conf")[0])

			var unknown x509.UnknownAuthorityError
			if _, err := s.app(nats.Secure()); !errors.As(err, &unknown) {
				t.Errorf("a client that does not know the authority connects with %v", err)
			}
			nc, err := s.app(nats.RootCAs(ca.path))
			if refused := err != nil; refused != c.verify {
				t.Fatalf("a client without a certificate connects with %v", err)
			}
			if c.verify {
				nc, err = s.app(nats.RootCAs(ca.path), nats.ClientCert(cert, key))
				s.must(err)
			}
			if _, err := nc.TLSConnectionState(); err != nil {
				t.Errorf("the connection is not encrypted: %v", err)
			}
			s.conns["A"] = nc
			s.fill()
			s.trips(nc, "s.one", "message")
		})
	}
}
