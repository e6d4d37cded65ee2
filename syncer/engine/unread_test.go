package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/transport"
)

// counted counts what is read of packs.
type counted struct {
	transport.Transport
	bytes *atomic.Int64
}

func (c counted) Open(ctx context.Context, name string) (transport.Content, error) {
	content, err := c.Transport.Open(ctx, name)
	return countedContent{content, c.bytes}, err
}

type countedContent struct {
	transport.Content
	bytes *atomic.Int64
}

func (c countedContent) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.Content.ReadAt(b, off)
	c.bytes.Add(int64(n))
	return n, err
}

// grownAway is a world in which a long session went to the laptop, and then grew on the desktop. Neither has
// a cache.
func grownAway(t *testing.T) (w *world, laptop *Machine, read *atomic.Int64) {
	w = newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, long())
	w.push(desktop)
	w.pull(laptop)
	w.appendTo(desktop, sessionA, turn("3"))
	read = new(atomic.Int64)
	laptop.Transport = counted{laptop.Transport, read}
	return w, laptop, read
}

// With what is read once more where the two part, and for the header.
const onceAndABit = 3 * fingerprint.MinSize

func TestPullReadsAGrownPackOnce(t *testing.T) {
	w, laptop, read := grownAway(t)
	w.push(w.machines[0])
	size := int64(len(long()))
	if size*2 < onceAndABit {
		t.Fatalf("a session of %d bytes is too short to tell", size)
	}
	if events := w.pull(laptop); count(events, syncer.Updated) != 1 || len(events) != 1 {
		t.Fatal(events)
	}
	if got := read.Load(); got > onceAndABit {
		t.Errorf("%d bytes were read of a pack of some %d", got, size)
	}
}

// This machine's own pack, in which there is nothing new, is not read again beside one in which there is.
func TestPullReadsNoPackThatHasNothingNew(t *testing.T) {
	w, laptop, read := grownAway(t)
	w.remembering()
	w.push(w.machines[0])
	w.pull(laptop)
	w.appendTo(laptop, sessionA, turn("4"))
	w.push(laptop) // its own pack, and a look that knows how it stands
	w.pull(w.machines[0])
	w.appendTo(w.machines[0], sessionA, turn("5"))
	w.push(w.machines[0])
	w.looked(laptop)
	read.Store(0)
	if events := w.pull(laptop); count(events, syncer.Updated) != 1 || len(events) != 1 {
		t.Fatal(events)
	}
	if got := read.Load(); got > onceAndABit {
		t.Errorf("%d bytes were read of two packs of some %d each", got, len(long()))
	}
	if got, want := w.read(laptop, sessionA), w.read(w.machines[0], sessionA); got != want {
		t.Errorf("%d bytes arrived of %d, or others", len(got), len(want))
	}
}

// That a session is open is only worth a word where there is something new for it.
func TestPullSaysNothingOfAnOpenSessionThatHasAll(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.pull(laptop)
	w.check(os.Remove(filepath.Join(laptop.Store.Dir, "sessions"))) // an older Claude Code: what was written just now is open
	w.check(os.Chtimes(w.path(laptop, sessionA), time.Time{}, w.now))
	if events := w.pull(laptop); len(events) != 0 {
		t.Errorf("got %+v", events)
	}
	w.appendTo(desktop, sessionA, turn("2"))
	w.push(desktop)
	if events := w.pull(laptop); count(events, syncer.Held) != 1 || len(events) != 1 {
		t.Errorf("got %+v", events)
	}
}

// A pack that is younger than the transcript and yet has nothing new makes a copy begin that is in vain.
func TestCopyInVainLeavesNothing(t *testing.T) {
	dir, hook, done := newDisk(t).world()
	defer done()
	w := newWorld(t, dir, "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, long())
	w.now = w.now.Add(time.Hour)
	w.push(desktop)
	w.pull(laptop)
	w.check(os.Chtimes(w.path(laptop, sessionA), time.Time{}, time.Now()))
	copies := 0
	hook(func(step, _ string) error {
		if step == "create" { // a copy that is not wanted any more may end before it copies
			copies++
		}
		return nil
	})
	before, err := os.Stat(w.path(laptop, sessionA))
	w.check(err)
	if events := w.pull(laptop); len(events) != 0 {
		t.Fatal(events)
	}
	hook(nil)
	if copies != 1 {
		t.Errorf("%d copies were begun, the test means one", copies)
	}
	after, err := os.Stat(w.path(laptop, sessionA))
	w.check(err)
	if !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Error("the transcript is another one")
	}
	if strings.Contains(w.state(), "~syncthing~") {
		t.Error("a temporary file was left behind")
	}
}

