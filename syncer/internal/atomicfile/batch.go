package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// SyncSoon begins to make the content durable in the background, so that the disk can do that for many files at
// once. The next Commit, CommitIn or Discard waits for it. Nothing may be written after SyncSoon.
func (f *File) SyncSoon() {
	f.syncing = make(chan error, 1)
	if err := step("sync", f.file.Name()); err != nil {
		f.syncing <- err
		return
	}
	go func() { f.syncing <- f.flush() }()
}

// sync makes the content durable, or waits until SyncSoon has done so.
func (f *File) sync() error {
	if f.syncing != nil {
		err := <-f.syncing
		f.syncing = nil
		return err
	}
	if err := step("sync", f.file.Name()); err != nil {
		return err
	}
	return f.flush()
}

func (f *File) flush() error { return f.named("writing", flush(f.file)) }

// flush is file.Sync, except that it returns nil if the file system cannot sync.
func flush(file *os.File) error {
	if err := file.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// Adder takes the function that makes the names in a folder durable. Batch is an Adder.
type Adder interface {
	Add(dir string, sync func() error)
}

// CommitIn is Commit, except that the name is not durable yet: b gets the function that makes it durable.
func (f *File) CommitIn(b Adder, modified time.Time, still func() error) error {
	if err := f.rename(modified, still); err != nil {
		return err
	}
	b.Add(filepath.Dir(f.target), f.syncName)
	return nil
}

// syncName makes the names in the file's folder durable.
func (f *File) syncName() error {
	if err := step("syncdir", f.target); err != nil {
		return err
	}
	return syncDir(filepath.Dir(f.target))
}

// Batch makes the names of many files durable at once: it syncs each folder once instead of once for each file.
// None of the files counts as safe until Sync returns.
type Batch struct {
	dirs   []string
	syncs  map[string]func() error
	failed map[string]error
}

// Add makes Sync call sync for the folder, unless the folder was added before.
func (b *Batch) Add(dir string, sync func() error) {
	if _, known := b.syncs[dir]; known {
		return
	}
	if b.syncs == nil {
		b.syncs, b.failed = map[string]func() error{}, map[string]error{}
	}
	b.dirs = append(b.dirs, dir)
	b.syncs[dir] = sync
}

// Sync makes the names durable, folder by folder in the order of Add. Failed returns the errors.
func (b *Batch) Sync() {
	for _, dir := range b.dirs {
		b.failed[dir] = b.syncs[dir]()
	}
}

// Failed returns why the names in the folder are not durable, nil if they are.
func (b *Batch) Failed(dir string) error { return b.failed[dir] }
