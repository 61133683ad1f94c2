package conformance

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// sshd is OpenSSH's server as an ordinary process on a loopback port of its own.
type sshd struct {
	port    int
	hostKey string // as in an authorized_keys file
	logFile string
	start   func()
}

// keyPair is a login's key.
type keyPair struct {
	private ed25519.PrivateKey
	public  string // as in an authorized_keys file
}

func newKey(t *testing.T) keyPair {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	sshKey, err := ssh.NewPublicKey(public)
	must(t, err)
	return keyPair{private: private, public: string(ssh.MarshalAuthorizedKey(sshKey))}
}

// text is the private key's file, encrypted if there is a password.
func (k keyPair) text(t *testing.T, password string) string {
	t.Helper()
	var block *pem.Block
	var err error
	if password == "" {
		block, err = ssh.MarshalPrivateKey(k.private, "test")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(k.private, "test", []byte(password))
	}
	must(t, err)
	return string(pem.EncodeToMemory(block))
}

// startServer runs an sshd that lets this key in. More lines of sshd_config may follow.
func startServer(t *testing.T, key keyPair, configuration ...string) *sshd {
	t.Helper()
	server := newServer(t, key, configuration...)
	server.start()
	return server
}

// newServer prepares an sshd that does not run yet.
func newServer(t *testing.T, key keyPair, configuration ...string) *sshd {
	t.Helper()
	program := findSshd(t)
	folder := t.TempDir()
	host := newKey(t)
	server := &sshd{port: freePort(t), hostKey: host.public, logFile: filepath.Join(folder, "log")}
	write(t, filepath.Join(folder, "host"), host.text(t, ""))
	write(t, filepath.Join(folder, "authorized"), key.public)
	lines := append([]string{
		fmt.Sprintf("Port %d", server.port),
		"ListenAddress 127.0.0.1",
		"HostKey " + filepath.Join(folder, "host"),
		"AuthorizedKeysFile " + filepath.Join(folder, "authorized"),
		"PidFile none",
		"StrictModes no", // the temporary folder is everybody's
		"UsePAM no",
		"PasswordAuthentication no",
		"PermitRootLogin prohibit-password",
		"LogLevel VERBOSE",
		"Subsystem sftp internal-sftp",
	}, configuration...)
	write(t, filepath.Join(folder, "sshd_config"), strings.Join(lines, "\n")+"\n")
	server.start = func() {
		process := exec.Command(program, "-D", "-f", filepath.Join(folder, "sshd_config"), "-E", server.logFile)
		must(t, process.Start())
		t.Cleanup(func() {
			_ = process.Process.Kill()
			_ = process.Wait()
		})
		waitFor(t, "sshd listens", func() bool {
			connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", server.port))
			if err == nil {
				connection.Close()
			}
			return err == nil
		})
	}
	return server
}

// findSshd also makes the folder that an sshd of root's insists on.
func findSshd(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("sshd")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/sshd")
	}
	if err != nil {
		t.Fatal("there is no sshd; install the package openssh-server")
	}
	if os.Geteuid() == 0 {
		must(t, os.MkdirAll("/run/sshd", 0o755))
	}
	return program
}

// logins counts the logins that passed.
func (s *sshd) logins(t *testing.T) int {
	t.Helper()
	return strings.Count(s.log(t), "Accepted publickey")
}

func (s *sshd) log(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.logFile)
	must(t, err)
	return string(text)
}

// connection is how a program reaches the server with this key, and with its host key.
func (s *sshd) connection(t *testing.T, key keyPair) Props {
	t.Helper()
	return Props{
		"host": "127.0.0.1", "port": float64(s.port), "user": loginName(t),
		"privateKey": key.text(t, ""), "hostKey": s.hostKey,
		"dialErrorLimit": 0, // one dial: nothing here is slow to come up
	}
}

// loginName is whoever runs the tests: the only login that an sshd without root's rights can serve.
func loginName(t *testing.T) string {
	t.Helper()
	current, err := user.Current()
	must(t, err)
	return current.Username
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func write(t *testing.T, file, text string) {
	t.Helper()
	must(t, os.WriteFile(file, []byte(text), 0o600))
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	return string(text)
}

func waitFor(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !reached(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("10 s over and not reached: %s", what)
		}
	}
}
