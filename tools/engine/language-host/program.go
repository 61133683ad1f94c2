package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const (
	// saidItAll is the exit code by which @pulumi/pulumi says that it has already explained its failure to the user.
	saidItAll = 32
	// interruptGrace is what an interrupted program has for ending by itself before it is killed.
	interruptGrace = 5 * time.Second
)

// Run executes the user's program with Node.js and waits for its end.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	stopped, stop := context.WithCancel(h.cancelled)
	defer stop()
	defer context.AfterFunc(ctx, stop)()
	cmd, err := h.programCommand(stopped, req)
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	return runResponse(cmd.Run()), nil
}

func runResponse(err error) *pulumirpc.RunResponse {
	if err == nil {
		return &pulumirpc.RunResponse{}
	}
	var exited *exec.ExitError
	if !errors.As(err, &exited) {
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("could not run the program: %v", err)}
	}
	if exited.ExitCode() == saidItAll {
		return &pulumirpc.RunResponse{Bail: true}
	}
	if exited.ExitCode() < 0 {
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program was ended by a signal: %v", exited)}
	}
	return &pulumirpc.RunResponse{Error: fmt.Sprintf("Program exited with non-zero exit code: %d", exited.ExitCode())}
}

// programCommand is interrupted, and killed after a grace, once the context is done.
func (h *host) programCommand(ctx context.Context, req *pulumirpc.RunRequest) (*exec.Cmd, error) {
	options, err := parseOptions(req.GetInfo().GetOptions())
	if err != nil {
		return nil, err
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("Node.js: %w", err)
	}
	run, err := locateModule("@pulumi/pulumi/cmd/run", req.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	settings, secretKeys, err := programConfig(req)
	if err != nil {
		return nil, err
	}
	if req.GetAttachDebugger() {
		return nil, errors.New("--attach-debugger: not in this language host; put `nodeargs: --inspect-brk` under runtime.options")
	}
	args := append(append([]string{}, options.nodeArgs...), h.programArguments(req, run)...)
	cmd := exec.CommandContext(ctx, node, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = interruptGrace
	// Wrapped, so that node gets a pipe: node may set its standard output to non-blocking, which would then break the
	// engine's end of the same terminal.
	cmd.Stdout, cmd.Stderr = struct{ io.Writer }{os.Stdout}, struct{ io.Writer }{os.Stderr}
	cmd.Env = append(os.Environ(), "PULUMI_CONFIG="+settings, "PULUMI_CONFIG_SECRET_KEYS="+secretKeys)
	cmd.Env = append(cmd.Env, options.environment()...)
	return cmd, nil
}

// programArguments is the command line of @pulumi/pulumi/cmd/run.
func (h *host) programArguments(req *pulumirpc.RunRequest, run string) []string {
	args := []string{run}
	flag := func(name, value string) {
		if value != "" {
			args = append(args, "--"+name, value)
		}
	}
	flag("monitor", req.GetMonitorAddress())
	flag("engine", h.engineAddress)
	flag("organization", req.GetOrganization())
	flag("project", req.GetProject())
	flag("root-directory", req.GetInfo().GetRootDirectory())
	flag("stack", req.GetStack())
	flag("pwd", req.GetInfo().GetProgramDirectory())
	if req.GetDryRun() {
		args = append(args, "--dry-run")
	}
	flag("parallel", strconv.Itoa(int(req.GetParallel())))
	flag("tracing", h.tracing)
	args = append(args, req.GetInfo().GetEntryPoint())
	return append(args, req.GetArgs()...)
}

// programConfig gives the stack's configuration and the names of its secrets as JSON. The keys carry the old
// `package:config:name` form, which every @pulumi/pulumi reads.
func programConfig(req *pulumirpc.RunRequest) (settings, secretKeys string, err error) {
	values := make(map[string]string, len(req.GetConfig()))
	for name, value := range req.GetConfig() {
		key, err := config.ParseKey(name)
		if err != nil {
			return "", "", fmt.Errorf("configuration key %q: %w", name, err)
		}
		values[key.Namespace()+":config:"+key.Name()] = value
	}
	secrets := req.GetConfigSecretKeys()
	if secrets == nil {
		secrets = []string{}
	}
	valuesJSON, err := json.Marshal(values)
	if err != nil {
		return "", "", err
	}
	secretsJSON, err := json.Marshal(secrets)
	return string(valuesJSON), string(secretsJSON), err
}
