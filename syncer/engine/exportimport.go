package engine

import (
	"context"
	"errors"
	"io"
	"os"

	"claude-sync/syncer"
	"claude-sync/syncer/apply"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/project"
	"claude-sync/syncer/words"
)

// Export writes a pack of a session that is here to w.
func (m *Machine) Export(ctx context.Context, w io.Writer, key project.Key, s syncer.Session) error {
	return m.export(ctx, key, s, func(h ccsync.Header, t *claude.File, tap io.Writer) error {
		return packs.Write(w, h, t.Whole(), tap)
	})
}

// ExportFile writes a pack of a session that is here to a file, in one step.
func (m *Machine) ExportFile(ctx context.Context, path string, key project.Key, s syncer.Session) error {
	return m.export(ctx, key, s, func(h ccsync.Header, t *claude.File, tap io.Writer) error {
		return packs.WriteFile(path, h, t.Whole(), tap)
	})
}

func (m *Machine) export(ctx context.Context, key project.Key, s syncer.Session, write func(ccsync.Header, *claude.File, io.Writer) error) error {
	t, err := claude.OpenFile(s.Path, s.Open)
	if err != nil {
		return err
	}
	defer t.Close()
	if t.Whole().Size == 0 {
		return &claude.ReadError{Path: s.Path, Err: errors.New("it has no whole row yet")}
	}
	return write(apply.Header(key, s, m.name(), m.now()), t, apply.Meter(ctx, key.Name(), m.Progress))
}

// Import takes the pack in the file f into the project that the pack names, or into the one that cwd belongs to
// unless cwd is empty. It follows the rules of a pull. A divergence is an event, unless overwrite: then the session
// continues with the pack's branch.
//
// Errors: those of ccsync.Open; *syncer.NoCheckoutError; *syncer.MisplacedError if the session is in another project
// here; *claude.HeldError if the session is open.
func (m *Machine) Import(ctx context.Context, f *os.File, cwd string, overwrite bool) ([]syncer.Event, error) {
	unlock, err := m.Lock(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer unlock()
	set, err := packs.OpenFile(f)
	if err != nil {
		return nil, err
	}
	h, err := set.Header(ctx, f.Name())
	if err != nil {
		return nil, err
	}
	p, err := m.destination(ctx, h, cwd)
	if err != nil {
		return nil, err
	}
	if err := m.checkOwner(p.Key, h.SessionID); err != nil {
		return nil, err
	}
	step, err := m.importStep(p, h, f.Name())
	if err != nil {
		return nil, err
	}
	a := m.applier()
	a.Packs.Transport = set.Transport // a pack by hand goes the way of every other, as the only file of a transport
	events := a.Do(ctx, []syncer.Step{step})
	if !overwrite || len(events) != 1 || events[0].Kind != syncer.Conflicted {
		return events, nil
	}
	step.Action, step.Winner = syncer.Resolve, step.From[0]
	return a.Do(ctx, []syncer.Step{step}), nil
}

// importStep is the step that takes in an imported pack. Apply finds out how the two relate.
func (m *Machine) importStep(p syncer.Project, h ccsync.Header, name string) (syncer.Step, error) {
	path, err := m.Store.TranscriptPath(p.Cwds[0].Path, h.SessionID)
	if err != nil {
		return syncer.Step{}, err
	}
	v := syncer.Version{Name: name, Machine: words.Machine(h.MachineName), Lines: h.LineCount}
	s := syncer.Session{ID: h.SessionID, Cwd: p.Cwds[0].Path, Versions: []syncer.Version{v}}
	step := syncer.Step{Action: syncer.Install, Project: p.Key, Label: p.Label, From: []string{v.Machine}}
	t, err := claude.OpenOrNew(path)
	if err != nil {
		return step, err
	}
	defer t.Close()
	if t.Exists() {
		step.Action, s.Path = syncer.Update, path
	}
	step.Session = s
	return step, m.store().CheckNotHeld(t)
}

// checkOwner checks that the session is in no other project here.
func (m *Machine) checkOwner(key project.Key, id ccsync.SessionID) error {
	reg, err := m.registry()
	if err != nil {
		return err
	}
	for _, owner := range reg.Keys() {
		for _, cwd := range reg.Cwds(owner) {
			path, err := m.Store.TranscriptPath(cwd, id)
			if err != nil || owner == key {
				continue
			}
			if _, err := os.Lstat(path); err != nil {
				continue
			}
			if d, err := claude.Describe(path); err == nil && claude.BelongsTo(d.Cwd, cwd) {
				return &syncer.MisplacedError{Session: id, For: key, Owner: owner, Cwd: cwd}
			}
		}
	}
	return nil
}

// destination is the project, with one checkout, that an imported pack goes to.
func (m *Machine) destination(ctx context.Context, h ccsync.Header, cwd string) (syncer.Project, error) {
	if cwd != "" {
		place, _, err := m.Register(ctx, cwd)
		return importProject(place.Key, place.Cwd), err
	}
	key, err := project.ParseKey(h.ProjectKey)
	if err != nil {
		return syncer.Project{}, err
	}
	reg, err := m.registry()
	if err != nil {
		return syncer.Project{}, err
	}
	for _, c := range reg.Cwds(key) {
		if info, err := os.Stat(c); err == nil && info.IsDir() {
			return importProject(key, c), nil
		}
	}
	return syncer.Project{}, &syncer.NoCheckoutError{Key: key}
}

func importProject(key project.Key, cwd string) syncer.Project {
	return syncer.Project{Key: key, Label: project.Labels([]project.Key{key})[key], Cwds: []syncer.Cwd{{Path: cwd}}}
}
