//go:build !race

package engine

// slowed says that the race detector watches.
const slowed = false