// Whatever reads the transcript when somebody makes it shorter, what is said is that.
func TestTranscriptThatBecomesShorterIsSaidToHaveChanged(t *testing.T) {
	for name, c := range map[string]struct {
		ours, when string
		written    time.Duration // after the pack; then nobody begins to copy before all is compared
	}{
		"while it is read":   {"", "copy", -time.Minute},
		"before it is read":  {"", "create", -time.Minute},
		"once it was read":   {"", "create", time.Minute},
		"and is not copied":  {glance("looked at"), "create", -time.Minute},
		"while it is merged": {glance("looked at"), "create", time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			dir, hook, done := newDisk(t).world()
			defer done()
			w := newWorld(t, dir, "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			w.write(desktop, sessionA, long())
			w.push(desktop)
			w.pull(laptop)
			w.appendTo(laptop, sessionA, c.ours)
			w.appendTo(desktop, sessionA, turn("3")+turn("4"))
			w.now = w.now.Add(time.Hour)
			w.push(desktop)
			w.check(os.Chtimes(w.path(laptop, sessionA), time.Time{}, w.now.Add(c.written)))
			hook(func(step, _ string) error {
				if step == c.when {
					return os.Truncate(w.path(laptop, sessionA), 1000)
				}
				return nil
			})
			events := w.pull(laptop)
			hook(nil)
			if len(events) != 1 || events[0].Kind != syncer.Failed || !errors.Is(events[0].Err, oserr.ErrChanged) {
				t.Errorf("got %+v", events)
			}
		})
	}
}

