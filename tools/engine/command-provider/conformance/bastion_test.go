package conformance

import (
	"fmt"
	"strings"
	"testing"
)

// chain is a server that is reached through a bastion, each with its own host key and its own login key.
type chain struct {
	target, bastion       *sshd
	targetKey, bastionKey keyPair
}

func startChain(t *testing.T) chain {
	t.Helper()
	c := chain{targetKey: newKey(t), bastionKey: newKey(t)}
	c.target = startServer(t, c.targetKey)
	c.bastion = startServer(t, c.bastionKey, fmt.Sprintf("PermitOpen 127.0.0.1:%d", c.target.port))
	return c
}

func (c chain) connection(t *testing.T) Props {
	t.Helper()
	return with(c.target.connection(t, c.targetKey), Props{"proxy": c.bastion.connection(t, c.bastionKey)})
}

func TestABastionWithItsOwnHostKeyAndKeyIsGoneThrough(t *testing.T) {
	c := startChain(t)
	must(t, reach(t, startPlugin(t), c.connection(t)))
	expect(t, "logins at the bastion", c.bastion.logins(t), 1)
	expect(t, "logins at the target", c.target.logins(t), 1)
}

func TestAWrongHostKeyOfTheBastionIsRefused(t *testing.T) {
	c := startChain(t)
	connection := c.connection(t)
	connection["proxy"] = with(connection["proxy"].(Props), Props{"hostKey": newKey(t).public})
	expectError(t, reach(t, startPlugin(t), connection), "proxy: after 0 failed attempts: ", "host key mismatch")
	expect(t, "logins at the bastion", c.bastion.logins(t), 0)
}

func TestAWrongHostKeyBehindTheBastionIsRefusedInTheBastionsName(t *testing.T) {
	c := startChain(t)
	connection := with(c.connection(t), Props{"hostKey": newKey(t).public})
	expectError(t, reach(t, startPlugin(t), connection), "proxy: after 0 failed attempts: ", "host key mismatch")
	expect(t, "logins at the target", c.target.logins(t), 0)
}

func TestASecondTryBehindTheBastionHidesTheFirstError(t *testing.T) {
	c := startChain(t)
	connection := with(c.connection(t), Props{"hostKey": newKey(t).public, "dialErrorLimit": 1})
	err := reach(t, startPlugin(t), connection)
	expectError(t, err, "proxy: after 1 failed attempts: ssh: handshake failed")
	if strings.Contains(err.Error(), "host key mismatch") {
		t.Fatalf("the second try over the closed tunnel is expected to say something else: %v", err)
	}
}

func TestAPortThatTheBastionDoesNotOpenIsRefused(t *testing.T) {
	c := startChain(t)
	connection := with(c.connection(t), Props{"port": float64(freePort(t))})
	expectError(t, reach(t, startPlugin(t), connection), "proxy: after 0 failed attempts: ", "rejected")
}
