package tray

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"claude-sync/icons"
	"claude-sync/syncer/command"
	"claude-sync/syncer/transport"
	"claude-sync/tray/menu"
)

func TestTheFirstLookIsToldAsFirst(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.click(command.Command{Verb: command.LookAgain})
		news := b.told()
		if len(news) != 2 || !news[0].First || news[1].First || news[0].Snapshot == nil {
			t.Errorf("got %+v, want two looks, of which the first is First", news)
		}
	})
}

func TestWorkIsFollowedByALook(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		before := b.engine.looked()
		b.click(push())
		if got := b.engine.looked() - before; got != 1 {
			t.Errorf("got %d looks after work, want 1", got)
		}
	})
}

func TestNoLookBeginsBesideWork(t *testing.T) {
	inBubble(t, func(b *bubble) { b.engine.do = until(b.end) }, func(b *bubble) {
		b.click(push())
		before := b.engine.looked()
		b.click(command.Command{Verb: command.LookAgain})
		b.watcher.changes <- struct{}{}
		b.pass(10 * time.Minute)
		if got := b.engine.looked() - before; got != 0 {
			t.Errorf("got %d looks beside work, want none", got)
		}
		close(b.end)
		b.pass(0)
		if got := b.engine.looked() - before; got != 1 {
			t.Errorf("got %d looks after it, want 1", got)
		}
	})
}

func TestALookThatWorkOvertookIsThrownAway(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.engine.mu.Lock()
		b.engine.look = func(ctx context.Context) { <-ctx.Done() } // it ends late, with the old state
		b.engine.mu.Unlock()
		b.click(command.Command{Verb: command.LookAgain})
		told := len(b.told())
		b.engine.mu.Lock()
		b.engine.look = nil
		b.engine.mu.Unlock()
		b.click(pull())
		b.wantDone(pull())
		if got := len(b.told()) - told; got != 2 {
			t.Errorf("got %d news, want that of the work and that of the look after it", got)
		}
	})
}

func TestWishesToLookAreOneLook(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.engine.mu.Lock()
		b.engine.look = func(context.Context) { <-b.end }
		b.engine.mu.Unlock()
		before := b.engine.looked()
		for range 50 {
			b.click(command.Command{Verb: command.LookAgain})
		}
		close(b.end)
		b.pass(time.Second)
		if got := b.engine.looked() - before; got != 2 { // the one under way, and one for all others
			t.Errorf("got %d looks for 50 clicks, want 2", got)
		}
	})
}

func TestChangesAreOneLookTwoSecondsLater(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		before := b.engine.looked()
		for range 19 {
			b.watcher.changes <- struct{}{}
			b.pass(100 * time.Millisecond)
		}
		if got := b.engine.looked() - before; got != 0 {
			t.Errorf("got %d looks while changes came, want none", got)
		}
		b.pass(200 * time.Millisecond)
		if got := b.engine.looked() - before; got != 1 {
			t.Errorf("got %d looks, want 1", got)
		}
	})
}

func TestLookingTakesATenthOfTheTimeAtMost(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.engine.look = func(ctx context.Context) { // thousands of sessions
			select {
			case <-time.After(3 * time.Second):
			case <-ctx.Done():
			}
		}
	}, func(b *bubble) {
		b.pass(4 * time.Second)
		before := b.engine.looked()
		for range 600 { // a session that is being written all the time
			b.watcher.changes <- struct{}{}
			b.pass(time.Second)
		}
		if got := b.engine.looked() - before; got > 20 {
			t.Errorf("got %d looks of 3 s in 10 min, want 20 at most", got)
		}
	})
}

