package tray

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/doctor"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/transport"
	"claude-sync/tray/menu"
)

// library is the Engine over package engine. It has no state: the command line or a person may change the
// configuration between two calls.
type library struct{ paths engine.Paths }

func newEngine(p engine.Paths) Engine { return library{p} }

// Look implements Engine. It changes nothing but what needs no one to ask for it: see engine.Machine.Tidy.
func (e library) Look(ctx context.Context) (Seen, error) {
	seen := Seen{Folders: []string{existing(filepath.Dir(e.paths.Config))}}
	c, err := e.paths.Load()
	if err != nil {
		if errors.Is(err, syncer.ErrNotSetUp) {
			seen.Candidates = transport.Candidates(e.paths.Home, os.Getenv)
		}
		return seen, err
	}
	seen.SyncDir = c.SyncDir
	seen.Provider = transport.ProviderOf(c.SyncDir, e.paths.Home, os.Getenv)
	m, err := engine.Open(e.paths)
	if err != nil {
		return seen, err
	}
	seen.Retention, _ = m.Store.Retention() // 0 with an error, and then nothing is due
	seen.Folders = append(seen.Folders, existing(c.SyncDir))
	if seen.Snapshot, err = m.LookBrief(ctx, menu.Newest); err == nil && engine.NeedsTidying(seen.Snapshot) {
		if _, _, err = m.Tidy(ctx, seen.Snapshot); err == nil { // quietly: nobody asked for it
			seen.Snapshot, err = m.LookBrief(ctx, menu.Newest)
		}
	}
	seen.Folders = append(seen.Folders, m.Folders(c.SyncDir, seen.Snapshot)...)
	if err == nil {
		_ = m.Announce(ctx) // the next look tries again, and a push says what is wrong
	}
	return seen, err
}

// existing returns dir, or the nearest folder above it that exists. A watch on that folder tells when dir comes.
func existing(dir string) string {
	for filepath.Dir(dir) != dir {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return dir
}

// Do implements Engine.
func (e library) Do(ctx context.Context, c command.Command, progress func(syncer.Progress)) ([]syncer.Event, error) {
	return engine.Do(ctx, e.paths, c, progress)
}

// Health implements Engine.
func (e library) Health(ctx context.Context) (path string, err error) {
	var b bytes.Buffer
	fmt.Fprint(&b, "claude-sync doctor\n\n")
	_ = doctor.Write(&b, doctor.Diagnose(engine.Examine(ctx, e.paths, time.Now()))) // a Buffer takes everything
	return e.paths.Health, e.paths.SaveHealth(b.Bytes())
}
