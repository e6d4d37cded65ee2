// Package hang notices that a place for packs does not answer, which no call of the system says: on a network drive
// whose server is gone, a call waits in the kernel until the server is back, and neither a context nor a signal ends it.
//
// Watch.Run runs work in a goroutine of its own, and leaves it behind if a call to the place has taken too long. Work
// that was left behind can do nothing more there: Watch.Transport refuses every further call, and the one in the kernel
// returns an error, whatever came of it. It is as if the drive had been unplugged.
//
// It does not end the goroutine that waits in the kernel; only the end of the process does. It watches the calls that go
// through it, and no others. A place that is slow but answers is never given up: many calls make one long piece of work.
package hang

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"claude-sync/syncer/transport"
)

const (
	// tick is how often Run looks at the calls under way. It does so only while it runs something.
	tick = 500 * time.Millisecond
	// limit is how many ticks a call may take while no other one ends. A person is promised a word within ten seconds.
	limit = 18
	// probeAt is the tick after which Run asks the place whether it is there, if only calls are under way that may
	// take long at a place that answers.
	probeAt = 8
)

// kind tells a call that is one answer of the place from one that may take minutes at a place that answers: to list
// ten thousand files, to make gigabytes durable.
type kind bool

const (
	quick kind = false
	long  kind = true
)

// Watch counts the calls to one place. The zero Watch is ready for one Run. A nil Watch counts nothing.
type Watch struct {
	// Grace is how long Run waits for work whose context is done; 0 means as long as the place answers.
	Grace time.Duration

	quick, long, ended atomic.Int64 // calls under way, and calls that have ended
	gaveUp             atomic.Bool
	cloud              sync.Map // names of files whose contents were only in the cloud when they were listed

	mu    sync.Mutex // guards all below
	place string
	probe func()
	holds []func() // to call when the work is left behind
}

// Run calls do in a goroutine of its own and waits for its end. If the place does not answer, or Grace has passed since
// ctx was done, Run leaves do behind and returns an error, and a channel that is closed when do ends. It then has called
// what Hold was given, and do's context is done.
//
// Errors: *transport.UnavailableError; that of ctx.
func (w *Watch) Run(ctx context.Context, do func(context.Context)) (left <-chan struct{}, err error) {
	ended, gone := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(ended)
		w.Guard(ctx, do, func(err error) { gone <- err })
	}()
	select {
	case <-ended:
		return nil, nil
	case err := <-gone:
		return ended, err
	}
}

// Guard calls do. If Run would leave do behind, Guard calls leave in another goroutine, with Run's error, while do still
// waits: a program then ends itself.
func (w *Watch) Guard(ctx context.Context, do func(context.Context), leave func(error)) {
	inner, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		if err := w.wait(ctx, ended); err != nil {
			w.giveUp(cancel)
			leave(err)
		}
	}()
	defer cancel()
	defer close(ended)
	do(inner)
}

// wait returns nil when ended is closed, or why the work is to be left behind.
func (w *Watch) wait(ctx context.Context, ended <-chan struct{}) error {
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	done := ctx.Done()
	if w.Grace == 0 {
		done = nil
	}
	var late <-chan time.Time
	var s silence
	for {
		select {
		case <-ended:
			return nil
		case <-done:
			done, late = nil, time.After(w.Grace)
		case <-late:
			return ctx.Err()
		case <-ticks.C:
			if s.tick(w) {
				return w.unanswered()
			}
		}
	}
}

// giveUp refuses every further call, and lets go of what the work holds.
func (w *Watch) giveUp(cancel func()) {
	w.gaveUp.Store(true)
	cancel()
	w.mu.Lock()
	holds := w.holds
	w.holds = nil
	w.mu.Unlock()
	for _, free := range holds {
		free()
	}
}

// Hold returns free so that it is called once: by the caller, or when the work is left behind. A lock that work holds is
// freed that way for other processes.
func (w *Watch) Hold(free func()) func() {
	if w == nil {
		return free
	}
	free = sync.OnceFunc(free)
	w.mu.Lock()
	w.holds = append(w.holds, free)
	w.mu.Unlock()
	if w.gaveUp.Load() {
		free()
	}
	return free
}

// Call runs do, which asks the place something that has one answer, beside its Transport.
func (w *Watch) Call(place string, do func()) {
	if w == nil {
		do()
		return
	}
	w.at(place, nil)
	w.enter(quick)
	do()
	_ = w.end(quick, nil) // the next call of the work says that it was left behind
}

// at notes which place is watched. Probe asks it for a sign of life, nil if it can give none.
func (w *Watch) at(place string, probe func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.place = place
	if probe != nil {
		w.probe = probe
	}
}

// unanswered is the error of a place that does not answer.
func (w *Watch) unanswered() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return &transport.UnavailableError{Place: w.place, Reason: "it does not answer (server or network gone?)", Silent: true}
}

// gone is the error of every call after giveUp, nil before.
func (w *Watch) gone() error {
	if w.gaveUp.Load() {
		return w.unanswered()
	}
	return nil
}

// begin counts a call, or refuses it.
func (w *Watch) begin(k kind) error {
	if err := w.gone(); err != nil {
		return err
	}
	w.enter(k)
	return nil
}

func (w *Watch) enter(k kind) { w.counter(k).Add(1) }

// end is called at the end of a call, with its result.
func (w *Watch) end(k kind, err error) error {
	w.counter(k).Add(-1)
	w.ended.Add(1)
	if gone := w.gone(); gone != nil {
		return gone
	}
	return err
}

func (w *Watch) counter(k kind) *atomic.Int64 {
	if k == long {
		return &w.long
	}
	return &w.quick
}

// silence is the time in which no call has ended, though one is under way.
type silence struct {
	ended int64 // calls, when it began
	ticks int
	asked <-chan struct{} // is closed when the place has given a sign of life, nil if it was not asked
}

// tick counts one tick, and reports whether the place does not answer.
func (s *silence) tick(w *Watch) bool {
	ended, quickly := w.ended.Load(), w.quick.Load() > 0
	select {
	case <-s.asked:
		s.asked = nil
		if !quickly {
			s.ticks = 0
		}
	default:
	}
	if ended != s.ended || !quickly && w.long.Load() == 0 {
		s.ended, s.ticks = ended, 0
		return false
	}
	s.ticks++
	if s.ticks == probeAt && s.asked == nil && !quickly {
		s.asked = w.ask()
	}
	return s.ticks >= limit
}

// ask asks the place for a sign of life.
func (w *Watch) ask() <-chan struct{} {
	w.mu.Lock()
	probe := w.probe
	w.mu.Unlock()
	if probe == nil {
		return nil
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		probe()
	}()
	return answered
}
