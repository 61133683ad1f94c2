// Package remote runs commands and copies files over SSH.
package remote

import "github.com/pulumi/pulumi-go-provider/infer"

// Numbers of 1.2.1's schema.
const (
	defaultUser           = "root"
	defaultPort           = 22
	defaultDialErrorLimit = 10
	unlimitedDials        = -1
	defaultPerDialTimeout = 15 // seconds
)

// Connection says how the machine is reached.
type Connection struct {
	Endpoint
	Proxy *ProxyConnection `pulumi:"proxy,optional"`
}

// ProxyConnection says how the bastion before it is reached. A bastion has no bastion of its own.
type ProxyConnection struct{ Endpoint }

// Endpoint is one SSH server and the login there.
type Endpoint struct {
	User               *string  `pulumi:"user,optional"`
	Password           *string  `pulumi:"password,optional"           provider:"secret"`
	Host               *string  `pulumi:"host"`
	Port               *float64 `pulumi:"port,optional"`
	PrivateKey         *string  `pulumi:"privateKey,optional"         provider:"secret"`
	PrivateKeyPassword *string  `pulumi:"privateKeyPassword,optional" provider:"secret"`
	AgentSocketPath    *string  `pulumi:"agentSocketPath,optional"`
	DialErrorLimit     *int     `pulumi:"dialErrorLimit,optional"`
	PerDialTimeout     *int     `pulumi:"perDialTimeout,optional"`
	HostKey            *string  `pulumi:"hostKey,optional"`
}

// Annotate describes the type in the schema.
func (c *Connection) Annotate(a infer.Annotator) {
	a.Describe(&c, "How a machine is reached over SSH.")
	a.Describe(&c.Proxy, "The bastion to go through.")
	annotateEndpoint(a, &c.Endpoint)
}

// Annotate describes the type in the schema.
func (c *ProxyConnection) Annotate(a infer.Annotator) {
	a.Describe(&c, "How a bastion is reached over SSH.")
	annotateEndpoint(a, &c.Endpoint)
}

// annotateEndpoint is called for each type that embeds an endpoint: defaults of an embedded type are not taken over.
func annotateEndpoint(a infer.Annotator, e *Endpoint) {
	a.Describe(&e.User, "The login.")
	a.SetDefault(&e.User, defaultUser)
	a.Describe(&e.Password, "The login's password.")
	a.Describe(&e.Host, "The machine's address.")
	a.Describe(&e.Port, "The port. 22 by default.")
	a.SetDefault(&e.Port, defaultPort)
	a.Describe(&e.PrivateKey, "The text of the private key.")
	a.Describe(&e.PrivateKeyPassword, "The password of the private key.")
	a.Describe(&e.AgentSocketPath, "The ssh-agent's socket. $SSH_AUTH_SOCK by default.")
	a.Describe(&e.DialErrorLimit, "How many dials may fail before it is given up. -1: any number. 10 by default.")
	a.SetDefault(&e.DialErrorLimit, defaultDialErrorLimit)
	a.Describe(&e.PerDialTimeout, "Seconds for one dial. 0: no limit. 15 by default.")
	a.SetDefault(&e.PerDialTimeout, defaultPerDialTimeout)
	a.Describe(&e.HostKey, "The host key to expect, as in an authorized_keys file. Without it any host key is accepted.")
}
