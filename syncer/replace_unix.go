//go:build unix

package syncer

// replaceOpen says that a file may be replaced while it is open.
const replaceOpen = true
