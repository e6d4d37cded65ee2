package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
)

// isRow reports whether text has want as a row of its own.
func isRow(text, want string) bool {
	return slices.Contains(strings.Split(text, "\n"), strings.TrimSuffix(want, "\n"))
}

func TestLateRowsAreRowsOfTheirOwn(t *testing.T) {
	for name, c := range map[string]struct{ before, pack, late string }{
		"the pack's last row has no newline":      {turn("1"), turn("1") + strings.TrimSuffix(turn("2"), "\n"), turn("late")},
		"the pack's last row has a newline":       {turn("1"), turn("1") + turn("2"), turn("late")},
		"our last row had no newline yet":         {turn("1") + strings.TrimSuffix(turn("3"), "\n"), turn("1") + turn("2") + turn("2b"), "\n" + turn("late")},
		"our last row was written only half then": {turn("1") + turn("3")[:20], turn("1") + turn("2"), turn("3")[20:] + turn("late")},
	} {
		t.Run(name, func(t *testing.T) {
			dir, hook, done := newDisk(t).world()
			defer done()
			w := newWorld(t, dir, "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			w.write(desktop, sessionA, c.pack)
			w.push(desktop)
			w.write(laptop, sessionA, c.before)
			hook(func(step, path string) error {
				if step == "rename" && path == w.path(laptop, sessionA) {
					w.write(laptop, sessionA, c.before+c.late)
				}
				return nil
			})
			_, err := laptop.Pull(t.Context(), syncer.Scope{Overwrite: true})
			hook(nil)
			w.check(err)
			everywhere := ""
			files, err := filepath.Glob(filepath.Join(filepath.Dir(w.path(laptop, sessionA)), "*.jsonl"))
			w.check(err)
			for _, file := range files {
				text, err := os.ReadFile(file)
				w.check(err)
				everywhere += string(text) + "\n"
			}
			for _, row := range strings.SplitAfter(c.before+c.late+c.pack, "\n") {
				if row != "" && strings.HasPrefix(row, "{") && strings.HasSuffix(strings.TrimSpace(row), "}") && !isRow(everywhere, row) {
					t.Errorf("row %q is not a row of its own in\n%s", row, everywhere)
				}
			}
		})
	}
}

func TestUnreadableSettingsOfClaudeCodeStopNoPull(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.check(os.Mkdir(filepath.Join(laptop.Store.Dir, "settings.json"), 0o755))
	if events := w.pull(laptop); count(events, syncer.Installed) != 1 || len(events) != 1 {
		t.Errorf("got %+v", events)
	}
}

func TestTornRecordOfWhatCameStopsOnlyWhatNeedsIt(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.write(laptop, sessionB, turn("2"))
	w.check(os.WriteFile(laptop.Installed, []byte("{torn"), 0o600))
	if events := w.push(laptop); count(events, syncer.Pushed) != 1 || len(events) != 1 {
		t.Errorf("push: %+v", events)
	}
	events, err := laptop.Pull(t.Context(), syncer.Scope{})
	if err != nil || count(events, syncer.Failed) != 1 || len(events) != 1 {
		t.Errorf("pull: %+v, %v: want one failure, of the session that may have been here before", events, err)
	}
}

func TestSessionsThatAreKeptLocalAreNotDue(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1"))
	old := w.now.Add(-28 * 24 * time.Hour)
	w.check(os.Chtimes(w.path(m, sessionA), old, old))
	w.check(m.KeepLocal(testKey, true))
	s, err := m.Look(t.Context())
	w.check(err)
	if due, unsent := s.Due(30 * 24 * time.Hour); due != 0 || unsent != 0 {
		t.Errorf("due %d, unsent %d, and a push has %d steps", due, unsent, len(syncer.PlanPush(s, syncer.Scope{})))
	}
}

func TestClockFindingsComeInOneOrder(t *testing.T) {
	now := time.Now()
	var versions []syncer.Version
	for _, m := range []string{"d", "b", "c", "a"} {
		versions = append(versions, syncer.Version{Machine: m, Exported: now.Add(time.Hour)})
	}
	f := syncer.Facts{Now: now, Free: -1, Marked: true, Look: syncer.Snapshot{Projects: []syncer.Project{{Key: testKey, Sessions: []syncer.Session{{ID: sessionA, Versions: versions}}}}}}
	for range 20 {
		var order string
		for _, x := range syncer.Diagnose(f) {
			if x.Topic == "clock" {
				order += fmt.Sprint(x.Cure[len(x.Cure)-1:])
			}
		}
		if order != "abcd" {
			t.Fatalf("got %s", order)
		}
	}
}
