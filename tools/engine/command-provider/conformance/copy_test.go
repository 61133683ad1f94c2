package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// origin is a folder with two files, one of them below another folder.
func origin(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "agent")
	must(t, os.MkdirAll(filepath.Join(folder, "sub"), 0o755))
	write(t, filepath.Join(folder, "one"), "1\n")
	write(t, filepath.Join(folder, "sub", "two"), "2\n")
	return folder
}

func fileAsset(t *testing.T, file string) *resource.Asset {
	t.Helper()
	asset, err := resource.NewPathAsset(file)
	must(t, err)
	return asset
}

func folderArchive(t *testing.T, folder string) *resource.Archive {
	t.Helper()
	archive, err := resource.NewPathArchive(folder)
	must(t, err)
	return archive
}

func textAsset(t *testing.T, text string) *resource.Asset {
	t.Helper()
	asset, err := resource.NewTextAsset(text)
	must(t, err)
	return asset
}

func TestAFileIsCopiedToAbsentAndExistingPaths(t *testing.T) {
	p, _, connection := node(t)
	source, remote := filepath.Join(origin(t), "one"), t.TempDir()
	copyTo := func(path string) {
		t.Helper()
		created(t, p, copyToRemote, Props{"connection": connection, "source": fileAsset(t, source), "remotePath": path})
	}
	absent := filepath.Join(remote, "made", "on", "the", "way")
	copyTo(absent)
	expect(t, "absent path", read(t, absent), "1\n")

	existing := filepath.Join(remote, "existing")
	write(t, existing, "something longer\n")
	copyTo(existing)
	expect(t, "existing file", read(t, existing), "1\n")

	copyTo(remote)
	expect(t, "existing folder", read(t, filepath.Join(remote, "one")), "1\n")
}

func TestATextIsCopiedToAFileAndNotIntoAFolder(t *testing.T) {
	p, _, connection := node(t)
	remote := t.TempDir()
	inputs := Props{"connection": connection, "source": textAsset(t, "text"), "remotePath": remote + "/new/file"}
	created(t, p, copyToRemote, inputs)
	expect(t, "text", read(t, remote+"/new/file"), "text")

	into := newResource(t, p, copyToRemote, with(inputs, Props{"remotePath": remote}))
	expectError(t, into.create(t), "remote path "+remote+" is a directory")
}

func TestAFolderIsCopiedUnderItsNameOrItsContentAfterASlash(t *testing.T) {
	p, _, connection := node(t)
	source := origin(t)
	for name, trial := range map[string]struct {
		slash  string
		exists bool
		copied string
	}{
		"to an absent path":                        {"", false, "agent/"},
		"into an existing folder":                  {"", true, "agent/"},
		"its content to an absent path":            {"/", false, ""},
		"its content into an existing folder":      {"/", true, ""},
		"over an earlier copy of the same content": {"/", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			remote := filepath.Join(t.TempDir(), "target")
			if trial.exists {
				must(t, os.Mkdir(remote, 0o755))
			}
			inputs := Props{
				"connection": connection, "source": folderArchive(t, source+trial.slash), "remotePath": remote,
			}
			created(t, p, copyToRemote, inputs)
			created(t, p, copyToRemote, inputs) // overwrites
			expect(t, "one", read(t, filepath.Join(remote, trial.copied, "one")), "1\n")
			expect(t, "two", read(t, filepath.Join(remote, trial.copied, "sub", "two")), "2\n")
		})
	}
}

func TestAFolderOverAFileIsRefused(t *testing.T) {
	p, _, connection := node(t)
	remote := filepath.Join(t.TempDir(), "file")
	write(t, remote, "kept")
	r := newResource(t, p, copyToRemote, Props{
		"connection": connection, "source": folderArchive(t, origin(t)), "remotePath": remote,
	})
	expectError(t, r.create(t), remote)
	expect(t, "file", read(t, remote), "kept")
}

