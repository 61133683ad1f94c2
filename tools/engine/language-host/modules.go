package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// locateModule finds what `require` would find: the nearest node_modules folder, from the program's folder upwards, that
// has the file. Done here and not by asking node, which would cost a start of node before each run.
func locateModule(module, fromFolder string) (string, error) {
	folder, err := filepath.Abs(fromFolder)
	if err != nil {
		return "", err
	}
	for {
		entry := filepath.Join(folder, "node_modules", filepath.FromSlash(module), "index.js")
		if _, err := os.Stat(entry); err == nil {
			// node resolves links too: one package must not be loaded under two names.
			return filepath.EvalSymlinks(entry)
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", fmt.Errorf("%s is in no node_modules at or above %s; run `npm ci` in the project's folder", module, fromFolder)
		}
		folder = parent
	}
}

// nodeModulesFolders lists the node_modules folders that the program can load from, nearest first, up to the project's root.
func nodeModulesFolders(programFolder, rootFolder string) []string {
	var folders []string
	root := filepath.Clean(rootFolder)
	for folder := filepath.Clean(programFolder); ; folder = filepath.Dir(folder) {
		candidate := filepath.Join(folder, "node_modules")
		if info, err := os.Stat(candidate); err == nil && info.IsDir() {
			folders = append(folders, candidate)
		}
		if folder == root || folder == filepath.Dir(folder) {
			return folders
		}
	}
}
