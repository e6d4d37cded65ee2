//go:build !darwin

package tray

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// late bounds the wait for a change.
const late = 20 * time.Second

func changed(t *testing.T, w Watcher, what string) {
	t.Helper()
	select {
	case <-w.Changes():
	case <-time.After(late):
		t.Fatalf("%s was not noticed", what)
	}
}

// watched gives the watcher its folders and returns when it watches them: it has when it takes up a second
// list.
func watched(w Watcher, folders ...string) {
	for range 2 {
		w.Watch(folders)
		for len(w.(watcher).wanted) > 0 {
			runtime.Gosched()
		}
	}
}

func TestChangesInWatchedFoldersAreTold(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	sub := filepath.Join(dir, "sub")
	w := newWatcher()
	defer w.Close()
	w.Watch([]string{dir, sub, filepath.Join(dir, "missing")})
	write := func(path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(path), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The watcher takes its list up in its own time: write until it does.
	for seen := false; !seen; {
		write(filepath.Join(dir, "file"))
		select {
		case <-w.Changes():
			seen = true
		default:
		}
	}
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	changed(t, w, "a new folder")
	watched(w, sub) // as the look after it does
	for seen := false; !seen; {
		write(filepath.Join(sub, "file"))
		select {
		case <-w.Changes():
			seen = true
		default:
		}
	}
	write(filepath.Join(other, "file"))
	if err := os.RemoveAll(sub); err != nil {
		t.Fatal(err)
	}
	changed(t, w, "a folder that goes")
	if err := os.Mkdir(sub, 0o700); err != nil { // a drive that is connected again
		t.Fatal(err)
	}
	begun := time.Now()
	for seen := false; !seen && time.Since(begun) < late; {
		w.Watch([]string{sub})
		write(filepath.Join(sub, "file"))
		select {
		case <-w.Changes():
			seen = true
		default:
		}
	}
	if time.Since(begun) >= late {
		t.Error("a folder that came back is not watched")
	}
}
