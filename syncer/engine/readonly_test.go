package engine

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/internal/atomicfile"
)

// A machine that only pulls is set up on a write-protected stick, and on no other folder that cannot be written.
func TestInitTakesAWriteProtectedSyncFolder(t *testing.T) {
	t.Setenv("CLAUDE_CONFIG_DIR", "")
	dir := t.TempDir()
	shared := filepath.Join(dir, "Sync")
	if _, _, err := Init(t.Context(), computer(dir, "desktop"), Setup{SyncDir: shared, Machine: "desktop"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, folder string
		err          error
		hint         string // "" if init takes the folder
	}{
		{"a marked one", shared, syscall.EROFS, ""},
		{"one without a mark", filepath.Join(dir, "Other"), syscall.EROFS, "unlock the drive"},
		{"another user's", shared, syscall.EACCES, "claude-sync init <folder>"},
		{"a mount without a cache", shared, syscall.ESPIPE, "mount that folder with a cache"},
	} {
		t.Run(c.name, func(t *testing.T) {
			atomicfile.TestStep = func(step, path string) error {
				if strings.HasPrefix(path, c.folder) && step != "discard" {
					return c.err
				}
				return nil
			}
			defer func() { atomicfile.TestStep = nil }()
			p := computer(filepath.Join(t.TempDir(), "homes"), "laptop")
			_, events, err := Init(t.Context(), p, Setup{SyncDir: c.folder, Machine: "laptop"})
			if c.hint != "" {
				if err == nil || !strings.HasPrefix(syncer.Hint(err), c.hint) {
					t.Errorf("got %v, hint %q", err, syncer.Hint(err))
				}
				return
			}
			if err != nil || len(events) != 0 {
				t.Fatalf("got %+v, %v", events, err)
			}
			m, err := Open(p)
			if err != nil {
				t.Fatal(err)
			}
			if events, err := m.Pull(t.Context(), syncer.Scope{}); err != nil || len(events) != 0 {
				t.Errorf("pull: %+v, %v", events, err)
			}
		})
	}
}