// A session that is here, of whose packs nobody has read one that is cut off: a stray, and no failure.
func TestPackThatIsCutOffIsAStrayOfThePull(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop", "third")
	desktop, laptop, third := w.machines[0], w.machines[1], w.machines[2]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.pull(laptop)
	w.pull(third)
	w.appendTo(desktop, sessionA, turn("2"))
	w.push(desktop)
	w.appendTo(third, sessionA, turn("1.5"))
	w.push(third)
	name := third.packs().Name(testKey, sessionA)
	whole, err := os.ReadFile(w.packPath(name))
	w.check(err)
	w.replacePack(name, whole[:len(whole)-4])
	events := w.pull(laptop)
	if count(events, syncer.Updated) != 1 || count(events, syncer.Strayed) != 1 || len(events) != 2 || syncer.ExitCode(events) != 3 {
		t.Fatalf("got %+v", events)
	}
	if got := events[0].From; !slices.Equal(got, []string{"desktop"}) {
		t.Errorf("updated from %q, want only who had something", got)
	}
	if got, want := w.read(laptop, sessionA), w.read(desktop, sessionA); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Packs that turn out to be none do not make the pull begin anew with those that it has read.
func TestPullReadsAPackOnceBesideBrokenOnes(t *testing.T) {
	w, laptop, read := grownAway(t)
	w.push(w.machines[0])
	name := w.machines[0].packs().Name(testKey, sessionA)
	whole, err := os.ReadFile(w.packPath(name))
	w.check(err)
	const broken = 10
	for i := range broken {
		w.put(strings.Replace(name, "desktop", fmt.Sprintf("desktop.conflict%d", i), 1), whole[:1000])
	}
	events := w.pull(laptop)
	if count(events, syncer.Updated) != 1 || count(events, syncer.Strayed) != broken || len(events) != 1+broken {
		t.Fatalf("got %+v", events)
	}
	if got := read.Load(); got > onceAndABit {
		t.Errorf("%d bytes were read of a pack of some %d", got, len(whole))
	}
}

// spoiled cannot read what is behind the first few KB of one machine's packs.
type spoiled struct {
	transport.Transport
	machine string
}

var errDisk = errors.New("input/output error")

func (s spoiled) Open(ctx context.Context, name string) (transport.Content, error) {
	content, err := s.Transport.Open(ctx, name)
	if err == nil && strings.Contains(name, s.machine) {
		return spoiledContent{content}, nil
	}
	return content, err
}

type spoiledContent struct{ transport.Content }

func (c spoiledContent) ReadAt(b []byte, off int64) (int, error) {
	if off+int64(len(b)) > 4<<10 {
		return 0, errDisk
	}
	return c.Content.ReadAt(b, off)
}

// A pack that the disk does not give does not keep away what others have, be the session here or not.
func TestPackThatCannotBeReadStopsNoOther(t *testing.T) {
	for _, done := range []syncer.Kind{syncer.Updated, syncer.Installed} {
		t.Run(fmt.Sprint(done == syncer.Updated), func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop", "third")
			desktop, laptop, third := w.machines[0], w.machines[1], w.machines[2]
			w.write(desktop, sessionA, turn("1"))
			w.push(desktop)
			if done == syncer.Updated {
				w.pull(laptop)
			}
			w.appendTo(desktop, sessionA, turn("2"))
			w.push(desktop)
			w.pull(third)
			w.appendTo(third, sessionA, long())
			w.push(third)
			laptop.Transport = spoiled{laptop.Transport, "third"}
			events := w.pull(laptop)
			if count(events, done) != 1 || count(events, syncer.Failed) != 1 || len(events) != 2 {
				t.Fatalf("got %+v", events)
			}
			for _, e := range events {
				if e.Kind == syncer.Failed && (!errors.Is(e.Err, errDisk) || !strings.Contains(e.Err.Error(), "third")) {
					t.Errorf("got %v", e.Err)
				}
			}
			if got, want := w.read(laptop, sessionA), w.read(desktop, sessionA); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// A conflict is told in the same words whoever found it: a look that remembers, or the pull.
func TestConflictNamesTheMachinesInOneOrder(t *testing.T) {
	w := newWorld(t, t.TempDir(), "amber", "beryl", "coral")
	amber, beryl, coral := w.machines[0], w.machines[1], w.machines[2]
	w.write(amber, sessionA, turn("1"))
	w.push(amber)
	w.pull(beryl)
	w.pull(coral)
	w.appendTo(amber, sessionA, turn("a"))
	w.appendTo(beryl, sessionA, turn("b"))
	w.appendTo(coral, sessionA, turn("c")+turn("d")) // the longest, which is taken first
	w.push(amber)
	w.push(coral)
	step := syncer.PlanPull(w.looked(beryl), syncer.Scope{})[0]
	events := w.pull(beryl)
	if len(events) != 1 || step.Action != syncer.Conflict || fmt.Sprint(events[0]) != fmt.Sprint(step.Event(syncer.Conflicted)) {
		t.Errorf("got %+v, want %+v", events, step.Event(syncer.Conflicted))
	}
}

// The machine that a session is said to have come from is one whose pack was read.
func TestSessionDidNotComeFromAPackThatIsNone(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop", "third")
	desktop, laptop, third := w.machines[0], w.machines[1], w.machines[2]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.pull(third)
	w.appendTo(third, sessionA, turn("2"))
	w.now = w.now.Add(time.Hour)
	w.push(third)
	name := third.packs().Name(testKey, sessionA)
	whole, err := os.ReadFile(w.packPath(name))
	w.check(err)
	w.replacePack(name, whole[:len(whole)-4])
	events := w.pull(laptop)
	if count(events, syncer.Strayed) != 1 || count(events, syncer.Installed) != 1 || len(events) != 2 {
		t.Fatalf("got %+v", events)
	}
	for _, e := range events {
		if e.Kind == syncer.Installed && !slices.Equal(e.From, []string{"desktop"}) {
			t.Errorf("installed from %q", e.From)
		}
	}
}
