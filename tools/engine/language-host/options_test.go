package main

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

func optionsOf(t *testing.T, values map[string]any) (runtimeOptions, error) {
	t.Helper()
	given, err := structpb.NewStruct(values)
	must(t, err)
	return parseOptions(given)
}

func TestTypeScriptIsTheDefault(t *testing.T) {
	options, err := parseOptions(nil)
	must(t, err)
	if got := strings.Join(options.environment(), " "); got != "PULUMI_NODEJS_TYPESCRIPT=true" {
		t.Fatalf("got %s", got)
	}
}

func TestOptionsOfTheProjectAreTaken(t *testing.T) {
	options, err := optionsOf(t, map[string]any{
		"typescript": false, "tsconfig": "t.json", "nodeargs": "--max-old-space-size=4096 '--title=a b'", "packagemanager": "npm",
	})
	must(t, err)
	if got := strings.Join(options.nodeArgs, "|"); got != "--max-old-space-size=4096|--title=a b" {
		t.Fatalf("got %s", got)
	}
	if got := strings.Join(options.environment(), " "); got != "PULUMI_NODEJS_TSCONFIG_PATH=t.json" {
		t.Fatalf("got %s", got)
	}
}

func TestAWrongOptionNamesItselfAndItsValue(t *testing.T) {
	for _, values := range []map[string]any{
		{"typescript": "yes"}, {"nodeargs": 1.0}, {"nodeargs": "'open"}, {"packagemanager": "apt"},
	} {
		_, err := optionsOf(t, values)
		for name := range values {
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Fatalf("%v: got %v", values, err)
			}
		}
	}
}

func TestExitCode32MeansThatTheProgramHasSaidItAll(t *testing.T) {
	for _, trial := range []struct {
		script string
		want   *pulumirpc.RunResponse
	}{
		{"exit 0", &pulumirpc.RunResponse{}},
		{"exit 32", &pulumirpc.RunResponse{Bail: true}},
		{"exit 3", &pulumirpc.RunResponse{Error: "Program exited with non-zero exit code: 3"}},
	} {
		got := runResponse(exec.Command("sh", "-c", trial.script).Run())
		if got.GetError() != trial.want.GetError() || got.GetBail() != trial.want.GetBail() {
			t.Fatalf("%s: got %v", trial.script, got)
		}
	}
	if got := runResponse(errors.New("no such file")); !strings.Contains(got.GetError(), "no such file") {
		t.Fatalf("got %v", got)
	}
}

func TestConfigurationKeysGetTheFormThatEverySDKReads(t *testing.T) {
	settings, secrets, err := programConfig(&pulumirpc.RunRequest{
		Config: map[string]string{"dpdk-fleet:fleetFile": "lab.yaml"}, ConfigSecretKeys: []string{"dpdk-fleet:token"},
	})
	must(t, err)
	if settings != `{"dpdk-fleet:config:fleetFile":"lab.yaml"}` || secrets != `["dpdk-fleet:token"]` {
		t.Fatalf("got %s and %s", settings, secrets)
	}
}