func TestOnlySourcesOnDiskAndTextsAreTaken(t *testing.T) {
	p := startPlugin(t)
	connection := plainConnection(t, freePort(t), nil)
	inMemory, err := resource.NewAssetArchive(map[string]any{"a": textAsset(t, "a")})
	must(t, err)
	atURL, err := resource.NewURIAsset("file:///etc/hostname")
	must(t, err)
	r := &res{plugin: p, token: copyToRemote}
	for property, source := range map[string]any{"archive": inMemory, "asset": atURL} {
		_, failures := r.check(t, Props{"connection": connection, "source": source, "remotePath": "/tmp/x"})
		if len(failures) != 1 || failures[0].GetProperty() != property {
			t.Fatalf("one failure of %q was expected: %v", property, failures)
		}
	}
}

func TestWhatTheLoginMayNotWriteIsAnError(t *testing.T) {
	p, _, connection := node(t)
	r := newResource(t, p, copyToRemote, Props{
		"connection": connection, "source": fileAsset(t, filepath.Join(origin(t), "one")), "remotePath": "/proc/nothing",
	})
	expectError(t, r.create(t), "failed to create remote file /proc/nothing")
}

func TestTheModeOfAFileIsNotCopied(t *testing.T) {
	p, _, connection := node(t)
	source, remote := filepath.Join(origin(t), "one"), filepath.Join(t.TempDir(), "one")
	must(t, os.Chmod(source, 0o755))
	created(t, p, copyToRemote, Props{"connection": connection, "source": fileAsset(t, source), "remotePath": remote})
	info, err := os.Stat(remote)
	must(t, err)
	expect(t, "executable", info.Mode()&0o111 != 0, false)
}

func TestOnlyANewContentOrANewPathCopiesAgain(t *testing.T) {
	p, server, connection := node(t)
	source, remote := filepath.Join(origin(t), "one"), t.TempDir()
	inputs := Props{"connection": connection, "source": fileAsset(t, source), "remotePath": remote + "/a"}
	r := created(t, p, copyToRemote, inputs)
	must(t, r.update(t, with(inputs, Props{"connection": with(connection, Props{"perDialTimeout": 3})})))
	expect(t, "logins after a change of the connection", server.logins(t), 1)

	write(t, source, "new\n")
	must(t, r.update(t, with(inputs, Props{"source": fileAsset(t, source)})))
	expect(t, "new content", read(t, remote+"/a"), "new\n")

	must(t, r.update(t, with(inputs, Props{"source": fileAsset(t, source), "remotePath": remote + "/b"})))
	expect(t, "new path", read(t, remote+"/b"), "new\n")
	expect(t, "old path", read(t, remote+"/a"), "new\n")
}

func TestACopyIsLeftWhereItIsOnDelete(t *testing.T) {
	p, server, connection := node(t)
	remote := filepath.Join(t.TempDir(), "a")
	r := created(t, p, copyToRemote, Props{"connection": connection, "source": textAsset(t, "x"), "remotePath": remote})
	must(t, r.delete(t))
	expect(t, "copy", read(t, remote), "x")
	expect(t, "logins", server.logins(t), 1)
}

func TestTriggersReplaceACopy(t *testing.T) {
	p, _, connection := node(t)
	inputs := Props{
		"connection": connection, "source": textAsset(t, "x"), "remotePath": filepath.Join(t.TempDir(), "a"),
		"triggers": []any{"1"},
	}
	r := created(t, p, copyToRemote, inputs)
	expect(t, "replaces", replaces(r.diff(t, with(inputs, Props{"triggers": []any{"2"}}))), true)
	expect(t, "replaces", replaces(r.diff(t, with(inputs, Props{"source": textAsset(t, "y")}))), false)
}

func TestTheOldCopyFileWritesOneFileAndReplacesOnAnyChange(t *testing.T) {
	p, _, connection := node(t)
	source, remote := filepath.Join(origin(t), "one"), filepath.Join(t.TempDir(), "a")
	inputs := Props{"connection": connection, "localPath": source, "remotePath": remote}
	r := created(t, p, copyFile, inputs)
	expect(t, "copy", read(t, remote), "1\n")
	expect(t, "replaces", replaces(r.diff(t, with(inputs, Props{"remotePath": remote + "2"}))), true)
	gone := newResource(t, p, copyFile, with(inputs, Props{"localPath": source + ".gone"}))
	if err := gone.create(t); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Fatalf("a missing file is an error: %v", err)
	}
}
