//go:build unix

package oserr

import "syscall"

// OpenNow makes opening a pipe return at once instead of waiting for its other end.
const OpenNow = syscall.O_NONBLOCK

// ReplaceOpen says that a file may be replaced while it is open.
const ReplaceOpen = true

// HeldOpen reports whether err says that another program has the file open. Unix has no such error: an open file
// can be opened, replaced and removed by every other program.
func HeldOpen(error) bool { return false }

// writeProtected and failing return the system's own errors beside those that all systems have.
func writeProtected() []error { return nil }

func failing() []error { return nil }
