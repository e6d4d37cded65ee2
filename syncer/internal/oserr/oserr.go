// Package oserr recognizes errors of the operating system under one name on every system.
//
// It knows only the errors that the rest of the program treats differently, and does not promise a reason for
// every failure.
package oserr

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// Bare returns the reason in err without the path and the name of the system call, for a message that already
// names the file. It returns err itself if err has no path.
func Bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}

// Missing reports whether err says that a file or a folder does not exist.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// ErrNotRegular says that there is a folder, or something else, where a file belongs.
var ErrNotRegular = errors.New("it is not a regular file")

// ErrChanged says that a file is no longer the one that a decision was made on.
var ErrChanged = errors.New("it changed while it was being read; nothing was written")

// WriteProtected reports whether err says that nothing can be written to a drive, whoever tries.
func WriteProtected(err error) bool { return isOne(err, append(writeProtected(), syscall.EROFS)) }

// Failing reports whether err says that a drive does not do what it is told: it was pulled out, or is breaking.
func Failing(err error) bool {
	return isOne(err, append(failing(), syscall.EIO, syscall.ENODEV, syscall.ENXIO))
}

// TooLong reports whether err says that a file is longer than its file system allows.
func TooLong(err error) bool { return errors.Is(err, syscall.EFBIG) }

// NoSeek reports whether err says that a file can only be written from its beginning to its end.
func NoSeek(err error) bool { return errors.Is(err, syscall.ESPIPE) }

func isOne(err error, of []error) bool {
	return slices.ContainsFunc(of, func(one error) bool { return errors.Is(err, one) })
}

// Cause returns the innermost reason in err, without the names of files and of what was done with them.
func Cause(err error) error {
	for next := err; next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return err
}
