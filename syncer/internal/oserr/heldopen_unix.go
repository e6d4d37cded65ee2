//go:build unix

package oserr

// ReplaceOpen says that a file may be replaced while it is open.
const ReplaceOpen = true

// HeldOpen reports whether err says that another program has the file open. Unix has no such error: a
// program that has a file open keeps no other program from it.
func HeldOpen(error) bool { return false }
