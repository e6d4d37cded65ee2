package engine

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/doctor"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

// Examine gathers the facts for doctor.Diagnose. It never fails: what cannot be found out is a fact, too.
func Examine(ctx context.Context, p Paths, now time.Time) doctor.Facts {
	c, err := p.Load()
	f := doctor.Facts{ConfigFile: p.Config, ConfigErr: err, Machine: c.Machine, SyncDir: c.SyncDir, Free: -1, Now: now}
	if err != nil {
		return f
	}
	m := p.machine(c)
	folder := transport.NewFolder(c.SyncDir)
	f.Folder = folder.Writable()
	f.Marked = folder.Marked()
	if free, err := folder.FreeSpace(); err == nil {
		f.Free = free
	}
	if f.Look, f.LookErr = m.Look(ctx); f.LookErr == nil {
		f.StoreErr = m.CheckStore(f.Look)
	}
	f.Name = m.name()
	f.Seen = map[string]time.Time{}
	for _, other := range m.who.files.Others(m.who.self.ID) {
		f.Seen[other.Name] = other.LastSeen
	}
	f.Claude, _ = claude.Version(ctx)
	f.NoGit = !project.HasGit()
	f.Retention, f.RetentionErr = m.Store.Retention()
	return f
}

// CheckStore is doctor.CheckStore for the Claude Code of this process's environment. The snapshot is Look's.
func (m *Machine) CheckStore(s syncer.Snapshot) error {
	_, err := os.Stat(filepath.Join(m.Store.Dir, "projects"))
	return doctor.CheckStore(s, doctor.Store{Dir: m.Store.Dir, Unused: oserr.Missing(err), Chosen: os.Getenv("CLAUDE_CONFIG_DIR") != ""})
}
