package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// Try does in a folder all that the replacement of a file takes, and leaves nothing behind: it writes a file, changes
// what it wrote, reads it, makes it durable, renames it, and removes it. Sync tools ignore the file by both of its
// names. The error is that of the first step that fails.
func Try(dir string) error {
	target, err := beside(filepath.Join(dir, "try"))
	if err != nil {
		return err
	}
	f, err := Create(target, 0o600)
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := f.try(); err != nil {
		return err
	}
	if err := f.Commit(time.Time{}, nil); err != nil {
		return errors.Join(err, remove(target))
	}
	return os.Remove(target)
}

// try writes the end before the beginning, as for a pack, and reads both.
func (f *File) try() error {
	if _, err := f.Write([]byte("Does this folder ")); err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte("take files?"), 17); err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte("Will"), 0); err != nil {
		return err
	}
	const want = "Will this folder take files?"
	var got [len(want)]byte
	if _, err := f.ReadAt(got[:], 0); err != nil {
		return err
	}
	if string(got[:]) != want {
		return errors.New("what was written reads as something else")
	}
	return nil
}

// remove removes the file if it is there.
func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
