package transport

import (
	"syscall"
)

// openFlags make opening a pipe return at once instead of waiting for its other end.
const openFlags = syscall.O_NONBLOCK

// FreeSpace implements Checker for this user and the folder's file system.
func (f *Folder) FreeSpace() (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
