package remote

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/retry"
	"golang.org/x/crypto/ssh"
)

// dial opens the connection, through the bastion where there is one. It tries again on any error, a wrong key and a wrong
// host key included, until the limit of dials or the resource's time limit is reached.
func (c *Connection) dial(ctx context.Context) (*ssh.Client, error) {
	config, err := c.clientConfig()
	if err != nil {
		return nil, err
	}
	if c.Proxy == nil {
		return dialWithRetry(ctx, "Dial", c.dialErrorLimit(), func() (*ssh.Client, error) {
			return ssh.Dial("tcp", c.address(), config)
		})
	}
	client, err := c.dialThroughProxy(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return client, nil
}

func (c *Connection) dialThroughProxy(ctx context.Context, config *ssh.ClientConfig) (*ssh.Client, error) {
	proxyConfig, err := c.Proxy.clientConfig()
	if err != nil {
		return nil, err
	}
	proxy, err := dialWithRetry(ctx, "Dial proxy", c.Proxy.dialErrorLimit(), func() (*ssh.Client, error) {
		return ssh.Dial("tcp", c.Proxy.address(), proxyConfig)
	})
	if err != nil {
		return nil, err
	}
	tunnel, err := dialWithRetry(ctx, "Dial from proxy", c.dialErrorLimit(), func() (net.Conn, error) {
		return proxy.Dial("tcp", c.address())
	})
	if err != nil {
		return nil, err
	}
	// The handshake is tried again over the same tunnel, as in 1.2.1: once it has failed, the tunnel is closed and every
	// further try fails at once, with another error than the first.
	return dialWithRetry(ctx, "Dial", c.dialErrorLimit(), func() (*ssh.Client, error) {
		connection, channels, requests, err := ssh.NewClientConn(tunnel, c.address(), config)
		if err != nil {
			return nil, err
		}
		return ssh.NewClient(connection, channels, requests), nil
	})
}

func (e *Endpoint) address() string { return net.JoinHostPort(*e.Host, strconv.Itoa(int(*e.Port))) }

func (e *Endpoint) dialErrorLimit() int {
	if e.DialErrorLimit == nil {
		return defaultDialErrorLimit
	}
	return *e.DialErrorLimit
}

// dialWithRetry waits 0.1 s, then 1.5 times longer after each failure, 5 s at most (the engine SDK's defaults).
func dialWithRetry[T any](ctx context.Context, what string, limit int, dial func() (T, error)) (T, error) {
	var connected T
	done, _, err := retry.Until(ctx, retry.Acceptor{Accept: func(try int, _ time.Duration) (bool, any, error) {
		var failure error
		if connected, failure = dial(); failure == nil {
			return true, nil, nil
		}
		failed := try + 1
		if limit > unlimitedDials && failed > limit {
			return true, nil, fmt.Errorf("after %d failed attempts: %w", try, failure)
		}
		of := "inf"
		if limit != unlimitedDials {
			of = strconv.Itoa(limit)
		}
		provider.GetLogger(ctx).InfoStatusf("%s %d/%s failed: retrying", what, failed, of)
		return false, nil, nil
	}})
	if err == nil && !done {
		err = ctx.Err() // the time limit; what the dials said is lost, as in 1.2.1
	}
	return connected, err
}
