package syncer

import (
	"context"
	"errors"
	"io"
	"slices"
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
	got, err := m.takeAll(ctx, s, measure)
	var events []Event
	if got.changed {
		e := s.event(Updated)
		e.From = got.from
		events = append(events, e)
	}
	return slices.Concat(events, got.forks, s.untaken(got.bad), s.conflict(got.diverged)), err
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

// taken is what became of the packs that were to be taken.
type taken struct {
	changed  bool         // the transcript
	from     []string     // the machines whose packs had something for it
	diverged []string     // the machines whose packs a person has to decide about
	forks    []Event      // of branches that the session does not go on with
	bad      []*packError // which keep nobody from taking the others
}

// inOrder returns these of the machines that have packs in the order in which From names them.
func (s Session) inOrder(machines []string) []string {
	var ordered []string
	for _, v := range s.Versions {
		if slices.Contains(machines, v.Machine) {
			ordered = appendNew(ordered, v.Machine)
		}
	}
	return ordered
}

// takeAll takes a session's packs, the longest first. One pack may settle another's divergence, so those
// that diverge are tried again as long as others are taken.
func (m *Machine) takeAll(ctx context.Context, s Step, measure io.Writer) (taken, error) {
	var all taken
	left := slices.DeleteFunc(longestFirst(s.Session.Versions), func(v Version) bool { return v.has })
	for {
		var again []Version
		took := false
		for _, v := range left {
			done, err := m.take(ctx, s, v, nil, measure)
			took, all.changed = took || done.changed, all.changed || done.changed
			if done.changed {
				all.from = appendNew(all.from, v.Machine)
			}
			all.forks = append(all.forks, done.forks...)
			var conflict *divergedError
			switch {
			case errors.As(err, &conflict) && v.Own: // the next push settles that
			case errors.As(err, &conflict):
				again = append(again, v)
			case err != nil:
				bad := blame(v, err)
				if bad == nil || ctx.Err() != nil {
					return all, err
				}
				all.bad = append(all.bad, bad)
			}
		}
		if !took || len(again) == 0 {
			for _, v := range again {
				all.diverged = appendNew(all.diverged, v.Machine)
			}
			all.from, all.diverged = s.Session.inOrder(all.from), s.Session.inOrder(all.diverged)
			return all, nil
		}
		left = again
	}
}

// divergedError says that a pack cannot be taken without a person's choice.
type divergedError struct{}

func (divergedError) Error() string { return "it was continued on both machines" }

// take makes the session's transcript hold every row of one pack. A diverged pack is taken only when
// choice says whose branch goes on.
func (m *Machine) take(ctx context.Context, s Step, v Version, choice *Side, measure io.Writer) (taken, error) {
	pack, content, err := m.openPack(ctx, v.Name)
	if err != nil {
		return taken{}, &packError{v, err}
	}
	defer content.Close()
	t, err := m.openHere(s.Session.Path)
	if err != nil {
		return taken{}, err
	}
	defer t.Close()
	if t.file == nil {
		changed, err := m.unpack(t, pack, measure)
		return taken{changed: changed}, err
	}
	early := beginCopy(t, v)
	defer early.discard()
	c, err := Relate(t.all(), pack)
	if err != nil {
		return taken{}, t.why(err)
	}
	winner := c.Winner()
	switch {
	case c.Relation == Diverged && choice == nil:
		return taken{}, &divergedError{}
	case c.Relation == Diverged:
		winner = *choice
	case c.Relation != Behind:
		return taken{}, nil
	}
	late, err := m.bring(t, pack, c, winner, early, measure)
	got := taken{changed: err == nil}
	if late && err == nil {
		got.forks, err = m.overtaken(s, t, branch{Source: pack, machine: v.Machine})
	}
	return got, err
}

// bring replaces a transcript that is there by its merge with a pack. It reports whether rows came late, as
// writeTranscript does.
func (m *Machine) bring(t *transcript, pack packSource, c Comparison, winner Side, early *copying, measure io.Writer) (late bool, err error) {
	if c.more != nil {
		return m.forward(t, pack, c.more, early, measure)
	}
	early.discard()
	return m.writeTranscript(t, time.UnixMilli(pack.Header.ExportedAt), func(w io.Writer) error {
		return Merge(io.MultiWriter(w, measure), t.all(), pack, c, winner)
	})
}

// overtaken keeps a pack's branch as a fork when rows that Claude Code appended in the moment of the
// replace came to stand behind it: they go on from the transcript as it was, t, and so does the session.
func (m *Machine) overtaken(s Step, t *transcript, theirs branch) ([]Event, error) {
	c, err := Relate(t.all(), theirs.Source)
	if err != nil || c.Relation != Diverged {
		return nil, err
	}
	theirs.Branch = c.Theirs
	return m.fork(s, theirs)
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
// and that Claude Code has not opened the session meanwhile. It reports whether rows were appended to t
// even after that; they are in the new file, behind what fill gave, and in t.
func (m *Machine) writeTranscript(t *transcript, exported time.Time, fill func(io.Writer) error) (late bool, err error) {
	f, err := atomicfile.Create(t.path, 0o600)
	if err != nil {
		return false, err
	}
	defer f.Discard()
	if err := fill(f); err != nil {
		return false, t.why(err)
	}
	return m.replace(t, f, exported)
}

// replace is the rest of writeTranscript, where f is filled.
func (m *Machine) replace(t *transcript, f *atomicfile.File, exported time.Time) (late bool, err error) {
	arrival, err := m.arrival(f, exported)
	if err != nil {
		return false, err
	}
	err = f.Commit(arrival, func() error {
		t.keepAside()
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
		return false, err
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
	return m.arrivalOf(last), nil
}

// arrivalOf is arrival where the time of the last row is known.
func (m *Machine) arrivalOf(last time.Time) time.Time {
	keep, _ := m.Store.Retention() // the default if the settings cannot be read, which the doctor reports
	return claude.ArrivalTime(last, m.now(), keep)
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
	forks, wrote, err := m.writePack(ctx, s, t, measure)
	if err != nil || !wrote {
		return forks, err
	}
	return append(forks, s.event(Pushed)), nil
}

func (m *Machine) newHeader(key project.Key, s Session) ccsync.Header {
	return ccsync.Header{SessionID: s.ID, ProjectKey: string(key), OriginalCwd: s.Cwd, MachineName: m.Name,
		ExportedAt: m.now().UnixMilli()}
}
