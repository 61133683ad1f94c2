package remote

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
)

// copyPath copies a file or a folder of this machine:
//
//	source | existing folder        | nothing there   | existing file
//	file   | folder/file            | becomes the file | overwritten
//	dir    | folder/dir             | folder/dir       | refused
//	dir/   | its content into folder | same            | refused
func copyPath(client *sftp.Client, source, target string) error {
	local, err := os.Stat(source)
	if err != nil {
		return err
	}
	remote, err := statOrNil(client, target)
	if err != nil {
		return err
	}
	if local.IsDir() {
		return copyFolder(client, source, target, remote)
	}
	switch {
	case remote == nil:
		if err := makeParents(client, target); err != nil {
			return err
		}
	case remote.IsDir():
		target = path.Join(target, filepath.Base(source))
	}
	return copyFile(client, source, target)
}

func copyFolder(client *sftp.Client, source, target string, remote fs.FileInfo) error {
	if remote == nil {
		if err := client.MkdirAll(target); err != nil {
			return fmt.Errorf("failed to create remote directory %s: %w", target, err)
		}
	}
	if !strings.HasSuffix(source, "/") {
		target = path.Join(target, filepath.Base(source))
	}
	return fs.WalkDir(os.DirFS(source), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		into := path.Join(target, name)
		if entry.IsDir() {
			return ensureFolder(client, into)
		}
		return copyFile(client, filepath.Join(source, name), into)
	})
}

// copyText needs the name of a file: a text has none that could be put into a folder.
func copyText(client *sftp.Client, text, target string) error {
	remote, err := statOrNil(client, target)
	if err != nil {
		return err
	}
	if remote != nil && remote.IsDir() {
		return fmt.Errorf("remote path %s is a directory; when using a text asset, remotePath must be a file path", target)
	}
	if err := makeParents(client, target); err != nil {
		return err
	}
	file, err := client.Create(target)
	if err != nil {
		return fmt.Errorf("failed to create remote file %s: %w", target, err)
	}
	defer file.Close()
	if _, err := file.Write([]byte(text)); err != nil {
		return fmt.Errorf("failed to write text content to remote path %s: %w", target, err)
	}
	return nil
}

// copyFile truncates and writes in place; mode and owner are whatever the server makes of a new file.
func copyFile(client *sftp.Client, source, target string) error {
	local, err := os.Open(source)
	if err != nil {
		return err
	}
	defer local.Close()
	remote, err := client.Create(target)
	if err != nil {
		return fmt.Errorf("failed to create remote file %s: %w", target, err)
	}
	defer remote.Close()
	if _, err := remote.ReadFrom(local); err != nil {
		return fmt.Errorf("failed to copy file %s to remote path %s: %w", source, target, err)
	}
	return nil
}

func makeParents(client *sftp.Client, target string) error {
	if err := client.MkdirAll(path.Dir(target)); err != nil {
		return fmt.Errorf("failed to create parent directories for %s: %w", target, err)
	}
	return nil
}

func ensureFolder(client *sftp.Client, folder string) error {
	info, err := statOrNil(client, folder)
	switch {
	case err != nil:
		return err
	case info == nil:
		if err := client.Mkdir(folder); err != nil {
			return fmt.Errorf("failed to create remote directory %s: %w", folder, err)
		}
	case !info.IsDir():
		return fmt.Errorf("remote path %s exists but is not a directory", folder)
	}
	return nil
}

// statOrNil gives nil where there is nothing.
func statOrNil(client *sftp.Client, name string) (fs.FileInfo, error) {
	info, err := client.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("failed to stat remote path %s: %w", name, err)
	}
	return info, nil
}
