//go:build !race

package syncer

// slowed says that the race detector watches.
const slowed = false
