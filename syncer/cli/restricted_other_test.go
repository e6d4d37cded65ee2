//go:build !linux

package cli_test

func restricted() { panic("used on Linux only") }
