package claude

import (
	"slices"
	"strconv"
	"strings"
)

// The readings of what an OS says about a process live here, and not beside the calls, so that every OS
// tests them.

// sameStart reports whether two notations of a process's start mean the same moment; an empty one means
// none.
func sameStart(recorded, actual string) bool {
	if recorded == "" || actual == "" {
		return false
	}
	// ps pads the day of the month with a second space.
	if slices.Equal(strings.Fields(recorded), strings.Fields(actual)) {
		return true
	}
	a, okA := windowsTicks(recorded)
	b, okB := windowsTicks(actual)
	return okA && okB && sameTicks(a, b)
}

// windowsTicks returns a Windows time in 100 ns since the year 1: a FILETIME counts from 1601, .NET ticks
// count from 1. Until the year 2500 a number tells by its size which one it is; the start times of Linux
// (ticks since boot) are smaller than either.
func windowsTicks(s string) (int64, bool) {
	const (
		epoch1601 = 504911232000000000
		aNumber   = 100_000_000_000_000_000
		ticks     = 300_000_000_000_000_000
	)
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < aNumber {
		return 0, false
	}
	if n < ticks {
		n += epoch1601
	}
	return n, true
}

// sameTicks takes times that differ by an offset of time zones for the same: .NET ticks may be of local
// time, and no process id comes back after exactly that many hours, to the microsecond.
func sameTicks(a, b int64) bool {
	const (
		second  = 10_000_000
		quarter = 15 * 60 * second
		slack   = 10 // PowerShell rounds a FILETIME to microseconds
	)
	d := max(a-b, b-a)
	off := d % quarter
	return d <= 14*3600*second+slack && (off <= slack || quarter-off <= slack)
}

// parseStat reads the start time of a process (field 22) from its /proc/<pid>/stat, and whether it has
// ended and only waits for its parent. The name in field 2 may hold spaces and parentheses, so the fields
// are counted from the last one.
func parseStat(stat string) (start string, ended bool) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return "", false
	}
	return fields[19], fields[0] == "Z" || fields[0] == "X"
}

// parsePS reads the same from a line of ps -o stat= -o lstart= (two options, because what follows the
// first "=" is a heading up to the end of the argument).
func parsePS(line string) (start string, ended bool) {
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return "", false
	}
	return strings.Join(fields[1:], " "), strings.HasPrefix(fields[0], "Z")
}
