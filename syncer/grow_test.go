package syncer

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"

	"github.com/zeebo/xxh3"
)

// long is a transcript that is long enough to be extended.
func long() string {
	return turn("1") + `{"uuid":"x","text":"` + strings.Repeat("all the same ", worthIt/8) + "\"}\n" + turn("2")
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
	m.Progress = func(p Progress) { bytes = p.Bytes }
	if events := w.push(m); count(events, Pushed) != 1 || len(events) != 1 {
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
	name := m.packName(testKey, sessionA)
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

// A session that was changed in its middle and grew, which no look notices, is packed with all of its rows,
// and with those that the old pack had.
func TestChangedAndGrownSessionIsPackedWhole(t *testing.T) {
	w, m := ready(t)
	old := w.read(m, sessionA)
	at := strings.Index(old, "all the same") + worthIt/2
	f, err := os.OpenFile(w.path(m, sessionA), os.O_WRONLY, 0)
	w.check(err)
	_, err = f.WriteAt([]byte("CHANGED"), int64(at))
	w.check(err)
	w.check(f.Close())
	w.appendTo(m, sessionA, turn("3"))
	now := w.read(m, sessionA)
	if len(w.push(m)) != 1 {
		t.Fatal("nothing was pushed")
	}
	p, c, err := m.openPack(t.Context(), m.packName(testKey, sessionA))
	w.check(err)
	defer c.Close()
	var b memoryFile
	_, err = p.CopyTo(&b, &b)
	w.check(err)
	have := rowSet(b.text.String())
	for _, text := range []string{old, now} {
		for row := range strings.Lines(text) {
			if !have[strings.TrimSuffix(row, "\n")] {
				t.Errorf("the pack lacks a row of %d bytes", len(row))
			}
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
	if got := w.looked(laptop).Projects[0].Sessions[0].Relation; got != Diverged {
		t.Errorf("got %v", got)
	}
}

// memoryFile keeps what it is shown.
type memoryFile struct {
	nowhere
	text strings.Builder
}

func (f *memoryFile) Write(b []byte) (int, error) { return f.text.Write(b) }

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
			laptop.Progress = func(p Progress) { bytes = p.Bytes }
			if events := w.pull(laptop); count(events, Updated) != 1 {
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

// Whoever hashes it, on however many processors: the hash is that of the blocks in their order, and of every
// byte in them.
func TestHashIsOfAllBlocksInTheirOrder(t *testing.T) {
	text := make([]byte, 2*hashed+5)
	for i := range text {
		text[i] = byte(i>>12 + i/hashed)
	}
	sum := func(b []byte, processors int) xxh3.Uint128 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		s, err := hashAll(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	want := sum(text, 1)
	if sum(text, 3) != want {
		t.Error("it is another one on three processors")
	}
	seen := map[xxh3.Uint128]bool{want: true, sum(text[:len(text)-1], 1): true, sum(append(slices.Clone(text[hashed:2*hashed]), slices.Concat(text[:hashed], text[2*hashed:])...), 1): true}
	for _, at := range []int{0, hashed - 1, hashed, 2*hashed - 1, 2 * hashed, len(text) - 1} {
		other := slices.Clone(text)
		other[at]++
		seen[sum(other, 2)] = true
	}
	if len(seen) != 9 {
		t.Errorf("%d hashes of 9 texts", len(seen))
	}
	if _, err := hashAll(bytes.NewReader(text), int64(len(text))+1); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("one byte too few: got %v", err)
	}
}
