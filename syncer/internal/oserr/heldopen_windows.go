package oserr

import (
	"errors"

	"golang.org/x/sys/windows"
)

// OpenNow is for pipes, which have no names among the files here.
const OpenNow = 0

// ReplaceOpen says that a file may be replaced while it is open. Windows refuses to replace a file if it
// was opened without FILE_SHARE_DELETE, and os.Open opens it so.
const ReplaceOpen = false

// HeldOpen reports whether err says that another program has the file open.
func HeldOpen(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

// writeProtected and failing return the system's own errors beside those that all systems have.
func writeProtected() []error { return []error{windows.ERROR_WRITE_PROTECT} }

func failing() []error {
	return []error{windows.ERROR_NOT_READY, windows.ERROR_CRC, windows.ERROR_SEEK, windows.ERROR_SECTOR_NOT_FOUND, windows.ERROR_GEN_FAILURE,
		windows.ERROR_IO_DEVICE, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_DEVICE_NOT_CONNECTED, windows.ERROR_NO_MEDIA_IN_DRIVE}
}
