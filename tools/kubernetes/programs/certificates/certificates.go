package certificates

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// wanted is what `kubernetes certificates` reads: a folder that is filled with an authority of its own (ca), a server's certificate, clients'
// and the key that signs the tokens of service accounts (service-account).
type wanted struct {
	Folder string
	// Names and addresses of the server.
	Hosts   []string
	Clients map[string]struct {
		User   string
		Groups []string
	}
}

// Longer than any test or lab lives; nothing renews them.
const lifetime = 365 * 24 * time.Hour

// Make reads what is wanted from in and fills the folder.
func Make(in io.Reader) error {
	var want wanted
	if err := json.NewDecoder(in).Decode(&want); err != nil {
		return fmt.Errorf("certificates: standard input is not what is wanted: %w", err)
	}
	if err := os.MkdirAll(want.Folder, 0o700); err != nil {
		return err
	}
	authority, err := newAuthority(want.Folder)
	if err != nil {
		return err
	}
	if err := authority.issue("server", serverOf(want.Hosts)); err != nil {
		return err
	}
	for name, client := range want.Clients {
		subject := pkix.Name{CommonName: client.User, Organization: client.Groups}
		template := &x509.Certificate{Subject: subject, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
		if err := authority.issue(name, template); err != nil {
			return err
		}
	}
	_, err = newKey(want.Folder, "service-account")
	return err
}

func serverOf(hosts []string) *x509.Certificate {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "kube-apiserver"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		if address := net.ParseIP(host); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return template
}

type authority struct {
	folder      string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(folder string) (*authority, error) {
	key, err := newKey(folder, "ca")
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "dpdk-fleet"},
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	self := &authority{folder: folder, certificate: template, key: key}
	if err := self.sign("ca", template, &key.PublicKey); err != nil {
		return nil, err
	}
	return self, nil
}

func (a *authority) issue(name string, template *x509.Certificate) error {
	key, err := newKey(a.folder, name)
	if err != nil {
		return err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	return a.sign(name, template, &key.PublicKey)
}

func (a *authority) sign(name string, template *x509.Certificate, key *ecdsa.PublicKey) error {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	template.SerialNumber = serial
	template.NotBefore = time.Now().Add(-time.Hour) // a guest's clock may be behind
	template.NotAfter = time.Now().Add(lifetime)
	signed, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key, a.key)
	if err != nil {
		return fmt.Errorf("certificate %s: %w", name, err)
	}
	return write(a.folder, name+".crt", "CERTIFICATE", signed)
}

func newKey(folder, name string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	bytes, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, write(folder, name+".key", "EC PRIVATE KEY", bytes)
}

func write(folder, name, kind string, bytes []byte) error {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes})
	return os.WriteFile(filepath.Join(folder, name), text, 0o600)
}
