package transport

import (
	"golang.org/x/sys/windows"
)

// FreeSpace implements Checker for this user and the folder's file system.
func (f *Folder) FreeSpace() (int64, error) {
	dir, err := windows.UTF16PtrFromString(f.dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(dir, &free, nil, nil)
	return int64(free), err
}
