package conformance

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// schema is the part of a package schema by which programs are checked.
type schema struct {
	Name      string                `json:"name"`
	Types     map[string]objectSpec `json:"types"`
	Resources map[string]struct {
		objectSpec
		InputProperties map[string]any `json:"inputProperties"`
		RequiredInputs  []string       `json:"requiredInputs"`
	} `json:"resources"`
	Functions map[string]any `json:"functions"`
}

type objectSpec struct {
	Properties map[string]struct {
		Default any `json:"default"`
	} `json:"properties"`
	Required []string `json:"required"`
}

func names[V any](of map[string]V) string { return strings.Join(slices.Sorted(maps.Keys(of)), " ") }

func TestTheSchemaHasTheTokensAndFieldsOfTheRelease(t *testing.T) {
	response, err := startPlugin(t).GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
	must(t, err)
	var got schema
	must(t, json.Unmarshal([]byte(response.GetSchema()), &got))

	expect(t, "name", got.Name, "command")
	expect(t, "functions", names(got.Functions), "command:local:run")
	expect(t, "resources", names(got.Resources),
		"command:local:Command command:remote:Command command:remote:CopyFile command:remote:CopyToRemote")
	expect(t, "types", names(got.Types), "command:local:Logging command:remote:Connection command:remote:Logging "+
		"command:remote:ProxyConnection")
	endpoint := "agentSocketPath dialErrorLimit host hostKey password perDialTimeout port privateKey privateKeyPassword"
	expect(t, "connection", names(got.Types["command:remote:Connection"].Properties), endpoint+" proxy user")
	expect(t, "bastion", names(got.Types["command:remote:ProxyConnection"].Properties), endpoint+" user")

	command := got.Resources[remoteCommand]
	expect(t, "inputs of remote.Command", names(command.InputProperties),
		"addPreviousOutputInEnv connection create delete environment logging stdin triggers update")
	expect(t, "required inputs", strings.Join(command.RequiredInputs, " "), "connection")
	expect(t, "required outputs", strings.Join(command.Required, " "), "connection stdout stderr")
	expect(t, "inputs of local.Command", names(got.Resources[localCommand].InputProperties),
		"addPreviousOutputInEnv archivePaths assetPaths create delete dir environment interpreter logging stdin triggers update")
	expect(t, "inputs of CopyToRemote", names(got.Resources[copyToRemote].InputProperties),
		"connection remotePath source triggers")
}

func TestThePluginSaysTheVersionOfTheRelease(t *testing.T) {
	info, err := startPlugin(t).GetPluginInfo(t.Context(), &emptypb.Empty{})
	must(t, err)
	expect(t, "version", strings.TrimPrefix(info.GetVersion(), "v"), "1.2.1")
}
