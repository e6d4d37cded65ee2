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

// Batch makes the names of many files durable at once: it syncs each of their folders once, and not after
// every file. Until Sync returns, none of the files counts as safe.
type Batch struct {
	dirs map[string]error
}

// Commit is f.Commit but for the durability of the name, which Sync adds.
func (b *Batch) Commit(f *File, modified time.Time, still func() error) error {
	if err := f.rename(modified, still); err != nil {
		return err
	}
	if b.dirs == nil {
		b.dirs = map[string]error{}
	}
	dir := filepath.Dir(f.target)
	if _, known := b.dirs[dir]; !known {
		b.dirs[dir] = step("syncdir", f.target)
	}
	return nil
}

// Sync makes the names durable. Failed tells of which it could not.
func (b *Batch) Sync() {
	for dir, err := range b.dirs {
		if err == nil {
			b.dirs[dir] = syncDir(dir)
		}
	}
}

// Failed returns why the name of a file in the folder is not durable, nil when it is.
func (b *Batch) Failed(dir string) error { return b.dirs[dir] }
