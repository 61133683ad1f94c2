package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// project makes files below a temporary folder and gives the folder, without links in its path.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	for name, text := range files {
		file := filepath.Join(root, name)
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(text), 0o600))
	}
	return root
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAModuleAtTheProjectsRootIsFoundFromTheProgramsFolder(t *testing.T) {
	root := project(t, map[string]string{"node_modules/@pulumi/pulumi/cmd/run/index.js": "", "infra/index.ts": ""})
	found, err := locateModule("@pulumi/pulumi/cmd/run", filepath.Join(root, "infra"))
	must(t, err)
	if want := filepath.Join(root, "node_modules/@pulumi/pulumi/cmd/run/index.js"); found != want {
		t.Fatalf("got %s, expected %s", found, want)
	}
}

func TestTheNearestModuleIsTaken(t *testing.T) {
	root := project(t, map[string]string{"node_modules/m/index.js": "", "policies/node_modules/m/index.js": ""})
	found, err := locateModule("m", filepath.Join(root, "policies"))
	must(t, err)
	if !strings.HasPrefix(found, filepath.Join(root, "policies")) {
		t.Fatalf("got %s", found)
	}
}

func TestALinkedModuleIsFoundUnderItsRealName(t *testing.T) {
	root := project(t, map[string]string{"store/m/index.js": "", "node_modules/.keep": ""})
	must(t, os.Symlink(filepath.Join(root, "store/m"), filepath.Join(root, "node_modules/m")))
	found, err := locateModule("m", root)
	must(t, err)
	if found != filepath.Join(root, "store/m/index.js") {
		t.Fatalf("got %s", found)
	}
}

func TestAMissingModuleSaysWhatToDo(t *testing.T) {
	_, err := locateModule("@pulumi/pulumi/cmd/run", project(t, nil))
	if err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Fatalf("got %v", err)
	}
}

func required(t *testing.T, root, program string) []string {
	t.Helper()
	response, err := newHost(nil, "", "").GetRequiredPackages(t.Context(), &pulumirpc.GetRequiredPackagesRequest{
		Info: &pulumirpc.ProgramInfo{RootDirectory: root, ProgramDirectory: filepath.Join(root, program)},
	})
	must(t, err)
	var names []string
	for _, found := range response.GetPackages() {
		names = append(names, found.GetKind()+" "+found.GetName()+" "+found.GetVersion())
	}
	return names
}

func TestPluginsAreReadFromPackagesAboveTheProgram(t *testing.T) {
	plugin := `{"name":"@pulumi/command","version":"1.2.1","pulumi":{"resource":true,"name":"command","version":"1.2.1"}}`
	root := project(t, map[string]string{
		"node_modules/@pulumi/command/package.json":                    plugin,
		"node_modules/other/node_modules/@pulumi/command/package.json": plugin,
		"node_modules/other/package.json":                              `{"name":"other","version":"1.0.0"}`,
		"node_modules/@pulumi/random/package.json":                     `{"name":"@pulumi/random","version":"v4.0.0","pulumi":{"resource":true}}`,
		"node_modules/nameless/package.json":                           `{"name":"nameless","pulumi":{"resource":true}}`,
		"node_modules/strange/package.json":                            `{"name":"strange","pulumi":"a text"}`,
		"node_modules/broken/package.json":                             `{`,
		"node_modules/pack/PulumiPolicy.yaml":                          "runtime: nodejs\n",
		"node_modules/pack/node_modules/@pulumi/aws/package.json":      `{"name":"@pulumi/aws","version":"7.0.0","pulumi":{"resource":true}}`,
		"infra/index.ts": "",
	})
	got := strings.Join(required(t, root, "infra"), ", ")
	if want := "resource command v1.2.1, resource random v4.0.0"; got != want {
		t.Fatalf("got %s, expected %s", got, want)
	}
}
