package remote

import (
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// clientConfig turns an endpoint into SSH settings. The order of the ways to authenticate is: key, password, agent.
func (e *Endpoint) clientConfig() (*ssh.ClientConfig, error) {
	config := &ssh.ClientConfig{
		User: *e.User,
		// Bounds the TCP connect only. A server that accepts and then says nothing holds the dial for as long as it likes.
		Timeout: time.Duration(*e.PerDialTimeout) * time.Second,
	}
	if err := e.verifyHost(config); err != nil {
		return nil, err
	}
	if e.PrivateKey != nil {
		signer, err := e.signer()
		if err != nil {
			return nil, err
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	if e.Password != nil {
		config.Auth = append(config.Auth, ssh.Password(*e.Password), ssh.KeyboardInteractive(e.answerAll))
	}
	if socket := e.agentSocket(); socket != "" {
		connection, err := net.Dial("unix", socket)
		if err != nil {
			return nil, err
		}
		config.Auth = append(config.Auth, ssh.PublicKeysCallback(agent.NewClient(connection).Signers))
	}
	return config, nil
}

// verifyHost checks the host key where one is given, and nothing where none is.
func (e *Endpoint) verifyHost(config *ssh.ClientConfig) error {
	if e.HostKey == nil {
		config.HostKeyCallback = ssh.InsecureIgnoreHostKey()
		return nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*e.HostKey))
	if err != nil {
		return fmt.Errorf("failed to parse host key: %w", err)
	}
	config.HostKeyCallback = ssh.FixedHostKey(key)
	config.HostKeyAlgorithms = []string{key.Type()}
	return nil
}

func (e *Endpoint) signer() (ssh.Signer, error) {
	if e.PrivateKeyPassword != nil {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(*e.PrivateKey), []byte(*e.PrivateKeyPassword))
	}
	return ssh.ParsePrivateKey([]byte(*e.PrivateKey))
}

// answerAll gives the password to whatever a keyboard-interactive login asks.
func (e *Endpoint) answerAll(_, _ string, questions []string, _ []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for i := range answers {
		answers[i] = *e.Password
	}
	return answers, nil
}

func (e *Endpoint) agentSocket() string {
	if e.AgentSocketPath != nil {
		return *e.AgentSocketPath
	}
	return os.Getenv("SSH_AUTH_SOCK")
}
