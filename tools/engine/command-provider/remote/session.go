package remote

import (
	"context"
	"fmt"
	"strings"

	provider "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"

	"dpdk-fleet/engine/command-provider/capture"
)

// run runs one command in a session of a connection of its own, and keeps what it printed. Three things are 1.2.1's: the
// time limit ends with the dial, a session takes as long as it takes; there is no keepalive; the connection stays open
// until the provider's process ends.
func (c *CommandOutputs) run(ctx context.Context, command string) error {
	client, err := c.Connection.dial(ctx)
	if err != nil {
		return err
	}
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	defer session.Close()
	if err := c.setEnvironment(ctx, session); err != nil {
		return err
	}
	if c.Stdin != nil && *c.Stdin != "" {
		session.Stdin = strings.NewReader(*c.Stdin)
	}
	output := capture.New(ctx, c.Logging.showsStdout(), c.Logging.showsStderr())
	session.Stdout, session.Stderr = output.Stdout(), output.Stderr()
	printed, err := output.Finish(command, session.Run(command))
	if err != nil {
		return err
	}
	c.Outputs = printed
	return nil
}

// setEnvironment fails where the server refuses a variable that the user asked for; the previous output is only offered.
func (c *CommandOutputs) setEnvironment(ctx context.Context, session *ssh.Session) error {
	logger := provider.GetLogger(ctx)
	for name, value := range c.Environment {
		if err := session.Setenv(name, value); err != nil {
			logger.Error(refusal(name))
			return fmt.Errorf("could not set environment variable %q: %w", name, err)
		}
	}
	for name, value := range c.Previous(c.AddPreviousOutputInEnv) {
		if err := session.Setenv(name, value); err != nil {
			logger.Warning(refusal(name))
		}
	}
	return nil
}

func refusal(name string) string {
	return fmt.Sprintf("Unable to set '%s'. The SSH server must accept it (AcceptEnv in sshd_config); with a Bash-like "+
		"login shell the command itself can be written as 'VAR=value command'", name)
}
