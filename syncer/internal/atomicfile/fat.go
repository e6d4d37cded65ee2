package atomicfile

import (
	"errors"
	"os"

	"claude-sync/syncer/internal/oserr"
)

// testOnFAT is onFAT unless a test, whose folder is on another file system, replaces it.
var testOnFAT = onFAT

// resync syncs a file that has just got its name. FAT needs that: Linux renames a file to an entry of size 0
// and writes the file's start and size there only when it writes the file's metadata, up to 30 seconds later. A
// stick that was pulled out before that had neither the new content nor the old one. Windows syncs the entry of
// a file together with the file, and never with the folder.
//
// No other file system gets this second sync. On ext4 it asked the disk to empty its cache 174 times
// instead of 19 for a batch of 64 files.
//
// RACE: on FAT, both contents are lost if the drive goes between the rename and the end of this sync, a few
// milliseconds.
func (f *File) resync() error {
	if err := step("resync", f.target); err != nil {
		return err
	}
	file, err := os.OpenFile(f.target, os.O_RDWR, 0)
	if oserr.HeldOpen(err) { // a virus scanner; Windows writes the entry within seconds by itself
		return nil
	}
	if err == nil {
		err = errors.Join(flush(file), file.Close())
	}
	return f.named("making durable", err)
}
