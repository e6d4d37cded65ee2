package engine

import (
	"os"
	"path/filepath"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/internal/oserr"
)

// CheckStore returns an error if projects are registered and there, but Claude Code's folder has no
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
	return emptyStore{dir: m.Store.Dir, missing: oserr.Missing(err), chosen: os.Getenv("CLAUDE_CONFIG_DIR") != ""}
}

// emptyStore says that Claude Code's folder has no session of a registered project.
type emptyStore struct {
	dir     string
	missing bool // it has no folder for projects, so no Claude Code ever used it
	chosen  bool // by CLAUDE_CONFIG_DIR
}

// Error names the folder.
func (e emptyStore) Error() string {
	from := ""
	if e.chosen {
		from = " (from CLAUDE_CONFIG_DIR)"
	}
	if e.missing {
		return "Claude Code has not been used with its folder " + e.dir + from + ": there are no projects in it"
	}
	return "Claude Code's folder " + e.dir + from + " has no session of a registered project"
}

// Hint says what a person can do about it.
func (e emptyStore) Hint() string {
	if e.chosen {
		return "set CLAUDE_CONFIG_DIR as it was when you used Claude Code, or unset it"
	}
	return "if you start Claude Code with CLAUDE_CONFIG_DIR, set it for claude-sync, too"
}
