package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"claude-sync/syncer/internal/atomicfile"
)

// disk is the hook on every disk step, shared by worlds that run at once: each has a folder of its own.
type disk struct {
	root  string
	mu    sync.Mutex
	next  int
	hooks map[string]func(step, path string) error
}

var errKilled = errors.New("killed here")

func newDisk(t *testing.T) *disk {
	// Memory is a disk whose fsync costs nothing; ten thousand histories need millions of them.
	root, err := os.MkdirTemp("/dev/shm", "machines-*")
	if err != nil {
		root = t.TempDir()
	}
	d := &disk{root: root, hooks: map[string]func(string, string) error{}}
	atomicfile.TestStep = func(step, path string) error {
		rel, err := filepath.Rel(d.root, path)
		if err != nil {
			return nil
		}
		name, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		d.mu.Lock()
		hook := d.hooks[name]
		d.mu.Unlock()
		if hook == nil {
			return nil
		}
		return hook(step, path)
	}
	t.Cleanup(func() {
		atomicfile.TestStep = nil
		os.RemoveAll(root)
	})
	return d
}

func (d *disk) world() (dir string, set func(func(step, path string) error), done func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	name := fmt.Sprint(d.next)
	set = func(hook func(step, path string) error) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.hooks[name] = hook
	}
	dir = filepath.Join(d.root, name)
	return dir, set, func() { set(nil); os.RemoveAll(dir) }
}
