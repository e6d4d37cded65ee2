package tray

// watcher tells nothing. On macOS fsnotify stands on kqueue, which opens every file of a watched folder:
// thousands of transcripts are more than a process may open there. The slow look does instead.
type watcher struct{}

func newWatcher() Watcher { return watcher{} }

// Watch implements Watcher.
func (watcher) Watch([]string) {}

// Changes implements Watcher.
func (watcher) Changes() <-chan struct{} { return nil }

// Close implements Watcher.
func (watcher) Close() {}
