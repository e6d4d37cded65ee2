// Package examine gathers the facts about this machine that package doctor judges.
//
// It changes nothing but the cache of a look. It does not promise that a fact is still true when it is judged.
package examine

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/doctor"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/transport/hang"
)

// Machine gathers the facts about the machine that the paths are of. It never fails: what cannot be found out is a fact,
// too.
func Machine(ctx context.Context, p engine.Paths, now time.Time) doctor.Facts {
	c, err := p.Load()
	f := doctor.Facts{ConfigFile: p.Config, ConfigErr: err, Machine: c.Machine, SyncDir: c.SyncDir, Free: -1, Now: now}
	if err != nil {
		return f
	}
	p.Watch = &hang.Watch{} // a folder that does not answer is a fact, and not the end of the caller's work
	m := p.Machine(c)
	looked := f
	if _, f.Folder = p.Watch.Run(ctx, func(ctx context.Context) { look(ctx, m, &looked) }); f.Folder == nil {
		f = looked
	}
	f.Claude, _ = claude.Version(ctx)
	f.NoGit = !project.HasGit()
	f.Retention, f.RetentionErr = claude.Open(os.Getenv, p.Home).Retention()
	return f
}

// look gathers the facts that the sync folder knows.
func look(ctx context.Context, m *engine.Machine, f *doctor.Facts) {
	if folder, ok := m.Transport.(transport.Checker); ok {
		f.Folder = folder.Writable()
		f.Marked = folder.Marked()
		if free, err := folder.FreeSpace(); err == nil {
			f.Free = free
		}
	}
	if f.Look, f.LookErr = m.Look(ctx); f.LookErr == nil {
		f.StoreErr = Store(m.Store, f.Look)
	}
	name, others := m.Met()
	f.Name, f.Seen = name, map[string]time.Time{}
	for _, other := range others {
		f.Seen[other.Name] = other.LastSeen
	}
}

// Store is doctor.CheckStore for the Claude Code of this process's environment. The snapshot is engine.Machine.Look's.
func Store(store claude.Store, s syncer.Snapshot) error {
	_, err := os.Stat(filepath.Join(store.Dir, "projects"))
	return doctor.CheckStore(s, doctor.Store{Dir: store.Dir, Unused: oserr.Missing(err), Chosen: os.Getenv("CLAUDE_CONFIG_DIR") != ""})
}
