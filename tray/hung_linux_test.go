package tray

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/transport"
)

func TestWorkThatHangsIsLeftBehindOnce(t *testing.T) {
	w := desktoptest.NewWorld(t, "app")
	w.Desktop.Writes(filepath.Join(w.Desktop.Code, "app"), desktoptest.SessionNumber(1), 1, "hello")
	e := newEngine(w.Desktop.Paths)
	answer := desktoptest.Hang(t, w.Share)
	silent := func(what string, err error, begun time.Time, most time.Duration) {
		t.Helper()
		var away *transport.UnavailableError
		if took := time.Since(begun); !errors.As(err, &away) || !away.Silent || took > most {
			t.Errorf("%s: got %v after %v, want within %v that the folder does not answer", what, err, took, most)
		}
	}
	begun := time.Now()
	_, err := e.Do(t.Context(), command.Command{Verb: command.Push}, nil)
	silent("a push", err, begun, 12*time.Second)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	unlock, err := engine.New(engine.Options{LockFile: w.Desktop.Paths.Lock}).Lock(ctx, nil)
	if err != nil {
		t.Fatal("the lock is not free:", err)
	}
	unlock()
	for range 10 {
		begun = time.Now()
		seen, err := e.Look(t.Context())
		silent("a look behind it", err, begun, 2*time.Second)
		if seen.SyncDir != w.Share {
			t.Errorf("got the sync folder %q, want %q", seen.SyncDir, w.Share)
		}
	}
	other := filepath.Join(w.Dir, "other") // a person chooses another folder meanwhile
	if _, err := e.Do(t.Context(), command.Command{Verb: command.UseFolder, Path: other}, nil); err != nil {
		t.Error(err)
	}
	if seen, err := e.Look(t.Context()); err != nil || seen.SyncDir != other {
		t.Errorf("got %q, %v, want the other folder", seen.SyncDir, err)
	}
	if _, err := e.Do(t.Context(), command.Command{Verb: command.UseFolder, Path: w.Share}, nil); err == nil {
		t.Error("a folder that does not answer was taken")
	}
	answer()
	e.(*library).hung.wait()
	events, err := e.Do(t.Context(), command.Command{Verb: command.UseFolder, Path: w.Share}, nil)
	if err == nil {
		events, err = e.Do(t.Context(), command.Command{Verb: command.Push}, nil)
	}
	if err != nil || len(events) != 1 || events[0].Kind != syncer.Pushed {
		t.Errorf("got %v, %v, want the session pushed", events, err)
	}
}

// wait waits until the work that was left behind has ended.
func (h *hung) wait() {
	h.mu.Lock()
	ends := h.ends
	h.mu.Unlock()
	<-ends
}
