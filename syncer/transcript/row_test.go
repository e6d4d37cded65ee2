package transcript

import (
	"errors"
	"strings"
	"testing"
)

func TestNamesAreCaseSensitive(t *testing.T) {
	if got := readRow([]byte(`{"CWD":"/no","Type":"user","cwd":"/yes","entrypoint":7}`)); got.cwd != "/yes" || got.kind != "" || got.entrypoint != "" {
		t.Errorf("got %+v", got)
	}
}

func TestTailBeginsWithAWholeRow(t *testing.T) {
	const file = "first\nsecond\nthird\n"
	for n, want := range map[int64]string{100: file, 19: file, 18: "second\nthird\n", 9: "third\n", 3: "", 0: ""} {
		got, err := readTail(strings.NewReader(file), int64(len(file)), n)
		if err != nil || string(got) != want {
			t.Errorf("last %d: got %q, %v, want %q", n, got, err, want)
		}
	}
}

func TestFileThatShrankGivesWhatIsThere(t *testing.T) {
	if got, err := readAt(strings.NewReader("abc"), 1, 10); err != nil || string(got) != "bc" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := readAt(strings.NewReader("abc"), 9, 10); err != nil || len(got) != 0 {
		t.Errorf("beyond the end: got %q, %v", got, err)
	}
}

// brokenDisk is a disk that fails, from the given offset on.
type brokenDisk struct{ from int64 }

var errDisk = errors.New("input/output error")

func (b brokenDisk) ReadAt(p []byte, offset int64) (int, error) {
	if offset >= b.from {
		return 0, errDisk
	}
	return len(p), nil
}
