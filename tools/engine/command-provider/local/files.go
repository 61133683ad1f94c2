package local

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// collectFiles fills assets and archive with the files that the globs name.
func (p *Process) collectFiles(dir string, results *Results) error {
	if p.AssetPaths != nil {
		assets, err := matchingFiles(dir, *p.AssetPaths)
		if err != nil {
			return err
		}
		byPath := make(map[string]*types.AssetOrArchive, len(assets))
		for name, asset := range assets {
			byPath[name] = &types.AssetOrArchive{Asset: asset}
		}
		results.Assets = &byPath
	}
	if p.ArchivePaths != nil {
		assets, err := matchingFiles(dir, *p.ArchivePaths)
		if err != nil {
			return err
		}
		content := make(map[string]any, len(assets))
		for name, asset := range assets {
			content[name] = asset
		}
		if results.Archive, err = resource.NewAssetArchive(content); err != nil {
			return err
		}
	}
	return nil
}

// rule is one glob; of the rules that match a file the last one decides.
type rule struct {
	matches  glob.Glob
	excludes bool
}

func parseRules(globs []string) ([]rule, error) {
	rules := make([]rule, 0, len(globs))
	for _, text := range globs {
		pattern, excludes := strings.CutPrefix(text, "!")
		compiled, err := glob.Compile(pattern, '/')
		if err != nil {
			return nil, fmt.Errorf("glob %q: %w", text, err)
		}
		rules = append(rules, rule{matches: compiled, excludes: excludes})
	}
	return rules, nil
}

// matchingFiles walks the whole folder: a glob such as ** may name any file in it.
func matchingFiles(dir string, globs []string) (map[string]*resource.Asset, error) {
	rules, err := parseRules(globs)
	if err != nil {
		return nil, err
	}
	found := map[string]*resource.Asset{}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		wanted := false
		for _, rule := range rules {
			if rule.matches.Match(name) {
				wanted = !rule.excludes
			}
		}
		if !wanted {
			return nil
		}
		found[name], err = resource.NewPathAsset(path.Join(dir, name))
		return err
	})
	return found, err
}
