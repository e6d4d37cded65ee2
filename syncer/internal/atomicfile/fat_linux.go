package atomicfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// onFAT reports whether f is on FAT12, FAT16 or FAT32. It is not for exFAT, whose driver renames a file together
// with its start and size.
func onFAT(f *os.File) bool {
	var s unix.Statfs_t
	return unix.Fstatfs(int(f.Fd()), &s) == nil && s.Type == unix.MSDOS_SUPER_MAGIC
}
