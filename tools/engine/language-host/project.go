package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/nodejs/npm"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// InstallDependencies is `pulumi install`: the project's package manager, in the workspace's root.
func (h *host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, server pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	streams, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(server, req.GetIsTerminal())
	if err != nil {
		return err
	}
	defer streams.Close()
	options, err := parseOptions(req.GetInfo().GetOptions())
	if err != nil {
		return err
	}
	folder := req.GetInfo().GetProgramDirectory()
	switch root, err := npm.FindWorkspaceRoot(folder); {
	case err == nil:
		folder = root
	case !errors.Is(err, npm.ErrNotInWorkspace):
		return fmt.Errorf("workspace of %s: %w", folder, err)
	}
	fmt.Fprintf(stdout, "Installing npm packages in %s\n", folder)
	if _, err := npm.Install(server.Context(), options.packageManager, folder, options.production, stdout, stderr); err != nil {
		return fmt.Errorf("npm packages of %s: %w", folder, err)
	}
	return streams.Close()
}

// About is the Node.js part of `pulumi about`.
func (h *host) About(ctx context.Context, req *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("Node.js: %w", err)
	}
	version, err := exec.CommandContext(ctx, node, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", node, err)
	}
	return &pulumirpc.AboutResponse{
		Executable: node,
		Version:    strings.TrimSpace(string(version)),
		Metadata:   map[string]string{"languageHost": "built from modules, " + hostVersion()},
	}, nil
}

// GetProgramDependencies lists the npm packages that `pulumi about` prints and that an update records.
func (h *host) GetProgramDependencies(
	ctx context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	options, err := parseOptions(req.GetInfo().GetOptions())
	if err != nil {
		return nil, err
	}
	folder := req.GetInfo().GetProgramDirectory()
	manager, err := npm.ResolvePackageManager(options.packageManager, folder)
	if err != nil {
		return nil, fmt.Errorf("package manager of %s: %w", folder, err)
	}
	packages, err := manager.ListPackages(ctx, folder, req.GetTransitiveDependencies())
	if err != nil {
		return nil, fmt.Errorf("npm packages of %s: %w", folder, err)
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, found := range packages {
		response.Dependencies = append(response.Dependencies,
			&pulumirpc.DependencyInfo{Name: found.Name, Version: found.Version})
	}
	return response, nil
}
