package tray

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
	"claude-sync/tray/menu"
)

// library is the Engine over package syncer. It has no state: the command line or a person may change the
// configuration between two calls.
type library struct{ paths syncer.Paths }

func newEngine(p syncer.Paths) Engine { return library{p} }

// Look implements Engine.
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
	m, err := syncer.Open(e.paths)
	if err != nil {
		return seen, err
	}
	seen.Retention, _ = m.Store.Retention() // 0 with an error, and then nothing is due
	seen.Folders = append(seen.Folders, existing(c.SyncDir))
	seen.Snapshot, err = m.Glance(ctx, menu.Newest)
	seen.Folders = append(seen.Folders, folders(m, c.SyncDir, seen.Snapshot)...)
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

// folders lists the folders of packs, transcripts and open sessions.
func folders(m *syncer.Machine, syncDir string, s syncer.Snapshot) []string {
	all := []string{filepath.Join(m.Store.Dir, "projects"), filepath.Join(m.Store.Dir, "sessions")}
	entries, _ := os.ReadDir(syncDir)
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			all = append(all, filepath.Join(syncDir, e.Name()))
		}
	}
	for _, p := range s.Projects {
		for _, c := range p.Cwds {
			if dir, err := m.Store.ProjectDir(c.Path); err == nil && !p.LocalOnly {
				all = append(all, dir)
			}
		}
	}
	return all
}

// Do implements Engine.
func (e library) Do(ctx context.Context, c command.Command, progress func(syncer.Progress)) ([]syncer.Event, error) {
	m := &syncer.Machine{LockFile: e.paths.Lock}
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if c.Verb == command.UseFolder {
		_, events, err := syncer.Init(ctx, e.paths, syncer.Setup{SyncDir: c.Path})
		return events, err
	}
	if m, err = syncer.Open(e.paths); err != nil {
		return nil, err
	}
	m.Progress = progress
	return carryOut(ctx, m, c)
}

// carryOut calls the Machine's method for a verb.
func carryOut(ctx context.Context, m *syncer.Machine, c command.Command) ([]syncer.Event, error) {
	scope := syncer.Scope{Project: c.Project, Session: c.Session}
	switch c.Verb {
	case command.Pull:
		return m.Pull(ctx, scope)
	case command.Push:
		return m.Push(ctx, scope)
	case command.TakeTheirs:
		return m.Settle(ctx, c.Session, c.Machine)
	case command.TakeOurs:
		// Our branch has to be pushed, or the other machines still see a conflict that was settled here.
		scope.Overwrite = true
		return m.Push(ctx, scope)
	case command.Located:
		return locate(ctx, m, c)
	case command.Forget:
		if c.Path != "" {
			return nil, m.ForgetCwd(c.Project, c.Path)
		}
		return nil, m.Forget(c.Project)
	case command.KeepLocal:
		reg, err := project.Load(m.Registry)
		if err != nil {
			return nil, err
		}
		return nil, m.KeepLocal(c.Project, !reg.LocalOnly(c.Project))
	}
	return nil, fmt.Errorf("%q is nothing that can be done", c.Verb)
}

// locate registers the folder that a person chose, if it belongs to the project of the Command.
func locate(ctx context.Context, m *syncer.Machine, c command.Command) ([]syncer.Event, error) {
	dir := c.Path
	place, err := project.Locate(ctx, dir)
	if err != nil {
		return nil, err
	}
	// The project may lie below a repository's root, and the person may have chosen the repository.
	if below := filepath.Join(place.Cwd, filepath.FromSlash(c.Project.Subdir())); place.Key.Subdir() == "" && existing(below) == below {
		dir = below
	}
	place, err = m.RegisterAs(ctx, c.Project, dir)
	return []syncer.Event{{Kind: syncer.Registered, Project: place.Key, Label: place.Key.Name(), Path: place.Cwd}}, err
}

// Health implements Engine.
func (e library) Health(ctx context.Context) (path string, err error) {
	var b bytes.Buffer
	fmt.Fprint(&b, "claude-sync doctor\n\n")
	_ = syncer.WriteFindings(&b, syncer.Diagnose(syncer.Examine(ctx, e.paths, time.Now()))) // a Buffer takes everything
	return e.paths.KeepHealth(b.Bytes())
}
