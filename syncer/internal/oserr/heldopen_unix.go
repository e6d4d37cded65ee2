//go:build unix

package oserr

// ReplaceOpen says that a file may be replaced while it is open.
const ReplaceOpen = true

// HeldOpen reports whether err says that another program has the file open. Unix has no such error: an open file
// can be opened, replaced and removed by every other program.
func HeldOpen(error) bool { return false }

// writeProtected and failing return the system's own errors beside those that all systems have.
func writeProtected() []error { return nil }

func failing() []error { return nil }
