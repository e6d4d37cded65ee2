//go:build unix

package syncer

// replaceOpen says that a file may be replaced while it is open.
const replaceOpen = true

// heldOpen is never so: no program keeps another from a file.
func heldOpen(error) bool { return false }
