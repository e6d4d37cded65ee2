package syncer

import (
	"errors"

	"golang.org/x/sys/windows"
)

// replaceOpen says that a file may be replaced while it is open. Windows refuses that for a file that was
// not opened for sharing its deletion, and os.Open does not.
const replaceOpen = false

// heldOpen tells an error that comes of another program having the file open.
func heldOpen(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
