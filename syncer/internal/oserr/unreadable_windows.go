package oserr

import (
	"errors"

	"golang.org/x/sys/windows"
)

// Unreadable reports whether err says that the disk, or the server behind it, cannot give a file's bytes.
func Unreadable(err error) bool {
	return errors.Is(err, windows.ERROR_CRC) || errors.Is(err, windows.ERROR_FILE_CORRUPT) || errors.Is(err, windows.ERROR_IO_DEVICE)
}
