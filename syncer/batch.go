package syncer

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

// window is how many files may wait for the disk at once.
const window = 64

// carryOut does the steps in their order and says what happened. It stops between two steps when ctx is
// done; a step that fails does not stop the others.
//
// Where there are several, the disk makes the files of many durable at once: those of a push, and those
// that a pull installs, which nothing else needs to be durable first. Each file gets its name in its turn,
// and no event says that something is done before it is safe.
func (m *Machine) carryOut(ctx context.Context, steps []Step) []Event {
	m = m.roomy()
	b := batch{m: m, events: make([][]Event, len(steps))}
	for i, s := range steps {
		if err := ctx.Err(); err != nil {
			b.finish(ctx)
			return append(slices.Concat(b.events...), Event{Kind: Failed, Err: err})
		}
		measure := &meter{ctx: ctx, report: m.Progress, at: Progress{Step: i + 1, Steps: len(steps), Label: s.Label}}
		if len(steps) > 1 && b.begin(ctx, i, s, measure) {
			continue
		}
		if s.Action != Update { // which need not have anything to write, and then should not end a batch
			b.finish(ctx)
		}
		done, err := m.do(ctx, s, measure)
		if err != nil {
			done = append(done, s.failure(err))
		}
		b.events[i] = done
	}
	b.finish(ctx)
	return slices.Concat(b.events...)
}

// batch is steps whose files are written and wait for the disk.
type batch struct {
	m       *Machine
	events  [][]Event // of each step
	waiting []waiting
	ends    claude.Ends // of the transcript that is being installed
}

// waiting is a step that only wants its file to become durable and to get its name.
type waiting struct {
	step   int
	done   Event
	dir    string
	commit func(context.Context, *atomicfile.Batch) error
	close  func()
}

// begin does what comes before the waiting, when this step is one that can wait.
func (b *batch) begin(ctx context.Context, i int, s Step, measure io.Writer) bool {
	var w *waiting
	var forks []Event
	err := errNotBatched
	switch {
	case s.Action == Push:
		w, forks, err = b.m.beginPush(ctx, s, measure)
	case s.Action == Install && len(s.Session.Versions) == 1:
		w, err = b.m.beginInstall(ctx, s, &b.ends, measure)
	}
	if errors.Is(err, errNotBatched) || err != nil && len(b.waiting) > 0 {
		return false // once more, when nothing waits: what waits takes room and open files
	}
	b.events[i] = forks
	if err != nil {
		b.events[i] = append(forks, s.failure(err))
	}
	if w == nil {
		return true
	}
	w.step = i
	if b.waiting = append(b.waiting, *w); len(b.waiting) == window {
		b.finish(ctx)
	}
	return true
}

// errNotBatched says that a step has to go the long way.
var errNotBatched = errors.New("not batched")

// finish waits for all that waits.
func (b *batch) finish(ctx context.Context) {
	ctx = context.WithoutCancel(ctx) // what is written gets its name
	var disk atomicfile.Batch
	failed := make([]error, len(b.waiting))
	for i, w := range b.waiting {
		failed[i] = w.commit(ctx, &disk)
		w.close()
	}
	disk.Sync()
	came := map[project.Key][]ccsync.SessionID{}
	last := -1
	for i, w := range b.waiting {
		if err := errors.Join(failed[i], disk.Failed(w.dir)); err != nil {
			b.events[w.step] = append(b.events[w.step], failure(w.done, err))
			continue
		}
		if b.events[w.step] = append(b.events[w.step], w.done); w.done.Kind == Installed {
			came[w.done.Project], last = append(came[w.done.Project], w.done.Session), w.step
		}
	}
	if err := b.m.remember(came); err != nil {
		b.events[last] = append(b.events[last], failure(b.events[last][0], err))
	}
	b.waiting = nil
}

// beginPush writes this machine's pack of a session; nothing waits when there is nothing to write.
func (m *Machine) beginPush(ctx context.Context, s Step, measure io.Writer) (w *waiting, forks []Event, err error) {
	t, err := openTranscript(s.Session.Path, s.Session.Held != nil)
	if err != nil {
		return nil, nil, err
	}
	defer t.Close()
	if t.cut == 0 {
		return nil, nil, nil
	}
	d, forks, err := m.beginPack(ctx, s, t, measure)
	if d == nil {
		return nil, forks, err
	}
	batched, ok := d.Draft.(transport.Batcher)
	if !ok {
		d.discard()
		return nil, nil, errNotBatched
	}
	batched.SyncSoon()
	return &waiting{done: s.event(Pushed), dir: batched.Dir(), close: d.discard, commit: func(ctx context.Context, disk *atomicfile.Batch) error {
		return d.commit(ctx, func(transport.Draft) error { return batched.CommitIn(disk) })
	}}, forks, nil
}

// beginInstall writes a transcript that is not here. Whatever is not as it should be is left to install.
func (m *Machine) beginInstall(ctx context.Context, s Step, ends *claude.Ends, measure io.Writer) (*waiting, error) {
	path, err := m.Store.TranscriptPath(s.Session.Cwd, s.Session.ID)
	if err != nil {
		return nil, errNotBatched
	}
	t := &transcript{path: path}
	if t.unchanged() != nil {
		return nil, errNotBatched
	}
	pack, content, err := m.openPack(ctx, s.Session.Versions[0].Name)
	if err != nil {
		return nil, errNotBatched
	}
	defer content.Close()
	f, err := atomicfile.Create(path, 0o600)
	if err != nil {
		return nil, errNotBatched
	}
	arrival, title, err := m.fillNew(f, pack, ends, measure)
	if err != nil {
		f.Discard()
		return nil, errNotBatched
	}
	f.SyncSoon()
	if s.Session.Title == "" {
		s.Session.Title = title
	}
	return &waiting{done: s.event(Installed), dir: filepath.Dir(path), close: func() { f.Discard() }, commit: func(_ context.Context, disk *atomicfile.Batch) error {
		return disk.Commit(f, arrival, t.unchanged)
	}}, nil
}

// fillNew writes what a pack holds into f, and returns the time and the title it is to have.
func (m *Machine) fillNew(f *atomicfile.File, p packSource, ends *claude.Ends, measure io.Writer) (arrival time.Time, title string, err error) {
	ends.Reset()
	size, err := p.CopyTo(f, io.MultiWriter(measure, ends))
	if err == nil && size == 0 {
		err = errNoRows
	}
	if err != nil {
		return arrival, "", err
	}
	title = ends.Describe().Title
	if last, ok := ends.LastTime(); ok {
		arrival, err = m.arrivalOf(last)
	} else {
		arrival, err = m.arrival(f, time.UnixMilli(p.Header.ExportedAt))
	}
	return arrival, title, err
}
