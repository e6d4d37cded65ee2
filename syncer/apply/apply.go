// Package apply writes: it carries out the steps of a plan, one file a kind of step, and reports events.
//
// A step was decided on a snapshot, and the disk may have changed since. So every step reads and relates once more
// what it is going to replace, and replaces only the file that it has just read. A step that fails stops none of its
// neighbours; a step that is stopped anywhere, even by a kill, leaves every file as it was or whole and new.
//
// It does not promise that a step changes anything: the news may be here already.
package apply

import (
	"context"
	"io"
	"slices"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/packs"
)

// Applier is where steps are carried out.
type Applier struct {
	Store     claude.Store
	Packs     packs.Set
	Installed installed.Record
	Now       func() time.Time
	// Progress, unless nil, is called after every part that was written.
	Progress func(syncer.Progress)
}

// Do carries out the steps in their order and returns what happened. It stops between two steps if ctx is done.
//
// With several steps, pushes and installs share fsyncs: their files become durable in parallel, and get their names
// in order. No event says that something is done before it is durable.
func (a Applier) Do(ctx context.Context, steps []syncer.Step) []syncer.Event {
	a.Packs = a.Packs.ForRun()
	b := batch{a: a, events: make([][]syncer.Event, len(steps))}
	for i, s := range steps {
		if err := ctx.Err(); err != nil {
			b.finish(ctx)
			return append(slices.Concat(b.events...), syncer.Event{Kind: syncer.Failed, Err: err})
		}
		tap := &meter{ctx: ctx, report: a.Progress, at: syncer.Progress{Step: i + 1, Steps: len(steps), Label: s.Label}}
		if len(steps) > 1 && b.begin(ctx, i, s, tap) {
			continue
		}
		if s.Action != syncer.Update { // an update often has nothing to write, and then need not end the batch
			b.finish(ctx)
		}
		done, err := a.do(ctx, s, tap)
		if err != nil {
			done = append(done, failed(s, err))
		}
		b.events[i] = done
	}
	b.finish(ctx)
	return once(slices.Concat(b.events...))
}

// once leaves out repeated events of one kind about one session: the session's copies are pushed and updated one by
// one, and a person counts sessions.
func once(events []syncer.Event) []syncer.Event {
	type about struct {
		kind    syncer.Kind
		session ccsync.SessionID
	}
	seen := map[about]bool{}
	return slices.DeleteFunc(events, func(e syncer.Event) bool {
		if e.Kind != syncer.Pushed && e.Kind != syncer.Updated && e.Kind != syncer.Conflicted {
			return false
		}
		again := seen[about{e.Kind, e.Session}]
		seen[about{e.Kind, e.Session}] = true
		return again
	})
}

// do carries out one step.
func (a Applier) do(ctx context.Context, s syncer.Step, tap io.Writer) ([]syncer.Event, error) {
	switch s.Action {
	case syncer.Install:
		return a.install(ctx, s, tap)
	case syncer.Update:
		return a.update(ctx, s, tap)
	case syncer.Resolve:
		return a.resolve(ctx, s, tap)
	case syncer.Push:
		return a.push(ctx, s, tap)
	case syncer.TidyCopies:
		return a.tidyCopies(ctx, s)
	case syncer.Relocate:
		return nil, a.relocateStep(s)
	case syncer.Conflict:
		return []syncer.Event{s.Event(syncer.Conflicted)}, nil
	case syncer.Hold:
		return []syncer.Event{s.Event(syncer.Held)}, nil
	case syncer.Wait:
		return []syncer.Event{s.Event(syncer.WaitingFor)}, nil
	}
	return nil, s.Err
}

// meter counts the bytes that are written to it, and ends the copying if ctx is done, so that Ctrl-C is answered
// within one block.
type meter struct {
	ctx    context.Context
	report func(syncer.Progress)
	at     syncer.Progress
}

// Write implements io.Writer; it keeps nothing.
func (m *meter) Write(b []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	m.at.Bytes += int64(len(b))
	if m.report != nil {
		m.report(m.at)
	}
	return len(b), nil
}

// Meter returns a writer that reports one piece of work, called label, to progress, and fails once ctx is done.
func Meter(ctx context.Context, label string, progress func(syncer.Progress)) io.Writer {
	return &meter{ctx: ctx, report: progress, at: syncer.Progress{Step: 1, Steps: 1, Label: label}}
}
