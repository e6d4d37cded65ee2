package claude

import (
	"bytes"
	"io"
	"time"
)

// LastTime returns the timestamp of the last row that has one. It reads backwards, 16 MB at most (rows
// without one can be long), and reports false where it found none by then or cannot read.
func LastTime(r io.ReaderAt, size int64) (time.Time, bool) {
	for _, n := range []int64{8 << 10, window, 256 << 10, 1 << 20, 16 << 20} {
		rows, err := readTail(r, size, n)
		if err != nil {
			return time.Time{}, false
		}
		if t, ok := lastTimeIn(rows); ok {
			return t, true
		}
		if n >= size {
			break
		}
	}
	return time.Time{}, false
}

func lastTimeIn(rows []byte) (time.Time, bool) {
	for len(rows) > 0 {
		start := bytes.LastIndexByte(rows, '\n') + 1
		if t, ok := rowTime(rows[start:]); ok {
			return t, true
		}
		rows = rows[:max(start-1, 0)]
	}
	return time.Time{}, false
}

func rowTime(line []byte) (time.Time, bool) {
	for key, value := range members(line) {
		if key == "timestamp" {
			t, err := time.Parse(time.RFC3339, unquote(value))
			return t, err == nil
		}
	}
	return time.Time{}, false
}

// ArrivalTime returns the modification time that a pulled transcript gets, where last is the time of its
// last row (zero where unknown). Claude Code orders sessions by it, so the truth is best; but never the
// future, and never older than half the retention, or the next sweep would delete what was just pulled.
func ArrivalTime(last, now time.Time, retention time.Duration) time.Time {
	oldest := now.Add(-retention / 2)
	switch {
	case last.After(now):
		return now
	case last.Before(oldest):
		return oldest
	}
	return last
}
