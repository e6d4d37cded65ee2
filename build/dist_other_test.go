//go:build !linux

package main

import "testing"

// checkLinux needs the programs of a Linux system.
func checkLinux(*testing.T, release, map[string][]byte, []byte) {}
