//go:build race

package engine

const slowed = true
