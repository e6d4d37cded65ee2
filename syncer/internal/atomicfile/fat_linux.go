package atomicfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// onFAT reports whether f is on FAT12, FAT16 or FAT32. exFAT does not count: its driver copies start and size
// into the new directory entry.
func onFAT(f *os.File) bool {
	var s unix.Statfs_t
	return unix.Fstatfs(int(f.Fd()), &s) == nil && s.Type == unix.MSDOS_SUPER_MAGIC
}
