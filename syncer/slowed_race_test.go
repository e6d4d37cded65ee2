//go:build race

package syncer

const slowed = true
