package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestTryLeavesNothing(t *testing.T) {
	if err := Try(filepath.Join(t.TempDir(), "a", "none")); err != nil {
		t.Errorf("a folder that it has to make: %v", err)
	}
	for _, fat := range []bool{false, true} {
		onFATFor(t, fat)
		for _, fails := range []string{"", "create", "write", "writeat", "sync", "rename", "resync", "syncdir"} {
			dir, failed := t.TempDir(), errors.New("failed")
			reached := false
			TestStep = func(step, _ string) error {
				if step == fails {
					reached = true
					return failed
				}
				return nil
			}
			err := Try(dir)
			TestStep = nil
			if got := names(t, dir); len(got) != 0 || errors.Is(err, failed) != reached || (err != nil) != reached {
				t.Errorf("failing at %q: got %v, left %q", fails, err, got)
			}
			if !reached && fails != "" && fails != "resync" {
				t.Errorf("it does not %s", fails)
			}
		}
	}
}

// Rclone without its cache uploads a file that nothing was written to only after it was removed. Until it is removed,
// it has to have a byte.
func TestAFileIsNeverDiscardedEmpty(t *testing.T) {
	for text, want := range map[string]int64{"": 1, "text": 4} {
		f, err := Create(filepath.Join(t.TempDir(), "a"), 0o600)
		if err == nil && text != "" {
			_, err = f.WriteAt([]byte(text), 0)
		}
		if err != nil {
			t.Fatal(err)
		}
		var size int64 = -1
		TestStep = func(step, path string) error {
			if info, err := os.Stat(path); err == nil && step == "discard" {
				size = info.Size()
			}
			return nil
		}
		err = f.Discard()
		TestStep = nil
		if left := names(t, filepath.Dir(f.Target())); err != nil || size != want || len(left) != 0 {
			t.Errorf("%q had %d bytes, want %d; left %q, %v", text, size, want, left, err)
		}
	}
}
