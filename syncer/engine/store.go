package engine

import (
	"os"
	"path/filepath"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/internal/oserr"
)

// CheckStore returns a *syncer.EmptyStoreError if projects are registered and there, but Claude Code's folder has no
// session of them. That is so on a new machine, and if CLAUDE_CONFIG_DIR is not what it was. The snapshot is Look's.
func (m *Machine) CheckStore(s syncer.Snapshot) error {
	there := slices.ContainsFunc(s.Projects, func(p syncer.Project) bool { return len(p.Cwds) > 0 && !p.Stale() })
	used := slices.ContainsFunc(s.Projects, func(p syncer.Project) bool {
		return slices.ContainsFunc(p.Sessions, func(s syncer.Session) bool { return s.Path != "" })
	})
	if !there || used {
		return nil
	}
	_, err := os.Stat(filepath.Join(m.Store.Dir, "projects"))
	return &syncer.EmptyStoreError{Dir: m.Store.Dir, Missing: oserr.Missing(err), Chosen: os.Getenv("CLAUDE_CONFIG_DIR") != ""}
}
