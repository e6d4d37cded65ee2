package atomicfile

import (
	"errors"
	"os"

	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/internal/volume"
)

// testOnFAT is onFAT, except in tests: their folder is on another file system.
var testOnFAT = onFAT

// onFAT reports whether f is on FAT12, FAT16 or FAT32, or on another file system that writes entries as late.
func onFAT(f *os.File) bool { return volume.OfFile(f).LateEntry }

// resync syncs the file once more after its rename. On FAT, Linux gives a renamed file a directory entry of size
// 0, and fills in the file's start and size when it writes the file's metadata, up to 30 seconds later. A stick
// that was pulled out before that had lost both the new and the old content. Windows writes a file's directory
// entry when it syncs the file, not when it syncs the folder.
//
// Other file systems do not need the second sync. On ext4, it raised the disk cache flushes for a batch of 64
// files from 19 to 174.
//
// RACE: on FAT, both contents are lost if the drive goes between the rename and the end of resync, a few
// milliseconds.
func (f *File) resync() error {
	if err := step("resync", f.target); err != nil {
		return err
	}
	file, err := os.OpenFile(f.target, os.O_RDWR, 0)
	if oserr.HeldOpen(err) { // by a virus scanner; Windows writes the entry by itself within seconds
		return nil
	}
	if err == nil {
		err = errors.Join(flush(file), file.Close())
	}
	return f.named("making durable", err)
}
