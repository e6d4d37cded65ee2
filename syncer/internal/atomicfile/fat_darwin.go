package atomicfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// onFAT reports whether f is on FAT12, FAT16 or FAT32.
func onFAT(f *os.File) bool {
	var s unix.Statfs_t
	return unix.Fstatfs(int(f.Fd()), &s) == nil && unix.ByteSliceToString(s.Fstypename[:]) == "msdos"
}
