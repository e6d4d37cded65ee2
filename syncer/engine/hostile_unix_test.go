//go:build unix

package engine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"claude-sync/syncer"
)

// What lies in a sync folder and is no file is neither followed, nor waited for, nor written to.
func TestLinksAndPipesInTheFolderAreStrays(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	outside := filepath.Join(w.dir, "outside")
	w.check(os.Mkdir(outside, 0o700))
	secret := filepath.Join(outside, "secret.ccsync")
	w.check(os.WriteFile(secret, []byte("s3cret"), 0o600))
	evil := filepath.Join(w.sync(), "evil")
	w.check(os.Mkdir(evil, 0o755))
	own := filepath.FromSlash(desktop.packs().Name(testKey, sessionA))
	for name, target := range map[string]string{"file": secret, "folder": outside, "pack": filepath.Join("..", own), "nothing": "/no/such/file",
		"itself": "itself.ccsync", "device": "/dev/zero", "endless": "/dev/tty"} {
		w.check(os.Symlink(target, filepath.Join(evil, name+".ccsync")))
	}
	w.check(syscall.Mkfifo(filepath.Join(evil, "pipe.ccsync"), 0o644))
	w.check(os.Mkdir(filepath.Join(evil, "directory.ccsync"), 0o755))
	w.check(os.Symlink(outside, filepath.Join(w.sync(), "project")))
	before := w.files(outside)

	events := w.pull(laptop)
	w.check(errors.Join(failures(events)...))
	if count(events, syncer.Installed) != 1 || count(events, syncer.Strayed) != 9 || len(events) != 10 {
		t.Errorf("got %+v", events)
	}
	for _, e := range events {
		if e.Kind != syncer.Strayed {
			continue
		}
		want := "symbolic link"
		if strings.Contains(e.Path, "pipe") || strings.Contains(e.Path, "directory") {
			want = "not a regular file"
		}
		if !strings.Contains(e.Err.Error(), want) || strings.Contains(e.Err.Error(), "s3cret") {
			t.Errorf("%s: got %q, want %q", e.Path, e.Err, want)
		}
	}
	if got := w.files(outside); len(got) != len(before) || got[secret] != before[secret] {
		t.Errorf("outside there is now %v", got)
	}
}

// A link that stands where this machine's packs go leads no pack out of the folder.
func TestPushFollowsNoLinkOutOfTheFolder(t *testing.T) {
	for name, link := range map[string]func(w *world, pack, outside string){
		"project folder": func(w *world, pack, outside string) { w.check(os.Symlink(outside, filepath.Dir(pack))) },
		"pack": func(w *world, pack, outside string) {
			w.check(os.MkdirAll(filepath.Dir(pack), 0o755))
			w.check(os.Symlink(filepath.Join(outside, "theirs"), pack))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop")
			desktop := w.machines[0]
			w.write(desktop, sessionA, turn("1"))
			outside := filepath.Join(w.dir, "outside")
			w.check(os.Mkdir(outside, 0o700))
			w.check(os.WriteFile(filepath.Join(outside, "theirs"), []byte("theirs"), 0o600))
			before := w.files(outside)
			link(w, filepath.Join(w.sync(), filepath.FromSlash(desktop.packs().Name(testKey, sessionA))), outside)
			if events := w.push(desktop); count(events, syncer.Failed) != 1 || len(events) != 1 {
				t.Errorf("got %+v", events)
			}
			if got := w.files(outside); len(got) != 1 || got[filepath.Join(outside, "theirs")] != before[filepath.Join(outside, "theirs")] {
				t.Errorf("outside there is now %v", got)
			}
			if got := w.read(desktop, sessionA); got != turn("1") {
				t.Errorf("the transcript is %q", got)
			}
		})
	}
}
