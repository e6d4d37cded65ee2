package syncer

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/project"
)

// Export writes a pack of a session that is here to w. The transcript is read twice, because a pipe
// cannot be patched and lineCount stands before the lines.
func (m *Machine) Export(ctx context.Context, w io.Writer, key project.Key, s Session) error {
	t, err := openTranscript(s.Path, s.Held != nil)
	if err != nil {
		return err
	}
	defer t.Close()
	if t.cut == 0 {
		return &TranscriptError{Path: s.Path, Err: errors.New("it has no whole row yet")}
	}
	measure := &meter{ctx: ctx, report: m.Progress, at: Progress{Step: 1, Steps: 1, Label: key.Name()}}
	var lines ccsync.LineCounter
	if _, err := io.Copy(&lines, t.whole().Open()); err != nil {
		return err
	}
	h := m.newHeader(key, s)
	h.LineCount = lines.Lines()
	e, err := ccsync.NewEncoder(w, h)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(io.MultiWriter(e, measure), t.whole().Open(), make([]byte, 256<<10)); err != nil {
		return err
	}
	_, err = e.Close()
	return err
}

// ExportFile writes a pack to a file, in one step.
func (m *Machine) ExportFile(ctx context.Context, path string, key project.Key, s Session) error {
	f, err := atomicfile.Create(path, 0o600)
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := m.Export(ctx, f, key, s); err != nil {
		return err
	}
	return f.Commit(time.Time{}, nil)
}

// Import takes the pack in the file r into the project it names, or into the one that cwd belongs to when
// cwd is not empty. It follows the rules of a pull.
//
// Errors: those of ccsync.Open, *NoCheckoutError. A divergence is an event.
func (m *Machine) Import(ctx context.Context, f *os.File, cwd string, overwrite bool) ([]Event, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	pack, err := ccsync.Open(f, info.Size())
	if err != nil {
		return nil, err
	}
	p, err := m.destination(ctx, pack.Header, cwd)
	if err != nil {
		return nil, err
	}
	// A pack by hand comes through the same door as every other: as the only file of a transport.
	one := *m
	one.Transport = single{f, info}
	path, err := m.Store.TranscriptPath(p.Cwds[0].Path, pack.Header.SessionID)
	if err != nil {
		return nil, err
	}
	v := Version{Name: f.Name(), Machine: label(pack.Header.MachineName), Lines: pack.Header.LineCount}
	s := Session{ID: pack.Header.SessionID, Cwd: p.Cwds[0].Path, Versions: []Version{v}}
	t, err := m.openHere(path)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	c, err := Relate(t.all(), packSource{pack})
	if err != nil {
		return nil, err
	}
	s.Versions[0].Relation, s.Relation = c.Relation, c.Relation
	if t.file != nil {
		s.Path = path
		if err := m.notHeld(t); err != nil {
			return nil, err
		}
	} else {
		s.Relation = RemoteOnly
	}
	t.Close() // Windows replaces no file that anybody has open
	p.Sessions = []Session{s}
	steps := PlanPull(Snapshot{Projects: []Project{p}}, Scope{Overwrite: overwrite})
	return one.carryOut(ctx, steps), nil
}

// destination is the project, with the one checkout, that an imported pack goes to.
func (m *Machine) destination(ctx context.Context, h ccsync.Header, cwd string) (Project, error) {
	key, err := project.ParseKey(h.ProjectKey)
	if cwd != "" {
		var place project.Place
		place, _, err = m.Register(ctx, cwd)
		key, cwd = place.Key, place.Cwd
	}
	if err != nil {
		return Project{}, err
	}
	p := Project{Key: key, Label: project.Labels([]project.Key{key})[key]}
	if cwd != "" {
		p.Cwds = []Cwd{{Path: cwd}}
		return p, nil
	}
	reg, err := m.registry()
	if err != nil {
		return p, err
	}
	for _, c := range reg.Cwds(key) {
		if info, err := os.Stat(c); err == nil && info.IsDir() {
			p.Cwds = []Cwd{{Path: c}}
			return p, nil
		}
	}
	return p, &NoCheckoutError{Key: key}
}
