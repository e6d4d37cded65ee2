package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/internal/atomicfile"
)

// held counts how often this process has the file open.
func held(t *testing.T, path string) int {
	t.Helper()
	open, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(open) == 0 {
		t.Fatalf("got %d open files, error %v", len(open), err)
	}
	n := 0
	for _, fd := range open {
		if name, err := os.Readlink(fd); err == nil && name == path {
			n++
		}
	}
	return n
}

// Windows replaces no file that anybody has open. What is replaced here is open once at most: by
// writeTranscript itself, which lets go of it where that has to be.
func TestNothingElseHoldsATranscriptThatIsReplaced(t *testing.T) {
	for name, act := range map[string]func(w *world, m *Machine){
		"pull": func(w *world, m *Machine) { w.pull(m) },
		"theirs goes on": func(w *world, m *Machine) {
			_, err := m.Pull(t.Context(), syncer.Scope{Session: string(sessionA), Overwrite: true})
			w.check(err)
		},
		"ours goes on": func(w *world, m *Machine) {
			_, err := m.Resolve(t.Context(), syncer.Scope{Session: string(sessionA)}, "")
			w.check(err)
		},
		"a machine's goes on": func(w *world, m *Machine) {
			_, err := m.Resolve(t.Context(), syncer.Scope{Session: string(sessionA)}, "desktop")
			w.check(err)
		},
		"import": func(w *world, m *Machine) {
			packs, err := filepath.Glob(filepath.Join(w.dir, "Sync", "*", "*-desktop.ccsync"))
			w.check(err)
			f, err := os.Open(packs[0])
			w.check(err)
			defer f.Close()
			_, err = m.Import(t.Context(), f, "", true)
			w.check(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			w.write(desktop, sessionA, turn("1"))
			w.push(desktop)
			w.pull(laptop)
			w.write(desktop, sessionA, turn("1")+turn("desktop"))
			w.push(desktop)
			if name != "pull" {
				w.write(laptop, sessionA, turn("1")+turn("laptop"))
			}
			replaced := 0
			atomicfile.TestStep = func(step, path string) error {
				if step != "rename" || filepath.Ext(path) != ".jsonl" {
					return nil
				}
				replaced++
				if n := held(t, path); n > 1 {
					return fmt.Errorf("%s is open %d times", filepath.Base(path), n)
				}
				return nil
			}
			defer func() { atomicfile.TestStep = nil }()
			act(w, laptop)
			if want := turn("desktop"); replaced == 0 || !strings.Contains(w.read(laptop, sessionA), want) {
				t.Errorf("replaced %d times, got %q, want %q in it", replaced, w.read(laptop, sessionA), want)
			}
		})
	}
}
