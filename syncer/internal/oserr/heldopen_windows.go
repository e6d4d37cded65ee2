package oserr

import (
	"errors"

	"golang.org/x/sys/windows"
)

// ReplaceOpen says that a file may be replaced while it is open. Windows refuses to replace a file if it
// was opened without FILE_SHARE_DELETE, and os.Open opens it so.
const ReplaceOpen = false

// HeldOpen reports whether err says that another program has the file open.
func HeldOpen(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
