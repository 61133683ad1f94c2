package conformance

import (
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// plainConnection reaches a port where no sshd is.
func plainConnection(t *testing.T, port int, changes Props) Props {
	t.Helper()
	return with(Props{
		"host": "127.0.0.1", "port": float64(port), "user": "nobody", "privateKey": newKey(t).text(t, ""),
	}, changes)
}

// listen hands each connection on to serve.
func listen(t *testing.T, serve func(net.Conn)) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(connection)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestALimitOfThreeMeansFourDialsWithGrowingPauses(t *testing.T) {
	var dials atomic.Int32
	port := listen(t, func(connection net.Conn) {
		dials.Add(1)
		connection.Close()
	})
	p := startPlugin(t)
	start := time.Now()
	err := reach(t, p, plainConnection(t, port, Props{"dialErrorLimit": 3}))
	expectError(t, err, "after 3 failed attempts: ssh: handshake failed")
	expect(t, "dials", dials.Load(), 4)
	if took := time.Since(start); took < 475*time.Millisecond {
		t.Fatalf("pauses of 0.1, 0.15 and 0.225 s were expected, all took %v", took)
	}
}

func TestDialsThatFailAreShown(t *testing.T) {
	p := startPlugin(t)
	err := reach(t, p, plainConnection(t, freePort(t), Props{"dialErrorLimit": 1}))
	expectError(t, err, "after 1 failed attempts: ", "connection refused")
	if !strings.Contains(p.log(), "Dial 1/1 failed: retrying") {
		t.Fatalf("the failed dial was not shown: %s", p.log())
	}
}

func TestUnlimitedDialsEndWithTheCustomTimeout(t *testing.T) {
	r := newResource(t, startPlugin(t), remoteCommand, Props{
		"connection": plainConnection(t, freePort(t), Props{"dialErrorLimit": -1}), "create": "true",
	})
	r.timeout = 2 * time.Second
	start := time.Now()
	expectError(t, r.create(t), "context deadline exceeded")
	if took := time.Since(start); took < 2*time.Second || took > 5*time.Second {
		t.Fatalf("2 s were expected, it took %v", took)
	}
}

func TestUnlimitedDialsReachAServerThatComesUpLater(t *testing.T) {
	key := newKey(t)
	server := newServer(t, key)
	p := startPlugin(t)
	r := newResource(t, p, remoteCommand, Props{
		"connection": with(server.connection(t, key), Props{"dialErrorLimit": -1}), "create": "echo up",
	})
	done := make(chan error, 1)
	go func() { done <- r.create(t) }()
	waitFor(t, "a dial has failed", func() bool { return strings.Contains(p.log(), "Dial 1/inf failed: retrying") })
	server.start()
	must(t, <-done)
	expect(t, "stdout", r.out(t, "stdout"), "up")
}

func TestTheTimeOfADialBoundsTheConnect(t *testing.T) {
	p := startPlugin(t)
	start := time.Now()
	err := reach(t, p, plainConnection(t, deafPort(t), Props{"dialErrorLimit": 0, "perDialTimeout": 1}))
	expectError(t, err, "i/o timeout")
	if took := time.Since(start); took > 5*time.Second {
		t.Fatalf("1 s was expected, it took %v", took)
	}
}

// deafPort is a port whose queue of connections is full: the kernel drops what comes, as a machine that is gone does.
func deafPort(t *testing.T) int {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	must(t, err)
	t.Cleanup(func() { syscall.Close(socket) })
	must(t, syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	must(t, syscall.Listen(socket, 0))
	name, err := syscall.Getsockname(socket)
	must(t, err)
	address := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*syscall.SockaddrInet4).Port}
	for {
		connection, err := net.DialTimeout("tcp", address.String(), 200*time.Millisecond)
		if err != nil {
			return address.Port
		}
		t.Cleanup(func() { connection.Close() })
	}
}

func TestNeitherTimeBoundsAHandshakeWithASilentServer(t *testing.T) {
	const silence = 4 * time.Second
	port := listen(t, func(connection net.Conn) {
		time.AfterFunc(silence, func() { connection.Close() })
	})
	r := newResource(t, startPlugin(t), remoteCommand, Props{
		"connection": plainConnection(t, port, Props{"dialErrorLimit": -1, "perDialTimeout": 1}), "create": "true",
	})
	r.timeout = time.Second
	start := time.Now()
	expectError(t, r.create(t), "context deadline exceeded")
	if took := time.Since(start); took < silence {
		t.Fatalf("1.2.1 waits until the server hangs up after %v, here it took %v", silence, took)
	}
}
