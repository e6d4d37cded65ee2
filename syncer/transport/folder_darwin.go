package transport

import (
	"syscall"
)

// FreeSpace implements Checker for this user and the folder's file system.
func (f *Folder) FreeSpace() (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
