package apply

import (
	"context"
	"errors"
	"io"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transcript"
)

// window is how many files may wait for the disk at once.
const window = 64

// batch is steps whose files are written and wait for the disk.
type batch struct {
	a       Applier
	events  [][]syncer.Event // of each step
	pending []pendingFile
	ends    transcript.Ends // of the transcript that is being installed
}

// pendingFile is a file that is written, and only has to become durable and to get its name.
type pendingFile struct {
	step   int
	done   syncer.Event
	own    *packs.Own // that is pushed, nil for none
	dir    string
	commit func(context.Context, *atomicfile.Batch) error
	close  func()
}

// begin writes the file of a step that can wait for the disk. It reports false if the step cannot.
func (b *batch) begin(ctx context.Context, i int, s syncer.Step, tap io.Writer) bool {
	again := func(f pendingFile) bool { return f.done.Session == s.Session.ID && f.done.Project == s.Project }
	if slices.ContainsFunc(b.pending, again) { // a copy of the same session goes into the same pack
		b.finish(ctx)
	}
	var f *pendingFile
	var forks []syncer.Event
	err := errNotBatched
	switch {
	case s.Action == syncer.Push:
		f, forks, err = b.a.batchPush(ctx, s, tap)
	case s.Action == syncer.Install && len(s.Session.Versions) == 1:
		f, err = b.a.beginInstall(ctx, s, &b.ends, tap)
	}
	if errors.Is(err, errNotBatched) || err != nil && len(b.pending) > 0 {
		return false // it is tried again when nothing is pending: pending files take room and descriptors
	}
	b.events[i] = forks
	if err != nil {
		b.events[i] = append(forks, failed(s, err))
	}
	if f == nil {
		return true
	}
	f.step = i
	if b.pending = append(b.pending, *f); len(b.pending) == window {
		b.finish(ctx)
	}
	return true
}

// batchPush is push up to the point at which the pack gets its name.
func (a Applier) batchPush(ctx context.Context, s syncer.Step, tap io.Writer) (f *pendingFile, forks []syncer.Event, err error) {
	own, forks, err := a.beginPush(ctx, s, tap)
	if own == nil {
		return nil, forks, err
	}
	batched := own.Batch()
	if batched == nil {
		own.Discard()
		return nil, nil, errNotBatched
	}
	return &pendingFile{done: s.Event(syncer.Pushed), own: own, dir: batched.Dir(), close: own.Discard, commit: func(ctx context.Context, disk *atomicfile.Batch) error { return batched.Commit(ctx, disk) }}, forks, nil
}

// finish makes all pending files durable and gives them their names.
func (b *batch) finish(ctx context.Context) {
	ctx = context.WithoutCancel(ctx) // a file that is written gets its name
	var disk atomicfile.Batch
	errs := make([]error, len(b.pending))
	for i, f := range b.pending {
		errs[i] = f.commit(ctx, &disk)
		f.close()
	}
	disk.Sync()
	news := installed.Sessions{}
	last := -1
	for i, f := range b.pending {
		if err := errors.Join(errs[i], disk.Failed(f.dir)); err != nil {
			b.events[f.step] = append(b.events[f.step], asFailure(f.done, err))
			continue
		}
		if f.own != nil {
			f.done = pushed(f.done, f.own)
		}
		if b.events[f.step] = append(b.events[f.step], f.done); f.done.Kind == syncer.Installed {
			news[f.done.Project], last = append(news[f.done.Project], f.done.Session), f.step
		}
	}
	if err := b.a.Installed.Add(news); err != nil {
		b.events[last] = append(b.events[last], asFailure(b.events[last][0], err))
	}
	b.pending = nil
}
