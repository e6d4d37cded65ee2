package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// SyncSoon begins to make the content durable, which the Commit that follows waits for: the disk can do
// that for many files at once. Nothing may be written any more.
func (f *File) SyncSoon() {
	f.syncing = make(chan error, 1)
	if err := step("sync", f.file.Name()); err != nil {
		f.syncing <- err
		return
	}
	go func() { f.syncing <- f.flush() }()
}

// sync makes the content durable.
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

// flush is file.Sync, except that a file system which cannot do that is no error.
func flush(file *os.File) error {
	if err := file.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// Adder takes what makes the names in a folder durable. Batch is one.
type Adder interface {
	Add(dir string, sync func() error)
}

// CommitIn is f.Commit, except that the name is not durable yet: b gets the function that makes it so.
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

// Batch makes the names of many files durable at once: it syncs each of their folders once, and not after
// every file. Until Sync returns, none of the files counts as safe.
type Batch struct {
	dirs   []string
	syncs  map[string]func() error
	failed map[string]error
}

// Add has Sync call sync for the folder, unless it was added before.
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

// Sync makes the names durable, folder by folder in the order in which they were added. Failed says where
// that failed.
func (b *Batch) Sync() {
	for _, dir := range b.dirs {
		b.failed[dir] = b.syncs[dir]()
	}
}

// Failed returns why the names in the folder are not durable, nil if they are.
func (b *Batch) Failed(dir string) error { return b.failed[dir] }
