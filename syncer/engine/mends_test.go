package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/doctor"
	"claude-sync/syncer/transport"
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
	f := doctor.Facts{Now: now, Free: -1, Marked: true, Look: syncer.Snapshot{Projects: []syncer.Project{{Key: testKey, Sessions: []syncer.Session{{ID: sessionA, Versions: versions}}}}}}
	for range 20 {
		var order string
		for _, x := range doctor.Diagnose(f) {
			if x.Topic == "clock" {
				order += fmt.Sprint(x.Cure[len(x.Cure)-1:])
			}
		}
		if order != "abcd" {
			t.Fatalf("got %s", order)
		}
	}
}

func TestATranscriptThatGoesDuringTheListKeepsItsLine(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1")+turn("2"))
	w.write(m, sessionB, turn("1"))
	w.remembering()
	for _, known := range []bool{false, true} {
		s, err := m.LookLines(t.Context())
		w.check(err)
		if a, b := lines(s, sessionA), lines(s, sessionB); a != 2 || b != 1 {
			t.Errorf("known %v: got %d and %d lines, want 2 and 1", known, a, b)
		}
	}
	w.check(os.Chmod(w.path(m, sessionA), 0)) // root reads it all the same, and then it has its lines
	s, err := m.LookLines(t.Context())
	w.check(err)
	if b := lines(s, sessionB); b != 1 {
		t.Errorf("beside one that cannot be read: got %d lines, want 1", b)
	}
}

// lines is the number of lines of a session in a snapshot, -2 if it is not there.
func lines(s syncer.Snapshot, id ccsync.SessionID) int64 {
	_, session, err := s.Find(string(id), "")
	if err != nil {
		return -2
	}
	return session.Lines
}

// A stick that was pulled out leaves its mount point behind, an empty folder.
func TestABareMountPointNeverBecomesTheSyncFolder(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1"))
	s, err := m.LookBrief(t.Context(), 0)
	w.check(err)
	w.check(os.Remove(filepath.Join(w.dir, "Sync", transport.Marker)))
	events, err := m.PushFrom(t.Context(), s, syncer.Scope{})
	w.check(err)
	away := (*transport.UnavailableError)(nil)
	if len(events) != 1 || events[0].Kind != syncer.Failed || !errors.As(events[0].Err, &away) {
		t.Errorf("push: got %+v", events)
	}
	if _, err := m.Look(t.Context()); !errors.As(err, &away) {
		t.Errorf("look afterwards: got %v", err)
	}
}

func TestImportNamesTheProjectThatHasTheSession(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1"))
	other := w.second(m)
	file := filepath.Join(w.dir, "x.ccsync")
	w.check(os.WriteFile(file, []byte(packOf(t, otherKey, "laptop", turn("1")+turn("2"))), 0o600))
	for name, cwd := range map[string]string{"by the pack's project": "", "into another folder": other} {
		f, err := os.Open(file)
		w.check(err)
		events, err := m.Import(t.Context(), f, cwd, false)
		w.check(f.Close())
		misplaced := (*syncer.MisplacedError)(nil)
		if !errors.As(err, &misplaced) || misplaced.Owner != testKey || misplaced.Cwd != w.cwd(m) || len(events) != 0 {
			t.Errorf("%s: got %+v, %v", name, events, err)
		}
	}
	f, err := os.Open(file)
	w.check(err)
	defer f.Close()
	if events, err := m.Import(t.Context(), f, w.cwd(m), false); err != nil || count(events, syncer.Updated) != 1 {
		t.Errorf("into the folder that has it: got %+v, %v", events, err)
	}
}

// Names that people cannot tell apart are different machines all the same.
func TestMachinesWithNamesThatLookAlikeStayApart(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1")+turn("ours"))
	long := strings.Repeat("x", 40)
	names := []string{"laptop", "lap\u3164top", "lap\u200btop", "\ufefflaptop", "lap\u00adtop", long + "1", long + "2"}
	for i, name := range names {
		w.putFile(testKey.Dir()+fmt.Sprintf("/%s-%d.ccsync", sessionA, i), packOf(t, testKey, name, turn("1")+turn(fmt.Sprint("theirs", i))))
	}
	s, err := m.Look(t.Context())
	w.check(err)
	if got := s.Projects[0].Sessions[0].From(syncer.Diverged); len(got) != len(names) || got[0] != "laptop" {
		t.Errorf("%d machines are %d: %q", len(names), len(got), got)
	}
}

// One session that is open keeps the others of a moved checkout from nothing.
func TestAnOpenSessionOfAMovedCheckoutStopsNoOther(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	w.write(m, sessionA, turn("1"))
	w.write(m, sessionB, turn("2"))
	moved := filepath.Join(w.dir, "desktop", "elsewhere", "myapp")
	w.check(os.MkdirAll(filepath.Dir(moved), 0o755))
	old := w.path(m, sessionA)
	w.check(os.Rename(w.cwd(m), moved))
	w.check(os.WriteFile(filepath.Join(m.Store.Dir, "sessions", fmt.Sprintf("%d.json", os.Getpid())), fmt.Appendf(nil, `{"pid":%d,"sessionId":%q}`, os.Getpid(), sessionA), 0o600))
	_, events, err := m.Register(t.Context(), moved)
	w.check(err)
	left := (*syncer.LeftError)(nil)
	if count(events, syncer.Registered) != 1 || count(events, syncer.Failed) != 1 || !errors.As(events[1].Err, &left) || !strings.Contains(events[1].Hint(), "leave the session") {
		t.Errorf("register: got %+v", events)
	}
	// The open one is pushed from where it is, and the other from where it is now.
	if pushed := w.push(m); count(pushed, syncer.Pushed) != 2 || len(pushed) != 2 {
		t.Errorf("push: got %+v", pushed)
	}
	w.check(os.Remove(filepath.Join(m.Store.Dir, "sessions", fmt.Sprintf("%d.json", os.Getpid()))))
	if _, events, err := m.Register(t.Context(), moved); err != nil || len(events) != 0 {
		t.Errorf("register again: got %+v, %v", events, err)
	}
	if got, err := os.ReadFile(filepath.Join(filepath.Dir(w.pathIn(m, moved, sessionA)), filepath.Base(old))); err != nil || string(got) != turn("1") {
		t.Errorf("once it is left: got %q, %v", got, err)
	}
}
