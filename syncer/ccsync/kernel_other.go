//go:build !amd64

package ccsync

// newKernel returns the fastest kernel for this processor.
func newKernel() kernel { return newSWAR() }
