// Package capture collects what a command prints, and shows it line by line while the command runs.
package capture

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	provider "github.com/pulumi/pulumi-go-provider"

	"dpdk-fleet/engine/command-provider/lifecycle"
)

// Capture holds the output of one command.
type Capture struct {
	mutex  sync.Mutex
	stdout bytes.Buffer
	stderr bytes.Buffer
	both   bytes.Buffer // in the order of arrival, for error messages

	shown     *io.PipeWriter
	finished  chan struct{}
	showsOut  bool
	showsErrs bool
}

// New starts a capture that also shows the chosen streams as the resource's status.
func New(ctx context.Context, showStdout, showStderr bool) *Capture {
	reader, writer := io.Pipe()
	c := &Capture{shown: writer, finished: make(chan struct{}), showsOut: showStdout, showsErrs: showStderr}
	go c.show(ctx, reader)
	return c
}

// show ends at the first line of 64 KiB or more, the scanner's limit, and then nobody reads the pipe: the command that
// printed the line blocks for ever. That is 1.2.1's behaviour, and why a command with such lines needs `logging: none`.
func (c *Capture) show(ctx context.Context, reader io.Reader) {
	defer close(c.finished)
	lines := bufio.NewScanner(reader)
	for lines.Scan() {
		provider.GetLogger(ctx).InfoStatus(lines.Text())
	}
}

// Stdout is where the command's standard output goes.
func (c *Capture) Stdout() io.Writer { return c.writer(&c.stdout, c.showsOut) }

// Stderr is where the command's standard error goes.
func (c *Capture) Stderr() io.Writer { return c.writer(&c.stderr, c.showsErrs) }

func (c *Capture) writer(own *bytes.Buffer, shows bool) io.Writer {
	keep := writerFunc(func(chunk []byte) (int, error) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		own.Write(chunk)
		return c.both.Write(chunk)
	})
	if !shows {
		return keep
	}
	return io.MultiWriter(keep, c.shown)
}

type writerFunc func(chunk []byte) (int, error)

func (w writerFunc) Write(chunk []byte) (int, error) { return w(chunk) }

// Finish waits until all that was shown is shown, and gives the outputs, or the command's error with all it printed.
func (c *Capture) Finish(command string, failure error) (lifecycle.Outputs, error) {
	c.shown.Close()
	<-c.finished
	if failure != nil {
		return lifecycle.Outputs{}, fmt.Errorf("%w: running %q:\n%s", failure, command, c.both.String())
	}
	return lifecycle.Outputs{
		Stdout: strings.TrimSuffix(c.stdout.String(), "\n"),
		Stderr: strings.TrimSuffix(c.stderr.String(), "\n"),
	}, nil
}
