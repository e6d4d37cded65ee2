package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transport"
)

// cloud is a sync folder whose tool brings the content of a file when somebody reads it.
type cloud struct {
	transport.Transport
	mu     sync.Mutex
	here   map[string]bool // contents that were brought
	opened []string
	stuck  string // the pack that does not come
	zeros  string // the pack that reads as zeros
}

func (c *cloud) List(ctx context.Context, folder string) ([]transport.File, error) {
	files, err := c.Transport.List(ctx, folder)
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range files {
		if !c.here[files[i].Name] {
			files[i].Problem = transport.ErrNotDownloaded
		}
	}
	return files, err
}

func (c *cloud) Open(ctx context.Context, name string) (transport.Content, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened = append(c.opened, name)
	content, err := c.Transport.Open(ctx, name)
	switch {
	case err != nil:
		return nil, err
	case name == c.stuck:
		return frozen{content, ctx}, nil
	case name == c.zeros:
		return zeros{content}, nil
	}
	c.here[name] = true
	return content, nil
}

// frozen is a content of which nothing comes.
type frozen struct {
	transport.Content
	ctx context.Context
}

func (f frozen) ReadAt([]byte, int64) (int, error) {
	<-f.ctx.Done()
	return 0, f.ctx.Err()
}

// zeros is what a file without its content reads as on Linux.
type zeros struct{ transport.Content }

func (z zeros) ReadAt(b []byte, at int64) (int, error) {
	n, err := z.Content.ReadAt(b, at)
	clear(b[:n])
	return n, err
}

// newCloud is a desktop whose packs the laptop has in the cloud only.
func newCloud(t *testing.T, ids ...ccsync.SessionID) (w *world, desktop, laptop *Machine, c *cloud) {
	t.Helper()
	w = newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop = w.machines[0], w.machines[1]
	for _, id := range ids {
		w.write(desktop, id, turn("1"))
	}
	w.push(desktop)
	c = &cloud{Transport: laptop.Transport, here: map[string]bool{}}
	laptop.Transport, laptop.Patience = c, 50*time.Millisecond
	return w, desktop, laptop, c
}

func TestAPullFetchesWhatIsOnlyInTheCloud(t *testing.T) {
	w, desktop, laptop, c := newCloud(t, sessionA)
	for _, look := range []func(context.Context) (syncer.Snapshot, error){laptop.Look, laptop.LookLines} {
		s, err := look(t.Context())
		w.check(err)
		if len(c.opened) > 0 || len(s.Strays) != 1 || !errors.Is(s.Strays[0].Reason, transport.ErrNotDownloaded) {
			t.Errorf("a look opened %q, and found %+v", c.opened, s.Strays)
		}
	}
	if _, _, err := laptop.PlanPull(t.Context(), syncer.Scope{}); err != nil || len(c.opened) > 0 {
		t.Errorf("a dry run opened %q, %v", c.opened, err)
	}
	var told []int64
	laptop.Progress = func(p syncer.Progress) { told = append(told, p.Bytes) }
	if events := w.pull(laptop); count(events, syncer.Installed) != 1 || w.read(laptop, sessionA) != turn("1") || len(told) == 0 {
		t.Errorf("got %+v, told %v", events, told)
	}
	w.write(desktop, sessionA, turn("1")+turn("2"))
	w.push(desktop)
	clear(c.here)
	if events := w.pull(laptop); count(events, syncer.Updated) != 1 || w.read(laptop, sessionA) != turn("1")+turn("2") {
		t.Errorf("got %+v", events)
	}
}

func TestAPullFetchesOnePackToLearnTheProject(t *testing.T) {
	w, _, laptop, c := newCloud(t, sessionA, sessionB)
	w.check(laptop.Forget(testKey))
	if events := w.pull(laptop); len(c.opened) == 0 || len(c.here) != 1 || count(events, syncer.WaitingFor) != 1 {
		t.Errorf("opened %q, got %+v", c.opened, events)
	}
	w.attach(laptop, testKey, w.cwd(laptop))
	if events := w.pull(laptop); count(events, syncer.Installed) != 2 {
		t.Errorf("got %+v", events)
	}
}

func TestAPullLeavesInTheCloudWhatItDoesNotInstall(t *testing.T) {
	w, _, laptop, c := newCloud(t, sessionA)
	w.pull(laptop)
	w.push(laptop)
	w.check(os.Remove(w.path(laptop, sessionA))) // retention
	clear(c.here)
	c.opened = nil
	if events := w.pull(laptop); len(c.opened) > 0 || count(events, syncer.Installed) != 0 {
		t.Errorf("a pull opened %q of an archived session: %+v", c.opened, events)
	}
	own := laptop.packs().Name(testKey, sessionA)
	events, err := laptop.Pull(t.Context(), syncer.Scope{Session: string(sessionA[:4])})
	w.check(err)
	if slices.Contains(c.opened, own) || count(events, syncer.Installed) != 1 {
		t.Errorf("asked for by id: opened %q, %+v", c.opened, events)
	}
}

func TestWhatDoesNotComeStopsNothing(t *testing.T) {
	for what, set := range map[string]func(*cloud, string){
		"it hangs":      func(c *cloud, name string) { c.stuck = name },
		"it reads zero": func(c *cloud, name string) { c.zeros = name },
	} {
		t.Run(what, func(t *testing.T) {
			w, desktop, laptop, c := newCloud(t, sessionA, sessionB)
			name := desktop.packs().Name(testKey, sessionA)
			set(c, name)
			events := w.pull(laptop)
			var why *packs.FetchError
			at := slices.IndexFunc(events, func(e syncer.Event) bool { return e.Kind == syncer.Strayed })
			if at < 0 || !errors.As(events[at].Err, &why) || syncer.Hint(events[at].Err) != why.Hint() {
				t.Errorf("got %+v", events)
			}
			if count(events, syncer.Installed) != 1 || w.read(laptop, sessionB) != turn("1") || w.read(laptop, sessionA) != "" {
				t.Errorf("got %+v", events)
			}
			_, err := laptop.Pull(t.Context(), syncer.Scope{Session: string(sessionA[:4])})
			if !errors.As(err, &why) || !strings.Contains(err.Error(), filepath.Base(name)) {
				t.Errorf("asked for by id: %v", err)
			}
		})
	}
}
