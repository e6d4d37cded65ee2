package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/project"
)

// Do carries out a command that changes something, see command.Verb.Changes, on the machine that is set up at p.
// Progress may be nil.
//
// Errors: those of the verb; syncer.ErrNotSetUp.
func Do(ctx context.Context, p Paths, c command.Command, progress func(syncer.Progress)) ([]syncer.Event, error) {
	if c.Verb == command.UseFolder {
		_, events, err := Init(ctx, p, Setup{SyncDir: c.Path})
		return events, err
	}
	unlock, err := New(Options{LockFile: p.Lock, Watch: p.Watch}).Lock(ctx, nil) // before the configuration is read
	if err != nil {
		return nil, err
	}
	defer unlock()
	m, err := Open(p)
	if err != nil {
		return nil, err
	}
	m.locked, m.Progress = true, progress
	return m.do(ctx, c)
}

// do calls the method for a verb.
func (m *Machine) do(ctx context.Context, c command.Command) ([]syncer.Event, error) {
	scope := syncer.Scope{Project: c.Project, Session: string(c.Session)}
	switch c.Verb {
	case command.Pull:
		return m.Pull(ctx, scope)
	case command.Push:
		return m.Push(ctx, scope)
	case command.TakeTheirs:
		return m.Resolve(ctx, scope, c.Machine)
	case command.TakeOurs:
		// Our branch has to be pushed, or the other machines still see a conflict that was settled here.
		scope.Overwrite = true
		return m.Push(ctx, scope)
	case command.Located:
		return m.locate(ctx, c, m.RegisterAs)
	case command.Join:
		return m.locate(ctx, c, m.Join)
	case command.Forget:
		if c.Path != "" {
			return nil, m.ForgetCwd(c.Project, c.Path)
		}
		return nil, m.Forget(c.Project)
	case command.KeepLocal:
		reg, err := m.registry()
		if err != nil {
			return nil, err
		}
		return nil, m.KeepLocal(c.Project, !reg.LocalOnly(c.Project))
	}
	return nil, fmt.Errorf("%q is nothing that can be done", c.Verb)
}

// locate registers the folder that a person chose for the command's project. The method register says what it may be.
func (m *Machine) locate(ctx context.Context, c command.Command,
	register func(context.Context, project.Key, string) (project.Place, []syncer.Event, error)) ([]syncer.Event, error) {
	dir := c.Path
	place, err := project.Locate(ctx, dir)
	if err != nil {
		return nil, err
	}
	// The project may lie below a repository's root, and the person may have chosen the repository.
	below := filepath.Join(place.Cwd, filepath.FromSlash(c.Project.Subdir()))
	if info, err := os.Stat(below); place.Key.Subdir() == "" && err == nil && info.IsDir() {
		dir = below
	}
	place, events, err := register(ctx, c.Project, dir)
	if err == nil && len(events) == 0 {
		events = []syncer.Event{registered(place.Key, place.Cwd)} // it was registered before
	}
	return events, err
}

// Folders lists the folders in which packs, transcripts and marks of open sessions come and go: a change there is a
// reason to look again. SyncDir is the sync folder.
func (m *Machine) Folders(syncDir string, s syncer.Snapshot) []string {
	all := []string{filepath.Join(m.Store.Dir, "projects"), filepath.Join(m.Store.Dir, "sessions")}
	var entries []os.DirEntry
	m.Watch.Call(syncDir, func() { entries, _ = os.ReadDir(syncDir) })
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
