// pulumi-resource-kubernetes: Pulumi's own provider, whose module has everything but a program. Its schema and its mapping, which that
// program would hold, lie beside it (tools/engine/kubernetes-plugin.ts copies them out of the module).
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// version is set by the linker to the release of @pulumi/kubernetes.
var version string

func main() {
	schema, err := beside("schema.json")
	if err == nil {
		var mapping []byte
		if mapping, err = beside("terraform-mapping.json"); err == nil {
			provider.Serve("kubernetes", version, schema, mapping)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "pulumi-resource-kubernetes:", err)
	os.Exit(1)
}

func beside(name string) ([]byte, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(filepath.Dir(program), name))
}
