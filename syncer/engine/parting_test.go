package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"claude-sync/syncer"
)

// TestRowsWrittenInTheMomentOfAReplaceHideNoBranch lets Claude Code write a turn after the last look at the
// transcript and before the rename. It goes on from the old file's last turn, so the pack's turns, which
// stand before it now, would not be shown by any session.
func TestRowsWrittenInTheMomentOfAReplaceHideNoBranch(t *testing.T) {
	late := map[string]string{"pull": turn("late"), "resolve": turn("late"), "pull, a command's row": local("1", "late")}
	for name, command := range map[string]func(m *Machine) ([]syncer.Event, error){
		"pull":                  func(m *Machine) ([]syncer.Event, error) { return m.Pull(t.Context(), syncer.Scope{}) },
		"pull, a command's row": func(m *Machine) ([]syncer.Event, error) { return m.Pull(t.Context(), syncer.Scope{}) },
		"resolve": func(m *Machine) ([]syncer.Event, error) {
			return m.Resolve(t.Context(), syncer.Scope{Session: string(sessionA)}, "desktop")
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, hook, done := newDisk(t).world()
			defer done()
			w := newWorld(t, dir, "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			w.write(desktop, sessionA, turn("1")+turn("theirs"))
			w.push(desktop)
			ours := turn("1")
			if name == "resolve" {
				ours += turn("ours")
			}
			w.write(laptop, sessionA, ours)
			hook(func(step, path string) error {
				if step == "rename" && path == w.path(laptop, sessionA) {
					w.write(laptop, sessionA, ours+late[name])
				}
				return nil
			})
			events, err := command(laptop)
			hook(nil)
			w.check(err)
			if count(events, syncer.Failed) > 0 || !strings.HasSuffix(w.read(laptop, sessionA), turn("theirs")+late[name]) {
				t.Fatalf("%+v, and here is %q", events, w.read(laptop, sessionA))
			}
			kept := 0
			for _, e := range events {
				if e.Kind == syncer.Forked && strings.HasPrefix(w.read(laptop, e.Session), turn("1")+turn("theirs")) && e.From[0] == "desktop" {
					kept++
				}
			}
			if kept != 1 {
				t.Errorf("the desktop's branch is in %d forks: %+v", kept, events)
			}
		})
	}
}

// TestATranscriptThatPartedFromItsOwnPackAsksNobody restores an old copy of a transcript and goes on with
// it: both branches are this machine's.
func TestATranscriptThatPartedFromItsOwnPackAsksNobody(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1")+turn("2"))
	w.push(desktop)
	w.write(desktop, sessionA, turn("1")+turn("3"))
	if events := w.pull(desktop); len(events) != 0 {
		t.Errorf("pulled: %+v", events)
	}
	events := w.push(desktop)
	if count(events, syncer.Pushed) != 2 || count(events, syncer.Forked) != 1 || count(events, syncer.Conflicted) != 0 {
		t.Fatalf("pushed: %+v", events)
	}
	if events := w.pull(laptop); count(events, syncer.Installed) != 2 || len(events) != 2 {
		t.Errorf("pulled: %+v", events)
	}
	if got := w.read(laptop, sessionA); got != turn("1")+turn("2")+turn("3") {
		t.Errorf("the session is %q", got)
	}
	forks, err := filepath.Glob(filepath.Join(filepath.Dir(w.path(laptop, sessionA)), "*.jsonl"))
	w.check(err)
	for _, path := range forks {
		if b, err := os.ReadFile(path); path != w.path(laptop, sessionA) && (err != nil || !strings.HasPrefix(string(b), turn("1")+turn("2"))) {
			t.Errorf("the fork is %q, %v", b, err)
		}
	}
	if len(forks) != 2 {
		t.Errorf("got %q", forks)
	}
	w.pull(desktop)
	if events := append(w.push(desktop), w.pull(desktop)...); len(events) != 0 {
		t.Errorf("afterwards there was still something to do: %+v", events)
	}
}
