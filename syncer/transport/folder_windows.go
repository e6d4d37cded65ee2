package transport

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/windows"
)

const openFlags = 0

// notDownloaded tells a Cloud Files placeholder (OneDrive, Dropbox, iCloud): reading it would fetch it.
func notDownloaded(info fs.FileInfo) bool {
	d, ok := info.Sys().(*syscall.Win32FileAttributeData)
	const away = windows.FILE_ATTRIBUTE_OFFLINE | windows.FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS | windows.FILE_ATTRIBUTE_RECALL_ON_OPEN
	return ok && d.FileAttributes&away != 0
}

// FreeSpace returns how many bytes this user can still write to the folder's file system.
func (f *Folder) FreeSpace() (int64, error) {
	dir, err := windows.UTF16PtrFromString(f.dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(dir, &free, nil, nil)
	return int64(free), err
}
