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

// errAbsent says that no service shows notes now. One may come later.
var errAbsent = errors.New("no notification service")

// errTooMany says why a note was dropped.
var errTooMany = errors.New("too many notes are waiting to be shown")

// Options are the settings of a Desktop.
type Options struct {
	// IconFile is a path where the icon may be written, as a PNG, for systems that take a path: Windows keeps the
	// path in the registry. With "" each note has the icon itself.
	IconFile string
	// Clicked gets the commands of pressed buttons, Failed the notes that could not be shown. Either may be nil.
	// Several goroutines call them, and they must return soon. Clicked may still be called after Close, for a
	// button that was pressed during it.
	Clicked func(command.Command)
	Failed  func(Note, error)
}

// Complaints makes an Options.Failed of a function that shows an error. It shows each error once, because a service that
// refuses one note refuses the next as well. It does not wait, because complain may open a window.
func Complaints(complain func(error)) func(Note, error) {
	var mu sync.Mutex // guards shown
	shown := map[string]bool{}
	return func(n Note, err error) {
		mu.Lock()
		defer mu.Unlock()
		if !shown[err.Error()] {
			shown[err.Error()] = true
			go complain(fmt.Errorf("the notification %q was not shown: %w", n.Title, err))
		}
	}
}

const (
	// maxWaiting bounds the notes that wait for a service that is slow or absent.
	maxWaiting = 16
	// showTimeout is how long a service may take for one note. It is longer than the ten seconds that a busy
	// desktop takes after login. Only the delivery waits.
	showTimeout = 30 * time.Second
)

// Desktop shows notes, one after the other, in a goroutine of its own: a service that is slow, absent or dead delays
// only notes. Any goroutine may call its methods.
type Desktop struct {
	options Options
	carrier carrier
	ring    chan struct{} // the queue or the service changed
	cancel  context.CancelFunc
	done    chan struct{}

	mu     sync.Mutex // guards queue and closed
	queue  []Note
	closed bool
}

// carrier shows notes on one system's desktop. Only the delivery calls it.
type carrier interface {
	// show gives one note to the desktop. It returns errAbsent if the note has to wait until the carrier rings. It
	// returns when ctx ends.
	show(ctx context.Context, n Note) error
	close()
}

// New starts the delivery. It has no error, because a missing service may come later. Close ends the delivery.
func New(o Options) *Desktop { return start(o, showTimeout, newCarrier) }

func start(o Options, timeout time.Duration, build func(Options, func()) carrier) *Desktop {
	if o.Clicked == nil {
		o.Clicked = func(command.Command) {}
	}
	if o.Failed == nil {
		o.Failed = func(Note, error) {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &Desktop{options: o, ring: make(chan struct{}, 1), cancel: cancel, done: make(chan struct{})}
	d.carrier = build(o, d.wake)
	go d.deliver(ctx, timeout)
	return d
}

// Show makes the delivery show a note, and returns at once. The note replaces a waiting note with the same ID. If too
// many notes wait, the oldest is dropped.
//
// Errors: ErrClosed, or ctx's error.
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
	// The newest note is the most useful: the state behind an old one may have changed.
	if len(d.queue) > maxWaiting {
		dropped = &d.queue[0]
		d.queue = slices.Clone(d.queue[1:])
	}
	d.wake()
	return dropped, nil
}

// wake makes the delivery look at the queue. It never blocks.
func (d *Desktop) wake() {
	select {
	case d.ring <- struct{}{}:
	default: // the delivery is about to look
	}
}

// Close ends the delivery and drops the notes that wait. It does not wait for a service that hangs. A second Close does
// nothing.
func (d *Desktop) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.cancel()
	<-d.done
}

// deliver owns the carrier. It sleeps without a timer while there is nothing to show.
func (d *Desktop) deliver(ctx context.Context, timeout time.Duration) {
	defer close(d.done)
	defer d.carrier.close()
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.ring:
		}
		for d.next(ctx, timeout) {
		}
	}
}

// next shows the oldest note, and reports whether the delivery should try another one.
func (d *Desktop) next(ctx context.Context, timeout time.Duration) bool {
	n, ok := d.take()
	if !ok || ctx.Err() != nil {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
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

// putBack puts a note first in the queue again, unless a newer note has its ID or the queue is full.
func (d *Desktop) putBack(n Note) {
	d.mu.Lock()
	defer d.mu.Unlock()
	newer := slices.ContainsFunc(d.queue, func(other Note) bool { return other.ID == n.ID })
	if !newer && len(d.queue) < maxWaiting {
		d.queue = append([]Note{n}, d.queue...)
	}
}
