package atomicfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// startWriting makes the kernel start the write-back of f. The content is durable only after Sync.
func startWriting(f *os.File) {
	_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}
