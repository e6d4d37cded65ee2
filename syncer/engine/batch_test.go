package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/installed"
)

// several are sessions that travel together.
// window is how many files may wait for the disk at once.
const window = 64

func several() []ccsync.SessionID {
	var ids []ccsync.SessionID
	for i := range 2*window + 3 {
		ids = append(ids, ccsync.SessionID(fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)))
	}
	return ids
}

// Whatever goes wrong with one file of many, at whatever step, fails alone and leaves nothing behind; an
// event says of every session what became of it, in the order of the steps.
func TestManyAtOnceFailOneByOne(t *testing.T) {
	ids := several()
	for _, verb := range []string{"push", "pull"} {
		for _, step := range []string{"create", "writeat", "sync", "rename"} {
			t.Run(verb+" "+step, func(t *testing.T) {
				dir, hook, done := newDisk(t).world()
				defer done()
				w := newWorld(t, dir, "desktop", "laptop")
				for i, id := range ids {
					w.write(w.machines[0], id, turn(fmt.Sprint(i)))
				}
				m, command, kind, suffix := w.machines[0], (*Machine).Push, syncer.Pushed, ".ccsync"
				if verb == "pull" {
					w.push(w.machines[0])
					m, command, kind, suffix = w.machines[1], (*Machine).Pull, syncer.Installed, ".jsonl"
				}
				bad := ids[window+1]
				hook(func(s, path string) error {
					if s == step && strings.Contains(path, string(bad)) && strings.Contains(path, suffix) {
						return errKilled
					}
					return nil
				})
				events, err := command(m, t.Context(), syncer.Scope{})
				hook(nil)
				w.check(err)
				var failed []ccsync.SessionID
				for _, e := range events {
					if e.Kind == syncer.Failed && errors.Is(e.Err, errKilled) {
						failed = append(failed, e.Session)
					}
				}
				if count(events, kind) != len(ids)-1 || len(events) != len(ids) || !slices.Equal(failed, []ccsync.SessionID{bad}) {
					t.Fatalf("%d events, %d of them good, and failed %v, want only %v", len(events), count(events, kind), failed, bad)
				}
				if strings.Contains(w.state(), "~syncthing~") {
					t.Error("a temporary file was left behind")
				}
				events, err = command(m, t.Context(), syncer.Scope{})
				w.check(err)
				if len(events) != 1 || events[0].Kind != kind || events[0].Session != bad {
					t.Errorf("again: %+v", events)
				}
				w.pull(w.machines[1])
				for i, id := range ids {
					if got := w.read(w.machines[1], id); got != turn(fmt.Sprint(i)) {
						t.Errorf("%s: got %q", id, got)
					}
				}
			})
		}
	}
}

// A name that may not outlive a power cut is no success, for none of the files in the folder.
func TestManyAtOnceAreNotDoneBeforeTheirNamesAreDurable(t *testing.T) {
	dir, hook, done := newDisk(t).world()
	defer done()
	w := newWorld(t, dir, "desktop", "laptop")
	ids := several()
	for i, id := range ids {
		w.write(w.machines[0], id, turn(fmt.Sprint(i)))
	}
	hook(func(s, path string) error {
		if s == "syncdir" && filepath.Ext(path) == ".ccsync" {
			return errKilled
		}
		return nil
	})
	events := w.push(w.machines[0])
	hook(nil)
	if count(events, syncer.Failed) != len(ids) || len(events) != len(ids) {
		t.Errorf("%d of %d events are failures", count(events, syncer.Failed), len(events))
	}
}

func TestManyAtOnceStopBetweenTwo(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	for i, id := range several() {
		w.write(w.machines[0], id, turn(fmt.Sprint(i)))
	}
	ctx, stop := context.WithCancel(t.Context())
	w.machines[0].Progress = func(p syncer.Progress) {
		if p.Step == 5 {
			stop()
		}
	}
	events, err := w.machines[0].Push(ctx, syncer.Scope{})
	w.check(err)
	if n := count(events, syncer.Pushed); n != 5 || len(events) != 6 || !errors.Is(events[5].Err, context.Canceled) {
		t.Errorf("got %d pushed of %d events, the last %+v", n, len(events), events[len(events)-1])
	}
	if n := count(w.pull(w.machines[1]), syncer.Installed); n != 5 {
		t.Errorf("%d arrived, want the 5 that were said to be pushed", n)
	}
	known, err := installed.Record(w.machines[1].Installed).Load()
	w.check(err)
	if n := len(known[testKey]); n != 5 {
		t.Errorf("%d are remembered, want the 5 that arrived", n)
	}
}
