package main

import (
	"os"
	"syscall"
)

// peak returns the peak memory of an ended process, in bytes.
func peak(s *os.ProcessState) int64 {
	if u, ok := s.SysUsage().(*syscall.Rusage); ok {
		return int64(u.Maxrss) * 1024
	}
	return 0
}
