//go:build !amd64

package ccsync

// newKernel returns the fastest kernel there is for this processor.
func newKernel() kernel { return newSWAR() }
