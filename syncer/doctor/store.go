package doctor

import (
	"slices"

	"claude-sync/syncer"
)

// Store is what is known of Claude Code's folder.
type Store struct {
	Dir    string
	Unused bool // it has no folder for projects, so no Claude Code ever used it
	Chosen bool // by CLAUDE_CONFIG_DIR
}

// CheckStore returns an error if projects are registered and there, but Claude Code's folder has no session of them
// nor of a folder that is there. That is so on a new machine, and if CLAUDE_CONFIG_DIR is not what it was. The snapshot is that of a whole look: a
// brief one leaves sessions out. The error brings its own hint.
func CheckStore(s syncer.Snapshot, at Store) error {
	there := slices.ContainsFunc(s.Projects, func(p syncer.Project) bool { return len(p.Cwds) > 0 && !p.Stale() })
	used := slices.ContainsFunc(s.Projects, func(p syncer.Project) bool {
		return slices.ContainsFunc(p.Sessions, func(s syncer.Session) bool { return s.Path != "" })
	})
	new := slices.ContainsFunc(s.Unplaced, func(u syncer.Unplaced) bool { return u.Reason.New() })
	if !there || used || new {
		return nil
	}
	return emptyStore(at)
}

// emptyStore says that Claude Code's folder has no session of a registered project.
type emptyStore Store

// Error names the folder.
func (e emptyStore) Error() string {
	from := ""
	if e.Chosen {
		from = " (from CLAUDE_CONFIG_DIR)"
	}
	if e.Unused {
		return "Claude Code has not been used with its folder " + e.Dir + from + ": there are no projects in it"
	}
	return "Claude Code's folder " + e.Dir + from + " has no session of a registered project"
}

// Hint says what a person can do about it.
func (e emptyStore) Hint() string {
	if e.Chosen {
		return "set CLAUDE_CONFIG_DIR as it was when you used Claude Code, or unset it"
	}
	return "if you start Claude Code with CLAUDE_CONFIG_DIR, set it for claude-sync, too"
}
