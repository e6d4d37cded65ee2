package transcript

import (
	"bytes"
	"io"
	"time"

	"claude-sync/syncer/internal/rows"
)

// LastTime returns the timestamp of the last row that has one. It reads backwards, 16 MB at most, because rows
// without a timestamp can be long. It reports false if it found none or cannot read.
func LastTime(r io.ReaderAt, size int64) (time.Time, bool) {
	for _, n := range []int64{8 << 10, window, 256 << 10, 1 << 20, 16 << 20} {
		text, err := readTail(r, size, n)
		if err != nil {
			return time.Time{}, false
		}
		if t, ok := lastTimeIn(text); ok {
			return t, true
		}
		if n >= size {
			break
		}
	}
	return time.Time{}, false
}

func lastTimeIn(text []byte) (time.Time, bool) {
	for len(text) > 0 {
		start := bytes.LastIndexByte(text, '\n') + 1
		if t, ok := rowTime(text[start:]); ok {
			return t, true
		}
		text = text[:max(start-1, 0)]
	}
	return time.Time{}, false
}

func rowTime(line []byte) (time.Time, bool) {
	for key, value := range rows.Members(line) {
		if key == "timestamp" {
			t, err := time.Parse(time.RFC3339, rows.Unquote(value))
			return t, err == nil
		}
	}
	return time.Time{}, false
}
