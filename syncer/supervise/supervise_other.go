//go:build !linux

package supervise

import "os"

// Begin returns the process's way to end.
func Begin([]string, string) (p Process, code int, over bool) { return Process{}, 0, false }

func letGo(*os.File) {}
