package transport

import (
	"io/fs"
	"syscall"
)

// openFlags keep an open from waiting for the other end of a pipe.
const openFlags = syscall.O_NONBLOCK

// dataless is SF_DATALESS of <sys/stat.h>: File Provider (iCloud, Dropbox, OneDrive) has the content
// elsewhere, and reading would fetch it.
const dataless = 0x40000000

func notDownloaded(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Flags&dataless != 0
}

// FreeSpace returns how many bytes this user can still write to the folder's file system.
func (f *Folder) FreeSpace() (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
