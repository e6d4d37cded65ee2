package engine

import (
	"path/filepath"
	"testing"
)

// Claude Code is where HOME says, on Windows where USERPROFILE says, whatever the system has for a profile.
func TestHomeIsTheOneThatClaudeCodeGoesBy(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	p := DefaultPaths()
	if want := filepath.Join(home, ".claude-sync"); p.Home != home || p.Upstream != want {
		t.Errorf("got home %q and %q, want %q and %q", p.Home, p.Upstream, home, want)
	}
}
