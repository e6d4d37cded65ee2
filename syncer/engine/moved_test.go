package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"claude-sync/syncer"
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
		events, err := m.attach(t.Context(), checkout{key: testKey, cwd: now})
		if changed := count(events, syncer.Registered) > 0; err != nil || changed == again || len(events) > 1 {
			t.Fatalf("again %v: got %v, %v", again, events, err)
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

// Claude Code's clean-up takes the old files, so every row has to be in the new ones, whatever stands there.
func TestMovedCheckoutBringsEveryRow(t *testing.T) {
	for name, c := range map[string]struct{ old, now, fork string }{
		"a branch of its own, and metadata behind it": {turn("0") + turn("x") + turn("y") + glance("a"), turn("0") + turn("y") + turn("z"), ""},
		"a branch that is a fork already":             {turn("0") + turn("x") + glance("a"), turn("0") + turn("z"), turn("0") + turn("x")},
		"nothing but metadata":                        {turn("0") + glance("a"), turn("0") + turn("z"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop")
			m := w.machines[0]
			w.write(m, sessionA, c.old)
			gone := w.cwd(m)
			now := gone + "-moved"
			w.check(os.Rename(gone, now))
			path, err := m.Store.TranscriptPath(now, sessionA)
			w.check(err)
			w.check(os.MkdirAll(filepath.Dir(path), 0o700))
			w.check(os.WriteFile(path, []byte(c.now), 0o600))
			fork, err := forkID(sessionA, "x")
			w.check(err)
			if c.fork != "" {
				w.check(os.WriteFile(filepath.Join(filepath.Dir(path), string(fork)+".jsonl"), []byte(c.fork), 0o600))
			}
			w.attach(m, testKey, now)
			got, err := os.ReadFile(path)
			w.check(err)
			for row := range rowSet(c.old + c.now) {
				if !rowSet(string(got))[row] {
					t.Errorf("%q is not in %q", row, got)
				}
			}
			if !strings.HasSuffix(string(got), strings.TrimPrefix(c.now, turn("0"))) {
				t.Errorf("it does not go on with what is there: %q", got)
			}
		})
	}
}
