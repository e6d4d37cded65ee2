package syncer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/project"
)

// failure tells what a step's error means: a session that Claude Code opened meanwhile is held, not
// failed.
func (s Step) failure(err error) Event { return failure(s.event(Failed), err) }

func failure(e Event, err error) Event {
	e.Kind = Failed
	var held *HeldError
	if errors.As(err, &held) {
		e.Kind, e.PID = Held, held.PID
		return e
	}
	e.Err = err
	return e
}

func (m *Machine) do(ctx context.Context, s Step, measure io.Writer) ([]Event, error) {
	switch s.Action {
	case Install:
		return m.install(ctx, s, measure)
	case Update:
		return m.update(ctx, s, measure)
	case Resolve:
		return m.resolve(ctx, s, measure)
	case Push:
		return m.push(ctx, s, measure)
	case Conflict:
		return []Event{s.event(Conflicted)}, nil
	case Hold:
		return []Event{s.event(Held)}, nil
	case Wait:
		return []Event{s.event(WaitingFor)}, nil
	}
	return nil, s.Err
}

// update merges every pack that has all of our conversation into the transcript.
func (m *Machine) update(ctx context.Context, s Step, measure io.Writer) ([]Event, error) {
	changed, diverged, err := m.takeAll(ctx, s.Session.Path, s.Session, measure)
	if err != nil {
		return nil, err
	}
	var events []Event
	if changed {
		events = append(events, s.event(Updated))
	}
	return append(events, s.conflict(diverged)...), nil
}

// conflict tells of machines whose packs turned out to be diverged once others were taken.
func (s Step) conflict(machines []string) []Event {
	if len(machines) == 0 {
		return nil
	}
	e := s.event(Conflicted)
	e.From = machines
	return []Event{e}
}

// takeAll takes a session's packs, the longest first, and names the machines whose packs diverge. One
// pack may settle another's divergence, so those that diverge are tried again as long as others are taken.
func (m *Machine) takeAll(ctx context.Context, path string, s Session, measure io.Writer) (changed bool, diverged []string, err error) {
	for left := longestFirst(s.Versions); ; {
		var again []Version
		took := false
		for _, v := range left {
			done, err := m.take(ctx, path, v, nil, measure)
			var conflict *divergedError
			switch {
			case errors.As(err, &conflict):
				again = append(again, v)
			case err != nil:
				return changed, nil, &packError{v, err}
			}
			took = took || done
		}
		changed = changed || took
		if !took || len(again) == 0 {
			for _, v := range again {
				diverged = appendNew(diverged, v.Machine)
			}
			return changed, diverged, nil
		}
		left = again
	}
}

// divergedError says that a pack cannot be taken without a person's choice.
type divergedError struct{}

func (divergedError) Error() string { return "it was continued on both machines" }

// take makes the transcript at path hold every row of one pack. A diverged pack is taken only when choice
// says whose branch goes on. It reports whether the transcript changed.
func (m *Machine) take(ctx context.Context, path string, v Version, choice *Side, measure io.Writer) (bool, error) {
	pack, content, err := m.openPack(ctx, v.Name)
	if err != nil {
		return false, fmt.Errorf("pack from %s: %w", v.Machine, err)
	}
	defer content.Close()
	t, err := m.openHere(path)
	if err != nil {
		return false, err
	}
	defer t.Close()
	if t.file == nil {
		return m.unpack(t, pack, measure)
	}
	c, err := Relate(t.all(), pack)
	if err != nil {
		return false, err
	}
	winner := c.Winner()
	switch {
	case c.Relation == Diverged && choice == nil:
		return false, &divergedError{}
	case c.Relation == Diverged:
		winner = *choice
	case c.Relation != Behind:
		return false, nil
	case c.more != nil:
		return true, m.forward(t, pack, c.more, measure)
	}
	return true, m.writeTranscript(t, time.UnixMilli(pack.Header.ExportedAt), func(w io.Writer) error {
		return Merge(io.MultiWriter(w, measure), t.all(), pack, c, winner)
	})
}

// openHere opens the transcript at path, or stands for one that is not there.
func (m *Machine) openHere(path string) (*transcript, error) {
	t, err := openTranscript(path, false)
	if isMissing(err) {
		return &transcript{path: path}, nil
	}
	return t, err
}

// writeTranscript replaces t by what fill gives. Right before, it checks that the file on disk is still t
// and that Claude Code has not opened the session meanwhile.
func (m *Machine) writeTranscript(t *transcript, exported time.Time, fill func(io.Writer) error) error {
	f, err := atomicfile.Create(t.path, 0o600)
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := fill(f); err != nil {
		return err
	}
	arrival, err := m.arrival(f, exported)
	if err != nil {
		return err
	}
	err = f.Commit(arrival, func() error {
		if err := m.notHeld(t); err != nil {
			return err
		}
		if err := t.unchanged(); err != nil { // last, because nothing may come between it and the rename
			return err
		}
		t.letGo()
		return nil
	})
	if err != nil {
		return err
	}
	return t.rescue()
}

// arrival is the modification time a transcript gets: that of its last row, but young enough for Claude
// Code's retention to leave it alone for a while.
func (m *Machine) arrival(f *atomicfile.File, exported time.Time) (time.Time, error) {
	size, err := f.Size()
	if err != nil {
		return time.Time{}, err
	}
	last, ok := claude.LastTime(f, size)
	if !ok {
		last = exported
	}
	keep, err := m.Store.Retention()
	if err != nil {
		return time.Time{}, err
	}
	return claude.ArrivalTime(last, m.now(), keep), nil
}

// notHeld looks once more whether Claude Code has the session open.
func (m *Machine) notHeld(t *transcript) error {
	if t.file == nil {
		return nil
	}
	live, err := m.Store.Live()
	if err != nil {
		return err
	}
	id, err := sessionOf(t.path)
	if err != nil {
		return err
	}
	held, ok := m.Store.Held(claude.Transcript{ID: id, Path: t.path, Size: t.info.Size(), ModTime: t.info.ModTime()}, live, m.now())
	if ok {
		return &HeldError{PID: held.PID}
	}
	return nil
}

// push writes this machine's pack of a session.
func (m *Machine) push(ctx context.Context, s Step, measure io.Writer) ([]Event, error) {
	t, err := openTranscript(s.Session.Path, s.Session.Held != nil)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	if t.cut == 0 {
		return nil, nil // nothing but the beginning of a first row
	}
	if err := m.writePack(ctx, s.Project, t, m.newHeader(s.Project, s.Session), s.Session.packed, measure); err != nil {
		return nil, err
	}
	return []Event{s.event(Pushed)}, nil
}

func (m *Machine) newHeader(key project.Key, s Session) ccsync.Header {
	return ccsync.Header{SessionID: s.ID, ProjectKey: string(key), OriginalCwd: s.Cwd, MachineName: m.Name,
		ExportedAt: m.now().UnixMilli()}
}
