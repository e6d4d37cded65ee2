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
	"claude-sync/syncer/examine"
	"claude-sync/syncer/transport/provider"
	"claude-sync/tray/menu"
)

// library is the Engine over package engine. It keeps nothing between two calls, because the command line or a person
// may change the configuration, except what still waits for a sync folder that does not answer.
type library struct {
	paths engine.Paths
	hung  hung
}

func newEngine(p engine.Paths) Engine { return &library{paths: p} }

// Look implements Engine. It changes nothing but what needs no one to ask for it: see engine.Machine.Tidy.
func (e *library) Look(ctx context.Context) (Seen, error) {
	seen := Seen{Folders: []string{existing(filepath.Dir(e.paths.Config))}}
	c, err := e.paths.Load()
	if errors.Is(err, syncer.ErrNotSetUp) {
		found := []provider.Candidate{}
		if e.watched(ctx, "", func(_ context.Context, p engine.Paths) {
			p.Watch.Call(p.Home, func() { found = provider.Candidates(p.Home, os.Getenv) })
		}) == nil {
			seen.Candidates = found
		}
	}
	if err != nil {
		return seen, err
	}
	seen.SyncDir = c.SyncDir
	looked := seen
	left := e.watched(ctx, c.SyncDir, func(ctx context.Context, p engine.Paths) { err = look(ctx, p, &looked) })
	if left != nil {
		return seen, left
	}
	return looked, err
}

// look is the part of Look that needs the sync folder.
func look(ctx context.Context, p engine.Paths, seen *Seen) error {
	p.Watch.Call(seen.SyncDir, func() { seen.Provider = provider.Of(seen.SyncDir, p.Home, os.Getenv) })
	m, err := engine.Open(p)
	if err != nil {
		return err
	}
	seen.Retention, _ = m.Store.Retention() // 0 with an error, and then nothing is due
	p.Watch.Call(seen.SyncDir, func() { seen.Folders = append(seen.Folders, existing(seen.SyncDir)) })
	if seen.Snapshot, err = m.LookBrief(ctx, menu.Newest); err == nil && engine.NeedsTidying(seen.Snapshot) {
		if _, _, err = m.Tidy(ctx, seen.Snapshot); err == nil { // quietly: nobody asked for it
			seen.Snapshot, err = m.LookBrief(ctx, menu.Newest)
		}
	}
	seen.Folders = append(seen.Folders, m.Folders(seen.SyncDir, seen.Snapshot)...)
	if err == nil {
		_ = m.Announce(ctx) // the next look tries again, and a push says what is wrong
	}
	return err
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
func (e *library) Do(ctx context.Context, c command.Command, progress func(syncer.Progress)) ([]syncer.Event, error) {
	dir := c.Path
	if c.Verb != command.UseFolder {
		config, _ := e.paths.Load() // engine.Do says what is wrong with it
		dir = config.SyncDir
	}
	var events []syncer.Event
	var err error
	left := e.watched(ctx, dir, func(ctx context.Context, p engine.Paths) { events, err = engine.Do(ctx, p, c, progress) })
	if left != nil {
		return nil, left
	}
	return events, err
}

// Health implements Engine.
func (e *library) Health(ctx context.Context) (path string, err error) {
	var b bytes.Buffer
	fmt.Fprint(&b, "claude-sync doctor\n\n")
	_ = doctor.Write(&b, doctor.Diagnose(examine.Machine(ctx, e.paths, time.Now()))) // a Buffer takes everything
	return e.paths.Health, e.paths.SaveHealth(b.Bytes())
}
