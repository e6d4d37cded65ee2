package syncer

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMovedCheckoutTakesItsSessionsAlong moves a checkout of which one session is already where it is now, but
// without its last turn, as after a bringing that was killed or a pull.
func TestMovedCheckoutTakesItsSessionsAlong(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	before := map[string]string{w.path(m, sessionA): turn("1") + turn("2"), w.path(m, sessionB): turn("3")}
	w.write(m, sessionA, before[w.path(m, sessionA)])
	w.write(m, sessionB, before[w.path(m, sessionB)])
	gone := w.cwd(m)
	now := gone + "-moved"
	w.check(os.Rename(gone, now))
	pathA, err := m.Store.TranscriptPath(now, sessionA)
	w.check(err)
	pathB, err := m.Store.TranscriptPath(now, sessionB)
	w.check(err)
	w.check(os.MkdirAll(filepath.Dir(pathA), 0o700))
	w.check(os.WriteFile(pathA, []byte(turn("1")), 0o600))
	for _, again := range []bool{false, true} {
		changed, err := m.attachTo(testKey, now)
		if err != nil || changed == again {
			t.Fatalf("again %v: got %v, %v", again, changed, err)
		}
		for path, want := range map[string]string{pathA: turn("1") + turn("2"), pathB: turn("3")} {
			if got, err := os.ReadFile(path); err != nil || string(got) != want {
				t.Errorf("again %v: %s is %q, %v", again, filepath.Base(path), got, err)
			}
		}
	}
	for path, want := range before {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("the old %s is %q, %v", filepath.Base(path), got, err)
		}
	}
	reg, err := m.registry()
	if cwds := reg.Cwds(testKey); err != nil || len(cwds) != 1 || cwds[0] != now {
		t.Errorf("registered are %q, %v", cwds, err)
	}
}