func TestSlowLooksStretchWhileNothingHappens(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.pass(2 * time.Hour)
		at := b.engine.looks
		if got := at[1].Sub(at[0]); got != minPoll {
			t.Errorf("got a second look after %v, want %v", got, minPoll)
		}
		if got := at[len(at)-1].Sub(at[len(at)-2]); got != maxPoll {
			t.Errorf("got %v between looks after two quiet hours, want %v", got, maxPoll)
		}
		b.engine.set(Seen{Snapshot: behind()}, nil)
		b.pass(maxPoll + minPoll)
		least := maxPoll
		for i := len(at); i < len(b.engine.looks); i++ {
			least = min(least, b.engine.looks[i].Sub(b.engine.looks[i-1]))
		}
		if least != minPoll {
			t.Errorf("got %v between looks after a change, want %v", least, minPoll)
		}
	})
}

func TestTheOpenedMenuLooks(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.pass(10 * time.Second)
		before := b.engine.looked()
		b.host.open <- struct{}{}
		b.host.open <- struct{}{} // opened, closed, opened
		b.pass(0)
		if got := b.engine.looked() - before; got != 1 {
			t.Errorf("got %d looks, want 1", got)
		}
	})
}

// Each change of a label wakes the panel and this program some ten times, although no person looks.
func TestWhileNothingHappensThePictureRestsAndSaysWhen(t *testing.T) {
	var drawn atomic.Int32
	inBubble(t, func(b *bubble) {
		b.build = func(v menu.View) menu.Menu { drawn.Add(1); return menu.Build(v) }
	}, func(b *bubble) {
		b.wantLabel("looked just now")
		b.pass(30 * time.Minute) // looks are five minutes apart by now
		for range 3 {
			looks, before := b.engine.looked(), drawn.Load()
			b.pass(maxPoll)
			if got, most := int(drawn.Load()-before), 2*(b.engine.looked()-looks); got > most {
				t.Errorf("it was drawn %d times, want %d at most: before and after each look", got, most)
			}
			b.wantLabel("looked at " + b.engine.lastLook().Format("15:04"))
		}
		b.host.open <- struct{}{} // a person is there
		b.wantLabel("looked just now")
	})
}

func TestAgesGoOnAfterALookThatFailed(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.engine.set(Seen{}, errBroken)
		b.click(command.Command{Verb: command.LookAgain})
		b.pass(3*time.Minute + 10*time.Second)
		b.wantLabel("looked 3 min ago")
	})
}

func TestTheFolderGoesAwayAndComesBack(t *testing.T) {
	inBubble(t, func(b *bubble) { b.engine.set(Seen{Snapshot: behind(), SyncDir: "/mnt/stick"}, nil) }, func(b *bubble) {
		b.wantLabel("Pull all (1)")
		b.engine.set(Seen{SyncDir: "/mnt/stick"}, errAway)
		b.watcher.changes <- struct{}{}
		b.pass(debounce)
		b.wantLabel("Sync folder not available")
		b.wantLabel("app ↓1") // from the last good look
		if got := b.picture().Icon; got != icons.Off {
			t.Errorf("got icon %v, want %v", got, icons.Off)
		}
		var away *transport.UnavailableError
		if news := b.told(); !errors.As(news[len(news)-1].Err, &away) {
			t.Errorf("got news %+v, want the folder's absence last", news)
		}
		b.engine.set(Seen{Snapshot: behind(), SyncDir: "/mnt/stick"}, nil)
		b.pass(missingPoll)
		b.wantNoLabel("not available")
		if news := b.told(); news[len(news)-1].Snapshot == nil {
			t.Errorf("got news %+v, want a look that succeeded last", news)
		}
	})
}

func TestALookThatFailsIsToldAndKeepsWhatWasSeen(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.engine.set(Seen{}, errBroken)
		b.click(command.Command{Verb: command.LookAgain})
		b.wantLabel(errBroken.Error())
		b.wantLabel("app")
		b.engine.set(Seen{Snapshot: quiet()}, nil)
		b.pass(missingPoll)
		b.wantNoLabel(errBroken.Error())
	})
}

func TestTheFoldersOfTheLastLookAreWatched(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.engine.set(Seen{Snapshot: quiet(), Folders: []string{"a", "b"}}, nil)
		b.click(command.Command{Verb: command.LookAgain})
		if got := b.watcher.folders; len(got) != 2 {
			t.Errorf("got %q watched, want a and b", got)
		}
	})
}
