package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"claude-sync/syncer/command"
)

// ErrClosed says that a Desktop was closed.
var ErrClosed = errors.New("notifications are closed")

// errAbsent says that nobody shows notes now, but may later.
var errAbsent = errors.New("no notification service")

// errTooMany is why a note was dropped.
var errTooMany = errors.New("too many notes are waiting to be shown")

// Options say how a Desktop is to work.
type Options struct {
	// IconFile is where the icon may be kept, as a PNG, for systems that take a path: Windows has it in the
	// registry from then on. "" gives the icon with each note.
	IconFile string
	// Clicked gets what the pressed buttons ask for, Failed the notes that could not be shown. Either may
	// be nil. They are called from several goroutines and must return soon; a button that is pressed
	// during Close may still be heard of.
	Clicked func(command.Command)
	Failed  func(Note, error)
}

// Complaints is Options.Failed for a program that can complain: of each reason once, since a service that
// refuses a note refuses the next as well, and without waiting, since a complaint may be a window.
func Complaints(complain func(error)) func(Note, error) {
	var mu sync.Mutex // guards told
	told := map[string]bool{}
	return func(n Note, err error) {
		mu.Lock()
		defer mu.Unlock()
		if !told[err.Error()] {
			told[err.Error()] = true
			go complain(fmt.Errorf("the notification %q was not shown: %w", n.Title, err))
		}
	}
}

const (
	// waiting is how many notes are kept for a service that is slow or not there yet.
	waiting = 16
	// patience is how long a service may take with one note. It is longer than the ten seconds that a
	// busy desktop takes after login: only the delivery waits.
	patience = 30 * time.Second
)

// Desktop shows notes, one after the other, in a goroutine of its own: a service that is slow, absent or
// dead delays notes and nothing else. Methods may be called from any goroutine.
type Desktop struct {
	options Options
	carrier carrier
	ring    chan struct{} // the queue has something new, or the service does
	cancel  context.CancelFunc
	done    chan struct{}

	mu     sync.Mutex // guards the two below
	queue  []Note
	closed bool
}

// carrier brings notes to one system's desktop. Only the delivery calls it.
type carrier interface {
	// show gives one note to the desktop. It returns errAbsent when the note is worth keeping until ring
	// is rung, and no later than ctx.
	show(ctx context.Context, n Note) error
	close()
}

// New starts the delivery. It cannot fail: a service that is not there may come. Close ends it.
func New(o Options) *Desktop { return start(o, patience, newCarrier) }

func start(o Options, patience time.Duration, build func(Options, func()) carrier) *Desktop {
	if o.Clicked == nil {
		o.Clicked = func(command.Command) {}
	}
	if o.Failed == nil {
		o.Failed = func(Note, error) {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &Desktop{options: o, ring: make(chan struct{}, 1), cancel: cancel, done: make(chan struct{})}
	d.carrier = build(o, d.wake)
	go d.deliver(ctx, patience)
	return d
}

// Show has a note shown soon and returns at once. A note that still waits under the same ID is replaced;
// of too many that wait the oldest is dropped. It returns ErrClosed, or ctx's error when that is done.
func (d *Desktop) Show(ctx context.Context, n Note) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dropped, err := d.enqueue(n)
	if dropped != nil {
		d.options.Failed(*dropped, errTooMany)
	}
	return err
}

func (d *Desktop) enqueue(n Note) (dropped *Note, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, ErrClosed
	}
	d.queue = append(slices.DeleteFunc(d.queue, func(old Note) bool { return old.ID == n.ID }), n)
	// The newest is the truest: an old note about a folder that is back by now helps nobody.
	if len(d.queue) > waiting {
		dropped = &d.queue[0]
		d.queue = slices.Clone(d.queue[1:])
	}
	d.wake()
	return dropped, nil
}

// wake never blocks: one token says all there is to say, that the queue is worth a look.
func (d *Desktop) wake() {
	select {
	case d.ring <- struct{}{}:
	default: // it is about to look anyway
	}
}

// Close ends the delivery; notes that wait are not shown any more. It does not wait for a service that
// hangs. A second Close does nothing.
func (d *Desktop) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.cancel()
	<-d.done
}

// deliver owns the carrier. It sleeps while there is nothing to show: no timer, no polling.
func (d *Desktop) deliver(ctx context.Context, patience time.Duration) {
	defer close(d.done)
	defer d.carrier.close()
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.ring:
		}
		for d.next(ctx, patience) {
		}
	}
}

// next shows the oldest note and reports whether to go on with another one.
func (d *Desktop) next(ctx context.Context, patience time.Duration) bool {
	n, ok := d.take()
	if !ok || ctx.Err() != nil {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := d.carrier.show(limited, n)
	switch {
	case errors.Is(err, errAbsent):
		d.putBack(n)
		return false
	case err != nil && ctx.Err() == nil:
		d.options.Failed(n, err)
	}
	return true
}

func (d *Desktop) take() (Note, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.queue) == 0 {
		return Note{}, false
	}
	n := d.queue[0]
	d.queue = slices.Clone(d.queue[1:])
	return n, true
}

// putBack makes a note the next one again, unless a newer one has its ID or took its place.
func (d *Desktop) putBack(n Note) {
	d.mu.Lock()
	defer d.mu.Unlock()
	newer := slices.ContainsFunc(d.queue, func(other Note) bool { return other.ID == n.ID })
	if !newer && len(d.queue) < waiting {
		d.queue = append([]Note{n}, d.queue...)
	}
}
