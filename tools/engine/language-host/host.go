package main

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host answers the engine. What it does not implement answers "unimplemented" through the embedded server.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	engineAddress string
	tracing       string
	stop          context.CancelFunc // ends the whole server

	cancelled context.Context // done once the engine has sent Cancel: the running program is interrupted
	cancel    context.CancelFunc
}

func newHost(stop context.CancelFunc, engineAddress, tracing string) *host {
	cancelled, cancel := context.WithCancel(context.Background())
	return &host{engineAddress: engineAddress, tracing: tracing, stop: stop, cancelled: cancelled, cancel: cancel}
}

// Handshake learns the engine's address where the engine attached to a host that was already running.
func (h *host) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engineAddress = req.GetEngineAddress()
	if err := rpcutil.Healthcheck(context.Background(), h.engineAddress, engineGone, h.stop); err != nil {
		return nil, fmt.Errorf("engine at %s: %w", h.engineAddress, err)
	}
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: hostVersion()}, nil
}

// Cancel is the engine's wish to stop: first Ctrl-C, or a failed update that waits for the program.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}
