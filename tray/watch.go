//go:build !darwin

package tray

import (
	"github.com/fsnotify/fsnotify"
)

// watcher is the Watcher over fsnotify. One goroutine owns the library's watcher.
type watcher struct {
	wanted  chan []string
	changes chan struct{}
	closed  chan struct{}
}

// newWatcher starts a watcher. If the system has no watch left (inotify's limit), it sends no changes, and the polls of
// the loop have to find them.
func newWatcher() Watcher {
	w := watcher{make(chan []string, 1), make(chan struct{}, 1), make(chan struct{})}
	fs, err := fsnotify.NewWatcher()
	if err == nil {
		go w.run(fs)
	}
	return w
}

// Watch implements Watcher. Only the newest list counts.
func (w watcher) Watch(folders []string) {
	select {
	case <-w.wanted:
	default:
	}
	w.wanted <- folders
}

// Changes implements Watcher.
func (w watcher) Changes() <-chan struct{} { return w.changes }

// Close implements Watcher.
func (w watcher) Close() { close(w.closed) }

func (w watcher) run(fs *fsnotify.Watcher) {
	defer fs.Close()
	have := map[string]bool{}
	for {
		select {
		case <-w.closed:
			return
		case folders := <-w.wanted:
			have = rewatch(fs, have, folders)
		case e, ok := <-fs.Events:
			if !ok {
				return
			}
			// The system ends the watch of a folder that goes. The next list with it watches it anew.
			if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
				delete(have, e.Name)
			}
			if e.Op != fsnotify.Chmod { // backup programs and indexers touch attributes all day
				w.tell()
			}
		case <-fs.Errors: // too many changes at once
			w.tell()
		}
	}
}

func (w watcher) tell() {
	select {
	case w.changes <- struct{}{}:
	default: // the last message was not read yet
	}
}

// rewatch watches exactly these folders, and returns those that it can watch.
func rewatch(fs *fsnotify.Watcher, have map[string]bool, folders []string) map[string]bool {
	now := map[string]bool{}
	for _, f := range folders {
		if have[f] || fs.Add(f) == nil {
			now[f] = true
		}
	}
	for f := range have {
		if !now[f] {
			_ = fs.Remove(f) // the folder may have gone
		}
	}
	return now
}
