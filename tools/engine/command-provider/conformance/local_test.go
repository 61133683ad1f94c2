package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestALocalCommandRunsInAShellWithItsInputs(t *testing.T) {
	p, dir := startPlugin(t), t.TempDir()
	r := created(t, p, localCommand, Props{
		"create": "pwd; echo $COLOUR; cat", "dir": dir, "environment": Props{"COLOUR": "green"}, "stdin": "in\n",
	})
	expect(t, "stdout", r.out(t, "stdout"), dir+"\ngreen\nin")
	other := created(t, p, localCommand, Props{"create": "print('py')", "interpreter": []any{"python3", "-c"}})
	expect(t, "stdout", other.out(t, "stdout"), "py")
}

func TestALocalCommandThatFailsIsQuoted(t *testing.T) {
	r := newResource(t, startPlugin(t), localCommand, Props{"create": "echo out; exit 3", "logging": "none"})
	err := r.create(t)
	expectError(t, err)
	expect(t, "error", err.Error(), "exit status 3: running \"echo out; exit 3\":\nout\n")
}

func TestALocalCommandLivesThroughUpdateReplaceAndDelete(t *testing.T) {
	p, dir := startPlugin(t), t.TempDir()
	inputs := Props{"create": "echo made", "delete": "echo $PULUMI_COMMAND_STDOUT > " + dir + "/gone", "dir": dir}
	r := created(t, p, localCommand, inputs)
	must(t, r.update(t, with(inputs, Props{"update": "echo was $PULUMI_COMMAND_STDOUT"})))
	expect(t, "stdout", r.out(t, "stdout"), "was made")
	triggered := r.diff(t, with(inputs, Props{"triggers": []any{"x"}}))
	expect(t, "replaces", replaces(triggered), true)
	must(t, r.delete(t))
	expect(t, "deleted", read(t, dir+"/gone"), "was made\n")
}

func TestALocalCommandReturnsTheFilesThatGlobsName(t *testing.T) {
	p, dir := startPlugin(t), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o755))
	r := created(t, p, localCommand, Props{
		"create": "echo a > a.txt; echo b > sub/b.txt; echo c > sub/secret.txt", "dir": dir,
		"assetPaths": []any{"**.txt", "!**secret*"}, "archivePaths": []any{"*.txt"},
	})
	assets := r.outputs["assets"].ObjectValue()
	expect(t, "assets", len(assets), 2)
	expect(t, "asset", assets[resource.PropertyKey("sub/b.txt")].AssetValue().Path, filepath.Join(dir, "sub/b.txt"))
	archived, isAssets := r.outputs["archive"].ArchiveValue().GetAssets()
	expect(t, "archive of assets", isAssets, true)
	expect(t, "archived", len(archived), 1)
}

func TestRunRunsAtEachCall(t *testing.T) {
	p, dir := startPlugin(t), t.TempDir()
	arguments := resource.NewPropertyMapFromMap(Props{"command": "echo x >> n; wc -l < n", "dir": dir})
	for _, want := range []string{"1", "2"} {
		response, err := p.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: "command:local:run", Args: marshal(t, arguments)})
		must(t, err)
		result := unmarshal(t, response.GetReturn())
		expect(t, "stdout", strings.TrimSpace(result["stdout"].StringValue()), want)
	}
}
