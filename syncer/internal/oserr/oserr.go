// Package oserr recognizes errors of the operating system under one name on every system.
//
// It knows only the errors that the rest of the program treats differently, and does not promise a reason for
// every failure.
package oserr

import (
	"errors"
	"io/fs"
	"os"
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

// ErrChanged says that a file is no longer the one that a decision was made on.
var ErrChanged = errors.New("it changed while it was being read; nothing was written")
