//go:build !linux

package main

import "testing"

// checkLinux does nothing: its checks need the programs of a Linux system.
func checkLinux(*testing.T, release, map[string][]byte, []byte) {}
