package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// GetRequiredPackages names the provider plugins that the installed npm packages ask for in their package.json.
func (h *host) GetRequiredPackages(
	_ context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	info := req.GetInfo()
	root := info.GetRootDirectory()
	if root == "" {
		root = info.GetProgramDirectory()
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	seen := map[string]bool{}
	for _, folder := range nodeModulesFolders(info.GetProgramDirectory(), root) {
		for _, manifest := range packageManifests(folder, map[string]bool{}) {
			dependency, err := readDependency(manifest)
			if err != nil {
				// A broken package.json that nobody loads must not stop an update.
				logging.V(3).Infof("%s: %v", manifest, err)
				continue
			}
			if dependency == nil {
				continue
			}
			key := dependency.Name + "@" + dependency.Version + "@" + dependency.GetParameterization().GetName()
			if !seen[key] {
				seen[key] = true
				response.Packages = append(response.Packages, dependency)
			}
		}
	}
	return response, nil
}

// packageManifests lists the package.json of each package of a node_modules folder, scoped and nested ones too. A policy
// pack (a workspace's link) is left out: its plugins are its own.
func packageManifests(nodeModules string, visited map[string]bool) []string {
	real, err := filepath.EvalSymlinks(nodeModules)
	if err != nil || visited[real] {
		return nil
	}
	visited[real] = true
	entries, err := os.ReadDir(real)
	if err != nil {
		return nil
	}
	var manifests []string
	for _, entry := range entries {
		folder := filepath.Join(real, entry.Name())
		switch {
		case strings.HasPrefix(entry.Name(), "."):
		case strings.HasPrefix(entry.Name(), "@"):
			manifests = append(manifests, packageManifests(folder, visited)...)
		case !exists(filepath.Join(folder, "PulumiPolicy.yaml")):
			if manifest := filepath.Join(folder, "package.json"); exists(manifest) {
				manifests = append(manifests, manifest)
			}
			manifests = append(manifests, packageManifests(filepath.Join(folder, "node_modules"), visited)...)
		}
	}
	return manifests
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// packageJSON is the part of a package.json that says which plugin it needs.
type packageJSON struct {
	Name    string                  `json:"name"`
	Version string                  `json:"version"`
	Pulumi  plugin.PulumiPluginJSON `json:"pulumi"`
}

// readDependency gives nil for a package that needs no plugin.
func readDependency(manifest string) (*pulumirpc.PackageDependency, error) {
	content, err := os.ReadFile(manifest)
	if err != nil {
		return nil, err
	}
	var parsed packageJSON
	if err := json.Unmarshal(content, &parsed); err != nil {
		// Many packages have no "pulumi" object, or one of another tool with another shape.
		return nil, err
	}
	if !parsed.Pulumi.Resource {
		return nil, nil
	}
	name := parsed.Pulumi.Name
	if name == "" {
		short, ours := strings.CutPrefix(parsed.Name, "@pulumi/")
		if !ours {
			return nil, errors.New(`a package outside of @pulumi must name its plugin in "pulumi": {"name": …}`)
		}
		name = short
	}
	version := parsed.Pulumi.Version
	if version == "" {
		version = parsed.Version
	}
	dependency := &pulumirpc.PackageDependency{
		Name: name, Kind: "resource", Version: "v" + strings.TrimPrefix(version, "v"), Server: parsed.Pulumi.Server,
	}
	if p := parsed.Pulumi.Parameterization; p != nil {
		dependency.Parameterization = &pulumirpc.PackageParameterization{Name: p.Name, Version: p.Version, Value: p.Value}
	}
	return dependency, nil
}
