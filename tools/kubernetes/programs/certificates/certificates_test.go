package certificates

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAServerIsBelievedByItsNamesAndAClientByItsGroups(t *testing.T) {
	folder := t.TempDir()
	text, _ := json.Marshal(map[string]any{
		"folder": folder, "hosts": []string{"localhost", "10.0.2.2"},
		"clients": map[string]any{"admin": map[string]any{"user": "operator", "groups": []string{"system:masters"}}},
	})
	if err := Make(strings.NewReader(string(text))); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	authority, _ := os.ReadFile(filepath.Join(folder, "ca.crt"))
	if !roots.AppendCertsFromPEM(authority) {
		t.Fatal("no authority")
	}
	server := load(t, folder, "server")
	for _, host := range []string{"localhost", "10.0.2.2"} {
		if _, err := server.Verify(x509.VerifyOptions{Roots: roots, DNSName: host}); err != nil {
			t.Error(err)
		}
	}
	if _, err := server.Verify(x509.VerifyOptions{Roots: roots, DNSName: "10.0.2.3"}); err == nil {
		t.Error("believed by a name that it has not")
	}
	client := load(t, folder, "admin")
	usage := x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if _, err := client.Verify(usage); err != nil || client.Subject.Organization[0] != "system:masters" {
		t.Error(client.Subject, err)
	}
}

func TestAnInputThatIsNoneIsRefused(t *testing.T) {
	if err := Make(strings.NewReader("no json")); err == nil {
		t.Fatal("accepted")
	}
}

func load(t *testing.T, folder, name string) *x509.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, name+".crt"), filepath.Join(folder, name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf
}
