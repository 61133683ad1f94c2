// pulumi-resource-command is a stand-in of Pulumi's command provider 1.2.1 for machines that cannot download it: the same
// schema and the same behaviour, flaws included, because a stand-in that is better than the original would hide what users
// get. conformance/ holds the test suite that both have to pass.
package main

import (
	"context"
	"fmt"
	"os"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"dpdk-fleet/engine/command-provider/local"
	"dpdk-fleet/engine/command-provider/remote"
)

const (
	name    = "command"
	version = "1.2.1" // the release whose behaviour this is; @pulumi/command asks for it by this number
)

func main() {
	built, err := newProvider()
	if err == nil {
		err = provider.RunProvider(context.Background(), name, version, built)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-command:", err)
		os.Exit(1)
	}
}

// newProvider lists what the provider offers; the tokens come from the package and type names (command:remote:Command).
func newProvider() (provider.Provider, error) {
	return infer.NewProviderBuilder().
		WithDisplayName("Command").
		WithDescription("Runs commands on this machine and, over SSH, on others, as resources.").
		WithResources(
			infer.Resource(&local.Command{}),
			infer.Resource(&remote.Command{}),
			infer.Resource(&remote.CopyToRemote{}),
			infer.Resource(&remote.CopyFile{}),
		).
		WithFunctions(infer.Function(&local.Run{})).
		Build()
}
