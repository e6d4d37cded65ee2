package atomicfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// startWriting has the kernel begin to write what f holds. It promises nothing: only Sync does.
func startWriting(f *os.File) {
	_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}
