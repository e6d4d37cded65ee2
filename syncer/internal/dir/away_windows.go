package dir

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/windows"
)

// away reports whether the file is a Cloud Files placeholder (OneDrive, Dropbox, iCloud). Reading a placeholder
// would download the content.
func away(info fs.FileInfo) bool {
	d, ok := info.Sys().(*syscall.Win32FileAttributeData)
	const away = windows.FILE_ATTRIBUTE_OFFLINE | windows.FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS | windows.FILE_ATTRIBUTE_RECALL_ON_OPEN
	return ok && d.FileAttributes&away != 0
}
