// Package conformance is the test suite of the command provider 1.2.1, at its gRPC boundary and against a real sshd. It
// tests the stand-in of this module; with COMMAND_PROVIDER_BINARY=/path/of/pulumi-resource-command it tests that program,
// for example the official one: both must pass.
package conformance

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
)

// binary is the provider under test; TestMain sets it once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(testAll(m))
}

func testAll(m *testing.M) int {
	os.Unsetenv("SSH_AUTH_SOCK") // an agent of whoever runs the tests must not let anybody in
	if binary = os.Getenv("COMMAND_PROVIDER_BINARY"); binary != "" {
		return m.Run()
	}
	folder, err := os.MkdirTemp("", "command-provider")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	binary = filepath.Join(folder, "pulumi-resource-command")
	if output, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "..").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the provider does not build: %v\n%s", err, output)
		return 1
	}
	return m.Run()
}

// plugin is a running provider process, and the engine that it logs to.
type plugin struct {
	pulumirpc.UnimplementedEngineServer
	pulumirpc.ResourceProviderClient

	process *exec.Cmd
	mutex   sync.Mutex
	logged  []string
}

// startPlugin starts the provider as the engine does: it gets the engine's address and prints its own port.
// Each test has processes and folders of its own, so tests that have a provider run side by side.
func startPlugin(t *testing.T, environment ...string) *plugin {
	t.Helper()
	t.Parallel()
	p := &plugin{}
	stopEngine := make(chan bool)
	engine, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stopEngine,
		Init:   func(server *grpc.Server) error { pulumirpc.RegisterEngineServer(server, p); return nil },
	})
	must(t, err)
	t.Cleanup(func() { close(stopEngine) })

	p.process = exec.Command(binary, fmt.Sprintf("127.0.0.1:%d", engine.Port))
	p.process.Env = append(os.Environ(), environment...)
	p.process.Dir = t.TempDir()
	p.process.Stderr = os.Stderr
	stdout, err := p.process.StdoutPipe()
	must(t, err)
	must(t, p.process.Start())
	t.Cleanup(p.stop)
	port, err := bufio.NewReader(stdout).ReadString('\n')
	must(t, err)

	connection, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port),
		grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	must(t, err)
	t.Cleanup(func() { connection.Close() })
	p.ResourceProviderClient = pulumirpc.NewResourceProviderClient(connection)
	_, err = p.Configure(t.Context(), &pulumirpc.ConfigureRequest{AcceptSecrets: true, AcceptResources: true})
	must(t, err)
	return p
}

func (p *plugin) stop() {
	_ = p.process.Process.Kill()
	_ = p.process.Wait()
}

// Log is the engine's side of the provider's messages.
func (p *plugin) Log(_ context.Context, request *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.logged = append(p.logged, fmt.Sprintf("%v: %s", request.GetSeverity(), request.GetMessage()))
	return &emptypb.Empty{}, nil
}

// log gives all messages so far, one a line.
func (p *plugin) log() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return strings.Join(p.logged, "\n")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
