//go:build unix

package oserr

import (
	"errors"
	"syscall"
)

// Unreadable reports whether err says that the disk, or the server behind it, cannot give a file's bytes.
func Unreadable(err error) bool { return errors.Is(err, syscall.EIO) }
