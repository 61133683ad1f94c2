// pulumi-language-nodejs is the language host for machines that cannot download Pulumi's own: a gRPC server
// (LanguageRuntime) that the engine starts, and that starts Node.js on the program, the policy pack or the component
// package. It does what `up`, `preview`, `destroy`, policy packs and component packages need; generating SDKs and
// converting programs stay with the official host.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	sdk "github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// engineGone is how long the engine may fail its health check before the host ends itself, so that no host outlives a
// killed CLI. Five minutes is the official host's value.
const engineGone = 5 * time.Minute

// hostVersion is the SDK's own version: the engine compares it with the program's @pulumi/pulumi.
func hostVersion() string { return "v" + sdk.Version.String() }

func main() {
	showVersion := flag.Bool("version", false, "print the version and exit")
	runtimeName := flag.String("runtime", "nodejs", "the only runtime of this host: nodejs")
	tracing := flag.String("tracing", "", "address of a tracing collector, handed on to the program")
	flag.Parse()
	if *showVersion {
		fmt.Println(hostVersion())
		return
	}
	logging.InitLogging(false, 0, false)
	if err := serve(*runtimeName, *tracing, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-nodejs:", err)
		os.Exit(1)
	}
}

// serve answers until the engine is gone or an interrupt arrives. The port on standard output is how the engine finds it.
func serve(runtimeName, tracing, engineAddress string) error {
	if runtimeName != "nodejs" {
		return fmt.Errorf("runtime %q: this host runs nodejs only; install Pulumi's own release for others", runtimeName)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if engineAddress != "" {
		if err := rpcutil.Healthcheck(ctx, engineAddress, engineGone, stop); err != nil {
			return fmt.Errorf("engine at %s: %w", engineAddress, err)
		}
	}
	cancel := make(chan bool)
	context.AfterFunc(ctx, func() { close(cancel) })
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, newHost(stop, strings.TrimSpace(engineAddress), tracing))
			return nil
		},
		Options: rpcutil.TracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return fmt.Errorf("listen on loopback: %w", err)
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}
