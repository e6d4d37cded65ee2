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
	"claude-sync/syncer/transport/hang"
)

// Examine gathers the facts for doctor.Diagnose. It never fails: what cannot be found out is a fact, too.
func Examine(ctx context.Context, p Paths, now time.Time) doctor.Facts {
	c, err := p.Load()
	f := doctor.Facts{ConfigFile: p.Config, ConfigErr: err, Machine: c.Machine, SyncDir: c.SyncDir, Free: -1, Now: now}
	if err != nil {
		return f
	}
	p.Watch = &hang.Watch{} // a folder that does not answer is a fact, and not the end of the caller's work
	looked := f
	if _, f.Folder = p.Watch.Run(ctx, func(ctx context.Context) { p.machine(c).examine(ctx, &looked) }); f.Folder == nil {
		f = looked
	}
	m := p.machine(c)
	f.Claude, _ = claude.Version(ctx)
	f.NoGit = !project.HasGit()
	f.Retention, f.RetentionErr = m.Store.Retention()
	return f
}

// examine gathers the facts that the sync folder knows.
func (m *Machine) examine(ctx context.Context, f *doctor.Facts) {
	if folder, ok := m.Transport.(transport.Checker); ok {
		f.Folder = folder.Writable()
		f.Marked = folder.Marked()
		if free, err := folder.FreeSpace(); err == nil {
			f.Free = free
		}
	}
	if f.Look, f.LookErr = m.Look(ctx); f.LookErr == nil {
		f.StoreErr = m.CheckStore(f.Look)
	}
	f.Name = m.name()
	f.Seen = map[string]time.Time{}
	for _, other := range m.who.files.Others(m.who.self.ID) {
		f.Seen[other.Name] = other.LastSeen
	}
}

// CheckStore is doctor.CheckStore for the Claude Code of this process's environment. The snapshot is Look's.
func (m *Machine) CheckStore(s syncer.Snapshot) error {
	_, err := os.Stat(filepath.Join(m.Store.Dir, "projects"))
	return doctor.CheckStore(s, doctor.Store{Dir: m.Store.Dir, Unused: oserr.Missing(err), Chosen: os.Getenv("CLAUDE_CONFIG_DIR") != ""})
}
