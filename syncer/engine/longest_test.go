package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transport"
)

// short is a sync folder on a file system that takes no file of more than 3,000 bytes.
type short struct{ *transport.Folder }

// Longest implements transport.Limiter.
func (short) Longest() int64 { return 3000 }

// FAT32 takes no file over 4 GiB. That is found out before such a pack is written, and the other sessions are pushed.
func TestAPackTooLongForTheFileSystemIsNotBegun(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	m.Transport = short{m.Transport.(*transport.Folder)}
	w.write(m, sessionA, turn("1")+turn(strings.Repeat("long ", 600)))
	w.write(m, sessionB, turn("2"))
	for _, what := range []string{"a first push", "a push after it grew"} {
		events, err := m.Push(t.Context(), syncer.Scope{})
		w.check(err)
		i := slices.IndexFunc(events, func(e syncer.Event) bool { return e.Session == sessionA })
		var long *packs.TooLongError
		if i < 0 || !errors.As(events[i].Err, &long) || events[i].Hint() != "FAT32 takes no file over 4 GiB: format the drive as exFAT" {
			t.Fatalf("%s: %+v", what, events)
		}
		if got, err := filepath.Glob(filepath.Join(w.dir, "Sync", "*", "*")); err != nil || count(events, syncer.Failed) != 1 || !onlyOf(got, sessionB) {
			t.Errorf("%s left %q, %v", what, got, err)
		}
		w.appendTo(m, sessionA, turn("3"))
	}
	want := "its pack would have 4.5 GiB, and the sync folder's file system takes no file over 4 GiB"
	if got := fmt.Sprint(&packs.TooLongError{Size: 9 << 29, Longest: 1<<32 - 1}); got != want {
		t.Errorf("got %q", got)
	}
}

// onlyOf reports whether the only pack among the files is that of one session.
func onlyOf(files []string, id ccsync.SessionID) bool {
	files = slices.DeleteFunc(files, func(path string) bool { return filepath.Base(filepath.Dir(path)) == transport.Machines })
	info, err := os.Stat(files[0])
	return len(files) == 1 && strings.HasPrefix(filepath.Base(files[0]), string(id)) && err == nil && info.Size() > 0
}
