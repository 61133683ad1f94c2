package main

import (
	"fmt"

	"github.com/google/shlex"
	"github.com/pulumi/pulumi/sdk/v3/nodejs/npm"
	"google.golang.org/protobuf/types/known/structpb"
)

// runtimeOptions are the `runtime.options` of Pulumi.yaml.
type runtimeOptions struct {
	typescript     bool     // default true: ts-node loads the program
	tsconfig       string   // path of another tsconfig.json
	nodeArgs       []string // arguments of node itself
	production     bool     // install without devDependencies
	packageManager npm.PackageManagerType
}

func parseOptions(given *structpb.Struct) (runtimeOptions, error) {
	options := runtimeOptions{typescript: true, packageManager: npm.AutoPackageManager}
	var nodeArgs, manager string
	values := given.AsMap()
	for _, take := range []error{
		takeOption(values, "typescript", "a boolean", &options.typescript),
		takeOption(values, "tsconfig", "a string", &options.tsconfig),
		takeOption(values, "nodeargs", "a string", &nodeArgs),
		takeOption(values, "production", "a boolean", &options.production),
		takeOption(values, "packagemanager", "a string", &manager),
	} {
		if take != nil {
			return options, take
		}
	}
	var err error
	if options.nodeArgs, err = shlex.Split(nodeArgs); err != nil {
		return options, fmt.Errorf("Pulumi.yaml: runtime option nodeargs %q: %w", nodeArgs, err)
	}
	if options.packageManager, err = parsePackageManager(manager); err != nil {
		return options, err
	}
	return options, nil
}

func takeOption[T any](values map[string]any, name, kind string, into *T) error {
	value, given := values[name]
	if !given {
		return nil
	}
	typed, fits := value.(T)
	if !fits {
		return fmt.Errorf("Pulumi.yaml: runtime option %s must be %s, it is %v", name, kind, value)
	}
	*into = typed
	return nil
}

func parsePackageManager(name string) (npm.PackageManagerType, error) {
	switch name {
	case "", "auto":
		return npm.AutoPackageManager, nil
	case "npm":
		return npm.NpmPackageManager, nil
	case "yarn":
		return npm.YarnPackageManager, nil
	case "pnpm":
		return npm.PnpmPackageManager, nil
	case "bun":
		return npm.BunPackageManager, nil
	}
	return "", fmt.Errorf("Pulumi.yaml: runtime option packagemanager must be auto, npm, yarn, pnpm or bun, it is %q", name)
}

// environment is what @pulumi/pulumi reads of these options.
func (o runtimeOptions) environment() []string {
	var env []string
	if o.typescript {
		env = append(env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if o.tsconfig != "" {
		env = append(env, "PULUMI_NODEJS_TSCONFIG_PATH="+o.tsconfig)
	}
	return env
}
