package engine

import (
	"context"
	"sync"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/transport"
)

// opening counts how often each pack is opened.
type opening struct {
	transport.Transport
	mu    *sync.Mutex // guards times
	times map[string]int
}

func (o opening) Open(ctx context.Context, name string) (transport.Content, error) {
	o.mu.Lock()
	o.times[name]++
	o.mu.Unlock()
	return o.Transport.Open(ctx, name)
}

// In a folder on the network, opening a file costs a look more than reading it.
func TestALookOpensEachPackOnce(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop", "third")
	desktop, laptop, third := w.machines[0], w.machines[1], w.machines[2]
	const theirs = ccsync.SessionID("c0000000-0000-4000-8000-00000000000c")
	w.write(desktop, sessionA, turn("1"))
	w.write(desktop, sessionB, turn("2"))
	w.push(desktop)
	w.pull(laptop)
	w.write(laptop, sessionA, turn("1")+turn("3"))
	w.push(laptop)
	w.write(third, sessionA, turn("1")+turn("4"))
	w.write(third, theirs, turn("5"))
	w.push(third)
	w.remembering()
	look := func(m *Machine) error { _, err := m.Look(t.Context()); return err }
	for _, c := range []struct {
		what         string
		does         func() error
		opened, most int // packs, and how often
	}{
		{"a first look", func() error { return look(laptop) }, 5, 1},
		{"a second look", func() error { return look(laptop) }, 0, 0},
		{"a pull of another session", func() error {
			_, err := third.Pull(t.Context(), syncer.Scope{Session: string(theirs)})
			return err
		}, 5, 1},
	} {
		o := opening{desktop.Transport, &sync.Mutex{}, map[string]int{}}
		laptop.Transport, third.Transport = o, o
		w.check(c.does())
		if len(o.times) != c.opened {
			t.Errorf("%s opened %v, want %d packs", c.what, o.times, c.opened)
		}
		for name, times := range o.times {
			if times > c.most {
				t.Errorf("%s opened %s %d times, want %d at most", c.what, name, times, c.most)
			}
		}
	}
}
