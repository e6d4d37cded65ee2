package tray

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"reflect"
	"runtime/debug"
	"slices"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/transport"
	"claude-sync/tray/menu"
)

// looks says when to look, and what the last look found.
type looks struct {
	wanted    bool
	stop      context.CancelFunc // of the look in hand, nil if there is none
	soon      *time.Timer        // the next look after a change
	soonSet   bool               // soon runs
	poll      *time.Timer        // the next look if nothing happens
	interval  time.Duration      // of poll; grows while nothing happens
	idle      bool               // nothing happened since the last timer-driven look
	took      time.Duration      // the last look
	ended     time.Time          // the last look
	last      *syncer.Snapshot
	announced bool // the news has had the first look
}

func newLooks() looks {
	return looks{soon: unsetTimer(), poll: unsetTimer(), interval: minPoll}
}

// want asks for a look. Many wants before it begins are one look.
func (l *loop) want() { l.wanted = true }

// active notes that something happened, or that a person is here: looks are frequent again.
func (l *loop) active() { l.interval, l.idle = minPoll, false }

// changed asks for a look after debounce. Looks that changes cause take at most a tenth of the time.
func (l *loop) changed() {
	l.active()
	if !l.soonSet {
		l.soonSet = true
		l.soon.Reset(max(debounce, lookShare*l.took))
	}
}

// opened is called when a person opens the menu: it paints ages anew, and asks for a look unless the last one is
// newer than debounce.
func (l *loop) opened() {
	l.active()
	l.builtAt = time.Time{}
	if l.stop == nil && time.Since(l.ended) > debounce {
		l.want()
	}
}

// nextLook begins the look that is wanted, unless a look or work is under way. The end of work wants a look.
func (l *loop) nextLook() {
	if !l.wanted || l.stop != nil || l.work != nil {
		return
	}
	l.wanted = false
	l.soonSet = false
	l.soon.Stop() // this look sees the changes so far
	l.poll.Stop()
	ctx, cancel := context.WithCancel(l.ctx)
	l.stop = cancel
	begun := time.Now()
	l.spawn(func() func() {
		seen, err := l.engine.Look(ctx)
		autostart, notifications := l.autostart.on(), l.notifications.on()
		return func() {
			l.stop = nil
			l.view.Autostart, l.view.Notifications = autostart, notifications
			// Work that began meanwhile has cancelled the look, because its result would be old.
			if ctx.Err() == nil {
				l.took, l.ended = time.Since(begun), time.Now()
				l.looked(seen, err)
			}
			cancel()
		}
	})
}

// looked takes over the result of a look, and sets the time of the next.
func (l *loop) looked(seen Seen, err error) {
	l.watcher.Watch(seen.Folders)
	n := News{First: !l.announced, Err: err}
	l.announced = true
	l.view.SetUp = !errors.Is(err, syncer.ErrNotSetUp)
	l.view.SyncDir, l.view.Provider, l.view.Candidates = seen.SyncDir, seen.Provider, nil
	for _, c := range seen.Candidates {
		l.view.Candidates = append(l.view.Candidates, menu.Candidate(c))
	}
	l.view.Unavailable, l.lookErr = "", nil
	switch {
	case err == nil:
		n.Snapshot, n.Retention = &seen.Snapshot, seen.Retention
		l.backOff(n.Snapshot)
		l.view.Snapshot = n.Snapshot
		l.retryHeld(n.Snapshot)
	case !l.view.SetUp:
		l.view.Snapshot, l.last = nil, nil
		l.interval = minPoll
	default:
		l.lookFailed(err)
	}
	l.poll.Reset(l.interval)
	l.tell(n)
	l.answerNow()
	// Thousands of sessions leave garbage that idle minutes would keep: 28 MB resident instead of 18. A moment
	// later the snapshot before this one is garbage, too.
	time.AfterFunc(debounce, debug.FreeOSMemory)
}

// lookFailed keeps the last good snapshot and says why there is no newer one.
func (l *loop) lookFailed(err error) {
	l.interval = missingPoll
	l.last = nil // the next snapshot counts as changed
	var unavailable *transport.UnavailableError
	if errors.As(err, &unavailable) {
		l.view.Unavailable = err.Error()
		return
	}
	l.lookErr = &syncer.Event{Kind: syncer.Failed, Err: err}
}

// backOff doubles the interval while looks find the same.
func (l *loop) backOff(s *syncer.Snapshot) {
	same := l.last != nil && sameState(*l.last, *s)
	l.last = s
	if !same {
		l.interval = minPoll
		return
	}
	l.interval = min(2*l.interval, maxPoll)
}

// sameState reports whether two looks found the same.
func sameState(a, b syncer.Snapshot) bool {
	a.Time = b.Time
	return reflect.DeepEqual(a, b)
}

// retryHeld repeats pulls that were asked for while Claude Code had the session open. It does so after one look
// has seen the session open and a later one has not. This is the only thing that the tray does unasked, and a
// person asked for it before.
func (l *loop) retryHeld(s *syncer.Snapshot) {
	asked := slices.SortedFunc(maps.Keys(l.held), func(a, b command.Command) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Session, b.Session))
	})
	for _, c := range asked {
		session := find(s, c)
		switch {
		case session.Open:
			l.held[c] = true
		case l.held[c]: // if no look saw it open, a pull that says so would be repeated for ever
			delete(l.held, c)
			if session.State == syncer.Behind {
				l.enqueue(c)
			}
		}
	}
}

// find returns the session of a Command, the zero Session if it is not in the snapshot: a brief look drops
// sessions that need no action.
func find(s *syncer.Snapshot, c command.Command) syncer.Session {
	for _, p := range s.Projects {
		for _, session := range p.Sessions {
			if p.Key == c.Project && session.ID == c.Session {
				return session
			}
		}
	}
	return syncer.Session{}
}
