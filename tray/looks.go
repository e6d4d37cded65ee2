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

// looks is when to look, and what the last look found.
type looks struct {
	wanted bool
	stop   context.CancelFunc // of the look in hand, nil when there is none
	soon   *time.Timer        // the next look after a change
	armed  bool               // soon is set
	slow   *time.Timer        // the next look without any reason
	pause  time.Duration      // between looks without reason; grows while nothing happens
	still  bool               // there has been no other reason since a look without one
	took   time.Duration      // the last look
	ended  time.Time          // the last look
	last   *syncer.Snapshot
	told   bool // a first look has been told of
}

func newLooks() looks {
	return looks{soon: stopped(), slow: stopped(), pause: slowly}
}

// want asks for a look. Many wants before it begins are one look.
func (l *loop) want() { l.wanted = true }

// stir ends the quiet: something happened, or a person is here.
func (l *loop) stir() { l.pause, l.still = slowly, false }

// changed asks for a look soon: others may follow, and looking must not become all that we do.
func (l *loop) changed() {
	l.stir()
	if !l.armed {
		l.armed = true
		l.soon.Reset(max(calm, share*l.took))
	}
}

// opened is the menu: ages are counted anew at once, and what is older than a blink is looked at again.
func (l *loop) opened() {
	l.stir()
	l.builtAt = time.Time{}
	if l.stop == nil && time.Since(l.ended) > calm {
		l.want()
	}
}

// nextLook begins the look that is wanted, unless one is under way or work is: its end wants one anyway.
func (l *loop) nextLook() {
	if !l.wanted || l.stop != nil || l.work != nil {
		return
	}
	l.wanted = false
	l.armed = false
	l.soon.Stop() // this look sees what changed so far
	l.slow.Stop()
	ctx, cancel := context.WithCancel(l.ctx)
	l.stop = cancel
	begun := time.Now()
	l.spawn(func() func() {
		seen, err := l.engine.Look(ctx)
		autostart, notifications := l.autostart.on(), l.notifications.on()
		return func() {
			l.stop = nil
			l.view.Autostart, l.view.Notifications = autostart, notifications
			// Work that began meanwhile has cancelled it, and made what it saw old.
			if ctx.Err() == nil {
				l.took, l.ended = time.Since(begun), time.Now()
				l.looked(seen, err)
			}
			cancel()
		}
	})
}

// looked takes in what a look found, and sets the time of the next.
func (l *loop) looked(seen Seen, err error) {
	l.watcher.Watch(seen.Folders)
	n := News{First: !l.told, Err: err}
	l.told = true
	l.view.SetUp = !errors.Is(err, syncer.ErrNotSetUp)
	l.view.SyncDir, l.view.Provider, l.view.Candidates = seen.SyncDir, seen.Provider, nil
	for _, c := range seen.Candidates {
		l.view.Candidates = append(l.view.Candidates, menu.Candidate(c))
	}
	l.view.Unavailable, l.lookErr = "", nil
	switch {
	case err == nil:
		n.Snapshot, n.Retention = &seen.Snapshot, seen.Retention
		l.stretch(n.Snapshot)
		l.view.Snapshot = n.Snapshot
		l.retryHeld(n.Snapshot)
	case !l.view.SetUp:
		l.view.Snapshot, l.last = nil, nil
		l.pause = slowly
	default:
		l.notSeen(err)
	}
	l.slow.Reset(l.pause)
	l.tell(n)
	l.answerNow()
	// Thousands of sessions leave garbage that idle minutes would keep: 28 MB resident instead of 18. A moment
	// later nobody holds the snapshot before this one any more.
	time.AfterFunc(calm, debug.FreeOSMemory)
}

// notSeen keeps the last good snapshot and says why there is no newer one.
func (l *loop) notSeen(err error) {
	l.pause = awaiting
	l.last = nil // whatever comes back is news
	var away *transport.UnavailableError
	if errors.As(err, &away) {
		l.view.Unavailable = err.Error()
		return
	}
	l.lookErr = &syncer.Event{Kind: syncer.Failed, Err: err}
}

// stretch makes the pause longer as long as nothing happens.
func (l *loop) stretch(s *syncer.Snapshot) {
	same := l.last != nil && sameState(*l.last, *s)
	l.last = s
	if !same {
		l.pause = slowly
		return
	}
	l.pause = min(2*l.pause, slowest)
}

// sameState reports whether two looks found the same.
func sameState(a, b syncer.Snapshot) bool {
	a.Time = b.Time
	return reflect.DeepEqual(a, b)
}

// retryHeld asks again for pulls that were asked for while Claude Code had the session open, once a look
// has seen it open and another has not. It is the one thing that is done unasked, because it was asked for.
func (l *loop) retryHeld(s *syncer.Snapshot) {
	asked := slices.SortedFunc(maps.Keys(l.held), func(a, b command.Command) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Session, b.Session))
	})
	for _, c := range asked {
		session := sessionIn(s, c)
		switch {
		case session.Held != nil:
			l.held[c] = true
		case l.held[c]: // without a look that saw it open, a pull that disagrees would be asked for ever
			delete(l.held, c)
			if session.Relation == syncer.Behind {
				l.enqueue(c)
			}
		}
	}
}

// sessionIn is the session that a Command is for. One of which there is nothing to be said is not in the snapshot.
func sessionIn(s *syncer.Snapshot, c command.Command) syncer.Session {
	for _, p := range s.Projects {
		for _, session := range p.Sessions {
			if p.Key == c.Project && session.ID == c.Session {
				return session
			}
		}
	}
	return syncer.Session{}
}
