package transport

import (
	"io/fs"
	"syscall"
)

// openFlags keep an open from waiting for the other end of a pipe.
const openFlags = syscall.O_NONBLOCK

// notDownloaded tells a placeholder: a size without a single block on disk. Small files may live in the
// inode itself (ext4, btrfs), so only what cannot fit there counts.
func notDownloaded(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Blocks == 0 && st.Size > 4096
}

// FreeSpace returns how many bytes this user can still write to the folder's file system.
func (f *Folder) FreeSpace() (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}
