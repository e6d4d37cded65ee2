package engine

import (
	"context"
	"fmt"
	"path/filepath"

	"claude-sync/syncer"
	"claude-sync/syncer/project"
)

// Here returns the project of the folder cwd. It registers the folder, which the events say, if that is a checkout or
// Claude Code has sessions of it.
func (m *Machine) Here(ctx context.Context, cwd string) (project.Key, []syncer.Event, error) {
	place, err := project.Locate(ctx, cwd)
	if err != nil {
		return "", nil, err
	}
	if !place.InRepository {
		found, err := m.Store.Transcripts(place.Cwd)
		if err != nil || len(found) == 0 {
			return place.Key, nil, err // some folder; registering it would only make noise
		}
	}
	place, events, err := m.Register(ctx, cwd)
	return place.Key, events, err
}

// Named returns the project that a person calls name: its label, its key, or one of its folders. The project is
// registered here, or waits in the sync folder.
func (m *Machine) Named(ctx context.Context, name string) (project.Key, error) {
	reg, err := m.registry()
	if err != nil {
		return "", err
	}
	if key, ok := labelled(reg, name); ok {
		return key, nil
	}
	if key, ok := reg.KeyOf(name); ok {
		return key, nil
	}
	s, err := m.Look(ctx)
	if err != nil {
		return "", err
	}
	for _, w := range s.Waiting {
		if w.Label == name || string(w.Key) == name {
			return w.Key, nil
		}
	}
	return "", fmt.Errorf("no project is called %#.80q, here or in the sync folder", name)
}

// ForgetNamed takes the project that a person calls name out of the registry, or the folder of a project, and returns
// which it was. A project comes before a folder of the same name in the current one. The folder may be gone.
func (m *Machine) ForgetNamed(name string) (forgotten string, err error) {
	reg, err := m.registry()
	if err != nil {
		return "", err
	}
	if key, ok := labelled(reg, name); ok {
		return name, m.Forget(key)
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	for _, cwd := range []string{path, resolved(path)} {
		if key, ok := reg.KeyOf(cwd); ok {
			return cwd, m.ForgetCwd(key, cwd)
		}
	}
	return "", fmt.Errorf("no registered project is called %#.80q, and none has such a folder", name)
}

// resolved resolves the links in path, and in its parent if path is gone.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if parent, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(parent, filepath.Base(path))
	}
	return path
}

// labelled finds a project by its label or its key.
func labelled(reg project.Registry, name string) (project.Key, bool) {
	for key, label := range project.Labels(reg.Keys()) {
		if label == name || string(key) == name {
			return key, true
		}
	}
	return "", false
}
