package engine

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/fingerprint"
)

// long is a transcript that is long enough to be extended.
func long() string {
	return turn("1") + `{"uuid":"x","text":"` + strings.Repeat("all the same ", fingerprint.MinSize/8) + "\"}\n" + turn("2")
}

// ready is a world in which the desktop's pack of a long session is old and known.
func ready(t *testing.T) (*world, *Machine) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	w.remembering()
	w.write(w.machines[0], sessionA, long())
	w.push(w.machines[0])
	w.looked(w.machines[0])
	return w, w.machines[0]
}

// appendTo is what Claude Code does.
func (w *world) appendTo(m *Machine, id ccsync.SessionID, text string) {
	w.t.Helper()
	f, err := os.OpenFile(w.path(m, id), os.O_APPEND|os.O_WRONLY, 0)
	w.check(err)
	_, err = f.WriteString(text)
	w.check(err)
	w.check(f.Close())
}

// pushing is a push that tells how many bytes of the transcript it packed.
func (w *world) pushing(m *Machine) int64 {
	w.t.Helper()
	var bytes int64
	m.Progress = func(p syncer.Progress) { bytes = p.Bytes }
	if events := w.push(m); count(events, syncer.Pushed) != 1 || len(events) != 1 {
		w.t.Fatal(events)
	}
	return bytes
}

func TestGrownSessionIsPackedByWhatItGrew(t *testing.T) {
	w, m := ready(t)
	later := w.now
	for _, more := range []string{turn("3"), turn("é4") + glance("5"), `{"uuid":"half a row`} {
		w.appendTo(m, sessionA, more)
		w.now = later.Add(-time.Hour) // what was just written is young, most often
		w.looked(m)
		if strings.HasSuffix(more, "\n") {
			if got := w.pushing(m); got != int64(len(more)) {
				t.Errorf("%d bytes were packed, the session grew by %d", got, len(more))
			}
			w.now = later
			w.looked(m)
		}
	}
	w.appendTo(m, sessionA, "\"}\n")
	w.push(m)
	w.pull(w.machines[1])
	if got, want := w.read(w.machines[1], sessionA), w.read(m, sessionA); got != want {
		t.Errorf("%d bytes arrived of %d, or others", len(got), len(want))
	}
}

// The pack is the very same as one that is made anew.
func TestExtendedPackIsTheSameFile(t *testing.T) {
	w, m := ready(t)
	w.appendTo(m, sessionA, turn("3"))
	w.pushing(m)
	name := m.packs().Name(testKey, sessionA)
	extended, err := os.ReadFile(w.packPath(name))
	w.check(err)
	w.check(os.Remove(w.packPath(name)))
	w.pushing(m)
	anew, err := os.ReadFile(w.packPath(name))
	w.check(err)
	if !bytes.Equal(extended, anew) {
		t.Errorf("%d bytes, and %d when it is made anew, or others", len(extended), len(anew))
	}
}

// A session that was changed in its middle and grew, which no look notices, is packed with all of its rows as they
// are now. A row without a uuid is its bytes, so the pack keeps the old one, too.
func TestChangedAndGrownSessionIsPackedWhole(t *testing.T) {
	for member, kept := range map[string]int{"uuid": 0, "n": 1} {
		w := newWorld(t, t.TempDir(), "desktop", "laptop")
		w.remembering()
		m := w.machines[0]
		old := strings.Replace(long(), `"uuid":"x"`, fmt.Sprintf("%q:%q", member, "x"), 1)
		w.write(m, sessionA, old)
		w.push(m)
		w.looked(m)
		at := strings.Index(old, "all the same") + fingerprint.MinSize/2
		f, err := os.OpenFile(w.path(m, sessionA), os.O_WRONLY, 0)
		w.check(err)
		_, err = f.WriteAt([]byte("CHANGED"), int64(at))
		w.check(err)
		w.check(f.Close())
		w.appendTo(m, sessionA, turn("3"))
		if len(w.push(m)) != 1 {
			t.Fatal("nothing was pushed")
		}
		have, now := rowSet(w.ownPack(m)), w.read(m, sessionA)
		for row := range rowSet(now) {
			if !have[row] {
				t.Errorf("%s: the pack lacks a row of %d bytes", member, len(row))
			}
		}
		if got := len(have) - len(rowSet(now)); got != kept {
			t.Errorf("%s: the pack has %d old rows, want %d", member, got, kept)
		}
	}
}

// A session that was written anew and is longer now has not grown, whatever the file system says.
func TestSessionWrittenAnewHasNotGrown(t *testing.T) {
	w, _ := ready(t)
	laptop := w.machines[1]
	w.pull(laptop)
	w.now = w.now.Add(time.Hour)
	w.looked(laptop)
	if _, _, related := w.known(laptop); related != 1 {
		t.Fatalf("%d relations are remembered", related)
	}
	w.write(laptop, sessionA, strings.ReplaceAll(long(), `"uuid":"`, `"uuid":"another`)) // into the same file
	w.now = w.now.Add(time.Hour)
	w.check(os.Chtimes(w.path(laptop, sessionA), time.Time{}, w.now.Add(-time.Minute))) // later than what was pulled
	if got := w.looked(laptop).Projects[0].Sessions[0].State; got != syncer.Diverged {
		t.Errorf("got %v", got)
	}
}

// A pull writes what the session grew by behind a copy of what is here.
func TestFastForwardWritesWhatIsNew(t *testing.T) {
	for name, text := range map[string]string{"long": long(), "short": turn("1"), "without an end": long() + `{"uuid":"9"}`} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			w.write(desktop, sessionA, text)
			w.push(desktop)
			w.pull(laptop)
			more := "\n" + turn("3") + turn("é4")
			w.appendTo(desktop, sessionA, more)
			w.push(desktop)
			var bytes int64
			laptop.Progress = func(p syncer.Progress) { bytes = p.Bytes }
			if events := w.pull(laptop); count(events, syncer.Updated) != 1 {
				t.Fatal(events)
			}
			if got, want := w.read(laptop, sessionA), w.read(desktop, sessionA); got != want {
				t.Errorf("%d bytes arrived of %d, or others", len(got), len(want))
			}
			if bytes != int64(len(more)) {
				t.Errorf("%d bytes were written, the session grew by %d", bytes, len(more))
			}
		})
	}
}
