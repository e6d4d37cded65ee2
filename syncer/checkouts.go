package syncer

import (
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer/project"
)

// NewFolders are the folders in which Claude Code ran and that are not registered yet, each once.
func (s Snapshot) NewFolders() []string {
	var cwds []string
	seen := map[string]bool{}
	for _, u := range s.Unplaced {
		if u.Reason.New() && !seen[u.Cwd] {
			seen[u.Cwd] = true
			cwds = append(cwds, u.Cwd)
		}
	}
	return cwds
}

// WithoutCheckout are the projects that wait for a checkout or whose checkouts are all gone, and the folders in which
// one may lie: the roots, and those beside the known repositories. A project that stays on this machine is not looked
// for, but its neighbours may be found beside it.
func (s Snapshot) WithoutCheckout(roots []string) (keys []project.Key, folders []string) {
	folders = slices.Clone(roots)
	add := func(dir string) {
		if !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	for _, w := range s.Waiting {
		keys = append(keys, w.Key)
	}
	for _, p := range s.Projects {
		if p.Stale() && !p.LocalOnly {
			keys = append(keys, p.Key)
		}
		for _, c := range p.Cwds {
			cwd := c.Path
			// For a project below a repository's root, the folder beside the repository counts.
			if sub := p.Key.Subdir(); sub != "" {
				for range strings.Count(sub, "/") + 1 {
					cwd = filepath.Dir(cwd)
				}
			}
			add(filepath.Dir(cwd))
		}
	}
	return keys, folders
}
