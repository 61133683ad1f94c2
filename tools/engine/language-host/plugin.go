package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"

	sdk "github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RunPlugin runs a plugin written for Node.js: a policy pack (an analyzer) or a component package.
func (h *host) RunPlugin(req *pulumirpc.RunPluginRequest, server pulumirpc.LanguageRuntime_RunPluginServer) error {
	streams, stdout, stderr, err := rpcutil.MakeRunPluginStreams(server, false)
	if err != nil {
		return err
	}
	defer streams.Close()

	cmd, err := pluginCommand(server.Context(), req)
	if err != nil {
		return err
	}
	cmd.Stderr = stderr
	if isAnalyzer(req) {
		err = runAnalyzer(server.Context(), cmd, func() (*sdk.PolicyProxy, error) {
			proxy, output, err := sdk.NewPolicyProxy(server.Context(), stdout)
			cmd.Stdout = output
			return proxy, err
		})
	} else {
		cmd.Stdout = stdout
		err = cmd.Run()
	}
	if err := pluginError(req, err); err != nil {
		return err
	}
	return streams.Close()
}

func isAnalyzer(req *pulumirpc.RunPluginRequest) bool {
	return req.GetKind() == string(apitype.AnalyzerPlugin)
}

func pluginError(req *pulumirpc.RunPluginRequest, err error) error {
	var exited *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exited):
		return fmt.Errorf("%s in %s ended with exit code %d",
			req.GetName(), req.GetInfo().GetProgramDirectory(), exited.ExitCode())
	default:
		return fmt.Errorf("%s in %s: %w", req.GetName(), req.GetInfo().GetProgramDirectory(), err)
	}
}

func pluginCommand(ctx context.Context, req *pulumirpc.RunPluginRequest) (*exec.Cmd, error) {
	options, err := parseOptions(req.GetInfo().GetOptions())
	if err != nil {
		return nil, err
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("Node.js: %w", err)
	}
	folder := req.GetInfo().GetProgramDirectory()
	module := "@pulumi/pulumi/cmd/run-plugin"
	if isAnalyzer(req) {
		module = "@pulumi/pulumi/cmd/run-policy-pack"
	}
	run, err := locateModule(module, folder)
	if err != nil {
		return nil, err
	}
	args := append(append([]string{}, options.nodeArgs...), run)
	cmd := exec.CommandContext(ctx, node)
	if isAnalyzer(req) {
		// A pack takes its folder last, and reads its package.json from the working directory.
		args = append(append(args, req.GetArgs()...), folder)
		cmd.Dir = folder
	} else {
		args = append(append(args, folder), req.GetArgs()...)
		cmd.Dir = req.GetPwd()
	}
	cmd.Args = append(cmd.Args, args...)
	cmd.Env = append(append([]string{}, req.GetEnv()...), options.environment()...)
	return cmd, nil
}

// runAnalyzer starts a policy pack behind a proxy. The pack reads the stack's configuration from its environment, the
// engine sends it over gRPC once the plugin runs: so the proxy answers first, and the pack is started with what it heard.
func runAnalyzer(ctx context.Context, cmd *exec.Cmd, start func() (*sdk.PolicyProxy, error)) error {
	proxy, err := start()
	if err != nil {
		return fmt.Errorf("policy proxy: %w", err)
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return fmt.Errorf("stack configuration: %w", err)
	}
	if stack != nil {
		environment, err := analyzerEnvironment(stack)
		if err != nil {
			return err
		}
		cmd.Env = append(cmd.Env, environment...)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	return proxy.Attach(ctx, cmd)
}

func analyzerEnvironment(stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	environment := []string{"PULUMI_NODEJS_DRY_RUN=" + strconv.FormatBool(stack.GetDryRun())}
	for name, value := range map[string]string{
		"PULUMI_NODEJS_ORGANIZATION": stack.GetOrganization(),
		"PULUMI_NODEJS_PROJECT":      stack.GetProject(),
		"PULUMI_NODEJS_STACK":        stack.GetStack(),
	} {
		if value != "" {
			environment = append(environment, name+"="+value)
		}
	}
	if stack.GetConfig() != nil {
		settings, err := json.Marshal(stack.GetConfig())
		if err != nil {
			return nil, fmt.Errorf("stack configuration: %w", err)
		}
		environment = append(environment, "PULUMI_CONFIG="+string(settings))
	}
	return environment, nil
}
