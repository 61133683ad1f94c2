package conformance

import (
	"net"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh/agent"
)

// reach runs a command over this connection.
func reach(t *testing.T, p *plugin, connection Props) error {
	t.Helper()
	return newResource(t, p, remoteCommand, Props{"connection": connection, "create": "true"}).create(t)
}

func TestTheRightHostKeyAndTheRightKeyConnect(t *testing.T) {
	key := newKey(t)
	server := startServer(t, key)
	must(t, reach(t, startPlugin(t), server.connection(t, key)))
}

func TestAWrongHostKeyIsRefusedBeforeTheLogin(t *testing.T) {
	key := newKey(t)
	server := startServer(t, key)
	connection := with(server.connection(t, key), Props{"hostKey": newKey(t).public})
	expectError(t, reach(t, startPlugin(t), connection), "after 0 failed attempts: ", "host key mismatch")
	expect(t, "logins", server.logins(t), 0)
}

func TestWithoutAHostKeyAnyServerIsAccepted(t *testing.T) {
	key := newKey(t)
	server := startServer(t, key)
	must(t, reach(t, startPlugin(t), with(server.connection(t, key), Props{"hostKey": nil})))
}

func TestATextThatIsNoHostKeyIsAnErrorWithoutADial(t *testing.T) {
	key := newKey(t)
	server := startServer(t, key)
	connection := with(server.connection(t, key), Props{"hostKey": "not a key"})
	expectError(t, reach(t, startPlugin(t), connection), "failed to parse host key")
}

func TestAWrongKeyIsRefused(t *testing.T) {
	server := startServer(t, newKey(t))
	err := reach(t, startPlugin(t), server.connection(t, newKey(t)))
	expectError(t, err, "after 0 failed attempts: ", "unable to authenticate")
}

func TestAnEncryptedKeyNeedsItsPassword(t *testing.T) {
	key := newKey(t)
	server := startServer(t, key)
	p := startPlugin(t)
	encrypted := with(server.connection(t, key), Props{"privateKey": key.text(t, "open sesame")})
	expectError(t, reach(t, p, encrypted), "passphrase protected")
	expectError(t, reach(t, p, with(encrypted, Props{"privateKeyPassword": "wrong"})), "decryption password incorrect")
	must(t, reach(t, p, with(encrypted, Props{"privateKeyPassword": "open sesame"})))
}

// serveAgent is an ssh-agent that holds one key.
func serveAgent(t *testing.T, key keyPair) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "agent")
	listener, err := net.Listen("unix", socket)
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	keys := agent.NewKeyring()
	must(t, keys.Add(agent.AddedKey{PrivateKey: &key.private}))
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(keys, connection)
		}
	}()
	return socket
}

func TestAKeyOfTheAgentAtAgentSocketPathConnects(t *testing.T) {
	key := newKey(t)
	server := startServer(t, key)
	connection := with(server.connection(t, key), Props{"privateKey": nil, "agentSocketPath": serveAgent(t, key)})
	must(t, reach(t, startPlugin(t), connection))
}

func TestAKeyOfTheAgentInSSHAuthSockConnects(t *testing.T) {
	key := newKey(t)
	server := startServer(t, key)
	connection := with(server.connection(t, key), Props{"privateKey": nil})
	must(t, reach(t, startPlugin(t, "SSH_AUTH_SOCK="+serveAgent(t, key)), connection))
}

func TestAnAgentThatIsGoneIsAnErrorEvenWithAKey(t *testing.T) {
	key := newKey(t)
	server := startServer(t, key)
	p := startPlugin(t, "SSH_AUTH_SOCK="+filepath.Join(t.TempDir(), "gone"))
	expectError(t, reach(t, p, server.connection(t, key)), "dial unix")
}

func TestTheDefaultsAreRootPort22TenDialsAndFifteenSeconds(t *testing.T) {
	r := newResource(t, startPlugin(t), remoteCommand, Props{
		"connection": Props{"host": "h", "proxy": Props{"host": "b"}},
	})
	connection := r.inputs["connection"]
	for connection.IsSecret() {
		connection = connection.SecretValue().Element
	}
	for _, endpoint := range []map[string]any{
		connection.ObjectValue().Mappable(),
		connection.ObjectValue()["proxy"].ObjectValue().Mappable(),
	} {
		expect(t, "user", endpoint["user"], any("root"))
		expect(t, "port", endpoint["port"], any(22.0))
		expect(t, "dialErrorLimit", endpoint["dialErrorLimit"], any(10.0))
		expect(t, "perDialTimeout", endpoint["perDialTimeout"], any(15.0))
	}
}
