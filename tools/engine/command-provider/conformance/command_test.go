package conformance

import (
	"regexp"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// node is a server, a way in, and a provider: what most commands need.
func node(t *testing.T, configuration ...string) (*plugin, *sshd, Props) {
	t.Helper()
	key := newKey(t)
	server := startServer(t, key, configuration...)
	return startPlugin(t), server, server.connection(t, key)
}

func TestOutputsAreSeparateAndLoseOneLastNewline(t *testing.T) {
	p, _, connection := node(t)
	r := created(t, p, remoteCommand, Props{"connection": connection, "create": "printf 'a\\n\\n'; echo b >&2"})
	expect(t, "stdout", r.out(t, "stdout"), "a\n")
	expect(t, "stderr", r.out(t, "stderr"), "b")
	if !strings.HasPrefix(r.id, "it") || len(r.id) != len("it")+8 {
		t.Fatalf("the id is the name and eight digits, not %q", r.id)
	}
}

func TestAFailedCommandIsQuotedWithAllItPrinted(t *testing.T) {
	p, _, connection := node(t)
	r := newResource(t, p, remoteCommand, Props{
		"connection": connection, "create": "echo \"out\"; sleep 0.2; echo err >&2; exit 3", "logging": "none",
	})
	err := r.create(t)
	want := "Process exited with status 3: running \"echo \\\"out\\\"; sleep 0.2; echo err >&2; exit 3\":\nout\nerr\n"
	expectError(t, err)
	expect(t, "error", err.Error(), want)
}

func TestStandardInputReachesTheCommand(t *testing.T) {
	p, _, connection := node(t)
	text := strings.Repeat("a line of the plan\n", 20_000)
	r := created(t, p, remoteCommand, Props{"connection": connection, "create": "wc -c", "stdin": text})
	expect(t, "bytes", strings.TrimSpace(r.out(t, "stdout")), "380000")
}

func TestTenMegabytesOfOutputArrive(t *testing.T) {
	p, _, connection := node(t)
	r := created(t, p, remoteCommand, Props{
		"connection": connection, "logging": "none", "create": "yes 0123456789abcde | head -c 10485760",
	})
	expect(t, "bytes", len(r.out(t, "stdout")), 10<<20-1)
}

func TestOutputIsShownLineByLine(t *testing.T) {
	p, _, connection := node(t)
	r := created(t, p, remoteCommand, Props{"connection": connection, "create": "yes 0123456789abcde | head -c 131072"})
	expect(t, "bytes", len(r.out(t, "stdout")), 1<<17-1)
	expect(t, "lines", strings.Count(p.log(), "0123456789abcde"), 1<<13)
}

func TestLoggingChoosesWhatIsShown(t *testing.T) {
	p, _, connection := node(t)
	for logging, shown := range map[string][2]bool{
		"stdout": {true, false}, "stderr": {false, true}, "stdoutAndStderr": {true, true}, "none": {false, false},
	} {
		command := "echo out-" + logging + "-; echo err-" + logging + "- >&2"
		created(t, p, remoteCommand, Props{"connection": connection, "create": command, "logging": logging})
		expect(t, logging+" shows stdout", strings.Contains(p.log(), "out-"+logging+"-"), shown[0])
		expect(t, logging+" shows stderr", strings.Contains(p.log(), "err-"+logging+"-"), shown[1])
	}
}

func TestALineOf64KiBNeedsLoggingNone(t *testing.T) {
	p, _, connection := node(t)
	inputs := Props{"connection": connection, "create": "head -c 70000 /dev/zero | tr '\\0' x", "logging": "none"}
	expect(t, "bytes", len(created(t, p, remoteCommand, inputs).out(t, "stdout")), 70_000)

	shown := newResource(t, p, remoteCommand, with(inputs, Props{"logging": nil}))
	ended := make(chan error, 1)
	go func() { ended <- shown.create(t) }()
	select {
	case err := <-ended:
		t.Fatalf("1.2.1 blocks for ever on a line of 64 KiB that it shows; here it ended: %v", err)
	case <-time.After(5 * time.Second):
		p.stop() // ends the blocked create, too
		<-ended
	}
}

func TestASessionIgnoresTheCustomTimeout(t *testing.T) {
	p, _, connection := node(t)
	r := newResource(t, p, remoteCommand, Props{"connection": connection, "create": "sleep 3; echo late"})
	r.timeout = time.Second
	must(t, r.create(t))
	expect(t, "stdout", r.out(t, "stdout"), "late")
}

func TestTheConnectionStaysOpenAfterTheCommand(t *testing.T) {
	p, server, connection := node(t)
	created(t, p, remoteCommand, Props{"connection": connection, "create": "true"})
	waitFor(t, "the session is over", func() bool { return strings.Contains(server.log(t), "Close session") })
	from := regexp.MustCompile(`Accepted publickey for \S+ from \S+ (port \d+)`).FindStringSubmatch(server.log(t))[1]
	closed := regexp.MustCompile(`(?m)^(Connection closed|Disconnected|Connection reset).* ` + from + `\b`)
	expect(t, "connection closed", closed.MatchString(server.log(t)), false)
	p.stop()
	waitFor(t, "the connection is closed", func() bool { return closed.MatchString(server.log(t)) })
}

func TestAVariableThatTheServerAcceptsIsSet(t *testing.T) {
	p, _, connection := node(t, "AcceptEnv COLOUR")
	r := created(t, p, remoteCommand, Props{
		"connection": connection, "create": "echo $COLOUR", "environment": Props{"COLOUR": "green"},
	})
	expect(t, "stdout", r.out(t, "stdout"), "green")
}

func TestAVariableThatTheServerRefusesIsAnError(t *testing.T) {
	p, _, connection := node(t)
	r := newResource(t, p, remoteCommand, Props{
		"connection": connection, "create": "true", "environment": Props{"COLOUR": "green"},
	})
	expectError(t, r.create(t), "could not set environment variable \"COLOUR\": ssh: setenv failed")
}

func TestThePreviousOutputIsOfferedToTheNextCommand(t *testing.T) {
	p, _, connection := node(t, "AcceptEnv PULUMI_COMMAND_*")
	inputs := Props{
		"connection": connection, "create": "echo one; echo two >&2",
		"update": "echo \"<$PULUMI_COMMAND_STDOUT|$PULUMI_COMMAND_STDERR>\"",
	}
	r := created(t, p, remoteCommand, inputs)
	must(t, r.update(t, with(inputs, Props{"stdin": "x"})))
	expect(t, "stdout", r.out(t, "stdout"), "<one|two>")
	must(t, r.update(t, with(inputs, Props{"stdin": "y", "addPreviousOutputInEnv": false})))
	expect(t, "stdout", r.out(t, "stdout"), "<|>")
}

func TestAPreviousOutputThatTheServerRefusesIsAWarning(t *testing.T) {
	p, _, connection := node(t)
	inputs := Props{"connection": connection, "create": "echo one"}
	r := created(t, p, remoteCommand, inputs)
	must(t, r.update(t, with(inputs, Props{"stdin": "x"})))
	if !strings.Contains(p.log(), "WARNING: Unable to set 'PULUMI_COMMAND_STDOUT'") {
		t.Fatalf("a warning was expected: %s", p.log())
	}
}

func TestAPreviewAndAResourceWithoutCommandsDialNothing(t *testing.T) {
	p := startPlugin(t)
	connection := plainConnection(t, freePort(t), Props{"dialErrorLimit": 0})
	r := newResource(t, p, remoteCommand, Props{"connection": connection, "create": "true"})
	must(t, r.createWithin(t.Context(), t, true))
	inputs := Props{"connection": connection}
	silent := created(t, p, remoteCommand, inputs)
	must(t, silent.update(t, with(inputs, Props{"stdin": "x"})))
	must(t, silent.delete(t))
}

func TestWithoutUpdateAChangeRunsCreateAgain(t *testing.T) {
	p, _, connection := node(t)
	inputs := Props{"connection": connection, "create": "echo create; cat", "stdin": "1"}
	r := created(t, p, remoteCommand, inputs)
	must(t, r.update(t, with(inputs, Props{"stdin": "2"})))
	expect(t, "stdout", r.out(t, "stdout"), "create\n2")
	must(t, r.update(t, with(inputs, Props{"stdin": "3", "update": "echo update; cat"})))
	expect(t, "stdout", r.out(t, "stdout"), "update\n3")
}

func TestAFailedUpdateKeepsTheError(t *testing.T) {
	p, _, connection := node(t)
	inputs := Props{"connection": connection, "create": "echo made"}
	r := created(t, p, remoteCommand, inputs)
	expectError(t, r.update(t, with(inputs, Props{"update": "exit 7"})), "Process exited with status 7: running \"exit 7\":\n")
	expect(t, "stdout", r.out(t, "stdout"), "made")
}

func TestOnlyTriggersReplace(t *testing.T) {
	p, _, connection := node(t)
	inputs := Props{"connection": connection, "create": "true", "triggers": []any{"a", 1.0}}
	r := created(t, p, remoteCommand, inputs)
	same := r.diff(t, inputs)
	expect(t, "changes", same.GetChanges(), pulumirpc.DiffResponse_DIFF_NONE)

	expect(t, "triggers replace", replaces(r.diff(t, with(inputs, Props{"triggers": []any{"a", 2.0}}))), true)
	expect(t, "fewer triggers replace", replaces(r.diff(t, with(inputs, Props{"triggers": nil}))), true)

	changes := Props{
		"create": "false", "update": "true", "delete": "true", "stdin": "x", "logging": "none",
		"environment": Props{"A": "b"}, "connection": with(connection, Props{"perDialTimeout": 3}),
	}
	for name, value := range changes {
		changed := r.diff(t, with(inputs, Props{name: value}))
		expect(t, name+" changes", changed.GetChanges(), pulumirpc.DiffResponse_DIFF_SOME)
		expect(t, name+" replaces", replaces(changed), false)
	}
}

func TestDeleteRunsTheCommandOfTheState(t *testing.T) {
	p, _, connection := node(t)
	mark := t.TempDir() + "/gone"
	r := created(t, p, remoteCommand, Props{"connection": connection, "create": "true", "delete": "touch " + mark})
	must(t, r.delete(t))
	expect(t, "mark", read(t, mark), "")

	failing := created(t, p, remoteCommand, Props{"connection": connection, "create": "true", "delete": "exit 4"})
	expectError(t, failing.delete(t), "Process exited with status 4: running \"exit 4\"")
}

func TestTheConnectionIsASecretOutput(t *testing.T) {
	p, _, connection := node(t)
	r := created(t, p, remoteCommand, Props{"connection": connection, "create": "true"})
	expect(t, "secret", r.outputs["connection"].IsSecret(), true)
	expect(t, "stdout secret", r.outputs["stdout"].IsSecret(), false)
}
